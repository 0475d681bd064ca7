//! The configuration file: `migrate.toml`, or `[package.metadata.migrate]` of a `Cargo.toml`.
//!
//! A file is read by walking over its values, not by deriving a type: so an unknown key is an error that points at the key
//! and names the nearest known one. The keys are those of [`Layer`]; environment variables and flags make layers as well,
//! and `settings` puts them on top of each other.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use migrate_core::diagnostic::{Code, Diagnostic};
use migrate_core::source::{FileId, Sources, Span};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::exit::Exit;
use crate::failure::{Failure, Result};
use crate::layer::{KEYS, Layer, Set};
use migrate_core::nearest::nearest;
use migrate_dir::project::{self, cargo_section};

mod autogenerate;

pub(crate) use migrate_dir::project::{FILE_NAME, ancestors};

/// A configuration file.
#[derive(Debug, Default)]
pub(crate) struct Config {
    /// Where it was read from.
    pub(crate) path: PathBuf,
    /// What it says for the database without a name, and for all others unless they say otherwise.
    pub(crate) top: Layer,
    /// `[databases.<name>]`.
    pub(crate) databases: BTreeMap<String, Layer>,
}

/// The way from `cwd` to a folder above it, as somebody there would write it.
pub(crate) fn from(cwd: &Path, above: &Path) -> PathBuf {
    let depth = cwd.strip_prefix(above).map_or(0, |deeper| deeper.components().count());
    std::iter::repeat_n("..", depth).collect()
}

impl Config {
    /// Finds and reads the configuration of `cwd`: the nearest one in the folder or above it.
    ///
    /// # Errors
    ///
    /// - The file cannot be read, is not TOML, or has an unknown key or a wrong value.
    pub(crate) fn find(cwd: &Path) -> Result<Option<Self>> {
        for folder in ancestors(cwd) {
            let folder = from(cwd, folder);
            let path = folder.join(FILE_NAME);
            if path.is_file() {
                return Self::read(&path).map(Some);
            }
            let path = folder.join("Cargo.toml");
            if path.is_file()
                && let Some(config) = read_section(&path, cargo_section)?
            {
                return Ok(Some(config));
            }
        }
        Ok(None)
    }

    /// Reads this file; a `Cargo.toml` by its section.
    ///
    /// # Errors
    ///
    /// As [`Config::find`], and the file has no section for this command.
    pub(crate) fn read(path: &Path) -> Result<Self> {
        if path.file_name().is_some_and(|name| name == "Cargo.toml") {
            return read_section(path, cargo_section)?.ok_or_else(|| {
                Failure::usage("config", format!("`{}` has no `[package.metadata.migrate]`", path.display()))
            });
        }
        Ok(read_section(path, |table| Some(table))?.unwrap_or_default())
    }
}

impl Config {
    /// Whether a `Cargo.toml` has a section for this command.
    pub(crate) fn is_in_cargo(table: &DeTable<'_>) -> bool {
        cargo_section(table).is_some()
    }
}

/// Reads the table that `select` finds in the file.
fn read_section(
    path: &Path,
    select: impl for<'t, 'i> FnOnce(&'t DeTable<'i>) -> Option<&'t DeTable<'i>>,
) -> Result<Option<Config>> {
    let bytes = std::fs::read(path).map_err(|error| Failure::io("read", path, &error))?;
    let (mut sources, mut findings) = (Sources::new(), Vec::new());
    let file = sources.add(path.display().to_string(), bytes, &mut findings);
    let mut config = Config { path: path.to_owned(), ..Config::default() };
    if findings.is_empty() {
        let text = sources.get(file).text.clone();
        match DeTable::parse(&text) {
            Ok(table) => {
                let Some(table) = select(table.get_ref()) else { return Ok(None) };
                config.take(table, &mut Reader { file, findings: &mut findings });
            }
            Err(error) => {
                let finding = Diagnostic::error(Code("config"), "the configuration is not valid TOML");
                let span = error.span().unwrap_or_default();
                findings.push(finding.label(Span::new(file, span.start, span.end), error.message()));
            }
        }
    }
    if findings.is_empty() {
        return Ok(Some(config));
    }
    // The table is sorted by key; people read from the top.
    findings.sort_by_key(|finding| finding.labels.first().map(|label| label.span.start));
    Err(Box::new(Failure { exit: Exit::Usage, findings, sources }))
}

/// Where the values come from and where the findings go.
struct Reader<'a> {
    file: FileId,
    findings: &'a mut Vec<Diagnostic>,
}

