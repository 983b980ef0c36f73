//! What a process printed, and what it says about each command that it was given.

use serde_json::Value;

use crate::books::{Books, Fate};
use crate::commands::Wanted;
use crate::processes::Ended;

/// Enters the commands of a process that has ended.
pub(crate) fn enter(books: &mut Books, commands: Vec<Wanted>, ended: &Ended) {
    books.kills += usize::from(ended.killed);
    books.decided_again += decided_again(&ended.stderr);
    let documents: Vec<Value> =
        serde_json::Deserializer::from_str(&ended.stdout).into_iter().map_while(Result::ok).collect();
    let mut fates: Vec<Option<Fate>> = vec![None; commands.len()];
    let mut is_lost = ended.killed;
    for document in &documents {
        // What is typed is answered by one document without a line.
        let line = document["line"].as_u64().unwrap_or(1);
        let fate = match document.get("error") {
            Some(error) => of_error(error),
            None => Fate::Acknowledged {
                commit: document["commit"].as_str().map(str::to_owned),
                events: Some(document["events"].clone()),
            },
        };
        is_lost |= matches!(fate, Fate::Unknown);
        fates[usize::try_from(line).unwrap() - 1] = Some(fate);
    }
    let failure = ended.stderr.find("{\n").and_then(|start| {
        serde_json::Deserializer::from_str(&ended.stderr[start..]).into_iter::<Value>().next()?.ok()
    });
    let failure = failure.map(|document| of_error(&document["error"]));
    for (wanted, fate) in commands.into_iter().zip(fates) {
        let fate = fate.unwrap_or_else(|| match &failure {
            // Nothing was begun, or the only command failed.
            Some(failure) if !is_lost => failure.clone(),
            _ if is_lost => Fate::Unknown,
            _ => panic!("no word about {wanted:?}: {ended:?}"),
        });
        books.enter(wanted, fate);
    }
}

fn of_error(error: &Value) -> Fate {
    let code = error["code"].as_str().unwrap_or_else(|| panic!("no code: {error}"));
    match code {
        "ANSWER_LOST" => Fate::Unknown,
        // They say that the commit is on the branch.
        "LOCAL_BRANCH_NOT_MOVED" | "WORK_TREE_NOT_UPDATED" => {
            let commit = error["details"]["commit"].as_str().unwrap().to_owned();
            Fate::Acknowledged { commit: Some(commit), events: None }
        }
        code => Fate::Refused { code: code.to_owned() },
    }
}

/// How often `-v` says that a command was decided again.
fn decided_again(stderr: &str) -> usize {
    let times = |line: &str| line.split_once("decided ")?.1.split(' ').next()?.parse::<usize>().ok();
    stderr.lines().filter_map(times).map(|times| times - 1).sum()
}
