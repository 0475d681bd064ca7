//! A database on which diesel's own harness has run a history, taken over.

use diesel_migrations::MigrationHarness;
use migrate::{Adoption, ErrorKind, Migrations, Migrator, Tool};
use migrate_test::on_every_database;

const MIGRATIONS: Migrations = migrate::embed_migrations!("migrations");

on_every_database! {
    fn what_diesels_harness_ran_is_not_run_again(db) {
        let connection = &mut db.connect();
        for _ in 0..3 {
            connection.run_next_migration(MIGRATIONS).unwrap();
        }
        let mut migrator = Migrator::new(&MIGRATIONS);
        assert_eq!(migrator.upgrade(connection, migrate::Head).unwrap_err().kind(), ErrorKind::NotAdopted);

        // As at every start of an application that changes over.
        for _ in 0..2 {
            migrator.adopt(connection, &Adoption::of(Tool::Diesel)).unwrap();
            migrator.upgrade(connection, migrate::Head).unwrap();
        }
        let journal = migrator.journal(connection).unwrap();
        let ran: Vec<&str> = journal.iter().map(|entry| entry.direction.as_str()).collect();
        assert_eq!(ran[..4], ["adopt", "adopt", "adopt", "upgrade"]);
        assert_eq!(ran.len(), MIGRATIONS.history().revisions().len());
        migrator.check_current(connection).unwrap();
        assert_eq!(connection.applied_migrations().unwrap().len(), 3, "diesel's table stays as it was");
    }
}
