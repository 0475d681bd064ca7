//! `init`.

use snapbox::{assert_data_eq, str};

use crate::project::Project;

#[test]
fn init_writes_what_is_missing_and_overwrites_nothing() {
    let project = Project::empty().file("Cargo.toml", "[package]\nname = \"x\"\n");
    assert_data_eq!(
        project.story(&["init", "init", "heads", "check", "-q revision -m users --rev-id a1", "init"]),
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
$ migrate -q revision -m users --rev-id a1
exit 0
--- stdout
migrations/a1_users.sql
$ migrate init
exit 0
--- stderr
        Kept migrations
        Kept migrate.toml
        Kept build.rs
note: `migrate revision -m "..."` writes the next revision

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

#[test]
fn a_folder_with_files_gets_no_other() {
    let project = Project::line();
    project.ok(&["init"]);
    assert!(!project.path().join("migrations/.gitkeep").exists());
    let project = Project::empty();
    std::fs::create_dir(project.path().join("migrations")).unwrap();
    project.ok(&["init"]);
    assert!(project.path().join("migrations/.gitkeep").exists());
}

#[test]
fn several_databases_have_a_folder_each() {
    let project = Project::empty().file("Cargo.toml", "[package]\nname = \"x\"\n");
    assert_data_eq!(
        project.story(&[
            "init --template multidb",
            "heads",
            "-n primary revision -m users --rev-id a1",
            "-n reports revision -m sums --rev-id b1",
            "heads -n primary",
            "heads -n reports",
            "list-templates --quiet",
        ]),
        str![[r#"
$ migrate init --template multidb
exit 0
--- stderr
     Created migrations/primary
     Created migrations/primary/.gitkeep
     Created migrations/reports
     Created migrations/reports/.gitkeep
     Created migrate.toml
     Created build.rs
note: `migrate revision --name primary -m "..."` writes the first revision
$ migrate heads
exit 2
--- stderr
error[several-databases]: `migrations` holds the histories of several databases
 = help: say which: `--name primary` or `--name reports`
 = help: a database without a name needs a folder (`dir`) without those of others in it
$ migrate -n primary revision -m users --rev-id a1
exit 0
--- stdout
migrations/primary/a1_users.sql
$ migrate -n reports revision -m sums --rev-id b1
exit 0
--- stdout
migrations/reports/b1_sums.sql
$ migrate heads -n primary
exit 0
--- stdout
a1 (head)
$ migrate heads -n reports
exit 0
--- stdout
b1 (head)
$ migrate list-templates --quiet
exit 0
--- stdout
revision  default         an upgrade and a downgrade for every database
revision  dialects        an upgrade and a downgrade for each database of the project
revision  irreversible    no way back, with the reason
revision  no-transaction  outside a transaction, as `CREATE INDEX CONCURRENTLY` needs it
init      generic         one database, configured in migrate.toml
init      multidb         several databases with a migration directory each
init      cargo           one database, configured in Cargo.toml

"#]]
    );
    let project = project.variable("PRIMARY_URL", "primary.db").variable("REPORTS_URL", "reports.db");
    project.ok(&["upgrade", "-n", "reports"]);
    assert_eq!(project.ok(&["current", "-n", "reports"]), "b1 (head)\n");
    assert_eq!(project.ok(&["current", "-n", "primary"]), "");
    let project = Project::empty();
    project.ok(&["init", "db", "-t", "multidb"]);
    assert!(project.read("migrate.toml").contains("dir = \"db/reports\"\n"));
}

#[test]
fn cargo_toml_takes_the_configuration() {
    let manifest = "# ours\n[package]\nname = \"x\"\n\n[package.metadata.docs]\nall = true";
    let project = Project::empty().file("Cargo.toml", manifest);
    assert_data_eq!(
        project.story(&["init db -t cargo", "init db -t cargo", "heads"]),
        str![[r#"
$ migrate init db -t cargo
exit 0
--- stderr
     Created db
     Created db/.gitkeep
     Changed Cargo.toml
     Created build.rs
note: `migrate revision -m "..."` writes the first revision
$ migrate init db -t cargo
exit 0
--- stderr
        Kept db
        Kept Cargo.toml
        Kept build.rs
note: `migrate revision -m "..."` writes the first revision
$ migrate heads
exit 0

"#]]
    );
    let text = project.read("Cargo.toml");
    assert!(
        text.starts_with(manifest) && text.ends_with("\n[package.metadata.migrate]\ndir = \"db\"\n"),
        "{text}"
    );

    let workspace = Project::empty().file("Cargo.toml", "[workspace]\nmembers = []\n");
    workspace.ok(&["init", "-t", "cargo", "--dir", "a", "--dir", "b"]);
    assert!(workspace.read("Cargo.toml").contains("[workspace.metadata.migrate]\ndir = [\"a\", \"b\"]\n"));
    assert!(workspace.read("build.rs").contains("for folder in [\"a\", \"b\"] {"));
    workspace.ok(&["heads"]);

    let braces = Project::empty().file("Cargo.toml", "[package]\nmetadata = { docs = 1 }\n");
    assert_data_eq!(
        braces.story(&["init -t cargo", "init -t pyproject", "init -t genric", "init -t quux"]),
        str![[r#"
$ migrate init -t cargo
exit 2
--- stderr
error[config]: cannot write a section into `Cargo.toml`: cannot extend value of type inline table with a dotted key
 = help: `--template generic` writes a migrate.toml
$ migrate init -t pyproject
exit 2
--- stderr
error[unknown-template]: there is no template `pyproject` for a project
 = help: the nearest is `cargo`
$ migrate init -t genric
exit 2
--- stderr
error[unknown-template]: there is no template `genric` for a project
 = help: the nearest is `generic`
$ migrate init -t quux
exit 2
--- stderr
error[unknown-template]: there is no template `quux` for a project
 = help: `migrate list-templates` lists them

"#]]
    );
    assert!(!braces.path().join("migrations").exists());
    assert!(Project::empty().run(&["init", "-t", "cargo"]).contains("cannot read `Cargo.toml`"));
}
