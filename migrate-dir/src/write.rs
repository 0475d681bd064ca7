//! New revision files.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

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

/// Writes a new file, and the folders on the way to it.
///
/// # Errors
///
/// - A file of that name exists; nothing is overwritten.
/// - The system refuses.
pub fn write_new(path: &Path, text: &str) -> Result<(), WriteError> {
    let failed = |error| WriteError::Io(path.to_owned(), error);
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(failed)?;
    }
    match OpenOptions::new().write(true).create_new(true).open(path) {
        Ok(mut file) => file.write_all(text.as_bytes()).map_err(failed),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            Err(WriteError::Exists(path.to_owned()))
        }
        Err(error) => Err(failed(error)),
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
    }
}
