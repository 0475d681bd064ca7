//! A live database's schema, as the value that replaying its history gives.
//!
//! [`reflect`] reads the catalog in a number of queries that does not grow with the schema, and spells what it finds as
//! [`interpret`](migrate_core::interpret) spells what it makes: the two can be compared by
//! [`Schema::differences`](migrate_core::schema::Schema::differences). Where a catalog keeps SQL, the front ends of
//! [`parse`](migrate_core::parse) read it.

mod array;
mod mysql;
mod postgres;
mod sqlite;
mod text;

use std::sync::mpsc;
use std::thread;

use diesel::QueryResult;
use migrate_core::dialect::Dialect;
use migrate_core::schema::Schema;

use crate::backend::MigrateConnection;
use crate::error::Error;
use crate::session::{Session, TextRow};

/// Tables that tools which run migrations keep for themselves: this crate, diesel, and those that a history may come from.
const OF_TOOLS: [&str; 16] = [
    "__migrate_version",
    "__migrate_journal",
    "__diesel_schema_migrations",
    "_sqlx_migrations",
    "alembic_version",
    "refinery_schema_history",
    "seaql_migrations",
    "flyway_schema_history",
    "django_migrations",
    "_prisma_migrations",
    "atlas_schema_revisions",
    "__EFMigrationsHistory",
    "databasechangelog",
    "databasechangeloglock",
    "knex_migrations",
    "knex_migrations_lock",
];

/// Reads the schema of the database that the connection is on.
///
/// PostgreSQL: every schema but the system's, members of extensions left out. MySQL and MariaDB: the current database.
/// SQLite: the main file; temporary objects are the session's. The tables of tools that run migrations do not count, and
/// neither do those named in `ignored_tables`. Nothing is written. An open transaction stays as it is and is seen with its
/// changes.
///
/// # Errors
///
/// - The database refuses a query: the connection is lost, or stands in a failed transaction.
pub fn reflect<C: MigrateConnection>(conn: &mut C, ignored_tables: &[&str]) -> Result<Schema, Error> {
    read(conn, ignored_tables)
}

pub(crate) fn read(session: &mut dyn Session, ignored_tables: &[&str]) -> Result<Schema, Error> {
    let dialect = session.dialect();
    let names: Vec<String> =
        OF_TOOLS.iter().chain(ignored_tables).map(|name| dialect.quote_literal(name)).collect();
    let mut reader = Reader { session, ignored: names.join(", ") };
    match dialect {
        Dialect::Sqlite => sqlite::read(&mut reader),
        Dialect::Postgres => postgres::read(&mut reader),
        Dialect::Mysql => mysql::read(&mut reader),
    }
    .map_err(|error| Error::database("read the catalog", error))
}

/// Runs catalog queries.
struct Reader<'a> {
    session: &'a mut dyn Session,
    /// SQL literals of the tables that do not count.
    ignored: String,
}

impl Reader<'_> {
    /// Runs a query in which `:ignored` stands for the tables that do not count.
    fn query(&mut self, sql: &str) -> QueryResult<Vec<TextRow>> {
        self.session.query(&sql.replace(":ignored", &self.ignored))
    }

    /// Runs queries one after the other. What the first of them gave is put together on a thread beside while the database
    /// works on the next.
    fn queries(
        &mut self,
        queries: &[String],
        put_together: impl Fn(&Answers) -> Schema + Sync,
    ) -> QueryResult<Schema> {
        let mut ask = |answer: &mpsc::Sender<Vec<TextRow>>| {
            // Who puts together waits for every answer.
            queries.iter().try_for_each(|query| self.query(query).map(|rows| drop(answer.send(rows))))
        };
        thread::scope(|scope| {
            let (answer, answers) = mpsc::channel();
            let beside = || put_together(&Answers(answers));
            match thread::Builder::new().spawn_scoped(scope, beside) {
                Ok(beside) => {
                    let asked = ask(&answer);
                    drop(answer);
                    let schema = beside.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
                    asked.map(|()| schema)
                }
                // The system has no thread to give.
                Err(_) => {
                    let (answer, answers) = mpsc::channel();
                    ask(&answer)?;
                    drop(answer);
                    Ok(put_together(&Answers(answers)))
                }
            }
        })
    }
}

/// The answers to some queries, one after the other.
struct Answers(mpsc::Receiver<Vec<TextRow>>);

impl Answers {
    /// The rows of the next answer. There are none where the database refused, which ends the whole.
    fn next(&self) -> impl Iterator<Item = TextRow> {
        self.0.recv().unwrap_or_default().into_iter()
    }

    /// As [`next`](Self::next), of each row the first `N` columns.
    fn rows<const N: usize>(&self) -> impl Iterator<Item = [Option<String>; N]> {
        self.next().map(|mut row| std::array::from_fn(|column| row.take(column)))
    }
}
