//! What is written for PostgreSQL, as people read it.

mod routine;
mod view;

use crate::autogenerate::{Rename, generate};
use crate::dialect::Dialect;
use crate::interpret::Interpreter;
use crate::replay::{pieces_of, run};
use crate::schema::{ObjectName, Schema};

fn made(sql: &str) -> Schema {
    let mut interpreter = Interpreter::new(Dialect::Postgres);
    let told: Vec<String> = run(&mut interpreter, &pieces_of(sql, Dialect::Postgres))
        .into_iter()
        .map(|(_, finding)| finding.message)
        .collect();
    assert_eq!(told, Vec::<String>::new(), "{sql}");
    interpreter.into_schema()
}

/// The statements both ways, and whether those of the first can be run in one transaction.
fn ways(before: &str, after: &str, renames: &[Rename]) -> (String, String, bool) {
    let (before, after) = (made(before), made(after));
    match generate(&before, &after, renames) {
        Ok(generated) => {
            (generated.upgrade.text(), generated.downgrade.text(), generated.upgrade.transactional)
        }
        Err(error) => panic!("{:?} {:?}\n{}", error.refused, error.differences, error.script.text()),
    }
}

fn check(before: &str, after: &str, wanted: &str) {
    let (up, _, is_transactional) = ways(before, after, &[]);
    assert_eq!(up.trim_end(), wanted.trim(), "{up}");
    assert!(is_transactional, "{up}");
}

#[test]
fn a_column_that_needs_a_value_comes_in_three_steps() {
    check(
        "CREATE TABLE t (id int);",
        "CREATE TABLE t (id int, at date NOT NULL);",
        "\
ALTER TABLE t ADD COLUMN at DATE;
-- Fails where rows have NULL in `at`. Give them a value first:
-- UPDATE t SET at = <value> WHERE at IS NULL;
ALTER TABLE t ALTER COLUMN at SET NOT NULL;",
    );
}

#[test]
fn rows_without_a_value_get_the_default() {
    check(
        "CREATE TABLE t (id int);",
        "CREATE TABLE t (id int NOT NULL DEFAULT 7);",
        "\
ALTER TABLE t ALTER COLUMN id SET DEFAULT 7;
UPDATE t SET id = DEFAULT WHERE id IS NULL;
ALTER TABLE t ALTER COLUMN id SET NOT NULL;",
    );
}

#[test]
fn a_table_is_altered_once_its_changed_rows_were_looked_at() {
    let p = "CREATE TABLE p (id int PRIMARY KEY);";
    check(
        &format!("{p} CREATE TABLE t (id int REFERENCES p DEFERRABLE INITIALLY DEFERRED);"),
        &format!(
            "{p} CREATE TABLE t (id int NOT NULL DEFAULT 7 REFERENCES p DEFERRABLE INITIALLY DEFERRED);"
        ),
        "\
ALTER TABLE t ALTER COLUMN id SET DEFAULT 7;
UPDATE t SET id = DEFAULT WHERE id IS NULL;
SET CONSTRAINTS ALL IMMEDIATE;
ALTER TABLE t ALTER COLUMN id SET NOT NULL;",
    );
}

#[test]
fn values_are_cast_where_they_are_not_assigned() {
    check(
        "CREATE TABLE t (a text, b boolean, c int, d varchar(20), e text);",
        "CREATE TABLE t (a int, b bigint, c boolean, d varchar(5), e text[]);",
        "\
-- Fails where a value of `a` cannot be INTEGER.
ALTER TABLE t ALTER COLUMN a TYPE INTEGER USING a::INTEGER;
ALTER TABLE t ALTER COLUMN b TYPE BIGINT USING b::integer::BIGINT;
-- loses data: what does not fit of `t.c` (integer -> boolean)
ALTER TABLE t ALTER COLUMN c TYPE BOOLEAN USING c <> 0;
-- Fails where a value of `d` cannot be VARCHAR(5).
ALTER TABLE t ALTER COLUMN d TYPE VARCHAR(5);
ALTER TABLE t ALTER COLUMN e TYPE TEXT[] USING CASE WHEN e IS NOT NULL THEN ARRAY[e]::TEXT[] END;",
    );
}

