//! Documents for programs: the same data as JSON or as YAML.
//!
//! In YAML, text that any reader could take for something else is quoted: `no`, `1e3`, dates. Lines are not folded, so that
//! a message is found with `grep`.

#[cfg(test)]
mod from_yaml;
#[cfg(test)]
mod tests;

use std::io::{self, Write};

use serde::Serialize;
use serde_saphyr::ser_error::Error as YamlError;

use crate::arguments::Format;

/// Writes one document, piece by piece, with a line break at its end.
pub(super) fn write(out: &mut impl Write, format: Format, document: &impl Serialize) -> io::Result<()> {
    match format {
        Format::Yaml => write_yaml(out, document),
        Format::Json | Format::Table => {
            serde_json::to_writer_pretty(&mut *out, document)?;
            writeln!(out)
        }
    }
}

/// One document as a text.
pub(super) fn text(format: Format, document: &impl Serialize) -> io::Result<String> {
    let mut bytes = Vec::new();
    write(&mut bytes, format, document)?;
    String::from_utf8(bytes).map_err(io::Error::other)
}

/// One document of a stream: one line of JSON, or a YAML document that begins with `---`.
pub(super) fn one_of_many(format: Format, document: &impl Serialize) -> io::Result<String> {
    match format {
        Format::Yaml => Ok(format!("---\n{}", text(format, document)?)),
        Format::Json | Format::Table => Ok(format!("{}\n", serde_json::to_string(document)?)),
    }
}

fn write_yaml(out: &mut impl Write, document: &impl Serialize) -> io::Result<()> {
    let options = serde_saphyr::ser_options! { folded_wrap_chars: usize::MAX };
    serde_saphyr::to_io_writer_with_options(out, document, options).map_err(|error| match error {
        YamlError::IO { error } => error,
        other => io::Error::other(other.to_string()),
    })
}
