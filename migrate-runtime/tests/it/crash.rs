//! Runs that break off: the process is killed after every single message that changes the database, and the next run
//! finishes.

use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;

use diesel::connection::{InstrumentationEvent, SimpleConnection as _};
use migrate_core::history::History;
use migrate_runtime::{CatalogSnapshot, ErrorKind, MigrateConnection};
use migrate_test::{Database, MysqlConnection, PgConnection, Server, on_every_database};

use crate::killed::blocked;
use crate::support::{count, file, has_table, history, journal, migrator, rows, story};

/// What the process that is to be killed is told: the database, the history, the target (`-` before it: down), the
/// message after which it dies, the URL.
const ORDERS: &str = "MIGRATE_TEST_CRASH";

/// How many databases are worked on at once; waiting takes most of the time.
const WORKERS: u32 = 8;

/// Two revisions that share a transaction with their record where the database can do that, and one in between that does
/// not, all with changes that show when they are made twice.
fn changes(dialect: &str) -> Arc<History> {
    let (concurrently, on) = match dialect {
        "postgres" => (" CONCURRENTLY", ""),
        "mysql" => ("", " ON t"),
        _ => ("", ""),
    };
    // Several things at once where the database can.
    let (also, also_back) = match dialect {
        "sqlite" => ("", ""),
        _ => (", ADD COLUMN young INTEGER", ", DROP COLUMN young"),
    };
    let first = "-- migrate:upgrade\n\
        CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER NOT NULL, old INTEGER);\n\
        INSERT INTO t VALUES (1, 1, 0), (2, 2, 0);\n\
        -- migrate:downgrade\nDROP TABLE t;\n";
    let alone = format!(
        "-- migrate:upgrade transaction=false\n\
         CREATE TABLE side (id INTEGER);\n\
         ALTER TABLE t ADD COLUMN extra INTEGER;\n\
         CREATE INDEX{concurrently} t_n ON t (n);\n\
         INSERT INTO side VALUES (1);\n\
         UPDATE t SET n = n + 1;\n\
         ALTER TABLE t DROP COLUMN old{also};\n\
         -- migrate:downgrade transaction=false\n\
         ALTER TABLE t ADD COLUMN old INTEGER{also_back};\n\
         UPDATE t SET n = n - 1;\n\
         DROP INDEX{concurrently} t_n{on};\n\
         ALTER TABLE t DROP COLUMN extra;\n\
         DROP TABLE side;\n"
    );
    let last =
        "-- migrate:upgrade\nUPDATE t SET n = n + 10;\n-- migrate:downgrade\nUPDATE t SET n = n - 10;\n";
    history(&[file("a1", "", first), file("b2", "a1", &alone), file("c3", "b2", last)])
}

/// A revision with a statement whose effect the catalog does not plainly show, and what counts that effect.
fn doubtful(dialect: &str) -> (Arc<History>, &'static str) {
    let (statement, effect) = match dialect {
        "mysql" => (
            "ALTER TABLE t RENAME TO seen",
            "information_schema.tables WHERE table_schema = DATABASE() AND table_name = 'seen'",
        ),
        _ => ("DO $$ BEGIN CREATE SEQUENCE seen; END $$", "pg_class WHERE relname = 'seen'"),
    };
    let sections = format!(
        "-- migrate:upgrade transaction=false\nCREATE TABLE t (id INTEGER);\n{statement};\nCREATE TABLE u (id INTEGER);\n\
         -- migrate:downgrade\n"
    );
    (history(&[file("a1", "", &sections)]), effect)
}

/// The process that is killed; nothing to do in an ordinary test run.
#[test]
fn child() {
    let Ok(orders) = std::env::var(ORDERS) else { return };
    let orders: Vec<&str> = orders.splitn(5, ' ').collect();
    let &[dialect, history, target, nth, url] = &orders[..] else { panic!("{orders:?}") };
    let history = match history {
        "changes" => changes(dialect),
        "doubtful" => doubtful(dialect).0,
        _ => blocked(dialect, history == "deaf"),
    };
    let nth = nth.parse().unwrap();
    match dialect {
        "postgres" => run_and_die::<PgConnection>(&history, target, nth, url),
        "mysql" => run_and_die::<MysqlConnection>(&history, target, nth, url),
        _ => run_and_die::<diesel::SqliteConnection>(&history, target, nth, url),
    }
}