#[test]
fn lists_and_bytes_become_text_and_come_back() {
    let (text, other) = (
        "CREATE TABLE t (a varchar(20), b text, c int, d text);",
        "CREATE TABLE t (a text[], b bytea, c int[], d bytea[]);",
    );
    check(
        text,
        other,
        "\
ALTER TABLE t ALTER COLUMN a TYPE TEXT[] USING CASE WHEN a IS NOT NULL THEN ARRAY[a]::TEXT[] END;
ALTER TABLE t ALTER COLUMN b TYPE BYTEA USING convert_to(b, 'UTF8');
ALTER TABLE t ALTER COLUMN c TYPE INTEGER[] USING CASE WHEN c IS NOT NULL THEN ARRAY[c]::INTEGER[] END;
-- Fails where a value of `d` cannot be BYTEA[].
ALTER TABLE t ALTER COLUMN d TYPE BYTEA[] USING CASE WHEN d IS NOT NULL THEN ARRAY[d::text]::BYTEA[] END;",
    );
    check(
        other,
        text,
        "\
-- Fails where a value of `a` cannot be VARCHAR(20).
ALTER TABLE t ALTER COLUMN a TYPE VARCHAR(20) USING CASE WHEN array_dims(a) = '[1:1]' THEN a[1]::text ELSE a::text END;
-- Fails where a value of `b` cannot be TEXT.
ALTER TABLE t ALTER COLUMN b TYPE TEXT USING convert_from(b, 'UTF8');
-- Fails where a value of `c` cannot be INTEGER.
ALTER TABLE t ALTER COLUMN c TYPE INTEGER USING (CASE WHEN array_dims(c) = '[1:1]' THEN c[1]::text ELSE c::text END)::INTEGER;
ALTER TABLE t ALTER COLUMN d TYPE TEXT USING CASE WHEN array_dims(d) = '[1:1]' THEN d[1]::text ELSE d::text END;",
    );
}

#[test]
fn digits_that_go_may_make_two_rows_the_same() {
    check(
        "CREATE DOMAIN price AS numeric(10, 2); CREATE TABLE t (a numeric(10, 2) UNIQUE, b price);",
        "CREATE DOMAIN price AS numeric(10, 2); CREATE TABLE t (a int UNIQUE, b int);",
        "\
-- loses data: the digits behind the point of `t.a` (numeric(10,2) -> integer)
-- Fails where two rows have the same `a`.
ALTER TABLE t ALTER COLUMN a TYPE INTEGER;
-- loses data: the digits behind the point of `t.b` (price -> integer)
ALTER TABLE t ALTER COLUMN b TYPE INTEGER;",
    );
    let index = "CREATE UNIQUE INDEX i ON t (a) WHERE a > 0;";
    check(
        &format!("CREATE TABLE t (a numeric(10, 2)); {index}"),
        &format!("CREATE TABLE t (a bigint); {index}"),
        "\
DROP INDEX i;
-- loses data: the digits behind the point of `t.a` (numeric(10,2) -> bigint)
ALTER TABLE t ALTER COLUMN a TYPE BIGINT;
-- Fails where two rows have the same `a`.
CREATE UNIQUE INDEX i ON t (a) WHERE a > 0;",
    );
}

#[test]
fn what_is_computed_goes_before_that_gets_another_type() {
    check(
        "CREATE TABLE t (a text, b text GENERATED ALWAYS AS (lower(a)) STORED);",
        "CREATE TABLE t (a varchar(9));",
        "\
ALTER TABLE t DROP COLUMN b;
-- Fails where a value of `a` cannot be VARCHAR(9).
ALTER TABLE t ALTER COLUMN a TYPE VARCHAR(9);",
    );
}

#[test]
fn a_view_makes_way_for_a_column_that_becomes_computed() {
    let view = "CREATE VIEW v AS SELECT b FROM t;";
    check(
        &format!("CREATE TABLE t (a int, b int); {view}"),
        &format!("CREATE TABLE t (a int, b int GENERATED ALWAYS AS (a * 2) STORED); {view}"),
        "\
DROP VIEW v;
-- loses data: the values of `t.b`
ALTER TABLE t DROP COLUMN b;
ALTER TABLE t ADD COLUMN b INTEGER GENERATED ALWAYS AS (a * 2) STORED;
-- Grants on v and its owner do not come back: give them again where there were any.
CREATE VIEW v AS
SELECT b FROM t;",
    );
}

