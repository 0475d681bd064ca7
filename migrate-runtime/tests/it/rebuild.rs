//! What stays of a table of SQLite that is made anew.

use diesel::connection::SimpleConnection;
use diesel::{Connection, SqliteConnection};
use migrate_core::autogenerate::{Generated, generate};
use migrate_core::dialect::Dialect;
use migrate_core::interpret::Interpreter;
use migrate_core::replay::{pieces_of, run};
use migrate_core::schema::Schema;
use migrate_runtime::{ErrorKind, reflect};

use crate::support::{count, file, history, migrator, number};

fn replayed(sql: &str) -> Schema {
    let mut interpreter = Interpreter::new(Dialect::Sqlite);
    let findings = run(&mut interpreter, &pieces_of(sql, Dialect::Sqlite));
    assert!(findings.is_empty(), "{findings:?}");
    interpreter.into_schema()
}

fn generated(from: &str, to: &str) -> Generated {
    generate(&replayed(from), &replayed(to), &[]).unwrap_or_else(|error| panic!("{error:?}"))
}

/// A database with rows, made into another one and perhaps back.
struct Tale {
    conn: SqliteConnection,
    migrator: migrate_runtime::Migrator,
}

impl Tale {
    fn new(from: &str, rows: &str, to: &str) -> Self {
        let Generated { upgrade, downgrade, .. } = generated(from, to);
        let option = |keys: bool| if keys { "" } else { " foreign_keys=off" };
        let sections = format!(
            "-- migrate:upgrade sqlite{}\n{}-- migrate:downgrade sqlite{}\n{}",
            option(upgrade.foreign_keys),
            upgrade.text(),
            option(downgrade.foreign_keys),
            downgrade.text()
        );
        let mut conn = SqliteConnection::establish(":memory:").expect("a database in memory");
        conn.batch_execute(&format!("PRAGMA foreign_keys = ON; {from}; {rows}"))
            .expect("a database with rows");
        Self { conn, migrator: migrator(&history(&[file("a1", "", &sections)])) }
    }

    fn up(&mut self) {
        self.migrator
            .upgrade(&mut self.conn, "head")
            .unwrap_or_else(|error| panic!("{error} {:?}", error.notes()));
        assert_eq!(count(&mut self.conn, "pragma_foreign_key_check"), 0);
        assert_eq!(count(&mut self.conn, "pragma_integrity_check WHERE integrity_check <> 'ok'"), 0);
    }

    fn down(&mut self) {
        self.migrator.downgrade(&mut self.conn, "base").unwrap_or_else(|error| panic!("{error}"));
    }

    fn holds(&mut self, condition: &str) {
        assert_eq!(number(&mut self.conn, &format!("({condition})")), 1, "{condition}");
    }
}

#[test]
fn a_counter_goes_on_where_it_was() {
    let from = "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, x TEXT)";
    let rows = "INSERT INTO t VALUES (7, 'a'), (9, 'b'); DELETE FROM t WHERE id = 9";
    let to = "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, x TEXT NOT NULL DEFAULT '')";
    let mut tale = Tale::new(from, rows, to);
    for direction in ["up", "down"] {
        if direction == "up" {
            tale.up()
        } else {
            tale.down()
        }
        tale.holds("SELECT seq = 9 AND (SELECT count(*) FROM sqlite_sequence) = 1 FROM sqlite_sequence WHERE name = 't'");
    }
    tale.conn.batch_execute("INSERT INTO t (x) VALUES ('c')").expect("a row");
    tale.holds("SELECT max(id) = 10 FROM t");
    // Without any row it is known, too.
    let mut tale = Tale::new(from, "INSERT INTO t VALUES (5, 'a'); DELETE FROM t", to);
    tale.up();
    tale.holds("SELECT seq = 5 FROM sqlite_sequence WHERE name = 't'");
}

#[test]
fn rows_keep_their_numbers() {
    let from = "CREATE TABLE t (x TEXT, rowid TEXT)";
    let rows = "INSERT INTO t (_rowid_, x) VALUES (3, 'c'), (50, 'd')";
    let mut tale = Tale::new(from, rows, "CREATE TABLE t (x TEXT NOT NULL, rowid TEXT)");
    tale.up();
    tale.holds("SELECT group_concat(_rowid_ || x) = '3c,50d' FROM t");
    tale.down();
    tale.holds("SELECT group_concat(_rowid_ || x) = '3c,50d' FROM t");
}

