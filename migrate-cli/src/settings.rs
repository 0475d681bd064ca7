//! What a command works with: flags over environment over configuration file over defaults.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use migrate_core::dialect::{Dialect, DialectSet};
use migrate_core::filter::Filter;
use migrate_schema::TargetOptions;

use crate::args::Global;
use crate::config::{Config, ancestors};
use crate::environment::{Environment, Variable};
use crate::failure::{Failure, Result};
use crate::layer::{KEYS, Layer, Set};
use crate::url::Database;
use migrate_core::nearest::nearest;

/// The settings of one command, decided.
#[derive(Debug)]
pub(crate) struct Settings {
    /// The migration directories, as a person in the working directory would write them. At least one.
    pub(crate) dirs: Vec<PathBuf>,
    /// Whether somebody named them, in a flag, the environment or the configuration.
    pub(crate) dirs_are_named: bool,
    /// Databases of the configuration whose migrations lie in folders of [`dirs`](Self::dirs), where no database is named.
    pub(crate) databases_inside: Vec<String>,
    /// The folder of the configuration file, or the working directory: where hooks run.
    pub(crate) root: PathBuf,
    /// The database, if one is named.
    pub(crate) database: Option<Database>,
    /// The dialect: the flag's, else that of the database.
    pub(crate) dialect: Option<Dialect>,
    /// The other settings, unset ones left to the defaults of whoever uses them.
    pub(crate) layer: Layer,
}

/// The directory where none is named.
pub(crate) const DEFAULT_DIR: &str = "migrations";

/// A setting's value together with the words for where it stands.
type Url = Option<Variable>;

impl Settings {
    /// Puts the sources of settings on top of each other.
    ///
    /// # Errors
    ///
    /// - The configuration or a variable is wrong, or `--name` names no database of the configuration.
    /// - The URL is wrong.
    pub(crate) fn load(flags: &Global, environment: &Environment, cwd: &Path) -> Result<Self> {
        let config = find_config(flags, environment, cwd)?;
        let name = chosen_name(flags, environment);
        Self::of(flags, environment, cwd, config.as_ref(), name.as_deref())
    }

    /// The settings of the other databases that the configuration knows for the migration directories of this one: the
    /// one without a name, and each `[databases.<name>]`.
    ///
    /// # Errors
    ///
    /// As for [`Settings::load`].
    pub(crate) fn others(
        &self,
        flags: &Global,
        environment: &Environment,
        cwd: &Path,
    ) -> Result<Vec<(Option<String>, Self)>> {
        let Some(config) = find_config(flags, environment, cwd)? else { return Ok(vec![]) };
        let chosen = chosen_name(flags, environment);
        // What was said about one database holds for no other.
        let flags = Global { url: None, dir: vec![], dialect: None, name: None, ..flags.clone() };
        let names = std::iter::once(None).chain(config.databases.keys().map(|name| Some(name.clone())));
        let mut others = Vec::new();
        for name in names.filter(|name| *name != chosen) {
            let other = Self::of(&flags, environment, cwd, Some(&config), name.as_deref())?;
            if real_dirs(&other.dirs) == real_dirs(&self.dirs) {
                others.push((name, other));
            }
        }
        Ok(others)
    }

    fn of(
        flags: &Global,
        environment: &Environment,
        cwd: &Path,
        config: Option<&Config>,
        name: Option<&str>,
    ) -> Result<Self> {
        let from_file = of_file(config, name)?;
        let from_environment = of_environment(environment)?;
        let url = find_url(flags, environment, name, &from_file, config)?;
        let layer = of_flags(flags).over(from_environment).over(from_file);

        let database = match url {
            None => None,
            Some(Variable { value, origin }) => {
                let mut database = Database::parse(&value).map_err(|error| Failure::url(error, &origin))?;
                if let (Some(config), Database::Sqlite(sqlite)) = (config, &mut database)
                    && origin == origin_of(config)
                {
                    sqlite.path = below(config, &sqlite.path);
                }
                Some(database)
            }
        };
        let dialect = flags.dialect.or(database.as_ref().map(Database::dialect));
        let (dirs, dirs_are_named) = match &layer.dirs {
            Some(dirs) => (dirs.clone(), true),
            None => (vec![default_dir(cwd)], false),
        };
        let root =
            config.as_ref().and_then(|config| config.path.parent()).map_or_else(PathBuf::new, Path::to_owned);
        let databases_inside = databases_inside(config, name, &dirs);
        Ok(Self { dirs, dirs_are_named, databases_inside, root, database, dialect, layer })
    }

