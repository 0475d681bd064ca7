//! MySQL and MariaDB.

mod corpus;
mod histories;

use std::thread;

use migrate_test::{Database, MysqlConnection};

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
    assert_eq!(outcome.misses, Vec::<String>::new());
}
