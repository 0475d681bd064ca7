//! What went wrong, for programs and for people.
//!
//! [`Error`] is opaque: [`kind`](Error::kind) tells classes apart, accessors give the parts, and `Display` is one line
//! that does not repeat [`source`](std::error::Error::source), which is diesel's own error. Nothing here ever holds a
//! connection URL.

use std::fmt;

use diesel::result::{DatabaseErrorKind, Error as DieselError};

/// The classes of errors. The command's exit codes hang on these.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A name, a schema or another option cannot be used on this database.
    Configuration,
    /// The target does not mean anything here: unknown, ambiguous, or not on the way that was asked for.
    Target,
    /// The history itself cannot be used.
    History,
    /// The database holds a revision that this history does not: the database is ahead of this binary.
    UnknownRevision,
    /// The database has a part of the revisions that were squashed into one.
    Replaced,
    /// A revision was edited after the database applied it.
    Edited,
    /// A revision of the plan has no SQL for this direction on this database.
    MissingSection,
    /// A revision of the plan cannot be downgraded.
    Irreversible,
    /// A revision was interrupted, and how far it came has to be settled first.
    Unfinished,
    /// What another tool has recorded cannot be taken over as it is.
    Adoption,
    /// Another tool has run this history on the database, and its record was not taken over.
    NotAdopted,
    /// The database is not where the check wants it.
    NotCurrent,
    /// The lock was not obtained in time.
    LockTimeout,
    /// The caller's transaction is open and this run cannot take place inside one.
    InTransaction,
    /// A revision cannot be written as a script, because only a live connection could run it.
    Offline,
    /// Another process changed the version table during the run.
    Concurrent,
    /// The run was asked to stop, and stopped between two statements.
    Interrupted,
    /// The database refused a statement of a revision.
    Statement,
    /// A revision that runs without SQLite's foreign keys left rows whose keys lead nowhere.
    ForeignKeys,
    /// The database refused one of this crate's own statements, or the connection was lost.
    Database,
    /// The connection was lost while the answer to a COMMIT was awaited: it is not known whether it took effect.
    CommitUnknown,
}

/// A statement's place in its revision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StatementNumber {
    /// Which one, counted from 1.
    pub number: usize,
    /// Of how many.
    pub total: usize,
}

/// A place in a revision file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Location {
    /// The file as a person should see it.
    pub path: String,
    /// The line, counted from 1.
    pub line: u32,
    /// The column in characters, counted from 1.
    pub column: u32,
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.path, self.line, self.column)
    }
}

/// What the database said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct DatabaseMessage {
    /// Its message.
    pub message: String,
    /// The SQLSTATE, or MySQL's error number, where the driver gives it.
    pub code: Option<String>,
    /// PostgreSQL's DETAIL.
    pub detail: Option<String>,
    /// PostgreSQL's HINT.
    pub hint: Option<String>,
    /// The constraint that was violated.
    pub constraint: Option<String>,
    /// The table that the message is about.
    pub table: Option<String>,
    /// The column that the message is about.
    pub column: Option<String>,
}

/// Why a run did not do what was asked.
pub struct Error(Box<Parts>);

#[derive(Debug)]
struct Parts {
    kind: ErrorKind,
    message: String,
    revision: Option<String>,
    statement: Option<StatementNumber>,
    location: Option<Location>,
    sql: Option<String>,
    database: Option<DatabaseMessage>,
    state: Option<String>,
    notes: Vec<String>,
    helps: Vec<String>,
    source: Option<DieselError>,
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self(Box::new(Parts {
            kind,
            message: message.into(),
            revision: None,
            statement: None,
            location: None,
            sql: None,
            database: None,
            state: None,
            notes: vec![],
            helps: vec![],
            source: None,
        }))
    }

    /// One of this crate's own statements failed while it did what `doing` says.
    pub(crate) fn database(doing: &str, error: DieselError) -> Self {
        Self::new(ErrorKind::Database, format!("could not {doing}")).caused_by(error)
    }

    pub(crate) fn caused_by(mut self, error: DieselError) -> Self {
        self.0.database = Some(database_message(&error));
        self.0.source = Some(error);
        self
    }

    pub(crate) fn with_code(mut self, code: Option<String>) -> Self {
        if let (Some(database), Some(code)) = (&mut self.0.database, code) {
            database.code = Some(code);
        }
        self
    }

    pub(crate) fn revision_is(mut self, id: &str) -> Self {
        self.0.revision = Some(id.to_owned());
        self
    }

    pub(crate) fn at(mut self, statement: StatementNumber, location: Location, sql: &str) -> Self {
        self.0.statement = Some(statement);
        self.0.location = Some(location);
        self.0.sql = Some(excerpt(sql));
        self
    }

    pub(crate) fn state_is(mut self, state: impl Into<String>) -> Self {
        self.0.state = Some(state.into());
        self
    }

    /// Says where the database is, unless that was said with more knowledge.
    pub(crate) fn state_or(mut self, state: impl FnOnce() -> String) -> Self {
        self.0.state.get_or_insert_with(state);
        self
    }

    pub(crate) fn note(mut self, note: impl Into<String>) -> Self {
        self.0.notes.push(note.into());
        self
    }

    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.0.helps.push(help.into());
        self
    }

    /// Whether SQLite said that somebody else has the file.
    pub(crate) fn is_busy(&self) -> bool {
        self.0.source.as_ref().is_some_and(crate::lock::is_busy)
    }

    /// The class of the error.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The revision in question.
    pub fn revision(&self) -> Option<&str> {
        self.0.revision.as_deref()
    }

    /// Which statement of the revision failed or was not run.
    pub fn statement(&self) -> Option<StatementNumber> {
        self.0.statement
    }

    /// Where in the revision's file.
    pub fn location(&self) -> Option<&Location> {
        self.0.location.as_ref()
    }

    /// The beginning of the statement: its first line, at most 200 characters.
    pub fn sql(&self) -> Option<&str> {
        self.0.sql.as_deref()
    }

    /// What the database said.
    pub fn database_message(&self) -> Option<&DatabaseMessage> {
        self.0.database.as_ref()
    }

    /// Where the database is now, or that it is not known.
    pub fn state(&self) -> Option<&str> {
        self.0.state.as_deref()
    }

    /// Further facts.
    pub fn notes(&self) -> &[String] {
        &self.0.notes
    }

    /// What to do.
    pub fn helps(&self) -> &[String] {
        &self.0.helps
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)?;
        if let Some(location) = &self.0.location {
            write!(f, " ({location})")?;
        }
        Ok(())
    }
}

