//! A history in diesel's own harness, on every database.

use diesel::connection::SimpleConnection;
use diesel::{Connection, RunQueryDsl, SqliteConnection};
use diesel_migrations::MigrationHarness;
use migrate::Migrations;
use migrate_test::on_every_database;

migrate::embed_migrations!(mod history in "migrations");

const OUT_OF_ORDER: Migrations = migrate::embed_migrations!("tests/fixtures/out_of_order");

const WITHOUT_KEYS: Migrations =
    migrate::embed_migrations!("tests/fixtures/foreign_keys", dialects = [sqlite]);

/// What diesel's harness counts as run.
pub(crate) fn versions<C: MigrationHarness<DB>, DB: diesel::backend::Backend>(
    connection: &mut C,
) -> Vec<String> {
    let mut versions: Vec<String> =
        connection.applied_migrations().unwrap().iter().map(ToString::to_string).collect();
    versions.sort();
    versions
}

on_every_database! {
    fn a_history_runs_in_diesels_harness(db) {
        let connection = &mut db.connect();
        let all: Vec<&str> =
            history::MIGRATIONS.history().revisions().iter().map(|revision| revision.id.as_str()).collect();
        connection.run_pending_migrations(history::MIGRATIONS).unwrap();
        assert_eq!(versions(connection), all);
        assert!(!connection.has_pending_migration(history::MIGRATIONS).unwrap());

        // The newest can be taken back and run again; far enough down there is one that cannot.
        connection.revert_last_migration(history::MIGRATIONS).unwrap();
        assert_eq!(versions(connection), all[..all.len() - 1]);
        connection.run_pending_migrations(history::MIGRATIONS).unwrap();
        assert_eq!(versions(connection), all);
        let error = connection.revert_all_migrations(history::MIGRATIONS).unwrap_err().to_string();
        assert!(error.contains("has no downgrade section"), "{error}");
    }

    fn an_order_that_the_harness_would_break_is_refused(db) {
        let connection = &mut db.connect();
        let error = connection.run_pending_migrations(OUT_OF_ORDER).unwrap_err().to_string();
        assert!(error.contains("would run `a2` before `b1`, which it needs"), "{error}");
        assert_eq!(versions(connection), [""; 0]);
    }
}

#[test]
fn sections_without_foreign_keys_run_without_them() {
    let connection = &mut SqliteConnection::establish(":memory:").expect("a database in memory");
    connection.batch_execute("PRAGMA foreign_keys = ON").expect("a setting");
    let holds = |connection: &mut SqliteConnection, condition: &str| {
        diesel::select(diesel::dsl::sql::<diesel::sql_types::Bool>(condition))
            .get_result::<bool>(connection)
            .unwrap()
    };
    connection.run_next_migration(WITHOUT_KEYS).unwrap();
    connection.run_next_migration(WITHOUT_KEYS).unwrap();
    assert!(holds(connection, "(SELECT count(*) FROM children) = 1"));
    assert!(holds(connection, "(SELECT foreign_keys FROM pragma_foreign_keys)"));
    // The way back fails, and leaves nothing behind.
    connection.revert_last_migration(WITHOUT_KEYS).unwrap_err();
    assert!(holds(connection, "(SELECT count(*) FROM sqlite_master WHERE name = 'parents') = 1"));
    assert_eq!(versions(connection), ["a1", "b2"]);
    connection.batch_execute("INSERT INTO parents VALUES (2, 'two'); BEGIN").expect("a transaction");
    connection.batch_execute("DELETE FROM __diesel_schema_migrations WHERE version = 'b2'").unwrap();
    let error = connection.run_next_migration(WITHOUT_KEYS).unwrap_err().to_string();
    assert!(error.contains("does not switch off inside a transaction"), "{error}");
}
