//! Steps outside transactions: their journal, and what happens when they break off.

use diesel::connection::SimpleConnection;
use migrate_runtime::ErrorKind;
use migrate_test::on_every_database;

use crate::support::{count, file, has_table, history, journal, migrator, rows, stamp, story};

const UP: &str = "-- migrate:upgrade transaction=false\n";
const DOWN: &str = "-- migrate:downgrade transaction=false\n";

/// One revision with these statements up and down.
fn revision(up: &str, down: &str) -> std::sync::Arc<migrate_core::history::History> {
    history(&[file("a1", "", &format!("{UP}{up}\n{DOWN}{down}\n"))])
}

on_every_database! {
    fn statements_run_alone_and_are_counted(db) {
        let history = revision(
            "CREATE TABLE t (id INTEGER);\nINSERT INTO t VALUES (1);\nCREATE INDEX i ON t (id);",
            "DELETE FROM t;\nDROP TABLE t;",
        );
        let (mut m, mut conn) = (migrator(&history), db.connect());
        m.upgrade(&mut conn, "head").unwrap();
        assert_eq!((rows(&history, &mut conn), count(&mut conn, "t")), ("a1 ok".to_owned(), 1));
        m.downgrade(&mut conn, "base").unwrap();
        assert_eq!(rows(&history, &mut conn), "");
        assert!(!has_table(&mut conn, "t"));
        assert_eq!(journal(&history, &mut conn), "upgrade a1 3/3, downgrade a1 2/2");
    }

    fn the_next_run_goes_on_after_the_file_was_corrected(db) {
        let first = "CREATE TABLE t (id INTEGER);\nINSERT INTO t VALUES (1);\n";
        let down = "DROP TABLE t;";
        let broken = revision(&format!("{first}INSERT INTO nothing VALUES (1);"), down);
        let mut conn = db.connect();
        let error = migrator(&broken).upgrade(&mut conn, "head").unwrap_err();
        let state = "the database is at base, before every revision; statements 1 to 2 of 3 of revision `a1` are done";
        assert_eq!((error.kind(), error.state()), (ErrorKind::Statement, Some(state)));
        assert_eq!(
            error.helps(),
            ["the next `migrate upgrade` goes on with statement 3; what stands before it must stay as it is"]
        );
        assert_eq!(journal(&broken, &mut conn), "upgrade a1 2/3…!");
        assert_eq!(migrator(&broken).status(&mut conn).unwrap().unfinished.len(), 1);

        let changed = revision("CREATE TABLE t (id BIGINT);\nINSERT INTO t VALUES (1);\nSELECT 1;", down);
        let error = migrator(&changed).upgrade(&mut conn, "head").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unfinished);
        assert_eq!(
            error.to_string(),
            "revision `a1` is unfinished, and its file was changed where it is already done"
        );
        let error = migrator(&broken).downgrade(&mut conn, "base").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unfinished, "{error}");
        let error = migrator(&broken).resolve(&mut conn, "a1", true).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unfinished, "nothing is in doubt: {error}");

        let right = revision(&format!("-- better\n{first}INSERT INTO t VALUES (2);\nINSERT INTO t VALUES (3);"), down);
        migrator(&right).upgrade(&mut conn, "head").unwrap();
        assert_eq!((rows(&right, &mut conn), count(&mut conn, "t")), ("a1 ok".to_owned(), 3));
        assert_eq!(journal(&right, &mut conn), "upgrade a1 4/4");
    }

    fn a_first_statement_that_is_refused_leaves_nothing_unfinished(db) {
        let broken = revision("INSERT INTO nothing VALUES (1);\nSELECT 1;", "SELECT 1;");
        let mut conn = db.connect();
        let error = migrator(&broken).upgrade(&mut conn, "head").unwrap_err();
        let state = "the database is at base, before every revision; no statement of revision `a1` has taken effect";
        assert_eq!((error.kind(), error.state()), (ErrorKind::Statement, Some(state)));
        assert_eq!(journal(&broken, &mut conn), "upgrade a1 0/2!");
        assert!(migrator(&broken).status(&mut conn).unwrap().unfinished.is_empty());
        // The file may be thrown away, or corrected.
        let other = history(&[file("b2", "", &format!("{UP}SELECT 1;\n{DOWN}SELECT 1;\n"))]);
        migrator(&other).upgrade(&mut conn, "head").unwrap();
        migrator(&other).downgrade(&mut conn, "base").unwrap();
        let right = revision("SELECT 1;", "SELECT 1;");
        migrator(&right).upgrade(&mut conn, "head").unwrap();
        assert!(migrator(&right).status(&mut conn).unwrap().is_current());
    }

    fn a_stamp_settles_what_is_unfinished(db) {
        let (up, down) = ("CREATE TABLE t (id INTEGER);\n", "SELECT 1;\nDROP TABLE nothing;");
        let broken = revision(&format!("{up}INSERT INTO nothing VALUES (1);"), down);
        let next = file("b2", "a1", &format!("{UP}SELECT 1;\n{DOWN}SELECT 1;\n"));
        let mut conn = db.connect();
        migrator(&broken).upgrade(&mut conn, "head").unwrap_err();
        let error = migrator(&broken).downgrade(&mut conn, "base").unwrap_err();
        assert!(error.helps().iter().any(|help| help.ends_with("`migrate stamp <revision>`")), "{error:?}");
        stamp(&mut migrator(&broken), &mut conn, "a1", false).unwrap();
        assert!(migrator(&broken).status(&mut conn).unwrap().is_current());

        // On the way down its row does not look current until the stamp says that it is.
        migrator(&broken).downgrade(&mut conn, "base").unwrap_err();
        assert_eq!(migrator(&broken).status(&mut conn).unwrap().unfinished.len(), 1);
        stamp(&mut migrator(&broken), &mut conn, "a1", false).unwrap();
        assert_eq!(rows(&broken, &mut conn), "a1 ok");
        let corrected = file("a1", "", &format!("{UP}{up}INSERT INTO nothing VALUES (1);\n{DOWN}{down}\n"));
        let longer = history(&[corrected, next]);
        migrator(&longer).upgrade(&mut conn, "head").unwrap();
        assert!(migrator(&longer).status(&mut conn).unwrap().is_current());
    }

    fn a_stamp_leaves_what_is_unfinished_on_another_branch(db) {
        let side = |id: &str, up: &str| file(id, "", &format!("{UP}{up}\n{DOWN}SELECT 1;\n"));
        let history = history(&[side("a1", "SELECT 1;\nINSERT INTO nothing VALUES (1);"), side("b2", "SELECT 1;")]);
        let mut conn = db.connect();
        migrator(&history).upgrade(&mut conn, "a1").unwrap_err();
        stamp(&mut migrator(&history), &mut conn, "b2", false).unwrap();
        assert_eq!(migrator(&history).status(&mut conn).unwrap().unfinished.len(), 1);
        stamp(&mut migrator(&history), &mut conn, "b2", true).unwrap();
        assert!(migrator(&history).status(&mut conn).unwrap().unfinished.is_empty());
    }

    fn an_interrupted_statement_is_looked_up_in_the_catalog(db) {
        // What stands before a run is what a process that was killed leaves: a journal row without an end.
        let cases = [
            ("CREATE TABLE t (id INTEGER)", "CREATE TABLE t (id INTEGER)"),
            ("ALTER TABLE base ADD COLUMN c INTEGER", "ALTER TABLE base ADD COLUMN c INTEGER"),
            ("CREATE INDEX i ON base (id)", "CREATE INDEX i ON base (id)"),
            ("DROP TABLE gone", "DROP TABLE gone"),
        ];
        for (statement, effect) in cases {
            for took_effect in [false, true] {
                let Some(db) = migrate_test::Database::<C>::new("doubt") else { return };
                let mut conn = db.connect();
                conn.batch_execute("CREATE TABLE base (id INTEGER)").unwrap();
                conn.batch_execute("CREATE TABLE gone (id INTEGER)").unwrap();
                // A procedure call hides the statement from what shares a transaction with its note.
                let history = revision(&format!("{statement};\nINSERT INTO base (id) VALUES (1);"), "SELECT 1;");
                let mut m = migrator(&history);
                m.ensure_version_table(&mut conn).unwrap();
                let digest = history.digest(0, dialect(db.dialect()));
                conn.batch_execute(&format!(
                    "INSERT INTO __migrate_journal (revision, direction, digest, statements_total, statements_done, \
                     started_at) VALUES ('a1', 'upgrade', '{digest}', 2, 0, '2026-01-01 00:00:00')"
                )).unwrap();
                // Where the statement shares a transaction with its note, it cannot have taken effect without it.
                let shares = db.dialect() != "mysql";
                if took_effect && !shares {
                    conn.batch_execute(effect).unwrap();
                }
                m.upgrade(&mut conn, "head").unwrap_or_else(|error| panic!("{statement}: {}", story(&error)));
                assert_eq!((rows(&history, &mut conn), count(&mut conn, "base")), ("a1 ok".to_owned(), 1));
                assert_eq!(journal(&history, &mut conn), "upgrade a1 2/2");
            }
        }
    }

    fn what_cannot_be_seen_is_settled_by_hand(db) {
        let doubtful = match db.dialect() {
            "mysql" => "ALTER TABLE t MODIFY x BIGINT",
            "postgres" => "DO $$ BEGIN CREATE SEQUENCE seen; END $$",
            _ => "ATTACH DATABASE ':memory:' AS aux1",
        };
        let first = "CREATE TABLE t (x INTEGER)";
        for applied in [true, false] {
            let Some(db) = migrate_test::Database::<C>::new("doubt") else { return };
            let mut conn = db.connect();
            let history = revision(&format!("CREATE TABLE r (x INTEGER);\n{first};\n{doubtful};\nDROP TABLE r;"), "SELECT 1;");
            let mut m = migrator(&history);
            // Interrupted after the second statement, then made to look as if it had been within the third.
            let flag = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
            let set = std::sync::Arc::clone(&flag);
            let mut stopping = migrator(&history).interrupt(flag).on_event(move |event| {
                if matches!(event, migrate_runtime::Event::StatementFinished { number: 2, .. }) {
                    set.store(true, std::sync::atomic::Ordering::Relaxed);
                }
            });
            stopping.upgrade(&mut conn, "head").unwrap_err();
            assert_eq!(journal(&history, &mut conn), "upgrade a1 2/4…!");
            conn.batch_execute("UPDATE __migrate_journal SET error = NULL").unwrap();
            if applied {
                conn.batch_execute(doubtful).unwrap();
            }
            let error = m.upgrade(&mut conn, "head").unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Unfinished);
            let expected = format!(
                "Unfinished: revision `a1` was interrupted during statement 3 of 4, and it cannot be seen whether that took effect\n\
                 state: the database is at base, before every revision; statements 1 to 2 of 4 of revision `a1` are done\n\
                 note: the statement: {doubtful}\n\
                 help: look at the database, then say it: `migrate resolve a1 --applied` or `migrate resolve a1 --not-applied`"
            );
            assert_eq!(story(&error), expected);
            m.resolve(&mut conn, "b2", applied).unwrap_err();
            let entry = m.resolve(&mut conn, "a", applied).unwrap();
            assert_eq!(entry.statements_done, 2 + usize::from(applied));
            m.upgrade(&mut conn, "head").unwrap();
            assert_eq!(rows(&history, &mut conn), "a1 ok");
            assert!(!has_table(&mut conn, "r"));
        }
    }

    fn a_broken_off_downgrade_is_not_taken_for_current(db) {
        let history = revision("CREATE TABLE t (id INTEGER);", "DELETE FROM t;\nDROP TABLE missing;\nDROP TABLE t;");
        let (mut m, mut conn) = (migrator(&history), db.connect());
        m.upgrade(&mut conn, "head").unwrap();
        m.downgrade(&mut conn, "base").unwrap_err();
        assert_eq!(rows(&history, &mut conn), "a1 unfinished");
        assert_eq!(m.upgrade(&mut conn, "head").unwrap_err().kind(), ErrorKind::Unfinished);
        assert_eq!(m.check_current(&mut conn).unwrap_err().kind(), ErrorKind::Unfinished);
        conn.batch_execute("CREATE TABLE missing (id INTEGER)").unwrap();
        m.downgrade(&mut conn, "base").unwrap();
        assert_eq!(rows(&history, &mut conn), "");
        assert!(!has_table(&mut conn, "t"));
    }
}

