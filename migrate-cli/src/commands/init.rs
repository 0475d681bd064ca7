//! `migrate init`: configuration, migration directory, and the build script that makes cargo notice new files.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use crate::args::Init;
use crate::config::{Config, FILE_NAME};
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::{Failure, Result};
use crate::json::Line;
use crate::settings::DEFAULT_DIR;

use migrate_core::nearest::nearest;
use migrate_dir::WriteError;
use toml::de::DeTable;

const CONFIGURATION: &str = include_str!("init/migrate.toml");
const SEVERAL_DATABASES: &str = include_str!("init/multidb.toml");
const CARGO_SECTION: &str = include_str!("init/Cargo.toml.txt");
const BUILD_SCRIPT: &str = include_str!("init/build.rs.txt");

/// What a project can begin with.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Template {
    Generic,
    Multidb,
    Cargo,
}

impl Template {
    pub(super) const ALL: [Self; 3] = [Self::Generic, Self::Multidb, Self::Cargo];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Generic => "generic",
            Self::Multidb => "multidb",
            Self::Cargo => "cargo",
        }
    }

    pub(super) fn description(self) -> &'static str {
        match self {
            Self::Generic => "one database, configured in migrate.toml",
            Self::Multidb => "several databases with a migration directory each",
            Self::Cargo => "one database, configured in Cargo.toml",
        }
    }

    fn find(name: &str) -> Result<Self> {
        if let Some(found) = Self::ALL.into_iter().find(|template| template.name() == name) {
            return Ok(found);
        }
        // Alembic's names for what is one of these here.
        let near = match name {
            "pyproject" | "pyproject_async" => Some("cargo"),
            "async" => Some("generic"),
            _ => nearest(name, Self::ALL.map(Self::name)),
        };
        let failure =
            Failure::usage("unknown-template", format!("there is no template `{name}` for a project"));
        Err(match near {
            Some(near) => failure.help(format!("the nearest is `{near}`")),
            None => failure.help("`migrate list-templates` lists them"),
        })
    }
}

pub(super) fn run(context: &Context, args: &Init) -> Result<Exit> {
    let template = Template::find(&args.template)?;
    let dirs: Vec<PathBuf> = match (&args.folder, &context.flags.dir[..]) {
        (Some(folder), _) => vec![folder.clone()],
        (None, []) => vec![DEFAULT_DIR.into()],
        (None, [_, _, ..]) if template == Template::Multidb => {
            let message = "`multidb` makes a folder for each database in one folder";
            return Err(Failure::usage("config", message).help("name one folder"));
        }
        (None, dirs) => dirs.to_vec(),
    };
    // `a/b` in files, whatever the system writes.
    let texts: Vec<String> = dirs.iter().map(|dir| dir.to_string_lossy().replace('\\', "/")).collect();
    for (dir, text) in dirs.iter().zip(&texts) {
        if dir.is_absolute() || text.contains(['"', '\n']) {
            let message = format!("`{}` cannot stand in a configuration that is shared", dir.display());
            return Err(Failure::usage("config", message).help("name a folder relative to this one"));
        }
    }
    let configured = match &texts[..] {
        [text] => format!("dir = \"{text}\""),
        texts => format!("dir = [\"{}\"]", texts.join("\", \"")),
    };
    let is_begun = match template {
        Template::Multidb => holds_revisions(&dirs[0].join("primary")),
        _ => dirs.iter().any(|dir| holds_revisions(dir)),
    };
    // What can be refused is refused before anything is written.
    let cargo = match template {
        Template::Cargo => Some(cargo_section(&configured)?),
        _ => None,
    };
    for dir in &dirs {
        match template {
            Template::Multidb => {
                ["primary", "reports"].iter().try_for_each(|name| make_dir(context, &dir.join(name)))?
            }
            _ => make_dir(context, dir)?,
        }
    }
    match cargo {
        None if template == Template::Multidb => {
            let text = SEVERAL_DATABASES.replace("\"migrations/", &format!("\"{}/", texts[0]));
            write_new(context, Path::new(FILE_NAME), &text)?;
        }
        None => {
            let text = CONFIGURATION.replace("dir = \"migrations\"", &configured);
            write_new(context, Path::new(FILE_NAME), &text)?;
        }
        Some(Cargo::Kept(file)) => context.shell.status("Kept", file),
        Some(Cargo::Longer(text)) => {
            let path = Path::new("Cargo.toml");
            migrate_dir::write(path, &text).map_err(|error| Failure::unwritten(&error))?;
            told(context, "Changed", path);
        }
    }
    if Path::new("Cargo.toml").is_file() {
        build_script(context, &texts)?;
    }
    let name = if template == Template::Multidb { " --name primary" } else { "" };
    let which = if is_begun { "next" } else { "first" };
    context.shell.note(format_args!("`migrate revision{name} -m \"...\"` writes the {which} revision"));
    Ok(Exit::Done)
}

