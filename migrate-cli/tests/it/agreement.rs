//! `check`: whether models, migrations and database agree, and who differs from whom.

use migrate_test::{Database, PgConnection, on_every_database};
use snapbox::{assert_data_eq, str};

use crate::project::Project;
use crate::shelf::{BOOKS, SHELVES, by_hand, shelf};

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

/// What the models want: all that the history makes, and what is given.
fn models(books: &str, more: &str) -> String {
    format!(
        "CREATE TABLE shelves (id INTEGER NOT NULL PRIMARY KEY, name VARCHAR(20) NOT NULL DEFAULT 'new');\n\
         CREATE INDEX shelves_name ON shelves (name);\n\
         CREATE TABLE books (id INTEGER NOT NULL PRIMARY KEY, {books});\n{more}\n"
    )
}

on_every_database! {
    fn the_one_of_three_that_differs_is_named(db) {
        let wanted = |text: &str| {
            let project = shelf().variable("DATABASE_URL", db.url()).file("schema.sql", text);
            project.file("migrate.toml", "models = \"schema.sql\"\n")
        };
        let project = wanted(&models("title VARCHAR(100)", ""));
        project.ok(&["upgrade"]);
        let check = project.run(&["check"]);
        assert!(check.starts_with("exit 0\n"), "{check}");
        assert!(check.contains("Checked models, migrations and database agree\n"), "{check}");

        // The database.
        by_hand(db, "ALTER TABLE books DROP COLUMN title");
        let check = project.run(&["check"]);
        assert!(check.contains("error[drift]: models and migrations agree; the database lacks column title of table books\n"), "{check}");
        assert!(!check.contains("models-differ"), "{check}");

        // The migrations.
        let project = wanted(&models("pages INTEGER", ""));
        by_hand(db, "ALTER TABLE books ADD COLUMN pages INTEGER");
        let check = project.run(&["check"]);
        assert!(check.starts_with("exit 1\n"), "{check}");
        assert!(check.contains("the migrations, and what both the models and the database have:\n  ~ table books\n    + pages int"), "{check}");
        assert!(check.contains("error[models-differ]: models and database differ from what the migrations make, in 1 object\n"), "{check}");
        assert!(!check.contains("drift"), "{check}");

        // The models.
        by_hand(db, "ALTER TABLE books DROP COLUMN pages");
        by_hand(db, "ALTER TABLE books ADD COLUMN title VARCHAR(100)");
        let project = wanted(&models("title VARCHAR(100)", "CREATE INDEX books_title ON books (title);"));
        let check = project.run(&["check"]);
        let told = "error[models-differ]: migrations and database agree; the models want index books_title of table books, which no migration makes\n";
        assert!(check.contains(told), "{check}");
        assert!(check.contains(" = help: `migrate revision --autogenerate` writes"), "{check}");
        assert!(!check.contains("drift"), "{check}");

        // All of them.
        by_hand(db, "DROP TABLE books");
        let check = project.run(&["check"]);
        assert!(check.contains("error[models-differ]: the models want index books_title"), "{check}");
        assert!(check.contains("error[drift]: the database lacks table books"), "{check}");

        // What does not count differs for nobody.
        let project = project.file("migrate.toml", "models = \"schema.sql\"\n[autogenerate]\nexclude = [\"books\"]\n");
        let check = project.run(&["check"]);
        assert!(check.starts_with("exit 0\n"), "{check}");
    }

    fn models_that_cannot_say_everything_are_compared_as_far_as_they_go(db) {
        let schema = |title: &str| {
            format!(
                "diesel::table! {{ shelves (id) {{ id -> Integer, #[max_length = 20] name -> Varchar, }} }}\n\
                 diesel::table! {{ books (id) {{ id -> Integer, {title} }} }}\n"
            )
        };
        let project = shelf()
            .variable("DATABASE_URL", db.url())
            .file("src/schema.rs", &schema("#[max_length = 100] title -> Nullable<Varchar>,"))
            .file("migrate.toml", "schema = \"src/schema.rs\"\n");
        project.ok(&["upgrade"]);
        let check = project.run(&["check"]);
        assert!(check.starts_with("exit 0\n") && check.contains("models, migrations and database agree"), "{check}");
        let title = "#[max_length = 100] title -> Nullable<Varchar>, pages -> Nullable<Integer>,";
        let project = project.file("src/schema.rs", &schema(title));
        let check = project.run(&["check"]);
        assert!(check.starts_with("exit 1\n"), "{check}");
        assert!(check.contains("warning[model-column]: no migration makes the column `pages` of `books`"), "{check}");
        assert!(check.contains("the models want column pages of table books, which no migration makes"), "{check}");
    }
}