#[test]
fn a_name_that_nobody_chose_comes_back() {
    let (_, down, _) = ways(
        "CREATE TABLE t (a int UNIQUE, CHECK (a > 0));",
        "CREATE TABLE t (a int CONSTRAINT u UNIQUE, CONSTRAINT c CHECK (a > 0));",
        &[],
    );
    assert_eq!(
        down,
        "ALTER TABLE t DROP CONSTRAINT c;\nALTER TABLE t DROP CONSTRAINT u;\n\
         ALTER TABLE t ADD CONSTRAINT t_a_check CHECK (a > 0);\n\
         ALTER TABLE t ADD CONSTRAINT t_a_key UNIQUE (a);\n"
    );
}

#[test]
fn a_sequence_goes_when_its_column_does_not_count_any_more() {
    check(
        "CREATE TABLE t (a bigint); CREATE SEQUENCE s OWNED BY t.a; CREATE SEQUENCE r OWNED BY t.a;
         ALTER TABLE t ALTER COLUMN a SET DEFAULT nextval('s');",
        "CREATE TABLE t (a bigint);",
        "\
ALTER TABLE t ALTER COLUMN a DROP DEFAULT;
DROP SEQUENCE s;
DROP SEQUENCE r;",
    );
}

#[test]
fn a_value_is_added_where_it_belongs() {
    check(
        "CREATE TYPE mood AS ENUM ('sad', 'happy');",
        "CREATE TYPE mood AS ENUM ('sad', 'ok', 'fine', 'happy', 'merry');",
        "\
ALTER TYPE mood ADD VALUE 'ok' BEFORE 'happy';
ALTER TYPE mood ADD VALUE 'fine' BEFORE 'happy';
ALTER TYPE mood ADD VALUE 'merry';",
    );
}

#[test]
fn a_new_value_is_not_used_in_the_transaction_that_adds_it() {
    let before = "CREATE TYPE mood AS ENUM ('sad'); CREATE TABLE t (a mood, b text DEFAULT 'ok');";
    for (after, is_transactional) in [
        (
            "CREATE TYPE mood AS ENUM ('sad', 'ok'); CREATE TABLE t (a mood DEFAULT 'ok', b text DEFAULT 'ok');",
            false,
        ),
        (
            "CREATE TYPE mood AS ENUM ('sad', 'ok'); CREATE TABLE t (a mood CHECK (a <> 'ok'), b text DEFAULT 'ok');",
            false,
        ),
        (
            "CREATE TYPE mood AS ENUM ('sad', 'ok'); CREATE TABLE t (a mood, b text DEFAULT 'ok', c int);",
            true,
        ),
    ] {
        assert_eq!(ways(before, after, &[]).2, is_transactional, "{after}");
    }
}

#[test]
fn an_enum_that_loses_a_value_is_made_anew_with_all_that_uses_it() {
    check(
        "CREATE TYPE mood AS ENUM ('sad', 'ok'); CREATE TABLE t (a mood DEFAULT 'ok' CHECK (a <> 'ok'), b mood[]);
         CREATE INDEX i ON t (a) WHERE a = 'ok'; CREATE VIEW v AS SELECT a FROM t;",
        "CREATE TYPE mood AS ENUM ('ok'); CREATE TABLE t (a mood DEFAULT 'ok' CHECK (a <> 'ok'), b mood[]);
         CREATE INDEX i ON t (a) WHERE a = 'ok'; CREATE VIEW v AS SELECT a FROM t;",
        "\
DROP VIEW v;
ALTER TABLE t DROP CONSTRAINT t_a_check;
DROP INDEX i;
-- loses data: `sad` of `mood`
ALTER TYPE mood RENAME TO mood_old;
-- Grants on mood and its owner do not come back: give them again where there were any.
CREATE TYPE mood AS ENUM ('ok');
-- Fails where rows have 'sad' in `a`. Give them another value first:
-- UPDATE t SET a = <value> WHERE a::text IN ('sad');
ALTER TABLE t ALTER COLUMN a DROP DEFAULT, ALTER COLUMN a TYPE mood USING a::text::mood, ALTER COLUMN a SET DEFAULT 'ok';
-- Fails where rows have 'sad' in `b`. Give them another value first:
-- UPDATE t SET b = <value> WHERE b::text[] && ARRAY['sad'];
ALTER TABLE t ALTER COLUMN b TYPE mood[] USING b::text[]::mood[];
DROP TYPE mood_old;
ALTER TABLE t ADD CONSTRAINT t_a_check CHECK (a <> 'ok');
CREATE INDEX i ON t (a) WHERE a = 'ok';
-- Grants on v and its owner do not come back: give them again where there were any.
CREATE VIEW v AS
SELECT a FROM t;",
    );
}

