//! `init`.

use snapbox::{assert_data_eq, str};

use crate::project::Project;

#[test]
fn init_writes_what_is_missing_and_overwrites_nothing() {
    let project = Project::empty().file("Cargo.toml", "[package]\nname = \"x\"\n");
    assert_data_eq!(
        project.story(&["init", "init", "heads", "check"]),
        str![[r#"
$ migrate init
exit 0
--- stderr
     Created migrations
     Created migrations/.gitkeep
     Created migrate.toml
     Created build.rs
note: `migrate revision -m "..."` writes the first revision
$ migrate init
exit 0
--- stderr
        Kept migrations
        Kept migrate.toml
        Kept build.rs
note: `migrate revision -m "..."` writes the first revision
$ migrate heads
exit 0
$ migrate check
exit 0
--- stderr
     Checked 0 revisions: the history is valid

"#]]
    );
    let script = project.read("build.rs");
    assert!(script.contains("cargo::rerun-if-changed=migrations"), "{script}");

    let project = Project::empty().file("Cargo.toml", "").file("build.rs", "fn main() {}\n");
    assert_data_eq!(
        project.story(&["init db/revisions", "check"]),
        str![[r#"
$ migrate init db/revisions
exit 0
--- stderr
     Created db/revisions
     Created db/revisions/.gitkeep
     Created migrate.toml
        Kept build.rs
warning: build.rs does not tell cargo to watch the migrations; add to its `main`:
note: println!("cargo::rerun-if-changed=db/revisions");
note: `migrate revision -m "..."` writes the first revision
$ migrate check
exit 0
--- stderr
     Checked 0 revisions: the history is valid

"#]]
    );
    assert_eq!(project.read("build.rs"), "fn main() {}\n");
}

#[test]
fn every_key_of_the_configuration_that_init_writes_is_known() {
    let project = Project::empty();
    project.ok(&["init"]);
    let keys: String = project
        .read("migrate.toml")
        .lines()
        .map(|line| line.strip_prefix("# ").filter(|rest| is_setting(rest)).unwrap_or(line))
        .map(|line| format!("{line}\n"))
        .collect();
    assert!(
        keys.contains("\nlock_timeout = \"60s\"\n") && keys.contains("\n[databases.reports]\n"),
        "{keys}"
    );
    let project = project.file("migrate.toml", &keys);
    project.ok(&["heads"]);
}

fn is_setting(line: &str) -> bool {
    line.starts_with('[') || line.split_once(" = ").is_some_and(|(key, _)| !key.contains(' '))
}
