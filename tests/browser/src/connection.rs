//! [`Connection`]: messages of the `DevTools` protocol on two pipes, JSON with a zero byte after each.

use std::collections::VecDeque;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{ChildStdin, ChildStdout};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use serde_json::{Value, json};

/// How long an answer may take. No test asserts on it; it ends those that would never end.
const PATIENCE: Duration = Duration::from_secs(60);

/// The two pipes.
#[derive(Debug)]
pub(crate) struct Connection {
    to: Option<ChildStdin>,
    from: Receiver<Value>,
    sent: u64,
    /// Events that came while an answer was waited for.
    events: VecDeque<Value>,
}

impl Connection {
    pub(crate) fn new(to: ChildStdin, from: ChildStdout) -> Self {
        let (sender, receiver) = channel();
        std::thread::spawn(move || {
            for message in BufReader::new(from).split(0).map_while(Result::ok) {
                let message = serde_json::from_slice(&message).expect("JSON");
                if sender.send(message).is_err() {
                    break;
                }
            }
        });
        Self { to: Some(to), from: receiver, sent: 0, events: VecDeque::new() }
    }

    /// Sends a message, and gives its number.
    pub(crate) fn send(&mut self, session: Option<&str>, method: &str, params: &Value) -> u64 {
        self.sent += 1;
        let mut message = json!({ "id": self.sent, "method": method, "params": params });
        if let Some(session) = session {
            message["sessionId"] = session.into();
        }
        if let Some(to) = &mut self.to {
            // Who has ended does not answer, which is noticed then.
            let _ = to.write_all(format!("{message}\0").as_bytes()).and_then(|()| to.flush());
        }
        self.sent
    }

    /// Sends a message, and waits for what it leads to.
    pub(crate) fn call(&mut self, session: Option<&str>, method: &str, params: &Value) -> Value {
        let id = self.send(session, method, params);
        loop {
            let mut message = self.receive(method);
            if message["id"] == id {
                assert!(message.get("error").is_none(), "{method}: {}", message["error"]);
                return message["result"].take();
            }
            self.events.push_back(message);
        }
    }

    /// The next event, which may have come before.
    pub(crate) fn event(&mut self, awaited: &str) -> Value {
        self.events.pop_front().unwrap_or_else(|| self.receive(awaited))
    }

    /// The events that have come.
    pub(crate) fn events_so_far(&mut self) -> Vec<Value> {
        self.events.drain(..).collect()
    }

    pub(crate) fn close(&mut self) {
        self.to = None;
    }

    fn receive(&mut self, awaited: &str) -> Value {
        match self.from.recv_timeout(PATIENCE) {
            Ok(message) => message,
            Err(error) => panic!("the browser does not answer ({awaited}): {error}"),
        }
    }
}
