//! SQLite.

mod corpus;
mod generate;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use diesel::connection::{InstrumentationEvent, SimpleConnection};
use diesel::{Connection, SqliteConnection};
use migrate_runtime::reflect;

use super::mutants::{Spelling, misspell};
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
        run_script(Pair::new(&mut fresh()), script, &mut outcome);
    }
    outcome.must_agree();
    assert_eq!(outcome.misses, Vec::<String>::new());
}

#[test]
fn misspelt_names_are_refused() {
    let mut spelling = Spelling::default();
    for script in corpus::SCRIPTS {
        misspell(&mut fresh(), script, &mut spelling);
    }
    assert_eq!(spelling.false_alarms, Vec::<String>::new());
    let (missed, refused) = (spelling.missed.len(), spelling.refused);
    assert!(
        refused > 100 && missed * 20 <= refused,
        "{missed} of {refused}:\n{}",
        spelling.missed.join("\n")
    );
}

#[test]
fn the_number_of_queries_does_not_grow() {
    let mut conn = fresh();
    let mut queries = |tables: std::ops::Range<u32>| {
        for n in tables {
            let sql = format!("CREATE TABLE t{n} (x int PRIMARY KEY, y int); CREATE INDEX i{n} ON t{n} (y)");
            conn.batch_execute(&sql).expect("tables can be made");
        }
        let count = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&count);
        conn.set_instrumentation(move |event: InstrumentationEvent<'_>| {
            if matches!(event, InstrumentationEvent::StartQuery { .. }) {
                counter.fetch_add(1, Ordering::Relaxed);
            }
        });
        reflect(&mut conn, &[]).expect("the catalog can be read");
        count.load(Ordering::Relaxed)
    };
    assert_eq!([queries(0..1), queries(1..50)], [4, 4]);
}

#[test]
fn tables_of_tools_are_no_part_of_the_schema() {
    let mut conn = fresh();
    let sql = "CREATE TABLE __migrate_version (version_num TEXT PRIMARY KEY);
        CREATE TABLE alembic_version (version_num TEXT);
        CREATE TABLE other (x INT UNIQUE CHECK (x > 0));
        CREATE INDEX i ON other (x);
        CREATE TRIGGER g AFTER INSERT ON other BEGIN SELECT 1; END";
    conn.batch_execute(sql).expect("tables can be made");
    let schema = reflect(&mut conn, &["other"]).expect("the catalog can be read");
    assert_eq!(schema.to_string(), "");
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
