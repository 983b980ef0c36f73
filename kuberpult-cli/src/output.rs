//! Where things are printed: data on standard output, everything else on standard error.

mod document;

use std::error::Error;
use std::ffi::OsString;
use std::io::{self, IsTerminal as _, Write};

use clap::ValueEnum as _;
use serde::Serialize;

use crate::arguments::{Color, Format, GlobalOptions};
use crate::code::Code;
use crate::exit::{Exit, Failure};
use crate::json::{Document, ErrorDocument};
use crate::progress::Progress;
use crate::text;

/// The two streams of one command, and how it prints.
pub(crate) struct Output {
    pub(crate) format: Format,
    quiet: bool,
    verbose: bool,
    pub(crate) progress: Progress,
    out: Box<dyn Write>,
    err: Box<dyn Write>,
}

const ERROR: anstyle::Style = anstyle::AnsiColor::Red.on_default().bold();
const BOLD: anstyle::Style = anstyle::Style::new().bold();

impl Output {
    /// The process's own streams.
    pub(crate) fn of_process(global: &GlobalOptions) -> Self {
        let out: Box<dyn Write> = match global.output {
            Format::Table => Box::new(anstream::stdout()),
            // What takes colour out of text would also take characters out of strings.
            Format::Json | Format::Yaml => Box::new(io::stdout()),
        };
        let err = Box::new(anstream::stderr());
        // A program that reads JSON wants none of it, wherever its standard error goes.
        let progress = Progress::on_terminal(!global.quiet && global.output == Format::Table);
        Self { format: global.output, quiet: global.quiet, verbose: global.verbose, progress, out, err }
    }

    /// Everything on standard output, in the order in which it is printed: how a story is told.
    pub(crate) fn narrated() -> Self {
        let (out, err) = (Box::new(anstream::stdout()), Box::new(anstream::stdout()));
        let progress = Progress::on_terminal(false);
        Self { format: Format::Table, quiet: false, verbose: false, progress, out, err }
    }

    /// Whether the result is one JSON document, which is printed as JSON or as YAML.
    pub(crate) fn is_json(&self) -> bool {
        self.format != Format::Table
    }

    /// Prints data, as it is. Whoever calls it has made it safe.
    pub(crate) fn data(&mut self, text: &str) -> Result<(), Failure> {
        let printed = self.out.write_all(text.as_bytes()).and_then(|()| self.out.flush());
        printed.map_err(Failure::Output)
    }

    /// Whether a person reads standard output: a terminal, or something for which colour is wanted.
    pub(crate) fn is_for_people() -> bool {
        let stdout = io::stdout();
        stdout.is_terminal() || anstream::AutoStream::choice(&stdout) != anstream::ColorChoice::Never
    }

    /// Prints data byte for byte: for programs, since it can hold what a terminal would obey.
    pub(crate) fn bytes(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        let mut out = io::stdout();
        out.write_all(bytes).and_then(|()| out.flush()).map_err(Failure::Output)
    }

    /// Text with its colours, if standard output is to have any.
    pub(crate) fn as_wanted(text: String) -> String {
        match anstream::AutoStream::choice(&io::stdout()) {
            anstream::ColorChoice::Never => anstream::adapter::strip_str(&text).to_string(),
            _ => text,
        }
    }

    /// Prints one line of data, whatever is in it.
    pub(crate) fn line(&mut self, text: &str) -> Result<(), Failure> {
        self.data(&format!("{}\n", text::one_line(text)))
    }

    /// Prints one line of data that stands out where the terminal can do that.
    pub(crate) fn heading(&mut self, text: &str) -> Result<(), Failure> {
        self.data(&format!("{BOLD}{}{BOLD:#}\n", text::one_line(text)))
    }

    /// Prints the one JSON document that is the result.
    pub(crate) fn document(&mut self, kind: &'static str, content: &impl Serialize) -> Result<(), Failure> {
        let document = document::text(self.format, &Document::new(kind, content));
        self.data(&document.map_err(Failure::Output)?)
    }

    /// Prints the one JSON document that is the result, piece by piece, whatever its size.
    pub(crate) fn streamed_document(
        &mut self,
        kind: &'static str,
        content: &impl Serialize,
    ) -> Result<(), Failure> {
        let mut out = io::BufWriter::new(&mut self.out);
        let printed = document::write(&mut out, self.format, &Document::new(kind, content));
        printed.and_then(|()| out.flush()).map_err(Failure::Output)
    }

    /// Prints one value of many, as one line of JSON or as one YAML document.
    pub(crate) fn json_line(&mut self, value: &impl Serialize) -> Result<(), Failure> {
        let one = document::one_of_many(self.format, value).map_err(Failure::Output)?;
        self.data(&one)
    }

    /// Prints something that whoever asked should know, on standard error.
    pub(crate) fn note(&mut self, text: &str) {
        self.remark(&format!("{BOLD}note:{BOLD:#} {}", text::one_line(text)));
    }

