//! A squashed history that is part of a binary: in its own runtime, in diesel's harness, and taken over from there.

use diesel::connection::SimpleConnection as _;
use diesel_migrations::MigrationHarness;
use migrate::{Adoption, Head, Migrations, Migrator, Tool};
use migrate_test::on_every_database;

use crate::harness::versions;

/// As it was, and as `migrate squash b2:c3` made it.
const BEFORE: Migrations = migrate::embed_migrations!("tests/fixtures/squash/before");
const AFTER: Migrations = migrate::embed_migrations!("tests/fixtures/squash/after");

on_every_database! {
    fn a_binary_knows_what_was_squashed(db) {
        let conn = &mut db.connect();
        BEFORE.upgrade(conn, Head).unwrap();
        assert!(AFTER.upgrade(conn, Head).unwrap().is_unchanged());
        Migrator::new(&AFTER).check_current(conn).unwrap();
        AFTER.downgrade(conn, "-1").unwrap();
        assert!(BEFORE.downgrade(conn, "c3").unwrap().steps.is_empty(), "it is at `c3` for the one before");
        AFTER.downgrade(conn, "base").unwrap();
        AFTER.upgrade(conn, Head).unwrap();
        assert!(AFTER.upgrade(conn, Head).unwrap().is_unchanged());
        conn.batch_execute("INSERT INTO posts (id, author) VALUES (1, 2)").unwrap();
    }

    fn diesels_harness_counts_what_was_run(db) {
        let conn = &mut db.connect();
        conn.run_pending_migrations(BEFORE).unwrap();
        assert!(!conn.has_pending_migration(AFTER).unwrap());
        // All the way back, with the record of what was squashed.
        conn.revert_last_migration(AFTER).unwrap();
        conn.revert_last_migration(AFTER).unwrap();
        assert_eq!(versions(conn), ["a1"]);
        conn.run_pending_migrations(AFTER).unwrap();
        assert_eq!(versions(conn), ["a1", "c3", "d4"]);
        conn.revert_all_migrations(AFTER).unwrap();
        assert_eq!(versions(conn), [""; 0]);
    }

    fn diesels_harness_refuses_the_middle(db) {
        let conn = &mut db.connect();
        conn.run_next_migration(BEFORE).unwrap();
        conn.run_next_migration(BEFORE).unwrap();
        assert_eq!(versions(conn), ["a1", "b2"]);
        let error = conn.run_pending_migrations(AFTER).unwrap_err().to_string();
        assert!(error.contains("has some of the revisions that were squashed into `s9`"), "{error}");
        assert_eq!(versions(conn), ["a1", "b2"]);
        conn.run_next_migration(BEFORE).unwrap();
        conn.run_pending_migrations(AFTER).unwrap();
        assert_eq!(versions(conn), ["a1", "b2", "c3", "d4"]);
    }

    fn another_tools_record_is_taken_over(db) {
        let conn = &mut db.connect();
        conn.run_pending_migrations(BEFORE).unwrap();
        let mut migrator = Migrator::new(&AFTER);
        let plan = migrator.adopt(conn, &Adoption::of(Tool::Diesel)).unwrap().unwrap();
        assert_eq!((&plan.revisions[..], &plan.heads[..]), (&["a1", "s9", "d4"].map(str::to_owned)[..], &["d4".to_owned()][..]));
        // It did not run the new one, and the record does not say so: the binary before reads it too.
        Migrator::new(&BEFORE).check_current(conn).unwrap();
        migrator.check_current(conn).unwrap();
    }
}

fn empty_database() -> diesel::SqliteConnection {
    use diesel::Connection;
    diesel::SqliteConnection::establish(":memory:").unwrap()
}

migrate::round_trip_tests!(mod round_trips in "tests/fixtures/squash/after", connect = super::empty_database);
