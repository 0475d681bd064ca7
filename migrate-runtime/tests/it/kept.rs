//! What a replay keeps of a schema is what the catalog shows of it.

use diesel::connection::SimpleConnection;
use migrate_core::interpret::Interpreter;
use migrate_core::replay::{pieces_of, run};
use migrate_core::schema::Schema;
use migrate_runtime::{MigrateConnection, reflect};
use migrate_test::{Database, MysqlConnection, PgConnection};

/// Runs the statements one after another, and compares what is known of them with what is there after each.
fn compare<C: MigrateConnection + SimpleConnection>(conn: &mut C, statements: &[&str]) {
    let dialect = conn.dialect();
    let mut interpreter = Interpreter::on(Schema::new(dialect));
    let mut wrong = Vec::new();
    for sql in statements {
        conn.batch_execute(sql).unwrap_or_else(|error| panic!("{sql}: {error}"));
        let findings = run(&mut interpreter, &pieces_of(sql, dialect));
        assert!(findings.is_empty(), "{sql}: {findings:?}");
        let known = interpreter.schema();
        let there = reflect(conn, &[]).expect("the catalog can be read");
        let differences = known.differences(&there).into_iter().filter(|one| !one.is_text_only);
        wrong.extend(differences.map(|one| format!("{sql}\n    {one}")));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn options_of_views_are_those_of_postgres() {
    let Some(database) = Database::<PgConnection>::new("kept_views") else { return };
    compare(
        &mut database.connect(),
        &[
            "CREATE TABLE t (a int)",
            "CREATE VIEW v WITH (security_barrier) AS SELECT a FROM t WITH LOCAL CHECK OPTION",
            "ALTER VIEW v SET (check_option = 'cascaded', security_barrier = off)",
            "ALTER VIEW v RESET (check_option)",
            "CREATE OR REPLACE VIEW v WITH (check_option = LOCAL) AS SELECT a FROM t",
            "CREATE OR REPLACE VIEW v AS SELECT a FROM t WITH CHECK OPTION",
            "ALTER TABLE v SET (security_barrier = 1)",
            "CREATE OR REPLACE VIEW v AS SELECT a FROM t",
            "CREATE MATERIALIZED VIEW m WITH (fillfactor = 70) AS SELECT a FROM t",
        ],
    );
}

#[test]
fn options_of_views_are_those_of_mysql() {
    let Some(database) = Database::<MysqlConnection>::new("kept_views") else { return };
    compare(
        &mut database.connect(),
        &[
            "CREATE TABLE t (a INT)",
            "CREATE SQL SECURITY INVOKER VIEW v AS SELECT a FROM t WHERE a > 1 WITH LOCAL CHECK OPTION",
            "CREATE OR REPLACE ALGORITHM = MERGE VIEW v AS SELECT a FROM t WITH CHECK OPTION",
            "ALTER SQL SECURITY INVOKER VIEW v AS SELECT a FROM t",
            "ALTER VIEW v AS SELECT a FROM t WITH CASCADED CHECK OPTION",
            "ALTER ALGORITHM = UNDEFINED SQL SECURITY DEFINER VIEW v AS SELECT a FROM t",
        ],
    );
}
