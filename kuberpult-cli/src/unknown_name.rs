//! A name that was asked for and that nothing has, with the one that was probably meant.

use std::fmt;

use kuberpult_core::{ApplicationName, Refusal, Rejection, nearest_name};
use serde_json::{Value, json};

use crate::code::Code;

/// How many names are listed at most where none is near.
const LISTED: usize = 10;

/// A name that nothing has.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct UnknownName {
    what: Named,
    name: String,
    /// The known name that is most like it, if any is.
    nearest: Option<String>,
    known: Vec<String>,
}

/// What has names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Named {
    Application,
    Environment,
    Group,
    Team,
}

impl UnknownName {
    /// The name, beside those that are known, in the order in which they are listed.
    pub(crate) fn new<'a>(what: Named, name: &str, known: impl IntoIterator<Item = &'a str>) -> Self {
        let known: Vec<String> = known.into_iter().map(String::from).collect();
        let nearest = nearest_name(name, known.iter().map(String::as_str)).map(String::from);
        Self { what, name: name.to_owned(), nearest, known }
    }

    /// The stable code.
    pub(crate) fn code(&self) -> Code {
        match self.what {
            Named::Application => Code::APPLICATION_NOT_FOUND,
            Named::Environment => Code::ENVIRONMENT_NOT_FOUND,
            Named::Group => Code::ENVIRONMENT_GROUP_NOT_FOUND,
            Named::Team => Code::TEAM_NOT_FOUND,
        }
    }

    /// What a program may want to know besides.
    pub(crate) fn details(&self) -> Value {
        let Self { what, name, nearest, known } = self;
        let meant = nearest.as_deref().and_then(|nearest| ApplicationName::existing(nearest).ok());
        let mut details = json!({ "name": name, "nearest": nearest.as_slice() });
        let more = match (what, ApplicationName::existing(name)) {
            // Of applications there may be thousands, and other commands refuse them so.
            (Named::Application, Ok(application)) => (
                "refusals",
                json!(Rejection::from(Refusal::ApplicationNotFound { application, nearest: meant })),
            ),
            _ => ("known", json!(known)),
        };
        if let Value::Object(details) = &mut details {
            details.insert(more.0.into(), more.1);
        }
        details
    }
}

impl fmt::Display for UnknownName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (what, why) = match self.what {
            Named::Application => ("application", ": it has no release yet"),
            Named::Environment => ("environment", ""),
            Named::Group => ("environment group", ""),
            Named::Team => ("team", ": it owns no application and is locked nowhere"),
        };
        write!(f, "unknown {what} `{}`{why}", self.name)?;
        if let Some(nearest) = &self.nearest {
            return write!(f, "; did you mean `{nearest}`?");
        }
        if self.what == Named::Application {
            return Ok(());
        }
        if self.known.is_empty() {
            return f.write_str("; there is none at all");
        }
        let listed: Vec<String> = self.known.iter().take(LISTED).map(|name| format!("`{name}`")).collect();
        match (self.known.len().saturating_sub(LISTED), listed.as_slice()) {
            (0, [first @ .., last]) if !first.is_empty() => {
                write!(f, "; known: {} and {last}", first.join(", "))
            }
            (0, _) => write!(f, "; known: {}", listed.join(", ")),
            (more, _) => write!(f, "; known: {}, and {more} more", listed.join(", ")),
        }
    }
}

impl std::error::Error for UnknownName {}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(name: &str) -> String {
        UnknownName::new(Named::Environment, name, ["development", "staging", "production"]).to_string()
    }

    #[test]
    fn the_nearest_name_is_suggested() {
        for typed in ["prodution", "porduction", "Production", "prod", "productions"] {
            assert!(said(typed).ends_with("; did you mean `production`?"), "{typed}: {}", said(typed));
        }
        assert_eq!(said("dev"), "unknown environment `dev`; did you mean `development`?");
    }

    #[test]
    fn where_none_is_near_they_are_listed() {
        assert_eq!(
            said("europe"),
            "unknown environment `europe`; known: `development`, `staging` and `production`"
        );
        let names: Vec<String> = (0..12).map(|number| format!("team-number-{number}")).collect();
        let many = UnknownName::new(Named::Team, "x", names.iter().map(String::as_str));
        assert!(many.to_string().ends_with("`team-number-9`, and 2 more"), "{many}");
        let none = UnknownName::new(Named::Group, "eu", []);
        assert_eq!(none.to_string(), "unknown environment group `eu`; there is none at all");
    }
}
