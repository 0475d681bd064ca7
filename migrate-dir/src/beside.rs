//! The one way in which files are written: whole beside their place, and then into it.

use std::fs::{self, OpenOptions};
use std::hash::{BuildHasher, Hasher, RandomState};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use crate::write::WriteError;

/// How much of a file's name goes into the hidden one: systems take 255 bytes.
const MAX_NAME: usize = 200;

/// The contents of a file beside it; removed unless they take its place.
pub(crate) struct Beside {
    path: PathBuf,
    target: PathBuf,
    is_there: bool,
}

impl Beside {
    /// Writes what is to be at `target`; if a file is there already, it keeps that one's permissions.
    pub(crate) fn write(target: PathBuf, bytes: &[u8]) -> Result<Self, WriteError> {
        let path = target.with_file_name(hidden(&target.file_name().unwrap_or_default().to_string_lossy()));
        let mut beside = Self { path, target, is_there: false };
        beside.fill(bytes).map_err(|error| WriteError::Io(beside.target.clone(), error))?;
        Ok(beside)
    }

    fn fill(&mut self, bytes: &[u8]) -> io::Result<()> {
        let mut file = OpenOptions::new().write(true).create_new(true).open(&self.path)?;
        self.is_there = true;
        file.write_all(bytes)?;
        if let Ok(metadata) = fs::metadata(&self.target) {
            file.set_permissions(metadata.permissions())?;
        }
        file.sync_all()
    }

    /// Replaces what is there.
    pub(crate) fn take_place(mut self) -> Result<(), WriteError> {
        fs::rename(&self.path, &self.target).map_err(|error| WriteError::Io(self.target.clone(), error))?;
        self.is_there = false;
        sync_folder(&self.target);
        Ok(())
    }

    /// Becomes a file that is not there yet. Whoever looks sees all of it or nothing.
    pub(crate) fn take_free_place(self) -> Result<(), WriteError> {
        // A second name is refused where a file has it; a renaming would overwrite that file.
        match fs::hard_link(&self.path, &self.target) {
            Ok(()) => {
                sync_folder(&self.target);
                Ok(())
            }
            Err(_) if fs::symlink_metadata(&self.target).is_ok() => {
                Err(WriteError::Exists(self.target.clone()))
            }
            // Some file systems know no second names.
            Err(_) => self.take_place(),
        }
    }
}

impl Drop for Beside {
    fn drop(&mut self) {
        if self.is_there {
            // There is nobody to tell; the reason why it stayed behind is told already.
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// A name of its own beside a file, no longer than systems take.
fn hidden(name: &str) -> String {
    let random = RandomState::new().build_hasher().finish();
    let end = name.char_indices().map(|(at, c)| at + c.len_utf8()).take_while(|end| *end <= MAX_NAME).last();
    format!(".{}.{random:016x}", &name[..end.unwrap_or(0)])
}

/// Makes a renaming last, where the system can do that. Either name is as good after a crash.
fn sync_folder(file: &Path) {
    if let Some(folder) = file.parent() {
        let _ = fs::File::open(folder).and_then(|folder| folder.sync_all());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_came_meanwhile_stays() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("s.sql");
        let new = Beside::write(path.clone(), b"squashed").unwrap();
        fs::write(&path, "another").unwrap();
        assert!(matches!(new.take_free_place(), Err(WriteError::Exists(there)) if there == path));
        assert_eq!(fs::read_to_string(&path).unwrap(), "another");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_long_name_has_room() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ü".repeat(127));
        Beside::write(path.clone(), b"text").unwrap().take_free_place().unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "text");
    }
}
