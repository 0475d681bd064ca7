//! Histories from elsewhere: each folder that `MIGRATE_TEST_MYSQL_HISTORIES` names (with colons between them) has files
//! `…up.sql`, which are run in the order of their names, and perhaps `…down.sql` beside them.

use std::io::Write as _;
use std::path::Path;

use super::on_databases;
use crate::truth::{Pair, run_script};

#[test]
fn histories_from_elsewhere_end_in_the_same_schema() {
    let folders = std::env::var("MIGRATE_TEST_MYSQL_HISTORIES").unwrap_or_default();
    let folders: Vec<&str> = folders.split(':').filter(|folder| !folder.is_empty()).collect();
    let outcome = on_databases(folders, |conn, folder, outcome| {
        let mut names: Vec<_> = std::fs::read_dir(folder)
            .expect("a folder")
            .map(|entry| entry.expect("an entry").path())
            .filter(|path| path.to_string_lossy().ends_with("up.sql"))
            .collect();
        names.sort();
        let read = |path: &Path| std::fs::read_to_string(path).expect("a file");
        let whole: Vec<String> = names.iter().map(|path| read(path)).collect();
        let mut own = super::Outcome::default();
        run_script(Pair::new(conn).comparing_at_last(), &whole.join("\n;\n"), &mut own);
        let _ = writeln!(std::io::stderr(), "== {folder}: {} files\n{}", names.len(), own.story());
        outcome.add(own);
    });
    assert!(outcome.false_alarms.is_empty(), "{}", outcome.story());
}
