//! A history as a source of migrations for diesel's own harness.
//!
//! `connection.run_pending_migrations(MIGRATIONS)` works as with diesel's own macro. That harness records versions in
//! `__diesel_schema_migrations`, takes no lock, knows no branches, and orders versions as text; a history that this order
//! would break is refused with the reason.
//!
//! A squashed revision has the version of the last one that it replaces, so that it counts as run where that was run. Where
//! only some of the others were, it is refused; taking it back takes back the record of all.

use std::error::Error as StdError;
use std::fmt;

use diesel::connection::BoxableConnection;
use diesel::migration::{
    Migration, MigrationMetadata, MigrationName, MigrationSource, MigrationVersion, Result,
};
use migrate_core::dialect::Dialect;
use migrate_core::history::History;
use migrate_core::revision::{Direction, Revision, Section};
use migrate_core::source::position;
use migrate_core::sql;

use crate::backend::MigrateBackend;
use crate::embedded::Migrations;
use crate::foreign_keys;

/// Where diesel's harness records.
const TABLE: &str = "__diesel_schema_migrations";

/// The width of diesel's `version` column.
const VERSION_LENGTH: usize = 50;

impl<H, DB: MigrateBackend> MigrationSource<DB> for Migrations<H> {
    fn migrations(&self) -> Result<Vec<Box<dyn Migration<DB>>>> {
        let history = self.history();
        check_order(history)?;
        history.revisions().iter().map(|revision| migration(revision, DB::DIALECT)).collect()
    }
}

/// Refuses what the order of the versions as text would run before its time.
fn check_order(history: &History) -> Result<()> {
    let graph = history.graph();
    for (index, revision) in history.revisions().iter().enumerate() {
        let later = |need: &&usize| version(history.revision(**need)) >= version(revision);
        if let Some(&needed) = graph.needs(index).iter().find(later) {
            return Err(format!(
                "diesel's harness orders versions as text and would run `{}` before `{}`, which it needs; \
                 use `Migrations::upgrade`, or give one of them another id",
                revision.id,
                graph.id(needed),
            )
            .into());
        }
        if version(revision).len() > VERSION_LENGTH {
            return Err(format!(
                "diesel's harness keeps versions of at most {VERSION_LENGTH} characters, and `{}` has {}",
                version(revision),
                version(revision).len(),
            )
            .into());
        }
    }
    Ok(())
}

/// The version by which the harness knows a revision.
fn version(revision: &Revision) -> &str {
    let last = revision.replaces.as_deref().and_then(|replaced| replaced.last());
    last.unwrap_or(&revision.id).as_str()
}

fn migration<DB: MigrateBackend>(
    revision: &'static Revision,
    dialect: Dialect,
) -> Result<Box<dyn Migration<DB>>> {
    if revision.section(Direction::Upgrade, dialect).is_none() {
        return Err(format!("revision `{}` has no upgrade section for {dialect}", revision.id).into());
    }
    Ok(Box::new(HarnessMigration { revision, dialect }))
}

#[derive(Clone, Copy)]
struct HarnessMigration {
    revision: &'static Revision,
    dialect: Dialect,
}

impl HarnessMigration {
    fn execute<DB: MigrateBackend>(
        &self,
        direction: Direction,
        connection: &mut dyn BoxableConnection<DB>,
    ) -> Result<()> {
        let revision = self.revision;
        let Some(section) = revision.section(direction, self.dialect) else {
            let reason =
                revision.irreversible.as_deref().map_or(String::new(), |reason| format!(": {reason}"));
            return Err(format!("revision `{}` has no {direction} section{reason}", revision.id).into());
        };
        if self.has_own_transaction() && section.transactional {
            return foreign_keys::in_savepoint(connection, revision, section.foreign_keys, |connection| {
                self.statements(direction, section, connection)
            });
        }
        self.statements(direction, section, connection)
    }

    /// Whether a direction has to run without SQLite's foreign keys, which are switched while no transaction is open.
    fn has_own_transaction(&self) -> bool {
        self.sections().any(|section| !section.foreign_keys)
    }

    fn sections(&self) -> impl Iterator<Item = &'static Section> {
        let directions = [Direction::Upgrade, Direction::Downgrade];
        directions.into_iter().filter_map(|direction| self.revision.section(direction, self.dialect))
    }

    fn statements<DB: MigrateBackend>(
        &self,
        direction: Direction,
        section: &Section,
        connection: &mut dyn BoxableConnection<DB>,
    ) -> Result<()> {
        let revision = self.revision;
        let statements = sql::split(&section.text, self.dialect);
        for (nth, statement) in statements.iter().enumerate() {
            connection.batch_execute(statement.text).map_err(|source| {
                let at = position(&section.text, statement.start);
                let place = format!(
                    "{}:{}:{}",
                    revision.section_path(direction),
                    section.first_line + at.line - 1,
                    at.column
                );
                let message = format!(
                    "statement {} of {} of revision `{}` failed, at {place}",
                    nth + 1,
                    statements.len(),
                    revision.id
                );
                StatementFailed { message, source }
            })?;
        }
        Ok(())
    }
}

impl HarnessMigration {
    /// The versions of what it replaces, as a list of SQL, without the one that is its own.
    fn replaced(&self) -> Option<String> {
        let ids = self.revision.replaces.as_deref()?.ids.iter().map(|id| id.as_str());
        let others: Vec<String> =
            ids.filter(|id| *id != version(self.revision)).map(|id| self.dialect.quote_literal(id)).collect();
        (!others.is_empty()).then(|| others.join(", "))
    }
}

impl<DB: MigrateBackend> Migration<DB> for HarnessMigration {
    fn run(&self, connection: &mut dyn BoxableConnection<DB>) -> Result<()> {
        if let Some(replaced) = self.replaced() {
            // A version that is there would be there twice.
            let nothing = format!(
                "INSERT INTO {TABLE} (version) SELECT version FROM {TABLE} WHERE version IN ({replaced})"
            );
            connection.batch_execute(&nothing).map_err(|source| {
                let (id, last) = (&self.revision.id, version(self.revision));
                let message = format!(
                    "the database has some of the revisions that were squashed into `{id}`, and not all of them: run the \
                     version of the application from before that first, up to `{last}`"
                );
                StatementFailed { message, source }
            })?;
        }
        self.execute(Direction::Upgrade, connection)
    }

    fn revert(&self, connection: &mut dyn BoxableConnection<DB>) -> Result<()> {
        self.execute(Direction::Downgrade, connection)?;
        if let Some(replaced) = self.replaced() {
            connection.batch_execute(&format!("DELETE FROM {TABLE} WHERE version IN ({replaced})"))?;
        }
        Ok(())
    }

    fn metadata(&self) -> &dyn MigrationMetadata {
        self
    }

    fn name(&self) -> &dyn MigrationName {
        self
    }
}

impl MigrationMetadata for HarnessMigration {
    /// diesel asks once for both directions, so one section that must run outside a transaction takes both there. Around
    /// sections with and without SQLite's foreign keys, [`foreign_keys::in_savepoint`] has one of its own.
    fn run_in_transaction(&self) -> bool {
        self.sections().all(|section| section.transactional && section.foreign_keys)
    }
}

impl MigrationName for HarnessMigration {
    fn version(&self) -> MigrationVersion<'_> {
        version(self.revision).into()
    }
}

impl fmt::Display for HarnessMigration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.revision.id, self.revision.summary())
    }
}

#[derive(Debug)]
struct StatementFailed {
    message: String,
    source: diesel::result::Error,
}

impl fmt::Display for StatementFailed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl StdError for StatementFailed {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(&self.source)
    }
}
