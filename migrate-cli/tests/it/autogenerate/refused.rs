//! What goes wrong: each with what it is and what to do, and nothing written.

use snapbox::{assert_data_eq, str};

use super::workflow::project;
use crate::project::Project;

fn run(project: &Project, more: &[&str]) -> String {
    let args = [&["revision", "--autogenerate", "-m", "x", "--rev-id", "b1"], more].concat();
    let shown = project.run(&args);
    let written = std::fs::read_dir(project.path().join("migrations")).expect("a folder");
    let written = written
        .filter(|entry| entry.as_ref().expect("an entry").file_name().to_string_lossy().starts_with("b1"));
    assert_eq!(written.count(), 0, "{shown}");
    shown
}

#[test]
fn models_that_are_not_there() {
    let none = Project::line();
    assert_data_eq!(
        run(&none, &[]),
        str![[r#"
exit 2
--- stderr
error[no-models]: nothing says where the models are
 = help: name them with `--models src/schema.rs`, or `models` in migrate.toml
 = help: models are diesel's `schema.rs`, `migrate::table!`, or a `schema.sql`

"#]]
    );
    assert_data_eq!(
        run(&Project::line().file("src/main.rs", "fn main() {}\n"), &["--models", "src/main.rs"]),
        str![[r#"
exit 0
--- stderr
warning[empty-models]: no table is declared in `src/main.rs`
 = help: models are diesel's `schema.rs`, `migrate::table!`, or a `schema.sql`
note: the models and the history agree: there is nothing to write

"#]]
    );
    assert_data_eq!(
        run(&none, &["--models", "src/schema.rs"]),
        str![[r#"
exit 2
--- stderr
error[missing-schema]: there is no file `src/schema.rs`
 = help: name the file that `diesel print-schema` writes, such as `src/schema.rs`, or a `schema.sql`

"#]]
    );
    assert_data_eq!(
        none.run(&["revision", "--models", "x"]),
        str![[r#"
exit 2
--- stderr
error: the following required arguments were not provided:
  --autogenerate

Usage: migrate revision --autogenerate --models <FILE>

For more information, try '--help'.

"#]]
    );
}

#[test]
fn models_that_cannot_be_read() {
    let project = project().file("schema.sql", "CREATE TABLE users (id INTEGER PRIMARY KEY,\n");
    assert_data_eq!(
        run(&project, &[]),
        str![[r#"
exit 2
--- stderr
error[syntax]: this is not a statement of SQLite
 --> schema.sql:1:44
  |
1 | CREATE TABLE users (id INTEGER PRIMARY KEY,
  |                                            ^ the statement is not complete
  |
  = help: if the database takes it all the same, `-- migrate:opaque` on a line above it keeps it from being read

"#]]
    );
    let project = project.file("schema.rs", "diesel::table! {\n    users (id) {\n        id -> \n    }\n}\n");
    assert_data_eq!(
        run(&project, &["--models", "schema.rs"]),
        str![[r#"
exit 0
--- stderr
warning[unread-model]: this declaration is not read: what it is about stays as it is
 --> schema.rs:4:5
  |
4 |     }
  |     ^ expected a SQL type
note: but for what is told above, the models and the history agree: there is nothing to write

"#]]
    );
}

#[test]
fn names_that_are_not_there() {
    assert_data_eq!(
        run(&project(), &["--rename", "user.age=email", "--rename", "users.age=emial", "--rename", "users"]),
        str![[r#"
exit 2
--- stderr
error[unknown-rename]: the history has no table `user`
 = note: `--rename user.age=email` says so
 = help: the nearest is `users`
error[unknown-rename]: the models have no column `users.emial`
 = note: `--rename users.age=emial` says so
 = help: the nearest is `email`
error[unknown-rename]: `users` does not say what is renamed
 = note: `--rename users` says so
 = help: write `posts.headline=title` for a column, `posts=articles` for a table

"#]]
    );
}

#[test]
fn a_history_with_errors() {
    let project = project().file(
        "migrations/a2_broken.sql",
        "-- broken\n--\n-- Revision ID: a2\n-- Revises: a1\n\n-- migrate:upgrade\nALTER TABLE user ADD COLUMN x TEXT;\n\n-- migrate:downgrade\n",
    );
    assert_data_eq!(
        run(&project, &[]),
        str![[r#"
exit 3
--- stderr
note: the migrations in `migrations` have 1 problem
error[missing-table]: there is no table `user`
 --> migrations/a2_broken.sql:7:13
  |
7 | ALTER TABLE user ADD COLUMN x TEXT;
  |             ^^^^
  |
  = help: the nearest is `users`
  = help: if the database takes it all the same: `-- migrate:allow missing-table <reason>` on the line above

"#]]
    );
}

#[test]
fn a_database_that_is_behind() {
    let project = project().variable("DATABASE_URL", "sqlite:app.db");
    project.sqlite("CREATE TABLE mine (id INTEGER)");
    assert_data_eq!(
        run(&project, &["--from-database", "--allow-destructive"]),
        str![[r#"
exit 1
--- stderr
error[not-current]: the database lacks 1 revision of this history
 = note: the next is `a1`
 = note: the database is at base, before every revision
 = help: run `migrate upgrade heads`
 = help: without `--from-database` no database is asked

"#]]
    );
    project.ok(&["upgrade"]);
    // What no revision has made is nobody's to drop.
    let sections = |more: &[&str]| {
        let shown = project.ok(&[&["revision", "--autogenerate", "--sql", "-q"], more].concat());
        shown.split_once("-- migrate:upgrade").expect("a section").1.to_owned()
    };
    assert_eq!(sections(&["--from-database"]), sections(&[]));
    project.sqlite("ALTER TABLE users ADD COLUMN email VARCHAR(9)");
    assert_data_eq!(
        run(&project, &["--from-database", "--allow-destructive"]),
        str![[r#"
exit 8
--- stderr
  + table posts
  ~ column users.email: varchar(9) -> varchar(99)
  + index users_email (email) on users
  - column users.age, which loses data
  - index users_name (name) on users
error[drift]: the database has something else than its revisions make, and the revision would not fit them
 = note: table `users` has no column `email`
 = note: nothing was written
 = help: `migrate verify` shows in what the two differ
 = help: without `--from-database` the revision is made from the history

"#]]
    );
}

#[test]
fn what_cannot_be_made() {
    let project = Project::empty()
        .file("migrate.toml", "dialects = [\"postgres\"]\nmodels = \"schema.sql\"\n")
        .revision("a1", "<base>", "users")
        .file("schema.sql", "CREATE TABLE users (id INTEGER);\nCREATE TABLE tags (id INTEGER);\nCREATE RULE quiet AS ON DELETE TO users DO INSTEAD NOTHING;\n");
    assert_data_eq!(
        run(&project, &[]),
        str![[r#"
exit 8
--- stderr
  + table tags
  + rule users quiet
error[not-generated]: not everything can be generated; nothing was written
 = note: rule users quiet is new
 = help: write the SQL for it in a revision of its own: `migrate revision -m "..."`
 = help: or leave it out, with `exclude` in the configuration, or with `--allow-incomplete` for once

"#]]
    );
    project.ok(&["revision", "--autogenerate", "-m", "x", "--rev-id", "b1", "--allow-incomplete"]);
    assert_data_eq!(
        project.read("migrations/b1_x.sql"),
        str![[r#"
-- x
--
-- Revision ID: b1
-- Revises: a1
-- Create Date: [..]

-- migrate:upgrade
-- not generated: rule users quiet is new

CREATE TABLE tags (
    id INTEGER
);

-- migrate:downgrade
DROP TABLE tags;

"#]]
    );
}

#[test]
fn a_configuration_that_cannot_be() {
    let project = project().file(
        "migrate.toml",
        "models = []\n[autogenerate]\ninclude = [\"index:a\"]\nexclude = [\"a\", \"veiw:b\"]\nincldue = 1\nnew_keys = \"seriel\"\n[autogenerate.naming]\nix = \"%(tabel_name)s\"\nxx = \"a\"\n[autogenerate.types]\nCitext = 1\nMoney = { oracle = \"x\" }\n",
    );
    assert_data_eq!(
        run(&project, &[]),
        str![[r#"
exit 2
--- stderr
error[config]: `models` has a wrong value
 --> migrate.toml:1:10
  |
1 | models = []
  |          ^^ it is empty
error[config]: `include` has a wrong value
 --> migrate.toml:3:12
  |
3 | include = ["index:a"]
  |            ^^^^^^^^^ what counts are whole objects; parts can be left out with `exclude`
error[config]: `exclude` has a wrong value
 --> migrate.toml:4:17
  |
4 | exclude = ["a", "veiw:b"]
  |                 ^^^^^^^^ `veiw` is no kind of object; the nearest is `view`
error[config]: unknown key `incldue`
 --> migrate.toml:5:1
  |
5 | incldue = 1
  | ^^^^^^^ not a key of this table
  |
  = help: the nearest known key is `include`
error[config]: `new_keys` has a wrong value
 --> migrate.toml:6:12
  |
6 | new_keys = "seriel"
  |            ^^^^^^^^ expected `identity` or `serial` or `plain`
error[config]: `ix` has a wrong value
 --> migrate.toml:8:6
  |
8 | ix = "%(tabel_name)s"
  |      ^^^^^^^^^^^^^^^^ `%(tabel_name)s` stands for nothing in a name
  |
  = help: the nearest token is `%(table_name)s`
error[config]: unknown key `xx`
 --> migrate.toml:9:1
  |
9 | xx = "a"
  | ^^ not a key of this table
  |
  = help: the nearest known key is `ix`
error[config]: `Citext` has a wrong value
  --> migrate.toml:11:10
   |
11 | Citext = 1
   |          ^
   |
   = help: write `Citext = "citext"`, or `Citext = { postgres = "citext" }`
error[config]: `oracle` is no database
  --> migrate.toml:12:11
   |
12 | Money = { oracle = "x" }
   |           ^^^^^^
   |
   = help: the dialects are `postgres`, `mysql` and `sqlite`

"#]]
    );
}