#[test]
fn children_views_triggers_and_indexes_stay() {
    let rest = "CREATE TABLE children (id INTEGER PRIMARY KEY, t INTEGER NOT NULL REFERENCES t (id) ON DELETE CASCADE);
        CREATE VIEW names AS SELECT x FROM t;
        CREATE VIEW more AS SELECT * FROM names;
        CREATE TRIGGER of_t AFTER DELETE ON t BEGIN DELETE FROM log; END;
        CREATE TRIGGER of_children AFTER INSERT ON children BEGIN UPDATE t SET x = 'touched' WHERE id = NEW.t; END;
        CREATE INDEX by_x ON t (lower(x)) WHERE x <> '';
        CREATE TABLE log (line TEXT)";
    let from = format!(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, x TEXT, up INTEGER REFERENCES t (id) ON DELETE CASCADE); {rest}"
    );
    let to = format!(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, x TEXT NOT NULL DEFAULT 'none', up INTEGER REFERENCES t (id) ON DELETE CASCADE); {rest}"
    );
    let rows = "INSERT INTO t VALUES (1, 'a', NULL), (2, NULL, 1); INSERT INTO children VALUES (10, 1), (20, 2);
        UPDATE t SET x = NULL WHERE id = 2; UPDATE t SET x = 'a' WHERE id = 1; INSERT INTO log VALUES ('one')";
    let mut tale = Tale::new(&from, rows, &to);
    tale.up();
    tale.holds("SELECT count(*) = 2 FROM children");
    tale.holds("SELECT count(*) = 1 FROM log");
    tale.holds("SELECT group_concat(x) = 'a,none' FROM more");
    assert_eq!(reflect(&mut tale.conn, &[]).expect("a catalog").differences(&replayed(&to)), []);
    tale.conn.batch_execute("INSERT INTO children VALUES (30, 1)").expect("its trigger runs");
    tale.holds("SELECT x = 'touched' FROM t WHERE id = 1");
    tale.down();
    tale.holds("SELECT count(*) = 3 FROM children");
    assert_eq!(reflect(&mut tale.conn, &[]).expect("a catalog").differences(&replayed(&from)), []);
}

#[test]
fn ways_out_of_conflicts_leave_no_row_out() {
    let from = "CREATE TABLE t (id INTEGER PRIMARY KEY, x TEXT)";
    let to = "CREATE TABLE t (id INTEGER PRIMARY KEY ON CONFLICT REPLACE, x TEXT NOT NULL ON CONFLICT IGNORE, UNIQUE (x) ON CONFLICT REPLACE)";
    let mut tale = Tale::new(from, "INSERT INTO t VALUES (1, 'a'), (2, 'a')", to);
    let error = tale.migrator.upgrade(&mut tale.conn, "head").expect_err("two rows are the same");
    assert_eq!(error.kind(), ErrorKind::Statement);
    tale.holds("SELECT count(*) = 2 FROM t");
    tale.conn.batch_execute("UPDATE t SET x = 'b' WHERE id = 2").expect("another one");
    tale.up();
    tale.conn.batch_execute("INSERT INTO t VALUES (3, 'b'), (4, NULL)").expect("nothing is refused");
    tale.holds("SELECT group_concat(id) = '1,3' FROM t");
    tale.down();
}

#[test]
fn values_stay_as_they_are_where_the_type_changes() {
    let from = "CREATE TABLE t (id INTEGER PRIMARY KEY, x TEXT, y REAL)";
    let rows = "INSERT INTO t VALUES (1, '12', 1.5), (2, 'a dozen', 2.0)";
    let mut tale = Tale::new(from, rows, "CREATE TABLE t (id INTEGER PRIMARY KEY, x INTEGER, y INTEGER)");
    tale.up();
    tale.holds("SELECT group_concat(quote(x) || quote(y)) = '121.5,''a dozen''2' FROM t");
    tale.down();
    tale.holds("SELECT group_concat(quote(x) || quote(y)) = '''12''1.5,''a dozen''2.0' FROM t");
}

