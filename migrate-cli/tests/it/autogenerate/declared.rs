//! Models in Rust: diesel's `schema.rs` as it is, and `migrate::table!`.

use snapbox::{assert_data_eq, str};

use crate::project::Project;

/// Writes the models, and the revision that leads to them; it is applied, undone and applied again.
fn step(project: Project, id: &str, models: &str, flags: &[&str]) -> (Project, String) {
    let project = project.file("src/schema.rs", models);
    let path = project.ok(&[&["revision", "--autogenerate", "-m", "step", "--rev-id", id], flags].concat());
    let text = project.read(path.trim());
    for args in [&["upgrade"][..], &["downgrade", "-1"], &["verify"], &["upgrade"], &["check"]] {
        let shown = project.run(args);
        assert!(shown.starts_with("exit 0\n") && !shown.contains("warning"), "{args:?} {shown}\n{text}");
    }
    let again = project.run(&["revision", "--autogenerate"]);
    assert!(again.contains("nothing to write"), "{again}\n{text}");
    (project, text)
}

fn project() -> Project {
    Project::empty()
        .file("migrations/.gitkeep", "")
        .file(
            "migrate.toml",
            "models = \"src/schema.rs\"\n\n[autogenerate.naming]\nix = \"ix_%(column_0_label)s\"\n",
        )
        .variable("DATABASE_URL", "sqlite:app.db")
}

#[test]
fn diesels_own_declarations() {
    let users =
        "diesel::table! {\n    users (id) {\n        id -> Integer,\n        name -> Text,\n    }\n}\n";
    let (project, text) = step(project(), "a1", users, &[]);
    assert!(
        text.contains("CREATE TABLE users (\n    id INTEGER") && text.contains("name TEXT NOT NULL\n);"),
        "{text}"
    );
    project.sqlite("INSERT INTO users (name) VALUES ('ann')");

    // An index by hand: what the declarations cannot say stays.
    let index = "-- index\n--\n-- Revision ID: a2\n-- Revises: a1\n\n-- migrate:upgrade\nCREATE INDEX users_name ON users (name);\n\n\
                 -- migrate:downgrade\nDROP INDEX users_name;\n";
    let project = project.file("migrations/a2.sql", index);
    project.ok(&["upgrade"]);
    let more = users.replace("        name", "        age -> Nullable<Integer>,\n        name")
        + "diesel::table! {\n    posts (id) {\n        id -> Integer,\n        author_id -> Integer,\n    }\n}\n\
           diesel::joinable!(posts -> users (author_id));\n";
    let (project, text) = step(project, "a3", &more, &[]);
    assert!(!text.contains("INDEX"), "{text}");
    assert!(text.contains("FOREIGN KEY (author_id) REFERENCES users (id)"), "{text}");
    project.sqlite("INSERT INTO posts (author_id) SELECT id FROM users WHERE name = 'ann'");

    let (project, text) =
        step(project, "a4", &more.replace("name ->", "title ->"), &["--rename", "users.name=title"]);
    assert!(text.contains("ALTER TABLE users RENAME COLUMN name TO title;"), "{text}");
    project.sqlite("CREATE TABLE once (n INTEGER NOT NULL); INSERT INTO once SELECT CASE WHEN count(*) = 1 THEN 1 END FROM users WHERE title = 'ann'; DROP TABLE once;");
}

#[test]
fn declarations_that_say_more() {
    let users = "migrate::table! {\n    #[index(name)]\n    users (id) {\n        id -> Integer,\n        name -> Text,\n        #[default(\"'new'\")]\n        state -> Text,\n    }\n}\n";
    let (project, text) = step(project(), "a1", users, &[]);
    assert!(text.contains("CREATE INDEX ix_users_name ON users (name);"), "{text}");
    assert!(text.contains("state TEXT NOT NULL DEFAULT 'new'"), "{text}");
    project.sqlite("INSERT INTO users (name) VALUES ('ann')");
    let renamed = users
        .replace("        name ->", "        #[renamed_from = \"name\"]\n        title ->")
        .replace("index(name)", "index(title, name = \"ix_users_name\")");
    let (project, text) = step(project, "a2", &renamed, &[]);
    assert!(
        text.contains("ALTER TABLE users RENAME COLUMN name TO title;") && !text.contains("INDEX"),
        "{text}"
    );
    let (_, text) =
        step(project, "a3", &renamed.replace("    #[index(title, name = \"ix_users_name\")]\n", ""), &[]);
    assert!(text.contains("DROP INDEX ix_users_name;"), "{text}");
}

