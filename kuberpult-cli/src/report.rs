//! The page to share: all that a manifest repository says, as one HTML file that needs nothing else.
//!
//! Nothing that others have written is markup: see `report/html.rs`. Should that ever be wrong, the page's policy
//! (`report/policy.rs`) lets no script run but its own.

mod calendar;
mod facts;
mod head;
mod history;
mod html;
mod instant;
mod lifetime;
mod locks;
mod matrix;
mod policy;
mod promotion_graph;
mod queues;
mod trains;

use std::path::Path;

use kuberpult_core::Context;
use kuberpult_git::ManifestRepo;

use self::facts::{Facts, Read};
use self::html::{Html, html};
use crate::exit::Failure;

/// Makes the page of the newest commit, at the time of the context; with the newest so many commits, and the freeze windows of so
/// many days.
pub(crate) fn page(
    repo: &ManifestRepo,
    context: &Context,
    commits: usize,
    days: u8,
) -> Result<String, Failure> {
    let read = Read::new(repo, commits)?;
    let facts = Facts::new(&read, context, days)?;
    let mut page = Html::default();
    head::write(&mut page, &facts);
    let mut marks = matrix::write(&mut page, &facts);
    let explained = marks.explained().count();
    queues::write(&mut page, &facts, &mut marks);
    locks::write(&mut page, &facts);
    calendar::write(&mut page, &facts);
    trains::write(&mut page, &facts, &mut marks);
    // All are met in the matrix; should that change, no mark leads nowhere.
    matrix::explain(&mut page, &marks, explained);
    promotion_graph::write(&mut page, &facts);
    history::write(&mut page, &facts);
    html!(
        page,
        "</main>\n<footer><p>Made by <code>kuberpult report</code>; shows one commit and one moment, and does not change.</p></footer>\n<script>"
    );
    page.markup(policy::SCRIPT);
    html!(page, "</script>\n</body>\n</html>\n");
    Ok(page.finish())
}

/// Writes the page to a file, as a whole.
pub(crate) fn write(path: &Path, page: &str) -> Result<(), Failure> {
    crate::whole_file::write(path, page.as_bytes()).map_err(|source| Failure::Report {
        path: path.into(),
        done: false,
        source,
    })
}
