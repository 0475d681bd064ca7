//! New contents for files that are there.

use std::fs;
use std::path::PathBuf;

use crate::beside::Beside;
use crate::write::WriteError;

/// A file and what it is to hold.
#[derive(Clone, Debug)]
pub struct Rewrite {
    /// The file, which is there.
    pub path: PathBuf,
    /// Its new contents.
    pub bytes: Vec<u8>,
}

/// Gives files new contents, so that after a crash each holds either the old or the new ones.
///
/// The contents are written beside each file, under a hidden name that [`read`](crate::read()) leaves alone, and take the
/// file's place once all of them are on disk. Permissions stay, and a link goes on leading to its file.
///
/// # Errors
///
/// - The system refuses. If it does while the contents are written, no file was changed.
pub fn rewrite(files: &[Rewrite]) -> Result<(), WriteError> {
    take_places(write(files)?)
}

/// The new contents of all files, on disk beside the old ones.
pub(crate) fn write(files: &[Rewrite]) -> Result<Vec<Beside>, WriteError> {
    let written = files.iter().map(|Rewrite { path, bytes }| {
        let target = fs::canonicalize(path).map_err(|error| WriteError::Io(path.clone(), error))?;
        Beside::write(target, bytes)
    });
    written.collect()
}

/// Puts all of them in their places, one after the other.
pub(crate) fn take_places(written: Vec<Beside>) -> Result<(), WriteError> {
    written.into_iter().try_for_each(Beside::take_place)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn file(folder: &Path, name: &str, text: &str) -> PathBuf {
        let path = folder.join(name);
        fs::write(&path, text).unwrap();
        path
    }

    fn names(folder: &Path) -> Vec<String> {
        let names = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
        let mut names: Vec<_> = names.map(|name| name.into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn files_get_new_contents_and_nothing_else_stays() {
        let folder = tempfile::tempdir().unwrap();
        let (a, b) = (file(folder.path(), "a.sql", "1"), file(folder.path(), "b.sql", "2"));
        let new = |path: &Path, text: &str| Rewrite { path: path.to_owned(), bytes: text.into() };
        rewrite(&[new(&a, "new a"), new(&b, "new b")]).unwrap();
        assert_eq!(
            (fs::read_to_string(&a).unwrap(), fs::read_to_string(&b).unwrap()),
            ("new a".into(), "new b".into())
        );
        assert_eq!(names(folder.path()), ["a.sql", "b.sql"]);

        let missing = folder.path().join("c.sql");
        assert!(
            matches!(rewrite(&[new(&a, "x"), new(&missing, "y")]), Err(WriteError::Io(path, _)) if path == missing)
        );
        assert_eq!(fs::read_to_string(&a).unwrap(), "new a");
        assert_eq!(names(folder.path()), ["a.sql", "b.sql"]);
    }

    #[cfg(unix)]
    #[test]
    fn permissions_and_links_stay() {
        use std::os::unix::fs::{PermissionsExt as _, symlink};
        let folder = tempfile::tempdir().unwrap();
        let elsewhere = tempfile::tempdir().unwrap();
        let real = file(elsewhere.path(), "real.sql", "old");
        fs::set_permissions(&real, fs::Permissions::from_mode(0o640)).unwrap();
        let link = folder.path().join("link.sql");
        symlink(&real, &link).unwrap();
        rewrite(&[Rewrite { path: link.clone(), bytes: b"new".to_vec() }]).unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read_to_string(&real).unwrap(), "new");
        assert_eq!(fs::metadata(&real).unwrap().permissions().mode() & 0o777, 0o640);
        assert_eq!(names(folder.path()), ["link.sql"]);
    }
}
