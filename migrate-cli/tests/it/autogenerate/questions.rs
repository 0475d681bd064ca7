//! What is asked on a terminal.
#![cfg(unix)]

use std::io::Write as _;
use std::process::{Command, Stdio};

use crate::project::Project;

/// What the command says on a terminal where somebody types these answers; `None` where there is no `script` to make one.
fn answered(project: &Project, args: &[&str], answers: &str) -> Option<(String, i32)> {
    let command = project.command(args);
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    let line: Vec<String> = words.map(|word| format!("'{}'", word.to_string_lossy())).collect();
    let mut terminal = Command::new("script");
    terminal.args(["-qec", &line.join(" "), "/dev/null"]).current_dir(project.path());
    terminal.env_clear().env("TERM", "dumb").env("NO_COLOR", "1").env("HOME", project.path());
    let spawned = terminal.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let Ok(mut child) = spawned else {
        let _ = writeln!(std::io::stderr(), "skipped: what is asked on a terminal: no `script`");
        return None;
    };
    // The terminal keeps what is typed ahead.
    child.stdin.take().expect("an input").write_all(answers.as_bytes()).expect("answers");
    let output = child.wait_with_output().expect("an end");
    let shown = String::from_utf8_lossy(&output.stdout).replace('\r', "");
    Some((shown, output.status.code().expect("an exit code")))
}

#[test]
fn names_and_losses_are_asked_about() {
    let project = Project::empty()
        .file("migrate.toml", "dialects = [\"sqlite\"]\nmodels = \"schema.sql\"\n")
        .file(
            "migrations/a1_users.sql",
            "-- users\n--\n-- Revision ID: a1\n-- Revises: <base>\n\n-- migrate:upgrade\n\
             CREATE TABLE users (id INTEGER PRIMARY KEY, age INTEGER, bio TEXT);\n\n-- migrate:downgrade\nDROP TABLE users;\n",
        )
        .file("schema.sql", "CREATE TABLE users (id INTEGER PRIMARY KEY, years INTEGER, points INTEGER);\n");
    let args = ["revision", "--autogenerate", "-m", "x", "--rev-id", "b1"];
    let file = project.path().join("migrations/b1_x.sql");

    // No to both names, and then no to the loss.
    let Some((shown, exit)) = answered(&project, &args, "n\nn\nn\n") else { return };
    assert!(shown.contains("Is the column users.age renamed to years? (both are integer) [y/N]"), "{shown}");
    assert!(shown.contains("Is the column users.age renamed to points? (both are integer) [y/N]"), "{shown}");
    assert!(
        shown.contains("This loses the values of `users.age`, the values of `users.bio`. Write it? [y/N]"),
        "{shown}"
    );
    assert!(exit == 8 && !file.exists(), "{exit} {shown}");

    // The name, and the loss of the other column.
    let Some((shown, exit)) = answered(&project, &args, "y\ny\n") else { return };
    assert!(!shown.contains("renamed to points"), "{shown}");
    assert!(exit == 0, "{exit} {shown}");
    let text = project.read("migrations/b1_x.sql");
    assert!(text.contains("ALTER TABLE users RENAME COLUMN age TO years;"), "{text}");
    assert!(text.contains("-- loses data: the values of `users.bio`"), "{text}");
    project.ok(&["check", "--no-database"]);
}

#[test]
fn nobody_is_asked_for_a_preview_or_for_a_program() {
    let project = super::workflow::project();
    for flags in [&["--sql"][..], &["--json"]] {
        let args = [&["revision", "--autogenerate", "-m", "x", "--rev-id", "b1"], flags].concat();
        let Some((shown, exit)) = answered(&project, &args, "") else { return };
        assert!(!shown.contains("[y/N]"), "{shown}");
        assert_eq!(exit, if flags == ["--sql"] { 0 } else { 8 }, "{shown}");
        assert!(!project.path().join("migrations/b1_x.sql").exists());
    }
}
