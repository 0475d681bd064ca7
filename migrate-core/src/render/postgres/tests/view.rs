//! Views that are made again, and comments of all kinds.

use super::{check, made, ways};
use crate::autogenerate::generate;

/// What leads from a table with an `int` to one with a `bigint`, under the rest.
fn under(rest: &str) -> (String, String) {
    let of = |data_type: &str| format!("CREATE TABLE t (a {data_type}, b text); {rest}");
    let (up, down, _) = ways(&of("int"), &of("bigint"), &[]);
    (up, down)
}

#[test]
fn a_view_comes_back_with_all_that_is_said_of_it() {
    let rest = "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
        CREATE VIEW v WITH (security_barrier) AS SELECT a, b AS \"B\" FROM t WITH LOCAL CHECK OPTION;
        ALTER VIEW v ALTER COLUMN \"B\" SET DEFAULT 'x';
        COMMENT ON VIEW v IS 'seen'; COMMENT ON COLUMN v.a IS 'one'; COMMENT ON COLUMN v.\"B\" IS 'two';
        CREATE TRIGGER g INSTEAD OF INSERT ON v FOR EACH ROW EXECUTE FUNCTION f();
        COMMENT ON TRIGGER g ON v IS 'in its place';";
    let wanted = "\
-- Grants on v and its owner do not come back: give them again where there were any.
CREATE VIEW v WITH (security_barrier = true) AS
SELECT a, b AS \"B\" FROM t
WITH LOCAL CHECK OPTION;
ALTER VIEW v ALTER COLUMN \"B\" SET DEFAULT 'x';
COMMENT ON COLUMN v.\"B\" IS 'two';
COMMENT ON COLUMN v.a IS 'one';
CREATE TRIGGER g INSTEAD OF INSERT ON v FOR EACH ROW EXECUTE FUNCTION f();
COMMENT ON TRIGGER g ON v IS 'in its place';
COMMENT ON VIEW v IS 'seen';
";
    let (up, down) = under(rest);
    assert!(up.ends_with(wanted) && up.starts_with("DROP VIEW v;\n"), "{up}");
    assert!(down.ends_with(wanted), "{down}");
}

#[test]
fn a_materialized_view_comes_back_where_it_was() {
    let (up, _) = under(
        "CREATE MATERIALIZED VIEW m USING heap2 WITH (fillfactor = 70, toast.autovacuum_enabled = false) TABLESPACE fast AS
             SELECT a FROM t WITH NO DATA;
         CREATE UNIQUE INDEX i ON m (a); COMMENT ON INDEX i IS 'one'; COMMENT ON COLUMN m.a IS 'two';",
    );
    let wanted = "\
CREATE MATERIALIZED VIEW m USING heap2 WITH (fillfactor = 70, toast.autovacuum_enabled = false) TABLESPACE fast AS
SELECT a FROM t;
COMMENT ON COLUMN m.a IS 'two';
CREATE UNIQUE INDEX i ON m (a);
COMMENT ON INDEX i IS 'one';
";
    assert!(up.ends_with(wanted), "{up}");
    // A new one is as it is wanted.
    let new = "CREATE MATERIALIZED VIEW m AS\nSELECT 1 AS a\nWITH NO DATA;";
    check("", new, new);
}

#[test]
fn where_a_materialized_view_is_kept_is_altered() {
    let view = |options: &str| format!("CREATE MATERIALIZED VIEW m {options} AS SELECT 1 AS a;");
    for (before, after, wanted) in [
        ("", "WITH (fillfactor = 70)", "SET (fillfactor = 70)"),
        ("WITH (fillfactor = 70)", "", "RESET (fillfactor)"),
        ("", "TABLESPACE fast", "SET TABLESPACE fast"),
        ("TABLESPACE fast", "", "SET TABLESPACE pg_default"),
        ("USING other", "USING heap", "SET ACCESS METHOD heap"),
    ] {
        check(&view(before), &view(after), &format!("ALTER MATERIALIZED VIEW m {wanted};"));
    }
    let altered =
        format!("{} ALTER MATERIALIZED VIEW m SET TABLESPACE fast, SET ACCESS METHOD other;", view(""));
    let text = made(&altered).to_string();
    assert!(text.contains("tablespace fast") && text.contains("using other"), "{text}");
}

