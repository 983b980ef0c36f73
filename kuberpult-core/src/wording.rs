//! Words for lists and numbers in messages.

use core::fmt;

use crate::Blocker;
use crate::nearest::nearest_of;

/// Blockers in a sentence: each one, joined by `and`.
pub(crate) struct Listed<'a>(pub(crate) &'a [Blocker]);

impl fmt::Display for Listed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, blocker) in self.0.iter().enumerate() {
            let separator = if index == 0 { "" } else { " and " };
            write!(f, "{separator}{blocker}")?;
        }
        Ok(())
    }
}

/// `1 lock`, `2 locks`.
pub(crate) struct Counted(pub(crate) usize, pub(crate) &'static str);

impl fmt::Display for Counted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(number, what) = self;
        write!(f, "{number} {what}{}", if *number == 1 { "" } else { "s" })
    }
}

/// `` `a`, `b` and `c` ``. Long lists are cut: a line is read in anger.
pub(crate) struct Joined<'a, T>(pub(crate) &'a [T]);

impl<T: fmt::Display> fmt::Display for Joined<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const SHOWN: usize = 10;
        if let Some((shown, rest)) = self.0.split_at_checked(SHOWN)
            && !rest.is_empty()
        {
            shown.iter().try_for_each(|item| write!(f, "`{item}`, "))?;
            return write!(f, "and {} more", rest.len());
        }
        for (index, item) in self.0.iter().enumerate() {
            let separator = match index {
                0 => "",
                _ if index + 1 == self.0.len() => " and ",
                _ => ", ",
            };
            write!(f, "{separator}`{item}`")?;
        }
        Ok(())
    }
}

/// What is there instead of what was asked for, at the end of a sentence: the name that was probably meant, or all.
pub(crate) struct Known<'a, T>(pub(crate) &'a str, pub(crate) &'a [T]);

impl<T: fmt::Display> fmt::Display for Known<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(typed, known) = self;
        match nearest_of(typed, known) {
            Some(nearest) => write!(f, "; did you mean `{nearest}`?"),
            None if known.is_empty() => f.write_str("; there is none at all"),
            None => write!(f, "; known: {}", Joined(known)),
        }
    }
}
