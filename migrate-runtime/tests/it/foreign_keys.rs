//! SQLite's sections with `foreign_keys=off`.

use std::sync::Arc;

use diesel::connection::SimpleConnection;
use diesel::result::Error as DieselError;
use diesel::{Connection, SqliteConnection};
use migrate_core::history::History;
use migrate_runtime::testing::RoundTrip;
use migrate_runtime::{ErrorKind, TransactionMode};

use crate::support::{count, file, history, journal, migrator, number, rows, story};

const TABLES: &str = "-- migrate:upgrade\nCREATE TABLE parents (id INTEGER PRIMARY KEY, name TEXT);\n\
    CREATE TABLE children (id INTEGER PRIMARY KEY, parent INTEGER REFERENCES parents (id) ON DELETE CASCADE);\n\
    -- migrate:downgrade\nDROP TABLE children;\nDROP TABLE parents;\n";

/// The tables, the parents made anew, and a column; `more` stands at the end of the second.
fn rebuilt(option: &str, more: &str) -> Arc<History> {
    let rebuild = |columns: &str, more: &str| {
        format!(
            "CREATE TABLE __new_parents ({columns});\nINSERT INTO __new_parents (id, name) SELECT id, name FROM parents;\n\
             DROP TABLE parents;\nALTER TABLE __new_parents RENAME TO parents;\n{more}\n"
        )
    };
    let (up, down) = ("id INTEGER PRIMARY KEY, name TEXT NOT NULL", "id INTEGER PRIMARY KEY, name TEXT");
    let second = format!(
        "-- migrate:upgrade sqlite {option}\n{}-- migrate:downgrade sqlite {option}\n{}",
        rebuild(up, more),
        rebuild(down, "")
    );
    let third = "-- migrate:upgrade\nALTER TABLE children ADD COLUMN name TEXT;\n\
        -- migrate:downgrade\nALTER TABLE children DROP COLUMN name;\n";
    history(&[file("a1", "", TABLES), file("b2", "a1", &second), file("c3", "b2", third)])
}

fn fresh(keys: &str) -> SqliteConnection {
    let mut conn = SqliteConnection::establish(":memory:").expect("a database in memory");
    conn.batch_execute(&format!("PRAGMA foreign_keys = {keys}")).expect("a setting");
    conn
}

fn fill(conn: &mut SqliteConnection) {
    let rows =
        "INSERT INTO parents VALUES (1, 'one'), (2, 'two'); INSERT INTO children VALUES (10, 1), (20, 2)";
    conn.batch_execute(rows).expect("rows");
}

fn keys_are_on(conn: &mut SqliteConnection) -> bool {
    number(conn, "(SELECT foreign_keys FROM pragma_foreign_keys)") == 1
}

#[test]
fn children_stay_where_their_parents_are_made_anew() {
    for keys in ["ON", "OFF"] {
        for option in ["foreign_keys=off", ""] {
            let (history, mut conn) = (rebuilt(option, ""), fresh(keys));
            migrator(&history).upgrade(&mut conn, "a1").expect("the tables");
            fill(&mut conn);
            migrator(&history).upgrade(&mut conn, "head").expect("the rest");
            // What the option is there for: SQLite deletes the rows that lead to a table that goes.
            let stay = if keys == "OFF" || !option.is_empty() { 2 } else { 0 };
            assert_eq!(count(&mut conn, "children"), stay, "{keys} {option}");
            assert_eq!(rows(&history, &mut conn), "c3 ok");
            migrator(&history).downgrade(&mut conn, "a1").expect("back");
            assert_eq!(count(&mut conn, "children"), stay, "{keys} {option}");
            assert_eq!(keys_are_on(&mut conn), keys == "ON");
        }
    }
}

#[test]
fn rows_that_lead_nowhere_take_the_revision_back() {
    let history = rebuilt("foreign_keys=off", "DELETE FROM parents WHERE id = 2;");
    for keys in ["ON", "OFF"] {
        let mut conn = fresh(keys);
        migrator(&history).upgrade(&mut conn, "a1").expect("the tables");
        fill(&mut conn);
        let error = migrator(&history).upgrade(&mut conn, "head").expect_err("a row leads nowhere");
        assert_eq!(
            story(&error),
            "ForeignKeys: revision `b2` leaves foreign keys that lead nowhere\n\
             state: the revision was rolled back; the database is at `a1`\n\
             note: row 20 of `children` leads to a row of `parents` that is not there\n\
             help: let the revision remove or correct these rows, too; they were in order before it"
        );
        assert_eq!((count(&mut conn, "parents"), count(&mut conn, "children")), (2, 2));
        assert_eq!(rows(&history, &mut conn), "a1 ok");
        assert_eq!(journal(&history, &mut conn), "upgrade a1 2/2");
        assert_eq!(keys_are_on(&mut conn), keys == "ON");
        // Once it is in order, it goes.
        conn.batch_execute("DELETE FROM children WHERE id = 20").expect("it goes");
        migrator(&history).upgrade(&mut conn, "head").expect("nothing is in the way");
    }
}

