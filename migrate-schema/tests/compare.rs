//! Declarations and SQL side by side, and what does not agree.

mod made;

use migrate_core::diagnostic::Diagnostic;
use migrate_core::dialect::{Dialect, DialectSet};
use migrate_core::source::{Sources, position};
use migrate_schema::{MismatchKind, ModelFile, Touched, compare, read, read_print_schemas};

use Dialect::{Mysql, Postgres, Sqlite};
use made::schema;

fn file(text: &str, config: &str, patch: &str) -> ModelFile {
    let mut findings: Vec<Diagnostic> = vec![];
    let source = Sources::new().add("schema.rs".to_owned(), text.as_bytes().to_vec(), &mut findings);
    ModelFile {
        source,
        models: read(text, DialectSet::ALL),
        settings: read_print_schemas(config).0.into_iter().rfind(|print| print.file.is_some()),
        touched: Touched::of(patch, text),
        sql: None,
    }
}

/// What does not agree, a line each: the level, the place, what it is.
fn found(dialect: Dialect, sql: &str, text: &str, config: &str, patch: &str) -> Vec<String> {
    let file = file(text, config, patch);
    assert_eq!(file.models.unread, [], "{text}");
    let found = compare(&[file], &schema(dialect, sql));
    let lines = found.iter().map(|mismatch| {
        let table = &mismatch.table;
        let what = match &mismatch.kind {
            MismatchKind::NoTable => format!("{table}: no table"),
            MismatchKind::UndeclaredTable => format!("{table}: undeclared"),
            MismatchKind::NoColumn(column) => format!("{table}.{column}: no column"),
            MismatchKind::UndeclaredColumn(column) => format!("{table}.{column}: undeclared"),
            MismatchKind::Type { column, model, database, expected } => {
                let expected = expected.as_deref().unwrap_or("?");
                format!("{table}.{column}: {model}, {database} is {expected}")
            }
            MismatchKind::Nullability { column, model_is_nullable: true, .. } => {
                format!("{table}.{column}: never null")
            }
            MismatchKind::Nullability { column, .. } => format!("{table}.{column}: may be null"),
            MismatchKind::PrimaryKey { database, .. } => format!("{table}: key {database:?}"),
            MismatchKind::Length { column, model, database } => {
                format!("{table}.{column}: length {model}, {database:?}")
            }
            MismatchKind::NoForeignKey { column, parent } => format!("{table}.{column}: no key to {parent}"),
        };
        let place = position(text, mismatch.at.start);
        let level = if mismatch.kind.is_error() { "error" } else { "warning" };
        format!("{level} {}:{} {what}", place.line, place.column)
    });
    lines.collect()
}

fn check(dialect: Dialect, cases: &[(&str, &str, &[&str])]) {
    for (sql, text, expected) in cases {
        assert_eq!(found(dialect, sql, text, "", ""), *expected, "{sql}\n{text}");
    }
}

/// One column of each type: the type in SQL, the type in Rust, and what diesel would write if they do not agree.
fn check_types(dialect: Dialect, prelude: &str, models: &str, cases: &[(&str, &str, &str)]) {
    for (sql, model, expected) in cases {
        let sql = format!("{prelude} CREATE TABLE t (id INTEGER NOT NULL PRIMARY KEY, c {sql} NOT NULL);");
        let text = format!("{models} diesel::table! {{ t (id) {{ id -> Integer, c -> {model}, }} }}");
        let found = found(dialect, &sql, &text, "", "");
        let differs =
            found.iter().map(|line| line.rsplit(" is ").next().unwrap_or_default()).collect::<Vec<_>>();
        let expected: Vec<&str> = if expected.is_empty() { vec![] } else { vec![expected] };
        assert_eq!(differs, expected, "{sql} {model}: {found:?}");
    }
}

