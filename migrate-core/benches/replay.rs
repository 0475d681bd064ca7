//! What the checks of a build cost: reading a history's SQL, replaying it, proving it, and proving it again after an edit.
//!
//! `cargo bench -p migrate-core --features postgres,sqlite,mysql --bench replay [-- <revisions>]` prints the least and the median of
//! five runs in milliseconds. Without `--profile dev` it is optimised; in an application's debug build the macro is not.

#![expect(
    clippy::disallowed_macros,
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::print_stdout,
    reason = "a benchmark reads the clock and prints"
)]

use std::hint::black_box;
use std::time::Instant;

use migrate_core::dialect::{Dialect, DialectSet};
use migrate_core::file::{self, Dialects};
use migrate_core::history::{self, History, Rules};
use migrate_core::proof::{self, Traces, prove_keeping};
use migrate_core::replay::Statements;
use migrate_core::revision::Direction;
use migrate_core::source::Sources;

const N_RUNS: usize = 5;
/// So many revisions are about one table.
const PER_TABLE: usize = 6;

/// The upgrade and the downgrade of a revision; the default of a column is the text.
fn sections(at: usize, dialect: Dialect, text: &str) -> (String, String) {
    let table = format!("t{}", at / PER_TABLE);
    let drop_index = match dialect {
        Dialect::Mysql => format!("DROP INDEX {table}_name ON {table};"),
        _ => format!("DROP INDEX {table}_name;"),
    };
    let parent = (at / PER_TABLE).saturating_sub(1) / 8;
    match at % PER_TABLE {
        0 => {
            let key = match at {
                0 => String::new(),
                _ => format!(", parent_id BIGINT, FOREIGN KEY (parent_id) REFERENCES t{parent} (id)"),
            };
            (
                format!(
                    "CREATE TABLE {table} (id BIGINT NOT NULL PRIMARY KEY, name VARCHAR(40) NOT NULL DEFAULT '{text}'{key});"
                ),
                format!("DROP TABLE {table};"),
            )
        }
        1 => (
            format!("ALTER TABLE {table} ADD COLUMN state VARCHAR(20) NOT NULL DEFAULT 'new';"),
            format!("ALTER TABLE {table} DROP COLUMN state;"),
        ),
        2 => (format!("CREATE INDEX {table}_name ON {table} (name, state);"), drop_index),
        3 => (
            format!(
                "INSERT INTO {table} (id, name) VALUES (1, 'first');\nUPDATE {table} SET name = 'one' WHERE id = 1;"
            ),
            format!("DELETE FROM {table} WHERE id = 1;"),
        ),
        4 => (
            format!("ALTER TABLE {table} RENAME COLUMN state TO stage;"),
            format!("ALTER TABLE {table} RENAME COLUMN stage TO state;"),
        ),
        _ => (
            format!(
                "CREATE VIEW v AS SELECT id, name FROM {table};\nDROP VIEW v;\nALTER TABLE {table} ADD COLUMN note TEXT;"
            ),
            format!("ALTER TABLE {table} DROP COLUMN note;"),
        ),
    }
}

/// A chain; one revision has another text.
fn chain(n_revisions: usize, dialect: Dialect, edited: usize) -> History {
    let (mut sources, mut findings) = (Sources::new(), Vec::new());
    let dialects = Dialects::exactly(DialectSet::from(dialect));
    let files: Vec<_> = (0..n_revisions)
        .map(|at| {
            let (up, down) = sections(at, dialect, if at == edited { "new" } else { "" });
            let parent = at.checked_sub(1).map_or("<base>".to_owned(), |parent| format!("{parent:012x}"));
            let text = format!(
                "-- Revision ID: {at:012x}\n-- Revises: {parent}\n\n-- migrate:upgrade\n{up}\n\n-- migrate:downgrade\n{down}\n"
            );
            sources.add(format!("{at:012x}.sql"), text.into_bytes(), &mut findings)
        })
        .collect();
    let files = files.iter().map(|file| file::parse(&sources, *file, dialects, &mut findings)).collect();
    let rules = Rules { dialects, ..Rules::default() };
    let history = history::build(files, rules, &mut findings);
    assert!(findings.is_empty(), "{findings:?}");
    history.expect("the history has no defects")
}

fn measure<T>(what: &str, mut run: impl FnMut() -> T) {
    let mut millis: Vec<f64> = Vec::new();
    for _ in 0..N_RUNS {
        let started = Instant::now();
        black_box(run());
        millis.push(started.elapsed().as_secs_f64() * 1e3);
    }
    millis.sort_by(f64::total_cmp);
    println!("{what:40} {:10.2} {:10.2}", millis[0], millis[N_RUNS / 2]);
}

fn main() {
    let n_revisions = std::env::args().skip(1).find_map(|arg| arg.parse().ok()).unwrap_or(10_000);
    for dialect in Dialect::ALL {
        println!("{n_revisions} revisions, {dialect}{:17}{:>10} {:>10}", "", "least ms", "median ms");
        let history = chain(n_revisions, dialect, n_revisions);
        // The middle one that makes a table.
        let edited = chain(n_revisions, dialect, n_revisions / 2 / PER_TABLE * PER_TABLE);
        let directions = [Direction::Upgrade, Direction::Downgrade];
        let read = |history| {
            let statements = Statements::new(history, dialect);
            for node in 0..n_revisions {
                for direction in directions {
                    black_box(statements.get(node, direction));
                }
            }
            statements
        };
        measure("read all statements", || read(&history));
        let statements = read(&history);
        let heads = history.graph().real_heads();
        measure("replay the upgrades", || {
            proof::follow(&history, heads, &statements, &mut Traces::default(), None)
        });
        let prove = |history: &_, statements: &_, traces: &mut Traces| {
            traces.begin();
            let proved = prove_keeping(history, statements, &[], |_| false, traces);
            assert!(proved.flaws.is_empty(), "{:?}", proved.flaws.first());
        };
        measure("prove, statements read before", || {
            prove(&history, &statements, &mut Traces::default());
        });
        let mut traces = Traces::default();
        prove(&history, &statements, &mut traces);
        measure("write what is remembered", || traces.encode());
        let bytes = traces.encode();
        measure("read it", || Traces::decode(bytes.clone()));
        measure("prove again, nothing edited", || {
            prove(&history, &Statements::new(&history, dialect), &mut Traces::decode(bytes.clone()));
        });
        measure("prove again, one edited", || {
            prove(&edited, &Statements::new(&edited, dialect), &mut Traces::decode(bytes.clone()));
        });
        println!("{:40} {:10.2} MiB\n", "what is remembered", bytes.len() as f64 / 1024.0 / 1024.0);
    }
}