#[test]
fn a_value_is_renamed_where_somebody_says_so() {
    let rename =
        Rename { table: ObjectName::new("public", "mood"), column: Some("sad".into()), to: "blue".into() };
    let (up, down, _) = ways(
        "CREATE TYPE mood AS ENUM ('sad', 'ok'); CREATE TABLE t (a mood DEFAULT 'sad');",
        "CREATE TYPE mood AS ENUM ('blue', 'ok'); CREATE TABLE t (a mood DEFAULT 'blue');",
        &[rename],
    );
    assert_eq!(up, "ALTER TYPE mood RENAME VALUE 'sad' TO 'blue';\n");
    assert_eq!(down, "ALTER TYPE mood RENAME VALUE 'blue' TO 'sad';\n");
}

#[test]
fn a_view_keeps_the_names_that_it_gives() {
    check(
        "CREATE TABLE t (a int, b int);",
        "CREATE TABLE t (a int, b int); CREATE VIEW v (one, two) AS SELECT a, b FROM t; ALTER VIEW v RENAME COLUMN two TO three;",
        "CREATE VIEW v (one, three) AS\nSELECT a, b FROM t;",
    );
}

#[test]
fn a_function_is_replaced_where_it_can_be() {
    let function = |body: &str| {
        format!(
            "CREATE FUNCTION f(a int) RETURNS int LANGUAGE sql AS '{body}'; CREATE VIEW v AS SELECT f(1);"
        )
    };
    check(
        &function("SELECT 1"),
        &function("SELECT 2"),
        "CREATE OR REPLACE FUNCTION f(a int) RETURNS int LANGUAGE sql AS 'SELECT 2';",
    );
}

#[test]
fn a_function_that_gives_another_type_is_made_anew_with_its_users() {
    check(
        "CREATE FUNCTION f(a int) RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE TABLE t (a bigint DEFAULT f(1));",
        "CREATE FUNCTION f(a int) RETURNS bigint LANGUAGE sql AS 'SELECT 2'; CREATE TABLE t (a bigint DEFAULT f(1));",
        "\
ALTER TABLE t ALTER COLUMN a DROP DEFAULT;
DROP FUNCTION f(INTEGER);
-- Grants on f and its owner do not come back: give them again where there were any.
CREATE FUNCTION f(a int) RETURNS bigint LANGUAGE sql AS 'SELECT 2';
ALTER TABLE t ALTER COLUMN a SET DEFAULT f(1);",
    );
}

#[test]
fn a_table_that_goes_leaves_its_names_to_a_new_one() {
    check(
        "CREATE TABLE a (id serial PRIMARY KEY);",
        "CREATE TABLE b (id int CONSTRAINT a_pkey PRIMARY KEY);",
        "\
-- loses data: the rows of `a`
DROP TABLE a;
CREATE TABLE b (
    id INTEGER NOT NULL,
    CONSTRAINT a_pkey PRIMARY KEY (id)
);",
    );
}

#[test]
fn a_sequence_that_stays_does_not_go_with_its_table() {
    let (up, down, _) = ways(
        "CREATE TABLE a (id serial PRIMARY KEY);",
        "CREATE SEQUENCE a_id_seq AS integer;
         CREATE TABLE b (id int DEFAULT nextval('a_id_seq') CONSTRAINT a_pkey PRIMARY KEY);
         ALTER SEQUENCE a_id_seq OWNED BY b.id;",
        &[],
    );
    assert!(up.starts_with("ALTER SEQUENCE a_id_seq OWNED BY NONE;\n"), "{up}");
    assert!(down.contains("id SERIAL PRIMARY KEY"), "{down}");
}

#[test]
fn a_trigger_follows_its_table() {
    let function = "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';";
    let (up, _, _) = ways(
        function,
        &format!(
            "{function} CREATE TABLE a (id int); CREATE TRIGGER g BEFORE UPDATE OF id ON a FOR EACH ROW EXECUTE FUNCTION f();
             ALTER TABLE a RENAME TO b; ALTER TABLE b RENAME COLUMN id TO c; ALTER TRIGGER g ON b RENAME TO h;"
        ),
        &[],
    );
    assert!(
        up.contains("CREATE TRIGGER h BEFORE UPDATE OF c ON b FOR EACH ROW EXECUTE FUNCTION f();"),
        "{up}"
    );
}