#[test]
fn tables_and_columns() {
    let sql = "CREATE TABLE users (id INTEGER NOT NULL PRIMARY KEY, name TEXT NOT NULL, bio TEXT);";
    for dialect in [Postgres, Sqlite] {
        check(
            dialect,
            &[
                (sql, "table! { users { id -> Integer, name -> Text, bio -> Nullable<Text>, } }", &[]),
                (
                    sql,
                    "diesel::table! {\n  use diesel::sql_types::*;\n  /// Docs.\n  users (id) {\n    id -> Int4,\n    \
                     name -> Nullable<Varchar>,\n    bio -> Text\n  }\n}",
                    &["error 6:13 users.name: never null", "error 7:12 users.bio: may be null"],
                ),
                (
                    sql,
                    "table! { users (name) { id -> Integer, name -> Text, age -> Integer, } }",
                    &[
                        "warning 1:10 users.bio: undeclared",
                        "warning 1:16 users: key Some([\"id\"])",
                        "warning 1:54 users.age: no column",
                    ],
                ),
                (
                    sql,
                    "table! { posts { id -> Integer, } }",
                    &["warning 1:1 users: undeclared", "warning 1:10 posts: no table"],
                ),
                (
                    "CREATE TABLE \"user-s\" (id INTEGER NOT NULL PRIMARY KEY, \"type\" TEXT NOT NULL);",
                    "table! { #[sql_name = \"user-s\"] users (id) { id -> Integer, #[sql_name = \"type\"] kind -> Text, } }",
                    &[],
                ),
                (
                    "CREATE TABLE t (id INTEGER NOT NULL PRIMARY KEY, \"type\" TEXT NOT NULL);",
                    "table! { t (id) { id -> Integer, r#type -> Integer, } }",
                    &["error 1:44 t.type: Integer, text is Text"],
                ),
                // Nothing is said about what only another tool keeps, and about files for other databases.
                (
                    "",
                    "table! { __diesel_schema_migrations (version) { version -> VarChar, run_on -> Timestamp, } }",
                    &[],
                ),
                ("", "mod mysql { table! { users { id -> Integer, } } }", &[]),
                (
                    "",
                    "#[cfg(not(any(feature = \"postgres\", feature = \"sqlite\")))] table! { users { id -> Integer, } }",
                    &[],
                ),
            ],
        );
    }
}

#[test]
fn what_a_comment_leaves_out() {
    check(
        Postgres,
        &[(
            "CREATE TABLE users (id INT PRIMARY KEY, name TEXT, bio TEXT, at TIMESTAMP);",
            "table! {\n users (id) {\n  id -> Integer,\n  // migrate:ignore, the trigger sees to it\n  name -> Text,\n  \
             bio -> Text, // migrate:ignore\n  at -> Timestamp,\n } }\n// migrate:ignore\ntable! { views { id -> Integer, } }",
            &["error 7:9 users.at: may be null"],
        )],
    );
}

#[test]
fn several_errors_are_read_past() {
    let models = read(
        "table! { users (id) { id -> Integer, name Text, age -> , bio -> Text, } } joinable!(a b); \
         macro_rules! t { ($x:ident) => { table! { $x { id -> Integer, } } } } infer_schema!(\"x\"); \
         cfg_if! { if #[cfg(sqlite)] { view! { v { a -> Text, } } } } table! { 5 }",
        DialectSet::ALL,
    );
    let columns: Vec<_> = models.tables[0].columns.iter().map(|column| column.name.as_str()).collect();
    assert_eq!(columns, ["id", "bio"]);
    assert_eq!((models.tables[1].name.as_str(), models.tables[1].is_view), ("v", true));
    let why: Vec<_> = models.unread.iter().map(|unread| unread.why.as_str()).collect();
    assert_eq!(
        why,
        [
            "expected `->` and the type of the column",
            "expected a SQL type",
            "expected `child -> parent (column)`",
            "`infer_schema!` asks a database: there is nothing to read",
            "expected the name of a table",
        ]
    );
}

#[test]
fn keys_between_tables() {
    let sql = "CREATE TABLE users (id INTEGER NOT NULL PRIMARY KEY); \
               CREATE TABLE posts (id INTEGER NOT NULL PRIMARY KEY, author INTEGER REFERENCES users (id), editor INTEGER);";
    let tables = "table! { users { id -> Integer, } } \
                  table! { posts { id -> Integer, author -> Nullable<Integer>, editor -> Nullable<Integer>, } }\n";
    for dialect in [Postgres, Sqlite] {
        let good = format!("{tables}joinable!(posts -> users (author));");
        let bad = format!("{tables}diesel::joinable!(posts -> users (editor));");
        check(dialect, &[(sql, &good, &[]), (sql, &bad, &["warning 2:9 posts.editor: no key to users"])]);
    }
}

