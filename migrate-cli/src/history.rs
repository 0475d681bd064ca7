//! The history that a command works with: from the migration directory, or from the application's own binary.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use migrate_core::diagnostic::{Diagnostic, Level};
use migrate_core::file::Dialects;
use migrate_core::history::{self, Depth, History, Rules};
use migrate_dir::{Changes, Directory, Rewrite};

use crate::context::Context;
use crate::exit::Exit;
use crate::failure::{Failure, Result};
use crate::layer::{Downgrades, Heads};
use crate::settings::Settings;

/// The history: the binary's own if it has one and no directory is named by a flag, else the directory's.
///
/// # Errors
///
/// - There is no such directory, or it cannot be read.
/// - The history is broken: every finding is told.
pub(crate) fn load(context: &Context, settings: &Settings) -> Result<Arc<History>> {
    load_to_list(context, settings, Depth::Sql)
}

/// As [`load`], for commands that list revisions and run none. They read no more of the files than they show, and leave
/// what is wrong with the SQL to `check`, `upgrade` and the build.
pub(crate) fn load_to_list(context: &Context, settings: &Settings, depth: Depth) -> Result<Arc<History>> {
    match &context.embedded {
        Some(embedded) if context.flags.dir.is_empty() => Ok(embedded()),
        _ => {
            let rules = Rules { heads: history::Heads::Many, depth, ..rules(settings) };
            read_by(context, settings, rules, &Changes::default()).map(|(history, _)| Arc::new(history))
        }
    }
}

/// The history of the migration directory as the configuration wants it, with the files that it comes from.
pub(crate) fn read_whole(context: &Context, settings: &Settings) -> Result<(History, Directory)> {
    read_by(context, settings, Rules { heads: heads_rule(settings), ..rules(settings) }, &Changes::default())
}

/// The history of the migration directory. Commands that write revisions need the files; those that repair a second head
/// need to read it.
pub(crate) fn read(context: &Context, settings: &Settings, heads: history::Heads) -> Result<History> {
    read_by(context, settings, Rules { heads, ..rules(settings) }, &Changes::default())
        .map(|(history, _)| history)
}

/// As [`read`], by the headers alone: so a file whose sections are broken can be found, and repaired.
pub(crate) fn read_headers(context: &Context, settings: &Settings) -> Result<History> {
    let rules = Rules { heads: history::Heads::Many, depth: Depth::Headers, ..rules(settings) };
    read_by(context, settings, rules, &Changes::default()).map(|(history, _)| history)
}

/// As [`read`], with the files that the history comes from, for commands that change them. `rewritten` are changes that
/// are not written yet.
pub(crate) fn read_files(
    context: &Context,
    settings: &Settings,
    rewritten: &[Rewrite],
) -> Result<(History, Directory)> {
    read_changed(context, settings, &Changes { rewritten: rewritten.to_vec(), ..Changes::default() })
}

/// As [`read_files`], with any changes that are not made yet.
pub(crate) fn read_changed(
    context: &Context,
    settings: &Settings,
    changes: &Changes,
) -> Result<(History, Directory)> {
    let rules = Rules { heads: history::Heads::Many, ..rules(settings) };
    read_by(context, settings, rules, changes)
}

fn read_by(
    context: &Context,
    settings: &Settings,
    rules: Rules,
    changes: &Changes,
) -> Result<(History, Directory)> {
    for dir in &settings.dirs {
        check_folder(context, settings, dir)?;
    }
    let folders: Vec<_> = settings.dirs.iter().map(|dir| (dir.clone(), shown(dir))).collect();
    if let Some(overlap) = migrate_dir::overlap(&folders) {
        return Err(Failure::usage("overlapping-folders", overlap)
            .help("name each folder once; sub-folders are part of the history"));
    }
    let mut directory = migrate_dir::read_changed(&folders, changes, rules)
        .map_err(|error| Failure::usage("io", crate::failure::io_reason(&error)))?;
    match directory.history.take() {
        Some(history) => {
            // Lists are asked for often; the build, `check` and `upgrade` say what could be better.
            if rules.depth == Depth::Sql {
                for warning in &directory.findings {
                    context.show_finding(warning, &directory.sources);
                }
            }
            Ok((history, directory))
        }
        None => {
            if changes.is_none() {
                tell_problems(context, settings, &directory.findings);
            }
            Err(Box::new(Failure {
                exit: Exit::History,
                findings: directory.findings,
                sources: directory.sources,
            }))
        }
    }
}

/// Says how many errors there are, before they are shown.
pub(crate) fn tell_problems(context: &Context, settings: &Settings, findings: &[Diagnostic]) {
    let errors = findings.iter().filter(|finding| finding.level == Level::Error).count();
    let problems = if errors == 1 { "1 problem".to_owned() } else { format!("{errors} problems") };
    let dirs: Vec<_> = settings.dirs.iter().map(|dir| format!("`{}`", dir.display())).collect();
    context.shell.note(format_args!("the migrations in {} have {problems}", dirs.join(", ")));
}

/// The rules of the configuration but for the number of heads, which commands decide.
pub(crate) fn rules(settings: &Settings) -> Rules {
    let declared = settings.dialects();
    Rules {
        dialects: if declared.is_empty() { Dialects::UNKNOWN } else { Dialects::exactly(declared) },
        downgrades: match settings.layer.downgrades.unwrap_or_default() {
            Downgrades::Required => history::Downgrades::Required,
            Downgrades::Optional => history::Downgrades::Optional,
        },
        ..Rules::default()
    }
}

/// Refuses what is not a migration directory.
fn check_folder(context: &Context, settings: &Settings, dir: &Path) -> Result {
    if let inside @ [_, ..] = &settings.databases_inside[..] {
        let message = format!("`{}` holds the histories of several databases", dir.display());
        let names: Vec<_> = inside.iter().map(|name| format!("`--name {name}`")).collect();
        return Err(Failure::usage("several-databases", message)
            .help(format!("say which: {}", names.join(" or ")))
            .help("a database without a name needs a folder (`dir`) without those of others in it"));
    }
    if dir.is_dir() {
        return Ok(());
    }
    let message = match dir.exists() {
        true => format!("`{}` is not a folder", dir.display()),
        false => format!("there is no folder `{}`", dir.display()),
    };
    let help = match settings.dirs_are_named {
        _ if context.embedded.is_some() => {
            "the history in this binary has no files: run it in the project, or name the directory with `--dir`"
        }
        true => "name the migration directory with `--dir`, or `dir` in migrate.toml",
        false => "`migrate init` makes it; `--dir` names another",
    };
    Err(Failure::usage("no-directory", message).help(help))
}

/// The rule of the configuration.
pub(crate) fn heads_rule(settings: &Settings) -> history::Heads {
    match settings.layer.heads.unwrap_or_default() {
        Heads::One => history::Heads::One,
        Heads::Many => history::Heads::Many,
    }
}

/// The directory as paths of its revisions begin.
pub(crate) fn shown(dir: &Path) -> String {
    let dir: PathBuf = dir.components().collect();
    dir.to_string_lossy().replace('\\', "/")
}
