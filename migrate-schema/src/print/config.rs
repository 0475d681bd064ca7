//! Reads a `diesel.toml`, and the patches that it names.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use migrate_core::diagnostic::{Code, Diagnostic};
use migrate_core::source::{FileId, Sources, Span};

use crate::diesel_toml::{PrintSchema, read_print_schemas};

/// What a `diesel.toml` says about printing.
#[derive(Debug, Default)]
pub struct PrintConfig {
    /// Each file that is to be printed, in the order in which diesel's command prints them. At least one, unless something is wrong.
    pub prints: Vec<Print>,
    /// All files that were looked at: a change of one may change what is printed.
    pub looked_at: Vec<PathBuf>,
}

/// A file that is to be printed.
#[derive(Debug)]
pub struct Print {
    /// How.
    pub settings: PrintSchema,
    /// Where to, if that is said.
    pub file: Option<PathBuf>,
    /// The patch that is applied to it.
    pub patch: Option<FileId>,
}

/// The nearest `diesel.toml` in a folder or above it, up to the one with a `.git`.
pub fn find_diesel_toml(folder: &Path) -> Option<PathBuf> {
    let mut is_done = false;
    folder
        .ancestors()
        .take_while(|folder| !std::mem::replace(&mut is_done, folder.join(".git").exists()))
        .map(|folder| folder.join("diesel.toml"))
        .find(|file| file.is_file())
}

/// Reads a `diesel.toml`; without one everything is as it is by default.
///
/// `shown` makes a path as a person should see it. The files are added to the sources. What is wrong with them, and that one cannot
/// be read, goes to the findings.
pub fn load_print_config(
    path: Option<&Path>,
    shown: impl Fn(&Path) -> String,
    sources: &mut Sources,
    findings: &mut Vec<Diagnostic>,
) -> PrintConfig {
    let mut config = PrintConfig::default();
    let (text, folder) = match path {
        None => (String::new(), PathBuf::new()),
        Some(path) => {
            let Some(file) = config.take(path, &shown, sources, findings) else { return config };
            let text = sources.get(file).text.clone();
            let (all, problems) = read_print_schemas(&text);
            for problem in problems {
                let at = Span::new(file, problem.at.start, problem.at.end);
                let message = "diesel's configuration is not understood";
                findings.push(Diagnostic::error(Code("diesel-config"), message).label(at, problem.message));
            }
            if all.is_empty() {
                return config;
            }
            (text, path.parent().unwrap_or(Path::new("")).to_owned())
        }
    };
    for settings in read_print_schemas(&text).0 {
        let file = settings.file.as_ref().map(|file| folder.join(file));
        let patch = settings.patch_file.as_ref().map(|patch| folder.join(patch));
        let patch = patch.and_then(|patch| {
            let taken = config.take(&patch, &shown, sources, findings);
            if let (None, Some(finding), Some(path)) = (taken, findings.last_mut(), path) {
                finding.notes.push(format!("`patch_file` in `{}` names it", shown(path)));
                finding.helps.push("paths in diesel.toml begin at its folder".to_owned());
            }
            taken
        });
        config.prints.push(Print { settings, file, patch });
    }
    config
}

impl PrintConfig {
    fn take(
        &mut self,
        path: &Path,
        shown: impl Fn(&Path) -> String,
        sources: &mut Sources,
        findings: &mut Vec<Diagnostic>,
    ) -> Option<FileId> {
        match fs::read(path) {
            Ok(bytes) => {
                self.looked_at.push(path.to_owned());
                Some(sources.add(shown(path), bytes, findings))
            }
            Err(error) => {
                let shown = shown(path);
                let message = match error.kind() {
                    io::ErrorKind::NotFound => format!("there is no file `{shown}`"),
                    _ => format!("cannot read `{shown}`: {error}"),
                };
                findings.push(Diagnostic::error(Code("diesel-config"), message));
                None
            }
        }
    }
}
