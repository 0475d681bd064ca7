//! Whether a database has the schema that its revisions make.

use migrate_core::replay;
use migrate_core::schema::Difference;

use crate::backend::MigrateConnection;
use crate::check;
use crate::error::Error;
use crate::migrator::Migrator;
use crate::reflect::reflect;

/// How a database's schema stands to its revisions. What nobody can tell from the SQL alone is left out.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Verification {
    /// What the revisions make and the database has otherwise, or the other way round.
    pub differences: Vec<Difference>,
    /// The same of expressions, which a database prints in its own way: they may mean the same.
    pub wordings: Vec<Difference>,
}

impl Verification {
    /// Whether the database has what its revisions make.
    pub fn holds(&self) -> bool {
        self.differences.is_empty()
    }
}

impl<H> Migrator<H> {
    /// Compares the database's schema with the one that its revisions make, replayed without a database. Objects that no
    /// revision made count as differences, but not the tables of tools that run migrations. Nothing is written.
    ///
    /// Reads the whole catalog, and replays the history: a matter of tens of milliseconds for hundreds of revisions, not
    /// something for every start.
    ///
    /// # Errors
    ///
    /// - The database is at a revision that the history does not have, or cannot be read.
    pub fn verify<C: MigrateConnection>(&self, connection: &mut C) -> Result<Verification, Error> {
        let rows = self.current(connection)?;
        let history = self.history();
        let at = check::known(history, &rows)?;
        let wanted = replay::schema_at(history, &at, connection.dialect());
        let names = self.table_names();
        let ignored: Vec<&str> = names.iter().map(String::as_str).collect();
        let found = reflect(connection, &ignored)?;
        let (wordings, differences) =
            wanted.differences(&found).into_iter().partition(|difference| difference.is_text_only);
        Ok(Verification { differences, wordings })
    }
}
