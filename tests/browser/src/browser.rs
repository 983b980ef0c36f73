//! [`Browser`]: the process.

use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::json;
use tempfile::TempDir;

use crate::connection::Connection;
use crate::{Look, Page};

/// Nothing of what a browser does on its own account: no network, no first steps, no window.
const OPTIONS: [&str; 12] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-extensions",
    "--disable-sync",
    "--no-first-run",
    "--no-default-browser-check",
    "--remote-debugging-pipe",
];

/// A browser without a window, with a profile of its own. It ends when this is dropped.
#[derive(Debug)]
pub struct Browser {
    child: Child,
    pub(crate) connection: Connection,
    // Dropped after the process has ended.
    _profile: TempDir,
}

impl Browser {
    /// Starts it.
    #[must_use]
    pub fn start(program: &Path) -> Self {
        let profile = tempfile::tempdir().expect("a directory");
        // The browser reads from file 3 and writes to file 4, which a shell can set up without unsafe code.
        let mut command = Command::new("sh");
        command.args(["-c", r#"exec "$0" "$@" 3<&0 4>&1 </dev/null >/dev/null"#]).arg(program).args(OPTIONS);
        command.arg(format!("--user-data-dir={}", profile.path().display()));
        // No name leads anywhere.
        command.arg("--host-resolver-rules=MAP * ~NOTFOUND").arg("about:blank");
        command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.env("HOME", profile.path()).env("TMPDIR", profile.path());
        let piped = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
        let mut child = piped.expect("a shell that starts the browser");
        let connection = Connection::new(child.stdin.take().unwrap(), child.stdout.take().unwrap());
        Self { child, connection, _profile: profile }
    }

    /// Opens an address, and waits until it is loaded.
    pub fn open(&mut self, url: &str, look: Look) -> Page<'_> {
        let target = self.connection.call(None, "Target.createTarget", &json!({ "url": "about:blank" }));
        let attach = json!({ "targetId": target["targetId"], "flatten": true });
        let attached = self.connection.call(None, "Target.attachToTarget", &attach);
        let session = attached["sessionId"].as_str().expect("a session").to_owned();
        Page::load(&mut self.connection, session, url, look)
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        self.connection.send(None, "Browser.close", &json!({}));
        // It ends by itself when it is asked to, or when nobody can ask it for anything any more.
        self.connection.close();
        let _ = self.child.wait();
    }
}