    /// The dialects for which the history is to be valid: the one at hand, else those that the project names.
    ///
    /// Empty if nothing says it.
    pub(crate) fn dialects(&self) -> DialectSet {
        match self.dialect {
            Some(dialect) => dialect.into(),
            None => self.layer.dialects.unwrap_or_default(),
        }
    }

    /// The files that say what schema is wanted: the models, else the declarations that `check` compares.
    pub(crate) fn models(&self) -> &[PathBuf] {
        let files = self.layer.models.as_deref().or(self.layer.schema.as_deref());
        files.unwrap_or_default()
    }

    /// How the models become a schema.
    pub(crate) fn target_options(&self) -> TargetOptions {
        let mut options = TargetOptions::default();
        let own = self.layer.autogenerate.as_ref();
        options.naming = own.and_then(|own| own.naming.clone()).unwrap_or_default();
        options.types = own.and_then(|own| own.types.clone()).unwrap_or_default();
        options.keys = own.and_then(|own| own.new_keys).unwrap_or_default();
        options
    }

    /// What of a schema is the project's business.
    ///
    /// # Errors
    ///
    /// - A pattern cannot be.
    pub(crate) fn filter(&self) -> Result<Filter> {
        let own = self.layer.autogenerate.as_ref();
        let patterns = |list: Option<&Vec<String>>| list.cloned().unwrap_or_default();
        let include = patterns(own.and_then(|own| own.include.as_ref()));
        let exclude = patterns(own.and_then(|own| own.exclude.as_ref()));
        Filter::new(&include, &exclude).map_err(|error| Failure::usage("config", error.to_string()))
    }

    /// The folder with the project's own templates.
    pub(crate) fn templates(&self) -> PathBuf {
        self.layer.templates.clone().unwrap_or_else(|| self.dirs[0].join(".templates"))
    }

    /// The database.
    ///
    /// # Errors
    ///
    /// - None is named.
    /// - It is not of the dialect that `--dialect` names.
    pub(crate) fn database(&self) -> Result<&Database> {
        let database = self.database.as_ref().ok_or_else(|| {
            Failure::usage("no-database", "no database is named")
                .help("set `DATABASE_URL` (also in `.env`), `url` in migrate.toml, or `--url`")
        })?;
        match (self.dialect, database.dialect()) {
            (Some(wanted), found) if wanted != found => {
                let message =
                    format!("`--dialect {wanted}` contradicts the database URL, which is one of {found}");
                Err(Failure::usage("dialect", message).help("leave one of the two out"))
            }
            _ => Ok(database),
        }
    }
}

fn find_config(flags: &Global, environment: &Environment, cwd: &Path) -> Result<Option<Config>> {
    match flags.config.clone().or(environment.get("MIGRATE_CONFIG").map(|found| found.value.into())) {
        Some(path) => Config::read(&path).map(Some),
        None => Config::find(cwd),
    }
}

/// The database of the configuration that is asked for.
pub(crate) fn chosen_name(flags: &Global, environment: &Environment) -> Option<String> {
    flags.name.clone().or(environment.get("MIGRATE_NAME").map(|found| found.value))
}

/// The folders, however they are spelled.
fn real_dirs(dirs: &[PathBuf]) -> BTreeSet<PathBuf> {
    dirs.iter().map(|dir| std::fs::canonicalize(dir).unwrap_or_else(|_| dir.clone())).collect()
}

fn origin_of(config: &Config) -> String {
    format!("`url` in {}", config.path.display())
}

/// What the file says for the database of this name. Its paths become paths from the working directory.
fn of_file(config: Option<&Config>, name: Option<&str>) -> Result<Layer> {
    let Some(config) = config else {
        return match name {
            None => Ok(Layer::default()),
            Some(name) => {
                Err(Failure::usage("config", format!("there is no configuration that could name `{name}`"))
                    .help("`migrate init` writes a migrate.toml"))
            }
        };
    };
    let mut layer = match name {
        None => config.top.clone(),
        Some(name) => {
            let Some(database) = config.databases.get(name) else {
                let names = config.databases.keys().map(String::as_str);
                let message = format!("`{}` has no `[databases.{name}]`", config.path.display());
                let failure = Failure::usage("config", message);
                return Err(match nearest(name, names.clone()) {
                    Some(near) => failure.help(format!("the nearest is `{near}`")),
                    None if config.databases.is_empty() => failure.help("leave `--name` out"),
                    None => failure.help(format!("it has `{}`", names.collect::<Vec<_>>().join("`, `"))),
                });
            };
            // The URL of the database without a name is never that of another.
            let mut shared = Layer { url: None, url_env: None, ..config.top.clone() };
            // Nor are the revisions of one history those of another.
            if let Some(checks) = shared.checks.as_mut().filter(|_| database.dirs.is_some()) {
                checks.from = None;
            }
            database.clone().over(shared)
        }
    };
    let own = |dir: &PathBuf| below(config, &dir.to_string_lossy()).into();
    layer.dirs = layer.dirs.map(|dirs| dirs.iter().map(own).collect());
    layer.schema = layer.schema.map(|files| files.iter().map(own).collect());
    layer.models = layer.models.map(|files| files.iter().map(own).collect());
    layer.templates = layer.templates.as_ref().map(own);
    Ok(layer)
}

