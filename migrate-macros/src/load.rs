//! From the directories named in a call to what is in them.

use std::env;
use std::path::{Component, Path, PathBuf};

use migrate_core::diagnostic::{Code, Diagnostic, Level};
use migrate_core::dialect::DialectSet;
use migrate_core::history::{History, Rules};
use migrate_core::revision::Revision;
use migrate_core::source::Sources;

use crate::args::Directories;

/// Migration directories, read.
pub(crate) struct Loaded {
    /// The directories on disk, each with how messages show it: from where the compiler runs, as the compiler shows its
    /// own paths.
    pub(crate) directories: Vec<(PathBuf, String)>,
    pub(crate) sources: Sources,
    pub(crate) findings: Vec<Diagnostic>,
    pub(crate) history: Option<History>,
    pub(crate) readable: Vec<Revision>,
    pub(crate) files: Vec<PathBuf>,
    /// The databases whose digests are worth having at build time.
    pub(crate) dialects: DialectSet,
}

impl Loaded {
    /// Whether the build is going to fail.
    pub(crate) fn is_broken(&self) -> bool {
        self.history.is_none() || self.findings.iter().any(|finding| finding.level == Level::Error)
    }

    /// The directories as messages show them.
    pub(crate) fn shown(&self) -> String {
        let shown: Vec<_> = self.directories.iter().map(|(_, shown)| format!("`{shown}`")).collect();
        shown.join(" and ")
    }
}

/// Reads the directories: each relative to the package, else relative to the file of the call.
pub(crate) fn load(directories: &Directories, rules: Rules) -> Loaded {
    let package = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    let mut loaded = Loaded {
        directories: vec![],
        sources: Sources::new(),
        findings: vec![],
        history: None,
        readable: vec![],
        files: vec![],
        dialects: rules.dialects.set,
    };
    for name in &directories.names {
        let wanted = name.value();
        let beside_call =
            name.span().unwrap().local_file().and_then(|file| Some(file.parent()?.join(&wanted)));
        let found =
            [Some(package.join(&wanted)), beside_call].into_iter().flatten().find(|path| path.is_dir());
        let path = normalize(found.as_deref().unwrap_or(&package.join(&wanted)));
        let shown = shown(&path);
        if found.is_none() {
            loaded.findings.push(
                Diagnostic::error(Code("missing-directory"), format!("there is no folder `{shown}`"))
                    .note(format!(
                        "`{wanted}` is looked for in the package's folder and beside the file of the call"
                    ))
                    .help("make it, even empty, or name another: `migrate init` does both"),
            );
        }
        loaded.directories.push((path, shown));
    }
    if let Some(overlap) = migrate_dir::overlap(&loaded.directories) {
        let finding = Diagnostic::error(Code("overlapping-folders"), overlap);
        loaded.findings.push(finding.help("name each folder once; sub-folders are part of the history"));
    }
    if !loaded.findings.is_empty() {
        return loaded;
    }
    match migrate_dir::read(&loaded.directories, rules) {
        Ok(read) => Loaded {
            sources: read.sources,
            findings: read.findings,
            history: read.history,
            readable: read.readable,
            files: read.files,
            ..loaded
        },
        Err(error) => {
            loaded.findings.push(Diagnostic::error(Code("unreadable"), error.to_string()));
            loaded
        }
    }
}

/// Removes `.` and `..` without asking the disk.
pub(crate) fn normalize(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if matches!(out.components().next_back(), Some(Component::Normal(_))) => {
                out.pop();
            }
            part => out.push(part),
        }
    }
    out
}

pub(crate) fn shown(path: &Path) -> String {
    let here = env::current_dir().unwrap_or_default();
    path.strip_prefix(&here).unwrap_or(path).to_string_lossy().replace('\\', "/")
}
