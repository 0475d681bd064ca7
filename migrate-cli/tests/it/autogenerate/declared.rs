//! Models in Rust: diesel's `schema.rs` as it is, and `migrate::table!`.

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
