//! Up and down, and what is recorded.

use std::sync::{Arc, Mutex};

use diesel::Connection;
use diesel::connection::InstrumentationEvent;
use migrate_runtime::{Event, TransactionMode};
use migrate_test::on_every_database;

use crate::support::{file, has_table, history, journal, line, migrator, rows, stamp};

on_every_database! {
    fn up_and_down(db) {
        let (history, mut conn) = (line(), db.connect());
        let mut m = migrator(&history);
        assert_eq!(rows(&history, &mut conn), "");
        let report = m.upgrade(&mut conn, "head").unwrap();
        let ran: Vec<&str> = report.steps.iter().map(|step| step.revision.as_str()).collect();
        assert_eq!((ran, report.from, report.to), (vec!["a1", "b2", "c3"], vec![], vec!["c3".to_owned()]));
        assert_eq!(rows(&history, &mut conn), "c3 ok");
        assert_eq!(journal(&history, &mut conn), "upgrade a1 1/1, upgrade b2 1/1, upgrade c3 1/1");
        assert!(has_table(&mut conn, "a") && has_table(&mut conn, "c"));

        let report = m.upgrade(&mut conn, "head").unwrap();
        assert!(report.is_unchanged());

        m.downgrade(&mut conn, "-1").unwrap();
        assert_eq!(rows(&history, &mut conn), "b2 ok");
        assert!(!has_table(&mut conn, "c") && has_table(&mut conn, "b"));
        m.downgrade(&mut conn, "base").unwrap();
        assert_eq!(rows(&history, &mut conn), "");
        assert!(!has_table(&mut conn, "a"));
        let story = "upgrade a1 1/1, upgrade b2 1/1, upgrade c3 1/1, downgrade c3 1/1, downgrade b2 1/1, downgrade a1 1/1";
        assert_eq!(journal(&history, &mut conn), story);
        m.upgrade(&mut conn, "b2").unwrap();
        assert_eq!(rows(&history, &mut conn), "b2 ok");
    }

    fn the_journal_says_what_when_and_who(db) {
        let (history, mut conn) = (line(), db.connect());
        migrator(&history).upgrade(&mut conn, "a1").unwrap();
        let [entry] = &migrator(&history).journal(&mut conn).unwrap()[..] else { panic!("one row") };
        assert_eq!(entry.who.as_deref(), Some("tester"));
        assert!(entry.tool_version.as_deref().unwrap().starts_with("diesel-migrate "));
        assert_eq!(entry.downgrade_sql.as_deref().map(str::trim), Some("DROP TABLE a;"));
        assert_eq!(entry.digest.as_ref().map(String::len), Some(64));
        assert!(entry.finished_at.as_ref().unwrap() >= &entry.started_at, "{entry:?}");
        assert!(entry.started_at.starts_with("20"), "{entry:?}");
    }

    fn stamp_records_without_running(db) {
        let (history, mut conn) = (line(), db.connect());
        let mut m = migrator(&history);
        stamp(&mut m, &mut conn, "b2", false).unwrap();
        assert_eq!(rows(&history, &mut conn), "b2 ok");
        assert!(!has_table(&mut conn, "a"));
        stamp(&mut m, &mut conn, "head", false).unwrap();
        assert_eq!(rows(&history, &mut conn), "c3 ok");
        stamp(&mut m, &mut conn, "base", false).unwrap();
        assert_eq!(rows(&history, &mut conn), "");
        assert_eq!(journal(&history, &mut conn), "stamp b2 0/0, unstamp b2 0/0, stamp c3 0/0, unstamp c3 0/0");
    }

    fn branches_and_their_merge_keep_one_row_per_head(db) {
        let nothing = "-- migrate:upgrade\n-- migrate:downgrade\n";
        let history = history(&[
            file("a1", "", nothing),
            file("b2", "a1", nothing),
            file("c3", "a1", nothing),
            file("d4", "b2, c3", nothing),
        ]);
        let (mut m, mut conn) = (migrator(&history), db.connect());
        m.upgrade(&mut conn, "b2").unwrap();
        m.upgrade(&mut conn, "c3").unwrap();
        assert_eq!(rows(&history, &mut conn), "b2 ok, c3 ok");
        m.upgrade(&mut conn, "head").unwrap();
        assert_eq!(rows(&history, &mut conn), "d4 ok");
        m.downgrade(&mut conn, "b2").unwrap();
        assert_eq!(rows(&history, &mut conn), "b2 ok, c3 ok");
        m.downgrade(&mut conn, "base").unwrap();
        assert_eq!(rows(&history, &mut conn), "");
    }

    fn a_database_that_is_current_costs_one_query(db) {
        let (history, mut conn) = (line(), db.connect());
        let mut m = migrator(&history);
        m.upgrade(&mut conn, "head").unwrap();
        let queries = Arc::new(Mutex::new(vec![]));
        let seen = Arc::clone(&queries);
        conn.set_instrumentation(move |event: InstrumentationEvent<'_>| {
            if let InstrumentationEvent::StartQuery { query, .. } = event {
                seen.lock().unwrap().push(query.to_string());
            }
        });
        assert!(m.upgrade(&mut conn, "head").unwrap().is_unchanged());
        m.check_current(&mut conn).unwrap();
        assert!(m.upgrade(&mut conn, "a1").unwrap().is_unchanged());
        let queries = queries.lock().unwrap();
        assert_eq!(queries.len(), 3, "{queries:#?}");
        assert!(queries.iter().all(|query| query.starts_with("SELECT version_num")), "{queries:#?}");
    }

    fn names_may_hold_anything_that_can_be_quoted(db) {
        let (history, mut conn) = (line(), db.connect());
        let name = "v\"`';DROP TABLE a;--ä";
        let mut m = migrator(&history).version_table(name);
        m.upgrade(&mut conn, "head").unwrap();
        assert_eq!(m.current(&mut conn).unwrap()[0].version_num, "c3");
        assert_eq!(m.journal(&mut conn).unwrap().len(), 3);
        assert!(has_table(&mut conn, "a"));
        assert_eq!(rows(&history, &mut conn), "", "another version table knows nothing of it");
        assert!(m.upgrade(&mut conn, "head").unwrap().is_unchanged());
        m.downgrade(&mut conn, "base").unwrap();
        assert!(m.current(&mut conn).unwrap().is_empty());
    }

    fn events_tell_the_story(db) {
        let (history, mut conn) = (line(), db.connect());
        let events = Arc::new(Mutex::new(vec![]));
        let seen = Arc::clone(&events);
        let mut m = migrator(&history).on_event(move |event| {
            seen.lock().unwrap().push(match event {
                Event::LockHeld { .. } => "held".to_owned(),
                Event::RunStarted { from, to, steps, .. } => format!("run {from:?} {to:?} {steps}"),
                Event::StepStarted { revision, summary, number, statements, .. } => {
                    format!("step {number} {revision} ({summary}) {statements}")
                }
                Event::StatementStarted { number, sql, .. } => format!("{number}: {sql}"),
                Event::StatementFinished { number, .. } => format!("{number} done"),
                Event::StepFinished { revision, .. } => format!("{revision} done"),
                Event::RunFinished { at, steps, statements, .. } => format!("at {at:?} {steps} {statements}"),
                other => format!("{other:?}"),
            });
        });
        m.upgrade(&mut conn, "a1").unwrap();
        let expected = [
            "held",
            "run [] [\"a1\"] 1",
            "step 1 a1 (about a1) 1",
            "1: CREATE TABLE a (id INTEGER PRIMARY KEY)",
            "1 done",
            "a1 done",
            "at [\"a1\"] 1 1",
        ];
        assert_eq!(*events.lock().unwrap(), expected);
    }

    fn one_transaction_per_revision_keeps_what_was_done_before_a_failure(db) {
        let history = history(&[
            file("a1", "", "-- migrate:upgrade\nCREATE TABLE a (id INTEGER);\n-- migrate:downgrade\n"),
            file("b2", "a1", "-- migrate:upgrade\nCREATE TABLE b (id INTEGER);\nDROP TABLE nothing;\n-- migrate:downgrade\n"),
        ]);
        let mut conn = db.connect();
        let error =
            migrator(&history).transaction(TransactionMode::Revision).upgrade(&mut conn, "head").unwrap_err();
        assert_eq!(error.revision(), Some("b2"));
        assert_eq!(rows(&history, &mut conn), "a1 ok");
        assert!(has_table(&mut conn, "a"));
        assert_eq!(has_table(&mut conn, "b"), db.dialect() == "mysql", "only MySQL cannot take it back");
    }
}
