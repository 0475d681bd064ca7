//! New files, and the ids of new revisions.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::beside::Beside;

/// Why no file was written.
#[derive(Debug)]
pub enum WriteError {
    /// There is a file of that name; it was left alone.
    Exists(PathBuf),
    /// The system refused.
    Io(PathBuf, io::Error),
}

impl std::fmt::Display for WriteError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Exists(path) => write!(f, "`{}` already exists", path.display()),
            Self::Io(path, _) => write!(f, "cannot write `{}`", path.display()),
        }
    }
}

impl std::error::Error for WriteError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Exists(_) => None,
            Self::Io(_, error) => Some(error),
        }
    }
}

/// Writes a new file, and the folders on the way to it. Whoever looks sees all of it or nothing, also after a crash.
///
/// # Errors
///
/// - A file of that name exists; nothing is overwritten.
/// - The system refuses; there is no file then.
pub fn write_new(path: &Path, text: &str) -> Result<(), WriteError> {
    if fs::symlink_metadata(path).is_ok() {
        return Err(WriteError::Exists(path.to_owned()));
    }
    make_folder(path)?;
    Beside::write(path.to_owned(), text.as_bytes())?.take_free_place()
}

/// Writes a file, whether or not there is one, and the folders on the way to it. Whoever looks sees the old text or the new one.
///
/// Permissions stay, and a link goes on leading to its file. What is no file, such as a pipe, is written to as it is.
///
/// # Errors
///
/// - The system refuses; a file that was there is as it was.
pub fn write(path: &Path, text: &str) -> Result<(), WriteError> {
    let failed = |error| WriteError::Io(path.to_owned(), error);
    match fs::metadata(path) {
        Ok(there) if !there.is_file() => fs::write(path, text).map_err(failed),
        // As it is named, not where the link leads to, is what a message is about.
        Ok(_) => {
            let place = fs::canonicalize(path).map_err(failed)?;
            let written = Beside::write(place, text.as_bytes()).and_then(Beside::take_place);
            written.map_err(|error| match error {
                WriteError::Io(_, error) => failed(error),
                error => error,
            })
        }
        // A link that leads nowhere is filled in, not replaced.
        Err(_) if fs::symlink_metadata(path).is_ok() => fs::write(path, text).map_err(failed),
        Err(_) => {
            make_folder(path)?;
            Beside::write(path.to_owned(), text.as_bytes())?.take_place()
        }
    }
}

/// Makes the folder of a file.
pub(crate) fn make_folder(path: &Path) -> Result<(), WriteError> {
    match path.parent() {
        Some(folder) => fs::create_dir_all(folder).map_err(|error| WriteError::Io(path.to_owned(), error)),
        None => Ok(()),
    }
}

/// A new id: 8 hex digits of the UTC second and 4 random ones, moved up where needed to sort after every parent.
///
/// So a listing is in order, and diesel's own harness, which sorts versions as text, runs a child after its parents.
pub fn new_id<'a>(unix_seconds: u64, random: u16, parents: impl IntoIterator<Item = &'a str>) -> String {
    let number = (unix_seconds & 0xFFFF_FFFF) << 16 | u64::from(random);
    let id = format!("{number:012x}");
    let Some(last) = parents.into_iter().max().filter(|last| **last >= *id) else { return id };
    let is_ours = last.len() == 12 && last.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    match u64::from_str_radix(last, 16) {
        Ok(number) if is_ours && number < 0xFFFF_FFFF_FFFF => format!("{:012x}", number + 1),
        // A text sorts after any text that it continues.
        _ => format!("{last}_{id}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_child_sorts_after_its_parents() {
        assert_eq!(new_id(0x6a1f_02c4, 0xb7e9, ["6a1e88d00c3f"]), "6a1f02c4b7e9");
        assert_eq!(new_id(0x6a1f_02c4, 0xb7e9, ["6a1f02c4ffff", "20230102030405"]), "6a1f02c50000");
        assert!(new_id(0x6a1f_02c4, 0xb7e9, ["users"]).as_str() > "users");
    }

    #[test]
    fn a_file_is_never_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("2026/11/a.sql");
        write_new(&path, "one").unwrap();
        assert!(matches!(write_new(&path, "two"), Err(WriteError::Exists(_))));
        assert_eq!(fs::read_to_string(&path).unwrap(), "one");
        assert!(matches!(write_new(&path.join("b.sql"), "two"), Err(WriteError::Io(..))));
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1, "nothing stays beside it");
    }

    #[test]
    fn a_file_is_there_as_a_whole_or_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("src/schema.rs");
        write(&path, "one").unwrap();
        write(&path, "two").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "two");
        assert!(matches!(write(path.parent().unwrap(), "three"), Err(WriteError::Io(..))));
        assert!(matches!(write(&path.join("b.rs"), "three"), Err(WriteError::Io(..))));
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1, "nothing stays beside it");
    }

    #[cfg(unix)]
    #[test]
    fn what_is_no_file_of_its_own_stays_what_it_is() {
        use std::os::unix::fs::symlink;
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        symlink(at("real.rs"), at("link.rs")).unwrap();
        for text in ["one", "two"] {
            write(&at("link.rs"), text).unwrap();
            assert!(fs::symlink_metadata(at("link.rs")).unwrap().is_symlink());
            assert_eq!(fs::read_to_string(at("real.rs")).unwrap(), text);
        }
        write(Path::new("/dev/null"), "nobody reads it").unwrap();
        assert!(!fs::metadata("/dev/null").unwrap().is_file());
    }
}