impl Reader<'_> {
    fn error(&mut self, at: std::ops::Range<usize>, message: String, label: &str, help: Option<String>) {
        let mut finding =
            Diagnostic::error(Code("config"), message).label(Span::new(self.file, at.start, at.end), label);
        finding.helps.extend(help);
        self.findings.push(finding);
    }
}

impl Config {
    fn take(&mut self, table: &DeTable<'_>, reader: &mut Reader<'_>) {
        for (key, value) in table {
            match (key.get_ref().as_ref(), value.get_ref()) {
                ("databases", DeValue::Table(databases)) => {
                    for (name, value) in databases {
                        self.take_database(name, value, reader);
                    }
                }
                ("databases", _) => {
                    let message = "`databases` is not a table".to_owned();
                    reader.error(value.span(), message, "", Some("write `[databases.<name>]`".to_owned()));
                }
                ("checks", _) => {
                    self.top.checks = Some(project::checks(value, reader.file, reader.findings));
                }
                ("autogenerate", _) => {
                    self.top.autogenerate = Some(autogenerate::read(value, reader));
                }
                _ => take_key(&mut self.top, key, value, &["databases", "checks", "autogenerate"], reader),
            }
        }
    }

    fn take_database(
        &mut self,
        name: &Spanned<std::borrow::Cow<'_, str>>,
        value: &Spanned<DeValue<'_>>,
        reader: &mut Reader<'_>,
    ) {
        let Some(table) = value.get_ref().as_table() else {
            let message = format!("`databases.{}` is not a table", name.get_ref());
            return reader.error(value.span(), message, "", None);
        };
        let mut layer = Layer::default();
        for (key, value) in table {
            match key.get_ref().as_ref() {
                "checks" => layer.checks = Some(project::checks(value, reader.file, reader.findings)),
                "autogenerate" => layer.autogenerate = Some(autogenerate::read(value, reader)),
                _ => take_key(&mut layer, key, value, &["checks", "autogenerate"], reader),
            }
        }
        self.databases.insert(name.get_ref().to_string(), layer);
    }
}

fn take_key(
    layer: &mut Layer,
    key: &Spanned<std::borrow::Cow<'_, str>>,
    value: &Spanned<DeValue<'_>>,
    also_known: &[&'static str],
    reader: &mut Reader<'_>,
) {
    let name = key.get_ref().as_ref();
    let Some(known) = KEYS.iter().find(|known| known.name == name) else {
        let names = KEYS.iter().map(|known| known.name).chain(also_known.iter().copied());
        let help = match nearest(&name.replace('-', "_"), names.clone()) {
            Some(near) => format!("the nearest known key is `{near}`"),
            None => format!("the keys are `{}`", names.collect::<Vec<_>>().join("`, `")),
        };
        return reader.error(key.span(), format!("unknown key `{name}`"), "not a key of migrate", Some(help));
    };
    let set = match known.set {
        Set::Text(set) => text_of(value.get_ref()).and_then(|text| set(layer, &text)),
        Set::List(set) => texts_of(value.get_ref()).and_then(|texts| set(layer, texts)),
        Set::Lists(set) => lists_of(value.get_ref()).and_then(|lists| set(layer, lists)),
    };
    if let Err(wrong) = set {
        reader.error(value.span(), format!("`{name}` has a wrong value"), &wrong, None);
    }
}

/// A value as the text that an environment variable would have: durations in seconds.
fn text_of(value: &DeValue<'_>) -> Result<String, String> {
    match value {
        DeValue::String(text) => Ok(text.to_string()),
        DeValue::Integer(number) => Ok(number.as_str().to_owned()),
        DeValue::Boolean(value) => Ok(value.to_string()),
        other => Err(format!("expected a text, found {}", other.type_str())),
    }
}

/// A list of texts, or one text.
fn texts_of(value: &DeValue<'_>) -> Result<Vec<String>, String> {
    let DeValue::Array(values) = value else { return Ok(vec![text_of(value)?]) };
    let texts = values.iter().map(|value| match value.get_ref() {
        DeValue::String(text) => Ok(text.to_string()),
        _ => Err("the list holds something that is not a text".to_owned()),
    });
    texts.collect()
}

/// A list of lists of texts.
fn lists_of(value: &DeValue<'_>) -> Result<Vec<Vec<String>>, String> {
    let wrong = || "expected a list of lists, such as `[[\"program\", \"argument\"]]`".to_owned();
    let DeValue::Array(values) = value else { return Err(wrong()) };
    let lists = values.iter().map(|value| match value.get_ref() {
        list @ DeValue::Array(_) => texts_of(list),
        _ => Err(wrong()),
    });
    lists.collect()
}
