//! New revision files.

use std::fmt::Write as _;
use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// How many characters of the message go into a file name.
const SLUG_LENGTH: usize = 40;

/// A revision file to be written.
#[derive(Clone, Debug, Default)]
pub struct NewRevision {
    /// The id, as [`new_id`] makes them.
    pub id: String,
    /// What it is about.
    pub message: String,
    /// The parents; none for a base, several for a merge.
    pub parents: Vec<String>,
    /// The branch labels it carries.
    pub labels: Vec<String>,
    /// What must run before without being a parent: ids or labels.
    pub depends_on: Vec<String>,
    /// When it was written, as the file will say: `2026-11-21 00:32:10 UTC`.
    pub create_date: String,
    /// The upgrade's SQL, may be empty.
    pub upgrade: String,
    /// The downgrade's SQL, may be empty.
    pub downgrade: String,
}

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
            Self::Exists(path) => write!(f, "{} already exists", path.display()),
            Self::Io(path, _) => write!(f, "cannot write {}", path.display()),
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

impl NewRevision {
    /// `<id>_<slug>.sql`.
    pub fn file_name(&self) -> String {
        match slug(&self.message) {
            slug if slug.is_empty() => format!("{}.sql", self.id),
            slug => format!("{}_{slug}.sql", self.id),
        }
    }

    /// The text of the file.
    pub fn text(&self) -> String {
        let mut text = String::new();
        let message = if self.message.trim().is_empty() { "empty message" } else { self.message.trim() };
        for line in message.lines() {
            let _ = writeln!(text, "{}", format!("-- {line}").trim_end());
        }
        text.push_str("--\n");
        let mut key = |name: &str, value: &str| {
            let _ = writeln!(text, "-- {name}: {value}");
        };
        key("Revision ID", &self.id);
        key(
            "Revises",
            if self.parents.is_empty() { "<base>".to_owned() } else { self.parents.join(", ") }.as_str(),
        );
        key("Create Date", &self.create_date);
        if !self.labels.is_empty() {
            key("Branch Labels", &self.labels.join(", "));
        }
        if !self.depends_on.is_empty() {
            key("Depends On", &self.depends_on.join(", "));
        }
        for (marker, sql) in [("upgrade", &self.upgrade), ("downgrade", &self.downgrade)] {
            let _ = write!(text, "\n-- migrate:{marker}\n");
            if !sql.trim().is_empty() {
                let _ = writeln!(text, "{}", sql.trim());
            }
        }
        text
    }

    /// Writes the file into the folder, which is made if it is missing.
    ///
    /// # Errors
    ///
    /// - A file of that name exists; nothing is overwritten.
    /// - The system refuses.
    pub fn write(&self, folder: &Path) -> Result<PathBuf, WriteError> {
        let path = folder.join(self.file_name());
        let failed = |error| WriteError::Io(path.clone(), error);
        fs::create_dir_all(folder).map_err(failed)?;
        match OpenOptions::new().write(true).create_new(true).open(&path) {
            Ok(mut file) => file.write_all(self.text().as_bytes()).map_err(failed)?,
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                return Err(WriteError::Exists(path));
            }
            Err(error) => return Err(failed(error)),
        }
        Ok(path)
    }
}

/// The words of a message as they stand in a file name: lower case, joined by `_`, at most 40 characters.
pub fn slug(message: &str) -> String {
    let first_line = message.lines().next().unwrap_or_default().to_lowercase();
    let words: Vec<&str> = first_line
        .split(|c: char| !c.is_alphanumeric() && c != '_')
        .filter(|word| !word.is_empty())
        .collect();
    let slug: String = words.join("_").chars().take(SLUG_LENGTH).collect();
    slug.trim_end_matches('_').to_owned()
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
    fn slugs_are_words() {
        assert_eq!(slug("Add user preferences (v2), quickly!"), "add_user_preferences_v2_quickly");
        assert_eq!(slug("a".repeat(60).as_str()).len(), 40);
        assert_eq!(slug("…"), "");
    }

    #[test]
    fn a_written_file_reads_as_what_was_meant_and_is_never_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let new = NewRevision {
            id: "6a1f02c4b7e9".into(),
            message: "add users\n\nwith a reason".into(),
            labels: vec!["people".into()],
            create_date: "2026-11-21 00:32:10 UTC".into(),
            upgrade: "CREATE TABLE users (id BIGINT);".into(),
            ..NewRevision::default()
        };
        let path = new.write(folder.path()).unwrap();
        assert!(path.ends_with("6a1f02c4b7e9_add_users.sql"));
        let read = crate::read(&[(folder.path().to_owned(), String::new())], Default::default()).unwrap();
        assert!(read.findings.is_empty(), "{:?}", read.findings);
        let history = read.history.unwrap();
        let revision = history.revision(0);
        assert_eq!(revision.message, "add users\n\nwith a reason");
        assert_eq!(revision.labels, ["people"]);
        assert!(matches!(new.write(folder.path()), Err(WriteError::Exists(_))));
    }
}