#[test]
fn what_cannot_be_compared_is_said() {
    let Some(db) = Database::<PgConnection>::new("agreement_path") else { return };
    by_hand(&db, "CREATE SCHEMA app");
    let url = db.url();
    let mark = if url.contains('?') { '&' } else { '?' };
    let project = shelf().variable("DATABASE_URL", &format!("{url}{mark}options=-csearch_path%3Dapp"));
    project.ok(&["upgrade"]);
    let check = project.run(&["check"]);
    assert!(check.starts_with("exit 0\n"), "{check}");
    let note = "note: what the database has is not compared: names without a schema lead to `app` on this connection\n";
    assert!(check.contains(note), "{check}");
    // It need not be the URL that says so.
    let name = url.split(['/', '?']).nth(3).expect("a database").to_owned();
    by_hand(&db, &format!("ALTER DATABASE \"{name}\" SET search_path = app"));
    let project = project.variable("DATABASE_URL", url);
    assert!(project.run(&["check"]).contains(note), "{name}");
    let models = models("title VARCHAR(200)", "");
    let project = project.file("schema.sql", &models);
    let write = ["revision", "--autogenerate", "--from-database", "--models", "schema.sql", "-m", "none"];
    for told in [project.run(&write), project.run(&["verify"])] {
        assert!(told.contains("error[configuration]: names without a schema lead to `app`"), "{told}");
        assert!(told.contains("help: connect with a `search_path` that begins with `public`"), "{told}");
    }
    project.ok(&["downgrade", "-1"]);
    let check = project.run(&["check"]);
    assert!(check.starts_with("exit 1\n") && check.contains("error[not-current]"), "{check}");
}