#[test]
fn rows_that_led_nowhere_before_may_stay() {
    let (history, mut conn) = (rebuilt("foreign_keys=off", ""), fresh("OFF"));
    migrator(&history).upgrade(&mut conn, "a1").expect("the tables");
    fill(&mut conn);
    conn.batch_execute("INSERT INTO children VALUES (30, 3); PRAGMA foreign_keys = ON").expect("a row");
    migrator(&history).upgrade(&mut conn, "head").expect("it leaves nothing new");
    assert_eq!(count(&mut conn, "children"), 3);
}

#[test]
fn a_key_that_leads_to_no_key_any_more_takes_the_revision_back() {
    let make = |key: &str| format!("CREATE TABLE parents (id INTEGER{key});");
    let first = format!(
        "-- migrate:upgrade\n{}\nCREATE TABLE children (parent INTEGER REFERENCES parents (id));\n-- migrate:downgrade\n",
        make(" UNIQUE")
    );
    let second = format!(
        "-- migrate:upgrade sqlite foreign_keys=off\nDROP TABLE parents;\n{}\n-- migrate:downgrade\n",
        make("")
    );
    let history = history(&[file("a1", "", &first), file("b2", "a1", &second)]);
    let mut conn = fresh("ON");
    migrator(&history).upgrade(&mut conn, "a1").expect("the tables");
    conn.batch_execute("INSERT INTO parents VALUES (1); INSERT INTO children VALUES (1)").expect("rows");
    let error = migrator(&history).upgrade(&mut conn, "head").expect_err("the key is gone");
    assert_eq!(error.kind(), ErrorKind::ForeignKeys);
    let note = "a foreign key of `children` leads to no key: foreign key mismatch - \"children\" referencing \"parents\"";
    assert_eq!(error.notes(), [note]);
    assert_eq!(rows(&history, &mut conn), "a1 ok");
}

#[test]
fn what_comes_before_and_after_runs_with_them() {
    let second = "-- migrate:upgrade sqlite foreign_keys=off\nINSERT INTO children VALUES (10, 1);\n\
        INSERT INTO parents VALUES (1, 'late');\n-- migrate:downgrade\nDELETE FROM children;\n";
    let third = "-- migrate:upgrade\nINSERT INTO children VALUES (20, 2);\n-- migrate:downgrade\n";
    let history = history(&[file("a1", "", TABLES), file("b2", "a1", second), file("c3", "b2", third)]);
    for mode in [TransactionMode::Auto, TransactionMode::Revision] {
        let mut conn = fresh("ON");
        let error = migrator(&history).transaction(mode).upgrade(&mut conn, "head").expect_err("the third");
        assert_eq!(error.kind(), ErrorKind::Statement, "{error}");
        // What had to be committed before stays.
        assert_eq!(rows(&history, &mut conn), "b2 ok");
        assert_eq!(count(&mut conn, "children"), 1);
        assert!(keys_are_on(&mut conn));
    }
    // Nothing has to be switched here, and nobody looks at the third.
    let mut conn = fresh("OFF");
    migrator(&history).upgrade(&mut conn, "head").expect("all");
    assert!(!keys_are_on(&mut conn));
}

#[test]
fn a_transaction_of_the_callers_is_no_place_for_it() {
    let history = rebuilt("foreign_keys=off", "");
    let mut conn = fresh("ON");
    let error = conn
        .transaction(|conn| {
            Ok::<_, DieselError>(migrator(&history).upgrade(conn, "head").expect_err("keys are on"))
        })
        .expect("the transaction is in order");
    assert_eq!(error.kind(), ErrorKind::InTransaction);
    assert!(error.to_string().contains("`b2` runs without foreign keys"), "{error}");
    assert_eq!(rows(&history, &mut conn), "");
    conn.batch_execute("PRAGMA foreign_keys = OFF").expect("a setting");
    conn.transaction(|conn| {
        migrator(&history).upgrade(conn, "head").expect("they are off");
        Ok::<_, DieselError>(())
    })
    .expect("the transaction is in order");
    assert_eq!(rows(&history, &mut conn), "c3 ok");
}

#[test]
fn a_round_trip_passes() {
    let history = rebuilt("foreign_keys=off", "");
    for keys in ["ON", "OFF"] {
        let run = RoundTrip::of_history(&history, &mut fresh(keys));
        for id in ["a1", "b2", "c3"] {
            run.result(id).unwrap_or_else(|failure| panic!("{failure}"));
        }
    }
}
