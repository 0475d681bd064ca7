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

use crate::{diesel, parallel};

/// What a migration directory holds.
#[derive(Debug)]
pub struct Directory {
    /// Every file that was read, for findings to point into.
    pub sources: Sources,
    /// What is wrong; with an error among them there is no history.
    pub findings: Vec<Diagnostic>,
    /// The history, if there is nothing wrong with it.
    pub history: Option<History>,
    /// What could be read, where there is no history.
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
    read_with(folders, &[], rules)
}

/// The same with files that are still to be written: paths as a person should see them, and texts.
///
/// # Errors
///
/// As for [`read`].
pub fn read_with(
    folders: &[(PathBuf, String)],
    unwritten: &[(String, String)],
    rules: Rules,
) -> io::Result<Directory> {
    let mut sources = Sources::new();
    let mut findings = Vec::new();
    let (mut native, mut of_diesel) = (Vec::new(), Vec::new());
    let mut files = Vec::new();
    for (folder, shown) in folders {
        let entries = revision_files(folder)?;
        for (entry, contents) in entries.iter().zip(parallel::map(&entries, Contents::of)) {
            let mut take = |path: &Path, bytes: Vec<u8>| {
                files.push(path.to_owned());
                sources.add(show(folder, shown, path), bytes, &mut findings)
            };
            let path = entry.path();
            match contents? {
                Contents::Native(bytes) => {
                    native.push((path.file_name().map(OsStr::to_owned), take(path, bytes)))
                }
                Contents::Diesel { up, down, transactional } => {
                    let name = path.file_name().unwrap_or_default().to_string_lossy();
                    let (version, name) = diesel::version_and_name(&name);
                    let up = take(&path.join("up.sql"), up);
                    let down = down.map(|bytes| take(&path.join("down.sql"), bytes));
                    let path = show(folder, shown, path);
                    of_diesel.push(DieselDirectory { path, version, name, up, down, transactional });
                }
            }
        }
    }
    for (path, text) in unwritten {
        let name = Path::new(path).file_name().map(OsStr::to_owned);
        native.push((name, sources.add(path.clone(), text.clone().into_bytes(), &mut findings)));
    }
    native.sort();

    let dialects = rules.dialects;
    let mut revisions = parallel::map(&of_diesel, |directory| {
        let mut findings = Vec::new();
        (file::diesel(&sources, directory, dialects, &mut findings), findings)
    });
    let n_diesel = revisions.len();
    revisions.extend(parallel::map(&native, |(_, file)| {
        let mut findings = Vec::new();
        (file::parse(&sources, *file, dialects, &mut findings), findings)
    }));
    let (mut revisions, found): (Vec<RevisionFile>, Vec<Vec<Diagnostic>>) = revisions.into_iter().unzip();
    findings.extend(found.into_iter().flatten());
    history::chain_diesel(&mut revisions[..n_diesel]);
    let (history, readable) = match history::build(revisions, rules, &mut findings) {
        Ok(history) => (Some(history), vec![]),
        Err(readable) => (None, readable),
    };
    findings.sort_by_key(|finding| finding.labels.first().map(|label| label.span));
    Ok(Directory { sources, findings, history, readable, files })
}

/// The bytes of a revision on disk.
enum Contents {
    Native(Vec<u8>),
    Diesel { up: Vec<u8>, down: Option<Vec<u8>>, transactional: bool },
}

impl Contents {
    fn of(entry: &Entry) -> io::Result<Self> {
        let read = |path: &Path| fs::read(path).map_err(|error| named(path, error));
        Ok(match entry {
            Entry::Native(path) => Self::Native(read(path)?),
            Entry::Diesel(path) => {
                let down = path.join("down.sql");
                Self::Diesel {
                    up: read(&path.join("up.sql"))?,
                    down: if down.is_file() { Some(read(&down)?) } else { None },
                    transactional: diesel::runs_in_transaction(path),
                }
            }
        })
    }
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

/// Says which folder is another one or lies in it, so that files would be read twice; the folders are those of [`read`].
pub fn overlap(folders: &[(PathBuf, String)]) -> Option<String> {
    // Links and `..` lead to the same place in many ways. What is not there overlaps with nothing.
    let real: Vec<_> =
        folders.iter().filter_map(|(path, shown)| Some((fs::canonicalize(path).ok()?, shown))).collect();
    let pairs = real
        .iter()
        .enumerate()
        .flat_map(|(place, second)| real[..place].iter().map(move |first| (first, second)));
    pairs.into_iter().find_map(|((first, first_shown), (second, second_shown))| {
        if first == second && first_shown == second_shown {
            Some(format!("the folder `{first_shown}` is named twice"))
        } else if first == second {
            Some(format!("`{first_shown}` and `{second_shown}` are the same folder"))
        } else if second.starts_with(first) {
            Some(format!("the folder `{second_shown}` is part of `{first_shown}`"))
        } else if first.starts_with(second) {
            Some(format!("the folder `{first_shown}` is part of `{second_shown}`"))
        } else {
            None
        }
    })
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
