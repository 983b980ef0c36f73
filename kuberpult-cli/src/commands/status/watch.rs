//! `kuberpult status --watch`: the same again and again, until Ctrl-C.
//!
//! The terminal is left as it is: no other screen, no mode, no hidden cursor. So there is nothing to restore, however the
//! program ends.

use std::io::{self, IsTerminal as _};
use std::thread;
use std::time::Duration;

use kuberpult_core::State;
use kuberpult_git::CommitId;

use super::Status;
use crate::commands::Session;
use crate::exit::Failure;
use crate::output::Output;
use crate::screen;

/// How many seconds lie between two looks at a repository here, and at a remote.
const HERE: u64 = 2;
const REMOTE: u64 = 30;

const CLEAR: &str = "\x1b[H\x1b[2J";
const HOME: &str = "\x1b[H";
const CLEAR_LINE: &str = "\x1b[K";
const CLEAR_BELOW: &str = "\x1b[J";

pub(super) fn run(status: &Status, session: &mut Session<'_>, seconds: Option<u64>) -> Result<(), Failure> {
    if session.output.is_json() {
        return Err(Failure::NothingToDrawOn { found: "JSON is for programs" });
    }
    if !io::stdout().is_terminal() {
        return Err(Failure::NothingToDrawOn { found: "standard output is none" });
    }
    let mut repo = session.open()?;
    let seconds = seconds.unwrap_or(if repo.remote().is_some() { REMOTE } else { HERE });
    let mut known: Option<(Option<CommitId>, State)> = None;
    let mut trouble = None;
    let mut start = CLEAR;
    loop {
        let head = repo.head()?;
        let (_, state) = match known.take().filter(|(commit, _)| *commit == head) {
            Some(known) => known,
            None => (head, status.state(&repo)?),
        };
        let now = crate::context::now(session.global)?;
        let overview = status.overview(&state, now)?;
        let mut frame = format!("every {seconds}s until Ctrl-C, {}\n", now.whole_seconds());
        if let Some(trouble) = trouble.take() {
            frame.push_str(&screen::wrapped(&format!("this may be old: {trouble}"), screen::width(), "    "));
        }
        frame.push('\n');
        frame.push_str(&status.text(&repo, &overview)?);
        let frame = Output::as_wanted(frame);
        session.output.bytes(drawn(&frame, start, screen::height()).as_bytes())?;
        start = HOME;
        known = Some((head, state));
        thread::sleep(Duration::from_secs(seconds));
        // A remote that does not answer now may do so the next time.
        trouble = repo.refresh().err().map(|error| error.to_string());
    }
}

/// What draws a frame over the one before without flicker. Of one that is higher than the terminal, lines before the last
/// are left out.
fn drawn(frame: &str, start: &str, height: Option<usize>) -> String {
    let mut lines: Vec<&str> = frame.lines().collect();
    // The cursor stands below the last line.
    let room = height.map_or(usize::MAX, |height| height.saturating_sub(1).max(3));
    let left_out;
    if lines.len() > room
        && let Some(last) = lines.pop()
    {
        let hidden = lines.len() + 2 - room;
        left_out = format!("... {hidden} more lines; --behind, --blocked, --team and -e show less");
        lines.truncate(room.saturating_sub(2));
        lines.extend([left_out.as_str(), last]);
    }
    let lines: String = lines.iter().map(|line| format!("{line}{CLEAR_LINE}\n")).collect();
    format!("{start}{lines}{CLEAR_BELOW}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_is_drawn_over_the_one_before() {
        assert_eq!(drawn("a\nb\n", HOME, Some(24)), "\x1b[Ha\x1b[K\nb\x1b[K\n\x1b[J");
        assert_eq!(drawn("a\n", CLEAR, None), "\x1b[H\x1b[2Ja\x1b[K\n\x1b[J");
    }

    #[test]
    fn a_frame_is_not_higher_than_the_terminal() {
        let frame: String = (1..=10).map(|number| format!("{number}\n")).collect();
        for height in 4..=11 {
            let drawn = drawn(&frame, "", Some(height));
            assert_eq!(drawn.lines().count(), height, "{drawn:?} and the cursor's line");
            assert!(drawn.contains("10\x1b[K"), "the last line stays: {drawn:?}");
        }
        assert!(drawn(&frame, "", Some(6)).contains("... 6 more lines"));
        assert!(!drawn(&frame, "", Some(11)).contains("more lines"));
    }
}
