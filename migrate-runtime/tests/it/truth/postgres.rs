//! PostgreSQL is the judge of the interpreter: whatever it accepts must be accepted, and a replayed schema must be the one that
//! the server's catalog shows.

mod corpus;
mod random;
pub(crate) mod side;

use migrate_test::{Database, PgConnection};

use self::side::{Report, Side};

/// A script on the server and through the interpreter at once.
fn judge(name: &str, statements: impl IntoIterator<Item = String>, report: &mut Report) {
    let Some(database) = Database::<PgConnection>::new(name) else { return };
    let mut side = Side::new(database.connect(), name);
    for sql in statements {
        side.run(&sql, report);
    }
    side.compare(report);
}

#[test]
fn scripts_that_were_written_by_hand() {
    let mut report = Report::default();
    for (name, script) in corpus::scripts() {
        judge(name, script, &mut report);
    }
    report.assert();
}

#[test]
fn random_changes() {
    let mut report = Report::default();
    for seed in 0..8 {
        let Some(database) = Database::<PgConnection>::new("random") else { return };
        let mut side = Side::new(database.connect(), &format!("seed {seed}"));
        let mut random = random::Random::new(seed);
        for _ in 0..150 {
            let sql = random.statement(side.schema());
            side.run(&sql, &mut report);
        }
        side.compare(&mut report);
    }
    report.assert();
}
