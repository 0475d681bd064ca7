//! `migrate squash`: puts one revision in the place of a run of them.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use migrate_core::dialect::DialectSet;
use migrate_core::file;
use migrate_core::graph::Squash;
use migrate_core::graph::target::TargetRange;
use migrate_core::history::History;
use migrate_core::revision::{Format, Revision, RevisionId};
use migrate_core::source::Sources;
use migrate_core::template::{self, BUILT_IN, NewRevision, SLUG_LENGTH, Template};
use migrate_dir::{Changes, Directory, Rewrite, WriteError, new_id};
use migrate_runtime::Status;

use super::databases::{Ask, refuse_unfinished};
use super::sections::Sections;
use crate::args;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::{Failure, Result};
use crate::json::Line;
use crate::report::count;
use crate::settings::Settings;
use crate::{history, hooks, replayed, targets, utc};

mod sections;

pub(super) fn run(context: &Context, args: &args::Squash) -> Result<Exit> {
    let (settings, environment) = context.settings()?;
    let (history, directory) = history::read_files(context, &settings, &[])?;
    let history = Arc::new(history);
    let squash = run_of(&history, &args.range)?;
    let dialects = served(&settings, &history)?;
    let sections = sections::of(context, &history, &squash, dialects, args)?;
    if !args.no_database && !args.sql {
        let ask = Ask {
            what: "is in the middle of the run",
            may: "be in the middle of the run",
            help: "`--no-database` asks none: you know then that every database has all of the run, or nothing of it",
        };
        ask.every(context, &settings, &environment, &history, |database, status| {
            refuse_middle(&history, &squash, database, status)
        })?;
    }
    let new = new_revision(&history, &squash, args, sections)?;
    let files = Files::new(&directory);
    let path = place(&settings, &history, &files, &squash, &new)?;
    let shown = path.to_string_lossy().into_owned();
    let text = text(&history, &squash, &new, dialects);
    let changes = Changes {
        unwritten: vec![(shown.clone(), text.clone())],
        rewritten: rewrites(&history, &files, &squash, &new.id)?,
        removed: squash.run.iter().filter_map(|node| files.of(history.revision(*node))).collect(),
    };
    let (after, _) = history::read_changed(context, &settings, &changes).map_err(|failure| {
        failure.note("this is how it would be with the new revision; nothing was written")
    })?;
    sections::verify((&history, squash.last), (&after, &new.id), dialects)?;
    if args.sql {
        match context.flags.json {
            true => context.json(|| Line::File { path: shown, text }),
            false => context.shell.text(text),
        }
        return Ok(Exit::Done);
    }
    let new_file = path.as_path();
    migrate_dir::replace(new_file, &text, &changes.rewritten, &changes.removed).map_err(|error| {
        let failure = Failure::unwritten(&error);
        if matches!(error, WriteError::Exists(_)) || !new_file.exists() {
            return failure.note("nothing was written");
        }
        failure
            .note(format!("`{shown}` replaces what is still there of the run"))
            .help("bring the folder back to what version control has, and run the command again")
            .help("or go on by hand: what is left of the run goes, and what builds on it is to build on the new revision")
    })?;
    tell(context, &history, &squash, &new.id, &shown, dialects);
    hooks::run(context, &settings, &std::path::absolute(&path).unwrap_or(path), &shown)?;
    Ok(Exit::Done)
}

/// The run that a range names.
fn run_of(history: &History, range: &str) -> Result<Squash> {
    let range: TargetRange = targets::parse(range)?;
    if range.needs_current() {
        return Err(Failure::usage("bad-range", format!("`{range}` depends on a database"))
            .help("name both ends by their ids"));
    }
    let (first, last) = history.graph().ends_of(&range, &[]).map_err(targets::bad_range)?;
    let one = |nodes: &[usize], what: &str| match *nodes {
        [] => Ok(None),
        [node] => Ok(Some(node)),
        _ => Err(Failure::usage("bad-range", format!("the {what} of `{range}` is not one revision"))
            .help("name one by its id, or the end of its line: `label@head`")),
    };
    let Some(last) = one(&last, "end")? else {
        return Err(Failure::usage("bad-range", format!("`{range}` holds no revision")));
    };
    history.graph().squash(one(&first, "start")?, last).map_err(|error| targets::not_squashed(&error))
}

