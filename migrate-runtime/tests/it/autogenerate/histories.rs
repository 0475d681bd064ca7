//! Histories from elsewhere: each folder that `MIGRATE_TEST_SQLITE_HISTORIES` names (with colons between them) has folders or
//! files `…up.sql`. What each of them does is generated from the schemas before and after it, and done, there and back.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use diesel::SqliteConnection;
use migrate_core::autogenerate::generate;
use migrate_core::dialect::Dialect;
use migrate_core::schema::Schema;

use super::language::Place;
use super::{apply, execute, led_to, must_be, unreached};

#[test]
fn what_histories_do_is_generated() {
    let folders = std::env::var("MIGRATE_TEST_SQLITE_HISTORIES").unwrap_or_default();
    let mut failures = Vec::new();
    for folder in folders.split(':').filter(|folder| !folder.is_empty()) {
        let mut paths = Vec::new();
        find(Path::new(folder), &mut paths);
        paths.sort();
        let texts: Vec<String> =
            paths.iter().map(|path| std::fs::read_to_string(path).expect("a file")).collect();
        let (mut went, known) = (0, failures.len());
        for place in 0..texts.len() {
            match way(&texts[..place], &texts[place]) {
                Ok(()) => went += 1,
                Err(why) => failures.push(format!("== {}: {why}", paths[place].display())),
            }
        }
        let told = format!("{folder}: {went} of {} went, {} did not", texts.len(), failures.len() - known);
        let _ = writeln!(std::io::stderr(), "{told}");
    }
    assert!(failures.is_empty(), "{}: {}", failures.len(), failures.join("\n"));
}

fn find(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            find(&path, found);
        } else if path.to_string_lossy().ends_with("up.sql") {
            found.push(path);
        }
    }
}

/// From the schema that the first ones make to the one that another one makes of it, and back.
fn way(first: &[String], next: &str) -> Result<(), String> {
    let mut conn = <SqliteConnection as diesel::Connection>::establish(":memory:").expect("a database");
    conn.heed_keys(false);
    let run = |schema: Schema, sql: &str| super::replayed_on(schema, sql);
    let before = first.iter().fold(Schema::new(Dialect::Sqlite), |schema, sql| run(schema, sql));
    let after = run(before.clone(), next);
    first.iter().try_for_each(|sql| execute(&mut conn, sql))?;
    conn.heed_keys(true);
    must_be(&mut conn, &before, "the history")?;
    let generated = generate(&before, &after, &[]).map_err(|error| unreached(&error))?;
    let told =
        |why: String| format!("{why}\n{}----\n{}", generated.upgrade.text(), generated.downgrade.text());
    apply(&mut conn, &generated.upgrade).map_err(told)?;
    must_be(&mut conn, &led_to(&before, &generated.upgrade), "the upgrade").map_err(told)?;
    apply(&mut conn, &generated.downgrade).map_err(told)?;
    must_be(&mut conn, &before, "the downgrade").map_err(told)
}
