//! Templates of new revision files: the project's own, and behind them those that the command brings.

use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use migrate_core::nearest::nearest;
use migrate_core::source::Sources;
use migrate_core::template::{self, BUILT_IN, Template};

use crate::exit::Exit;
use crate::failure::{Failure, Result};
use crate::settings::Settings;

/// Where a template's text stands.
pub(crate) enum Origin {
    BuiltIn(&'static str),
    /// A file of the project, as a person in the working directory would write it.
    Project(PathBuf),
}

/// All templates by name. One of the project's replaces a built-in one of its name.
///
/// # Errors
///
/// - The folder cannot be read, or is named and is not there.
pub(crate) fn all(settings: &Settings) -> Result<BTreeMap<String, Origin>> {
    let mut templates: BTreeMap<String, Origin> =
        BUILT_IN.iter().map(|built_in| (built_in.name.to_owned(), Origin::BuiltIn(built_in.text))).collect();
    let folder = settings.templates();
    let entries = match fs::read_dir(&folder) {
        Ok(entries) => entries,
        // Nobody has to have templates.
        Err(error) if error.kind() == ErrorKind::NotFound && settings.layer.templates.is_none() => {
            return Ok(templates);
        }
        Err(error) => {
            return Err(
                Failure::io("read", &folder, &error).note("`templates` in the configuration names it")
            );
        }
    };
    for entry in entries {
        let path = entry.map_err(|error| Failure::io("read", &folder, &error))?.path();
        let name = path.file_stem().and_then(|name| name.to_str()).filter(|name| !name.starts_with('.'));
        if let Some(name) = name
            && path.extension().is_some_and(|extension| extension == "sql")
        {
            templates.insert(name.to_owned(), Origin::Project(path));
        }
    }
    Ok(templates)
}

/// The template of this name.
///
/// # Errors
///
/// - There is none, or it cannot be read, or has an unknown placeholder.
pub(crate) fn find(settings: &Settings, name: &str) -> Result<Template> {
    let templates = all(settings)?;
    let (shown, bytes) = match templates.get(name) {
        Some(Origin::BuiltIn(text)) => (format!("{name}.sql"), text.as_bytes().to_vec()),
        Some(Origin::Project(path)) => {
            let bytes = fs::read(path).map_err(|error| Failure::io("read", path, &error))?;
            (path.to_string_lossy().replace('\\', "/"), bytes)
        }
        None => {
            let message = format!("there is no template `{name}`");
            let failure = Failure::usage("unknown-template", message)
                .note(format!("a project's own are looked for in `{}`", settings.templates().display()));
            return Err(match nearest(name, templates.keys().map(String::as_str)) {
                Some(near) => failure.help(format!("the nearest is `{near}`")),
                None => failure.help("`migrate list-templates` lists them"),
            });
        }
    };
    let (mut sources, mut findings) = (Sources::new(), Vec::new());
    let file = sources.add(shown, bytes, &mut findings);
    let template = Template::read(&sources, file, &mut findings);
    match findings.is_empty() {
        true => Ok(template),
        false => Err(Box::new(Failure { exit: Exit::Usage, findings, sources })),
    }
}

impl Origin {
    /// What the template says that it is for. One that cannot be read says nothing: using it tells why.
    pub(crate) fn description(&self) -> String {
        let text = match self {
            Self::BuiltIn(text) => (*text).to_owned(),
            Self::Project(path) => fs::read_to_string(path).unwrap_or_default(),
        };
        template::description(text.trim_start_matches('\u{FEFF}')).to_owned()
    }

    /// The file, if it is the project's.
    pub(crate) fn path(&self) -> Option<&Path> {
        match self {
            Self::BuiltIn(_) => None,
            Self::Project(path) => Some(path),
        }
    }
}
