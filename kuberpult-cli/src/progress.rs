//! What is going on, for a person who waits: one line on standard error, when it takes longer than a moment, and gone when it
//! is done. Only on a terminal that can take a line back.

use std::env;
use std::io::{self, IsTerminal as _, Write as _};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crate::screen;
use crate::text;

/// What is shorter than that goes by without a word.
const MOMENT: Duration = Duration::from_millis(300);
/// How often the line is written again.
const PAUSE: Duration = Duration::from_millis(200);
const BACK_AND_CLEAR: &str = "\r\x1b[K";

/// Says what is going on.
#[derive(Debug)]
pub(crate) struct Progress {
    /// None where nobody is told.
    shared: Option<Arc<Shared>>,
}

/// Work that is going on until this is dropped.
#[derive(Debug)]
pub(crate) struct Waiting {
    shared: Option<Arc<Shared>>,
}

#[derive(Debug, Default)]
struct Shared {
    work: Mutex<Work>,
    begun: Condvar,
}

#[derive(Debug, Default)]
struct Work {
    /// What, and since when.
    now: Option<(String, Instant)>,
    is_shown: bool,
    has_thread: bool,
}

impl Progress {
    /// On standard error, if it is wanted and a terminal; not where `TERM` says that a line cannot be taken back.
    pub(crate) fn on_terminal(is_wanted: bool) -> Self {
        let can_go_back = || env::var_os("TERM").is_none_or(|term| term != "dumb" && !term.is_empty());
        let shows = is_wanted && io::stderr().is_terminal() && can_go_back();
        Self { shared: shows.then(Arc::default) }
    }

    /// Work begins. It is over when what is returned is dropped, which has to be before anything is printed.
    pub(crate) fn begin(&self, what: &str) -> Waiting {
        if let Some(shared) = &self.shared {
            shared.begin(what);
        }
        Waiting { shared: self.shared.clone() }
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        if let Some(shared) = &self.shared {
            shared.end();
        }
    }
}

impl Shared {
    fn work(&self) -> MutexGuard<'_, Work> {
        self.work.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn begin(self: &Arc<Self>, what: &str) {
        let mut work = self.work();
        work.now = Some((text::one_line(what).into_owned(), Instant::now()));
        if !work.has_thread {
            let shared = Arc::clone(self);
            // Without a thread nobody is told, which is no reason to fail.
            work.has_thread = thread::Builder::new().spawn(move || shared.show()).is_ok();
        }
        self.begun.notify_all();
    }

    fn end(&self) {
        let mut work = self.work();
        work.now = None;
        if work.is_shown {
            work.is_shown = false;
            write(BACK_AND_CLEAR);
        }
    }

    /// Shows what takes long, for as long as the process lives.
    fn show(&self) {
        let mut work = self.work();
        loop {
            let now = work.now.as_ref().map(|(what, since)| (what.clone(), since.elapsed()));
            let pause = match now {
                None => {
                    work = self.begun.wait(work).unwrap_or_else(PoisonError::into_inner);
                    continue;
                }
                Some((what, elapsed)) if elapsed >= MOMENT => {
                    // Under the lock: who ends the work takes the line back, and prints after that.
                    write(&format!("{BACK_AND_CLEAR}{}", line(&what, elapsed, screen::width_of_stderr())));
                    work.is_shown = true;
                    PAUSE
                }
                Some((_, elapsed)) => MOMENT.saturating_sub(elapsed),
            };
            let waited = self.begun.wait_timeout(work, pause);
            work = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

/// One line that no terminal breaks.
fn line(what: &str, elapsed: Duration, width: Option<usize>) -> String {
    let seconds = elapsed.as_secs();
    let time = if seconds == 0 { String::new() } else { format!(" {seconds}s") };
    let room = width.unwrap_or(80).saturating_sub(time.len() + 4);
    let shown: String = what.chars().take(room).collect();
    format!("{shown}...{time}")
}

/// If that cannot be done, nobody can be told.
fn write(text: &str) {
    let mut stderr = io::stderr();
    let _ = stderr.write_all(text.as_bytes()).and_then(|()| stderr.flush());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_fits_and_says_how_long_it_takes() {
        assert_eq!(line("pushing", Duration::from_millis(350), Some(80)), "pushing...");
        assert_eq!(line("pushing", Duration::from_secs(12), Some(80)), "pushing... 12s");
        assert_eq!(line("a very long address", Duration::from_secs(1), Some(12)), "a ver... 1s");
    }

    #[test]
    fn work_that_ends_leaves_nothing() {
        let progress = Progress { shared: Some(Arc::default()) };
        let shared = progress.shared.clone().unwrap();
        let waiting = progress.begin("work");
        assert!(shared.work().now.is_some());
        drop(waiting);
        assert!(shared.work().now.is_none() && !shared.work().is_shown);
        drop(Progress { shared: None }.begin("work"));
    }
}
