//! The session of the client that runs a script: what it is set to, its lock, and the statements that fail unless
//! something holds.
//!
//! The settings are those that a run gives its connection, so that both mean the same by the same SQL. A script cannot
//! look at an answer and decide; each database has some expression that is an error in our words instead.

use std::fmt::{self, Write};

use migrate_core::dialect::Dialect;

use crate::journal;
use crate::lock::{self, Advisory};
use crate::names::Names;
use crate::options::Lock;
use crate::script::Script;
use crate::settings;
use crate::table::postgres_schema;

/// What has to hold.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Must {
    /// The lock is ours.
    Lock,
    /// The database is where the script or the transaction begins.
    Place,
    /// Nothing is unfinished.
    Finished,
    /// The version table is what this script made of it.
    Recorded,
    /// No more foreign keys of SQLite lead nowhere than did before.
    Keys,
}

impl Must {
    /// SQLite's; its lock is the transaction.
    const SQLITE: [Self; 4] = [Self::Place, Self::Finished, Self::Recorded, Self::Keys];

    fn name(self) -> &'static str {
        match self {
            Self::Lock => "locked",
            Self::Place => "at_place",
            Self::Finished => "finished",
            Self::Recorded => "recorded",
            Self::Keys => "keys_hold",
        }
    }

    /// What is said otherwise: at most 64 characters, since it stands for a name on MySQL.
    fn otherwise(self) -> &'static str {
        match self {
            Self::Lock => "migrate: another process holds the migration lock",
            Self::Place => "migrate: the database is not where this script begins",
            Self::Finished => "migrate: a revision is unfinished, see migrate status",
            Self::Recorded => "migrate: another process changed the version table",
            Self::Keys => "migrate: a revision leaves foreign keys that lead nowhere",
        }
    }
}

/// SQLite's table with one row, of which each column has to be true; also the time at which a step began, and how many foreign
/// keys led nowhere then.
const SQLITE_TABLE: &str = "temp.\"__migrate_script\"";

/// How the script calls the schema of the two tables, quoted; nothing where no statement can lead elsewhere.
pub(super) fn schema(dialect: Dialect, names: &Names) -> Option<String> {
    match (dialect, &names.schema) {
        (_, Some(schema)) => Some(dialect.quote_identifier(schema)),
        (Dialect::Sqlite, None) => Some(dialect.quote_identifier("main")),
        // A revision may change `search_path`, so the name is found out once; psql puts it here.
        (Dialect::Postgres, None) => Some(":\"migrate_schema\"".to_owned()),
        // There is no `USE` in a script.
        (Dialect::Mysql, None) => None,
    }
}

/// Prepares the session and takes the lock.
pub(super) fn begin(script: &Script<'_>, out: &mut dyn Write) -> fmt::Result {
    match script.dialect {
        Dialect::Postgres => begin_postgres(script, out),
        Dialect::Mysql => begin_mysql(script, out),
        Dialect::Sqlite => begin_sqlite(script, out),
    }
}

fn begin_postgres(script: &Script<'_>, out: &mut dyn Write) -> fmt::Result {
    let (options, names) = (script.options, &script.options.names);
    writeln!(out, "-- Without these psql goes on after an error, or keeps a transaction open.")?;
    writeln!(out, "\\set ON_ERROR_STOP on\n\\set AUTOCOMMIT on")?;
    writeln!(out, "SET client_encoding = 'UTF8';\nSET TIME ZONE 'UTC';")?;
    for (name, limit) in
        [("lock_timeout", options.database_lock_timeout), ("statement_timeout", options.statement_timeout)]
    {
        if let Some(limit) = limit {
            writeln!(out, "SET {name} = {};", limit.as_millis().max(1))?;
        }
    }
    writeln!(out, "-- The schema of the version table: where it is, or would be made.")?;
    writeln!(out, "SELECT {} AS migrate_schema \\gset", postgres_schema(names))?;
    if script.facts.touches_settings {
        writeln!(out, "-- What puts this session's settings back after revisions that change some.")?;
        writeln!(
            out,
            "SELECT 'BEGIN RESET SESSION AUTHORIZATION; RESET ROLE; RESET ALL; ' || string_agg(format(\
             'PERFORM pg_catalog.set_config(%L, %L, false);', name, value), ' ') || ' END' AS migrate_settings \
             FROM ({}) s \\gset",
            settings::POSTGRES
        )?;
    }
    if options.lock != Lock::None {
        writeln!(out, "-- The lock that every run takes; its key is a hash of the version table's name.")?;
        let known =
            names.schema.as_ref().map(|schema| Advisory::of(Dialect::Postgres, schema, &names.version));
        if let Some(Some(Advisory::Postgres(key))) = known {
            writeln!(out, "\\set migrate_lock {key}")?;
        } else {
            writeln!(out, "{} \\gset", lock::postgres_key(":'migrate_schema'", &names.version))?;
        }
        ensure(script, out, Must::Lock, "pg_catalog.pg_try_advisory_lock(:migrate_lock)")?;
    }
    Ok(())
}

