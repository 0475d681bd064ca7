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
    let folder = folder(settings, history, &wish.place.parents, wish.folder)?;
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
    let path = new.write(&folder).map_err(|error| match error {
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
    let plain = plain(wanted);
    for dir in dirs {
        if let Ok(rest) = plain.strip_prefix(self::plain(dir))
            && is_read(rest)
        {
            return Ok(dir.join(rest));
        }
    }
    // With one directory its name may be left out.
    if let [dir] = &dirs[..]
        && is_read(&plain)
    {
        return Ok(dir.join(plain));
    }
    let dirs = listed(dirs, |dir| format!("`{dir}`"));
    let message = format!("`{}` is not {dirs} or a folder below that is read", wanted.display());
    Err(Failure::usage("bad-folder", message)
        .help("sub-folders are part of the history; hidden ones are not"))
}

/// The path without `.`.
fn plain(path: &Path) -> PathBuf {
    path.components().filter(|part| *part != Component::CurDir).collect()
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
