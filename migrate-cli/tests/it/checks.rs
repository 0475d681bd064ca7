//! What `check` finds in the SQL, and who else does not look for it.

use snapbox::{assert_data_eq, str};

use crate::project::Project;

/// A downgrade that leaves a column, and below it an upgrade that cannot go.
fn project() -> Project {
    Project::empty()
        .file(
            "migrations/a1_users.sql",
            "-- users\n--\n-- Revision ID: a1\n\n-- migrate:upgrade\nCREATE TABLE users (id INTEGER PRIMARY KEY);\n\n\
             -- migrate:downgrade\nDROP TABLE users;\n",
        )
        .file(
            "migrations/a2_age.sql",
            "-- age\n--\n-- Revision ID: a2\n-- Revises: a1\n\n-- migrate:upgrade\n\
             ALTER TABLE users ADD COLUMN age INTEGER;\n\n-- migrate:downgrade\n",
        )
        .variable("DATABASE_URL", "sqlite:app.db")
}

#[test]
fn check_reads_the_sql_and_upgrade_does_not() {
    assert_data_eq!(
        project().story(&["check --no-database", "history --no-graph", "upgrade"]),
        str![[r#"
$ migrate check --no-database
exit 3
--- stderr
note: the migrations in `migrations` have 1 problem
error[downgrade-empty]: the downgrade is empty, and the upgrade changes the schema
 --> migrations/a2_age.sql:9:1
  |
9 | -- migrate:downgrade
  | ^^^^^^^^^^^^^^^^^^^^
  |
  = note: what it leaves: column age of table users is new
  = help: write what undoes it, or `-- migrate:irreversible <reason>`
  = help: if it is meant so: `-- migrate:allow downgrade-empty <reason>` in the section
$ migrate history --no-graph
exit 0
--- stdout
a1 -> a2 (head), age
<base> -> a1, users
$ migrate upgrade
exit 0
--- stderr
   Connected sqlite:app.db
     Upgrade <base> -> a1, users (1 statement, [time])
     Upgrade a1 -> a2, age (1 statement, [time])
    Finished at a2 (head): 2 revisions, 2 statements in [time]

"#]]
    );
}

#[test]
fn the_configuration_decides() {
    let wrong = "[checks]\ndowngrade-emty = \"warn\"\n";
    assert_data_eq!(
        project().file("migrate.toml", wrong).story(&["check --no-database"]),
        str![[r#"
$ migrate check --no-database
exit 2
--- stderr
error[config]: there is no check `downgrade-emty`
 --> migrate.toml:2:1
  |
2 | downgrade-emty = "warn"
  | ^^^^^^^^^^^^^^ not a check
  |
  = help: the nearest check is `downgrade-empty`

"#]]
    );
    let warn = "dialects = [\"postgres\", \"sqlite\"]\n[checks]\ndowngrade-empty = \"warn\"\n";
    assert_data_eq!(
        project().file("migrate.toml", warn).story(&["--json check --no-database"]),
        str![[r#"
$ migrate --json check --no-database
exit 0
--- stdout
{"type":"begin","format":1,"command":"check"}
{"type":"diagnostic","level":"warning","code":"downgrade-empty","message":"the downgrade is empty, and the upgrade changes the schema","spans":[{"path":"migrations/a2_age.sql","line":9,"column":1}],"notes":["what it leaves: column age of table users is new"],"helps":["write what undoes it, or `-- migrate:irreversible <reason>`","where it does not matter: `-- migrate:allow downgrade-empty <reason>` in the section"]}
{"type":"end","ok":true,"exit":0}

"#]]
    );
    let from = "[checks]\nfrom = \"a2\"\n";
    assert_data_eq!(
        project().file("migrate.toml", from).story(&["check --no-database"]),
        str![[r#"
$ migrate check --no-database
exit 0
--- stderr
     Checked 2 revisions: the history is valid

"#]]
    );
}

#[test]
fn where_not_all_is_known_is_said() {
    let magic = |note: &str| {
        format!(
            "-- magic\n--\n-- Revision ID: a2\n-- Revises: a1\n\n-- migrate:upgrade\n{note}SELECT add_audit_columns();\n\n\
             -- migrate:downgrade\nSELECT drop_audit_columns();\n"
        )
    };
    let project = Project::empty()
        .file("migrate.toml", "dialects = [\"postgres\"]\n[checks]\nmissing-function = \"allow\"\n")
        .revision("a1", "<base>", "users")
        .revision("a3", "a2", "posts");
    let project = project.file("migrations/a2_magic.sql", &magic(""));
    assert_data_eq!(
        project.story(&["check", "check --json"]),
        str![[r#"
$ migrate check
exit 0
--- stderr
note: from `a2` on not all is known for postgres, and what is not known is not checked: migrations/a2_magic.sql
      a statement is not understood, or may do anything; `-- migrate:effect` above it says what it does
     Checked 3 revisions: the history is valid
$ migrate check --json
exit 0
--- stdout
{"type":"begin","format":1,"command":"check"}
{"type":"undecided","dialect":"postgres","revision":"a2","object":""}
{"type":"end","ok":true,"exit":0}

"#]]
    );
    let project = project.file("migrations/a2_magic.sql", &magic("-- migrate:effect none\n"));
    let said = project.run(&["check"]);
    assert!(!said.contains("not all is known"), "{said}");
}

#[test]
fn what_was_checked_is_remembered_where_cargo_keeps_what_it_makes() {
    let remembered = |project: &Project| {
        let folder = std::fs::read_dir(project.path().join("target/migrate"));
        folder.map(|files| files.map(|file| file.unwrap().path()).collect::<Vec<_>>())
    };
    let warn = "[checks]\ndowngrade-empty = \"warn\"\n";
    let project = project().file("migrate.toml", warn);
    let said = project.run(&["check", "--no-database"]);
    assert!(!project.path().join("target").exists());

    let project = project.file("target/CACHEDIR.TAG", "Signature: 8a477f597d28d172789f06886806bc55\n");
    for _ in 0..2 {
        assert_eq!(project.run(&["check", "--no-database"]), said);
    }
    let files = remembered(&project).unwrap();
    let [file] = &files[..] else { panic!("{files:?}") };
    let size = || std::fs::metadata(file).unwrap().len();
    let whole_size = size();

    // What is edited is checked, and found again in what is remembered once it is as it was.
    let whole = project.read("migrations/a1_users.sql");
    let project =
        project.file("migrations/a1_users.sql", &whole.replace("DROP TABLE users", "DROP TABLE user"));
    assert!(project.run(&["check", "--no-database"]).contains("error"));
    let project = project.file("migrations/a1_users.sql", &whole);
    assert_eq!(project.run(&["check", "--no-database"]), said);
    assert_eq!(size(), whole_size);

    // A damaged file is none.
    let bytes = std::fs::read(file).unwrap();
    std::fs::write(file, &bytes[..bytes.len() / 2]).unwrap();
    assert_eq!(project.run(&["check", "--no-database"]), said);
    assert_eq!(size(), whole_size);
}
