//! What a database's schema consists of, as facts that can be compared.
//!
//! A [`CatalogSnapshot`] maps the name of each object (`column users.name`) to its definition (`text not null`), both as
//! text. Everything that a downgrade has to restore is in it, and nothing else: the order of columns is not, because no
//! database can restore it, and neither are counters, sizes, owners and the tables that migration tools keep for
//! themselves. Definitions come from the database's own catalog, in its own normal form where it has one; SQL text that
//! it keeps as written is compared token by token, so layout and comments do not count.
//!
//! Reading takes a number of queries that does not grow with the schema. What they select stands in the `.sql` files
//! beside each dialect's module.

mod difference;
mod mysql;
mod postgres;
mod sqlite;
mod text;

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use diesel::QueryResult;
use migrate_core::dialect::Dialect;

use crate::backend::MigrateConnection;
use crate::error::Error;
use crate::session::Session;

pub use difference::Difference;

/// Tables of this crate and of diesel's own harness, which are never part of a snapshot.
pub(crate) const BOOKKEEPING: [&str; 3] =
    ["__migrate_version", "__migrate_journal", "__diesel_schema_migrations"];

/// The schema of a live database, as sorted facts.
///
/// Two snapshots are equal when nothing that a downgrade should restore differs. They may come from two databases of the
/// same kind: names that a server puts into definitions by itself, such as that of the database, are taken out.
///
/// ```
/// # use migrate_runtime::CatalogSnapshot;
/// # fn shown(before: CatalogSnapshot, after: CatalogSnapshot) {
/// for difference in before.difference(&after) {
///     println!("{difference}"); // `- column users.name: text not null`
/// }
/// # }
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CatalogSnapshot {
    facts: BTreeMap<String, String>,
}

impl CatalogSnapshot {
    /// Reads the catalog of the database that the connection is on.
    ///
    /// PostgreSQL: every schema but the system's, extension members left out. MySQL and MariaDB: the current database.
    /// SQLite: the main file. The tables `__migrate_version`, `__migrate_journal` and `__diesel_schema_migrations` do not
    /// count, and neither do those named in `ignored_tables`, with whatever hangs on them: name a version table with
    /// another name there. Nothing is written. An open transaction stays as it is and is seen with its changes.
    ///
    /// # Errors
    ///
    /// - The database refuses a query: the connection is lost, or stands in a failed transaction.
    pub fn take<C: MigrateConnection>(conn: &mut C, ignored_tables: &[&str]) -> Result<Self, Error> {
        Self::read(conn, ignored_tables)
    }

    pub(crate) fn read(session: &mut dyn Session, ignored_tables: &[&str]) -> Result<Self, Error> {
        let dialect = session.dialect();
        let names: Vec<String> =
            BOOKKEEPING.iter().chain(ignored_tables).map(|name| dialect.quote_literal(name)).collect();
        let mut reader = Reader { session, ignored: names.join(", "), facts: BTreeMap::new() };
        match dialect {
            Dialect::Postgres => postgres::read(&mut reader),
            Dialect::Mysql => mysql::read(&mut reader),
            Dialect::Sqlite => sqlite::read(&mut reader),
        }
        .map_err(|error| Error::database("read the catalog", error))?;
        Ok(Self { facts: reader.facts })
    }

    /// The facts, sorted by object: what it is and is called, and its definition.
    pub fn facts(&self) -> impl ExactSizeIterator<Item = (&str, &str)> {
        self.facts.iter().map(|(object, definition)| (&**object, &**definition))
    }

    /// The definition of an object, such as `column users.name`.
    pub fn get(&self, object: &str) -> Option<&str> {
        self.facts.get(object).map(String::as_str)
    }

    /// What must be done to this schema to make it the other, sorted by object. Empty when they are equal.
    pub fn difference(&self, other: &Self) -> Vec<Difference> {
        difference::between(&self.facts, &other.facts)
    }
}

/// Runs catalog queries and collects what they find.
struct Reader<'a> {
    session: &'a mut dyn Session,
    /// SQL literals of the tables that do not count.
    ignored: String,
    facts: BTreeMap<String, String>,
}

impl Reader<'_> {
    /// Runs a query in which `:ignored` stands for the tables that do not count.
    fn query(&mut self, sql: &str) -> QueryResult<Vec<Vec<Option<String>>>> {
        let rows = self.session.query(&sql.replace(":ignored", &self.ignored))?;
        Ok(rows.into_iter().map(|row| row.0).collect())
    }

    /// Runs a query that answers with object, definition and code, and takes its rows as facts.
    fn collect(&mut self, sql: &str) -> QueryResult<()> {
        let dialect = self.session.dialect();
        for row in self.query(sql)? {
            let mut columns = row.into_iter();
            let mut next = || columns.next().flatten();
            let Some(object) = next() else { continue };
            let mut definition = next().unwrap_or_default();
            if let Some(code) = next() {
                definition.push_str(": ");
                definition.push_str(&text::normal(&code, dialect));
            }
            self.add(object, &definition);
        }
        Ok(())
    }

    /// Adds a fact, or one more part of the definition of an object that is known already.
    fn add(&mut self, object: String, definition: &str) {
        match self.facts.entry(object) {
            Entry::Vacant(entry) => {
                entry.insert(definition.to_owned());
            }
            Entry::Occupied(mut entry) => {
                entry.get_mut().push_str(", ");
                entry.get_mut().push_str(definition);
            }
        }
    }
}
