//! One step, ready to run, and what is said when one of its statements fails.

use std::time::Duration;

use diesel::result::Error as DieselError;
use migrate_core::dialect::Dialect;
use migrate_core::graph::step::Plan;
use migrate_core::history::{History, Way};
use migrate_core::revision::{Direction, Revision, Section};
use migrate_core::source::position;
use migrate_core::sql::{Statement, split};

use crate::check::mysql_line;
use crate::error::{Error, ErrorKind, Location, StatementNumber};
use crate::journal::Record;
use crate::table::{Change, Tables};
use crate::words;

/// A step with everything that running it needs.
pub(crate) struct Task<'h> {
    pub(crate) revision: &'h Revision,
    /// Its id in the version table.
    pub(crate) row: &'h str,
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

impl<'h> Task<'h> {
    /// A step of a plan that has been checked.
    ///
    /// A run goes one way, so that `way` holds for all of it: what is squashed and not applied yet is run as such.
    pub(crate) fn new(history: &'h History, way: &Way, plan: &Plan, place: usize, dialect: Dialect) -> Self {
        let step = &plan.steps[place];
        let revision = history.revision(step.revision);
        let section = revision.section(step.direction, dialect).expect("checked before the run");
        let (row, digest) = history.recorded(step.revision, way, dialect);
        Self {
            revision,
            row: row.as_str(),
            direction: step.direction,
            section,
            statements: split(&section.text, dialect),
            digest: digest.to_string(),
            removed: step.removed.clone(),
            added: step.added.clone(),
            place: (place + 1, plan.steps.len()),
        }
    }

    /// The changes of the version table that the step makes.
    pub(crate) fn row_changes(
        &self,
        history: &History,
        way: &Way,
        tables: &Tables,
        dialect: Dialect,
    ) -> Vec<Change> {
        let row = |index: &usize| {
            let (id, digest) = history.recorded(*index, way, dialect);
            (id.as_str(), digest.to_string())
        };
        let removed: Vec<&str> = self.removed.iter().map(|index| row(index).0).collect();
        let added: Vec<(&str, String)> = self.added.iter().map(row).collect();
        tables.replace(&removed, &added)
    }

    /// What the journal is told about the step.
    pub(crate) fn record<'t>(&'t self, dialect: Dialect, who: Option<&'t str>) -> Record<'t> {
        let downgrade = self.revision.section(Direction::Downgrade, dialect);
        let keep = self.direction == Direction::Upgrade;
        Record {
            revision: self.id(),
            direction: self.direction.name(),
            digest: Some(&self.digest),
            statements: self.statements.len(),
            downgrade_sql: downgrade.filter(|_| keep).map(|section| &*section.text),
            who,
        }
    }

    /// Whether a statement of the step opens or ends transactions by itself.
    pub(crate) fn has_own_transaction(&self, dialect: Dialect) -> bool {
        self.statements.iter().any(|statement| words::controls_transaction(statement.text, dialect))
    }

    /// Whether the step may change the session's settings.
    pub(crate) fn touches_settings(&self, dialect: Dialect) -> bool {
        self.statements.iter().any(|statement| words::touches_settings(statement.text, dialect))
    }

    /// An error about the byte of the section at `offset`.
    pub(crate) fn error_at(&self, offset: usize, kind: ErrorKind, message: impl Into<String>) -> Error {
        let error = Error::new(kind, message).revision_is(self.id());
        let number = self.statements.partition_point(|statement| statement.end <= offset);
        match self.statements.get(number).or(self.statements.last()) {
            Some(statement) => {
                let number = number.min(self.statements.len() - 1);
                error.at(self.number(number), self.location(offset), statement.text)
            }
            None => error,
        }
    }

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
