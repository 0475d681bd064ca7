//! Histories from text, and what databases hold afterwards.

use std::sync::Arc;

use diesel::connection::SimpleConnection;
use diesel::deserialize::QueryableByName;
use diesel::query_builder::SqlQuery;
use diesel::query_dsl::methods::LoadQuery;
use diesel::sql_types::BigInt;
use diesel::{Connection, RunQueryDsl};
use migrate_core::file::{self, Dialects, DieselDirectory};
use migrate_core::graph::target::Target;
use migrate_core::history::{self, Heads, History, Rules};
use migrate_core::source::Sources;
use migrate_runtime::{Error, ErrorKind, MigrateConnection, Migrator, Report};

/// A revision file: header from id and parents, the rest as given.
pub(crate) fn file(id: &str, parents: &str, sections: &str) -> String {
    format!("-- about {id}\n--\n-- Revision ID: {id}\n-- Revises: {parents}\n\n{sections}")
}

/// A history from revision files.
pub(crate) fn history(files: &[String]) -> Arc<History> {
    let (mut sources, mut findings) = (Sources::new(), vec![]);
    let dialects = Dialects::UNKNOWN;
    let read: Vec<_> = files
        .iter()
        .map(|text| {
            let id = text.split("Revision ID: ").nth(1).and_then(|rest| rest.lines().next()).expect("an id");
            let file = sources.add(format!("migrations/{id}.sql"), text.clone().into_bytes(), &mut findings);
            file::parse(&sources, file, dialects, &mut findings)
        })
        .collect();
    let rules = Rules { dialects, heads: Heads::Many, ..Rules::default() };
    let history = history::build(read, rules, &mut findings);
    Arc::new(history.unwrap_or_else(|_| panic!("{findings:#?}")))
}

/// A history from diesel's directories, which are called 1, 2, and so on: what is in each one's `up.sql` and `down.sql`.
pub(crate) fn diesel_history(directories: &[(&str, &str)]) -> Arc<History> {
    let (mut sources, mut findings) = (Sources::new(), vec![]);
    let dialects = Dialects::UNKNOWN;
    let mut read = vec![];
    for (index, (up, down)) in directories.iter().enumerate() {
        let version = (index + 1).to_string();
        let path = format!("migrations/{version}_directory");
        let mut add = |name: &str, text: &str| {
            sources.add(format!("{path}/{name}"), text.as_bytes().to_vec(), &mut findings)
        };
        let (up, down) = (add("up.sql", up), Some(add("down.sql", down)));
        let name = "directory".to_owned();
        let directory = DieselDirectory { path, version, name, up, down, transactional: true };
        read.push(file::diesel(&sources, &directory, dialects, &mut findings));
    }
    history::chain_diesel(&mut read);
    let rules = Rules { dialects, ..Rules::default() };
    let history = history::build(read, rules, &mut findings);
    Arc::new(history.unwrap_or_else(|_| panic!("{findings:#?}")))
}

/// Three revisions in a line, each with a table.
pub(crate) fn line() -> Arc<History> {
    let table = |name: &str| {
        format!(
            "-- migrate:upgrade\nCREATE TABLE {name} (id INTEGER PRIMARY KEY);\n-- migrate:downgrade\nDROP TABLE {name};\n"
        )
    };
    history(&[file("a1", "", &table("a")), file("b2", "a1", &table("b")), file("c3", "b2", &table("c"))])
}

pub(crate) fn migrator(history: &Arc<History>) -> Migrator {
    Migrator::from_history(Arc::clone(history)).who("tester")
}

pub(crate) fn stamp<C: MigrateConnection>(
    m: &mut Migrator,
    conn: &mut C,
    target: &str,
    purge: bool,
) -> Result<Report, Error> {
    m.stamp(conn, &[target.parse::<Target>().expect("a target")], purge)
}

/// The rows of the version table, with the word `ok` for a digest that is the history's.
pub(crate) fn rows<C: MigrateConnection>(history: &Arc<History>, conn: &mut C) -> String {
    let dialect = dialect_of(conn);
    let rows = migrator(history).current(conn).expect("rows");
    let row = |row: &migrate_runtime::VersionRow| {
        let digest =
            history.index_of(&row.version_num).map(|index| history.digest(index, dialect).to_string());
        match &row.digest {
            known if *known == digest => format!("{} ok", row.version_num),
            Some(other) => format!("{} {other}", row.version_num),
            None => format!("{} none", row.version_num),
        }
    };
    rows.iter().map(row).collect::<Vec<_>>().join(", ")
}

fn dialect_of<C: MigrateConnection>(_: &mut C) -> migrate_core::dialect::Dialect {
    let name = std::any::type_name::<C>();
    let is = |word| name.contains(word);
    match () {
        () if is("Sqlite") => migrate_core::dialect::Dialect::Sqlite,
        () if is("Pg") => migrate_core::dialect::Dialect::Postgres,
        () => migrate_core::dialect::Dialect::Mysql,
    }
}

/// The journal as `direction revision done/total`, with `…` for a row that is not finished and `!` where it has an error.
pub(crate) fn journal<C: MigrateConnection>(history: &Arc<History>, conn: &mut C) -> String {
    let entries = migrator(history).journal(conn).expect("a journal");
    let entry = |entry: &migrate_runtime::JournalEntry| {
        format!(
            "{} {} {}/{}{}{}",
            entry.direction,
            entry.revision,
            entry.statements_done,
            entry.statements_total,
            if entry.finished_at.is_none() { "…" } else { "" },
            if entry.error.is_some() { "!" } else { "" },
        )
    };
    entries.iter().map(entry).collect::<Vec<_>>().join(", ")
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

/// The number that a query counts.
pub(crate) fn count<C>(conn: &mut C, from: &str) -> i64
where
    C: Connection,
    for<'q> SqlQuery: LoadQuery<'q, C, CountRow>,
{
    number(conn, &format!("(SELECT COUNT(*) FROM {from})"))
}

/// The number that an expression gives.
pub(crate) fn number<C>(conn: &mut C, expression: &str) -> i64
where
    C: Connection,
    for<'q> SqlQuery: LoadQuery<'q, C, CountRow>,
{
    let rows: Vec<CountRow> =
        diesel::sql_query(format!("SELECT {expression} AS count")).load(conn).expect("a number");
    rows[0].0
}

/// Works for every backend.
pub(crate) struct CountRow(i64);

impl<DB: diesel::backend::Backend> QueryableByName<DB> for CountRow
where
    Count: QueryableByName<DB>,
{
    fn build<'a>(row: &impl diesel::row::NamedRow<'a, DB>) -> diesel::deserialize::Result<Self> {
        Count::build(row).map(|count| Self(count.count))
    }
}

/// Whether a table is there.
pub(crate) fn has_table<C>(conn: &mut C, name: &str) -> bool
where
    C: SimpleConnection,
{
    conn.batch_execute(&format!("SELECT 1 FROM {name} WHERE 1 = 0")).is_ok()
}

/// The error with everything that it says, line by line.
pub(crate) fn story(error: &Error) -> String {
    let mut lines = vec![format!("{:?}: {error}", error.kind())];
    lines.extend(
        std::error::Error::source(error)
            .filter(|_| error.kind() == ErrorKind::Database)
            .map(|source| format!("source: {source}")),
    );
    lines.extend(error.sql().map(|sql| format!("sql: {sql}")));
    lines.extend(error.state().map(|state| format!("state: {state}")));
    lines.extend(error.notes().iter().map(|note| format!("note: {note}")));
    lines.extend(error.helps().iter().map(|help| format!("help: {help}")));
    lines.join("\n")
}
