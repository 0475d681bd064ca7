//! Which setting counts: flags over environment over file over defaults.

use snapbox::{assert_data_eq, str};

use crate::project::Project;

/// The files that exist after an upgrade: which database was meant.
fn database_of(project: &Project, args: &[&str]) -> String {
    let args: Vec<&str> = ["upgrade"].iter().chain(args).copied().collect();
    project.ok(&args);
    let mut found = Vec::new();
    for name in ["flag", "variable", "dotenv", "file", "named", "secret", "special"] {
        if std::fs::remove_file(project.path().join(name)).is_ok() {
            found.push(name);
        }
    }
    found.join(" ")
}

#[test]
fn the_nearest_source_of_the_url_counts() {
    let project = Project::empty().revision("a1", "<base>", "users").file("migrate.toml", "url = \"file\"\n");
    assert_eq!(database_of(&project, &[]), "file");
    let project = project.file(".env", "DATABASE_URL=dotenv\n");
    assert_eq!(database_of(&project, &[]), "dotenv");
    let project = project.file("secret.txt", "secret\n").variable("DATABASE_URL_FILE", "secret.txt");
    assert_eq!(database_of(&project, &[]), "secret");
    let project = project.variable("DATABASE_URL", "variable");
    assert_eq!(database_of(&project, &[]), "variable");
    let project = project.variable("MIGRATE_DATABASE_URL", "special");
    assert_eq!(database_of(&project, &[]), "special");
    assert_eq!(database_of(&project, &["--url", "flag"]), "flag");
}

#[test]
fn a_dotenv_file_can_be_left_out() {
    let project = Project::empty().revision("a1", "<base>", "users").file("migrate.toml", "url = \"file\"\n");
    let project = project.file(".env", "DATABASE_URL=dotenv\n").variable("MIGRATE_DOTENV", "off");
    assert_eq!(database_of(&project, &[]), "file");
}

#[test]
fn a_named_database_never_gets_the_url_of_another() {
    let project = Project::empty()
        .revision("a1", "<base>", "users")
        .file("migrate.toml", "url = \"file\"\n[databases.reports]\nurl = \"named\"\n[databases.none]\n")
        .variable("DATABASE_URL", "variable");
    assert_eq!(database_of(&project, &["--name", "reports"]), "named");
    assert!(project.run(&["current", "--name", "none"]).contains("error[no-database]"));
    let project = project.variable("MIGRATE_REPORTS_URL", "special");
    assert_eq!(database_of(&project, &["-n", "reports"]), "special");
}

#[test]
fn the_configuration_is_found_from_below_and_its_paths_are_its_own() {
    let project = Project::empty()
        .file("migrate.toml", "dir = \"db\"\nurl = \"sqlite:data/app.db\"\n")
        .file("db/a1.sql", "-- a\n--\n-- Revision ID: a1\n\n-- migrate:upgrade\n-- migrate:downgrade\n")
        .file("data/.keep", "")
        .file("deep/er/.keep", "");
    let output = project.command(&["upgrade"]).current_dir(project.path().join("deep/er")).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(project.path().join("data/app.db").exists());
    assert_eq!(project.ok(&["current"]), "a1 (head)\n");
}

#[test]
fn cargo_toml_will_do() {
    let project = Project::empty().revision("a1", "<base>", "users").file(
        "Cargo.toml",
        "[package]\nname = \"x\"\n\n[package.metadata.migrate]\nurl = \"file\"\nversion_table = \"versions\"\n",
    );
    assert_eq!(database_of(&project, &[]), "file");
    let project = project.file("Cargo.toml", "[package.metadata.migrate]\nurls = \"file\"\n");
    assert_data_eq!(
        project.run(&["current"]),
        str![[r#"
exit 2
--- stderr
error[config]: unknown key `urls`
 --> Cargo.toml:2:1
  |
2 | urls = "file"
  | ^^^^ not a key of migrate
  |
  = help: the nearest known key is `url`

"#]]
    );
}

#[test]
fn flags_stand_before_or_after_the_command() {
    let project = Project::line();
    assert_eq!(project.ok(&["--quiet", "--url", "other.db", "upgrade"]), "");
    assert_eq!(project.ok(&["current", "--url", "other.db"]), "a3 (head)\n");
}

#[test]
fn tables_have_the_configured_name() {
    let project = Project::line().variable("MIGRATE_VERSION_TABLE", "odd \"name\"; --");
    project.ok(&["upgrade"]);
    assert_eq!(project.ok(&["current"]), "a3 (head)\n");
    let project = project.variable("MIGRATE_VERSION_TABLE", "");
    assert_eq!(project.ok(&["current"]), "");
}

#[test]
fn the_short_form_of_config_stands_before_the_command() {
    let project = Project::line().file("other.toml", "url = \"other.db\"\n");
    let project = project.variable("DATABASE_URL", "");
    project.ok(&["-c", "other.toml", "upgrade"]);
    assert_eq!(project.ok(&["-c", "other.toml", "current", "-c"]), "a3 (head)\n");
}
