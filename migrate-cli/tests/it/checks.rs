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
        str![[r#""#]]
    );
}

#[test]
fn the_configuration_decides() {
    let wrong = "[checks]\ndowngrade-emty = \"warn\"\n";
    assert_data_eq!(
        project().file("migrate.toml", wrong).story(&["check --no-database"]),
        str![[r#""#]]
    );
    let warn = "dialects = [\"postgres\", \"sqlite\"]\n[checks]\ndowngrade-empty = \"warn\"\n";
    assert_data_eq!(
        project().file("migrate.toml", warn).story(&["--json check --no-database"]),
        str![[r#""#]]
    );
    let from = "[checks]\nfrom = \"a2\"\n";
    assert_data_eq!(
        project().file("migrate.toml", from).story(&["check --no-database"]),
        str![[r#""#]]
    );
}
