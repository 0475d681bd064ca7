//! `verify`, and `--verify` of `upgrade` and `downgrade`: whether the database has what its revisions make.

use migrate_test::on_every_database;
use snapbox::{assert_data_eq, str};

use crate::project::Project;
use crate::shelf::{SHELVES, by_hand, shelf};

/// A revision whose upgrade states what its SQL does, or does not.
fn stating(note: &str) -> String {
    format!(
        "-- pages\n--\n-- Revision ID: a3\n-- Revises: a2\n\n-- migrate:upgrade\n{note}\n\
         ALTER TABLE books ADD COLUMN pages INTEGER;\n\n-- migrate:downgrade\nALTER TABLE books DROP COLUMN pages;\n"
    )
}

on_every_database! {
    fn a_database_is_compared_with_its_revisions(db) {
        let project = shelf().variable("DATABASE_URL", db.url());
        let exit = |args: &[&str]| project.output(args).status.code();
        project.ok(&["ensure-version"]);
        assert_eq!(exit(&["verify"]), Some(0), "{}", project.run(&["verify"]));
        assert_eq!(exit(&["upgrade", "+1", "--verify"]), Some(0), "{}", project.run(&["verify"]));
        assert_eq!(exit(&["upgrade", "--verify"]), Some(0), "{}", project.run(&["verify"]));
        assert_eq!(exit(&["downgrade", "-1", "--verify"]), Some(0), "{}", project.run(&["verify"]));
        by_hand(db, "ALTER TABLE shelves ADD COLUMN room INTEGER");
        by_hand(db, "CREATE TABLE rooms (id INTEGER NOT NULL)");
        // It runs, is recorded, and the answer is no.
        let upgrade = project.run(&["upgrade", "--verify"]);
        assert!(upgrade.starts_with("exit 1\n--- stdout\n+ table rooms\n"), "{upgrade}");
        assert!(upgrade.contains("~ table shelves\n  + room int"), "{upgrade}");
        assert!(upgrade.contains("Finished at a2 (head)"), "{upgrade}");
        assert!(upgrade.contains("error[drift]: the database differs from what its revisions make, in 2 objects"), "{upgrade}");
        by_hand(db, "ALTER TABLE shelves DROP COLUMN room");
        assert_eq!(exit(&["verify"]), Some(1));
        assert_eq!(exit(&["verify", "--allow-others"]), Some(0), "{}", project.run(&["verify", "--allow-others"]));
        by_hand(db, "DROP TABLE rooms");
        let verify = project.run(&["verify"]);
        assert!(verify.contains("Verified at a2 (head): the database has what its revisions make"), "{verify}");
    }

    fn what_a_file_states_is_held_against_the_database(db) {
        let project = shelf().variable("DATABASE_URL", db.url());
        let up = |note: &str| {
            let project = shelf().variable("DATABASE_URL", db.url()).file("migrations/a3_pages.sql", &stating(note));
            let run = project.run(&["upgrade", "--verify"]);
            project.ok(&["downgrade", "a2"]);
            run
        };
        let right = up("-- migrate:effect ALTER TABLE books ADD COLUMN pages INTEGER");
        assert!(right.starts_with("exit 0"), "{right}");
        for wrong in ["-- migrate:effect none", "-- migrate:effect ALTER TABLE books ADD COLUMN sides INTEGER"] {
            let run = up(wrong);
            assert!(run.starts_with("exit 1\n--- stdout\n~ table books\n"), "{run}");
            assert!(
                run.contains("note: `a3` says what its SQL does (`-- migrate:effect`), and that may not be so: migrations/a3_pages.sql"),
                "{run}"
            );
        }
        // What nobody can know is not called a difference.
        let opaque = up("-- migrate:opaque");
        assert!(opaque.starts_with("exit 0\n--- stdout\n? table books, which is not known in all\n"), "{opaque}");
        assert!(opaque.contains("note: not all can be compared"), "{opaque}");
        assert_eq!(project.output(&["verify"]).status.code(), Some(0));
    }
}