fn run_and_die<C: Server + MigrateConnection>(history: &Arc<History>, target: &str, nth: u32, url: &str) {
    let mut conn = C::establish(url).unwrap();
    let answers = AtomicU32::new(0);
    // No destructor runs and nothing is told to the server, as after a SIGKILL.
    conn.set_instrumentation(move |event: InstrumentationEvent<'_>| {
        let InstrumentationEvent::FinishQuery { query, .. } = event else { return };
        // What only reads, prepares the session or opens a transaction leaves nothing that could be in the next run's way.
        let sql = query.to_string();
        let changes = !["SELECT", "SET", "PRAGMA", "BEGIN IMMEDIATE", "START", "GET"]
            .iter()
            .any(|word| sql.starts_with(word));
        if changes && answers.fetch_add(1, Ordering::Relaxed) + 1 == nth {
            std::process::abort();
        }
    });
    let mut m = migrator(history);
    let report = match target.strip_prefix('-') {
        None => m.upgrade(&mut conn, target),
        Some(target) => m.downgrade(&mut conn, target),
    };
    report.unwrap_or_else(|error| panic!("{}", story(&error)));
}

/// The process that dies after the `nth` answer.
pub(crate) fn process<C: Server>(db: &Database<C>, history: &str, target: &str, nth: u32) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "crash::child", "--nocapture"]);
    command.env(ORDERS, format!("{} {history} {target} {nth} {}", C::NAME, db.url()));
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Runs that process. Whether it got through before it was to die.
fn dies<C: Server>(db: &Database<C>, history: &str, target: &str, nth: u32) -> bool {
    let output = process(db, history, target, nth).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!said.contains("panicked"), "{target} {nth}: {said}");
    output.status.success()
}

/// Works through 1, 2, 3 ... with several workers, each with its own database, until one says that it got through.
fn for_every_message<C: Server>(work: impl Fn(&Database<C>, &mut dyn Iterator<Item = u32>) + Sync) {
    thread::scope(|scope| {
        for first in 1..=WORKERS {
            let work = &work;
            scope.spawn(move || {
                let Some(db) = Database::<C>::new("crash") else { return };
                work(&db, &mut (first..).step_by(WORKERS as usize));
            });
        }
    });
}

