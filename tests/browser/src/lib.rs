//! A headless Chromium for tests: it opens a page, types and clicks as a person does, and says what went wrong in it.
//!
//! It is driven over the [DevTools protocol](https://chromedevtools.github.io/devtools-protocol/), on two pipes: nothing
//! listens anywhere, and the crates that speak this protocol bring a hundred others.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    reason = "this is a part of tests: what cannot go on fails"
)]

mod base64;
mod browser;
mod choice;
mod connection;
mod page;

pub use browser::Browser;
pub use choice::{VARIABLE, program};
pub use page::{Look, Page};