#[test]
fn what_may_fail_is_said_above_the_statement() {
    let from = "CREATE TABLE t (id INTEGER PRIMARY KEY, x TEXT, y INTEGER)";
    let to = "CREATE TABLE other (id INTEGER PRIMARY KEY);
        CREATE TABLE t (id INTEGER PRIMARY KEY, x INTEGER NOT NULL, y INTEGER REFERENCES other (id), z TEXT NOT NULL, w INTEGER NOT NULL AS (y * 2), UNIQUE (y), CHECK (x > 0)) STRICT";
    let script = generated(from, to).upgrade;
    let copy = script
        .statements
        .iter()
        .find(|statement| statement.sql.starts_with("INSERT"))
        .expect("rows are copied");
    assert_eq!(copy.sql, "INSERT INTO __new_t (id, x, y, z)\nSELECT id, x, y, NULL FROM t");
    assert_eq!(
        copy.notes,
        [
            "Fails where rows have NULL in `x`. `coalesce(x, ...)` says what it is there.",
            "Fails where a value of `x` cannot be INTEGER.",
            "Fails where a value of `y` cannot be INTEGER.",
            "Fails where there are rows: write what `z` is for them in place of NULL.",
            "Fails where rows have NULL in `w`.",
            "Fails where `x > 0` does not hold.",
            "Fails where two rows have the same `y`.",
            "Fails where `y` leads to no row of `other`.",
        ]
    );
}

#[test]
fn foreign_keys_are_off_where_somebody_leads_there() {
    let check = |from: &str, to: &str, up: bool, down: bool| {
        let Generated { upgrade, downgrade, .. } = generated(from, to);
        assert_eq!((upgrade.foreign_keys, downgrade.foreign_keys), (up, down), "{from}\n{to}");
    };
    let (old, new) = (
        "CREATE TABLE p (id INTEGER PRIMARY KEY, x TEXT);",
        "CREATE TABLE p (id INTEGER PRIMARY KEY, x TEXT NOT NULL);",
    );
    let child = "CREATE TABLE c (p INTEGER REFERENCES p (id));";
    let strict = "CREATE TABLE c (p INTEGER NOT NULL REFERENCES p (id));";
    check(old, new, true, true);
    check(&format!("{old}{child}"), &format!("{new}{child}"), false, false);
    // A child alone is led to by nobody.
    check(&format!("{old}{child}"), &format!("{old}{strict}"), true, true);
    // Nor is what goes after its children.
    check(&format!("{old}{child}"), "", true, true);
    check(&format!("{old}{child}"), old, true, true);
    // What leads in a circle goes one after the other.
    let circle = "CREATE TABLE a (id INTEGER PRIMARY KEY, b INTEGER REFERENCES b (id));
        CREATE TABLE b (id INTEGER PRIMARY KEY, a INTEGER REFERENCES a (id))";
    check(circle, "", false, true);
    check(
        "CREATE TABLE a (id INTEGER PRIMARY KEY, up INTEGER REFERENCES a (id) ON DELETE CASCADE)",
        "",
        true,
        true,
    );
    check(
        "CREATE TABLE a (id INTEGER PRIMARY KEY, up INTEGER REFERENCES a (id) ON DELETE RESTRICT)",
        "",
        false,
        true,
    );
    // A column that can be added is.
    check(
        &format!("{old}{child}"),
        &format!("{}{child}", old.replace("x TEXT", "x TEXT, y TEXT")),
        true,
        true,
    );
}

#[test]
fn a_table_goes_whose_key_lost_its_index_to_another_table() {
    let from = "CREATE TABLE a (id INTEGER PRIMARY KEY, x REFERENCES b (x), up INTEGER REFERENCES a (id));
        CREATE TABLE b (x); CREATE UNIQUE INDEX ix ON b (x)";
    let rows = "INSERT INTO b VALUES (1); INSERT INTO a VALUES (1, 1, 1)";
    let mut tale = Tale::new(from, rows, "CREATE TABLE c (x); CREATE INDEX ix ON c (x)");
    tale.up();
    tale.down();
    assert_eq!(reflect(&mut tale.conn, &[]).expect("a catalog").differences(&replayed(from)), []);
}

#[test]
fn a_circle_goes_with_its_rows() {
    let circle = "CREATE TABLE a (id INTEGER PRIMARY KEY, b INTEGER REFERENCES b (id) ON DELETE RESTRICT);
        CREATE TABLE b (id INTEGER PRIMARY KEY, a INTEGER REFERENCES a (id) ON DELETE RESTRICT)";
    let rows = "INSERT INTO a VALUES (1, NULL); INSERT INTO b VALUES (1, 1); UPDATE a SET b = 1";
    let mut tale = Tale::new(circle, rows, "CREATE TABLE c (x)");
    tale.up();
    tale.down();
}
