//! What `revision` and `merge` share: checking and writing a new revision file.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::path::{Component, Path, PathBuf};

use migrate_core::file::{self, Dialects};
use migrate_core::graph::new::Place;
use migrate_core::history::History;
use migrate_core::source::Sources;
use migrate_dir::{NewRevision, WriteError, new_id};

use crate::context::Context;
use crate::exit::Exit;
use crate::failure::{Failure, Result, io_reason};
use crate::json::Line;
use crate::settings::Settings;
use crate::utc;

/// What the command line says about a new revision.
pub(super) struct Wish<'a> {
    pub(super) message: Option<&'a str>,
    pub(super) rev_id: Option<&'a str>,
    pub(super) labels: &'a [String],
    pub(super) place: Place,
    pub(super) folder: Option<&'a Path>,
}

/// Writes the file and says where it is.
///
/// Whether the names are free and the parents make sense was checked when the place was found. A message that would make the
/// file invalid is refused here: no command has to be repaired by hand.
pub(super) fn write(
    context: &Context,
    settings: &Settings,
    history: &History,
    wish: Wish<'_>,
) -> Result<Exit> {
    let graph = history.graph();
    let parents: Vec<String> = wish.place.parents.iter().map(|&node| graph.id(node).to_owned()).collect();
    let now = utc::now();
    let id = match wish.rev_id {
        Some(id) => id.to_owned(),
        None => new_id(now, random(), parents.iter().map(String::as_str)),
    };
    let new = NewRevision {
        id,
        message: wish.message.unwrap_or_default().to_owned(),
        parents,
        labels: wish.labels.to_vec(),
        depends_on: wish.place.depends_on,
        create_date: utc::show(now),
        ..NewRevision::default()
    };
    check_text(&new)?;
    let path = new.write(&folder(settings, wish.folder)?).map_err(|error| match error {
        WriteError::Exists(_) => Failure::usage("io", error.to_string()).help("nothing was written"),
        WriteError::Io(path, error) => {
            Failure::usage("io", format!("cannot write `{}`: {}", path.display(), io_reason(&error)))
        }
    })?;
    let path = path.to_string_lossy().into_owned();
    match context.flags.json {
        true => context.json(|| Line::Written { path }),
        false => context.shell.line(path),
    }
    Ok(Exit::Done)
}

fn random() -> u16 {
    RandomState::new().build_hasher().finish() as u16
}

/// Reads the text as it will be read from the file: a message may look like a header of its own.
fn check_text(new: &NewRevision) -> Result {
    let (mut sources, mut findings) = (Sources::new(), Vec::new());
    let file = sources.add(new.file_name(), new.text().into_bytes(), &mut findings);
    let read = file::parse(&sources, file, Dialects::UNKNOWN, &mut findings).revision;
    let as_meant = read.is_some_and(|read| {
        let message = new.message.trim();
        let lines = |text: &str| text.lines().map(|line| line.trim().to_owned()).collect::<Vec<_>>();
        read.id.as_str() == new.id
            && (message.is_empty() || lines(&read.message) == lines(message))
            && read.parents.len() == new.parents.len()
            && read.labels.len() == new.labels.len()
            && read.depends_on.len() == new.depends_on.len()
    });
    if findings.is_empty() && as_meant {
        return Ok(());
    }
    Err(Failure::usage("bad-message", "the message cannot stand in the header of a revision file")
        .note("a line of it would be read as something else than text")
        .help("write it without `<word>:` at the beginning of a line, and without empty lines"))
}

/// The folder of the new file: in the migration directory, or below it.
fn folder(settings: &Settings, below: Option<&Path>) -> Result<PathBuf> {
    let dir = &settings.dir;
    let Some(below) = below else { return Ok(dir.clone()) };
    if let Ok(rest) = below.strip_prefix(dir) {
        return Ok(dir.join(rest));
    }
    let inside = below.components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
    let hidden = below
        .components()
        .any(|part| part.as_os_str().as_encoded_bytes().starts_with(b".") && part != Component::CurDir);
    if inside && !hidden {
        return Ok(dir.join(below));
    }
    let message = format!("`{}` is not a folder below `{}` that is read", below.display(), dir.display());
    Err(Failure::usage("bad-folder", message)
        .help("sub-folders are part of the history; hidden ones are not"))
}
