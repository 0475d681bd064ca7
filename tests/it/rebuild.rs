//! Adding, removing and editing a revision file rebuild the crate that embeds it, with plain `cargo build`.

use std::fs;

use crate::application::{Application, LIBRARY};

#[test]
fn every_change_of_the_directory_is_noticed() {
    let app = Application::new(true);
    assert_eq!(app.embedded(), "CREATE TABLE one (id INTEGER);\n");

    app.revision("a2", "a1", "CREATE TABLE two (id INTEGER);");
    assert_eq!(
        app.embedded(),
        "CREATE TABLE one (id INTEGER);CREATE TABLE two (id INTEGER);\n",
        "a file was added"
    );

    app.revision("a2", "a1", "CREATE TABLE deux (id INTEGER);");
    assert_eq!(
        app.embedded(),
        "CREATE TABLE one (id INTEGER);CREATE TABLE deux (id INTEGER);\n",
        "a file was edited"
    );

    app.revision("deep/down/a3", "a2", "CREATE TABLE three (id INTEGER);");
    fs::rename(
        app.path("app/migrations/deep/down/a3_it.sql"),
        app.path("app/migrations/deep/down/a4_it.sql"),
    )
    .unwrap();
    let text = fs::read_to_string(app.path("app/migrations/deep/down/a4_it.sql")).unwrap();
    fs::write(app.path("app/migrations/deep/down/a4_it.sql"), text.replace("deep/down/a3", "a4")).unwrap();
    assert!(
        app.embedded().ends_with("CREATE TABLE three (id INTEGER);\n"),
        "a file was added in a new sub-folder"
    );

    fs::remove_dir_all(app.path("app/migrations/deep")).unwrap();
    fs::remove_file(app.path("app/migrations/a2_it.sql")).unwrap();
    assert_eq!(app.embedded(), "CREATE TABLE one (id INTEGER);\n", "files were removed");

    app.revision("a2", "missing", "");
    let output = app.cargo(&["build"]);
    let message = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success() && message.contains("revises `missing`"), "{message}");
    app.revision("a2", "a1", "CREATE TABLE two (id INTEGER);");

    let output = app.cargo(&["test"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn a_build_without_a_build_script_warns_and_still_notices_edits() {
    let app = Application::new(false);
    let output = app.cargo(&["build"]);
    let message = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{message}");
    assert!(message.contains("cargo will not notice new files in `migrations`"), "{message}");

    app.revision("a1", "<base>", "CREATE TABLE uno (id INTEGER);");
    assert_eq!(app.embedded(), "CREATE TABLE uno (id INTEGER);\n");
}

#[test]
fn every_directory_of_a_list_is_watched() {
    let app = Application::new(true);
    let list = r#"["migrations", "billing/migrations"]"#;
    app.write("app/src/lib.rs", &LIBRARY.replace("\"migrations\"", list));
    app.write("app/tests/it.rs", "");
    let invoice = |sql: &str| {
        let text = format!(
            "-- b1\n-- Revision ID: b1\n-- Revises: a1\n\n-- migrate:upgrade\n{sql}\n\n-- migrate:downgrade\n"
        );
        app.write("app/billing/migrations/b1.sql", &text);
    };
    invoice("CREATE TABLE invoices (id INTEGER);");
    let output = app.cargo(&["build"]);
    let message = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(message.contains("cargo will not notice new files in `billing/migrations`"), "{message}");
    assert!(message.contains("rerun-if-changed=billing/migrations"), "{message}");

    app.write(
        "app/build.rs",
        "fn main() {\n    println!(\"cargo::rerun-if-changed=migrations\");\n    \
         println!(\"cargo::rerun-if-changed=billing/migrations\");\n}\n",
    );
    let output = app.cargo(&["build"]);
    let message = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success() && !message.contains("will not notice"), "{message}");

    invoice("CREATE TABLE bills (id INTEGER);");
    assert_eq!(app.embedded(), "CREATE TABLE one (id INTEGER);CREATE TABLE bills (id INTEGER);\n");
    fs::remove_file(app.path("app/billing/migrations/b1.sql")).unwrap();
    assert_eq!(app.embedded(), "CREATE TABLE one (id INTEGER);\n", "a file was removed");
}

#[test]
fn declarations_and_what_is_said_about_them_are_watched() {
    let app = Application::new(true);
    let manifest = fs::read_to_string(app.path("app/Cargo.toml")).unwrap();
    app.write("app/Cargo.toml", &manifest.replace(" }\n", ", features = [\"mysql\"] }\n"));
    app.write(
        "app/src/lib.rs",
        &LIBRARY.replace(
            "pub mod migrations in \"migrations\"",
            "pub mod migrations in \"migrations\", schema = \"src/schema.rs\"",
        ),
    );
    app.write("app/tests/it.rs", "");
    app.write(
        "app/migrations/a1_it.sql",
        "-- a1\n-- Revision ID: a1\n-- Revises: <base>\n\n-- migrate:upgrade\n\
         CREATE TABLE one (id INT PRIMARY KEY, name TEXT NOT NULL);\nCREATE TABLE two (id INT PRIMARY KEY);\n\n\
         -- migrate:downgrade\nDROP TABLE two;\nDROP TABLE one;\n",
    );
    let declared = |name: &str| {
        let table = format!(
            "table! {{\n    one (id) {{\n        id -> Integer,\n        name -> {name},\n    }}\n}}\n"
        );
        app.write("app/src/schema.rs", &table);
    };
    let config = |filter: &str| {
        app.write("diesel.toml", &format!("[print_schema]\nfile = \"app/src/schema.rs\"\n{filter}"));
    };
    let build = || {
        let output = app.cargo(&["build"]);
        (output.status.success(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    declared("Text");
    config("");
    let (succeeds, message) = build();
    assert!(succeeds && message.contains("the table `two`, which is declared nowhere"), "{message}");

    config("filter = { only_tables = [\"one\"] }\n");
    assert_eq!(build(), (true, String::new()), "diesel.toml was edited");

    declared("Nullable<Text>");
    let (succeeds, message) = build();
    assert!(
        !succeeds && message.contains("app/src/schema.rs:4:17"),
        "the declarations were edited: {message}"
    );

    config("filter = { only_tables = [\"one\"] }\npatch_file = \"own.patch\"\n");
    let patch = "@@ -3,2 +3,2 @@\n         id -> Integer,\n-        name -> Text,\n+        name -> Nullable<Text>,\n";
    app.write("own.patch", patch);
    assert_eq!(build(), (true, String::new()), "a patch says that it is meant so");

    app.write("own.patch", "");
    let (succeeds, message) = build();
    assert!(!succeeds && message.contains("model-nullability"), "the patch was edited: {message}");
}
