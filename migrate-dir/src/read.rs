//! A folder, read into a history.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::{fs, io};

use migrate_core::diagnostic::Diagnostic;
use migrate_core::file::{self, DieselDirectory, RevisionFile};
use migrate_core::history::{self, History, Rules};
use migrate_core::revision::Revision;
use migrate_core::source::Sources;
use walkdir::WalkDir;

use crate::diesel;

/// What a migration directory holds.
#[derive(Debug)]
pub struct Directory {
    /// Every file that was read, for findings to point into.
    pub sources: Sources,
    /// What is wrong; with an error among them there is no history.
    pub findings: Vec<Diagnostic>,
    /// The history, if there is nothing wrong with it.
    pub history: Option<History>,
    /// What could be read although there is no history.
    pub readable: Vec<Revision>,
    /// The files that were read, on disk.
    pub files: Vec<PathBuf>,
}

/// Reads the folders (usually one) as one history.
///
/// Native revision files (`*.sql`) and diesel directories (a folder with an `up.sql`) may stand in any sub-folder; what
/// begins with a dot is left alone. diesel's come first in load order, by version, each with the one before as its parent;
/// then the native ones by file name. `shown` is put before paths in findings: the place of the folder as the reader of
/// the findings knows it.
///
/// # Errors
///
/// - A folder or a file cannot be read. What is wrong *inside* files is a finding.
pub fn read(folders: &[(PathBuf, String)], rules: Rules) -> io::Result<Directory> {
    let mut sources = Sources::new();
    let mut findings = Vec::new();
    let (mut native, mut of_diesel) = (Vec::new(), Vec::new());
    let mut files = Vec::new();
    for (folder, shown) in folders {
        for entry in revision_files(folder)? {
            let mut take = |path: &Path, findings: &mut Vec<Diagnostic>| -> io::Result<_> {
                let bytes = fs::read(path).map_err(|error| named(path, error))?;
                files.push(path.to_owned());
                Ok(sources.add(show(folder, shown, path), bytes, findings))
            };
            match entry {
                Entry::Native(path) => {
                    let file = take(&path, &mut findings)?;
                    native.push((path, file));
                }
                Entry::Diesel(path) => {
                    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
                    let (version, name) = diesel::version_and_name(&name);
                    let up = take(&path.join("up.sql"), &mut findings)?;
                    let down = path.join("down.sql");
                    let down = if down.is_file() { Some(take(&down, &mut findings)?) } else { None };
                    let transactional = diesel::runs_in_transaction(&path);
                    let path = show(folder, shown, &path);
                    of_diesel.push(DieselDirectory { path, version, name, up, down, transactional });
                }
            }
        }
    }
    native.sort_by(|(a, _), (b, _)| a.file_name().cmp(&b.file_name()));

    let mut of_diesel: Vec<RevisionFile> = of_diesel
        .iter()
        .map(|directory| file::diesel(&sources, directory, rules.dialects, &mut findings))
        .collect();
    history::chain_diesel(&mut of_diesel);
    let native = native.iter().map(|(_, file)| file::parse(&sources, *file, rules.dialects, &mut findings));
    let revisions: Vec<RevisionFile> = of_diesel.into_iter().chain(native).collect();
    let readable = revisions.iter().filter_map(|file| file.revision.clone()).collect();
    let history = history::build(revisions, rules, &mut findings);
    findings.sort_by_key(|finding| finding.labels.first().map(|label| label.span));
    Ok(Directory { sources, findings, history, readable, files })
}

/// A revision on disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// A native revision file.
    Native(PathBuf),
    /// A diesel directory.
    Diesel(PathBuf),
}

impl Entry {
    /// The file or the directory.
    pub fn path(&self) -> &Path {
        match self {
            Self::Native(path) | Self::Diesel(path) => path,
        }
    }
}

/// The revisions in a folder and its sub-folders, sorted by path, without reading them.
///
/// # Errors
///
/// - The folder, or one in it, cannot be listed.
pub fn revision_files(folder: &Path) -> io::Result<Vec<Entry>> {
    let mut entries = Vec::new();
    let mut of_diesel: BTreeSet<PathBuf> = BTreeSet::new();
    let hidden = |name: &OsStr| name.as_encoded_bytes().starts_with(b".");
    let walk = WalkDir::new(folder)
        .follow_links(true)
        .sort_by_file_name()
        .into_iter()
        .filter_entry(|entry| entry.depth() == 0 || !hidden(entry.file_name()));
    for entry in walk {
        let entry = entry.map_err(|error| {
            let path = error.path().unwrap_or(folder).to_owned();
            named(&path, error.into())
        })?;
        let path = entry.path();
        if entry.file_type().is_dir() {
            if entry.depth() > 0 && path.join("up.sql").is_file() {
                of_diesel.insert(path.to_owned());
                entries.push(Entry::Diesel(path.to_owned()));
            }
        } else if path.extension() == Some(OsStr::new("sql"))
            && !path.parent().is_some_and(|parent| of_diesel.contains(parent))
        {
            entries.push(Entry::Native(path.to_owned()));
        }
    }
    Ok(entries)
}

/// The path as a person should see it, with `/` on every system.
fn show(folder: &Path, shown: &str, path: &Path) -> String {
    let rest = path.strip_prefix(folder).unwrap_or(path);
    let mut out = shown.trim_end_matches('/').to_owned();
    for part in rest.components() {
        if !out.is_empty() {
            out.push('/');
        }
        out.push_str(&part.as_os_str().to_string_lossy());
    }
    out
}

fn named(path: &Path, error: io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("cannot read {}: {error}", path.display()))
}