    /// Prints a line that is no data, on standard error. If that cannot be done, nobody can be told.
    pub(crate) fn remark(&mut self, text: &str) {
        if !self.quiet {
            let _ = writeln!(self.err, "{text}");
        }
    }

    /// Prints a question on standard error, `--quiet` or not: somebody has to answer it.
    pub(crate) fn ask(&mut self, question: &str) {
        let _ = self.err.write_all(question.as_bytes()).and_then(|()| self.err.flush());
    }

    /// Prints a line that is usually of no interest, on standard error.
    pub(crate) fn detail(&mut self, text: &str) {
        if self.verbose {
            self.remark(&text::one_line(text));
        }
    }

    /// Prints why the command failed; gives its exit code. Whoever closed standard output wants to hear no more.
    pub(crate) fn fail(&mut self, failure: &Failure) -> Exit {
        if matches!(failure, Failure::Output(error) if error.kind() == io::ErrorKind::BrokenPipe) {
            return Exit::Done;
        }
        let printed = if self.is_json() {
            let message = with_causes(failure.to_string(), failure.cause());
            let document = ErrorDocument::of(failure.code(), message, failure.details());
            document::text(self.format, &document).and_then(|text| self.err.write_all(text.as_bytes()))
        } else {
            let mut message = format!("{ERROR}error:{ERROR:#} {}\n", text::lines(&failure.to_string()));
            let mut cause = failure.cause();
            while let Some(error) = cause {
                message = format!("{message}  caused by: {}\n", text::one_line(&error.to_string()));
                cause = error.source();
            }
            let printed = self.err.write_all(message.as_bytes());
            self.hint(failure);
            printed
        };
        // If that cannot be printed, the exit code still says it.
        let _ = printed;
        failure.exit()
    }

    /// Says where more is said about a failure. Of a remote it is others who speak; kuberpult's own errors say enough by themselves.
    fn hint(&mut self, failure: &Failure) {
        let hint = format!("explain: kuberpult explain {}", failure.code().as_str());
        match failure.exit() {
            Exit::Remote => self.remark(&hint),
            Exit::Done | Exit::Failed | Exit::Usage | Exit::Refused | Exit::Conflict => self.detail(&hint),
        }
    }
}

/// The message of an error and of all its causes, for JSON, where nothing else carries them.
pub(crate) fn with_causes(mut message: String, mut cause: Option<&(dyn Error + 'static)>) -> String {
    while let Some(error) = cause {
        message = format!("{message}: {error}");
        cause = error.source();
    }
    message
}

/// Prints what clap has to say: help, the version, or why it does not understand.
pub(crate) fn not_understood(error: &clap::Error, typed: &[OsString]) -> Exit {
    match typed_option(typed, "--color", None).as_deref() {
        Some("always") => Color::Always.choose(),
        Some("never") => Color::Never.choose(),
        _ => {}
    }
    let styled = error.render().ansi().to_string();
    if !error.use_stderr() {
        let _ = anstream::stdout().write_all(styled.as_bytes());
        return Exit::Done;
    }
    let format =
        typed_option(typed, "--output", Some("-o")).and_then(|typed| Format::from_str(&typed, false).ok());
    let _ = if let Some(format @ (Format::Json | Format::Yaml)) = format {
        let plain = error.render().to_string();
        let plain = plain.strip_prefix("error: ").unwrap_or(&plain);
        let (message, help) = plain.split_once("\n\n").unwrap_or((plain, ""));
        let details = serde_json::json!({ "help": help.trim_end() });
        let document = ErrorDocument::of(Code::USAGE, message.trim_end().into(), details);
        document::text(format, &document).and_then(|text| io::stderr().write_all(text.as_bytes()))
    } else {
        anstream::stderr().write_all(styled.as_bytes())
    };
    Exit::Usage
}

/// The last value of an option in a command line that clap does not understand as a whole.
fn typed_option(typed: &[OsString], long: &str, short: Option<&str>) -> Option<String> {
    let words: Vec<_> =
        typed.iter().map(|word| word.to_string_lossy()).take_while(|word| word != "--").collect();
    let mut value = None;
    for (index, word) in words.iter().enumerate() {
        if word == long || short.is_some_and(|short| word == short) {
            value = words.get(index + 1).map(ToString::to_string);
        } else if let Some(rest) = word.strip_prefix(long).and_then(|rest| rest.strip_prefix('=')) {
            value = Some(rest.into());
        } else if let Some(rest) = short.and_then(|short| word.strip_prefix(short)) {
            value = Some(rest.strip_prefix('=').unwrap_or(rest).into());
        }
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_option_is_found_however_it_is_typed() {
        for line in ["-o json", "-ojson", "-o=json", "--output json", "--output=json", "-o table x -o json"] {
            let typed: Vec<OsString> = line.split(' ').map(Into::into).collect();
            assert_eq!(typed_option(&typed, "--output", Some("-o")).as_deref(), Some("json"), "{line}");
        }
        let typed: Vec<OsString> = ["x", "--", "-o", "json"].map(Into::into).to_vec();
        assert_eq!(typed_option(&typed, "--output", Some("-o")), None);
    }
}
