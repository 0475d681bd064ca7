//! What a project's configuration says about the checks of a build.
//!
//! The command and the macros read it alike, so that both find the same. The rest of the configuration is the command's
//! business.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use migrate_core::checks::{Level, Settings};
use migrate_core::diagnostic::{Code, Diagnostic};
use migrate_core::source::{FileId, Sources, Span};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// The name of the configuration file.
pub const FILE_NAME: &str = "migrate.toml";

/// The folder and those above it, up to the one with a `.git`: a stray file in a home directory is nobody's project.
pub fn ancestors(folder: &Path) -> impl Iterator<Item = &Path> {
    let mut done = false;
    folder.ancestors().take_while(move |folder| !std::mem::replace(&mut done, folder.join(".git").exists()))
}

/// `[package.metadata.migrate]` of a `Cargo.toml`, or the workspace's.
pub fn cargo_section<'t, 'i>(table: &'t DeTable<'i>) -> Option<&'t DeTable<'i>> {
    ["package", "workspace"].into_iter().find_map(|kind| {
        let kind = table.get(kind)?.get_ref().as_table()?;
        kind.get("metadata")?.get_ref().get("migrate")?.get_ref().as_table()
    })
}

/// Reads a table `[checks]`; what is wrong with it goes to the findings.
pub fn checks(value: &Spanned<DeValue<'_>>, file: FileId, findings: &mut Vec<Diagnostic>) -> Settings {
    let mut settings = Settings::default();
    let mut wrong = |at: std::ops::Range<usize>, message: String, label: String, help: Option<String>| {
        let mut finding =
            Diagnostic::error(Code("config"), message).label(Span::new(file, at.start, at.end), label);
        finding.helps.extend(help);
        findings.push(finding);
    };
    let Some(table) = value.get_ref().as_table() else {
        let help = "write `[checks]`, and below it `downgrade-differs = \"warn\"` and the like";
        wrong(value.span(), "`checks` is not a table".to_owned(), String::new(), Some(help.to_owned()));
        return settings;
    };
    for (key, value) in table {
        let name = key.get_ref().as_ref();
        let text = value.get_ref().as_str();
        if name == "from" {
            match text {
                Some(id) if !id.trim().is_empty() => settings.from = Some(id.to_owned()),
                _ => {
                    let label = "expected the id of a revision".to_owned();
                    wrong(value.span(), "`from` has a wrong value".to_owned(), label, None);
                }
            }
            continue;
        }
        // Whether there is such a check is told even if the level is wrong.
        let level = match text.unwrap_or_default().parse::<Level>() {
            Ok(level) => level,
            Err(error) => {
                wrong(value.span(), format!("`{name}` has a wrong value"), error.to_string(), None);
                Level::Deny
            }
        };
        if let Err(unknown) = settings.levels.set(name, level) {
            let message = format!("there is no check `{name}`");
            wrong(key.span(), message, "not a check".to_owned(), Some(unknown.to_string()));
        }
    }
    settings
}

/// The settings of a project, and the file that they stand in.
#[derive(Debug)]
pub struct Project {
    /// The file.
    pub path: PathBuf,
    /// What it says about the history in question.
    pub settings: Settings,
}

/// Finds what the project of a package says about the checks of the history in these folders: in the nearest `migrate.toml`, or
/// section of a `Cargo.toml`, in the package's folder or above it.
///
/// `shown` makes a path as a person should see it. The file is added to the sources, for findings to point into.
///
/// # Errors
///
/// - The file cannot be read. What is wrong inside is a finding.
pub fn find(
    package: &Path,
    folders: &[&Path],
    shown: impl Fn(&Path) -> String,
    sources: &mut Sources,
    findings: &mut Vec<Diagnostic>,
) -> io::Result<Option<Project>> {
    for folder in ancestors(package) {
        for (name, is_cargo) in [(FILE_NAME, false), ("Cargo.toml", true)] {
            let path = folder.join(name);
            let bytes = match fs::read(&path) {
                Ok(bytes) => bytes,
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                Err(error) => return Err(error),
            };
            // Most packages say nothing there, and a parser is slow in a build without optimisation.
            if is_cargo && !bytes.windows(7).any(|window| window == b"migrate") {
                continue;
            }
            let file = sources.add(shown(&path), bytes, findings);
            let text = sources.get(file).text.clone();
            let table = match DeTable::parse(&text) {
                Ok(table) => table,
                // cargo has its own words for its own file.
                Err(_) if is_cargo => continue,
                Err(error) => {
                    let span = error.span().unwrap_or_default();
                    let finding = Diagnostic::error(Code("config"), "the configuration is not valid TOML");
                    findings.push(finding.label(Span::new(file, span.start, span.end), error.message()));
                    return Ok(None);
                }
            };
            let section = if is_cargo { cargo_section(table.get_ref()) } else { Some(table.get_ref()) };
            if let Some(section) = section {
                let settings = of_history(section, folder, folders, file, findings);
                return Ok(Some(Project { path, settings }));
            }
        }
    }
    Ok(None)
}

