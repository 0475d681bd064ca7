//! How much each check matters.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use crate::diagnostic::{self, Diagnostic};
use crate::interpret::Proof;
use crate::nearest::nearest;

/// All checks. docs/build-checks.md has a section for each.
pub const CODES: &[&str] = &[
    "ambiguous-column",
    "ambiguous-function",
    "auto-increment-key",
    "bad-effect",
    "branches-conflict",
    "broken-view",
    "dialects-differ",
    "downgrade-differs",
    "downgrade-empty",
    "duplicate-column",
    "duplicate-constraint",
    "duplicate-function",
    "duplicate-index",
    "duplicate-object",
    "duplicate-table",
    "duplicate-trigger",
    "duplicate-type",
    "duplicate-value",
    "enum-values-stay",
    "joinable",
    "missing-column",
    "missing-constraint",
    "missing-function",
    "missing-index",
    "missing-object",
    "missing-table",
    "missing-type",
    "missing-value",
    "model-column",
    "model-length",
    "model-nullability",
    "model-primary-key",
    "model-table",
    "model-type",
    "needs-empty-table",
    "no-unique-target",
    "not-null-needed",
    "refused-column",
    "refused-key",
    "refused-table",
    "still-needed",
    "syntax",
    "types-do-not-fit",
    "undeclared-column",
    "undeclared-table",
    "unread-model",
    "unused-allow",
    "values-do-not-fit",
    "wrong-kind",
];

/// What happens when a check finds something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// Nothing.
    Allow,
    /// A warning.
    Warn,
    /// The build fails.
    Deny,
}

impl FromStr for Level {
    type Err = UnknownLevel;

    fn from_str(text: &str) -> Result<Self, UnknownLevel> {
        match text {
            "allow" => Ok(Self::Allow),
            "warn" => Ok(Self::Warn),
            "deny" => Ok(Self::Deny),
            _ => Err(UnknownLevel),
        }
    }
}

/// The text is not the name of a level.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownLevel;

impl fmt::Display for UnknownLevel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the levels are `allow`, `warn` and `deny`")
    }
}

impl std::error::Error for UnknownLevel {}

/// There is no check of this name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownCode {
    /// The check that was probably meant.
    pub nearest: Option<&'static str>,
}

impl fmt::Display for UnknownCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.nearest {
            Some(near) => write!(f, "the nearest check is `{near}`"),
            None => f.write_str("docs/build-checks.md lists the checks"),
        }
    }
}

impl std::error::Error for UnknownCode {}

/// The check of this name, spelled with `-` or `_`.
pub(super) fn code(text: &str) -> Result<&'static str, UnknownCode> {
    let text = text.replace('_', "-");
    let known = CODES.iter().find(|code| **code == text);
    known.copied().ok_or_else(|| UnknownCode {
        nearest: nearest(&text, CODES.iter().copied())
            .and_then(|near| CODES.iter().copied().find(|code| *code == near)),
    })
}

/// The levels that differ from the defaults.
///
/// By default what is certain to fail, or to restore something else, is an error, and what only may is a warning.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Levels(BTreeMap<&'static str, Level>);

impl Levels {
    /// Sets the level of a check, whatever it finds.
    ///
    /// # Errors
    ///
    /// - There is no such check.
    pub fn set(&mut self, check: &str, level: Level) -> Result<(), UnknownCode> {
        self.0.insert(code(check)?, level);
        Ok(())
    }

    /// These levels, and where they say nothing those below.
    #[must_use]
    pub fn over(mut self, below: &Self) -> Self {
        for (code, level) in &below.0 {
            self.0.entry(code).or_insert(*level);
        }
        self
    }

    /// The levels that were set, by check.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, Level)> {
        self.0.iter().map(|(code, level)| (*code, *level))
    }

    /// What a finding becomes; `None` for nothing.
    pub fn of(&self, code: &str, proof: Proof) -> Option<diagnostic::Level> {
        let default = match proof {
            Proof::Certain => Level::Deny,
            Proof::Likely => Level::Warn,
        };
        match self.0.get(code).copied().unwrap_or(default) {
            Level::Allow => None,
            Level::Warn => Some(diagnostic::Level::Warning),
            Level::Deny => Some(diagnostic::Level::Error),
        }
    }

    /// Gives findings their levels, where the one that they have is the default, and leaves those out that are allowed.
    pub fn apply(&self, findings: &mut Vec<Diagnostic>) {
        findings.retain_mut(|finding| {
            let proof = match finding.level {
                diagnostic::Level::Error => Proof::Certain,
                diagnostic::Level::Warning => Proof::Likely,
            };
            let level = self.of(finding.code.0, proof);
            finding.level = level.unwrap_or(finding.level);
            level.is_some()
        });
    }
}