#[test]
fn what_is_declared_and_not_done_is_told() {
    let config = "dialects = [\"sqlite\"]\nmodels = \"src/schema.rs\"\n";
    let project = Project::empty()
        .file("migrate.toml", config)
        .file(
            "migrations/a1.sql",
            "-- a\n--\n-- Revision ID: a1\n-- Revises: <base>\n\n-- migrate:upgrade\n\
             CREATE TABLE users (id INTEGER NOT NULL PRIMARY KEY, name TEXT);\n\
             CREATE TABLE posts (id INTEGER NOT NULL PRIMARY KEY, user_id INTEGER NOT NULL);\n\n\
             -- migrate:downgrade\nDROP TABLE posts;\nDROP TABLE users;\n",
        )
        .file(
            "src/schema.rs",
            "diesel::table! {\n    users (id) {\n        id -> Integer,\n        name -> Nullable<Txet>,\n    }\n}\n\
             diesel::table! {\n    posts (id) {\n        id -> Integer,\n        user_id -> Integer,\n    }\n}\n\
             diesel::joinable!(posts -> users (user_id));\n",
        );
    let shown = project.run(&["revision", "--autogenerate", "-m", "x"]);
    assert_data_eq!(
        &shown,
        str![[r#"
exit 0
--- stderr
warning[unknown-type]: nobody knows which type `Txet` is, so `users.name` keeps its own
 --> src/schema.rs:4:17
  |
4 |         name -> Nullable<Txet>,
  |                 ^^^^^^^^^^^^^^ neither diesel nor this file has it
  |
  = help: say it in migrate.toml, below `[autogenerate.types]`: `Txet = "<SQL type>"`
  = help: `// migrate:ignore` above the column leaves it out
warning[joinable]: no foreign key leads from `posts.user_id` to `users`
  --> src/schema.rs:13:9
   |
13 | diesel::joinable!(posts -> users (user_id));
   |         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ of a column that is there it makes no foreign key
   |
   = help: `#[references(users)]` of the column in `migrate::table!` makes one, and so does a revision by hand
note: but for what is told above, the models and the history agree: there is nothing to write

"#]]
    );
    let warnings =
        &shown[shown.find("warning").expect("a warning")..shown.find("note: but").expect("a note")];
    assert_eq!(
        project.run(&["check"]),
        format!(
            "exit 0\n--- stderr\n     Checked 1 revision: the history is valid\n{warnings}     \
             Checked the models agree with it, but for what is told above\n"
        )
    );
    let said = format!("{config}\n[checks]\njoinable = \"allow\"\n\n[autogenerate.types]\nTxet = \"TEXT\"\n");
    let project = project.file("migrate.toml", &said);
    assert_eq!(
        project.run(&["revision", "--autogenerate"]),
        "exit 0\n--- stderr\nnote: the models and the history agree: there is nothing to write\n"
    );
}

#[test]
fn how_new_keys_count_is_configured() {
    let project = Project::empty()
        .file("migrations/.gitkeep", "")
        .file("src/schema.rs", "diesel::table! {\n    users (id) {\n        id -> BigInt,\n    }\n}\n");
    for (setting, column) in [
        ("", "id BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY"),
        ("new_keys = \"identity\"", "id BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY"),
        ("new_keys = \"serial\"", "id BIGSERIAL PRIMARY KEY"),
        ("new_keys = \"plain\"", "id BIGINT PRIMARY KEY"),
    ] {
        let config =
            format!("dialects = [\"postgres\"]\nmodels = \"src/schema.rs\"\n\n[autogenerate]\n{setting}\n");
        std::fs::write(project.path().join("migrate.toml"), config).expect("it is written");
        let text = project.ok(&["revision", "--autogenerate", "--sql"]);
        assert!(text.contains(&format!("\n    {column}\n")), "{setting}\n{text}");
    }
}

#[test]
fn models_of_another_database_are_told() {
    let users = "diesel::table! {\n    users (id) {\n        id -> Integer,\n    }\n}\n";
    let project = Project::empty().file("migrations/.gitkeep", "").file("schema/postgres.rs", users);
    let args = ["revision", "--autogenerate", "--models", "schema/postgres.rs", "--dialect", "sqlite"];
    let shown = project.run(&args);
    assert!(shown.starts_with("exit 0\n--- stderr\nnote: the models say nothing of sqlite: "), "{shown}");
}

/// It may leave the other tables out.
#[test]
fn a_diesel_toml_that_cannot_be_read_drops_nothing() {
    let table = |name: &str| format!("CREATE TABLE {name} (id INTEGER NOT NULL PRIMARY KEY);\n");
    let revision = format!(
        "-- a\n--\n-- Revision ID: a1\n-- Revises: <base>\n\n-- migrate:upgrade\n{}{}\n-- migrate:irreversible it is the first\n",
        table("users"),
        table("tags")
    );
    let declared =
        "diesel::table! {\n    tags (id) {\n        id -> Integer,\n        name -> Text,\n    }\n}\n";
    let project = Project::empty()
        .file("migrations/a1.sql", &revision)
        .file("src/schema.rs", declared)
        .file("diesel.toml", "[print_schema\nfilter = { only_tables = [\"tags\"] }\n");
    let args = ["revision", "--autogenerate", "--models", "src/schema.rs", "--dialect", "sqlite", "--sql"];
    let shown = project.run(&args);
    assert!(
        shown.contains("warning[diesel-config]: what diesel.toml says of `src/schema.rs` is not understood"),
        "{shown}"
    );
    assert!(shown.contains(" --> diesel.toml:1:14\n") && shown.contains("unclosed table"), "{shown}");
    assert!(shown.contains("+ column tags.name text not null\n") && !shown.contains("users"), "{shown}");
    let project = project.file("diesel.toml", "");
    assert!(project.run(&args).contains("- table users"));
}