on_every_database! {
    fn a_first_run_that_is_killed_is_finished_by_the_next(db) {
        let history = &changes(db.dialect());
        let mut conn = db.connect();
        migrator(history).upgrade(&mut conn, "a1").unwrap();
        let catalog = &CatalogSnapshot::take(&mut conn, &[]).unwrap();
        for_every_message::<C>(|db, numbers| {
            let (mut m, mut conn) = (migrator(history), db.connect());
            for nth in numbers {
                let got_through = dies(db, "changes", "a1", nth);
                m.upgrade(&mut conn, "a1").unwrap_or_else(|e| panic!("{nth}: {}", story(&e)));
                assert_eq!((rows(history, &mut conn), journal(history, &mut conn)), ("a1 ok".into(), "upgrade a1 2/2".into()), "{nth}");
                assert_eq!(CatalogSnapshot::take(&mut conn, &[]).unwrap().difference(catalog), [], "{nth}");
                assert_eq!(count(&mut conn, "t"), 2, "{nth}");
                if got_through {
                    assert!(nth > 3, "so few messages? {nth}");
                    break;
                }
                for table in ["t", "__migrate_version", "__migrate_journal"] {
                    conn.batch_execute(&format!("DROP TABLE {table}")).unwrap();
                }
            }
        });
    }

    fn a_later_run_that_is_killed_is_finished_by_the_next(db) {
        let history = &changes(db.dialect());
        let mut conn = db.connect();
        let mut at = |target: &str| {
            migrator(history).upgrade(&mut conn, target).unwrap();
            CatalogSnapshot::take(&mut conn, &["control"]).unwrap()
        };
        let (at_a1, at_head) = (&at("a1"), &at("head"));
        let up = "upgrade a1 2/2, upgrade b2 6/6, upgrade c3 1/1";
        let down = "downgrade c3 1/1, downgrade b2 5/5";
        for_every_message::<C>(|db, numbers| {
            let (mut m, mut conn) = (migrator(history), db.connect());
            m.upgrade(&mut conn, "a1").unwrap();
            conn.batch_execute("CREATE TABLE control (id INTEGER)").unwrap();
            conn.batch_execute("INSERT INTO control VALUES (7), (8)").unwrap();
            for nth in numbers {
                let got_up = dies(db, "changes", "head", nth);
                m.upgrade(&mut conn, "head").unwrap_or_else(|e| panic!("up {nth}: {}", story(&e)));
                assert_eq!((rows(history, &mut conn), journal(history, &mut conn)), ("c3 ok".into(), up.into()), "up {nth}");
                let catalog = CatalogSnapshot::take(&mut conn, &["control"]).unwrap();
                assert_eq!(catalog.difference(at_head), [], "up {nth}");
                assert_eq!(count(&mut conn, "t WHERE n = id + 11"), 2, "up {nth}");
                assert_eq!(count(&mut conn, "side"), 1, "up {nth}");

                let got_down = dies(db, "changes", "-a1", nth);
                m.downgrade(&mut conn, "a1").unwrap_or_else(|e| panic!("down {nth}: {}", story(&e)));
                let journal = journal(history, &mut conn);
                assert_eq!((rows(history, &mut conn), journal), ("a1 ok".into(), format!("{up}, {down}")), "down {nth}");
                let catalog = CatalogSnapshot::take(&mut conn, &["control"]).unwrap();
                assert_eq!(catalog.difference(at_a1), [], "down {nth}");
                assert_eq!(count(&mut conn, "t WHERE n = id"), 2, "down {nth}");
                assert_eq!(count(&mut conn, "control WHERE id IN (7, 8)"), 2, "{nth}");
                if got_up && got_down {
                    assert!(nth > 10, "so few messages? {nth}");
                    break;
                }
                conn.batch_execute("DELETE FROM __migrate_journal WHERE revision <> 'a1'").unwrap();
            }
        });
    }

    fn what_cannot_be_seen_after_a_crash_waits_for_a_decision(db) {
        // On SQLite every statement that writes shares a transaction with its note.
        if db.dialect() == "sqlite" {
            return;
        }
        let (history, effect) = doubtful(db.dialect());
        let (history, doubts) = (&history, [AtomicU32::new(0), AtomicU32::new(0)]);
        for_every_message::<C>(|_, numbers| {
            let mut m = migrator(history);
            for nth in numbers {
                let Some(db) = Database::<C>::new("doubt") else { return };
                let got_through = dies(&db, "doubtful", "head", nth);
                let mut conn = db.connect();
                if let Err(error) = m.upgrade(&mut conn, "head") {
                    assert_eq!(error.kind(), ErrorKind::Unfinished, "{nth}: {}", story(&error));
                    let applied = count(&mut conn, effect) == 1;
                    doubts[usize::from(applied)].fetch_add(1, Ordering::Relaxed);
                    m.resolve(&mut conn, "a1", applied).unwrap();
                    m.upgrade(&mut conn, "head").unwrap_or_else(|e| panic!("{nth}: {}", story(&e)));
                }
                assert_eq!((rows(history, &mut conn), journal(history, &mut conn)), ("a1 ok".into(), "upgrade a1 3/3".into()), "{nth}");
                assert_eq!(count(&mut conn, effect), 1, "{nth}");
                assert!(has_table(&mut conn, "u"));
                if got_through {
                    break;
                }
            }
        });
        let seen = doubts.iter().map(|doubt| doubt.load(Ordering::Relaxed)).collect::<Vec<_>>();
        assert!(seen.iter().all(|&doubt| doubt > 0), "not applied, applied: {seen:?}");
    }
}
