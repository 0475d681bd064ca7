//! `migrate init`: configuration, migration directory, and the build script that makes cargo notice new files.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use crate::args::Init;
use crate::config::FILE_NAME;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::{Failure, Result};
use crate::json::Line;
use crate::settings::DEFAULT_DIR;

const CONFIGURATION: &str = include_str!("init/migrate.toml");
const BUILD_SCRIPT: &str = include_str!("init/build.rs.txt");

pub(super) fn run(context: &Context, args: &Init) -> Result<Exit> {
    let dir = args.folder.as_ref().or(context.flags.dir.first());
    let dir = dir.cloned().unwrap_or_else(|| PathBuf::from(DEFAULT_DIR));
    // `a/b` in files, whatever the system writes.
    let dir_text = dir.to_string_lossy().replace('\\', "/");
    if dir.is_absolute() || dir_text.contains(['"', '\n']) {
        let message = format!("`{}` cannot stand in a configuration that is shared", dir.display());
        return Err(Failure::usage("config", message).help("name a folder relative to this one"));
    }

    make_dir(context, &dir)?;
    // An empty folder is not kept by git, and cargo builds anew every time if a watched folder is missing.
    write_new(context, &dir.join(".gitkeep"), "", false)?;
    let configuration = CONFIGURATION.replace("dir = \"migrations\"", &format!("dir = \"{dir_text}\""));
    write_new(context, Path::new(FILE_NAME), &configuration, true)?;
    if Path::new("Cargo.toml").is_file() {
        build_script(context, &dir_text)?;
    }
    context.shell.note("`migrate revision -m \"...\"` writes the first revision");
    Ok(Exit::Done)
}

fn make_dir(context: &Context, dir: &Path) -> Result {
    if dir.is_dir() {
        context.shell.status("Kept", dir.display());
        return Ok(());
    }
    fs::create_dir_all(dir).map_err(|error| Failure::io("make", dir, &error))?;
    told(context, dir);
    Ok(())
}

/// Writes the file unless there is one; `tell` names a file that was kept.
fn write_new(context: &Context, path: &Path, text: &str, tell: bool) -> Result {
    let failed = |error| Failure::io("write", path, &error);
    match OpenOptions::new().write(true).create_new(true).open(path) {
        Ok(mut file) => {
            file.write_all(text.as_bytes()).map_err(failed)?;
            told(context, path);
        }
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            if tell {
                context.shell.status("Kept", path.display());
            }
        }
        Err(error) => return Err(failed(error)),
    }
    Ok(())
}

fn told(context: &Context, path: &Path) {
    context.shell.status("Created", path.display());
    context.json(|| Line::Written { path: path.to_string_lossy().into_owned() });
}

/// Writes `build.rs`, or says which line a present one lacks.
fn build_script(context: &Context, dir: &str) -> Result {
    let path = Path::new("build.rs");
    let script = BUILD_SCRIPT
        .replace("\"migrations\"", &format!("\"{dir}\""))
        .replace("=migrations", &format!("={dir}"));
    let present = match fs::read_to_string(path) {
        Ok(present) => present,
        Err(error) if error.kind() == ErrorKind::NotFound => return write_new(context, path, &script, true),
        Err(error) => return Err(Failure::io("read", path, &error)),
    };
    context.shell.status("Kept", path.display());
    let watches = |prefix: &str| present.contains(&format!("{prefix}rerun-if-changed={dir}"));
    if !watches("cargo::") && !watches("cargo:") {
        context.shell.warning("build.rs does not tell cargo to watch the migrations; add to its `main`:");
        context.shell.note(format_args!("println!(\"cargo::rerun-if-changed={dir}\");"));
    }
    Ok(())
}
