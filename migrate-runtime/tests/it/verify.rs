//! Whether a database has what its revisions make, and whether a file's own statements about its SQL are true.

use std::sync::Arc;

use diesel::connection::SimpleConnection;
use migrate_core::history::History;
use migrate_runtime::ErrorKind;
use migrate_runtime::testing::RoundTrip;
use migrate_test::{Database, PgConnection, on_every_database};

use crate::support::{file, history, line, migrator};

fn shelf() -> Arc<History> {
    let tables = "-- migrate:upgrade\nCREATE TABLE shelves (id INTEGER PRIMARY KEY, name VARCHAR(20) NOT NULL);\n\
                  CREATE TABLE books (id INTEGER PRIMARY KEY, shelf_id INTEGER NOT NULL, title VARCHAR(100) NOT NULL DEFAULT 'none', \
                  CONSTRAINT books_shelf FOREIGN KEY (shelf_id) REFERENCES shelves (id) ON DELETE CASCADE);\n\
                  CREATE INDEX books_title ON books (title);\n\
                  -- migrate:downgrade\nDROP TABLE books;\nDROP TABLE shelves;\n";
    let column = "-- migrate:upgrade\nALTER TABLE books ADD COLUMN pages INTEGER;\n\
                  -- migrate:downgrade\nALTER TABLE books DROP COLUMN pages;\n";
    history(&[file("a1", "", tables), file("b2", "a1", column)])
}

on_every_database! {
    fn a_database_has_what_its_revisions_make(db) {
        let (history, mut conn) = (shelf(), db.connect());
        let mut migrator = migrator(&history);
        for target in ["a1", "b2", "a1", "base"] {
            if target == "b2" || migrator.current(&mut conn).expect("rows").is_empty() {
                migrator.upgrade(&mut conn, target).expect("it goes up");
            } else {
                migrator.downgrade(&mut conn, target).expect("it goes down");
            }
            let verified = migrator.verify(&mut conn).expect("it can be read");
            assert!(verified.holds(), "at {target}: {:?}", verified.differences);
        }
    }

    fn what_somebody_did_by_hand_is_found(db) {
        let (history, mut conn) = (shelf(), db.connect());
        let mut migrator = migrator(&history);
        migrator.upgrade(&mut conn, "head").expect("it goes up");
        conn.batch_execute("ALTER TABLE books ADD COLUMN lent_to INTEGER").expect("a column is added");
        conn.batch_execute("CREATE TABLE readers (id INTEGER PRIMARY KEY)").expect("a table is made");
        let verified = migrator.verify(&mut conn).expect("it can be read");
        let told: Vec<String> = verified.differences.iter().map(ToString::to_string).collect();
        assert_eq!(told, ["column lent_to of table books is new", "table readers is new"]);
    }

    fn what_nobody_can_know_is_undecided(db) {
        let opaque = "-- migrate:upgrade\nCREATE TABLE a (id INTEGER);\n-- migrate:opaque\nCREATE TABLE b (id INTEGER);\n\
                      -- migrate:downgrade\nDROP TABLE b;\nDROP TABLE a;\n";
        let (history, mut conn) = (history(&[file("a1", "", opaque)]), db.connect());
        let mut migrator = migrator(&history);
        migrator.upgrade(&mut conn, "head").expect("it goes up");
        let verified = migrator.verify(&mut conn).expect("it can be read");
        assert!(verified.holds(), "{:?}", verified.differences);
        assert_eq!(verified.undecided.objects, ["table b"]);
    }

    fn an_effect_that_a_file_states_is_held_against_what_happens(db) {
        let up = |effect: &str| {
            format!("-- migrate:upgrade\n-- migrate:effect {effect}\nALTER TABLE a ADD COLUMN one INTEGER;\n\
                     -- migrate:downgrade\nALTER TABLE a DROP COLUMN one;\n")
        };
        let of_line = line();
        let first = of_line.revision(0);
        let sections: String = first.sections.iter().map(|section| format!("-- migrate:{}\n{}\n", section.direction, section.text)).collect();
        let check = |effect: &str| {
            let history = history(&[file("a1", "", &sections), file("b2", "a1", &up(effect))]);
            let mut conn = db.connect();
            let run = RoundTrip::of_history(&history, &mut conn);
            let result = run.result("b2").map_err(|failure| failure.to_string());
            migrator(&history).downgrade(&mut conn, "base").expect("it goes down");
            result
        };
        assert_eq!(check("ALTER TABLE a ADD COLUMN one INTEGER"), Ok(()));
        let text = check("none").expect_err("it is not so");
        assert!(text.contains("not stated: column one of table a is new"), "{text}");
        let text = check("ALTER TABLE a ADD COLUMN two INTEGER").expect_err("it is not so");
        assert!(text.contains("stated, and not so: column two of table a is new"), "{text}");
    }
}

#[test]
fn what_belongs_to_somebody_else_is_left_out() {
    let Some(db) = Database::<PgConnection>::new("verify_others") else { return };
    let (history, mut conn) = (shelf(), db.connect());
    let mut migrator = migrator(&history);
    migrator.upgrade(&mut conn, "head").expect("it goes up");
    conn.batch_execute("CREATE SCHEMA other; CREATE TABLE other.one (id INT)").expect("a schema is made");
    assert!(migrator.verify(&mut conn).expect("it can be read").holds());
    // Replayed for `public`, the history says nothing of another place.
    conn.batch_execute("SET search_path = other, public").expect("a path is set");
    let error = migrator.verify(&mut conn).expect_err("names lead elsewhere");
    assert_eq!(error.kind(), ErrorKind::Configuration);
    assert!(error.to_string().contains("lead to `other`"), "{error}");
}
