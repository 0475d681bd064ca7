//! Programs that are run on new files.
#![cfg(unix)]

use snapbox::{assert_data_eq, str};

use crate::project::Project;

fn project(hooks: &str) -> Project {
    Project::line().file("sub/.keep", "").file("migrate.toml", &format!("post_write_hooks = {hooks}\n"))
}

fn run(hooks: &str) -> String {
    project(hooks).run(&["revision", "-m", "x", "--rev-id", "b1"])
}

#[test]
fn they_run_in_order_where_the_configuration_is() {
    let hooks = r#"[["sh", "-c", "pwd; echo one >> log", "x"], ["sh", "-c", "echo \"$1\" \"$2\" >> log", "x", "--file={file}"]]"#;
    let project = project(hooks);
    let mut command = project.command(&["revision", "-m", "x", "--rev-id", "b1"]);
    let output = command.current_dir(project.path().join("sub")).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout), "../migrations/b1_x.sql\n");
    let folder = project.path().canonicalize().unwrap();
    let shown = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(shown.lines().any(|line| line == folder.to_str().unwrap()), "{shown}");
    let log = project.read("log");
    let (first, second) = log.split_once('\n').unwrap();
    assert_eq!(first, "one");
    let file = second.trim().strip_prefix("--file=").unwrap();
    assert!(
        file.starts_with('/') && file.ends_with("/migrations/b1_x.sql") && !file.contains(".."),
        "{file}"
    );
}

#[test]
fn the_path_is_put_behind_where_nothing_says_where() {
    let project = project(r#"[["sh", "-c", "cp \"$1\" sub", "x"]]"#).revision("b1", "a1", "x");
    project.ok(&["merge", "heads", "--rev-id", "c1"]);
    assert!(project.read("sub/c1_merge_a3_and_b1.sql").contains("-- Revises: a3, b1\n"));
}

#[test]
fn a_hook_that_fails_fails_the_command_and_the_file_is_there() {
    assert_data_eq!(
        run(r#"[["sh", "-c", "echo no good; exit 3"], ["touch", "never"]]"#),
        str![[r#"
exit 2
--- stdout
migrations/b1_x.sql
--- stderr
     Running sh -c echo no good; exit 3
no good
error[hook-failed]: the hook `sh -c echo no good; exit 3` failed: exit status: 3
 = note: the file was written before: migrations/b1_x.sql

"#]]
    );
    assert_data_eq!(
        run(r#"[["no-such-formatter", "-i"]]"#),
        str![[r#"
exit 2
--- stdout
migrations/b1_x.sql
--- stderr
     Running no-such-formatter -i
error[hook-failed]: the hook `no-such-formatter -i` failed: no such file or directory
 = note: the file was written before: migrations/b1_x.sql
 = help: `post_write_hooks` in the configuration names it; it has to be a program on the `PATH`

"#]]
    );
    let project = project(r#"[["false"], ["touch", "never"]]"#);
    project.run(&["revision", "-m", "x", "--rev-id", "b1"]);
    assert!(project.path().join("migrations/b1_x.sql").exists() && !project.path().join("never").exists());
}

#[test]
fn a_file_that_a_hook_has_broken_is_told() {
    assert_data_eq!(
        run(
            r#"[["sh", "-c", "sed '/Revises/d; s/migrate:down/migrate:up/' \"$1\" > x && mv x \"$1\"", "x"]]"#
        ),
        str![[r#"
exit 3
--- stdout
migrations/b1_x.sql
--- stderr
     Running sh -c sed '/Revises/d; s/migrate:down/migrate:up/' "$1" > x && mv x "$1" x
error[hook-failed]: the hooks left a file that is not the revision that was written
 = note: the file has lost its parents
 = note: the file is there: migrations/b1_x.sql
error[duplicate-section]: two upgrade sections serve the same database
 --> migrations/b1_x.sql:8:1
  |
6 | -- migrate:upgrade
  | ------------------ first here
7 |
8 | -- migrate:upgrade
  | ^^^^^^^^^^^^^^^^^^ again here
  |
  = help: join them, or name other databases: `-- migrate:upgrade sqlite`

"#]]
    );
}
