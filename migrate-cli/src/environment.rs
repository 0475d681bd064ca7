//! The environment, with a `.env` file behind it that never overrides the real one.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::failure::{Failure, Result};

/// Variables and where they come from. An empty variable counts as none: compose files set them that way.
#[derive(Debug, Default)]
pub(crate) struct Environment {
    real: BTreeMap<String, String>,
    file: BTreeMap<String, String>,
    /// The `.env` file that was read.
    path: Option<PathBuf>,
}

/// A variable's value and the words that name its origin.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Variable {
    pub(crate) value: String,
    pub(crate) origin: String,
}

impl Environment {
    /// The process's environment and the nearest `.env` of `cwd` or above it, within the repository.
    ///
    /// `MIGRATE_DOTENV=off` leaves the file out.
    ///
    /// # Errors
    ///
    /// - The `.env` file cannot be read or is malformed.
    pub(crate) fn load(cwd: &Path) -> Result<Self> {
        // What is not Unicode cannot be meant for this command, save by a mistake that shows elsewhere.
        let real: BTreeMap<_, _> = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect();
        let mut environment = Self { real, ..Self::default() };
        let off = environment
            .get("MIGRATE_DOTENV")
            .is_some_and(|switch| ["off", "none", "0"].contains(&&*switch.value));
        let path = crate::config::ancestors(cwd)
            .map(|folder| crate::config::from(cwd, folder).join(".env"))
            .find(|path| path.is_file());
        if let Some(path) = path.filter(|_| !off) {
            environment.file = read_dotenv(&path)?;
            environment.path = Some(path);
        }
        Ok(environment)
    }

    /// The variable, from the real environment if it is there.
    pub(crate) fn get(&self, name: &str) -> Option<Variable> {
        let set = |variables: &BTreeMap<String, String>| {
            variables.get(name).filter(|value| !value.is_empty()).cloned()
        };
        if let Some(value) = set(&self.real) {
            return Some(Variable { value, origin: format!("`{name}`") });
        }
        let path = self.path.as_deref().unwrap_or(Path::new(".env"));
        set(&self.file).map(|value| Variable { value, origin: format!("`{name}` in {}", path.display()) })
    }

    /// The variable, or the trimmed contents of the file that the variable `<name>_FILE` names.
    ///
    /// # Errors
    ///
    /// - The file cannot be read.
    pub(crate) fn get_or_file(&self, name: &str) -> Result<Option<Variable>> {
        let file_name = format!("{name}_FILE");
        // A secret mounted into a container beats a default in `.env`.
        if self.real.get(name).is_none_or(String::is_empty)
            && let Some(Variable { value: path, origin }) = self.get(&file_name)
        {
            let text = std::fs::read_to_string(&path).map_err(|error| {
                Failure::io("read", Path::new(&path), &error).note(format!("{origin} names it"))
            })?;
            return Ok(Some(Variable {
                value: text.trim().to_owned(),
                origin: format!("the file that {origin} names"),
            }));
        }
        Ok(self.get(name))
    }
}

fn read_dotenv(path: &Path) -> Result<BTreeMap<String, String>> {
    let lines = dotenvy::from_path_iter(path).map_err(|error| dotenv_failure(path, &error))?;
    let mut variables = BTreeMap::new();
    for line in lines {
        let (name, value) = line.map_err(|error| dotenv_failure(path, &error))?;
        // The first one counts, as for dotenvy itself.
        variables.entry(name).or_insert(value);
    }
    Ok(variables)
}

/// The malformed line is not shown: it may hold a password.
fn dotenv_failure(path: &Path, error: &dotenvy::Error) -> Box<Failure> {
    match error {
        dotenvy::Error::Io(error) => Failure::io("read", path, error),
        _ => Failure::usage("dotenv", format!("`{}` has a line that is not `NAME=value`", path.display()))
            .help("put values with blanks, `#` or `$` into single quotes")
            .help("`MIGRATE_DOTENV=off` leaves the file out"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn the_file_never_overrides_the_real_environment() {
        let environment = Environment {
            real: pairs(&[("A", "real"), ("EMPTY", "")]),
            file: pairs(&[("A", "file"), ("B", "file"), ("EMPTY", "file")]),
            path: None,
        };
        let get = |name| environment.get(name).map(|variable| variable.value);
        assert_eq!(get("A").as_deref(), Some("real"));
        assert_eq!(get("B").as_deref(), Some("file"));
        assert_eq!(get("EMPTY").as_deref(), Some("file"));
        assert_eq!(get("C"), None);
    }

    #[test]
    fn a_secret_in_a_file_beats_the_dotenv_default() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret");
        std::fs::write(&path, "postgres://db/x\n").unwrap();
        let environment = Environment {
            real: pairs(&[("DATABASE_URL_FILE", path.to_str().unwrap())]),
            file: pairs(&[("DATABASE_URL", "sqlite:dev.db")]),
            path: None,
        };
        let found = environment.get_or_file("DATABASE_URL").unwrap().unwrap();
        assert_eq!(found.value, "postgres://db/x");
        assert_eq!(found.origin, "the file that `DATABASE_URL_FILE` names");
    }
}
