//! Numbers for people.

/// A count, with commas between thousands: `10,000`.
pub(crate) fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Three digits that count: `4.31`, `43.1`, `431`; from a thousand on all there are.
pub(crate) fn three_digits(number: f64) -> String {
    match number.abs() {
        size if size < 9.995 => format!("{number:.2}"),
        size if size < 99.95 => format!("{number:.1}"),
        _ => count(number.round().max(0.0) as u64),
    }
}

/// A time, in milliseconds or, from ten seconds on, in seconds.
pub(crate) fn time(milliseconds: f64) -> String {
    if milliseconds < 10_000.0 {
        format!("{} ms", three_digits(milliseconds))
    } else {
        format!("{} s", three_digits(milliseconds / 1000.0))
    }
}

/// Memory.
pub(crate) fn memory(kib: f64) -> String {
    format!("{} MiB", three_digits(kib / 1024.0))
}

/// How many times as much.
pub(crate) fn ratio(ratio: f64) -> String {
    format!("{}x", three_digits(ratio))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_easy_to_read() {
        assert_eq!([0, 999, 1000, 1_234_567].map(count), ["0", "999", "1,000", "1,234,567"]);
        assert_eq!(
            [0.5, 9.999, 42.25, 99.97, 1234.4].map(three_digits),
            ["0.50", "10.0", "42.2", "100", "1,234"]
        );
        assert_eq!([4.321, 9999.0, 12_340.0].map(time), ["4.32 ms", "9,999 ms", "12.3 s"]);
        assert_eq!(memory(3072.0), "3.00 MiB");
        assert_eq!(ratio(1.5), "1.50x");
    }
}
