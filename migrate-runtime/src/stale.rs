//! Notices a binary that was built before the files that lie beside it.
//!
//! Only debug builds know where their files are. What is compared is names: cheap, and enough to say "rebuild".

use std::collections::HashSet;
use std::ffi::OsStr;
use std::path::Path;

use migrate_core::history::History;

/// The revision files in the directories that the history was built without.
pub(crate) fn files(history: &History, directories: &[&str]) -> Vec<String> {
    let known: HashSet<&OsStr> =
        history.revisions().iter().filter_map(|revision| Path::new(&*revision.path).file_name()).collect();
    directories
        .iter()
        // A binary that was moved elsewhere has no files beside it, and nothing is wrong with that.
        .filter_map(|directory| migrate_dir::revision_files(Path::new(directory)).ok())
        .flatten()
        .filter_map(|entry| entry.path().file_name().map(OsStr::to_owned))
        .filter(|name| !known.contains(&**name))
        .map(|name| name.to_string_lossy().into_owned())
        .collect()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn files_of_every_directory_are_compared() {
        let folder = tempfile::tempdir().unwrap();
        let directory = |name: &str| folder.path().join(name);
        let write = |path: &str, id: &str, parent: &str| {
            let text = format!("-- {id}\n-- Revision ID: {id}\n-- Revises: {parent}\n\n-- migrate:upgrade\n");
            fs::create_dir_all(directory(path).parent().unwrap()).unwrap();
            fs::write(directory(path), format!("{text}-- migrate:downgrade\n")).unwrap();
        };
        write("one/a1.sql", "a1", "<base>");
        write("two/a2.sql", "a2", "a1");
        let folders = ["one", "two"].map(|name| (directory(name), name.to_owned()));
        let history = migrate_dir::read(&folders, Default::default()).unwrap().history.unwrap();
        let paths = folders.map(|(path, _)| path.to_str().unwrap().to_owned());
        let stale = || files(&history, &[&paths[0], &paths[1], "nowhere"]);
        assert!(stale().is_empty());
        write("two/deep/a3.sql", "a3", "a2");
        assert_eq!(stale(), ["a3.sql"]);
    }
}
