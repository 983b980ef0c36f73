//! `kuberpult check`

use super::Session;
use crate::exit::{Exit, Failure};
use crate::json::{Finding, List};
use crate::table::Table;

pub(crate) fn run(session: &mut Session<'_>) -> Result<Exit, Failure> {
    let repo = session.open()?;
    let looking = session.output.progress.begin("looking at every application");
    let findings = repo.check()?;
    drop(looking);
    let exit = if findings.is_empty() { Exit::Done } else { Exit::Failed };
    if session.output.is_json() {
        let items = findings.iter().map(|finding| Finding { severity: severity(finding), finding }).collect();
        session.output.document("CheckReport", &List { items })?;
        return Ok(exit);
    }
    if findings.is_empty() {
        session.output.remark("nothing found");
        return Ok(exit);
    }
    let mut table = Table::new(["SEVERITY", "CODE", "FINDING"]);
    for finding in &findings {
        table.row([severity(finding), finding.code(), &finding.to_string()]);
    }
    session.output.data(&table.to_string())?;
    Ok(exit)
}

fn severity(finding: &kuberpult_git::RepositoryFinding) -> &'static str {
    if finding.is_error() { "error" } else { "warning" }
}
