//! One step, ready to run, and what is said when one of its statements fails.

use std::time::Duration;

use diesel::result::Error as DieselError;
use migrate_core::revision::{Direction, Revision, Section};
use migrate_core::source::position;
use migrate_core::sql::Statement;

use crate::check::mysql_line;
use crate::error::{Error, ErrorKind, Location, StatementNumber};

/// A step with everything that running it needs.
pub(crate) struct Task<'h> {
    pub(crate) revision: &'h Revision,
    pub(crate) direction: Direction,
    pub(crate) section: &'h Section,
    pub(crate) statements: Vec<Statement<'h>>,
    pub(crate) digest: String,
    /// The rows that go.
    pub(crate) removed: Vec<usize>,
    /// The rows that come.
    pub(crate) added: Vec<usize>,
    /// Its place in the plan, counted from 1, and the plan's length.
    pub(crate) place: (usize, usize),
}

impl Task<'_> {
    pub(crate) fn id(&self) -> &str {
        self.revision.id.as_str()
    }

    /// Where a byte of the section stands in the file.
    fn location(&self, offset: usize) -> Location {
        let at = position(&self.section.text, offset);
        let path = self.revision.section_path(self.direction).into_owned();
        Location { path, line: at.line + self.section.first_line.saturating_sub(1), column: at.column }
    }

    fn number(&self, number: usize) -> StatementNumber {
        StatementNumber { number: number + 1, total: self.statements.len() }
    }
}

/// The database refused a statement; says where, as exactly as the database does.
pub(crate) fn statement_failed(task: &Task<'_>, number: usize, prefix: &str, error: DieselError) -> Error {
    let (statement, id) = (&task.statements[number], task.id());
    let message = format!("statement {} of {} of revision `{id}` failed", number + 1, task.statements.len());
    let inside = offset_in(statement.text, prefix, &error).unwrap_or(0);
    Error::new(ErrorKind::Statement, message)
        .revision_is(id)
        .at(task.number(number), task.location(statement.start + inside), statement.text)
        .caused_by(error)
}

/// The connection went away during a statement.
pub(crate) fn lost_in_statement(task: &Task<'_>, number: usize, error: DieselError) -> Error {
    let statement = &task.statements[number];
    let (id, total) = (task.id(), task.statements.len());
    Error::new(
        ErrorKind::Database,
        format!("the connection was lost during statement {} of {total} of revision `{id}`", number + 1),
    )
    .revision_is(id)
    .at(task.number(number), task.location(statement.start), statement.text)
    .caused_by(error)
}

/// The byte of the statement that the database points at.
fn offset_in(sql: &str, prefix: &str, error: &DieselError) -> Option<usize> {
    let DieselError::DatabaseError(_, information) = error else { return None };
    if let Some(position) = information.statement_position() {
        // Positions inside the body of a DO block count from the body's start.
        if sql.get(..2).is_some_and(|word| word.eq_ignore_ascii_case("do")) {
            return None;
        }
        let character = usize::try_from(position).ok()?.checked_sub(1 + prefix.chars().count())?;
        return sql.char_indices().nth(character).map(|(at, _)| at);
    }
    let line = mysql_line(error)? as usize;
    let (at, _) = std::iter::once((0, "")).chain(sql.match_indices('\n')).nth(line.checked_sub(1)?)?;
    let rest = sql.get(at..)?;
    Some(at + rest.len() - rest.trim_start().len())
}

/// Whether a statement gave up waiting for a lock. The drivers do not pass the code on, so the message has to do, or, in
/// other languages, that nothing else is said and the time fits.
pub(crate) fn is_lock_timeout(error: &DieselError, limit: Duration, elapsed: Duration) -> bool {
    let DieselError::DatabaseError(_, information) = error else { return false };
    information.message().contains("lock timeout")
        || elapsed >= limit
            && !information.message().is_ascii()
            && information.statement_position().is_none()
            && information.constraint_name().is_none()
}