fn dialect(name: &str) -> migrate_core::dialect::Dialect {
    name.parse().expect("a dialect")
}

/// PostgreSQL only: an index that is built without a lock.
#[test]
fn an_index_is_built_concurrently_and_an_invalid_one_anew() {
    let Some(db) = migrate_test::Database::<migrate_test::PgConnection>::new("concurrently") else { return };
    let mut conn = db.connect();
    conn.batch_execute("CREATE TABLE t (id INTEGER); INSERT INTO t VALUES (1), (1)").unwrap();
    let history = revision("CREATE UNIQUE INDEX CONCURRENTLY i ON t (id);", "DROP INDEX CONCURRENTLY i;");
    let mut m = migrator(&history);
    let error = m.upgrade(&mut conn, "head").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Statement);
    assert_eq!(error.database_message().unwrap().code.as_deref(), Some("23505"));
    let invalid =
        "pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE c.relname = 'i' AND NOT i.indisvalid";
    assert_eq!(count(&mut conn, invalid), 1, "what PostgreSQL leaves");
    conn.batch_execute("DELETE FROM t").unwrap();
    m.upgrade(&mut conn, "head").unwrap();
    assert_eq!(count(&mut conn, invalid), 0);
    assert_eq!(rows(&history, &mut conn), "a1 ok");
    m.downgrade(&mut conn, "base").unwrap();

    // Killed while it was built: the row has no error, the index is there and invalid.
    conn.batch_execute("INSERT INTO t VALUES (1), (1)").unwrap();
    conn.batch_execute("CREATE UNIQUE INDEX CONCURRENTLY i ON t (id)").unwrap_err();
    conn.batch_execute("DELETE FROM t").unwrap();
    let digest = history.digest(0, migrate_core::dialect::Dialect::Postgres);
    conn.batch_execute(&format!(
        "INSERT INTO __migrate_journal (revision, direction, digest, statements_total, statements_done, started_at) \
         VALUES ('a1', 'upgrade', '{digest}', 1, 0, now())"
    ))
    .unwrap();
    m.upgrade(&mut conn, "head").unwrap();
    assert_eq!(count(&mut conn, invalid), 0);
    assert_eq!(rows(&history, &mut conn), "a1 ok");
}
