//! Histories from elsewhere: each folder that `MIGRATE_TEST_SQLITE_HISTORIES`, `MIGRATE_TEST_MYSQL_HISTORIES` and so on name
//! (with colons between them) has folders or files `…up.sql`. What each of them does is generated from the schemas before and after it, and done, there and back.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use migrate_core::autogenerate::generate;
use migrate_core::schema::Schema;
use migrate_runtime::MigrateConnection;
use migrate_test::on_every_database;

use super::language::Place;
use super::{apply, execute, led_to, must_be, unreached};

on_every_database! {
    fn what_histories_do_is_generated(db) {
        go_through::<C>(&mut db.connect());
    }
}

fn go_through<C: Place + MigrateConnection>(conn: &mut C) {
    let name = format!("MIGRATE_TEST_{}_HISTORIES", conn.dialect().name().to_uppercase());
    let folders = std::env::var(name).unwrap_or_default();
    let mut failures = Vec::new();
    for folder in folders.split(':').filter(|folder| !folder.is_empty()) {
        let mut paths = Vec::new();
        find(Path::new(folder), &mut paths);
        paths.sort();
        let texts: Vec<String> =
            paths.iter().map(|path| std::fs::read_to_string(path).expect("a file")).collect();
        let (mut went, known) = (0, failures.len());
        for place in 0..texts.len() {
            match way(conn, &texts[..place], &texts[place]) {
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
fn way<C: Place + MigrateConnection>(conn: &mut C, first: &[String], next: &str) -> Result<(), String> {
    conn.clear();
    conn.heed_keys(false);
    let run = |schema: Schema, sql: &str| super::replayed_on(schema, sql);
    let before = first.iter().fold(Schema::new(C::language().dialect), |schema, sql| run(schema, sql));
    let after = run(before.clone(), next);
    first.iter().try_for_each(|sql| execute(conn, sql))?;
    conn.heed_keys(true);
    must_be(conn, &before, "the history")?;
    let generated = generate(&before, &after, &[]).map_err(|error| unreached(&error))?;
    let told =
        |why: String| format!("{why}\n{}----\n{}", generated.upgrade.text(), generated.downgrade.text());
    apply(conn, &generated.upgrade).map_err(told)?;
    must_be(conn, &led_to(&before, &generated.upgrade), "the upgrade").map_err(told)?;
    apply(conn, &generated.downgrade).map_err(told)?;
    must_be(conn, &before, "the downgrade").map_err(told)
}
