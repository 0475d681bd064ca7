//! A version table that another tool writes, too: Alembic moves a row by its `version_num` and knows no digest.

use diesel::connection::SimpleConnection;
use migrate_runtime::{ErrorKind, MigrateConnection, Migrator};
use migrate_test::on_every_database;

use crate::support::{file, history, line, migrator, stamp, story};

const UP: &str = "-- migrate:upgrade\n";
const DOWN: &str = "-- migrate:downgrade\n";

/// What Alembic does to the table for one step along one line.
fn alembic_moves<C: SimpleConnection>(conn: &mut C, from: &str, to: &str) {
    let update = format!("UPDATE alembic_version SET version_num = '{to}' WHERE version_num = '{from}'");
    conn.batch_execute(&update).expect("a row is moved");
}

fn shared(history: &std::sync::Arc<migrate_core::history::History>) -> Migrator {
    migrator(history).version_table("alembic_version")
}

/// The line `a1`, `b2`, `c3` with another statement in one of them.
fn edited(id: &str) -> std::sync::Arc<migrate_core::history::History> {
    let section = |of: &str, table: &str| {
        let text = if of == id {
            "CREATE TABLE other (id INTEGER)"
        } else {
            "CREATE TABLE {} (id INTEGER PRIMARY KEY)"
        };
        format!("{UP}{};\n{DOWN}DROP TABLE {table};\n", text.replace("{}", table))
    };
    history(&[
        file("a1", "", &section("a1", "a")),
        file("b2", "a1", &section("b2", "b")),
        file("c3", "b2", &section("c3", "c")),
    ])
}

/// The kinds of errors, or `ok`, of everything that looks at the digests.
fn verdicts<C: MigrateConnection>(migrator: &mut Migrator, conn: &mut C) -> String {
    let kind = |error: migrate_runtime::Error| format!("{:?}", error.kind());
    let checked = migrator.check_current(conn).map_or_else(kind, |()| "ok".to_owned());
    let edited = migrator.status(conn).expect("a status").edited;
    let edited: Vec<String> = edited.into_iter().map(|edited| edited.revision).collect();
    let upgraded = migrator.upgrade(conn, "b2").map_or_else(kind, |report| report.to.join(" "));
    format!("check {checked}, edited {edited:?}, upgrade {upgraded}")
}

on_every_database! {
    fn a_row_that_was_moved_back_says_nothing_of_where_it_is_now(db) {
        let mut conn = db.connect();
        shared(&line()).upgrade(&mut conn, "c3").unwrap();
        alembic_moves(&mut conn, "c3", "b2");
        let rows = shared(&line()).current(&mut conn).unwrap();
        assert_eq!((rows[0].version_num.as_str(), rows[0].digest.as_ref()), ("b2", None));
        assert_eq!(rows[0].moved_from.as_ref().unwrap().revision, "c3");
        assert_eq!(verdicts(&mut shared(&line()), &mut conn), "check NotCurrent, edited [], upgrade b2");
        // It was taken back to be edited.
        assert_eq!(verdicts(&mut shared(&edited("c3")), &mut conn), "check NotCurrent, edited [], upgrade b2");
        conn.batch_execute("DROP TABLE c").unwrap();
        shared(&line()).upgrade(&mut conn, "head").unwrap();
        let rows = shared(&line()).current(&mut conn).unwrap();
        assert!(rows[0].digest.is_some() && rows[0].moved_from.is_none(), "{rows:?}");
    }

    fn a_row_that_was_moved_on_still_proves_what_is_before_it(db) {
        let mut conn = db.connect();
        shared(&line()).upgrade(&mut conn, "b2").unwrap();
        alembic_moves(&mut conn, "b2", "c3");
        assert_eq!(verdicts(&mut shared(&line()), &mut conn), "check ok, edited [], upgrade c3");
        assert_eq!(verdicts(&mut shared(&edited("c3")), &mut conn), "check ok, edited [], upgrade c3");
        assert_eq!(
            verdicts(&mut shared(&edited("a1")), &mut conn),
            "check Edited, edited [\"a1\", \"b2\"], upgrade Edited"
        );
    }

    fn what_another_tool_applied_again_can_be_recorded(db) {
        let mut conn = db.connect();
        shared(&line()).upgrade(&mut conn, "c3").unwrap();
        alembic_moves(&mut conn, "c3", "b2");
        alembic_moves(&mut conn, "b2", "c3");
        let mut now = shared(&edited("c3"));
        let error = now.upgrade(&mut conn, "head").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Edited);
        assert!(
            story(&error).ends_with(
                "help: where another tool took it back and applied it as it is now, record that: `migrate stamp --purge c3`"
            ),
            "{}",
            story(&error)
        );
        stamp(&mut now, &mut conn, "c3", true).unwrap();
        assert_eq!(verdicts(&mut now, &mut conn), "check ok, edited [], upgrade c3");
    }
}