/// Databases whose own folders are sub-folders of the folders at hand: these would be read as one history.
fn databases_inside(config: Option<&Config>, name: Option<&str>, dirs: &[PathBuf]) -> Vec<String> {
    let Some(config) = config.filter(|_| name.is_none()) else { return vec![] };
    let inside = |own: &PathBuf| {
        let own = below(config, &own.to_string_lossy());
        dirs.iter().any(|dir| Path::new(&own) != dir && Path::new(&own).starts_with(dir))
    };
    let databases = config.databases.iter();
    let nested = databases.filter(|(_, layer)| layer.dirs.iter().flatten().any(inside));
    nested.map(|(name, _)| name.clone()).collect()
}

/// `MIGRATE_<KEY>` for every key of the configuration but those of the URL, which have rules of their own.
fn of_environment(environment: &Environment) -> Result<Layer> {
    let mut layer = Layer::default();
    for key in KEYS.iter().filter(|key| !["url", "url_env"].contains(&key.name)) {
        if let Some(Variable { value, origin }) =
            environment.get(&format!("MIGRATE_{}", key.name.to_uppercase()))
        {
            let set = match key.set {
                Set::Text(set) => set(&mut layer, &value),
                // A command line in one variable would need quotes of its own.
                Set::Lists(_) => Err("it can only stand in the configuration file".to_owned()),
                Set::List(set) => {
                    set(&mut layer, value.split(',').map(|text| text.trim().to_owned()).collect())
                }
            };
            set.map_err(|wrong| Failure::usage("config", format!("{origin} has a wrong value: {wrong}")))?;
        }
    }
    Ok(layer)
}

fn of_flags(flags: &Global) -> Layer {
    let dirs = (!flags.dir.is_empty()).then(|| flags.dir.clone());
    Layer { dirs, lock_timeout: flags.lock_timeout, wait: flags.wait, ..Layer::default() }
}

/// The URL and where it stands. A named database has only its own variables: `DATABASE_URL` is another's.
fn find_url(
    flags: &Global,
    environment: &Environment,
    name: Option<&str>,
    file: &Layer,
    config: Option<&Config>,
) -> Result<Url> {
    if let Some(url) = &flags.url {
        return Ok(Some(Variable { value: url.clone(), origin: "`--url`".to_owned() }));
    }
    let mut variables = Vec::new();
    match name {
        Some(name) => variables.push(format!("MIGRATE_{}_URL", name.to_uppercase().replace(['-', '.'], "_"))),
        None => variables.extend(["MIGRATE_URL", "MIGRATE_DATABASE_URL"].map(str::to_owned)),
    }
    variables.extend(file.url_env.clone());
    if name.is_none() && file.url_env.is_none() {
        variables.push("DATABASE_URL".to_owned());
    }
    for variable in variables {
        if let Some(found) = environment.get_or_file(&variable)? {
            return Ok(Some(found));
        }
    }
    Ok(config.and_then(|config| file.url.clone().map(|value| Variable { value, origin: origin_of(config) })))
}

/// A path that the configuration means relative to itself.
fn below(config: &Config, path: &str) -> String {
    let folder = config.path.parent().unwrap_or(Path::new(""));
    if Path::new(path).is_absolute() || path.starts_with("file:") || path == ":memory:" {
        return path.to_owned();
    }
    folder.join(path).to_string_lossy().into_owned()
}

/// The `migrations` folder of the working directory, else of the nearest folder above, else where it would be made.
fn default_dir(cwd: &Path) -> PathBuf {
    let depth = ancestors(cwd).position(|folder| folder.join(DEFAULT_DIR).is_dir()).unwrap_or(0);
    let up: PathBuf = std::iter::repeat_n("..", depth).collect();
    up.join(DEFAULT_DIR)
}
