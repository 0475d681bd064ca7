//! A client or its server process is killed while the server is at work. SQLite has no server, so it is not here.

use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection as _;
use migrate_core::history::History;
use migrate_runtime::{Error, ErrorKind, Event, TransactionMode};
use migrate_test::{Database, MysqlConnection, PgConnection};

use crate::crash::process;
use crate::support::{count, file, history, journal, migrator, number, rows, story};

/// A revision whose first statement has to wait while somebody else uses `t`. A server that is `deaf` does not notice
/// meanwhile that its client is gone (MariaDB always does).
pub(crate) fn blocked(dialect: &str, deaf: bool) -> Arc<History> {
    let statement = match dialect {
        "postgres" => "CREATE INDEX CONCURRENTLY i ON t (id)",
        _ => "ALTER TABLE t ADD COLUMN c INTEGER",
    };
    let deaf = if deaf && dialect == "postgres" { "SET client_connection_check_interval = 0;\n" } else { "" };
    let sections = format!(
        "-- migrate:upgrade transaction=false\n{deaf}{statement};\nINSERT INTO t (id) VALUES (2);\n-- migrate:downgrade\n"
    );
    history(&[file("a1", "", &sections)])
}

/// How many sessions of this database wait for a lock.
const WAITING_POSTGRES: &str =
    "pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
const WAITING_MYSQL: &str =
    "information_schema.processlist WHERE db = DATABASE() AND state LIKE 'Waiting for table metadata lock%'";

/// Looks again and again until something is there.
macro_rules! until {
    ($conn:expr, $from:expr) => {{
        let start = Instant::now();
        while count($conn, $from) == 0 {
            assert!(start.elapsed() < Duration::from_secs(60), "never: {}", $from);
            thread::sleep(Duration::from_millis(20));
        }
    }};
}

fn new<C: migrate_test::Server>(test: &str) -> Option<(Database<C>, C, C)> {
    let db = Database::<C>::new(test)?;
    let (mut conn, mut blocker) = (db.connect(), db.connect());
    conn.batch_execute("CREATE TABLE t (id INTEGER)").unwrap();
    blocker.batch_execute("BEGIN").unwrap();
    blocker.batch_execute("INSERT INTO t VALUES (1)").unwrap();
    Some((db, conn, blocker))
}

#[test]
fn what_goes_on_for_a_dead_client_is_waited_for_on_postgres() {
    let Some((db, mut conn, mut blocker)) = new::<PgConnection>("dead_client") else { return };
    let history = blocked("postgres", true);
    let mut client = process(&db, "deaf", "head", u32::MAX).spawn().unwrap();
    until!(&mut conn, WAITING_POSTGRES);
    client.kill().unwrap();
    client.wait().unwrap();
    let started = Arc::new(Mutex::new(vec![]));
    let seen = Arc::clone(&started);
    // The dead client's server process holds the lock until it is through.
    let mut m = migrator(&history).on_event(move |event| match event {
        Event::LockWaiting { .. } => blocker.batch_execute("COMMIT").unwrap(),
        Event::StatementStarted { number, .. } => seen.lock().unwrap().push(*number),
        _ => {}
    });
    m.upgrade(&mut conn, "head").unwrap_or_else(|error| panic!("{}", story(&error)));
    assert_eq!(*started.lock().unwrap(), [3], "the index was there");
    assert_eq!(
        (rows(&history, &mut conn), journal(&history, &mut conn)),
        ("a1 ok".into(), "upgrade a1 3/3".into())
    );
    assert_eq!(count(&mut conn, "t WHERE id = 2"), 1);
}

#[test]
fn what_a_dead_client_left_half_done_is_done_anew_on_postgres() {
    let Some((db, mut conn, mut blocker)) = new::<PgConnection>("dead_client") else { return };
    let history = blocked("postgres", false);
    let mut client = process(&db, "blocked", "head", u32::MAX).spawn().unwrap();
    until!(&mut conn, WAITING_POSTGRES);
    client.kill().unwrap();
    client.wait().unwrap();
    let mut runner = db.connect();
    thread::scope(|scope| {
        let run = scope.spawn(|| migrator(&history).upgrade(&mut runner, "head"));
        // The server broke the build off, and the next runner clears the invalid index away.
        until!(
            &mut conn,
            "pg_stat_activity WHERE query LIKE 'DROP INDEX%' AND wait_event_type = 'Lock' AND datname = current_database()"
        );
        blocker.batch_execute("COMMIT").unwrap();
        run.join().unwrap().unwrap_or_else(|error| panic!("{}", story(&error)));
    });
    assert_eq!(
        (rows(&history, &mut conn), journal(&history, &mut conn)),
        ("a1 ok".into(), "upgrade a1 2/2".into())
    );
    assert_eq!(count(&mut conn, "t WHERE id = 2"), 1);
    let valid = "pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE c.relname = 'i' AND i.indisvalid";
    assert_eq!(count(&mut conn, valid), 1);
}