/// All that there is to say, line by line, because `fn main() -> Result<(), Error>` shows this to people; `{:#?}` has the
/// parts.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if f.alternate() {
            return self.0.fmt(f);
        }
        write!(f, "{self}")?;
        if let Some(database) = &self.0.database {
            write!(f, "\n  the database says: {}", database.message)?;
            let facts = [("code", &database.code), ("detail", &database.detail), ("hint", &database.hint)];
            for (name, fact) in facts {
                fact.iter().try_for_each(|fact| write!(f, "\n  {name}: {fact}"))?;
            }
        }
        self.0.notes.iter().chain(&self.0.state).try_for_each(|note| write!(f, "\n  note: {note}"))?;
        self.0.helps.iter().try_for_each(|help| write!(f, "\n  help: {help}"))
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source.as_ref().map(|error| error as _)
    }
}

/// The first line of a statement, cut to a length that fits a terminal.
pub(crate) fn excerpt(sql: &str) -> String {
    let line = sql.lines().next().unwrap_or_default();
    match line.char_indices().nth(200) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line.to_owned(),
    }
}

/// Whether the error means that nothing further can be asked of this connection.
pub(crate) fn is_connection_lost(error: &DieselError) -> bool {
    match error {
        DieselError::DatabaseError(
            DatabaseErrorKind::ClosedConnection | DatabaseErrorKind::UnableToSendCommand,
            _,
        )
        | DieselError::BrokenTransactionManager => true,
        // The pure MySQL driver reports everything that is no answer of the server as text.
        DieselError::DatabaseError(DatabaseErrorKind::Unknown, information) => {
            let message = information.message().to_ascii_lowercase();
            [
                "input/output error",
                "server has gone away",
                "lost connection",
                "connection closed",
                "broken pipe",
            ]
            .iter()
            .any(|sign| message.contains(sign))
        }
        _ => false,
    }
}

fn database_message(error: &DieselError) -> DatabaseMessage {
    let DieselError::DatabaseError(kind, information) = error else {
        return DatabaseMessage { message: error.to_string(), ..DatabaseMessage::default() };
    };
    let owned = |text: Option<&str>| text.map(str::to_owned);
    // The drivers keep the code to themselves; these kinds stand for exactly one SQLSTATE each.
    let code = match kind {
        DatabaseErrorKind::UniqueViolation => Some("23505"),
        DatabaseErrorKind::ForeignKeyViolation => Some("23503"),
        DatabaseErrorKind::NotNullViolation => Some("23502"),
        DatabaseErrorKind::CheckViolation => Some("23514"),
        DatabaseErrorKind::SerializationFailure => Some("40001"),
        DatabaseErrorKind::ReadOnlyTransaction => Some("25006"),
        _ => None,
    };
    DatabaseMessage {
        message: information.message().to_owned(),
        code: owned(code),
        detail: owned(information.details()),
        hint: owned(information.hint()),
        constraint: owned(information.constraint_name()),
        table: owned(information.table_name()),
        column: owned(information.column_name()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_main_returns_can_be_read() {
        let error = Error::new(ErrorKind::NotCurrent, "the database lacks 2 revisions of this history")
            .note("the next is `6a1f02c4b7e9`")
            .help("run `migrate upgrade heads`")
            .state_is("the database is at base");
        let lines = [
            "the database lacks 2 revisions of this history",
            "  note: the next is `6a1f02c4b7e9`",
            "  note: the database is at base",
            "  help: run `migrate upgrade heads`",
        ];
        assert_eq!(format!("{error:?}"), lines.join("\n"));
        assert!(format!("{error:#?}").contains("kind: NotCurrent"));
    }
}