/// What the configuration says about the history in these folders: for the database whose folders they are, over what it says at
/// the top.
fn of_history(
    table: &DeTable<'_>,
    root: &Path,
    folders: &[&Path],
    file: FileId,
    findings: &mut Vec<Diagnostic>,
) -> Settings {
    let mut read = |table: &DeTable<'_>| table.get("checks").map(|value| checks(value, file, findings));
    let top = read(table).unwrap_or_default();
    let real = |path: &Path| fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let wanted: BTreeSet<PathBuf> = folders.iter().map(|folder| real(folder)).collect();
    let databases = table.get("databases").and_then(|value| value.get_ref().as_table());
    for (_, database) in databases.into_iter().flatten() {
        let Some(database) = database.get_ref().as_table() else { continue };
        let own: BTreeSet<PathBuf> = match database.get("dir").map(Spanned::get_ref) {
            Some(DeValue::String(dir)) => [real(&root.join(dir.as_ref()))].into(),
            Some(DeValue::Array(dirs)) => dirs
                .iter()
                .filter_map(|dir| dir.get_ref().as_str())
                .map(|dir| real(&root.join(dir)))
                .collect(),
            _ => continue,
        };
        if own == wanted {
            // A revision of one history is in no other.
            return over(read(database).unwrap_or_default(), &Settings { from: None, ..top });
        }
    }
    top
}

/// The settings of a database, and where they say nothing those of the top.
pub fn over(own: Settings, top: &Settings) -> Settings {
    Settings { levels: own.levels.over(&top.levels), from: own.from.or_else(|| top.from.clone()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(text: &str, folder: &str) -> (Option<Settings>, Vec<String>) {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir(root.path().join(".git")).unwrap();
        fs::create_dir_all(root.path().join("package/migrations")).unwrap();
        fs::create_dir_all(root.path().join("reports")).unwrap();
        fs::write(root.path().join(FILE_NAME), text).unwrap();
        let (mut sources, mut findings) = (Sources::new(), Vec::new());
        let (package, folder) = (root.path().join("package"), root.path().join(folder));
        let shown = |path: &Path| path.file_name().unwrap().to_string_lossy().into_owned();
        let found = find(&package, &[&folder], shown, &mut sources, &mut findings).unwrap();
        let findings = findings.iter().map(|it| {
            let at = sources.locate(it.labels[0].span);
            format!("{at}: {} {}", it.message, it.helps.join(" "))
        });
        (found.map(|project| project.settings), findings.collect())
    }

    #[test]
    fn a_database_goes_over_the_top() {
        let text = "[checks]\nfrom = \"a\"\nsyntax = \"warn\"\ndowngrade_empty = \"allow\"\n\
                    [databases.reports]\ndir = \"reports\"\n[databases.reports.checks]\nsyntax = \"deny\"\n";
        let (top, wrong) = settings(text, "package/migrations");
        let top = top.unwrap();
        assert_eq!((top.from.as_deref(), wrong.len()), (Some("a"), 0));
        assert_eq!(
            top.levels.iter().collect::<Vec<_>>(),
            [("downgrade-empty", Level::Allow), ("syntax", Level::Warn)]
        );
        let reports = settings(text, "reports").0.unwrap();
        assert_eq!(reports.from, None);
        assert_eq!(
            reports.levels.iter().collect::<Vec<_>>(),
            [("downgrade-empty", Level::Allow), ("syntax", Level::Deny)]
        );
    }

    #[test]
    fn what_is_wrong_is_found_where_it_stands() {
        let (_, wrong) = settings("[checks]\nsyntacks = \"warn\"\nsyntax = 3\n", "reports");
        assert_eq!(
            wrong,
            [
                "migrate.toml:2:1: there is no check `syntacks` the nearest check is `syntax`",
                "migrate.toml:3:10: `syntax` has a wrong value ",
            ]
        );
        let (settings, wrong) = settings("checks = 1\n[", "reports");
        assert!(settings.is_none() && wrong[0].contains("not valid TOML"), "{wrong:?}");
    }
}
