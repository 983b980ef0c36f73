//! What a process printed, and what it says about each command that it was given.

use serde_json::Value;

use crate::books::{Books, Fate};
use crate::commands::Wanted;
use crate::processes::Ended;

/// Enters the commands of a process that has ended.
pub(crate) fn enter(books: &mut Books, commands: Vec<Wanted>, ended: &Ended) {
    books.kills += usize::from(ended.killed);
    exit_code_is_right(ended);
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
                events: Ok(document["events"].clone()),
            },
        };
        is_lost |= matches!(fate, Fate::Unknown);
        fates[usize::try_from(line).unwrap() - 1] = Some(fate);
    }
    let failure = failure(ended).map(|error| of_error(&error));
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

/// What a process says on standard error why it failed.
fn failure(ended: &Ended) -> Option<Value> {
    let start = ended.stderr.find("{\n")?;
    let document: Value =
        serde_json::Deserializer::from_str(&ended.stderr[start..]).into_iter().next()?.ok()?;
    Some(document["error"].clone())
}

/// The exit code of a process that was not killed is that of what it says went wrong.
fn exit_code_is_right(ended: &Ended) {
    if ended.killed {
        return;
    }
    let failure = failure(ended);
    let expected = match failure.as_ref().and_then(|error| error["code"].as_str()) {
        None => 0,
        Some(code) if code.starts_with("REMOTE") => 6,
        Some("ANSWER_LOST" | "BRANCH_GONE") => 6,
        Some("LOST_RACE" | "BUSY" | "LOCAL_BRANCH_AHEAD" | "RELEASE_EXISTS_WITH_OTHER_CONTENT") => 5,
        Some("DIRTY_WORK_TREE" | "DISK_FULL" | "CANNOT_READ" | "CANNOT_WRITE" | "LOCAL_BRANCH_NOT_MOVED") => {
            1
        }
        Some(code) if code.starts_with("WORK_TREE") => 1,
        Some(_) => 3,
    };
    assert_eq!(ended.status.code(), Some(expected), "{ended:?}");
}

fn of_error(error: &Value) -> Fate {
    let code = error["code"].as_str().unwrap_or_else(|| panic!("no code: {error}"));
    match code {
        "ANSWER_LOST" => Fate::Unknown,
        // They say that the commit is on the branch.
        "LOCAL_BRANCH_NOT_MOVED" | "WORK_TREE_NOT_UPDATED" => {
            let commit = error["details"]["commit"].as_str().unwrap().to_owned();
            Fate::Acknowledged { commit: Some(commit), events: Err(error["message"].to_string()) }
        }
        code => Fate::Refused { code: code.to_owned() },
    }
}

/// How often `-v` says that a command was decided again.
fn decided_again(stderr: &str) -> usize {
    let times = |line: &str| line.split_once("decided ")?.1.split(' ').next()?.parse::<usize>().ok();
    stderr.lines().filter_map(times).map(|times| times - 1).sum()
}
