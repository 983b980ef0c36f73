//! Processes: fed, listened to, and perhaps killed.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// When a process is killed, and with what.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Kill {
    pub(crate) after: Duration,
    /// The git that it has started, too. Otherwise that lives on.
    pub(crate) with_children: bool,
}

/// A process that has ended, and what it printed.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) status: ExitStatus,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    /// Whether it was killed before it ended by itself.
    pub(crate) killed: bool,
}

/// Runs a process to its end. It gets lines one at a time, each when the one before it was answered.
pub(crate) fn run(command: Command, lines: &[String], kill: Option<Kill>) -> Ended {
    let mut running = Running::start(command);
    let (mut input, output) = (running.0.stdin.take().unwrap(), running.0.stdout.take().unwrap());
    thread::scope(|scope| {
        let talk = scope.spawn(move || {
            let (mut output, mut printed) = (BufReader::new(output), String::new());
            for line in lines {
                // Whoever was killed reads nothing.
                if writeln!(input, "{line}").is_err() || output.read_line(&mut printed).unwrap() == 0 {
                    break;
                }
            }
            drop(input);
            output.read_to_string(&mut printed).unwrap();
            printed
        });
        let ended = match kill {
            None => running.end(),
            Some(kill) => running.end_or_kill(kill),
        };
        Ended { stdout: talk.join().unwrap(), ..ended }
    })
}

/// A process that runs, in a group with all that it starts.
pub(crate) struct Running(Child);

impl Running {
    pub(crate) fn start(mut command: Command) -> Self {
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).process_group(0);
        Self(command.spawn().unwrap())
    }

    /// Waits for its end.
    fn end(self) -> Ended {
        let output = self.0.wait_with_output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        let killed = output.status.signal() == Some(9);
        Ended { status: output.status, stdout: text(output.stdout), stderr: text(output.stderr), killed }
    }

    fn end_or_kill(mut self, kill: Kill) -> Ended {
        let started = Instant::now();
        while started.elapsed() < kill.after {
            if self.0.try_wait().unwrap().is_some() {
                return self.end();
            }
            thread::sleep(Duration::from_millis(1));
        }
        self.kill(kill.with_children)
    }

    /// Kills it, perhaps with all that it has started, if it has not ended by itself.
    pub(crate) fn kill(mut self, with_children: bool) -> Ended {
        if self.0.try_wait().unwrap().is_none() {
            if with_children {
                let mut kill = Command::new("sh");
                kill.args(["-c", &format!("kill -s KILL -- -{}", self.0.id())]).stderr(Stdio::null());
                kill.status().unwrap();
            } else {
                self.0.kill().unwrap();
            }
        }
        self.end()
    }
}

/// A process that is given lines one at a time, while other things happen between them.
pub(crate) struct Conversation {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Conversation {
    pub(crate) fn begin(mut command: Command) -> Self {
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let (input, output) = (child.stdin.take().unwrap(), BufReader::new(child.stdout.take().unwrap()));
        Self { child, input, output }
    }

    /// Gives it a line, and waits for the answer.
    pub(crate) fn say(&mut self, line: &str) -> String {
        writeln!(self.input, "{line}").unwrap();
        let mut answer = String::new();
        self.output.read_line(&mut answer).unwrap();
        answer
    }

    /// Gives it nothing more.
    pub(crate) fn end(self) -> Ended {
        drop((self.input, self.output));
        let output = self.child.wait_with_output().unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        Ended { status: output.status, stdout: String::new(), stderr, killed: false }
    }
}
