//! Settings of the session: ours for the run, and the caller's again after it and after every revision that plays with
//! them.

use std::time::Duration;

use migrate_core::dialect::Dialect;

use crate::error::Error;
use crate::lock::SQLITE_PATIENCE;
use crate::options::Options;
use crate::session::{Session, TextRow};

/// The statements that put back what was before.
#[derive(Debug, Default)]
#[must_use]
pub(crate) struct Saved(Vec<String>);

impl Saved {
    /// Puts everything back, as far as the connection lets us.
    pub(crate) fn restore(self, session: &mut dyn Session) {
        for statement in self.0 {
            let _ = session.batch(&statement);
        }
    }
}

/// Sets what a run needs.
pub(crate) fn prepare(
    session: &mut dyn Session,
    options: &Options,
    in_transaction: bool,
) -> Result<Saved, Error> {
    match session.dialect() {
        Dialect::Postgres => prepare_postgres(session, options, in_transaction),
        Dialect::Mysql => prepare_mysql(session, options),
        Dialect::Sqlite => prepare_sqlite(session),
    }
}

fn failed(error: diesel::result::Error) -> Error {
    Error::database("prepare the session", error)
}

fn prepare_postgres(
    session: &mut dyn Session,
    options: &Options,
    in_transaction: bool,
) -> Result<Saved, Error> {
    let millis = |duration: Duration| duration.as_millis().max(1).to_string();
    let mut wanted = vec![("idle_in_transaction_session_timeout", "60000".to_owned())];
    if let Some(timeout) = options.database_lock_timeout {
        wanted.push(("lock_timeout", millis(timeout)));
    }
    if let Some(timeout) = options.statement_timeout {
        wanted.push(("statement_timeout", millis(timeout)));
    }
    // So that the server does not go on for a client that died. Not every server and not every platform has it, and
    // inside the caller's transaction a refusal would do harm.
    if !in_transaction {
        wanted.push(("client_connection_check_interval", "1000".to_owned()));
    }
    let columns: Vec<String> =
        wanted.iter().map(|(name, _)| format!("pg_catalog.current_setting('{name}', true)")).collect();
    let mut before = session.query(&format!("SELECT {}", columns.join(", "))).map_err(failed)?;
    let mut saved = vec![];
    for (column, (name, value)) in wanted.into_iter().enumerate() {
        let Some(old) = before.first_mut().and_then(|row| row.take(column)) else { continue };
        let set = session.batch(&format!("SET {name} = {value}"));
        match set {
            Ok(()) => saved.push(set_postgres(name, &old)),
            Err(_) if name == "client_connection_check_interval" => {}
            Err(error) => return Err(failed(error)),
        }
    }
    Ok(Saved(saved))
}

fn set_postgres(name: &str, value: &str) -> String {
    let literal = |text: &str| Dialect::Postgres.quote_literal(text);
    format!("SELECT pg_catalog.set_config({}, {}, false)", literal(name), literal(value))
}

fn prepare_mysql(session: &mut dyn Session, options: &Options) -> Result<Saved, Error> {
    let seconds = |duration: Duration| duration.as_secs_f64().ceil().max(1.0);
    let mut wanted = vec![];
    if let Some(timeout) = options.database_lock_timeout {
        wanted.push(("lock_wait_timeout", seconds(timeout)));
        wanted.push(("innodb_lock_wait_timeout", seconds(timeout)));
    }
    if let Some(timeout) = options.statement_timeout {
        // MariaDB's; MySQL can only limit SELECTs, which revisions seldom are.
        wanted.push(("max_statement_time", timeout.as_secs_f64()));
    }
    let mut saved = vec![];
    for (name, value) in wanted {
        let Ok(mut before) = session.query(&format!("SELECT CAST(@@SESSION.{name} AS CHAR)")) else {
            continue;
        };
        session.batch(&format!("SET SESSION {name} = {value}")).map_err(failed)?;
        if let Some(old) = before.first_mut().and_then(|row| row.take(0)) {
            saved.push(format!("SET SESSION {name} = {old}"));
        }
    }
    Ok(Saved(saved))
}

fn prepare_sqlite(session: &mut dyn Session) -> Result<Saved, Error> {
    let mut before =
        session.query("SELECT CAST(timeout AS TEXT) FROM pragma_busy_timeout").map_err(failed)?;
    let old = before.first_mut().and_then(|row| row.take(0)).unwrap_or_else(|| "0".to_owned());
    session.batch(&format!("PRAGMA busy_timeout = {}", SQLITE_PATIENCE.as_millis())).map_err(failed)?;
    Ok(Saved(vec![format!("PRAGMA busy_timeout = {old}")]))
}

