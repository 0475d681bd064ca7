//! Many at once.

use std::sync::{Arc, Barrier, Mutex};
use std::thread;
use std::time::Duration;

use diesel::connection::SimpleConnection;
use migrate_runtime::{ErrorKind, Event};
use migrate_test::on_every_database;

use crate::support::{count, file, history, journal, line, migrator, rows, story};

on_every_database! {
    fn those_who_start_together_apply_each_revision_once(db) {
        let history = history(&[
            file("a1", "", "-- migrate:upgrade\nCREATE TABLE a (id INTEGER);\n-- migrate:downgrade\n"),
            file("b2", "a1", "-- migrate:upgrade\nCREATE TABLE b (id INTEGER);\n-- migrate:downgrade\n"),
            file("c3", "b2", "-- migrate:upgrade transaction=false\nCREATE TABLE c (id INTEGER);\n\
                -- migrate:upgrade postgres transaction=false\nCREATE INDEX CONCURRENTLY i ON b (id);\n-- migrate:downgrade\n"),
            file("d4", "c3", "-- migrate:upgrade\nCREATE TABLE d (id INTEGER);\n-- migrate:downgrade\n"),
        ]);
        let starters = 12;
        let barrier = Barrier::new(starters);
        let applied = Mutex::new(vec![]);
        thread::scope(|scope| {
            for _ in 0..starters {
                scope.spawn(|| {
                    let mut conn = db.connect();
                    barrier.wait();
                    let report = migrator(&history).upgrade(&mut conn, "head");
                    let report = report.unwrap_or_else(|error| panic!("{}", story(&error)));
                    applied.lock().unwrap().extend(report.steps.into_iter().map(|step| step.revision));
                });
            }
        });
        let mut applied = applied.into_inner().unwrap();
        applied.sort();
        assert_eq!(applied, ["a1", "b2", "c3", "d4"]);
        let mut conn = db.connect();
        assert_eq!(rows(&history, &mut conn), "d4 ok");
        assert_eq!(journal(&history, &mut conn), "upgrade a1 1/1, upgrade b2 1/1, upgrade c3 1/1, upgrade d4 1/1");
    }

    fn who_waits_too_long_is_told_who_holds_the_lock(db) {
        let history = line();
        let (mut holder, mut waiter) = (db.connect(), db.connect());
        let mut m = migrator(&history);
        m.upgrade(&mut holder, "a1").unwrap();
        if db.dialect() == "postgres" {
            holder.batch_execute("SET application_name = 'the holder'").unwrap();
        }
        // The holder is a run that its listener keeps in the middle.
        let (held, free) = (Arc::new(Barrier::new(2)), Arc::new(Barrier::new(2)));
        let (at_lock, until) = (Arc::clone(&held), Arc::clone(&free));
        let waits = Arc::new(Mutex::new(0));
        let seen = Arc::clone(&waits);
        thread::scope(|scope| {
            scope.spawn(|| {
                let mut m = migrator(&history).on_event(move |event| {
                    if matches!(event, Event::StepStarted { number: 1, .. }) {
                        at_lock.wait();
                        until.wait();
                    }
                });
                m.upgrade(&mut holder, "head").unwrap();
            });
            held.wait();
            let mut m = migrator(&history).lock_timeout(Duration::from_millis(1200)).on_event(move |event| {
                *seen.lock().unwrap() += usize::from(matches!(event, Event::LockWaiting { .. }));
            });
            let error = m.upgrade(&mut waiter, "head").unwrap_err();
            free.wait();
            assert_eq!(error.kind(), ErrorKind::LockTimeout, "{}", story(&error));
            assert_eq!(error.to_string(), "another process held the migration lock for 1.2 seconds");
            if db.dialect() == "postgres" {
                assert!(error.notes()[0].contains("pid ") && error.notes()[0].contains("the holder"), "{}", story(&error));
            }
        });
        assert_eq!(*waits.lock().unwrap(), 1, "told at once, and not again within five seconds");
        assert!(m.upgrade(&mut waiter, "head").unwrap().is_unchanged(), "the lock was given back");
        assert_eq!(rows(&history, &mut waiter), "c3 ok");
    }

    fn a_row_changed_by_others_stops_the_run(db) {
        let history = line();
        let mut conn = db.connect();
        migrator(&history).upgrade(&mut conn, "a1").unwrap();
        if db.dialect() == "sqlite" {
            // Nobody else can write while SQLite's transaction is open.
            return;
        }
        let other = Mutex::new(db.connect());
        let mut m = migrator(&history).on_event(move |event| {
            if matches!(event, Event::StatementFinished { revision: "b2", .. }) {
                other.lock().unwrap().batch_execute("DELETE FROM __migrate_version").unwrap();
            }
        });
        let error = m.upgrade(&mut conn, "head").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Concurrent, "{}", story(&error));
        assert_eq!(rows(&history, &mut conn), "");
    }
}