#[test]
fn postgres_types() {
    check_types(
        Postgres,
        "CREATE TYPE access_kind AS ENUM ('a'); CREATE DOMAIN email AS TEXT; CREATE DOMAIN whole AS INT NOT NULL;",
        "pub mod sql_types { #[derive(SqlType)] #[diesel(postgres_type(name = \"access_kind\"))] pub struct Kind; \
         #[postgres(type_name = \"other_kind\")] struct OtherKind; #[diesel(postgres_type(name = \"tsvector\"))] struct Search; }",
        &[
            ("INT", "Int4", ""),
            ("SERIAL", "Integer", ""),
            ("INT", "BigInt", "Int4"),
            ("SMALLINT", "Int2", ""),
            ("BIGSERIAL", "Int8", ""),
            ("VARCHAR(20)", "Text", ""),
            ("TEXT", "Varchar", ""),
            ("CHAR(3)", "Bpchar", ""),
            ("TEXT", "Binary", "Text"),
            ("BYTEA", "Blob", ""),
            ("TIMESTAMP", "Timestamp", ""),
            ("TIMESTAMP", "Timestamptz", "Timestamp"),
            ("TIMESTAMPTZ(3)", "diesel::sql_types::Timestamptz", ""),
            ("NUMERIC(10, 2)", "Decimal", ""),
            ("DOUBLE PRECISION", "Float8", ""),
            ("REAL", "Double", "Float4"),
            ("JSONB", "Json", "Jsonb"),
            ("UUID", "Uuid", ""),
            ("UUID", "Text", "Uuid"),
            ("TEXT[]", "Array<Nullable<Text>>", ""),
            ("INT[]", "Array<Text>", "Array<Int4>"),
            ("INT[]", "Integer", "Array<Nullable<Int4>>"),
            ("INT", "Array<Integer>", "Int4"),
            ("INT4RANGE", "Range<Integer>", ""),
            ("TSTZRANGE", "Tstzrange", ""),
            ("access_kind", "Kind", ""),
            ("access_kind", "sql_types::Kind", ""),
            ("access_kind", "OtherKind", "AccessKind"),
            ("access_kind", "Access_kind", ""),
            ("access_kind", "AccessKind", ""),
            ("access_kind", "Text", "AccessKind"),
            ("access_kind[]", "Array<Nullable<Kind>>", ""),
            // Declared elsewhere: it may be anything.
            ("access_kind", "crate::Mapping", ""),
            ("INT", "crate::Mapping", ""),
            ("INT", "Kind", "Int4"),
            ("email", "Text", ""),
            ("email", "Integer", "Text"),
            ("whole", "Integer", ""),
            ("tsvector", "Search", ""),
            ("tsvector", "TsVector", ""),
            ("tsvector", "Text", "Tsvector"),
            ("inet", "Inet", ""),
            // From an extension that is not here.
            ("citext", "Text", ""),
            ("MONEY", "Cash", ""),
            ("\"char\"", "CChar", ""),
        ],
    );
}

#[test]
fn mysql_types() {
    check_types(
        Mysql,
        "",
        "",
        &[
            ("INT", "Integer", ""),
            ("INT UNSIGNED", "Unsigned<Integer>", ""),
            ("INT UNSIGNED", "Integer", "Unsigned<Integer>"),
            ("INT", "Unsigned<Integer>", "Integer"),
            ("MEDIUMINT", "Integer", ""),
            ("TINYINT(1)", "Bool", ""),
            ("BOOLEAN", "Bool", ""),
            ("BOOLEAN", "TinyInt", ""),
            ("TINYINT", "Bool", ""),
            ("TINYINT", "Integer", "TinyInt"),
            ("BIGINT", "Integer", "BigInt"),
            ("VARCHAR(20)", "Text", ""),
            ("LONGTEXT", "Longtext", ""),
            ("LONGTEXT", "Json", ""),
            ("JSON", "Text", ""),
            ("ENUM('a')", "Text", ""),
            ("ENUM('a')", "MyEnum", ""),
            ("BINARY(16)", "Text", "Binary"),
            ("BLOB", "Binary", ""),
            ("DATETIME", "Timestamp", ""),
            ("DATETIME(6)", "Datetime", ""),
            ("DECIMAL(10, 2)", "Numeric", ""),
            ("DOUBLE", "Float", "Double"),
            ("DATE", "Timestamp", "Date"),
        ],
    );
}

