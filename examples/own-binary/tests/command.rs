//! The command in the application's own binary, run where the migrations' files are not.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use diesel::connection::SimpleConnection;
use migrate_test::{Database, PgConnection};

fn migrate(folder: &Path, url: &str, args: &[&str]) -> (Option<i32>, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_app-migrate"));
    command.args(args).current_dir(folder).env_clear().env("HOME", folder).env("DATABASE_URL", url);
    let Output { status, stdout, stderr } = command.output().expect("the command runs");
    (status.code(), format!("{}{}", String::from_utf8_lossy(&stdout), String::from_utf8_lossy(&stderr)))
}

#[test]
fn it_verifies_the_database() {
    let Some(database) = Database::<PgConnection>::new("own_binary_verify") else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let run = |args: &[&str]| migrate(folder.path(), database.url(), args);
    let (exit, told) = run(&["upgrade", "--verify"]);
    assert_eq!(exit, Some(0), "{told}");
    assert!(told.contains("Verified at 69fd0a6f3b92 (head)"), "{told}");
    database.connect().batch_execute("ALTER TABLE entries DROP COLUMN message").expect("a column goes");
    let (exit, told) = run(&["verify"]);
    assert_eq!(exit, Some(1), "{told}");
    assert!(told.starts_with("~ table entries\n  - message text not null\n"), "{told}");
}

#[test]
fn it_checks_declarations_where_they_are_at_hand() {
    let folder = tempfile::tempdir().expect("a folder");
    let check = || migrate(folder.path(), "postgres://nobody@localhost/none", &["check", "--no-database"]);
    fs::write(folder.path().join("migrate.toml"), "schema = \"schema.rs\"\n").expect("a file");
    let (exit, told) = check();
    assert_eq!(exit, Some(0), "a deployed binary is without its sources: {told}");

    let declared = "table! {\n    entries (id) {\n        id -> BigInt,\n        author -> Nullable<Text>,\n        \
                    message -> Text,\n        created_at -> Timestamptz,\n    }\n}\n";
    fs::write(folder.path().join("schema.rs"), declared).expect("a file");
    let (exit, told) = check();
    assert_eq!(exit, Some(3), "{told}");
    assert!(told.starts_with("error[model-nullability]: `entries.author` is never NULL"), "{told}");

    fs::write(folder.path().join("schema.rs"), declared.replace("Nullable<Text>", "Text")).expect("a file");
    let (exit, told) = check();
    assert_eq!(exit, Some(0), "{told}");
}
