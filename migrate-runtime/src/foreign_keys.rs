//! SQLite's foreign keys, which a section with `foreign_keys=off` runs without.
//!
//! They can only be switched while no transaction is open, so such a section begins a transaction of its own. Nothing is
//! looked at while it runs; afterwards, before anything is recorded, all rows are, and those that led nowhere before may do so
//! still.

use std::collections::{BTreeMap, BTreeSet};

use diesel::backend::Backend;
use diesel::connection::BoxableConnection;
use diesel::{QueryResult, migration};
use migrate_core::revision::Revision;

use crate::error::{Error, ErrorKind};
use crate::session::Session;
use crate::task::Task;

/// How many rows an error names.
const NAMED: usize = 5;

/// Whether they are looked at.
pub(crate) fn are_on(session: &mut dyn Session) -> Result<bool, Error> {
    let rows = session.query("SELECT CAST(foreign_keys AS TEXT) FROM pragma_foreign_keys");
    let rows = rows.map_err(|error| Error::database("read the session's settings", error))?;
    Ok(rows.first().is_some_and(|row| row.is_true(0)))
}

/// Switches them; no transaction may be open.
pub(crate) fn switch(session: &mut dyn Session, on: bool) -> Result<(), Error> {
    let word = if on { "ON" } else { "OFF" };
    let sql = format!("PRAGMA foreign_keys = {word}");
    session.batch(&sql).map_err(|error| Error::database("switch the foreign keys", error))
}

/// A row whose key leads nowhere: the table, its number or nothing where it has none, and the table that it should lead to.
type Row = (String, String, String);

/// The rows of a database whose keys lead nowhere.
#[derive(Debug, Default)]
pub(crate) struct Astray {
    rows: Vec<Row>,
    /// Tables whose keys lead to no key, so that SQLite cannot look, and what it says.
    mismatches: BTreeMap<String, String>,
}

impl Astray {
    /// Looks at every row that has a key.
    pub(crate) fn find(session: &mut dyn Session) -> Result<Self, Error> {
        let failed = |error| Error::database("look at the foreign keys", error);
        if let Ok(rows) = of_table(session, None) {
            return Ok(Self { rows, mismatches: BTreeMap::new() });
        }
        let mut found = Self::default();
        let tables = session.query("SELECT name FROM main.sqlite_master WHERE type = 'table' ORDER BY name");
        for table in tables.map_err(failed)?.iter_mut().filter_map(|row| row.take(0)) {
            match of_table(session, Some(&table)) {
                Ok(rows) => found.rows.extend(rows),
                Err(error) => drop(found.mismatches.insert(table, error.to_string())),
            }
        }
        Ok(found)
    }

    /// An error if there are more now than there were.
    pub(crate) fn must_be_no_more(self, before: &Self, task: &Task<'_>) -> Result<(), Error> {
        let id = task.id();
        let mut notes = Vec::new();
        for (table, said) in &self.mismatches {
            if !before.mismatches.contains_key(table) {
                notes.push(format!("a foreign key of `{table}` leads to no key: {said}"));
            }
        }
        let known: BTreeSet<&Row> = before.rows.iter().collect();
        let (then, now) = (before.counts(), self.counts());
        let has_more = |row: &&Row| {
            let pair = (row.0.as_str(), row.2.as_str());
            now.get(&pair) > then.get(&pair) && (row.1.is_empty() || !known.contains(row))
        };
        let new: Vec<&Row> = self.rows.iter().filter(has_more).collect();
        for (table, row, parent) in new.iter().take(NAMED) {
            let row = if row.is_empty() { "a row".to_owned() } else { format!("row {row}") };
            notes.push(format!("{row} of `{table}` leads to a row of `{parent}` that is not there"));
        }
        if new.len() > NAMED {
            notes.push(format!("and {} more", new.len() - NAMED));
        }
        if notes.is_empty() {
            return Ok(());
        }
        let message = format!("revision `{id}` leaves foreign keys that lead nowhere");
        let error = Error::new(ErrorKind::ForeignKeys, message).revision_is(id);
        let error = notes.into_iter().fold(error, Error::note);
        Err(error.help("let the revision remove or correct these rows, too; they were in order before it"))
    }

    /// How many there are from each table to each other one.
    fn counts(&self) -> BTreeMap<(&str, &str), usize> {
        let mut counts = BTreeMap::new();
        for (table, _, parent) in &self.rows {
            *counts.entry((table.as_str(), parent.as_str())).or_default() += 1;
        }
        counts
    }
}

fn of_table(session: &mut dyn Session, table: Option<&str>) -> QueryResult<Vec<Row>> {
    let argument = table.map_or(String::new(), |table| session.dialect().quote_literal(table));
    let rows = session.query(&format!(
        "SELECT \"table\", CAST(rowid AS TEXT), \"parent\" FROM pragma_foreign_key_check({argument})"
    ))?;
    let text = |text: Option<String>| text.unwrap_or_default();
    Ok(rows.into_iter().map(|mut row| (text(row.take(0)), text(row.take(1)), text(row.take(2)))).collect())
}

/// Does some work in a savepoint, with foreign keys or without, as far as a connection can that answers nothing: diesel's
/// harness gives no other. What has to hold is a statement that fails unless it does.
pub(crate) fn in_savepoint<DB: Backend>(
    connection: &mut dyn BoxableConnection<DB>,
    revision: &Revision,
    with_keys: bool,
    work: impl FnOnce(&mut dyn BoxableConnection<DB>) -> migration::Result<()>,
) -> migration::Result<()> {
    const ARE_ON: &str = "(SELECT foreign_keys FROM pragma_foreign_keys)";
    const COUNT: &str = "(SELECT count(*) FROM pragma_foreign_key_check)";
    let id = &revision.id;
    let must_switch = !with_keys && holds(connection, ARE_ON);
    if must_switch {
        connection.batch_execute("PRAGMA foreign_keys = OFF")?;
        if holds(connection, ARE_ON) {
            return Err(format!(
                "revision `{id}` runs without foreign keys, which SQLite does not switch off inside a transaction; \
                 run the migrations outside of one"
            )
            .into());
        }
    }
    let run = || {
        connection.batch_execute("SAVEPOINT migrate_harness")?;
        if !with_keys {
            connection.batch_execute(&format!("CREATE TEMP TABLE __migrate_keys AS SELECT {COUNT} AS n"))?;
        }
        work(connection)?;
        if !with_keys {
            if !holds(connection, &format!("{COUNT} <= (SELECT n FROM temp.__migrate_keys)")) {
                return Err(format!(
                    "revision `{id}` leaves foreign keys that lead nowhere, as `PRAGMA foreign_key_check` would say"
                )
                .into());
            }
            connection.batch_execute("DROP TABLE temp.__migrate_keys")?;
        }
        Ok(connection.batch_execute("RELEASE migrate_harness")?)
    };
    let result = run();
    if result.is_err() {
        // What failed first is what the caller should hear of.
        let _ = connection.batch_execute("ROLLBACK TO migrate_harness; RELEASE migrate_harness");
    }
    if must_switch {
        connection.batch_execute("PRAGMA foreign_keys = ON")?;
    }
    result
}

/// Whether a condition holds: what is not so is a number that SQLite cannot take.
fn holds<DB: Backend>(connection: &mut dyn BoxableConnection<DB>, condition: &str) -> bool {
    let sql = format!("SELECT CASE WHEN {condition} THEN 1 ELSE abs(-9223372036854775807 - 1) END");
    connection.batch_execute(&sql).is_ok()
}
