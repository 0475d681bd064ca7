//! PostgreSQL is the judge of the interpreter: whatever it accepts must be accepted, and a replayed schema must be the one that
//! the server's catalog shows.

mod corpus;
mod random;
pub(crate) mod side;

use std::io::{self, Write as _};

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
    // A long run: `MIGRATE_TEST_RANDOM=2000`; with `MIGRATE_TEST_RANDOM_FROM` it begins at that seed.
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let compares_each = std::env::var_os("MIGRATE_TEST_COMPARE_EACH").is_some();
    let from = number("MIGRATE_TEST_RANDOM_FROM").unwrap_or(0);
    for seed in from..from + number("MIGRATE_TEST_RANDOM").unwrap_or(8) {
        let Some(database) = Database::<PgConnection>::new("random") else { return };
        let mut side = Side::new(database.connect(), &format!("seed {seed}"));
        let mut random = random::Random::new(seed);
        for _ in 0..150 {
            let sql = random.statement(side.schema());
            let is_taken = side.run(&sql, &mut report);
            // Which statement it was that made the difference.
            if compares_each && is_taken && !side.compare(&mut report) {
                report.differences.push(format!("seed {seed}: since {sql}"));
                break;
            }
        }
        side.compare(&mut report);
    }
    if number("MIGRATE_TEST_RANDOM").is_some() {
        writeln!(io::stdout(), "{}", report.story()).expect("somebody listens");
    }
    report.assert();
}
