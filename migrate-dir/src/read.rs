//! A folder, read into a history.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{MAIN_SEPARATOR, Path, PathBuf};

use migrate_core::diagnostic::Diagnostic;
use migrate_core::file::{self, DieselDirectory};
use migrate_core::history::{self, Depth, History, Rules};
use migrate_core::revision::Revision;
use migrate_core::source::{FileId, Flaw, SourceFile, Sources};
use walkdir::WalkDir;

use crate::rewrite::Rewrite;
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
    /// The files that were read, on disk; in the order of `sources`.
    pub files: Vec<PathBuf>,
}

impl Directory {
    /// The file of a native revision, on disk.
    pub fn file_of(&self, revision: &Revision) -> Option<&Path> {
        let place = self.sources.iter().position(|source| *source.path == *revision.path)?;
        self.files.get(place).map(PathBuf::as_path)
    }
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
    read_as_if(folders, rules, &Changes::default())
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
    read_as_if(folders, rules, &Changes { unwritten: unwritten.to_vec(), ..Changes::default() })
}

/// The same as if some files had been changed.
///
/// # Errors
///
/// As for [`read`].
pub fn read_changed(folders: &[(PathBuf, String)], changes: &Changes, rules: Rules) -> io::Result<Directory> {
    read_as_if(folders, rules, changes)
}

/// Files that are still to be changed.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    /// New ones: paths as a person should see them, and texts.
    pub unwritten: Vec<(String, String)>,
    /// Those that are to be [rewritten](crate::rewrite()).
    pub rewritten: Vec<Rewrite>,
    /// Those that are to go: native files, and diesel's directories.
    pub removed: BTreeSet<PathBuf>,
}

impl Changes {
    /// Whether nothing is to be changed.
    pub fn is_none(&self) -> bool {
        self.unwritten.is_empty() && self.rewritten.is_empty() && self.removed.is_empty()
    }
}

fn read_as_if(
    folders: &[(PathBuf, String)],
    rules: Rules,
    Changes { unwritten, rewritten, removed }: &Changes,
) -> io::Result<Directory> {
    let mut sources = Sources::new();
    let mut findings = Vec::new();
    let (mut native, mut of_diesel) = (Vec::new(), Vec::new());
    let mut files = Vec::new();
    for (folder, shown) in folders {
        let mut entries = revision_files(folder)?;
        entries.retain(|entry| !removed.contains(entry.path()));
        let show = |path: &Path| show(folder, shown, path);
        let (contents, _) =
            parallel::map(&entries, |room, entry| Contents::of(entry, rules.depth, show, rewritten, room));
        for (entry, contents) in entries.into_iter().zip(contents) {
            let mut take = |path: PathBuf, (source, flaws): ReadFile| {
                files.push(path);
                sources.push(source, &flaws, &mut findings)
            };
            let path = entry.into_path();
            match contents? {
                Contents::Native(file) => native.push(take(path, file)),
                Contents::Diesel { up, down, transactional } => {
                    let name = path.file_name().unwrap_or_default().to_string_lossy();
                    let (version, name) = diesel::version_and_name(&name);
                    let up = take(path.join("up.sql"), up);
                    let down = down.map(|file| take(path.join("down.sql"), file));
                    let path = show(&path);
                    of_diesel.push(DieselDirectory { path, version, name, up, down, transactional });
                }
            }
        }
    }
    for (path, text) in unwritten {
        native.push(sources.add(path.clone(), text.clone().into_bytes(), &mut findings));
    }
    let file_name = |file: FileId| sources.get(file).path.rsplit('/').next();
    native.sort_by(|a, b| file_name(*a).cmp(&file_name(*b)));

    let dialects = Some(rules.dialects).filter(|_| rules.depth == Depth::Sql);
    let (mut revisions, found) = parallel::map(&of_diesel, |findings: &mut Vec<Diagnostic>, directory| {
        file::diesel(&sources, directory, dialects, findings)
    });
    findings.extend(found.into_iter().flatten());
    history::chain_diesel(&mut revisions);
    let (parsed, found) = parallel::map(&native, |findings: &mut Vec<Diagnostic>, file| match rules.depth {
        Depth::Headers => file::parse_header(&sources, *file, findings),
        Depth::Sections | Depth::Sql => file::parse(&sources, *file, dialects, findings),
    });
    revisions.extend(parsed);
    findings.extend(found.into_iter().flatten());
    let (history, readable) = match history::build(revisions, rules, &mut findings) {
        Ok(history) => (Some(history), vec![]),
        Err(readable) => (None, readable),
    };
    findings.sort_by_key(|finding| finding.labels.first().map(|label| label.span));
    Ok(Directory { sources, findings, history, readable, files })
}

