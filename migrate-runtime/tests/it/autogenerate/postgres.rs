//! PostgreSQL.

use diesel::connection::SimpleConnection;
use migrate_core::dialect::Dialect;
use migrate_test::PgConnection;

use super::language::{Counter, Kind, Language, Place, TableOption};
use super::{texts, value};

const KINDS: &[Kind] = &[
    Kind {
        is_key: true,
        defaults: &["0", "-1", "1 + 1"],
        checks: &["{} > -5", "{} BETWEEN -10 AND 1000"],
        expression: Some("{} * 2"),
        ..Kind::new("integer", value::number)
    },
    Kind {
        is_key: true,
        defaults: &["7"],
        checks: &["{} <> 0"],
        expression: Some("{} + 1"),
        ..Kind::new("bigint", value::number)
    },
    Kind {
        is_key: true,
        defaults: &["''", "'it''s'", "'ä'"],
        checks: &["length({}) < 100", "{} <> 'never'"],
        expression: Some("lower({})"),
        extras: &["COLLATE \"C\""],
        ..Kind::new("text", value::text)
    },
    Kind {
        is_key: true,
        defaults: &["'x'"],
        checks: &["length({}) < 20"],
        ..Kind::new("varchar(20)", value::text)
    },
    Kind { defaults: &["true", "false"], ..Kind::new("boolean", |row| (row % 2 == 0).to_string()) },
    Kind {
        is_key: true,
        defaults: &["now()", "CURRENT_TIMESTAMP"],
        ..Kind::new("timestamptz", |row| format!("'2020-01-{:02} 12:00:00+00'", row + 1))
    },
    Kind {
        is_key: true,
        defaults: &["0.5"],
        checks: &["{} > -1"],
        expression: Some("{} * 2"),
        ..Kind::new("numeric(10,2)", value::fraction)
    },
    Kind {
        is_key: true,
        defaults: &["'ok'", "'calm'::mood"],
        checks: &["{} IN ('ok', 'calm', 'happy')", "{} >= 'ok' OR {} < 'ok'"],
        ..Kind::new("mood", label)
    },
    Kind {
        defaults: &["'{}'", "ARRAY['ok']::mood[]"],
        ..Kind::new("mood[]", |row| format!("ARRAY[{}]::mood[]", label(row)))
    },
    Kind { is_key: true, defaults: &["0.5"], checks: &["{} < 1000"], ..Kind::new("price", value::fraction) },
    Kind { is_key: true, defaults: &["3"], checks: &["{} > 0"], ..Kind::new("smallint", value::number) },
    Kind {
        is_key: true,
        defaults: &["1.5"],
        checks: &["{} > -1"],
        expression: Some("{} / 2"),
        ..Kind::new("double precision", value::fraction)
    },
    Kind {
        defaults: &["'{}'", "'[1, 2]'::jsonb"],
        checks: &["jsonb_typeof({}) <> 'null'"],
        ..Kind::new("jsonb", |row| format!("'{{\"row\": {row}}}'"))
    },
    Kind {
        defaults: &["'{}'", "ARRAY['a']"],
        checks: &["cardinality({}) < 9"],
        ..Kind::new("text[]", |row| format!("ARRAY['a', '{row}']"))
    },
    Kind { is_key: true, defaults: &["'\\x00'"], ..Kind::new("bytea", |row| format!("'\\x0{row}ff'")) },
    Kind {
        is_key: true,
        defaults: &["CURRENT_DATE"],
        checks: &["{} > '1990-01-01'"],
        ..Kind::new("date", |row| format!("'2020-02-{:02}'", row + 1))
    },
    Kind {
        is_key: true,
        defaults: &["LOCALTIMESTAMP"],
        ..Kind::new("timestamp(3)", |row| format!("'2020-01-{:02} 12:00:00.125'", row + 1))
    },
    Kind { is_key: true, defaults: &["'a'"], ..Kind::new("char(3)", |row| format!("'a{row}'")) },
    Kind {
        is_key: true,
        defaults: &["gen_random_uuid()"],
        ..Kind::new("uuid", |row| format!("'00000000-0000-0000-0000-{row:012}'"))
    },
];

/// Of the values that all shapes of the enum have.
fn label(row: usize) -> String {
    ["'ok'", "'calm'", "'happy'"][row % 3].to_owned()
}

