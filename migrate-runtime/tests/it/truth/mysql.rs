//! MySQL and MariaDB.

mod corpus;
mod generate;
mod histories;
mod servers;

use std::io::Write as _;
use std::thread;

use diesel::connection::SimpleConnection;
use migrate_test::{Database, MysqlConnection};

use self::generate::Generator;
use super::random::Dice;
use super::{Outcome, Pair, run_script};

/// Runs each piece of work on a database of its own, all at once: the server mostly waits for its disk.
fn on_databases<W: Send>(
    works: Vec<W>,
    run: impl Fn(&mut MysqlConnection, W, &mut Outcome) + Sync,
) -> Outcome {
    let run = &run;
    thread::scope(|scope| {
        let all: Vec<_> = works
            .into_iter()
            .map(|work| {
                scope.spawn(move || {
                    let mut outcome = Outcome::default();
                    if let Some(db) = Database::<MysqlConnection>::new("truth") {
                        run(&mut db.connect(), work, &mut outcome);
                    }
                    outcome
                })
            })
            .collect();
        let mut whole = Outcome::default();
        all.into_iter().for_each(|one| whole.add(one.join().expect("no panic")));
        whole
    })
}

#[test]
fn scripts_end_in_the_same_schema() {
    let outcome = on_databases(corpus::SCRIPTS.to_vec(), |conn, script, outcome| {
        // What is found about foreign keys is certain only where the session says that they are checked.
        let script = format!("SET foreign_key_checks = 1; {script}");
        run_script(Pair::new(conn).comparing_at_last(), &script, outcome);
    });
    outcome.must_agree();
    if is_mariadb() {
        assert_eq!(outcome.misses, Vec::<String>::new());
    }
}

/// Whether it is MariaDB that runs the tests, in whose words the first corpus is written.
fn is_mariadb() -> bool {
    let sql = "SELECT level FROM information_schema.check_constraints LIMIT 0";
    Database::<MysqlConnection>::new("server").is_some_and(|db| db.connect().batch_execute(sql).is_ok())
}

#[test]
fn what_servers_do_differently_is_certain_for_none() {
    let outcome = on_databases(servers::SCRIPTS.to_vec(), |conn, script, outcome| {
        let script = format!("SET foreign_key_checks = 1; {script}");
        run_script(Pair::new(conn).comparing_at_last(), &script, outcome);
    });
    outcome.must_agree();
}

#[test]
fn random_statements_lead_to_the_same_schema() {
    let count = std::env::var("MIGRATE_TEST_SCRIPTS").ok().and_then(|count| count.parse().ok()).unwrap_or(16);
    let first = std::env::var("MIGRATE_TEST_FIRST_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(1);
    let seeds: Vec<u64> = (first..first + count).collect();
    let works = seeds.chunks(seeds.len().div_ceil(8)).map(<[_]>::to_vec).collect();
    let outcome = on_databases(works, |conn, seeds: Vec<u64>, outcome| {
        for seed in seeds {
            let name = format!("mt_random_{}_{seed}", std::process::id());
            conn.batch_execute(&format!("CREATE DATABASE {name}; USE {name}")).expect("a database");
            let mut pair = Pair::new(conn);
            let mut generator = Generator::new(Dice::new(seed));
            pair.run(generator.start(), outcome);
            for _ in 0..60 {
                let sql = generator.statement(pair.schema());
                pair.run(&sql, outcome);
                if !pair.agrees() {
                    break;
                }
            }
            conn.batch_execute(&format!("DROP DATABASE {name}")).expect("it is there");
        }
    });
    let _ = writeln!(std::io::stderr(), "{}", outcome.story());
    assert!(outcome.false_alarms.is_empty() && outcome.differences.is_empty(), "{}", outcome.story());
}