#[test]
fn what_differs_is_told() {
    let project = shelf();
    project.ok(&["upgrade"]);
    project.sqlite(
        "DROP INDEX shelves_name; DROP TABLE books; CREATE TABLE rooms (id INTEGER NOT NULL, door TEXT);
         CREATE VIEW names AS SELECT name FROM shelves",
    );
    assert_data_eq!(
        project.story(&[
            "verify",
            "verify --allow-others --json",
            "upgrade --verify --sql",
            "--wait 60s verify --url sqlite:none.db"
        ]),
        str![[r#"
$ migrate verify
exit 1
--- stdout
- table books
+ table rooms
  + id integer not null
  + door text
~ table shelves
  - index shelves_name (name)
+ view names
  + as SELECT name FROM shelves
--- stderr
error[drift]: the database differs from what its revisions make, in 4 objects
 = note: `-` is what the revisions make, `+` what the database has
 = note: the database is at `a2`
 = help: write a revision that makes what was done by hand, or take it back in the database
$ migrate verify --allow-others --json
exit 1
--- stdout
{"type":"begin","format":1,"command":"verify"}
{"type":"difference","dialect":"sqlite","object":"table books","about":"","before":"table books","after":null,"text_only":false}
{"type":"difference","dialect":"sqlite","object":"table shelves","about":"index shelves_name","before":"index shelves_name (name)","after":null,"text_only":false}
{"type":"diagnostic","level":"error","code":"drift","message":"the database differs from what its revisions make, in 2 objects","spans":[],"notes":["`-` is what the revisions make, `+` what the database has","the database is at `a2`"],"helps":["write a revision that makes what was done by hand, or take it back in the database"]}
{"type":"end","ok":false,"exit":1,"current":["a2"]}
$ migrate upgrade --verify --sql
exit 2
--- stderr
error: the argument '--verify' cannot be used with '--sql'

Usage: migrate upgrade --verify [TARGET]...

For more information, try '--help'.
$ migrate --wait 60s verify --url sqlite:none.db
exit 6
--- stderr
error[unreachable]: cannot reach `sqlite:none.db`: the file does not exist
 = help: `migrate upgrade head` makes it

"#]]
    );
}

#[test]
fn what_is_only_worded_otherwise_is_no_drift() {
    let view = "-- names\n--\n-- Revision ID: a2\n-- Revises: a1\n\n-- migrate:upgrade\nCREATE VIEW names AS SELECT name FROM shelves;\n\n\
                -- migrate:downgrade\nDROP VIEW names;\n";
    let project = Project::empty()
        .file("migrations/a1_shelves.sql", SHELVES)
        .file("migrations/a2_names.sql", view)
        .variable("DATABASE_URL", "sqlite:app.db");
    project.ok(&["upgrade"]);
    project.sqlite("DROP VIEW names; CREATE VIEW names AS SELECT name FROM shelves WHERE true");
    assert_data_eq!(
        project.story(&["verify", "verify --json"]),
        str![[r#"
$ migrate verify
exit 0
--- stdout
~ view names
  - as SELECT name FROM shelves
  + as SELECT name FROM shelves WHERE true
--- stderr
    Verified at a2 (head): the database has what its revisions make
note: the texts of these expressions differ, and may mean the same
$ migrate verify --json
exit 0
--- stdout
{"type":"begin","format":1,"command":"verify"}
{"type":"difference","dialect":"sqlite","object":"view names","about":"query","before":"as SELECT name FROM shelves","after":"as SELECT name FROM shelves WHERE true","text_only":true}
{"type":"end","ok":true,"exit":0,"current":["a2"]}

"#]]
    );
}

#[test]
fn a_database_that_is_elsewhere_is_not_compared() {
    let project = shelf();
    project.ok(&["upgrade"]);
    let edited = project.file("migrations/a1_shelves.sql", &SHELVES.replace("VARCHAR(20)", "VARCHAR(30)"));
    let verify = edited.run(&["verify"]);
    assert!(verify.starts_with("exit 3\n") && verify.contains("error[edited]: `a1` was edited"), "{verify}");
    std::fs::remove_file(edited.path().join("migrations/a2_books.sql")).expect("it is there");
    let verify = edited.run(&["verify"]);
    assert!(verify.starts_with("exit 3\n") && verify.contains("error[unknown-in-database]"), "{verify}");
    assert_data_eq!(
        Project::empty().file("migrations/a1_shelves.sql", SHELVES).run(&["verify"]),
        str![[r#"
exit 2
--- stderr
error[no-database]: no database is named
 = help: set `DATABASE_URL` (also in `.env`), `url` in migrate.toml, or `--url`

"#]]
    );
}