/// A file's text and what is wrong with its bytes.
type ReadFile = (SourceFile, Vec<Flaw>);

/// What a revision on disk holds.
enum Contents {
    Native(ReadFile),
    Diesel { up: ReadFile, down: Option<ReadFile>, transactional: bool },
}

impl Contents {
    /// Reads the files of an entry, so far as is asked. `room` is memory to read into.
    ///
    /// diesel's files have no header: without their sections they need not be opened.
    fn of(
        entry: &Entry,
        depth: Depth,
        show: impl Fn(&Path) -> String,
        rewritten: &[Rewrite],
        room: &mut Vec<u8>,
    ) -> io::Result<Self> {
        let mut read = |path: &Path, keep: fn(&str) -> &str| -> io::Result<ReadFile> {
            let bytes = match rewritten.iter().find(|file| file.path == *path) {
                Some(file) => &file.bytes,
                None => read_into(room, path).map_err(|error| named(path, error))?,
            };
            Ok(SourceFile::read(show(path), bytes, keep))
        };
        let whole: fn(&str) -> &str = |text| text;
        Ok(match entry {
            Entry::Native(path) if depth == Depth::Headers => Self::Native(read(path, file::header_of)?),
            Entry::Native(path) => Self::Native(read(path, whole)?),
            Entry::Diesel(path) if depth == Depth::Headers => {
                let up = SourceFile { path: show(&path.join("up.sql")), text: String::new() };
                Self::Diesel { up: (up, vec![]), down: None, transactional: true }
            }
            Entry::Diesel(path) => {
                let down = path.join("down.sql");
                Self::Diesel {
                    up: read(&path.join("up.sql"), whole)?,
                    down: if down.is_file() { Some(read(&down, whole)?) } else { None },
                    transactional: diesel::runs_in_transaction(path),
                }
            }
        })
    }
}

/// The bytes of a file. Unlike `fs::read` it does not ask for the size first: most revisions are small, and with
/// thousands of them the system's calls are what takes the time.
fn read_into<'r>(room: &'r mut Vec<u8>, path: &Path) -> io::Result<&'r [u8]> {
    let mut file = File::open(path)?;
    let mut length = 0;
    loop {
        if length == room.len() {
            room.resize((2 * length).max(ROOM), 0);
        }
        match file.read(&mut room[length..]) {
            Ok(0) => return Ok(&room[..length]),
            Ok(more) => length += more,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// How many bytes are asked for at once.
const ROOM: usize = 64 * 1024;

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

    fn into_path(self) -> PathBuf {
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
        .into_iter()
        .filter_entry(|entry| entry.depth() == 0 || !hidden(entry.file_name()));
    for entry in walk {
        let entry = entry.map_err(|error| {
            let path = error.path().unwrap_or(folder).to_owned();
            named(&path, error.into())
        })?;
        if entry.file_type().is_dir() {
            if entry.depth() > 0 && entry.path().join("up.sql").is_file() {
                of_diesel.insert(entry.path().to_owned());
                entries.push(Entry::Diesel(entry.into_path()));
            }
        } else if entry.file_name().as_encoded_bytes().ends_with(b".sql") {
            let is_of_diesel = |path: &Path| path.parent().is_some_and(|parent| of_diesel.contains(parent));
            if of_diesel.is_empty() || !is_of_diesel(entry.path()) {
                entries.push(Entry::Native(entry.into_path()));
            }
        }
    }
    entries.sort_unstable_by(|a, b| bytes(a.path()).cmp(bytes(b.path())));
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

/// The path as it is spelled: to compare paths part by part takes longer than to read the files.
fn bytes(path: &Path) -> &[u8] {
    path.as_os_str().as_encoded_bytes()
}

/// The path, which is in the folder, as a person should see it, with `/` on every system.
fn show(folder: &Path, shown: &str, path: &Path) -> String {
    let path = path.to_string_lossy();
    let rest = path.strip_prefix(&*folder.to_string_lossy()).unwrap_or(&path);
    let rest = rest.trim_start_matches(MAIN_SEPARATOR);
    let shown = shown.trim_end_matches('/');
    let between = if shown.is_empty() { "" } else { "/" };
    let mut out = String::with_capacity(shown.len() + between.len() + rest.len());
    out.extend([shown, between, rest]);
    if MAIN_SEPARATOR == '/' { out } else { out.replace(MAIN_SEPARATOR, "/") }
}

fn named(path: &Path, error: io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("cannot read {}: {error}", path.display()))
}
