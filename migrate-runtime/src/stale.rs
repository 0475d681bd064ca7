//! Notices a binary that was built before the files that lie beside it.
//!
//! Only debug builds know where their files are. What is compared is names: cheap, and enough to say "rebuild".

use std::collections::HashSet;
use std::ffi::OsStr;
use std::path::Path;

use migrate_core::history::History;

/// The revision files in the directory that the history was built without.
pub(crate) fn files(history: &History, directory: &str) -> Vec<String> {
    // A binary that was moved elsewhere has no files beside it, and nothing is wrong with that.
    let Ok(entries) = migrate_dir::revision_files(Path::new(directory)) else { return Vec::new() };
    let known: HashSet<&OsStr> =
        history.revisions().iter().filter_map(|revision| Path::new(&*revision.path).file_name()).collect();
    entries
        .iter()
        .filter_map(|entry| entry.path().file_name())
        .filter(|name| !known.contains(name))
        .map(|name| name.to_string_lossy().into_owned())
        .collect()
}
