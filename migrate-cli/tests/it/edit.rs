//! `edit`: the user's editor on revision files.
#![cfg(unix)]

use snapbox::{assert_data_eq, str};

use crate::project::Project;

/// An editor that writes down what it is given; told to, it also breaks the files or fails.
const EDITOR: &str = "#!/bin/sh\nfor file; do\n    case $file in\n    --fail) exit 7 ;;\n    --break) break=1 ;;\n    \
                      -*) echo \"option $file\" ;;\n    *) echo \"edits $file\"; if [ \"$break\" ]; then echo '-- migrate:upgrade' >> \"$file\"; fi ;;\n    \
                      esac\ndone\n";

fn project(variable: &str, editor: &str) -> Project {
    use std::os::unix::fs::PermissionsExt as _;

    let project = Project::branched().file("bin/my editor", EDITOR).variable(variable, editor);
    let path = project.path().join("bin/my editor");
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
    project
}

#[test]
fn the_files_are_opened_and_the_history_is_checked() {
    let project = project("EDITOR", "'bin/my editor' --wait");
    assert_data_eq!(
        project.story(&[
            "edit",
            "edit b1 a",
            "edit current",
            "upgrade b1",
            "edit current b1",
            "edit base",
            "edit b9"
        ]),
        str![[r#"
$ migrate edit
exit 0
--- stdout
option --wait
edits migrations/b2_tags.sql
edits migrations/c1_orders.sql
--- stderr
     Checked 4 revisions: the history is valid
$ migrate edit b1 a
exit 0
--- stdout
option --wait
edits migrations/b1_posts.sql
edits migrations/a1_users.sql
--- stderr
     Checked 4 revisions: the history is valid
$ migrate edit current
exit 2
--- stderr
note: the file `app.db` does not exist yet
error[nothing-to-edit]: `current` names no revision to edit
 = help: `migrate history` lists all revisions
$ migrate upgrade b1
exit 0
--- stderr
   Connected sqlite:app.db
     Upgrade <base> -> a1, users (1 statement, [time])
     Upgrade a1 -> b1, posts (1 statement, [time])
    Finished at b1: 2 revisions, 2 statements in [time]
$ migrate edit current b1
exit 0
--- stdout
option --wait
edits migrations/b1_posts.sql
--- stderr
     Checked 4 revisions: the history is valid
$ migrate edit base
exit 2
--- stderr
error[nothing-to-edit]: `base` names no revision to edit
 = help: `migrate history` lists all revisions
$ migrate edit b9
exit 2
--- stderr
error[unknown-revision]: no revision or label starts with `b9`
 = help: the nearest is `b1`; `migrate history` lists all

"#]]
    );
    let project = project.variable("VISUAL", "bin/nothing");
    assert_data_eq!(
        project.run(&["edit", "a1"]),
        str![[r#"
exit 2
--- stderr
error[editor-failed]: the editor `bin/nothing` failed: no such file or directory
 = note: `VISUAL` names it

"#]]
    );
}

#[test]
fn a_history_that_is_broken_afterwards_is_told() {
    let project = project("VISUAL", "\"bin/my editor\" --break");
    assert_data_eq!(
        project.run(&["edit", "c1"]),
        str![[r#"
exit 3
--- stdout
edits migrations/c1_orders.sql
--- stderr
note: the migrations in `migrations` have 1 problem
error[duplicate-section]: two upgrade sections serve the same database
  --> migrations/c1_orders.sql:13:1
   |
 8 | -- migrate:upgrade
   | ------------------ first here
...
13 | -- migrate:upgrade
   | ^^^^^^^^^^^^^^^^^^ again here
   |
   = help: join them, or name other databases: `-- migrate:upgrade sqlite`

"#]]
    );
    // The file can be opened again, to repair it.
    let again = project.variable("VISUAL", "'bin/my editor'").run(&["edit", "c1"]);
    assert!(again.starts_with("exit 3\n--- stdout\nedits migrations/c1_orders.sql\n"), "{again}");
}

#[test]
fn an_editor_that_fails_fails_the_command() {
    assert_data_eq!(
        project("EDITOR", "\"bin/my editor\" --fail").run(&["edit", "c1"]),
        str![[r#"
exit 2
--- stderr
error[editor-failed]: the editor `bin/my editor` failed: exit status: 7
 = note: `EDITOR` names it

"#]]
    );
    assert_data_eq!(
        project("EDITOR", "\"bin/my editor").run(&["edit", "c1"]),
        str![[r#"
exit 2
--- stderr
error[no-editor]: `EDITOR` has a quote that is not closed

"#]]
    );
    assert_data_eq!(
        project("EDITOR", "").run(&["edit", "c1"]),
        str![[r#"
exit 2
--- stderr
error[no-editor]: no editor is named
 = help: set `VISUAL` or `EDITOR`, for instance to `vim` or `code --wait`

"#]]
    );
}

#[test]
fn both_files_of_a_diesel_directory_are_opened() {
    let project = project("EDITOR", "'bin/my editor'")
        .file("db/2024-01-02-030405_users/up.sql", "CREATE TABLE users (id INTEGER);\n")
        .file("db/2024-01-02-030405_users/down.sql", "");
    assert_eq!(
        project.ok(&["edit", "--dir", "db"]),
        "edits db/2024-01-02-030405_users/up.sql\nedits db/2024-01-02-030405_users/down.sql\n"
    );
}

#[test]
fn with_json_the_editor_leaves_standard_output_alone() {
    let output = project("EDITOR", "'bin/my editor'").output(&["edit", "a1", "--json"]);
    let lines = String::from_utf8(output.stdout).unwrap();
    assert!(lines.lines().all(|line| line.starts_with('{')), "{lines}");
    assert_eq!(String::from_utf8_lossy(&output.stderr), "edits migrations/a1_users.sql\n");
}