#[test]
fn what_is_said_of_the_columns_of_a_view_is_compared() {
    let view = "CREATE TABLE t (a int, b int); CREATE VIEW v AS SELECT a, b FROM t;";
    check(
        &format!("{view} ALTER VIEW v ALTER a SET DEFAULT 1; COMMENT ON COLUMN v.b IS 'x';"),
        &format!(
            "{view} ALTER VIEW v ALTER b SET DEFAULT 2; COMMENT ON COLUMN v.b IS 'y'; ALTER VIEW v ALTER a SET DEFAULT NULL;"
        ),
        "ALTER VIEW v ALTER COLUMN a DROP DEFAULT;\nALTER VIEW v ALTER COLUMN b SET DEFAULT 2;\nCOMMENT ON COLUMN v.b IS 'y';",
    );
    // They are the column's, whatever it is called and whatever it shows.
    let kept = format!(
        "{view} COMMENT ON VIEW v IS 'all'; COMMENT ON COLUMN v.a IS 'x'; ALTER VIEW v RENAME COLUMN a TO c;
         CREATE OR REPLACE VIEW v AS SELECT b AS c, a AS b FROM t;"
    );
    let text = made(&kept).to_string();
    assert!(text.contains("c comment \"x\"") && text.contains("comment \"all\""), "{text}");
}

#[test]
fn a_recursive_view_comes_back() {
    let plain = "WITH RECURSIVE w (n) AS (SELECT a FROM t UNION ALL SELECT n + 1 FROM w WHERE n < 9) SELECT n FROM w;";
    let recursive = "VALUES (1) UNION ALL SELECT \"N\" + 1 FROM v, t WHERE \"N\" < a";
    let (first, second) =
        (format!("CREATE VIEW v AS {plain}"), format!("CREATE RECURSIVE VIEW v (\"N\") AS {recursive};"));
    let as_one = format!(
        "CREATE VIEW v (\"N\") AS\nWITH RECURSIVE v (\"N\") AS (\n{recursive}\n)\nSELECT \"N\" FROM v;\n"
    );
    for (view, wanted) in [(&first, format!("CREATE VIEW v AS\n{plain}\n")), (&second, as_one.clone())] {
        let (up, down) = under(view);
        assert!(up.ends_with(&wanted) && down.ends_with(&wanted), "{up}\n{down}");
    }
    check(&format!("CREATE TABLE t (a int); {second}"), &format!("CREATE TABLE t (a int); {as_one}"), "");
    // It may be replaced, and needs itself for nothing.
    let replaced = second.replace("CREATE", "CREATE OR REPLACE");
    made(&format!("CREATE TABLE t (a int); {second} {replaced} DROP VIEW v;"));
}

#[test]
fn comments_are_said_and_taken_back_alone() {
    let all = "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'; CREATE FUNCTION f(a int) RETURNS int LANGUAGE sql AS 'SELECT 1';
        CREATE TABLE t (a int CONSTRAINT c CHECK (a > 0)); CREATE INDEX i ON t (a);
        CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f();";
    let said = "COMMENT ON TRIGGER g ON t IS 'x';
        COMMENT ON INDEX i IS 'x'; COMMENT ON CONSTRAINT c ON t IS 'x'; COMMENT ON FUNCTION f() IS 'x'; COMMENT ON FUNCTION f(int) IS 'y';";
    let (up, down, _) = ways(all, &format!("{all} {said}"), &[]);
    assert_eq!(
        up,
        "\
COMMENT ON FUNCTION f() IS 'x';
COMMENT ON FUNCTION f(INTEGER) IS 'y';
COMMENT ON CONSTRAINT c ON t IS 'x';
COMMENT ON INDEX i IS 'x';
COMMENT ON TRIGGER g ON t IS 'x';
"
    );
    assert_eq!(down.matches(" IS NULL;").count(), 5, "{down}");
    assert!(!down.contains("DROP"), "{down}");
    // What is replaced keeps what is said about it.
    let replaced = format!(
        "{all} {said} CREATE OR REPLACE FUNCTION f(a int) RETURNS int LANGUAGE sql AS 'SELECT 2';
         CREATE OR REPLACE TRIGGER g AFTER INSERT ON t FOR EACH ROW EXECUTE FUNCTION f();"
    );
    let text = made(&replaced).to_string();
    assert!(text.contains("trigger g comment \"x\"") && text.contains("comment \"y\""), "{text}");
}

#[test]
fn who_may_call_a_function_that_is_made_again_is_told() {
    let function =
        |returns: &str| format!("CREATE FUNCTION f() RETURNS {returns} LANGUAGE sql AS 'SELECT 1';");
    let wanted = format!(
        "DROP FUNCTION f();\n-- Grants on f and its owner do not come back: give them again where there were any.\n{}",
        function("bigint")
    );
    check(&function("int"), &function("bigint"), &wanted);
}

#[test]
fn a_rule_on_a_view_is_not_lost_in_silence() {
    let of = |data_type: &str| {
        made(&format!(
            "CREATE TABLE t (a {data_type}); CREATE VIEW v AS SELECT a FROM t; CREATE RULE quiet AS ON DELETE TO v DO INSTEAD NOTHING;"
        ))
    };
    let error = generate(&of("int"), &of("bigint"), &[]).expect_err("it goes with the view");
    let told: Vec<String> = error.differences.iter().map(ToString::to_string).collect();
    assert_eq!(told, ["rule v quiet is new"]);
}
