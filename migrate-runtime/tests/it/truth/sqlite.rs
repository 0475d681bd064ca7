//! SQLite.

mod corpus;
mod generate;

use diesel::{Connection, SqliteConnection};

use super::random::Dice;
use super::{Outcome, Pair, run_script};
use generate::Generator;

fn fresh() -> SqliteConnection {
    SqliteConnection::establish(":memory:").expect("a database in memory")
}

#[test]
fn scripts_end_in_the_same_schema() {
    let mut outcome = Outcome::default();
    for script in corpus::SCRIPTS {
        run_script(&mut fresh(), script, &mut outcome);
    }
    outcome.must_agree();
    assert_eq!(outcome.misses, Vec::<String>::new());
}

#[test]
fn random_statements_lead_to_the_same_schema() {
    let scripts =
        std::env::var("MIGRATE_TEST_SCRIPTS").ok().and_then(|count| count.parse().ok()).unwrap_or(150);
    let mut outcome = Outcome::default();
    for seed in 1..=scripts {
        let mut conn = fresh();
        let mut pair = Pair::new(&mut conn);
        let mut generator = Generator::new(Dice::new(seed));
        // Some builds look at foreign keys from the start.
        pair.run("PRAGMA foreign_keys = OFF", &mut outcome);
        for _ in 0..40 {
            for sql in generator.statements(pair.schema()) {
                pair.run(&sql, &mut outcome);
            }
            if !pair.agrees() {
                break;
            }
        }
    }
    outcome.must_agree();
    // Some of what SQLite refuses is beyond the interpreter; a great deal must not be.
    assert!(outcome.misses.len() * 20 <= outcome.refused, "{}", outcome.story());
}
