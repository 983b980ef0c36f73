//! [`Scale`]: from numbers to places on an axis.

use crate::number::{count, three_digits};

/// An axis with numbers from one to another.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Scale {
    logarithmic: bool,
    from: f64,
    to: f64,
}

impl Scale {
    /// From zero to a round number above all of these.
    pub(crate) fn linear(numbers: impl Iterator<Item = f64>) -> Self {
        let most = numbers.fold(0.0, f64::max).max(1.0);
        let step = round_step(most);
        Self { logarithmic: false, from: 0.0, to: (most / step).ceil() * step }
    }

    /// Between round numbers around all of these, which are above zero; others are left out.
    pub(crate) fn logarithmic(numbers: impl Iterator<Item = f64>) -> Self {
        let positive = numbers.filter(|number| *number > 0.0);
        let (least, most) = positive.fold((f64::MAX, f64::MIN_POSITIVE), |(least, most), number| {
            (least.min(number), most.max(number))
        });
        if least > most {
            return Self { logarithmic: true, from: 1.0, to: 10.0 };
        }
        // Half a step of room, so that nothing lies on the frame.
        let (from, to) = (round_below(least / 1.1), round_above(most * 1.1));
        Self { logarithmic: true, from, to }
    }

    /// Where a number lies: 0 at the beginning, 1 at the end. Nothing where it has no place.
    pub(crate) fn place(self, number: f64) -> Option<f64> {
        if self.logarithmic {
            (number > 0.0).then(|| (number / self.from).ln() / (self.to / self.from).ln())
        } else {
            Some((number - self.from) / (self.to - self.from))
        }
    }

    /// The numbers that are written at the axis.
    pub(crate) fn ticks(self) -> Vec<f64> {
        if !self.logarithmic {
            let step = round_step(self.to);
            let steps = (self.to / step).round() as usize;
            return (0..=steps).map(|index| index as f64 * step).collect();
        }
        let decades = (self.to / self.from).log10();
        let leading: &[f64] = if decades <= 2.2 { &[1.0, 2.0, 5.0] } else { &[1.0] };
        let (first, last) = (self.from.log10().floor() as i32, self.to.log10().ceil() as i32);
        let all =
            (first..=last).flat_map(|power| leading.iter().map(move |digit| digit * 10_f64.powi(power)));
        all.filter(|tick| *tick >= self.from * 0.999 && *tick <= self.to * 1.001).collect()
    }
}

/// How a number is written at an axis.
pub(crate) fn tick_label(number: f64) -> String {
    if number == 0.0 {
        "0".to_owned()
    } else if number >= 1.0 && (number - number.round()).abs() < 1e-9 {
        count(number.round() as u64)
    } else {
        let text = three_digits(number);
        text.trim_end_matches('0').to_owned()
    }
}

/// 1, 2 or 5 times a power of ten, so that about five steps reach the number.
fn round_step(most: f64) -> f64 {
    round_above(most / 6.0)
}

fn round_above(number: f64) -> f64 {
    let power = 10_f64.powf(number.log10().floor());
    let digit = number / power;
    let round = [1.0, 2.0, 5.0, 10.0].into_iter().find(|round| digit <= round * 1.000_001);
    round.unwrap_or(10.0) * power
}

fn round_below(number: f64) -> f64 {
    let power = 10_f64.powf(number.log10().floor());
    let digit = number / power;
    let round = [5.0, 2.0, 1.0].into_iter().find(|round| digit >= round * 0.999_999);
    round.unwrap_or(1.0) * power
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_logarithmic_axis_begins_and_ends_with_round_numbers() {
        let scale = Scale::logarithmic([3.0, 70.0].into_iter());
        assert_eq!(scale, Scale { logarithmic: true, from: 2.0, to: 100.0 });
        assert_eq!(scale.place(2.0), Some(0.0));
        assert_eq!(scale.place(100.0), Some(1.0));
        assert_eq!(scale.place(0.0), None);
        assert_eq!(scale.ticks(), [2.0, 5.0, 10.0, 20.0, 50.0, 100.0]);
    }

    #[test]
    fn a_linear_axis_begins_with_zero() {
        let scale = Scale::linear([3.0, 9.0].into_iter());
        assert_eq!(scale, Scale { logarithmic: false, from: 0.0, to: 10.0 });
        assert_eq!(scale.place(5.0), Some(0.5));
        assert_eq!(scale.ticks(), [0.0, 2.0, 4.0, 6.0, 8.0, 10.0]);
    }

    #[test]
    fn labels_are_short() {
        assert_eq!([0.0, 0.5, 1.0, 2500.0].map(tick_label), ["0", "0.5", "1", "2,500"]);
    }
}