#[test]
fn what_goes_on_for_a_dead_client_is_waited_for_on_mysql() {
    let Some((db, mut conn, mut blocker)) = new::<MysqlConnection>("dead_client") else { return };
    let history = blocked("mysql", false);
    let mut client = process(&db, "blocked", "head", u32::MAX).spawn().unwrap();
    until!(&mut conn, WAITING_MYSQL);
    client.kill().unwrap();
    client.wait().unwrap();
    let mut m = migrator(&history).on_event(move |event| {
        // Whichever comes first: MariaDB notices that the client is gone, MySQL does not.
        if matches!(event, Event::LockWaiting { .. } | Event::StatementStarted { .. }) {
            blocker.batch_execute("COMMIT").unwrap();
        }
    });
    m.upgrade(&mut conn, "head").unwrap_or_else(|error| panic!("{}", story(&error)));
    assert_eq!(
        (rows(&history, &mut conn), journal(&history, &mut conn)),
        ("a1 ok".into(), "upgrade a1 2/2".into())
    );
    assert_eq!(count(&mut conn, "t WHERE id = 2 AND c IS NULL"), 1);
}

/// Part of the state that is told when the connection goes away with a COMMIT.
const COMMITTING: &str = "not known whether the commit took effect";

fn killed_at(error: &Error, at: &str) {
    let kind = if at == COMMITTING { ErrorKind::CommitUnknown } else { ErrorKind::Database };
    assert_eq!(error.kind(), kind, "{}", story(error));
    let state = error.state().unwrap_or_default();
    assert!(state.contains(at), "{}", story(error));
}

#[test]
fn a_session_that_is_ended_between_revisions_or_statements() {
    fn line() -> Arc<History> {
        let two = |id: &str| {
            format!(
                "-- migrate:upgrade\nCREATE TABLE {id} (id INTEGER);\nINSERT INTO {id} VALUES (1);\n-- migrate:downgrade\n"
            )
        };
        history(&[file("a1", "", &two("a")), file("b2", "a1", &two("b")), file("c3", "b2", &two("c"))])
    }
    macro_rules! case {
        ($C:ty, $me:expr, $kill:expr, $event:pat, $state:expr) => {{
            let Some(db) = Database::<$C>::new("ended") else { return };
            let (mut conn, mut killer) = (db.connect(), db.connect());
            let kill = format!($kill, number(&mut conn, $me));
            let history = line();
            let mut m = migrator(&history).transaction(TransactionMode::Revision).on_event(move |event| {
                if matches!(event, $event) {
                    killer.batch_execute(&kill).unwrap();
                }
            });
            let error = m.upgrade(&mut conn, "head").unwrap_err();
            killed_at(&error, $state);
            let mut conn = db.connect();
            migrator(&history).upgrade(&mut conn, "head").unwrap_or_else(|error| panic!("{}", story(&error)));
            assert_eq!(rows(&history, &mut conn), "c3 ok");
            assert_eq!(journal(&history, &mut conn), "upgrade a1 2/2, upgrade b2 2/2, upgrade c3 2/2");
            for table in ["a", "b", "c"] {
                assert_eq!(count(&mut conn, table), 1, "{table}");
            }
        }};
        ($event:pat, $postgres:expr, $mysql:expr) => {{
            case!(
                PgConnection,
                "pg_backend_pid()::bigint",
                "SELECT pg_terminate_backend({})",
                $event,
                $postgres
            );
            case!(MysqlConnection, "CAST(CONNECTION_ID() AS SIGNED)", "KILL {}", $event, $mysql);
        }};
    }
    let at_base = "the database is at base, before every revision";
    let at_a1 = "the database is at `a1`";
    case!(Event::LockHeld { .. }, "nothing was run", "nothing was run");
    case!(Event::StepStarted { revision: "a1", .. }, at_base, at_base);
    case!(Event::StepFinished { revision: "a1", .. }, at_a1, at_a1);
    case!(Event::StatementStarted { revision: "b2", number: 1, .. }, at_a1, at_a1);
    case!(Event::StatementFinished { revision: "b2", number: 1, .. }, at_a1, at_a1);
    case!(Event::StatementStarted { revision: "b2", number: 2, .. }, at_a1, at_a1);
    case!(Event::StatementFinished { revision: "b2", number: 2, .. }, COMMITTING, at_a1);
}

#[test]
fn a_session_that_is_ended_during_a_statement() {
    macro_rules! case {
        ($C:ty, $me:expr, $kill:expr, $waiting:expr) => {{
            let Some((db, mut conn, mut blocker)) = new::<$C>("ended") else { return };
            let mut runner = db.connect();
            let kill = format!($kill, number(&mut runner, $me));
            let history = blocked(db.dialect(), false);
            thread::scope(|scope| {
                let run = scope.spawn(|| migrator(&history).upgrade(&mut runner, "head"));
                until!(&mut conn, $waiting);
                conn.batch_execute(&kill).unwrap();
                let error = run.join().unwrap().unwrap_err();
                let said = error.to_string();
                assert!(
                    said.starts_with("the connection was lost during statement 1 of 2 of revision `a1`"),
                    "{said}"
                );
                killed_at(&error, "it is not known whether this statement took effect");
            });
            blocker.batch_execute("COMMIT").unwrap();
            migrator(&history).upgrade(&mut conn, "head").unwrap_or_else(|error| panic!("{}", story(&error)));
            assert_eq!(
                (rows(&history, &mut conn), journal(&history, &mut conn)),
                ("a1 ok".into(), "upgrade a1 2/2".into())
            );
            assert_eq!(count(&mut conn, "t WHERE id = 2"), 1);
        }};
    }
    case!(PgConnection, "pg_backend_pid()::bigint", "SELECT pg_terminate_backend({})", WAITING_POSTGRES);
    case!(MysqlConnection, "CAST(CONNECTION_ID() AS SIGNED)", "KILL {}", WAITING_MYSQL);
}