const BESIDES: &[&[&str]] = &[
    &[
        "CREATE TYPE mood AS ENUM ('sad', 'ok', 'calm', 'happy')",
        "CREATE TYPE mood AS ENUM ('ok', 'calm', 'happy')",
        "CREATE TYPE mood AS ENUM ('bad', 'sad', 'ok', 'fi''ne', 'calm', 'happy', 'merry')",
        "CREATE TYPE mood AS ENUM ('happy', 'calm', 'ok')",
    ],
    &[
        "CREATE DOMAIN price AS numeric(10,2) CHECK (VALUE >= 0)",
        "CREATE DOMAIN price AS numeric(10,2) DEFAULT 1",
        "CREATE DOMAIN price AS numeric(10,2) DEFAULT 0 CONSTRAINT sane CHECK (VALUE > -1) CHECK (VALUE < 10000)",
    ],
    &[
        "CREATE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$",
        "CREATE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN OLD; END $$",
        "CREATE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp COST 50
             AS $$ BEGIN RETURN NULL; END $$",
    ],
    &[
        "",
        "CREATE FUNCTION twice(a integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT a * 2';
         CREATE TABLE twos (a integer CHECK (twice(a) > 0), b integer DEFAULT twice(4));
         CREATE INDEX twos_idx ON twos (twice(b)) WHERE twice(b) > 3;
         CREATE VIEW two AS SELECT twice(a) AS c FROM twos",
        "CREATE FUNCTION twice(a integer DEFAULT 2) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT a * 2';
         ALTER FUNCTION twice(integer) STRICT PARALLEL SAFE;
         CREATE FUNCTION all_of(mood) RETURNS SETOF mood LANGUAGE sql STABLE ROWS 3 AS 'SELECT $1';
         CREATE TABLE twos (a integer CHECK (twice(a) > 0), b integer DEFAULT twice())",
        "CREATE FUNCTION twice(a integer) RETURNS integer LANGUAGE plpgsql AS $$ BEGIN RETURN a + a; END $$;
         CREATE FUNCTION all_of(mood) RETURNS SETOF mood LANGUAGE sql AS 'SELECT $1';
         CREATE TABLE twos (a integer, b integer);
         CREATE VIEW two AS SELECT twice(a) AS c FROM twos",
        "CREATE FUNCTION twice(b integer) RETURNS bigint LANGUAGE sql AS 'SELECT 2::bigint * b';
         CREATE FUNCTION twice(text) RETURNS text LANGUAGE sql AS 'SELECT $1 || $1';
         CREATE TABLE twos (b bigint);
         CREATE VIEW two AS SELECT twice(7) AS c",
    ],
    &[
        "",
        "CREATE TABLE seen (a integer, b text);
         CREATE VIEW one AS SELECT a, b AS \"B\" FROM seen;
         ALTER VIEW one ALTER COLUMN \"B\" SET DEFAULT 'x';
         COMMENT ON COLUMN one.a IS 'it''s one';
         CREATE TRIGGER one BEFORE INSERT ON seen FOR EACH ROW EXECUTE FUNCTION nothing();
         COMMENT ON TRIGGER one ON seen IS 'first';
         CREATE MATERIALIZED VIEW many WITH (fillfactor = 70) AS SELECT a FROM one;
         CREATE RECURSIVE VIEW again (n) AS VALUES (1) UNION ALL SELECT n + 1 FROM again, seen WHERE n < a",
        "CREATE TABLE seen (a bigint, b text);
         CREATE VIEW one AS SELECT a, b AS \"B\" FROM seen;
         COMMENT ON COLUMN one.a IS 'one';
         CREATE TRIGGER one BEFORE INSERT ON seen FOR EACH ROW EXECUTE FUNCTION nothing();
         CREATE TRIGGER two INSTEAD OF INSERT ON one FOR EACH ROW EXECUTE FUNCTION nothing();
         COMMENT ON TRIGGER two ON one IS 'second';
         CREATE MATERIALIZED VIEW many WITH (fillfactor = 80) AS SELECT a FROM one",
    ],
    &[
        "",
        "CREATE SEQUENCE counter",
        "CREATE SEQUENCE counter AS integer START WITH 5 INCREMENT BY 2",
        "CREATE SEQUENCE counter INCREMENT BY -1 MAXVALUE 100 MINVALUE 1 CYCLE; CREATE TABLE counted (a bigint DEFAULT nextval('counter'))",
        "CREATE TABLE counted (a bigserial, b integer GENERATED ALWAYS AS IDENTITY (START WITH 7 INCREMENT BY 3))",
        "CREATE TABLE counted (a integer GENERATED BY DEFAULT AS IDENTITY, b integer GENERATED BY DEFAULT AS IDENTITY)",
    ],
    &[
        "",
        "CREATE SCHEMA shop;
         CREATE TYPE shop.state AS ENUM ('open', 'shut');
         CREATE TABLE shop.\"Order\" (id integer PRIMARY KEY, state shop.state DEFAULT 'open', during int4range,
             EXCLUDE USING gist (during WITH &&));
         CREATE INDEX ON shop.\"Order\" (state) WHERE state = 'open'",
        "CREATE SCHEMA shop;
         CREATE TYPE shop.state AS ENUM ('open', 'sold', 'shut');
         CREATE TYPE shop.pair AS (a integer, b text);
         CREATE TABLE shop.\"Order\" (id bigint PRIMARY KEY, state shop.state DEFAULT 'shut' CHECK (state <> 'open'),
             pair shop.pair, during int8range,
             CONSTRAINT one UNIQUE (during) INCLUDE (state));
         CREATE INDEX orders ON shop.\"Order\" USING gist (during) WITH (fillfactor = 70);
         CREATE MATERIALIZED VIEW shop.open AS SELECT id, state FROM shop.\"Order\" WHERE state = 'open';
         CREATE UNIQUE INDEX ON shop.open (id)",
        "CREATE SCHEMA shop;
         CREATE TYPE shop.state AS ENUM ('shut');
         CREATE TYPE shop.pair AS (b varchar(20), c date);
         CREATE TABLE shop.\"Order\" (id integer, state shop.state[], name text);
         CREATE INDEX orders ON shop.\"Order\" (name text_pattern_ops, id DESC NULLS LAST);
         CREATE VIEW shop.open (one, two) AS SELECT id, state FROM shop.\"Order\"",
    ],
];