fn begin_mysql(script: &Script<'_>, out: &mut dyn Write) -> fmt::Result {
    let options = script.options;
    writeln!(out, "SET NAMES utf8mb4;\nSET SESSION time_zone = '+00:00', autocommit = 1;")?;
    if let Some(limit) = options.database_lock_timeout {
        let seconds = limit.as_secs_f64().ceil().max(1.0);
        writeln!(out, "SET SESSION lock_wait_timeout = {seconds}, innodb_lock_wait_timeout = {seconds};")?;
    }
    if script.facts.touches_settings {
        writeln!(out, "-- This session's settings, to be put back after revisions that change some.")?;
        let save = settings::MYSQL.map(|name| format!("@__migrate_{name} = @@SESSION.{name}"));
        writeln!(out, "SET {};", save.join(",\n    "))?;
    }
    if options.lock != Lock::None {
        let names = &options.names;
        let known = names.schema.as_ref().map(|schema| Advisory::of(Dialect::Mysql, schema, &names.version));
        let name = match known {
            Some(Some(Advisory::Mysql(name))) => name,
            _ => lock::mysql_name(&names.version),
        };
        writeln!(out, "-- The lock that every run takes; it is waited for.")?;
        writeln!(out, "SET @__migrate_lock = {name};")?;
        let seconds = options.lock_timeout.as_secs();
        ensure(script, out, Must::Lock, &format!("GET_LOCK(@__migrate_lock, {seconds}) = 1"))?;
    }
    writeln!(out, "-- Each schema change commits by itself, so the journal follows each statement.")
}

fn begin_sqlite(script: &Script<'_>, out: &mut dyn Write) -> fmt::Result {
    writeln!(out, "-- Without this sqlite3 goes on after an error.\n.bail on")?;
    writeln!(out, ".timeout {}", script.options.lock_timeout.as_millis())?;
    if script.facts.has_double_quotes {
        writeln!(
            out,
            "-- SQLite takes a name in double quotes that it does not know for a text; newer shells do not."
        )?;
        writeln!(out, ".dbconfig dqs_ddl on\n.dbconfig dqs_dml on")?;
    }
    writeln!(out, "PRAGMA foreign_keys = ON;")?;
    writeln!(out, "-- What has to hold: a value that is not true is an error.")?;
    writeln!(out, "DROP TABLE IF EXISTS {SQLITE_TABLE};")?;
    write!(out, "CREATE TABLE {SQLITE_TABLE} (started TEXT")?;
    if script.facts.lacks_keys {
        write!(out, ", astray INTEGER")?;
    }
    for must in Must::SQLITE.into_iter().filter(|must| *must != Must::Keys || script.facts.lacks_keys) {
        let (column, otherwise) = (must.name(), must.otherwise());
        write!(out, ",\n    {column} INTEGER CONSTRAINT \"{otherwise}\" CHECK ({column})")?;
    }
    writeln!(out, ");\nINSERT INTO {SQLITE_TABLE} (started) VALUES (NULL);")
}

