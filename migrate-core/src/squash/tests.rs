use crate::dialect::Dialect;
use crate::replay::pieces_of;
use crate::squash::why;

#[test]
fn what_a_schema_does_not_tell_is_found() {
    let told = [
        "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL DEFAULT '') STRICT",
        "CREATE INDEX i ON t (name) WHERE name <> ''",
        "ALTER TABLE t ADD COLUMN age INTEGER",
        "ALTER TABLE t RENAME COLUMN age TO years",
        "CREATE VIEW v AS SELECT name FROM t",
        "DROP TABLE t",
        "PRAGMA foreign_keys = OFF",
    ];
    let untold = [
        ("INSERT INTO t (name) VALUES ('a')", "changes rows"),
        ("UPDATE t SET name = upper(name)", "changes rows"),
        ("WITH old AS (SELECT 1) DELETE FROM t", "changes rows"),
        ("CREATE TABLE u AS SELECT * FROM t", "changes rows"),
        ("SELECT load_extension('x')", "runs code"),
        ("PRAGMA user_version = 4", "says what a schema does not tell"),
        ("CREATE VIEW definer AS SELECT 1", "says what a schema does not tell"),
        ("ANALYZE", "says what a schema does not tell"),
        ("-- migrate:opaque\nDROP TABLE t", "is not understood"),
        ("-- migrate:effect none\nSELECT 1", "is not understood"),
    ];
    let answers = |sql: &str| -> Vec<String> {
        pieces_of(sql, Dialect::Sqlite)
            .iter()
            .map(|piece| why(piece).map_or(String::new(), |why| why.to_string()))
            .collect()
    };
    for sql in told {
        assert_eq!(answers(sql), [""], "{sql}");
    }
    for (sql, expected) in untold {
        assert_eq!(answers(sql), [expected], "{sql}");
    }
}