fn served(settings: &Settings, history: &History) -> Result<DialectSet> {
    let served = replayed::served(settings, history);
    if served.is_empty() {
        let message = "nothing says which databases the history is for";
        return Err(Failure::usage("no-dialect", message).help("say it with `dialects` in migrate.toml"));
    }
    Ok(served)
}

/// Refuses if a database has some of the run and not all.
fn refuse_middle(history: &History, squash: &Squash, database: &str, status: &Status) -> Result {
    let id = |node: &usize| history.graph().id(*node);
    refuse_unfinished(|| squash.run.iter().map(id), database, status)?;
    let applied: HashSet<&str> = status.applied.iter().map(|applied| applied.revision.as_str()).collect();
    let last = id(&squash.last);
    let Some(has) = squash.run.iter().rev().map(id).find(|id| applied.contains(id)) else { return Ok(()) };
    if applied.contains(last) {
        return Ok(());
    }
    let message = format!("`{database}` has `{has}` and not `{last}`: it is in the middle of the run");
    Err(Failure::new(Exit::Refused, "in-the-middle", message)
        .note("nothing was written")
        .help(format!("bring it to the end of the run first: `migrate upgrade {last}`")))
}

fn new_revision(
    history: &History,
    squash: &Squash,
    args: &args::Squash,
    sections: Sections,
) -> Result<NewRevision> {
    let graph = history.graph();
    let name = |node: &usize| graph.id(*node).to_owned();
    let last = graph.id(squash.last);
    let created = utc::now();
    // Behind the last of the run, and before what builds on it.
    let id = match &args.rev_id {
        Some(id) => id.clone(),
        None => match new_id(0, 0, [last]) {
            id if graph.get(&id).is_none() && id.len() <= migrate_core::revision::MAX_ID_LENGTH => id,
            _ => new_id(created.epoch, 0, [last]),
        },
    };
    if let Err(reason) = RevisionId::new(id.clone()) {
        return Err(Failure::usage("bad-id", format!("`{id}` is not a revision id: {reason}")));
    }
    if graph.get(&id).is_some() || graph.replacement(&id).is_some() {
        return Err(Failure::usage("duplicate-id", format!("there is or was a revision `{id}`"))
            .help("choose another id"));
    }
    let message = args
        .message
        .clone()
        .unwrap_or_else(|| format!("what {} to {last} do", squash.run.first().map(name).unwrap_or_default()));
    Ok(NewRevision {
        id,
        message,
        parents: squash.parents.iter().map(name).collect(),
        labels: squash.run.iter().flat_map(|node| graph.labels(*node)).map(str::to_owned).collect(),
        depends_on: squash.depends_on.iter().map(name).collect(),
        created,
        upgrade: sections.upgrade,
        downgrade: sections.downgrade,
        irreversible: sections.irreversible,
    })
}

/// The file's text: that of any new revision, with what it replaces at the end of its header.
fn text(history: &History, squash: &Squash, new: &NewRevision, dialects: DialectSet) -> String {
    let (mut sources, mut findings) = (Sources::new(), vec![]);
    let of_ours = BUILT_IN.iter().find(|built_in| built_in.name == template::DEFAULT).unwrap_or(&BUILT_IN[0]);
    let template = sources.add(of_ours.name.to_owned(), of_ours.text.as_bytes().to_vec(), &mut findings);
    let mut text = Template::read(&sources, template, &mut findings).render(new, dialects);
    let replaced = history.replaced_by(squash, dialects);
    text.insert_str(file::header_of(&text).len(), &replaced.header_lines());
    text
}