#[test]
fn sqlite_types() {
    check_types(
        Sqlite,
        "",
        "",
        &[
            ("INTEGER", "Integer", ""),
            ("INTEGER", "BigInt", ""),
            ("BIGINT", "Integer", "BigInt"),
            ("INTEGER", "Bool", ""),
            ("BOOLEAN", "Integer", ""),
            ("INTEGER", "Text", "Integer"),
            ("TEXT", "Integer", "Text"),
            ("VARCHAR(20)", "Text", ""),
            ("TEXT", "Timestamp", ""),
            ("DATETIME", "Timestamp", ""),
            ("DATETIME", "Text", ""),
            ("DATETIME", "BigInt", ""),
            ("TIMESTAMP", "TimestamptzSqlite", ""),
            ("REAL", "Double", ""),
            ("DECIMAL(10, 2)", "Double", ""),
            ("NUMERIC", "Integer", ""),
            ("REAL", "Text", "Float"),
            ("BLOB", "Binary", ""),
            ("BLOB", "Text", "Binary"),
            ("TEXT", "Json", ""),
            // diesel does not know what this is either.
            ("UUID", "Text", ""),
            ("UUID", "Binary", ""),
            ("", "Text", ""),
        ],
    );
}

#[test]
fn sqlites_primary_keys() {
    check(
        Sqlite,
        &[
            ("CREATE TABLE t (id INTEGER PRIMARY KEY);", "table! { t { id -> Integer, } }", &[]),
            ("CREATE TABLE t (id INTEGER PRIMARY KEY);", "table! { t { id -> BigInt, } }", &[]),
            ("CREATE TABLE t (id INTEGER PRIMARY KEY);", "table! { t { id -> Nullable<Integer>, } }", &[]),
            ("CREATE TABLE t (id TEXT PRIMARY KEY);", "table! { t { id -> Text, } }", &[]),
            (
                "CREATE TABLE t (id TEXT);",
                "table! { t { id -> Nullable<Text>, } }",
                &["warning 1:10 t: key None"],
            ),
            ("CREATE TABLE T (Id INTEGER PRIMARY KEY);", "table! { t { id -> Integer, } }", &[]),
            (
                "CREATE TABLE t (id INTEGER PRIMARY KEY);",
                "table! { t (rowid) { rowid -> BigInt, id -> Integer, } }",
                &["warning 1:12 t: key Some([\"id\"])"],
            ),
        ],
    );
}

#[test]
fn mysqls_timestamps_depend_on_the_server() {
    check(
        Mysql,
        &[
            (
                "CREATE TABLE t (id INT PRIMARY KEY, a TIMESTAMP, b DATETIME);",
                "table! { t { id -> Integer, a -> Timestamp, b -> Datetime, } }",
                &["error 1:50 t.b: may be null"],
            ),
            (
                "CREATE TABLE t (id INT PRIMARY KEY);",
                "table! { other.s { id -> Integer, } } table! { t { id -> Integer, } }",
                &[],
            ),
        ],
    );
}

#[test]
fn lengths() {
    let sql = "CREATE TABLE t (id INT PRIMARY KEY, a VARCHAR(20) NOT NULL, b TEXT NOT NULL);";
    for dialect in [Postgres, Mysql] {
        check(
            dialect,
            &[
                (sql, "table! { t { id -> Integer, #[max_length = 20] a -> Varchar, b -> Text, } }", &[]),
                (sql, "table! { t { id -> Integer, a -> Varchar, b -> Text, } }", &[]),
                (
                    sql,
                    "table! { t { id -> Integer, #[max_length = 2_1] a -> Varchar,\n#[max_length = 5] b -> Text, } }",
                    &["warning 1:49 t.a: length 21, Some(20)", "warning 2:19 t.b: length 5, None"],
                ),
            ],
        );
    }
}

#[test]
fn schemas_and_views_of_postgres() {
    check(
        Postgres,
        &[
            (
                "CREATE SCHEMA shop; CREATE TABLE shop.orders (id INT PRIMARY KEY); CREATE TABLE users (id INT PRIMARY KEY);",
                "table! { shop.orders (id) { id -> Text, } } table! { users { id -> Int4, } }",
                &["error 1:35 orders.id: Text, integer is Int4"],
            ),
            // The search path leads there.
            (
                "CREATE SCHEMA shop; CREATE TABLE shop.orders (id INT PRIMARY KEY);",
                "table! { orders { id -> Text, } }",
                &["error 1:25 orders.id: Text, integer is Int4"],
            ),
            (
                "CREATE TABLE users (id INT PRIMARY KEY, name TEXT); CREATE VIEW names AS SELECT id, name FROM users;",
                "table! { users { id -> Int4, name -> Nullable<Text>, } } \
                 table! { names { id -> Int4, name -> Int4, age -> Int4, } }",
                &["error 1:95 names.name: Int4, text is Text", "warning 1:101 names.age: no column"],
            ),
        ],
    );
}

