//! A view keeps what it has besides its query.

use crate::autogenerate::generate;
use crate::dialect::Dialect;
use crate::interpret::Interpreter;
use crate::replay::{pieces_of, run};
use crate::schema::Schema;

fn made(sql: &str, dialect: Dialect) -> Schema {
    let mut interpreter = Interpreter::new(dialect);
    let findings = run(&mut interpreter, &pieces_of(sql, dialect));
    assert!(findings.is_empty(), "{sql}: {findings:?}");
    interpreter.into_schema()
}

/// The upgrade; the downgrade has to lead back.
#[track_caller]
fn check(dialect: Dialect, before: &str, after: &str, upgrade: &str) {
    let generated = generate(&made(before, dialect), &made(after, dialect), &[]);
    let generated = generated.map_err(|error| format!("{error:#?}"));
    assert_eq!(generated.map(|generated| generated.upgrade.text()).as_deref(), Ok(upgrade));
}

const POSTGRES_VIEW: &str = "CREATE VIEW v WITH (security_barrier, security_invoker = 'on') AS SELECT a FROM t \
                             WITH LOCAL CHECK OPTION;";

#[test]
fn a_view_in_the_way_is_made_again_with_its_options() {
    check(
        Dialect::Postgres,
        &format!("CREATE TABLE t (a int); {POSTGRES_VIEW}"),
        &format!("CREATE TABLE t (a bigint); {POSTGRES_VIEW}"),
        "DROP VIEW v;\nALTER TABLE t ALTER COLUMN a TYPE BIGINT;\n\
         -- Grants on v and its owner do not come back: give them again where there were any.\n\
         CREATE VIEW v WITH (security_barrier = true, security_invoker = true) AS\nSELECT a FROM t\n\
         WITH LOCAL CHECK OPTION;\n",
    );
    check(
        Dialect::Postgres,
        "CREATE TABLE t (a int); CREATE MATERIALIZED VIEW v WITH (fillfactor = 70) AS SELECT a FROM t;",
        "CREATE TABLE t (a bigint); CREATE MATERIALIZED VIEW v WITH (fillfactor = 70) AS SELECT a FROM t;",
        "DROP MATERIALIZED VIEW v;\nALTER TABLE t ALTER COLUMN a TYPE BIGINT;\n\
         -- Grants on v and its owner do not come back: give them again where there were any.\n\
         CREATE MATERIALIZED VIEW v WITH (fillfactor = 70) AS\nSELECT a FROM t;\n",
    );
}

#[test]
fn options_are_set_without_making_the_view_again() {
    let plain = "CREATE TABLE t (a int); CREATE VIEW v AS SELECT a FROM t;";
    let altered = format!("{plain} ALTER VIEW v SET (security_barrier = yes, check_option = LOCAL);");
    let set = "ALTER VIEW v SET (check_option = local, security_barrier = true);\n";
    check(Dialect::Postgres, plain, &altered, set);
    let back = format!(
        "{altered} ALTER VIEW v RESET (security_barrier); ALTER TABLE v SET (check_option = cascaded);"
    );
    let reset = "ALTER VIEW v RESET (security_barrier);\nALTER VIEW v SET (check_option = cascaded);\n";
    check(Dialect::Postgres, &altered, &back, reset);
    // What a view is replaced by is all that it is.
    let replaced =
        format!("{altered} CREATE OR REPLACE VIEW v WITH (security_barrier = false) AS SELECT a FROM t;");
    check(Dialect::Postgres, plain, &replaced, "");
}

#[test]
fn a_view_with_other_options_that_is_in_the_way_is_made_with_them() {
    check(
        Dialect::Postgres,
        "CREATE TABLE t (a int); CREATE VIEW v AS SELECT a FROM t;",
        &format!("CREATE TABLE t (a bigint); {POSTGRES_VIEW}"),
        "DROP VIEW v;\nALTER TABLE t ALTER COLUMN a TYPE BIGINT;\n\
         -- Grants on v and its owner do not come back: give them again where there were any.\n\
         CREATE VIEW v WITH (security_barrier = true, security_invoker = true) AS\nSELECT a FROM t\n\
         WITH LOCAL CHECK OPTION;\n",
    );
}

#[test]
fn mysql_replaces_a_view_with_all_that_is_said_of_it() {
    let head = "CREATE ALGORITHM = MERGE DEFINER = `app`@`%` SQL SECURITY INVOKER VIEW v AS SELECT a";
    let behind = "FROM t WITH CHECK OPTION;";
    check(
        Dialect::Mysql,
        &format!("CREATE TABLE t (a INT, b INT); {head} {behind}"),
        &format!("CREATE TABLE t (a INT, b INT); {head}, b {behind}"),
        "CREATE OR REPLACE ALGORITHM = MERGE DEFINER = `app`@`%` SQL SECURITY INVOKER VIEW v AS\nSELECT a, b FROM t\n\
         WITH CASCADED CHECK OPTION;\n",
    );
    // `ALTER VIEW` leaves what it does not say, but for the check.
    check(
        Dialect::Mysql,
        &format!("CREATE TABLE t (a INT, b INT); {head} {behind}"),
        &format!("CREATE TABLE t (a INT, b INT); {head} {behind} ALTER VIEW v AS SELECT a FROM t;"),
        "CREATE OR REPLACE ALGORITHM = MERGE DEFINER = `app`@`%` SQL SECURITY INVOKER VIEW v AS\nSELECT a FROM t;\n",
    );
}
