//! [`Explanation`]: the page that each stable code has. The pages are Markdown, in `codes/`, a file for each topic.

/// What is about one thing: `# ` and the topic; then for each code `## ` and the code, its meaning in one line, paragraphs,
/// commands in indented lines, and related codes.
const TOPICS: [&str; 7] = [
    include_str!("../codes/held-back.md"),
    include_str!("../codes/trains.md"),
    include_str!("../codes/refused.md"),
    include_str!("../codes/check.md"),
    include_str!("../codes/input.md"),
    include_str!("../codes/repository.md"),
    include_str!("../codes/remote.md"),
];

/// What begins the last line of a page.
const RELATED: &str = "Related: ";

/// How many codes are named that look like one that there is not.
const MOST_NEAREST: usize = 3;

/// What there is to say about a code.
#[derive(Debug)]
pub(crate) struct Explanation {
    pub(crate) code: &'static str,
    /// What it is about, for all codes of a file.
    pub(crate) topic: &'static str,
    /// What it means, in one line.
    pub(crate) summary: &'static str,
    /// Paragraphs, each of them one line, and indented lines as they are.
    pub(crate) text: String,
    pub(crate) related: Vec<&'static str>,
}

/// All pages, by topic.
pub(crate) fn all() -> Vec<Explanation> {
    TOPICS.into_iter().flat_map(of_topic).collect()
}

fn of_topic(file: &'static str) -> impl Iterator<Item = Explanation> {
    let mut sections = file.split("\n## ");
    let head = sections.next().unwrap_or_default();
    let topic = head.lines().next().unwrap_or_default().trim_start_matches("# ");
    sections.filter_map(move |section| {
        let (code, body) = section.split_once("\n\n")?;
        let (summary, body) = body.trim_end().split_once("\n\n")?;
        let (text, related) = match body.rsplit_once(RELATED) {
            Some((text, related)) => (text, related.split(", ").map(|code| code.trim_matches('`')).collect()),
            None => (body, Vec::new()),
        };
        Some(Explanation { code, topic, summary, text: joined(text.trim_end()), related })
    })
}

/// Joins the lines of each paragraph; other lines stay.
fn joined(text: &str) -> String {
    let mut joined = String::new();
    let mut before = "";
    for line in text.lines() {
        let goes_on = !before.is_empty() && !line.is_empty() && !line.starts_with("    ");
        joined.push_str(match (joined.is_empty(), goes_on) {
            (true, _) => "",
            (false, true) => " ",
            (false, false) => "\n",
        });
        joined.push_str(line);
        before = line;
    }
    joined
}

/// The page on a code, however it is typed: `env-is-locked` is `ENV_IS_LOCKED`. Else the codes that look like it.
pub(crate) fn of(typed: &str) -> Result<Explanation, Vec<&'static str>> {
    let wanted = typed.trim().to_ascii_uppercase().replace(['-', ' '], "_");
    let mut pages = all();
    match pages.iter().position(|page| page.code == wanted) {
        Some(position) => Ok(pages.swap_remove(position)),
        None => Err(nearest(&wanted, pages.iter().map(|page| page.code))),
    }
}

/// The code that was probably meant, and those that have each of its words in them.
fn nearest(wanted: &str, codes: impl Iterator<Item = &'static str> + Clone) -> Vec<&'static str> {
    let has_words = |code: &str| wanted.len() > 3 && wanted.split('_').all(|word| code.contains(word));
    let mut near: Vec<&str> = kuberpult_core::nearest_name(wanted, codes.clone()).into_iter().collect();
    let with_it: Vec<&str> = codes.filter(|code| !near.contains(code) && has_words(code)).collect();
    near.extend(with_it);
    near.truncate(MOST_NEAREST);
    near
}

#[cfg(test)]
mod tests;
