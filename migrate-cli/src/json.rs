//! What `--json` prints: one object per line, the first with the format's version.
//!
//! These types mirror the values that the rest of the command works with, so that those may change and the format not. A
//! new field or type of line does not change the version; readers skip what they do not know.

use migrate_core::diagnostic::{Diagnostic, Level};
use migrate_core::source::{Position, Sources, position};
use serde::Serialize;

/// The version of the format.
pub(crate) const FORMAT: u32 = 1;

/// One line.
#[derive(Serialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub(crate) enum Line<'a> {
    /// The first line of every command.
    Begin { format: u32, command: &'a str },
    /// A run is about to start.
    Plan { from: &'a [String], to: &'a [String], steps: usize },
    /// A step is done.
    Applied { revision: &'a str, direction: &'a str, statements: usize, millis: u128 },
    /// Another process holds the lock.
    Waiting { millis: u128, holder: Option<&'a str> },
    /// A revision failed on a lock and is tried again.
    Retrying { revision: &'a str, reason: &'a str, attempt: u32 },
    /// An interrupted revision is taken up again.
    Resuming { revision: &'a str, direction: &'a str, done: usize, statements: usize },
    /// The database had something to say.
    Notice { revision: Option<&'a str>, message: &'a str },
    /// A revision of the history.
    Revision(Revision<'a>),
    /// Something of the version table or the journal that needs attention: `unknown`, `edited`, `unfinished`.
    Finding { kind: &'a str, revision: String, message: String },
    /// How the database stands to the history.
    Status { current: Vec<String>, heads: Vec<String>, applied: usize, pending: Vec<String>, ok: bool },
    /// The schema at some revisions; its objects follow.
    Schema {
        dialect: &'a str,
        at: Vec<&'a str>,
        /// Whether there may be objects that nobody knows of.
        may_have_others: bool,
    },
    /// An object of a schema.
    Object {
        kind: String,
        name: String,
        /// `certain`, `uncertain`, `doubtful`.
        certainty: &'static str,
        lines: Vec<String>,
    },
    /// What `print-schema` prints, for a file or not.
    PrintedSchema {
        key: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        file: Option<String>,
        /// Whether the file had these lines already.
        #[serde(skip_serializing_if = "Option::is_none")]
        is_same: Option<bool>,
        text: String,
    },
    /// How an object, or a part of it, differs between two schemas.
    Difference(Difference<'a>),
    /// What a revision that is generated does.
    Operation(Operation<'a>),
    /// An object of which is not known whether it differs; empty for any.
    Undecided {
        dialect: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        revision: Option<&'a str>,
        object: String,
    },
    /// Objects of the database that neither a revision makes nor a model has.
    LeftAlone { dialect: &'a str, objects: &'a [String] },
    /// A version that another tool has recorded, and the revision that it is taken for.
    AdoptedVersion {
        version: &'a str,
        name: Option<&'a str>,
        revision: Option<&'a str>,
        /// `id`, `number`, `sql`, `replaced`, `said`.
        by: Option<&'a str>,
    },
    /// What an adoption is to record.
    Adoption {
        tool: &'a str,
        table: &'a str,
        baseline: Option<&'a str>,
        repeatable: usize,
        revisions: &'a [String],
        heads: &'a [String],
        pending: &'a [String],
    },
    /// A revision builds on others now, or would if it were written.
    Rebased { revision: String, path: String, from: Vec<String>, to: Vec<String>, written: bool },
    /// A revision stands for others now, or would if it were written.
    Squashed { revision: String, path: String, replaces: Vec<String>, removed: Vec<String>, written: bool },
    /// A statement of the run that a schema does not tell.
    Untold { place: String, direction: &'static str, sql: String, why: String },
    /// A file or folder was written.
    Written { path: String },
    /// A file that would be written.
    File { path: String, text: String },
    /// Something to begin with: for a new `revision`, or for `init`.
    Template {
        kind: &'static str,
        name: String,
        description: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        path: Option<String>,
    },
    /// What `--sql` prints.
    Script { dialect: &'a str, from: &'a [String], to: &'a [String], steps: usize, sql: String },
    /// An error or a warning.
    Diagnostic {
        level: &'static str,
        code: &'a str,
        message: &'a str,
        spans: Vec<Span<'a>>,
        notes: &'a [String],
        helps: &'a [String],
    },
    /// The last line; `exit` is the exit code.
    End {
        ok: bool,
        exit: u8,
        #[serde(skip_serializing_if = "Option::is_none")]
        current: Option<Vec<String>>,
    },
}

/// A revision, as `heads`, `history`, `current`, `branches` and `show` list it.
#[derive(Serialize)]
pub(crate) struct Revision<'a> {
    pub(crate) revision: &'a str,
    pub(crate) parents: Vec<&'a str>,
    pub(crate) depends_on: Vec<&'a str>,
    pub(crate) labels: Vec<&'a str>,
    pub(crate) message: &'a str,
    pub(crate) created: Option<&'a str>,
    pub(crate) path: &'a str,
    pub(crate) head: bool,
    pub(crate) branchpoint: bool,
    pub(crate) mergepoint: bool,
    /// Whether the database is at it; absent where no database was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) current: Option<bool>,
}

/// A difference, as `diff` and `show` tell it.
#[derive(Serialize)]
pub(crate) struct Difference<'a> {
    pub(crate) dialect: &'a str,
    /// The revision that makes it, for `show`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) revision: Option<&'a str>,
    /// For `check`: what differs from the migrations, `models`, `database`, or `both` in the same way.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) side: Option<&'static str>,
    pub(crate) object: String,
    /// The part of the object; empty for the whole.
    pub(crate) about: String,
    pub(crate) before: Option<String>,
    pub(crate) after: Option<String>,
    /// Whether only expressions differ, which may mean the same.
    pub(crate) text_only: bool,
    /// All that a new object has.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) lines: Vec<String>,
}

/// Something that a generated revision does, as `revision --autogenerate` tells it.
#[derive(Serialize)]
pub(crate) struct Operation<'a> {
    pub(crate) dialect: &'a str,
    /// `add`, `change`, `rename`, `drop`.
    pub(crate) action: &'a str,
    /// What it is about, with its kind: `column users.name`.
    pub(crate) object: &'a str,
    pub(crate) before: Option<&'a str>,
    pub(crate) after: Option<&'a str>,
    pub(crate) loses_data: bool,
}

/// A place in a file, counted from 1.
#[derive(Serialize)]
pub(crate) struct Span<'a> {
    path: &'a str,
    line: u32,
    column: u32,
    #[serde(skip_serializing_if = "str::is_empty")]
    label: &'a str,
}

impl Line<'_> {
    /// The line's text.
    pub(crate) fn text(&self) -> String {
        serde_json::to_string(self).expect("no map with keys that are not text")
    }
}

/// The line of a finding.
pub(crate) fn diagnostic<'a>(finding: &'a Diagnostic, sources: &'a Sources) -> Line<'a> {
    let spans = finding.labels.iter().map(|label| {
        let file = sources.get(label.span.file);
        let Position { line, column } = position(&file.text, label.span.start as usize);
        Span { path: &file.path, line, column, label: &label.text }
    });
    Line::Diagnostic {
        level: match finding.level {
            Level::Error => "error",
            Level::Warning => "warning",
        },
        code: finding.code.0,
        message: &finding.message,
        spans: spans.collect(),
        notes: &finding.notes,
        helps: &finding.helps,
    }
}