#[test]
fn what_is_not_known_is_not_compared() {
    let sql =
        "CREATE TABLE t (id INT PRIMARY KEY, c TEXT); DO $$ BEGIN EXECUTE 'ALTER TABLE t ' || x; END $$";
    let file = file("table! { t { id -> Text, } } table! { other { id -> Text, } }", "", "");
    assert_eq!(compare(&[file], &schema(Postgres, sql)), []);
}

#[test]
fn diesel_toml_says_what_is_left_out() {
    let sql = "CREATE SCHEMA shop; CREATE TABLE users (id INT PRIMARY KEY); CREATE TABLE old_users (id INT PRIMARY KEY); \
               CREATE TABLE shop.orders (id INT PRIMARY KEY);";
    let users = "table! { users { id -> Int4, } }";
    let with = |config: &str, text: &str| found(Postgres, sql, text, config, "");
    let config = "[print_schema]\nfile = \"schema.rs\"\n";
    assert_eq!(with(config, users), ["warning 1:1 old_users: undeclared"]);
    assert!(with(&format!("{config}filter = {{ except_tables = [\"^old\"] }}"), users).is_empty());
    assert!(with(&format!("{config}filter = {{ only_tables = [\"^users$\"] }}"), users).is_empty());
    assert!(with(&format!("{config}filter = {{ only_tables = [\"(\"] }}"), users).is_empty());
    assert!(with(&format!("{config}schema = \"shop\""), "table! { shop.orders { id -> Int4, } }").is_empty());
    assert_eq!(
        with(&format!("{config}schema = \"shop\""), "table! { shop.lost { id -> Int4, } }"),
        ["warning 1:1 orders: undeclared", "warning 1:15 lost: no table"]
    );
}

#[test]
fn what_a_patch_has_changed_is_meant() {
    let sql = "CREATE TABLE users (id INT PRIMARY KEY, name INT, secret TEXT NOT NULL, bio TEXT); \
               CREATE TABLE gone (id INT PRIMARY KEY);";
    let text =
        "table! {\n    users (id) {\n      id -> Int4,\n      name -> Text,\n      bio -> Text,\n    }\n}\n";
    let patch = "--- a/schema.rs\n+++ b/schema.rs\n@@ -10,6 +10,5 @@ table! {\n     users (id) {\n         id -> Int4,\n\
                 -        name -> Nullable<Int4>,\n-        secret -> Text,\n+        name -> Text,\n         bio -> Text,\n     }\n\
                 @@ -30,3 +28,0 @@\n-    gone (id) {\n-        id -> Int4,\n-    }\n";
    assert_eq!(
        found(Postgres, sql, text, "", ""),
        [
            "warning 1:1 gone: undeclared",
            "warning 2:5 users.secret: undeclared",
            "error 4:15 users.name: Text, integer is Int4",
            "error 4:15 users.name: may be null",
            "error 5:14 users.bio: may be null",
        ]
    );
    assert_eq!(found(Postgres, sql, text, "", patch), ["error 5:14 users.bio: may be null"]);
    // Where the part is not found, its columns are left out by their names.
    let elsewhere = patch.replace("     users (id) {", "     people (id) {");
    assert_eq!(found(Postgres, sql, text, "", &elsewhere), ["error 5:14 users.bio: may be null"]);
}

#[test]
fn nothing_is_missed_where_something_is_not_understood() {
    let missed = |text: &str| {
        let sql = "CREATE TABLE a (id INT PRIMARY KEY, b INT); CREATE TABLE c (id INT PRIMARY KEY)";
        let found = compare(&[file(text, "", "")], &schema(Postgres, sql));
        found.iter().map(|mismatch| mismatch.table.clone()).collect::<Vec<_>>()
    };
    let a = "table! { a (id) { id -> Integer, b -> Nullable<Integer>, } }";
    assert_eq!(missed(a), ["c"]);
    assert_eq!(missed(&a.replace("b -> Nullable<Integer>,", "")), ["c", "a"]);
    assert_eq!(missed(&a.replace("b ->", "b =>")), ["c"], "`b` is declared, whatever it is");
    assert_eq!(missed(&format!("{a} table! {{ c [id] }}")), [""; 0], "`c` is declared, whatever it is");
}
