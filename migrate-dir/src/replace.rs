//! One revision in the place of several.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::rewrite::{Rewrite, rewrite};
use crate::write::{WriteError, write_new};

/// Writes a new file, rewrites those that build on it, and then removes what it replaces: native files, and diesel's
/// directories.
///
/// After a crash in between all that was there before is there, or all of the new: the new file is written first and the old
/// ones go last, and a history that has both says so when it is read.
///
/// # Errors
///
/// - A file of the new name exists; nothing was changed.
/// - The system refuses.
pub fn replace(
    path: &Path,
    text: &str,
    rewrites: &[Rewrite],
    removed: &BTreeSet<PathBuf>,
) -> Result<(), WriteError> {
    // As a whole or not at all: an empty file takes the place, and gets its contents as others do.
    write_new(path, "").and_then(|()| {
        let new = Rewrite { path: path.to_owned(), bytes: text.into() };
        // There is nobody to tell if that fails as well.
        rewrite(&[new]).inspect_err(|_| drop(fs::remove_file(path)))
    })?;
    rewrite(rewrites)?;
    for old in removed {
        let gone = if old.is_dir() { remove_folder(old) } else { fs::remove_file(old) };
        gone.map_err(|error| WriteError::Io(old.clone(), error))?;
    }
    Ok(())
}

/// Removes what diesel has in a migration's directory, and the directory unless there is more in it.
fn remove_folder(folder: &Path) -> std::io::Result<()> {
    for name in ["up.sql", "down.sql", "metadata.toml"] {
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
        replace(&at("s.sql"), "squashed", &rewrites, &removed).unwrap();
        assert_eq!(names(), ["2_e", "c.sql", "s.sql"]);
        assert_eq!(fs::read_to_string(at("s.sql")).unwrap(), "squashed");
        assert_eq!(fs::read_to_string(at("c.sql")).unwrap(), "new");
    }
}
