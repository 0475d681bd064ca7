//! Why a test of a history failed, in a text that is read in the output of `cargo test`.

use std::fmt::{self, Write as _};

use crate::catalog::Difference;
use crate::error::Error;

/// How many differences are shown.
const SHOWN: usize = 30;

/// Why a history did not pass a test.
///
/// `Display` and `Debug` are the same text of one or more lines, made to be read where `unwrap` shows it.
#[derive(Clone, PartialEq, Eq)]
pub struct TestFailure {
    revision: Option<String>,
    text: String,
}

impl TestFailure {
    pub(super) fn new(text: impl Into<String>) -> Self {
        Self { revision: None, text: text.into() }
    }

    /// The database or this crate refused to do something.
    pub(super) fn refused(doing: &str, error: &Error) -> Self {
        let mut failure = Self::new(format!("{doing} failed: {error}"));
        if let Some(said) = error.database_message() {
            failure = failure.line(&said.message);
            failure = said.detail.iter().chain(&said.hint).fold(failure, |failure, text| failure.line(text));
        }
        if let Some(sql) = error.sql() {
            failure = failure.note(&format!("the statement begins with `{sql}`"));
        }
        for note in error.notes() {
            failure = failure.note(note);
        }
        for help in error.helps() {
            failure = failure.help(help);
        }
        failure
    }

    pub(super) fn of(mut self, revision: &str) -> Self {
        self.revision = Some(revision.to_owned());
        self
    }

    pub(super) fn line(mut self, line: &str) -> Self {
        // Writing to a String cannot fail.
        let _ = write!(self.text, "\n  {line}");
        self
    }

    pub(super) fn note(self, note: &str) -> Self {
        self.line(&format!("= note: {note}"))
    }

    pub(super) fn help(self, help: &str) -> Self {
        self.line(&format!("= help: {help}"))
    }

    pub(super) fn differences(mut self, differences: &[Difference]) -> Self {
        for difference in differences.iter().take(SHOWN) {
            self = self.line(&difference.to_string());
        }
        match differences.len().saturating_sub(SHOWN) {
            0 => self,
            more => self.line(&format!("... and {more} more")),
        }
    }

    /// The revision that is to blame, where it is one.
    pub fn revision(&self) -> Option<&str> {
        self.revision.as_deref()
    }
}

impl fmt::Display for TestFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for TestFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl std::error::Error for TestFailure {}
