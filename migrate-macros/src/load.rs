//! From the directory named in a call to what is in it.

use std::env;
use std::path::{Component, Path, PathBuf};

use migrate_core::diagnostic::{Code, Diagnostic};
use migrate_core::dialect::DialectSet;
use migrate_core::history::{History, Rules};
use migrate_core::revision::Revision;
use migrate_core::source::Sources;
use syn::LitStr;

/// A migrations directory, read.
pub(crate) struct Loaded {
    /// The directory on disk.
    pub(crate) directory: PathBuf,
    /// The directory as messages show it: from where the compiler runs, as the compiler shows its own paths.
    pub(crate) shown: String,
    pub(crate) sources: Sources,
    pub(crate) findings: Vec<Diagnostic>,
    pub(crate) history: Option<History>,
    pub(crate) readable: Vec<Revision>,
    pub(crate) files: Vec<PathBuf>,
    /// The databases whose digests are worth having at build time.
    pub(crate) dialects: DialectSet,
}

/// Reads the directory: relative to the package, else relative to the file of the call.
pub(crate) fn load(directory: &LitStr, rules: Rules) -> Loaded {
    let package = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    let wanted = directory.value();
    let beside_call =
        directory.span().unwrap().local_file().and_then(|file| Some(file.parent()?.join(&wanted)));
    let found = [Some(package.join(&wanted)), beside_call].into_iter().flatten().find(|path| path.is_dir());
    let path = normalize(found.as_deref().unwrap_or(&package.join(&wanted)));
    let shown = shown(&path);
    let mut loaded = Loaded {
        directory: path.clone(),
        shown: shown.clone(),
        sources: Sources::new(),
        findings: vec![],
        history: None,
        readable: vec![],
        files: vec![],
        dialects: rules.dialects.set,
    };
    if found.is_none() {
        loaded.findings.push(
            Diagnostic::error(Code("missing-directory"), format!("there is no folder `{shown}`"))
                .note(format!(
                    "`{wanted}` is looked for in the package's folder and beside the file of the call"
                ))
                .help("make it, even empty, or name another: `migrate init` does both"),
        );
        return loaded;
    }
    match migrate_dir::read(&[(path, shown)], rules) {
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

fn shown(path: &Path) -> String {
    let here = env::current_dir().unwrap_or_default();
    path.strip_prefix(&here).unwrap_or(path).to_string_lossy().replace('\\', "/")
}