/// Gives the lock back.
pub(super) fn end(script: &Script<'_>, out: &mut dyn Write) -> fmt::Result {
    match script.dialect {
        Dialect::Postgres if script.options.lock == Lock::None => Ok(()),
        Dialect::Postgres => {
            writeln!(out, "\nSELECT pg_catalog.pg_advisory_unlock(:migrate_lock) AS migrate_locked \\gset")
        }
        Dialect::Mysql => {
            writeln!(out, "\nDEALLOCATE PREPARE __migrate;")?;
            match script.options.lock {
                Lock::None => Ok(()),
                _ => writeln!(out, "DO RELEASE_LOCK(@__migrate_lock);"),
            }
        }
        Dialect::Sqlite => writeln!(out, "\nDROP TABLE {SQLITE_TABLE};"),
    }
}

/// A statement that fails unless the condition holds, which is never NULL.
pub(super) fn ensure(script: &Script<'_>, out: &mut dyn Write, must: Must, condition: &str) -> fmt::Result {
    let (name, otherwise) = (must.name(), must.otherwise());
    match script.dialect {
        Dialect::Postgres => writeln!(
            out,
            "SELECT CAST(CASE WHEN {condition} THEN '1' ELSE '{otherwise}' END AS integer) AS migrate_{name} \\gset"
        ),
        // SIGNAL cannot be prepared everywhere, a call of what is not there can.
        Dialect::Mysql => writeln!(
            out,
            "SET @__migrate = IF({condition}, 'DO 0', 'CALL `{otherwise}`()');\n\
             PREPARE __migrate FROM @__migrate;\nEXECUTE __migrate;"
        ),
        Dialect::Sqlite => writeln!(out, "UPDATE {SQLITE_TABLE} SET {name} = ({condition});"),
    }
}

/// How many of SQLite's foreign keys lead nowhere.
const ASTRAY: &str = "(SELECT count(*) FROM pragma_foreign_key_check)";

/// Switches SQLite's foreign keys; no transaction may be open.
pub(super) fn switch_keys(out: &mut dyn Write, on: bool) -> fmt::Result {
    writeln!(out, "PRAGMA foreign_keys = {};", if on { "ON" } else { "OFF" })
}

/// Remembers how many of them lead nowhere.
pub(super) fn note_astray(out: &mut dyn Write) -> fmt::Result {
    writeln!(out, "UPDATE {SQLITE_TABLE} SET astray = {ASTRAY};")
}

/// A statement that fails if there are more of them now.
pub(super) fn ensure_keys(script: &Script<'_>, out: &mut dyn Write) -> fmt::Result {
    let condition = format!("{ASTRAY} <= (SELECT astray FROM {SQLITE_TABLE})");
    ensure(script, out, Must::Keys, &condition)
}

/// Remembers when a step begins that shares a transaction with its record.
pub(super) fn note_start(dialect: Dialect, out: &mut dyn Write) -> fmt::Result {
    let now = journal::now(dialect);
    match dialect {
        Dialect::Postgres => writeln!(out, "SELECT {now} AS migrate_started \\gset"),
        Dialect::Sqlite => writeln!(out, "UPDATE {SQLITE_TABLE} SET started = {now};"),
        Dialect::Mysql => Ok(()),
    }
}

/// An expression for what [`note_start`] remembered.
pub(super) fn started(dialect: Dialect) -> String {
    match dialect {
        Dialect::Postgres => ":'migrate_started'::timestamptz".to_owned(),
        Dialect::Sqlite => format!("(SELECT started FROM {SQLITE_TABLE})"),
        Dialect::Mysql => journal::now(dialect).to_owned(),
    }
}

/// Puts the session's settings back.
pub(super) fn restore_settings(script: &Script<'_>, out: &mut dyn Write) -> fmt::Result {
    writeln!(out, "-- Put the session's settings back")?;
    match script.dialect {
        Dialect::Postgres => writeln!(out, "DO :'migrate_settings';"),
        Dialect::Mysql => {
            let settings = settings::MYSQL.map(|name| format!("{name} = @__migrate_{name}"));
            writeln!(out, "SET SESSION {};", settings.join(",\n    "))
        }
        // What a new connection has; `foreign_keys` is ours.
        Dialect::Sqlite => writeln!(
            out,
            "PRAGMA foreign_keys = ON;\nPRAGMA recursive_triggers = OFF;\nPRAGMA ignore_check_constraints = OFF;\n\
             PRAGMA legacy_alter_table = OFF;\nPRAGMA writable_schema = OFF;\n.timeout {}",
            script.options.lock_timeout.as_millis()
        ),
    }
}
