//! `check`: whether models, migrations and database agree, and who differs from whom.

use migrate_test::{Database, Server, on_every_database};
use snapbox::{assert_data_eq, str};

use crate::project::Project;

const SHELVES: &str = "-- shelves\n--\n-- Revision ID: a1\n-- Revises: <base>\n\n-- migrate:upgrade\n\
     CREATE TABLE shelves (id INTEGER NOT NULL PRIMARY KEY, name VARCHAR(20) NOT NULL);\n\
     CREATE INDEX shelves_name ON shelves (name);\n\n\
     -- migrate:downgrade\nDROP TABLE shelves;\n";

const BOOKS: &str = "-- books\n--\n-- Revision ID: a2\n-- Revises: a1\n\n-- migrate:upgrade\n\
     CREATE TABLE books (id INTEGER NOT NULL PRIMARY KEY, title VARCHAR(100));\n\n\
     -- migrate:downgrade\nDROP TABLE books;\n";

fn shelf() -> Project {
    Project::empty()
        .file("migrations/a1_shelves.sql", SHELVES)
        .file("migrations/a2_books.sql", BOOKS)
        .variable("DATABASE_URL", "sqlite:app.db")
}

/// Runs SQL behind the command's back.
fn by_hand<C: Server>(database: &Database<C>, sql: &str) {
    database.connect().batch_execute(sql).expect("the database takes it");
}

on_every_database! {
    fn a_database_that_was_changed_by_hand_differs(db) {
        let project = shelf().variable("DATABASE_URL", db.url());
        project.ok(&["upgrade"]);
        assert_eq!(
            project.run(&["check"]),
            "exit 0\n--- stderr\n     Checked 2 revisions: the history is valid\n     Checked the database agrees with it\n"
        );
        by_hand(db, "ALTER TABLE books DROP COLUMN title");
        let check = project.run(&["check"]);
        assert!(check.starts_with("exit 1\n"), "{check}");
        assert!(check.contains("the migrations, and what the database has:\n  ~ table books\n    - title "), "{check}");
        assert!(check.contains("error[drift]: the database lacks column title of table books\n"), "{check}");
        assert_eq!(project.output(&["check", "--no-database"]).status.code(), Some(0));
    }

    fn what_is_nobodys_is_left_alone(db) {
        let project = shelf().variable("DATABASE_URL", db.url());
        project.ok(&["upgrade"]);
        by_hand(db, "CREATE TABLE readers (id INTEGER NOT NULL PRIMARY KEY, name VARCHAR(20) NOT NULL)");
        by_hand(db, "CREATE INDEX readers_name ON readers (name)");
        by_hand(db, "CREATE TABLE django_migrations (id INTEGER NOT NULL PRIMARY KEY)");
        by_hand(db, "CREATE VIEW names AS SELECT name FROM shelves");
        let check = project.run(&["check"]);
        assert!(check.starts_with("exit 0\n"), "{check}");
        let note = "note: left alone, as neither a revision nor a model has it: table readers, view names\n";
        assert!(check.contains(note), "{check}");
        // What hangs on a table that is known is not.
        by_hand(db, "CREATE INDEX books_title ON books (title)");
        let check = project.run(&["check"]);
        assert!(check.starts_with("exit 1\n"), "{check}");
        assert!(check.contains("error[drift]: the database has index books_title of table books, which no revision makes"), "{check}");
    }

    fn a_database_that_is_behind_is_compared_where_it_is(db) {
        let project = shelf().variable("DATABASE_URL", db.url());
        project.ok(&["upgrade", "+1"]);
        let check = project.run(&["check"]);
        assert!(check.starts_with("exit 1\n"), "{check}");
        assert!(check.contains("error[not-current]: the database lacks 1 revision of this history"), "{check}");
        assert!(!check.contains("drift"), "{check}");
        by_hand(db, "ALTER TABLE shelves ADD COLUMN room INTEGER");
        let check = project.run(&["check"]);
        assert!(check.contains("error[drift]: the database has column room of table shelves, which no revision makes"), "{check}");
        assert!(check.contains("error[not-current]"), "{check}");
    }
}

#[test]
fn differences_are_told_object_by_object() {
    let project = shelf();
    project.ok(&["upgrade"]);
    project.sqlite("DROP INDEX shelves_name; DROP TABLE books; CREATE TABLE rooms (id INTEGER NOT NULL)");
    assert_data_eq!(
        project.story(&["check", "check --json"]),
        str![[r#"
$ migrate check
exit 1
--- stdout
the migrations, and what the database has:
  - table books
  ~ table shelves
    - index shelves_name (name)
--- stderr
     Checked 2 revisions: the history is valid
note: left alone, as neither a revision nor a model has it: table rooms
error[drift]: the database differs from what its revisions make, in 2 objects
 = note: the database is at `a2`
 = help: write a revision that makes what was done by hand, or take it back in the database
$ migrate check --json
exit 1
--- stdout
{"type":"begin","format":1,"command":"check"}
{"type":"left-alone","dialect":"sqlite","objects":["table rooms"]}
{"type":"difference","dialect":"sqlite","side":"database","object":"table books","about":"","before":"table books","after":null,"text_only":false}
{"type":"difference","dialect":"sqlite","side":"database","object":"table shelves","about":"index shelves_name","before":"index shelves_name (name)","after":null,"text_only":false}
{"type":"diagnostic","level":"error","code":"drift","message":"the database differs from what its revisions make, in 2 objects","spans":[],"notes":["the database is at `a2`"],"helps":["write a revision that makes what was done by hand, or take it back in the database"]}
{"type":"end","ok":false,"exit":1,"current":["a2"]}

"#]]
    );
}
