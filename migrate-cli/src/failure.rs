//! Why a command ends without doing what was asked, ready to be shown.

use std::fmt::Display;

use migrate_core::diagnostic::{Code, Diagnostic};
use migrate_core::source::Sources;
use migrate_dir::WriteError;

use crate::exit::Exit;
use crate::url::UrlError;

/// A result that a command can end with.
pub(crate) type Result<T = (), E = Box<Failure>> = std::result::Result<T, E>;

/// What went wrong: findings with the texts they point into, and the exit code.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) exit: Exit,
    pub(crate) findings: Vec<Diagnostic>,
    pub(crate) sources: Sources,
}

impl Failure {
    /// A failure of one finding that points nowhere.
    pub(crate) fn new(exit: Exit, code: &'static str, message: impl Into<String>) -> Box<Self> {
        Self::at(exit, Diagnostic::error(Code(code), message), Sources::new())
    }

    /// The command line, configuration or environment is wrong.
    pub(crate) fn usage(code: &'static str, message: impl Into<String>) -> Box<Self> {
        Self::new(Exit::Usage, code, message)
    }

    /// A failure of one finding.
    pub(crate) fn at(exit: Exit, finding: Diagnostic, sources: Sources) -> Box<Self> {
        Box::new(Self { exit, findings: vec![finding], sources })
    }

    /// The URL from `origin` is wrong.
    pub(crate) fn url(error: UrlError, origin: impl Display) -> Box<Self> {
        let failure = Self::usage("bad-url", error.message).note(format!("the URL comes from {origin}"));
        match error.help {
            Some(help) => failure.help(help),
            None => failure,
        }
    }

    /// A file or folder could not be read or written.
    pub(crate) fn io(what: &str, path: &std::path::Path, error: &std::io::Error) -> Box<Self> {
        Self::usage("io", format!("cannot {what} `{}`: {}", path.display(), io_reason(error)))
    }

    /// A file of the project could not be written.
    pub(crate) fn unwritten(error: &WriteError) -> Box<Self> {
        match error {
            WriteError::Exists(_) => Self::usage("io", error.to_string()),
            WriteError::Io(path, error) => Self::io("write", path, error),
        }
    }

    /// Adds a fact to the last finding.
    pub(crate) fn note(mut self: Box<Self>, note: impl Into<String>) -> Box<Self> {
        if let Some(finding) = self.findings.last_mut() {
            finding.notes.push(note.into());
        }
        self
    }

    /// Adds what to do to the last finding.
    pub(crate) fn help(mut self: Box<Self>, help: impl Into<String>) -> Box<Self> {
        if let Some(finding) = self.findings.last_mut() {
            finding.helps.push(help.into());
        }
        self
    }
}

/// The system's words in the tone of the rest: `no such file or directory`, without `(os error 2)`.
pub(crate) fn io_reason(error: &std::io::Error) -> String {
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or(&text);
    let mut chars = text.chars();
    match chars.next() {
        // An abbreviation keeps its capitals.
        Some(first) if !chars.as_str().starts_with(|c: char| c.is_uppercase()) => {
            first.to_lowercase().chain(chars).collect()
        }
        _ => text.to_owned(),
    }
}
