//! What new revision files are made from: templates and the pattern of their names.

use snapbox::{assert_data_eq, str};

use crate::project::Project;

/// The text without what differs from run to run.
fn printed(project: &Project, args: &[&str]) -> String {
    let text = project.ok(&[&["revision", "--sql"], args].concat());
    let date = |line: &str| {
        if line.starts_with("-- Create Date: ") { "-- Create Date: [date]" } else { line }.to_owned()
    };
    text.lines().map(|line| date(line) + "\n").collect()
}

#[test]
fn every_built_in_template_gives_a_revision_that_runs() {
    let project = Project::line().file("migrate.toml", "dialects = [\"postgres\", \"sqlite\"]\n");
    let mut parent = "a3".to_owned();
    for template in ["default", "dialects", "no-transaction", "irreversible"] {
        let id = format!("b_{template}");
        project.ok(&[
            "revision",
            "-m",
            template,
            "--template",
            template,
            "--rev-id",
            &id,
            "--branch-label",
            &format!("l_{template}"),
        ]);
        let text = project.read(&format!("migrations/{id}_{}.sql", template.replace('-', "_")));
        assert!(text.contains(&format!("-- Revises: {parent}\n")), "{text}");
        assert!(text.contains(&format!("-- Branch Labels: l_{template}\n")), "{text}");
        parent = id;
    }
    project.ok(&["upgrade"]);
    project.ok(&["check"]);
    assert!(project.run(&["downgrade", "-1"]).contains("what it removes cannot be brought back"));
}

