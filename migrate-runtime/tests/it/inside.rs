//! Runs inside the caller's transaction.

use diesel::Connection;
use diesel::result::Error as DieselError;
use migrate_runtime::ErrorKind;
use migrate_test::on_every_database;

use crate::support::{file, has_table, history, line, migrator, rows};

on_every_database! {
    fn the_callers_transaction_decides(db) {
        let (history, mut conn) = (line(), db.connect());
        if db.dialect() == "mysql" {
            let error = conn.transaction(|conn| {
                let error = migrator(&history).upgrade(conn, "head").unwrap_err();
                Ok::<_, DieselError>(error)
            });
            assert_eq!(error.unwrap().kind(), ErrorKind::InTransaction);
            return;
        }
        let rolled_back = conn.transaction(|conn| {
            migrator(&history).upgrade(conn, "head").unwrap();
            assert_eq!(rows(&history, conn), "c3 ok");
            assert!(migrator(&history).upgrade(conn, "head").unwrap().is_unchanged());
            Err::<(), _>(DieselError::RollbackTransaction)
        });
        rolled_back.unwrap_err();
        assert_eq!(rows(&history, &mut conn), "");
        assert!(!has_table(&mut conn, "a"));
        conn.transaction(|conn| {
            migrator(&history).upgrade(conn, "head").unwrap();
            Ok::<_, DieselError>(())
        })
        .unwrap();
        assert_eq!(rows(&history, &mut conn), "c3 ok");
    }

    fn a_failure_leaves_the_callers_transaction_usable(db) {
        if db.dialect() == "mysql" {
            return;
        }
        let history = history(&[
            file("a1", "", "-- migrate:upgrade\nCREATE TABLE a (id INTEGER);\n-- migrate:downgrade\n"),
            file("b2", "a1", "-- migrate:upgrade\nDROP TABLE nothing;\n-- migrate:downgrade\n"),
        ]);
        let mut conn = db.connect();
        conn.transaction(|conn| {
            diesel::sql_query("CREATE TABLE mine (id INTEGER)").execute(conn)?;
            let error = migrator(&history).upgrade(conn, "head").unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Statement);
            assert_eq!(rows(&history, conn), "");
            diesel::sql_query("INSERT INTO mine VALUES (1)").execute(conn)?;
            Ok::<_, DieselError>(())
        })
        .unwrap();
        assert!(has_table(&mut conn, "mine"));
        assert!(!has_table(&mut conn, "a"));
    }

    fn what_must_run_outside_is_refused_before_anything_runs(db) {
        let history = history(&[
            file("a1", "", "-- migrate:upgrade\nCREATE TABLE a (id INTEGER);\n-- migrate:downgrade\n"),
            file("b2", "a1", "-- migrate:upgrade transaction=false\nSELECT 1;\n-- migrate:downgrade\n"),
        ]);
        let mut conn = db.connect();
        conn.transaction(|conn| {
            let error = migrator(&history).upgrade(conn, "head").unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InTransaction, "{error}");
            assert!(!has_table_safely(conn, db.dialect()));
            Ok::<_, DieselError>(())
        })
        .unwrap();
    }
}

use diesel::RunQueryDsl;

/// A query that fails would end PostgreSQL's transaction.
fn has_table_safely<C: diesel::connection::SimpleConnection>(conn: &mut C, dialect: &str) -> bool {
    dialect != "postgres" && has_table(conn, "a")
}
