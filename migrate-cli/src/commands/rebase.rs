//! `migrate rebase`: puts a branch that no database has applied on top of another head.

use std::collections::HashSet;
use std::sync::Arc;

use migrate_core::diagnostic::{Code, Diagnostic};
use migrate_core::file;
use migrate_core::graph::{Rebase, ResolveError};
use migrate_core::history::History;
use migrate_core::revision::Format;
use migrate_core::source::Sources;
use migrate_dir::{Directory, Rewrite};
use migrate_runtime::Status;

use super::databases::{Ask, refuse_unfinished};
use crate::args;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::{Failure, Result};
use crate::history;
use crate::json::Line;
use crate::report::count;
use crate::targets;

pub(super) fn run(context: &Context, args: &args::Rebase) -> Result<Exit> {
    let (settings, environment) = context.settings()?;
    let (history, directory) = history::read_files(context, &settings, &[])?;
    let (revision, onto) = (one(&history, &args.revision)?, one(&history, &args.onto)?);
    let graph = history.graph();
    let Some(rebase) = graph.rebase(revision, onto).map_err(targets::not_rebased)? else {
        let about = format!("`{}` builds on `{}` already: nothing to do", graph.id(revision), graph.id(onto));
        context.shell.status("Finished", about);
        return Ok(Exit::Done);
    };
    let rewrites = rewrites(&history, &directory, &rebase)?;
    let (after, directory) = history::read_files(context, &settings, &rewrites).map_err(|failure| {
        failure.note(format!("this is how it would be on top of `{}`; nothing was written", graph.id(onto)))
    })?;
    let history = Arc::new(history);
    match args.no_database {
        true => context.shell.note("no database was asked whether it has applied the branch"),
        false => {
            let ask = Ask {
                what: "has applied the branch",
                may: "have applied the branch",
                help: "`--no-database` asks none: you know then that no database has applied the branch",
            };
            ask.every(context, &settings, &environment, &history, |database, status| {
                refuse_applied(&history, &rebase, database, status)
            })?;
        }
    }
    if !args.dry_run {
        migrate_dir::rewrite(&rewrites).map_err(|error| Failure::unwritten(&error))?;
    }
    tell(context, &history, &rebase, !args.dry_run);
    warn_of_order(context, &after, &directory.sources, &history, &rebase);
    Ok(Exit::Done)
}

/// The one revision that a target names.
fn one(history: &History, text: &str) -> Result<usize> {
    let nodes = history.graph().resolve(&targets::parse(text)?, &[]).map_err(|error| {
        // Several heads will not do here.
        targets::unresolved(match error {
            ResolveError::SeveralHeads { target, branch, heads, n_heads, .. } => {
                ResolveError::SeveralHeads { target, branch, heads, n_heads, several_will_do: false }
            }
            error => error,
        })
    })?;
    match nodes[..] {
        [node] => Ok(node),
        _ => Err(Failure::usage("bad-target", format!("`{text}` is not one revision"))
            .help("name one by its id, or the end of its line: `label@head`")),
    }
}

/// The files of the branch's first revisions as they will be.
fn rewrites(history: &History, directory: &Directory, rebase: &Rebase) -> Result<Vec<Rewrite>> {
    let onto = history.graph().id(rebase.onto);
    let rewrite = |&root: &usize| {
        let revision = history.revision(root);
        if revision.format == Format::Diesel {
            let message = format!("`{}` is a directory of diesel, which has no header", revision.id);
            return Err(Failure::usage("no-header", message)
                .note("what it builds on is said by its version: the directory before it")
                .help("give the directory a later version, or put the native revisions on top of the directories"));
        }
        let path = directory.file_of(revision).map(std::path::Path::to_owned).unwrap_or_default();
        let bytes = std::fs::read(&path).map_err(|error| Failure::io("read", &path, &error))?;
        match file::with_parents(&bytes, &[onto]) {
            Some(bytes) => Ok(Rewrite { path, bytes }),
            None => Err(Failure::usage("io", format!("`{}` was changed meanwhile", path.display()))
                .note("nothing was written")
                .help("run the command again")),
        }
    };
    rebase.roots.iter().map(rewrite).collect()
}

fn refuse_applied(history: &History, rebase: &Rebase, database: &str, status: &Status) -> Result {
    let id = |node: &usize| history.graph().id(*node);
    let branch = || rebase.moved.iter().map(id);
    refuse_unfinished(branch, database, status)?;
    let applied: HashSet<&str> = status.applied.iter().map(|applied| applied.revision.as_str()).collect();
    let Some(first) = branch().find(|id| applied.contains(id)) else { return Ok(()) };
    let below = history.graph().parents(rebase.roots[0]).first().map_or("base", id);
    let message = format!("`{first}` is applied on `{database}`: what it builds on cannot change any more");
    Err(Failure::new(Exit::Refused, "applied", message)
        .note("nothing was written")
        .help("join the lines instead: `migrate merge heads -m \"...\"`")
        .help(format!("or take the branch back there first: `migrate downgrade {below}`")))
}

/// Says what builds on what now, or would.
fn tell(context: &Context, history: &History, rebase: &Rebase, written: bool) {
    let graph = history.graph();
    for &root in &rebase.roots {
        let names = |nodes: &[usize]| nodes.iter().map(|&node| graph.id(node).to_owned()).collect::<Vec<_>>();
        let (from, to) = (names(graph.parents(root)), names(&[rebase.onto]));
        let path = history.revision(root).path.to_string();
        if context.flags.json {
            context.json(|| Line::Rebased { revision: graph.id(root).to_owned(), path, from, to, written });
            continue;
        }
        let from = if from.is_empty() { "<base>".to_owned() } else { from.join(", ") };
        context.shell.line(format_args!("{path}: {from} -> {}", to.join(", ")));
    }
    let verb = if written { "Rebased" } else { "Would rebase" };
    let revisions = count(rebase.moved.len(), "revision");
    context.shell.status(verb, format_args!("{revisions} onto {}", graph.id(rebase.onto)));
}

/// Warns if diesel's own harness would run the new order the wrong way round.
fn warn_of_order(context: &Context, after: &History, sources: &Sources, before: &History, rebase: &Rebase) {
    for &root in &rebase.roots {
        let Some(node) = after.index_of(before.graph().id(root)) else { continue };
        let Some(needed) = after.graph().needed_but_sorted_later(node) else { continue };
        let (child, parent) = (after.graph().id(node), after.graph().id(needed));
        let finding = Diagnostic::warning(
            Code("text-order"),
            format!("`{child}` sorts before `{parent}`, on which it builds"),
        )
        .note("`migrate` does not mind; diesel's own harness runs versions in the order of their text and refuses")
        .help(format!("for that harness, give `{child}` an id that sorts later, in its `Revision ID` and its file name"));
        context.show_finding(&finding, sources);
    }
}
