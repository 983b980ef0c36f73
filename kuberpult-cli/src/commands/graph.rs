//! `kuberpult graph`

mod dot;
mod mermaid;
pub(crate) mod nodes;
mod tree;
pub(crate) mod walk;

use serde::Serialize;

use self::nodes::Nodes;
use super::Session;
use crate::exit::Failure;
use crate::promotion::{PromotedEnvironment, promoted};

/// How the graph is drawn.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Graph {
    /// How it is drawn [default: text]
    #[arg(long, value_enum, value_name = "FORMAT")]
    format: Option<Format>,
}

const EXAMPLES: &str = "\
Examples:
  kuberpult graph                   a tree, upstream above downstream
  kuberpult graph --format mermaid  for a block in Markdown that begins with
                                    ```mermaid
  kuberpult graph --format dot | dot -Tsvg > promotion.svg
  kuberpult -o json graph           for programs";

/// How the graph is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
enum Format {
    /// A tree for people
    #[default]
    Text,
    /// A Mermaid flowchart
    Mermaid,
    /// Graphviz's language
    Dot,
}

/// Kind `PromotionGraph`.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct PromotionGraph<'a> {
    environments: Vec<PromotedEnvironment<'a>>,
}

impl Graph {
    pub(crate) fn run(&self, session: &mut Session<'_>) -> Result<(), Failure> {
        if session.output.is_json() && self.format.is_some() {
            return Err(Failure::FormatOfJson);
        }
        let state = session.open()?.environments()?;
        let now = crate::context::now(session.global)?;
        let environments = promoted(&state, now, |_| true);
        if session.output.is_json() {
            let environments = environments.iter().map(PromotedEnvironment::from).collect();
            return session.output.document("PromotionGraph", &PromotionGraph { environments });
        }
        if environments.is_empty() {
            session.output.remark("there is no environment; `kuberpult env create` makes one");
        }
        let nodes = Nodes::new(&environments);
        let text = match self.format.unwrap_or_default() {
            Format::Text => tree::text(&nodes),
            Format::Mermaid => mermaid::text(&nodes),
            Format::Dot => dot::text(&nodes),
        };
        session.output.data(&text)
    }
}