/// PostgreSQL only: a revision whose lock on a table is not free in time is rolled back and tried again.
#[test]
fn a_lock_timeout_is_tried_again() {
    let Some(db) = migrate_test::Database::<migrate_test::PgConnection>::new("lock_timeout") else { return };
    let history = history(&[file(
        "a1",
        "",
        "-- migrate:upgrade\nCREATE TABLE a (id INTEGER);\nALTER TABLE t ADD COLUMN x INTEGER;\n-- migrate:downgrade\n",
    )]);
    let (mut conn, mut blocker) = (db.connect(), db.connect());
    conn.batch_execute("CREATE TABLE t (id INTEGER)").unwrap();
    blocker.batch_execute("BEGIN; SELECT * FROM t").unwrap();
    let limit = Duration::from_millis(50);
    let error =
        migrator(&history).database_lock_timeout(limit).lock_tries(1).upgrade(&mut conn, "head").unwrap_err();
    assert_eq!((error.kind(), error.statement().unwrap().number), (ErrorKind::Statement, 2));
    let blocker = Mutex::new(blocker);
    let mut m = migrator(&history).database_lock_timeout(limit).on_event(move |event| {
        if let Event::Retrying { revision: "a1", attempt, .. } = event {
            assert!(*attempt <= 3);
            if *attempt == 3 {
                blocker.lock().unwrap().batch_execute("COMMIT").unwrap();
            }
        }
    });
    m.upgrade(&mut conn, "head").unwrap();
    assert_eq!(rows(&history, &mut conn), "a1 ok");
    assert_eq!(count(&mut conn, "pg_settings WHERE name = 'lock_timeout' AND setting = '0'"), 1, "restored");
}

/// PostgreSQL only: a table with checks that are still to come cannot be altered, so a first run that would be one
/// transaction is done revision by revision instead.
#[test]
fn a_first_run_that_cannot_be_one_transaction_is_several() {
    let Some(db) = migrate_test::Database::<migrate_test::PgConnection>::new("first_run") else { return };
    let up = |sql: &str| format!("-- migrate:upgrade\n{sql};\n-- migrate:downgrade\n");
    let history = history(&[
        file(
            "a1",
            "",
            &up(
                "CREATE TABLE t (id INTEGER PRIMARY KEY, up INTEGER REFERENCES t DEFERRABLE INITIALLY DEFERRED)",
            ),
        ),
        file("b2", "a1", &up("INSERT INTO t VALUES (1, 1)")),
        file("c3", "b2", &up("ALTER TABLE t ADD COLUMN x INTEGER")),
    ]);
    let mut conn = db.connect();
    migrator(&history).upgrade(&mut conn, "head").unwrap();
    assert_eq!(journal(&history, &mut conn), "upgrade a1 1/1, upgrade b2 1/1, upgrade c3 1/1");
    let mode = migrate_runtime::TransactionMode::Run;
    let Some(db) = migrate_test::Database::<migrate_test::PgConnection>::new("first_run") else { return };
    let mut conn = db.connect();
    let error = migrator(&history).transaction(mode).upgrade(&mut conn, "head").unwrap_err();
    assert_eq!(error.revision(), Some("c3"), "whoever asks for one transaction gets one");
    assert_eq!(rows(&history, &mut conn), "");
}
