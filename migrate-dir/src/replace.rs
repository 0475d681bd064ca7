//! One revision in the place of several.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::beside::Beside;
use crate::rewrite::{self, Rewrite};
use crate::write::{WriteError, make_folder};

/// Writes a new file, rewrites those that build on it, and then removes what it replaces: native files, and diesel's
/// directories.
///
/// All contents are on disk, under hidden names, before the first change. Then the new file gets its name, whole; then what builds
/// on it is changed, and the old files go last. So after a crash in between either the folder is as it was, or the new file is there,
/// and a history that has one of the old ones as well says so when it is read.
///
/// # Errors
///
/// - A file of the new name exists; nothing was changed.
/// - The system refuses. If the new file is not there, nothing was changed.
pub fn replace(
    path: &Path,
    text: &str,
    rewrites: &[Rewrite],
    removed: &BTreeSet<PathBuf>,
) -> Result<(), WriteError> {
    if fs::symlink_metadata(path).is_ok() {
        return Err(WriteError::Exists(path.to_owned()));
    }
    make_folder(path)?;
    let new = Beside::write(path.to_owned(), text.as_bytes())?;
    let rewritten = rewrite::write(rewrites)?;
    new.take_free_place()?;
    rewrite::take_places(rewritten)?;
    for old in removed {
        let gone = if old.is_dir() { remove_folder(old) } else { fs::remove_file(old) };
        gone.map_err(|error| WriteError::Io(old.clone(), error))?;
    }
    Ok(())
}

/// Removes what diesel has in a migration's directory, and the directory unless there is more in it. What makes it a migration goes
/// last.
fn remove_folder(folder: &Path) -> std::io::Result<()> {
    for name in ["metadata.toml", "down.sql", "up.sql"] {
        let file = folder.join(name);
        if file.is_file() {
            fs::remove_file(file)?;
        }
    }
    match fs::read_dir(folder)?.next() {
        None => fs::remove_dir(folder),
        Some(_) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_file_takes_the_place_of_others() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let names = || {
            let mut names: Vec<_> = fs::read_dir(folder.path())
                .unwrap()
                .map(|entry| entry.unwrap().file_name().into_string().unwrap())
                .collect();
            names.sort();
            names
        };
        for name in ["a.sql", "b.sql", "c.sql"] {
            fs::write(at(name), name).unwrap();
        }
        for name in ["1_d", "2_e"] {
            fs::create_dir(at(name)).unwrap();
            fs::write(at(name).join("up.sql"), "").unwrap();
        }
        fs::write(at("2_e").join("notes.txt"), "").unwrap();
        let rewrites = [Rewrite { path: at("c.sql"), bytes: b"new".to_vec() }];
        let removed = ["a.sql", "b.sql", "1_d", "2_e"].into_iter().map(at).collect();
        assert!(matches!(replace(&at("a.sql"), "s", &rewrites, &removed), Err(WriteError::Exists(_))));
        assert_eq!(fs::read_to_string(at("c.sql")).unwrap(), "c.sql");
        // What cannot be done in whole is not begun.
        let broken = [&rewrites[..], &[Rewrite { path: at("lost.sql"), bytes: vec![] }]].concat();
        let before = names();
        assert!(
            matches!(replace(&at("s.sql"), "s", &broken, &removed), Err(WriteError::Io(path, _)) if path == at("lost.sql"))
        );
        assert_eq!((names(), fs::read_to_string(at("c.sql")).unwrap()), (before, "c.sql".to_owned()));
        replace(&at("s.sql"), "squashed", &rewrites, &removed).unwrap();
        assert_eq!(names(), ["2_e", "c.sql", "s.sql"]);
        assert_eq!(fs::read_to_string(at("s.sql")).unwrap(), "squashed");
        assert_eq!(fs::read_to_string(at("c.sql")).unwrap(), "new");
    }

    #[test]
    fn the_new_file_is_there_before_anything_goes() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        for name in ["a.sql", "c.sql"] {
            fs::write(at(name), name).unwrap();
        }
        let rewrites = [Rewrite { path: at("c.sql"), bytes: b"new".to_vec() }];
        let removed = ["0.sql", "a.sql"].into_iter().map(at).collect();
        let refused = replace(&at("s.sql"), "squashed", &rewrites, &removed);
        assert!(matches!(refused, Err(WriteError::Io(path, _)) if path == at("0.sql")));
        let texts = ["a.sql", "c.sql", "s.sql"].map(|name| fs::read_to_string(at(name)).unwrap());
        assert_eq!(texts, ["a.sql", "new", "squashed"]);
    }
}