static LANGUAGE: Language = Language {
    dialect: Dialect::Postgres,
    cases: 6,
    more_names: &["dot.ted", "a_very_long_name_that_goes_on_and_on_and_on_and_on"],
    kinds: KINDS,
    counters: &[
        Counter { kind: "integer", definition: "serial", says_key: false },
        Counter { kind: "integer", definition: "integer GENERATED BY DEFAULT AS IDENTITY", says_key: false },
    ],
    computed: &["STORED"],
    options: &[TableOption { sql: "", needs_key: false, allows: |_| true }],
    counts_with: |_| true,
    actions: &["NO ACTION", "CASCADE", "RESTRICT", "SET NULL", "SET DEFAULT"],
    deferrable: &["", "DEFERRABLE", "DEFERRABLE INITIALLY DEFERRED"],
    besides: BESIDES,
    rows_besides: &[
        ("twos", "INSERT INTO twos DEFAULT VALUES"),
        ("counted", "INSERT INTO counted DEFAULT VALUES"),
        ("shop.\"Order\"", "INSERT INTO shop.\"Order\" (id) VALUES (1)"),
    ],
    views: &["VIEW", "MATERIALIZED VIEW"],
    index_extras: &["", "NULLS NOT DISTINCT"],
    has_include: true,
    has_comments: true,
    has_partial: true,
    has_descending: true,
    has_expressions: true,
    keys_change_alone: false,
    keeps_options: false,
    has_own_checks: false,
    adds_keys: true,
    trigger: Some(|name, table| {
        let (own, column) = (&table.name, Dialect::Postgres.quote_identifier(&table.columns[0].name));
        let (kind, when) = match name.len() % 2 + name.matches(['2', '4']).count() {
            0 => ("TRIGGER", format!("AFTER DELETE ON {own}")),
            1 => (
                "TRIGGER",
                format!(
                    "AFTER UPDATE OF {column} ON {own} FOR EACH ROW WHEN (OLD.{column} IS DISTINCT FROM NEW.{column})"
                ),
            ),
            _ => (
                "CONSTRAINT TRIGGER",
                format!("AFTER UPDATE ON {own} DEFERRABLE INITIALLY DEFERRED FOR EACH ROW"),
            ),
        };
        let each = if when.contains("FOR EACH") { "" } else { " FOR EACH ROW" };
        format!("CREATE {kind} {name} {when}{each} EXECUTE FUNCTION nothing()")
    }),
    keeps_texts: false,
    no_values: "DEFAULT VALUES",
    text: "text",
    refusals: &[
        "could not create unique index",
        "contains null values",
        "violates not-null constraint",
        "violates foreign key constraint",
        "violates check constraint",
        "is violated by some row",
        "violate the new constraint",
        "invalid input syntax for type",
        "invalid input value for enum",
        "value too long for type",
        "out of range",
        "numeric field overflow",
        "duplicate key value violates unique constraint",
        "malformed array literal",
        "invalid byte sequence",
    ],
    takes_back: true,
};

impl Place for PgConnection {
    fn language() -> &'static Language {
        &LANGUAGE
    }

    fn clear(&mut self) {
        self.batch_execute(
            "SET client_min_messages = warning;
             DROP SCHEMA public CASCADE; CREATE SCHEMA public; DROP SCHEMA IF EXISTS shop CASCADE",
        )
        .expect("an empty database");
    }

    fn heed_keys(&mut self, heed: bool) {
        let role = if heed { "origin" } else { "replica" };
        self.batch_execute(&format!("SET session_replication_role = {role}")).expect("a setting");
    }

    fn texts(&mut self, sql: &str) -> Vec<String> {
        texts(self, sql)
    }

    fn row(columns: &[String]) -> String {
        let value = |column: &String| format!(" || chr(31) || quote_nullable(CAST({column} AS text))");
        format!("''{}", columns.iter().map(value).collect::<String>())
    }

    fn ailments(&mut self) -> Vec<String> {
        vec![]
    }
}
