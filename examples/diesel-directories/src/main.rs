//! A project that keeps the migration directories it has from diesel, and writes new revisions in the native format.
//!
//! ```sh
//! cargo run --package diesel-directories
//! ```
//!
//! Where it had `diesel_migrations::embed_migrations!`, it now has `migrate::embed_migrations!`. What that gives works with
//! diesel's harness as before, and with `Migrator`.

use std::error::Error;

use diesel::prelude::*;
use diesel_migrations::MigrationHarness;
use migrate::{Adoption, Migrations, Migrator, Report, Tool};

/// diesel's directories in `migrations`, and below them a revision in the native format.
const MIGRATIONS: Migrations = migrate::embed_migrations!("migrations");

fn main() -> Result<(), Box<dyn Error>> {
    with_diesels_harness().map_err(|error| error as Box<dyn Error>)?;
    with_the_migrator()?;
    switching_a_database()
}

/// Nothing but the `use` has changed.
fn with_diesels_harness() -> Result<(), Box<dyn Error + Send + Sync>> {
    let mut connection = SqliteConnection::establish(":memory:")?;
    for version in connection.run_pending_migrations(MIGRATIONS)? {
        println!("diesel's harness ran {version}");
    }
    Ok(())
}

/// The same history, with a lock, a journal, and digests that prove what was applied.
fn with_the_migrator() -> Result<(), Box<dyn Error>> {
    let mut connection = SqliteConnection::establish(":memory:")?;
    let report = Migrator::new(&MIGRATIONS).upgrade(&mut connection, migrate::Head)?;
    print(&report);
    Ok(())
}

/// A database that diesel has migrated so far: take over what it has recorded, then go on from there. On an empty database,
/// and on one that was taken over before, `adopt` has nothing to do, so these lines may stand in every start.
fn switching_a_database() -> Result<(), Box<dyn Error>> {
    let mut connection = SqliteConnection::establish(":memory:")?;
    for _ in 0..3 {
        let version = connection.run_next_migration(MIGRATIONS).map_err(|error| error as Box<dyn Error>)?;
        println!("diesel's harness ran {version}");
    }
    let mut migrator = Migrator::new(&MIGRATIONS);
    migrator.adopt(&mut connection, &Adoption::of(Tool::Diesel))?;
    let report = migrator.upgrade(&mut connection, migrate::Head)?;
    print(&report);
    Ok(())
}

fn print(report: &Report) {
    for step in &report.steps {
        println!("the migrator ran {}", step.revision);
    }
}