#[test]
fn without_a_database_models_and_migrations_are_compared() {
    let project = Project::empty()
        .file("migrations/a1_shelves.sql", SHELVES)
        .file("migrations/a2_books.sql", BOOKS)
        .file(
            "schema.sql",
            &models("title VARCHAR(200)", "CREATE TABLE tags (id INTEGER NOT NULL PRIMARY KEY);"),
        )
        .file("migrate.toml", "dialects = [\"postgres\", \"sqlite\"]\n");
    assert_data_eq!(
        project.story(&[
            "check",
            "check --models schema.sql",
            "check --models schema.sql --json",
            "check --models lost.sql"
        ]),
        str![[r#"
$ migrate check
exit 0
--- stderr
     Checked 2 revisions: the history is valid
$ migrate check --models schema.sql
exit 1
--- stdout
postgres: the migrations, and what the models want:
  ~ table books
    - title character varying(100)
    + title character varying(200)
  + table tags
    + id integer not null
    + primary key tags_pkey (id)
sqlite: the migrations, and what the models want:
  ~ table books
    - title varchar(100)
    + title varchar(200)
  + table tags
    + id integer not null
    + primary key (id)
--- stderr
     Checked 2 revisions: the history is valid
error[models-differ]: the models differ from what the migrations make, in 2 objects
 = help: `migrate revision --autogenerate` writes the revision that makes them so
$ migrate check --models schema.sql --json
exit 1
--- stdout
{"type":"begin","format":1,"command":"check"}
{"type":"difference","dialect":"postgres","side":"models","object":"table books","about":"column title","before":"title character varying(100)","after":"title character varying(200)","text_only":false}
{"type":"difference","dialect":"postgres","side":"models","object":"table tags","about":"","before":null,"after":"table tags","text_only":false,"lines":["id integer not null","primary key tags_pkey (id)"]}
{"type":"difference","dialect":"sqlite","side":"models","object":"table books","about":"column title","before":"title varchar(100)","after":"title varchar(200)","text_only":false}
{"type":"difference","dialect":"sqlite","side":"models","object":"table tags","about":"","before":null,"after":"table tags","text_only":false,"lines":["id integer not null","primary key (id)"]}
{"type":"diagnostic","level":"error","code":"models-differ","message":"the models differ from what the migrations make, in 2 objects","spans":[],"notes":[],"helps":["`migrate revision --autogenerate` writes the revision that makes them so"]}
{"type":"end","ok":false,"exit":1}
$ migrate check --models lost.sql
exit 2
--- stderr
     Checked 2 revisions: the history is valid
error[missing-schema]: there is no file `lost.sql`
 = help: name the file that `diesel print-schema` writes, such as `src/schema.rs`, or a `schema.sql`

"#]]
    );
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

on_every_database! {
    fn what_was_done_by_hand_is_taken_back_by_a_revision(db) {
        let project = shelf()
            .variable("DATABASE_URL", db.url())
            .file("schema.sql", &models("title VARCHAR(100)", ""))
            .file("migrate.toml", "models = \"schema.sql\"\n");
        project.ok(&["upgrade"]);
        by_hand(db, "CREATE INDEX books_title ON books (title)");
        by_hand(db, "CREATE TABLE readers (id INTEGER NOT NULL)");
        let write = |id: &str| project.run(&["revision", "--autogenerate", "--from-database", "-m", "mend", "--rev-id", id]);
        let written = write("a3");
        assert!(written.starts_with("exit 0\n") && written.contains("index books_title"), "{written}");
        let text = project.read("migrations/a3_mend.sql");
        assert!(text.contains("\nDROP INDEX IF EXISTS books_title") && !text.contains("readers"), "{text}");
        project.ok(&["upgrade"]);
        let check = project.run(&["check"]);
        assert!(check.starts_with("exit 0\n"), "{check}\n{text}");
        let again = write("a4");
        assert!(again.contains("nothing to write"), "{again}");
        // A database that is as it should be takes it, too.
        by_hand(db, "DROP TABLE readers");
        project.ok(&["downgrade", "base"]);
        project.ok(&["upgrade", "--verify"]);

        by_hand(db, "ALTER TABLE books DROP COLUMN title");
        let written = write("a4");
        if db.dialect() == "sqlite" {
            assert!(written.starts_with("exit 8\n"), "{written}");
            assert!(written.contains("note: what mends it: ALTER TABLE books ADD COLUMN title VARCHAR(100);\n"), "{written}");
            return;
        }
        let text = project.read("migrations/a4_mend.sql");
        assert!(text.contains("ADD COLUMN IF NOT EXISTS title"), "{text}");
        project.ok(&["upgrade"]);
        let check = project.run(&["check"]);
        assert!(check.starts_with("exit 0\n"), "{check}\n{text}");
        project.ok(&["downgrade", "base"]);
        project.ok(&["upgrade", "--verify"]);
    }
}

#[test]
fn what_nobody_made_and_is_in_the_way_is_told() {
    let Some(db) = Database::<PgConnection>::new("agreement_way") else { return };
    let project = shelf()
        .variable("DATABASE_URL", db.url())
        .file("schema.sql", &models("title VARCHAR(200)", ""))
        .file("migrate.toml", "models = \"schema.sql\"\n");
    project.ok(&["upgrade"]);
    by_hand(&db, "CREATE VIEW titles AS SELECT upper(title) AS title FROM books");
    let write = ["revision", "--autogenerate", "--from-database", "-m", "longer", "--rev-id", "a3"];
    let told = project.run(&write);
    assert!(told.starts_with("exit 8\n"), "{told}");
    assert!(told.contains("error[drift]: something that no revision has made is in the way"), "{told}");
    assert!(told.contains("`titles`"), "{told}");
    // What does not touch the column goes.
    by_hand(&db, "DROP VIEW titles; CREATE VIEW numbers AS SELECT id FROM books");
    let told = project.run(&write);
    assert!(told.starts_with("exit 0\n"), "{told}");
    project.ok(&["upgrade"]);
}
