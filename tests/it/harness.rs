//! A history in diesel's own harness, on every database.

use diesel_migrations::MigrationHarness;
use migrate::Migrations;
use migrate_test::on_every_database;

migrate::embed_migrations!(mod history in "migrations");

const OUT_OF_ORDER: Migrations = migrate::embed_migrations!("tests/fixtures/out_of_order");

fn versions<C: MigrationHarness<DB>, DB: diesel::backend::Backend>(connection: &mut C) -> Vec<String> {
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
