//! [`Page`]: one page in a browser.

use std::path::Path;

use serde_json::{Value, json};

use crate::base64;
use crate::connection::Connection;

/// How a page is looked at.
#[derive(Debug, Clone, Copy, Default)]
pub struct Look {
    /// How wide the window is, in CSS pixels.
    pub width: u32,
    /// Whether dark colours are preferred.
    pub dark: bool,
    /// Whether the browser runs no scripts.
    pub without_scripts: bool,
}

/// A page that is loaded.
#[derive(Debug)]
pub struct Page<'a> {
    connection: &'a mut Connection,
    session: String,
    /// What the page asked for, and what was wrong with it.
    requests: Vec<String>,
    complaints: Vec<String>,
}

impl<'a> Page<'a> {
    pub(crate) fn load(connection: &'a mut Connection, session: String, url: &str, look: Look) -> Self {
        let mut page = Self { connection, session, requests: Vec::new(), complaints: Vec::new() };
        for domain in ["Page", "Runtime", "Log", "Network"] {
            page.call(&format!("{domain}.enable"), &json!({}));
        }
        let metrics =
            json!({ "width": look.width, "height": 900, "deviceScaleFactor": 1, "mobile": look.width < 600 });
        page.call("Emulation.setDeviceMetricsOverride", &metrics);
        let scheme = if look.dark { "dark" } else { "light" };
        let media = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
        page.call("Emulation.setEmulatedMedia", &media);
        page.call("Emulation.setScriptExecutionDisabled", &json!({ "value": look.without_scripts }));
        page.call("Page.navigate", &json!({ "url": url }));
        loop {
            let event = page.connection.event("Page.loadEventFired");
            let is_loaded =
                event["method"] == "Page.loadEventFired" && event["sessionId"] == page.session.as_str();
            page.note(&event);
            if is_loaded {
                break;
            }
        }
        page
    }

    fn call(&mut self, method: &str, params: &Value) -> Value {
        self.connection.call(Some(&self.session), method, params)
    }

    /// What an expression is in the page.
    pub fn evaluate(&mut self, expression: &str) -> Value {
        let params = json!({ "expression": expression, "returnByValue": true, "awaitPromise": true });
        let mut result = self.call("Runtime.evaluate", &params);
        assert!(result.get("exceptionDetails").is_none(), "{expression}: {}", result["exceptionDetails"]);
        result["result"]["value"].take()
    }

    /// Types text, where the focus is.
    pub fn type_text(&mut self, text: &str) {
        for c in text.chars() {
            self.call("Input.dispatchKeyEvent", &json!({ "type": "char", "text": c.to_string() }));
        }
    }

    /// Presses a key that has a name and a code, such as `Tab` with 9.
    pub fn press(&mut self, key: &str, code: u32) {
        for kind in ["rawKeyDown", "keyUp"] {
            let params = json!({ "type": kind, "key": key, "code": key, "windowsVirtualKeyCode": code });
            self.call("Input.dispatchKeyEvent", &params);
        }
    }

    /// Clicks on the middle of what a selector finds first.
    pub fn click(&mut self, selector: &str) {
        let place = self.evaluate(&format!(
            "(() => {{ const found = document.querySelector({}); found.scrollIntoView({{ block: 'center' }}); \
             const at = found.getBoundingClientRect(); return [at.x + at.width / 2, at.y + at.height / 2]; }})()",
            json!(selector)
        ));
        for kind in ["mousePressed", "mouseReleased"] {
            let params =
                json!({ "type": kind, "x": place[0], "y": place[1], "button": "left", "clickCount": 1 });
            self.call("Input.dispatchMouseEvent", &params);
        }
    }

    /// Writes pictures of the page, from top to bottom, each of them as high as a screen or two: `NAME-1.png` and so on.
    pub fn screenshots(&mut self, directory: &Path, name: &str) {
        const HEIGHT: usize = 1_500;
        let size = self.call("Page.getLayoutMetrics", &json!({}))["cssContentSize"].take();
        let height = size["height"].as_u64().expect("a height") as usize;
        for (index, y) in (0..height).step_by(HEIGHT).enumerate() {
            let clip = json!({ "x": 0, "y": y, "width": size["width"], "height": HEIGHT.min(height - y), "scale": 1 });
            let params = json!({ "captureBeyondViewport": true, "clip": clip });
            let picture = self.call("Page.captureScreenshot", &params);
            let file = directory.join(format!("{name}-{}.png", index + 1));
            std::fs::write(file, base64::decode(picture["data"].as_str().expect("a picture")))
                .expect("written");
        }
    }

    /// What the page has asked for so far: addresses, of which the first is its own.
    pub fn requests(&mut self) -> Vec<String> {
        self.note_all();
        self.requests.clone()
    }

    /// What the browser and scripts have complained about so far: errors, warnings, and whatever was printed.
    pub fn complaints(&mut self) -> Vec<String> {
        self.note_all();
        self.complaints.clone()
    }

    fn note_all(&mut self) {
        // Whatever came before the answer to this has come.
        self.evaluate("1");
        for event in self.connection.events_so_far() {
            self.note(&event);
        }
    }

    fn note(&mut self, event: &Value) {
        if event["sessionId"] != self.session.as_str() {
            return;
        }
        let params = &event["params"];
        match event["method"].as_str().unwrap_or_default() {
            "Network.requestWillBeSent" => {
                self.requests.push(params["request"]["url"].as_str().unwrap_or_default().to_owned());
            }
            "Log.entryAdded" => self.complaints.push(params["entry"]["text"].to_string()),
            "Runtime.exceptionThrown" => self.complaints.push(params["exceptionDetails"].to_string()),
            "Runtime.consoleAPICalled" => self.complaints.push(params["args"].to_string()),
            "Page.javascriptDialogOpening" => self.complaints.push(params["message"].to_string()),
            _ => {}
        }
    }
}