#[test]
fn a_file_can_be_printed_and_is_not_written() {
    let project = Project::line()
        .revision("z1", "<base>", "other")
        .file("migrate.toml", "post_write_hooks = [[\"false\"]]\n");
    assert_data_eq!(
        printed(&project, &["-m", "more\n\nand why", "--rev-id", "b1", "--head", "a3", "--depends-on", "z"]),
        str![[r#"
-- more
--
-- and why
--
-- Revision ID: b1
-- Revises: a3
-- Create Date: [date]
-- Depends On: z1

-- migrate:upgrade

-- migrate:downgrade

"#]]
    );
    let project = project.file("migrate.toml", "dialects = [\"postgres\", \"sqlite\"]\n");
    assert_data_eq!(
        printed(&project, &["-m", "more", "--rev-id", "b1", "--head", "a3", "--template", "dialects"]),
        str![[r#"
-- more
--
-- Revision ID: b1
-- Revises: a3
-- Create Date: [date]

-- migrate:upgrade postgres

-- migrate:upgrade sqlite

-- migrate:downgrade postgres

-- migrate:downgrade sqlite

"#]]
    );
    assert_eq!(std::fs::read_dir(project.path().join("migrations")).unwrap().count(), 4);
    let lines = project.ok(&["revision", "--sql", "--json", "-m", "x", "--rev-id", "b1", "--head", "a3"]);
    assert!(lines.contains(r#"{"type":"file","path":"migrations/b1_x.sql","text":"-- x\n--\n"#), "{lines}");
}

#[test]
fn a_project_has_templates_of_its_own() {
    let project = Project::line()
        .file(
            "migrations/.templates/view.sql",
            "-- template: replaces a view\n-- {message}\n-- Ticket: in {{braces}}\n--\n-- Revision ID: {revision}\n-- Revises: {revises}\n\n\
             -- migrate:upgrade {dialect}\nDROP VIEW v;\n\n-- migrate:downgrade\n{downgrade}\n",
        )
        .file(
            "migrations/.templates/default.sql",
            "-- {message}\n-- Revision ID: {revision}\n-- Revises: {revises}\n-- Depends On: {depends_on}\n\n\
             -- migrate:upgrade\n-- at most a minute\n{upgrade}\n-- migrate:downgrade\n",
        );
    assert_data_eq!(
        project.ok(&["list-templates"]),
        str![[r#"
revision  default          (migrations/.templates/default.sql)
revision  dialects        an upgrade and a downgrade for each database of the project
revision  irreversible    no way back, with the reason
revision  no-transaction  outside a transaction, as `CREATE INDEX CONCURRENTLY` needs it
revision  view            replaces a view (migrations/.templates/view.sql)
init      generic         one database, configured in migrate.toml
init      multidb         several databases with a migration directory each
init      cargo           one database, configured in Cargo.toml

"#]]
    );
    assert_data_eq!(
        printed(&project, &["-m", "mine", "--rev-id", "b1"]),
        str![[r#"
-- mine
-- Revision ID: b1
-- Revises: a3

-- migrate:upgrade
-- at most a minute
-- migrate:downgrade

"#]]
    );
    let config = "template = \"view\"\ndialects = [\"sqlite\"]\n";
    let project = project.file("migrate.toml", config);
    assert_data_eq!(
        printed(&project, &["-m", "mine", "--rev-id", "b1"]),
        str![[r#"
-- mine
-- Ticket: in {braces}
--
-- Revision ID: b1
-- Revises: a3

-- migrate:upgrade sqlite
DROP VIEW v;

-- migrate:downgrade

"#]]
    );
    // The view's message has a line that reads like a key.
    let broken = project
        .file("migrations/.templates/view.sql", "-- {message}\n-- Revision ID: {revision}\n\nSELECT 1;\n");
    assert_data_eq!(
        broken.run(&["revision", "-m", "mine", "--rev-id", "b1"]),
        str![[r#"
exit 2
--- stderr
error[bad-template]: the template `view` does not give a valid revision file
 = note: the file would not have its parents
 = note: nothing was written
error[sql-outside-section]: this SQL belongs to no section
 --> migrations/b1_mine.sql:4:1
  |
4 | SELECT 1;
  | ^^^^^^^^ neither below `-- migrate:upgrade` nor below `-- migrate:downgrade`
  |
  = help: put `-- migrate:upgrade` on a line above it
error[missing-section]: revision `b1` has no upgrade section
 --> migrations/b1_mine.sql:2:17
  |
2 | -- Revision ID: b1
  |                 ^^ nothing says what the upgrade does
  |
  = help: add `-- migrate:upgrade`; with nothing below it, it does nothing on purpose
error[missing-section]: revision `b1` has no downgrade section
 --> migrations/b1_mine.sql:2:17
  |
2 | -- Revision ID: b1
  |                 ^^ nothing says how to undo it
  |
  = help: add `-- migrate:downgrade`, or `-- migrate:irreversible <reason>` if it cannot be undone

"#]]
    );
    assert!(!broken.path().join("migrations/b1_mine.sql").exists());

    let elsewhere = broken.file("migrate.toml", "templates = \"own\"\n");
    assert_data_eq!(
        elsewhere.run(&["list_templates"]),
        str![[r#"
exit 2
--- stderr
error[io]: cannot read `own`: no such file or directory
 = note: `templates` in the configuration names it

"#]]
    );
    let elsewhere =
        elsewhere.file("own/x.sql", "\u{FEFF}-- template: in a folder of its own\r\n-- {message}\r\n");
    assert_data_eq!(
        elsewhere.ok(&["list-templates"]),
        str![[r#"
revision  default         an upgrade and a downgrade for every database
revision  dialects        an upgrade and a downgrade for each database of the project
revision  irreversible    no way back, with the reason
revision  no-transaction  outside a transaction, as `CREATE INDEX CONCURRENTLY` needs it
revision  x               in a folder of its own (own/x.sql)
init      generic         one database, configured in migrate.toml
init      multidb         several databases with a migration directory each
init      cargo           one database, configured in Cargo.toml

"#]]
    );
}

#[test]
fn merges_use_the_template_too() {
    let project = Project::branched().file(
        "migrations/.templates/default.sql",
        "-- {message}\n-- Revision ID: {revision}\n-- Revises: {revises}\n\n-- migrate:upgrade\n-- ours\n-- migrate:downgrade\n",
    );
    project.ok(&["merge", "heads", "--rev-id", "m1", "-m", "join"]);
    assert!(
        project
            .read("migrations/m1_join.sql")
            .contains("-- Revises: b2, c1\n\n-- migrate:upgrade\n-- ours\n")
    );
    project.ok(&[
        "merge",
        "--splice",
        "b1",
        "c1",
        "--rev-id",
        "m2",
        "-m",
        "join",
        "--template",
        "irreversible",
    ]);
    assert!(project.read("migrations/m2_join.sql").contains("-- migrate:irreversible "));
}

#[test]
fn names_follow_the_pattern() {
    let named = |config: &str, args: &[&str]| {
        let project = Project::line().file("migrate.toml", config);
        project.run(&[&["revision", "--rev-id", "b1"], args].concat())
    };
    let config = "file_template = \"{rev}-{slug}\"\ntruncate_slug_length = 8\n";
    assert_eq!(named(config, &["-m", "Some long words"]), "exit 0\n--- stdout\nmigrations/b1-some_lon.sql\n");
    assert_eq!(named(config, &[]), "exit 0\n--- stdout\nmigrations/b1.sql\n");
    let dated = named("file_template = \"{year}/{month}/{day}_{slug}\"\n", &["-m", "x"]);
    let numbers: Vec<_> =
        dated.split(|c: char| !c.is_ascii_digit()).filter(|n| !n.is_empty()).map(str::len).collect();
    assert_eq!(numbers, [1, 4, 2, 2], "{dated}");
    assert!(dated.starts_with("exit 0\n") && dated.ends_with("_x.sql\n"), "{dated}");
    assert!(named("file_template = \"{slug}\"\n", &["-m", "up"]).contains("error[bad-file-name]"));

    let project = Project::line().file("migrate.toml", "file_template = \"{epoch}/{slug}\"\n");
    let path = project.ok(&["revision", "-m", "deep"]);
    assert_eq!(project.ok(&["history", "--no-graph"]).lines().count(), 4);
    assert!(project.path().join(path.trim_end()).exists());
}