/// The new file, beside the last of the run.
fn place(
    settings: &Settings,
    history: &History,
    files: &Files<'_>,
    squash: &Squash,
    new: &NewRevision,
) -> Result<PathBuf> {
    let layer = &settings.layer;
    let name = layer.file_template.clone().unwrap_or_default();
    let name = name.path(new, layer.truncate_slug_length.unwrap_or(SLUG_LENGTH)).map_err(|wrong| {
        Failure::usage("bad-file-name", format!("the new file cannot have its name: {wrong}"))
            .note("`file_template` in the configuration says what it is")
    })?;
    let beside = files.of(history.revision(squash.last));
    let dirs = &settings.dirs;
    let holds = |dir: &&PathBuf| beside.as_ref().is_some_and(|file| file.starts_with(dir));
    let dir = dirs.iter().filter(holds).max_by_key(|dir| dir.components().count()).unwrap_or(&dirs[0]);
    Ok(dir.join(name))
}

/// Where revisions are on disk, by their paths.
struct Files<'a>(HashMap<&'a str, &'a Path>);

impl<'a> Files<'a> {
    fn new(directory: &'a Directory) -> Self {
        let files = directory.files.iter().map(PathBuf::as_path);
        Self(directory.sources.iter().map(|source| &*source.path).zip(files).collect())
    }

    /// The file, or diesel's directory.
    fn of(&self, revision: &Revision) -> Option<PathBuf> {
        match revision.format {
            Format::Native => self.0.get(&*revision.path).map(|path| path.to_path_buf()),
            Format::Diesel => {
                let up = format!("{}/up.sql", revision.path);
                self.0.get(&*up)?.parent().map(Path::to_owned)
            }
        }
    }
}

/// The files of what builds on the run, as they will be.
fn rewrites(history: &History, files: &Files<'_>, squash: &Squash, id: &str) -> Result<Vec<Rewrite>> {
    let graph = history.graph();
    let last = graph.id(squash.last);
    let others: BTreeSet<usize> = squash.children.iter().chain(&squash.dependents).copied().collect();
    let mut rewrites = vec![];
    for node in others {
        let revision = history.revision(node);
        if revision.format == Format::Diesel {
            let message = format!(
                "`{}`, which builds on the run, is a directory of diesel and has no header",
                revision.id
            );
            return Err(Failure::usage("no-header", message)
                .note("what it builds on is said by its version: the directory before it")
                .help(format!("end the run with `{}` or later", revision.id)));
        }
        let path = files.of(revision).unwrap_or_default();
        let mut bytes = std::fs::read(&path).map_err(|error| Failure::io("read", &path, &error))?;
        let changed = || {
            Failure::usage("io", format!("`{}` was changed meanwhile", path.display()))
                .note("nothing was written")
                .help("run the command again")
        };
        if squash.children.contains(&node) {
            let name = |parent: &usize| if *parent == squash.last { id } else { graph.id(*parent) };
            let parents: Vec<&str> = graph.parents(node).iter().map(name).collect();
            bytes = file::with_parents(&bytes, &parents).ok_or_else(changed)?;
        }
        if revision.depends_on.iter().any(|other| *other == last) {
            bytes = file::with_dependency(&bytes, last, id).ok_or_else(changed)?;
        }
        rewrites.push(Rewrite { path, bytes });
    }
    Ok(rewrites)
}

fn tell(context: &Context, history: &History, squash: &Squash, id: &str, path: &str, dialects: DialectSet) {
    let graph = history.graph();
    if context.flags.json {
        let replaces = squash.run.iter().map(|node| graph.id(*node).to_owned()).collect();
        let removed = squash.run.iter().map(|node| history.revision(*node).path.to_string()).collect();
        let (revision, path) = (id.to_owned(), path.to_owned());
        context.json(|| Line::Squashed { revision, path, replaces, removed, written: true });
    } else {
        context.shell.line(path);
    }
    let names: Vec<&str> = dialects.iter().map(|dialect| dialect.name()).collect();
    context.shell.status(
        "Squashed",
        format_args!(
            "{} into {id}; replayed, it gives the same schema ({})",
            count(squash.run.len(), "revision"),
            names.join(", ")
        ),
    );
    context.shell.note("bring every database to the end of the run, or leave it before the run, before this is deployed there");
}
