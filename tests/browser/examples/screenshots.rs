//! Pictures of a page, narrow and wide, light and dark, to look at: `screenshots PAGE.html DIRECTORY`.
#![expect(clippy::expect_used, reason = "who runs it sees what is wrong")]

use kuberpult_test_browser::{Browser, Look, program};

fn main() {
    let mut arguments = std::env::args_os().skip(1).map(std::path::PathBuf::from);
    let (page, directory) = arguments.next().zip(arguments.next()).expect("a page and a directory");
    let page = std::fs::canonicalize(page).expect("a page");
    let mut browser = Browser::start(&program().expect("a browser"));
    for width in [390, 1280] {
        for dark in [false, true] {
            let look = Look { width, dark, without_scripts: false };
            let mut page = browser.open(&format!("file://{}", page.display()), look);
            page.screenshots(&directory, &format!("{width}-{}", if dark { "dark" } else { "light" }));
        }
    }
}
