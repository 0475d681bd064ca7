//! The root's own history goes up, down and up again on every database, one revision at a time.

use migrate::testing::{self, Outcome, RoundTrip};
use migrate_test::on_every_database;

migrate::embed_migrations!(mod history in "migrations");

fn empty_database() -> diesel::SqliteConnection {
    use diesel::Connection;
    diesel::SqliteConnection::establish(":memory:").unwrap()
}

// What a user writes, who has one test per revision afterwards.
migrate::round_trip_tests!(mod on_sqlite in "migrations", connect = super::empty_database);

on_every_database! {
    fn every_revision_makes_its_round_trip(db) {
        let run = RoundTrip::run(history::MIGRATIONS, || db.connect());
        let mut irreversible = Vec::new();
        for (revision, outcome) in run.outcomes() {
            run.result(revision).unwrap_or_else(|failure| panic!("{failure}"));
            if matches!(outcome, Outcome::Irreversible { .. }) {
                irreversible.push(revision);
            }
        }
        assert_eq!(irreversible, ["69de3d581db2"], "the one that says so");
    }

    fn the_history_has_one_head_and_starts_from_nothing(db) {
        testing::single_head(history::MIGRATIONS).unwrap();
        testing::upgrade_from_empty(history::MIGRATIONS, &mut db.connect()).unwrap();
    }
}
