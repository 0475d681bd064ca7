//! What `revision` and `merge` share: checking and writing a new revision file.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::path::{Component, Path, PathBuf};

use migrate_core::diagnostic::{Code, Diagnostic};
use migrate_core::graph::new::{ImpliedDependency, Place};
use migrate_core::history::History;
use migrate_core::source::Sources;
use migrate_core::template::{self, NewRevision, SLUG_LENGTH};
use migrate_dir::new_id;

use super::sections::Sections;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::{Failure, Result};
use crate::json::Line;
use crate::settings::Settings;
use crate::{hooks, templates, utc};

mod text;

/// What the command line says about a new revision.
pub(super) struct Wish<'a> {
    pub(super) sections: Sections,
    pub(super) message: Option<&'a str>,
    pub(super) rev_id: Option<&'a str>,
    pub(super) labels: &'a [String],
    pub(super) place: Place,
    pub(super) folder: Option<&'a Path>,
    pub(super) template: Option<&'a str>,
    pub(super) only_print: bool,
}

/// Writes the file, says where it is, and runs the hooks; or prints it.
///
/// Whether the names are free and the parents make sense was checked when the place was found. A message or a template that
/// would make the file invalid is refused here: no command has to be repaired by hand.
pub(super) fn write(
    context: &Context,
    settings: &Settings,
    history: &History,
    wish: Wish<'_>,
) -> Result<Exit> {
    let graph = history.graph();
    let folder = folder(settings, history, &wish.place.parents, wish.folder)?;
    let parents: Vec<String> = wish.place.parents.iter().map(|&node| graph.id(node).to_owned()).collect();
    let created = utc::now();
    let id = match wish.rev_id {
        Some(id) => id.to_owned(),
        None => new_id(created.epoch, random(), parents.iter().map(String::as_str)),
    };
    let new = NewRevision {
        id,
        message: wish.message.unwrap_or_default().to_owned(),
        parents,
        labels: wish.labels.to_vec(),
        depends_on: wish.place.depends_on.clone(),
        created,
        upgrade: wish.sections.upgrade,
        downgrade: wish.sections.downgrade,
        irreversible: wish.sections.irreversible,
    };
    let layer = &settings.layer;
    let template = wish.template.or(layer.template.as_deref()).unwrap_or(template::DEFAULT);
    let name = layer.file_template.clone().unwrap_or_default();
    let name = name.path(&new, layer.truncate_slug_length.unwrap_or(SLUG_LENGTH)).map_err(|wrong| {
        Failure::usage("bad-file-name", format!("the new file cannot have its name: {wrong}"))
            .note("`file_template` in the configuration says what it is")
    })?;
    let path = folder.join(name);
    check_folder(settings, &path)?;
    let shown = path.to_string_lossy().into_owned();
    let text = text::checked(settings, &new, &shown, template, &templates::find(settings, template)?)?;
    warn_of_implied(context, &wish.place.implied);
    if wish.only_print {
        match context.flags.json {
            true => context.json(|| Line::File { path: shown, text }),
            false => context.shell.text(text),
        }
        return Ok(Exit::Done);
    }
    migrate_dir::write_new(&path, &text)
        .map_err(|error| Failure::unwritten(&error).note("nothing was written"))?;
    match context.flags.json {
        true => context.json(|| Line::Written { path: shown.clone() }),
        false => context.shell.line(&shown),
    }
    hooks::run(context, settings, &lexical(&path), &shown)?;
    text::check_written(&new, &path, &shown)?;
    Ok(Exit::Done)
}

/// Says which dependencies could be left out, with the code that reading the file warns with.
fn warn_of_implied(context: &Context, implied: &[ImpliedDependency]) {
    for dependency in implied {
        let finding = Diagnostic::warning(Code("redundant-dependency"), dependency.to_string())
            .help("that `--depends-on` can be left out");
        context.show_finding(&finding, &Sources::default());
    }
}

fn random() -> u16 {
    RandomState::new().build_hasher().finish() as u16
}

/// Refuses a place that is read as something else.
fn check_folder(settings: &Settings, path: &Path) -> Result {
    let above = path.ancestors().skip(1).take_while(|folder| !settings.dirs.iter().any(|dir| dir == folder));
    match above.into_iter().find(|folder| folder.join("up.sql").is_file()) {
        None => Ok(()),
        Some(folder) => {
            let message = format!("`{}` is one of diesel's migrations", folder.display());
            Err(Failure::usage("bad-folder", message).note("files in it are not read as revisions"))
        }
    }
}

/// The migration directory of the new file, and the folder in it or below it that `--version-path` names.
fn folder(
    settings: &Settings,
    history: &History,
    parents: &[usize],
    wanted: Option<&Path>,
) -> Result<PathBuf> {
    let dirs = &settings.dirs;
    let Some(wanted) = wanted else {
        return match (&dirs[..], parents.first()) {
            ([dir], _) => Ok(dir.clone()),
            (dirs, Some(&parent)) => Ok(home_of(dirs, &history.revision(parent).path)),
            (dirs, None) => {
                let message = "the first revision of a line may begin in several migration directories";
                Err(Failure::usage("several-folders", message)
                    .help(format!("name one: {}", listed(dirs, |dir| format!("`--version-path {dir}`")))))
            }
        };
    };
    for dir in dirs {
        if let Ok(rest) = lexical(wanted).strip_prefix(lexical(dir))
            && is_read(rest)
        {
            return Ok(dir.join(rest));
        }
    }
    // With one directory its name may be left out.
    let below: PathBuf = wanted.components().filter(|part| *part != Component::CurDir).collect();
    if let [dir] = &dirs[..]
        && is_read(&below)
    {
        return Ok(dir.join(below));
    }
    let dirs = listed(dirs, |dir| format!("`{dir}`"));
    let message = format!("`{}` is not {dirs} or a folder below that is read", wanted.display());
    Err(Failure::usage("bad-folder", message)
        .help("sub-folders are part of the history; hidden ones are not"))
}

/// The path from the root of the file system, without `.` and `..`. Nothing of it has to exist.
fn lexical(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in std::path::absolute(path).unwrap_or_else(|_| path.to_owned()).components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                out.pop();
            }
            part => out.push(part),
        }
    }
    out
}

/// Whether a folder at this place below a migration directory is part of the history.
fn is_read(below: &Path) -> bool {
    below
        .components()
        .all(|part| matches!(part, Component::Normal(name) if !name.as_encoded_bytes().starts_with(b".")))
}

/// The directory in which the revision of this path lies.
fn home_of(dirs: &[PathBuf], path: &str) -> PathBuf {
    let holds = |dir: &&PathBuf| Path::new(path).starts_with(crate::history::shown(dir));
    // The longest: `.` holds everything.
    let home = dirs.iter().filter(holds).max_by_key(|dir| dir.components().count());
    home.unwrap_or(&dirs[0]).clone()
}

fn listed(dirs: &[PathBuf], show: impl Fn(std::path::Display<'_>) -> String) -> String {
    dirs.iter().map(|dir| show(dir.display())).collect::<Vec<_>>().join(" or ")
}
