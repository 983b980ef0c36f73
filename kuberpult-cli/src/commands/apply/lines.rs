//! [`Lines`]: the lines of an input, as many at a time as are there already.

use std::io::{self, BufRead as _, BufReader, Cursor, Read};

use crate::plan_file;

/// How much is read at a time, in bytes.
const BUFFER: usize = 1024 * 1024;
/// How many lines are taken at a time at most.
const MOST: usize = 1_000;

/// A line that is not blank.
pub(super) struct InputLine {
    /// From 1.
    pub(super) number: usize,
    pub(super) bytes: Vec<u8>,
}

/// The lines of an input.
///
/// Whoever gives a command and waits for its answer gets it, and whoever gives many at once has them carried out together:
/// no more is waited for than one line.
pub(super) struct Lines {
    begun: Cursor<Vec<u8>>,
    input: BufReader<Box<dyn Read>>,
    read: usize,
}

/// What an input is.
pub(super) enum Input {
    /// A plan: the whole input.
    Plan(Vec<u8>),
    /// Commands.
    Lines(Lines),
}

impl Input {
    /// Looks at how an input begins. No more of lines is read than it takes to tell.
    pub(super) fn begin(input: Box<dyn Read>) -> io::Result<Self> {
        let mut input = BufReader::with_capacity(BUFFER, input);
        let mut begun = Vec::new();
        while begun.trim_ascii().is_empty() {
            if input.read_until(b'\n', &mut begun)? == 0 {
                break;
            }
        }
        // A command ends with its line. A plan need not.
        let goes_on =
            serde_json::from_slice::<serde::de::IgnoredAny>(&begun).is_err_and(|error| error.is_eof());
        if goes_on || plan_file::is_meant(&begun) {
            input.read_to_end(&mut begun)?;
        }
        if plan_file::is_meant(&begun) {
            return Ok(Self::Plan(begun));
        }
        Ok(Self::Lines(Lines { begun: Cursor::new(begun), input, read: 0 }))
    }
}

impl Lines {
    /// The next lines: one, for which it waits, and what is there already. None at the end.
    pub(super) fn take(&mut self) -> io::Result<Vec<InputLine>> {
        let mut lines = Vec::new();
        while lines.len() < MOST && (lines.is_empty() || self.has_more()) {
            let mut bytes = Vec::new();
            if self.begun.read_until(b'\n', &mut bytes)? == 0
                && self.input.read_until(b'\n', &mut bytes)? == 0
            {
                break;
            }
            self.read += 1;
            if !bytes.trim_ascii().is_empty() {
                lines.push(InputLine { number: self.read, bytes });
            }
        }
        Ok(lines)
    }

    /// All lines that are left.
    pub(super) fn take_all(&mut self) -> io::Result<Vec<InputLine>> {
        let mut lines = Vec::new();
        loop {
            let taken = self.take()?;
            if taken.is_empty() {
                return Ok(lines);
            }
            lines.extend(taken);
        }
    }

    /// Whether there is a whole line that nobody has to be waited for.
    fn has_more(&self) -> bool {
        self.begun.position() < self.begun.get_ref().len() as u64 || self.input.buffer().contains(&b'\n')
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives its parts one at a time, as a pipe does.
    struct Parts(Vec<&'static str>);

    impl Read for Parts {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            if self.0.is_empty() {
                return Ok(0);
            }
            Read::read(&mut self.0.remove(0).as_bytes(), buffer)
        }
    }

    fn chunks(parts: &[&'static str]) -> Vec<Vec<(usize, String)>> {
        let Input::Lines(mut lines) = Input::begin(Box::new(Parts(parts.to_vec()))).unwrap() else {
            panic!("no lines")
        };
        let mut chunks = Vec::new();
        loop {
            let chunk = lines.take().unwrap();
            if chunk.is_empty() {
                return chunks;
            }
            let text = |line: InputLine| (line.number, String::from_utf8(line.bytes).unwrap());
            chunks.push(chunk.into_iter().map(text).collect());
        }
    }

    fn line(number: usize, text: &str) -> (usize, String) {
        (number, text.to_owned())
    }

    #[test]
    fn what_is_there_is_taken_and_no_more_is_waited_for() {
        let expected = vec![
            vec![line(2, "{}\n"), line(3, "a\n")],
            vec![line(4, "bc\n"), line(6, "d\n")],
            vec![line(7, "e")],
        ];
        assert_eq!(chunks(&["\n{}\na\nb", "c\n\nd\n", "e"]), expected);
        assert_eq!(chunks(&["{}\n", "a\n"]), [[line(1, "{}\n")], [line(2, "a\n")]]);
        assert!(chunks(&["\n", " \n"]).is_empty());
    }
}
