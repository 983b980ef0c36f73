//! Which browser a test runs.

use std::path::{Path, PathBuf};

/// The environment variable that names the browser which must be there; `none` leaves the tests out.
pub const VARIABLE: &str = "KUBERPULT_TEST_BROWSER";

/// What it is called on the systems that have it.
const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/// The browser that [`VARIABLE`] names, or one that is on the path; none, which is said, if there is none.
///
/// # Panics
/// The variable names a browser that is not there.
#[must_use]
pub fn program() -> Option<PathBuf> {
    match std::env::var(VARIABLE) {
        Ok(none) if none == "none" => {
            eprintln!("left out: tests in a browser, because {VARIABLE} is `none`");
            None
        }
        Ok(wanted) => {
            let found = find(&wanted);
            assert!(found.is_some(), "{VARIABLE} asks for `{wanted}`, which is not there");
            found
        }
        Err(_) => {
            let found = NAMES.into_iter().find_map(find);
            if found.is_none() {
                eprintln!("left out: tests in a browser, because there is no {}", NAMES.join(", no "));
            }
            found
        }
    }
}

fn find(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let on_path = std::env::split_paths(&path).map(|directory| directory.join(name));
    on_path.chain([PathBuf::from(name)]).find(|file: &PathBuf| Path::is_file(file) && file.is_absolute())
}