#[test]
fn a_plain_column_keeps_what_was_computed() {
    check(
        "CREATE TABLE t (a int, b int GENERATED ALWAYS AS (a * 2) STORED);",
        "CREATE TABLE t (a int, b int);",
        "ALTER TABLE t ALTER COLUMN b DROP EXPRESSION;",
    );
}

#[test]
fn a_column_counts_with_another_sequence() {
    let (before, after) = (
        "CREATE TABLE t (a bigserial);",
        "CREATE SEQUENCE s; CREATE TABLE t (a bigint DEFAULT nextval('s'));",
    );
    let (up, down, _) = ways(before, after, &[]);
    let place = |part: &str| up.find(part).unwrap_or_else(|| panic!("no {part}: {up}"));
    assert!(place("SET DEFAULT nextval('s')") < place("DROP SEQUENCE t_a_seq;"), "{up}");
    assert!(down.contains("CREATE SEQUENCE t_a_seq"), "{down}");
}

#[test]
fn a_sequence_of_any_name_is_counted_with() {
    let (up, down, _) = ways(
        "CREATE TABLE \"it's\" (\"Say\" int GENERATED BY DEFAULT AS IDENTITY);",
        "CREATE TABLE \"it's\" (\"Say\" serial);",
        &[],
    );
    assert!(up.contains("SET DEFAULT nextval('\"it''s_Say_seq\"'::regclass)"), "{up}");
    assert!(down.contains("ADD GENERATED BY DEFAULT AS IDENTITY"), "{down}");
    let renamed = made(
        "CREATE SEQUENCE \"it's\"; CREATE TABLE t (a int DEFAULT nextval('public.\"it''s\"')); ALTER SEQUENCE \"it's\" RENAME TO \"Own\";",
    );
    assert!(renamed.to_string().contains("default nextval('\"Own\"')"), "{renamed}");
}

#[test]
fn the_sequence_of_an_identity_gets_its_name_back() {
    let rename = Rename { table: ObjectName::new("public", "one"), column: None, to: "two".into() };
    let (_, down, _) = ways(
        "CREATE TABLE one (a int GENERATED BY DEFAULT AS IDENTITY);",
        "CREATE TABLE two (a serial);",
        &[rename],
    );
    assert!(down.contains("ALTER SEQUENCE two_a_seq RENAME TO one_a_seq;"), "{down}");
    // Also where the whole table comes back.
    let renamed = "CREATE TABLE t (a int GENERATED ALWAYS AS IDENTITY); ALTER TABLE t RENAME COLUMN a TO b;";
    let (_, down, _) = ways(renamed, "", &[]);
    assert!(down.contains("ALTER SEQUENCE t_b_seq RENAME TO t_a_seq;"), "{down}");
}

#[test]
fn a_sequence_goes_on_from_the_rows_that_are_there() {
    for (counts, wanted) in [
        ("GENERATED ALWAYS AS IDENTITY", "max(a)) FROM t HAVING max(a) >= 1;"),
        ("GENERATED BY DEFAULT AS IDENTITY (START WITH 7 MINVALUE 5)", "max(a)) FROM t HAVING max(a) >= 7;"),
        ("GENERATED BY DEFAULT AS IDENTITY (INCREMENT BY -1)", "min(a)) FROM t HAVING min(a) <= -1;"),
    ] {
        let (up, _, _) = ways(
            "CREATE TABLE t (a int NOT NULL);",
            &format!("CREATE TABLE t (a int NOT NULL {counts});"),
            &[],
        );
        assert!(up.ends_with(&format!("SELECT setval(pg_get_serial_sequence('t', 'a'), {wanted}\n")), "{up}");
    }
}

#[test]
fn an_enum_that_is_made_anew_keeps_what_is_said_about_it() {
    let of =
        |labels: &str| format!("CREATE TYPE mood AS ENUM ({labels}); COMMENT ON TYPE mood IS 'how it is';");
    let (up, _, _) = ways(&of("'sad', 'ok'"), &of("'ok'"), &[]);
    assert!(up.contains("COMMENT ON TYPE mood IS 'how it is';"), "{up}");
}