/// What becomes of the `Cargo.toml`.
enum Cargo {
    /// This file has a configuration already.
    Kept(&'static str),
    /// The whole new text.
    Longer(String),
}

/// The `Cargo.toml` with a section for this command behind it: what stands in it is left as it is.
fn cargo_section(configured: &str) -> Result<Cargo> {
    if Path::new(FILE_NAME).is_file() {
        return Ok(Cargo::Kept(FILE_NAME));
    }
    let path = Path::new("Cargo.toml");
    let text = fs::read_to_string(path).map_err(|error| Failure::io("read", path, &error))?;
    let failed = |why: &str| {
        Failure::usage("config", format!("cannot write a section into `Cargo.toml`: {why}"))
            .help("`--template generic` writes a migrate.toml")
    };
    let table = DeTable::parse(&text).map_err(|error| failed(error.message()))?;
    if Config::is_in_cargo(table.get_ref()) {
        return Ok(Cargo::Kept("Cargo.toml"));
    }
    let kind = if table.get_ref().contains_key("package") { "package" } else { "workspace" };
    let section =
        CARGO_SECTION.replace("[package.", &format!("[{kind}.")).replace("dir = \"migrations\"", configured);
    let longer = format!("{}\n\n{section}", text.trim_end());
    // `metadata = { ... }` in braces takes no further section.
    DeTable::parse(&longer).map_err(|error| failed(error.message()))?;
    Ok(Cargo::Longer(longer))
}

/// Makes the folder, with a file in it if it is empty: git does not keep an empty folder, and cargo builds anew every time if
/// a watched folder is missing.
fn make_dir(context: &Context, dir: &Path) -> Result {
    match fs::read_dir(dir) {
        Ok(mut entries) => {
            context.shell.status("Kept", dir.display());
            if entries.next().is_some() {
                return Ok(());
            }
        }
        Err(error) if error.kind() == ErrorKind::NotFound => {
            fs::create_dir_all(dir).map_err(|error| Failure::io("make", dir, &error))?;
            told(context, "Created", dir);
        }
        Err(error) => return Err(Failure::io("read", dir, &error)),
    }
    write_new(context, &dir.join(".gitkeep"), "")
}

/// Whether the folder, or one below it, has a file of SQL.
fn holds_revisions(dir: &Path) -> bool {
    let Ok(entries) = fs::read_dir(dir) else { return false };
    entries.filter_map(|entry| entry.ok()).any(|entry| match entry.file_type() {
        Ok(kind) if kind.is_dir() => holds_revisions(&entry.path()),
        _ => entry.path().extension().is_some_and(|extension| extension == "sql"),
    })
}

/// Writes the file unless there is one.
fn write_new(context: &Context, path: &Path, text: &str) -> Result {
    match migrate_dir::write_new(path, text) {
        Ok(()) => told(context, "Created", path),
        Err(WriteError::Exists(_)) => context.shell.status("Kept", path.display()),
        Err(error) => return Err(Failure::unwritten(&error)),
    }
    Ok(())
}

fn told(context: &Context, verb: &str, path: &Path) {
    context.shell.status(verb, path.display());
    context.json(|| Line::Written { path: path.to_string_lossy().into_owned() });
}

/// Writes `build.rs`, or says which lines a present one lacks.
fn build_script(context: &Context, dirs: &[String]) -> Result {
    let path = Path::new("build.rs");
    let present = match fs::read_to_string(path) {
        Ok(present) => present,
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let watch = "println!(\"cargo::rerun-if-changed=migrations\");";
            let watches: Vec<String> = dirs.iter().map(|dir| watch.replace("migrations", dir)).collect();
            let list = dirs.iter().map(|dir| format!("\"{dir}\"")).collect::<Vec<_>>().join(", ");
            let script = BUILD_SCRIPT
                .replace(watch, &watches.join("\n    "))
                .replace("[\"migrations\"]", &format!("[{list}]"));
            return write_new(context, path, &script);
        }
        Err(error) => return Err(Failure::io("read", path, &error)),
    };
    context.shell.status("Kept", path.display());
    let watches = |prefix: &str, dir: &str| present.contains(&format!("{prefix}rerun-if-changed={dir}"));
    let unwatched: Vec<_> =
        dirs.iter().filter(|dir| !watches("cargo::", dir) && !watches("cargo:", dir)).collect();
    if !unwatched.is_empty() {
        context.shell.warning("build.rs does not tell cargo to watch the migrations; add to its `main`:");
        for dir in unwatched {
            context.shell.note(format_args!("println!(\"cargo::rerun-if-changed={dir}\");"));
        }
    }
    Ok(())
}