/// What the session's settings were before a revision that changes some.
#[derive(Clone, Debug)]
pub(crate) struct Snapshot(Vec<(String, Option<String>)>);

impl Snapshot {
    pub(crate) fn take(session: &mut dyn Session) -> Result<Self, Error> {
        let failed = |error| Error::database("read the session's settings", error);
        let mut settings = vec![];
        match session.dialect() {
            Dialect::Postgres => settings = session.query(POSTGRES).map_err(failed)?,
            Dialect::Mysql => settings = session.query(&mysql_snapshot()).map_err(failed)?,
            Dialect::Sqlite => {
                for name in SQLITE {
                    let value = session.query(&format!("PRAGMA {name}")).map_err(failed)?;
                    let value = value.into_iter().next().and_then(|mut row| row.take(0));
                    settings.push(TextRow(vec![Some(name.to_owned()), value]));
                }
            }
        }
        Ok(Self(settings.into_iter().filter_map(|mut row| Some((row.take(0)?, row.take(1)))).collect()))
    }

    /// Puts back what is different now.
    pub(crate) fn restore(&self, session: &mut dyn Session) -> Result<(), Error> {
        let dialect = session.dialect();
        let Self(now) = Self::take(session)?;
        let mut statements = vec![];
        for (name, value) in &now {
            let before = self.0.iter().find(|(other, _)| other == name).map(|(_, before)| before);
            if before != Some(value) {
                statements.extend(put_back(dialect, name, before.and_then(Option::as_deref)));
            }
        }
        for (name, before) in &self.0 {
            if !now.iter().any(|(other, _)| other == name) {
                statements.extend(put_back(dialect, name, before.as_deref()));
            }
        }
        for statement in statements {
            session
                .batch(&statement)
                .map_err(|error| Error::database("restore the session's settings", error))?;
        }
        Ok(())
    }
}

/// Roles first: only the role that the session began with may put the rest back.
pub(crate) const POSTGRES: &str = "SELECT name::text, value::text FROM (\
    SELECT 0 AS place, 'session_authorization' AS name, current_setting('session_authorization') AS value \
    UNION ALL SELECT 1, 'role', current_setting('role') \
    UNION ALL SELECT 2, name, setting FROM pg_catalog.pg_settings WHERE source = 'session' \
    AND context IN ('user', 'superuser') AND name NOT LIKE 'transaction%') s ORDER BY place, name";

const SQLITE: [&str; 6] = [
    "foreign_keys",
    "recursive_triggers",
    "ignore_check_constraints",
    "legacy_alter_table",
    "writable_schema",
    "busy_timeout",
];

pub(crate) const MYSQL: [&str; 13] = [
    "sql_mode",
    "foreign_key_checks",
    "unique_checks",
    "autocommit",
    "sql_notes",
    "sql_safe_updates",
    "time_zone",
    "character_set_client",
    "character_set_results",
    "collation_connection",
    "sql_auto_is_null",
    "lock_wait_timeout",
    "innodb_lock_wait_timeout",
];

fn mysql_snapshot() -> String {
    let settings = MYSQL.map(|name| format!("SELECT '{name}', CAST(@@SESSION.{name} AS CHAR)"));
    format!("{} UNION ALL SELECT 'DATABASE', DATABASE()", settings.join(" UNION ALL "))
}

fn put_back(dialect: Dialect, name: &str, value: Option<&str>) -> Option<String> {
    Some(match (dialect, value) {
        (Dialect::Postgres, Some(value)) => set_postgres(name, value),
        (Dialect::Postgres, None) => {
            // Settings of extensions have a dot between two names.
            let parts: Vec<String> = name.split('.').map(|part| dialect.quote_identifier(part)).collect();
            format!("RESET {}", parts.join("."))
        }
        (Dialect::Mysql, Some(database)) if name == "DATABASE" => {
            format!("USE {}", dialect.quote_identifier(database))
        }
        (Dialect::Mysql, Some(value))
            if value.bytes().all(|byte| byte.is_ascii_digit()) && !value.is_empty() =>
        {
            format!("SET SESSION {name} = {value}")
        }
        (Dialect::Mysql, Some(value)) => format!("SET SESSION {name} = {}", dialect.quote_literal(value)),
        (Dialect::Sqlite, Some(value)) => format!("PRAGMA {name} = {value}"),
        (_, None) => return None,
    })
}