#[test]
fn an_index_that_is_made_again_is_kept_as_it_was() {
    let of = |data_type: &str| {
        format!(
            "CREATE TABLE t (a {data_type}); CREATE INDEX i ON t (a) WITH (fillfactor = 70, deduplicate_items = off) WHERE a > 0;
             ALTER INDEX i SET (fillfactor = 80); ALTER INDEX i RESET (deduplicate_items);"
        )
    };
    let (up, down, _) = ways(&of("int"), &of("bigint"), &[]);
    for script in [up, down] {
        assert!(script.contains("CREATE INDEX i ON t (a) WITH (fillfactor = 80) WHERE a > 0;"), "{script}");
    }
}

#[test]
fn a_key_keeps_what_its_index_carries() {
    let of = |deferrable: &str| {
        format!("CREATE TABLE t (a int, b int, c int, CONSTRAINT u UNIQUE (b) INCLUDE (a, c) {deferrable});")
    };
    let (up, _, _) = ways("", &of(""), &[]);
    assert!(up.contains("    CONSTRAINT u UNIQUE (b) INCLUDE (a, c)\n"), "{up}");
    let (up, down, _) = ways(&of(""), &of("DEFERRABLE"), &[]);
    assert!(up.ends_with("ADD CONSTRAINT u UNIQUE (b) INCLUDE (a, c) DEFERRABLE;\n"), "{up}");
    assert!(down.ends_with("ADD CONSTRAINT u UNIQUE (b) INCLUDE (a, c);\n"), "{down}");
}

#[test]
fn an_identity_that_is_renamed_keeps_its_sequence() {
    let rename = Rename { table: ObjectName::new("public", "t"), column: Some("a".into()), to: "b".into() };
    let of = |name: &str| format!("CREATE TABLE t ({name} int GENERATED BY DEFAULT AS IDENTITY);");
    let (up, down, _) = ways(&of("a"), &of("b"), &[rename]);
    assert_eq!(up, "ALTER TABLE t RENAME COLUMN a TO b;\n");
    assert_eq!(down, "ALTER TABLE t RENAME COLUMN b TO a;\n");
}

#[test]
fn a_new_table_gets_the_name_of_one_that_is_renamed() {
    let rename = Rename { table: ObjectName::new("public", "t"), column: None, to: "old".into() };
    let (up, _, _) = ways(
        "CREATE TABLE t (a int PRIMARY KEY, b int UNIQUE);",
        "CREATE TABLE old (a int PRIMARY KEY, b int UNIQUE); CREATE TABLE t (a int PRIMARY KEY);",
        &[rename],
    );
    assert_eq!(
        up,
        "ALTER TABLE t RENAME TO old;\nCREATE TABLE t (\n    a INTEGER NOT NULL,\n    CONSTRAINT t_pkey1 PRIMARY KEY (a)\n);\n"
    );
}

#[test]
fn what_is_computed_is_freed_before_what_it_is_computed_from_changes() {
    check(
        "CREATE TABLE t (x int, y int GENERATED ALWAYS AS (x * 2) STORED);",
        "CREATE TABLE t (x boolean, y int);",
        "\
ALTER TABLE t ALTER COLUMN y DROP EXPRESSION;
-- loses data: what does not fit of `t.x` (integer -> boolean)
ALTER TABLE t ALTER COLUMN x TYPE BOOLEAN USING x <> 0;",
    );
}

#[test]
fn a_trigger_asks_about_a_column_by_its_new_name() {
    let made = |column: &str| {
        format!(
            "CREATE TABLE t ({column} int, c int);
             CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
             CREATE TRIGGER r AFTER UPDATE OF {column} ON t FOR EACH ROW \
             WHEN (OLD.{column} IS DISTINCT FROM new.{column} OR NEW.c > 0) EXECUTE FUNCTION f();"
        )
    };
    let rename = Rename { table: ObjectName::new("public", "t"), column: Some("a".into()), to: "B".into() };
    let (up, down, _) = ways(&made("a"), &made("\"B\""), &[rename]);
    assert_eq!(up, "ALTER TABLE t RENAME COLUMN a TO \"B\";\n");
    assert_eq!(down, "ALTER TABLE t RENAME COLUMN \"B\" TO a;\n");
}
