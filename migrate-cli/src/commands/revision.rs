//! `migrate revision`: writes a new revision file.

use migrate_core::graph::target::Target;
use migrate_core::history::{self, History};

use super::new::{self, Wish};
use crate::args::Revision;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::{Failure, Result};
use crate::targets;

pub(super) fn run(context: &Context, args: &Revision) -> Result<Exit> {
    let (settings, _) = context.settings()?;
    let history = crate::history::read(context, &settings, history::Heads::Many)?;
    let parents = parents(&history, &args.head, args.splice)?;
    let depends_on = args.depends_on.iter().map(|text| dependency(&history, text)).collect::<Result<_>>()?;
    let wish = Wish {
        message: args.message.as_deref(),
        rev_id: args.rev_id.as_deref(),
        labels: &args.branch_label,
        parents,
        depends_on,
        folder: args.version_path.as_deref(),
    };
    new::write(context, &settings, &history, wish)
}

/// What the new revision builds on.
fn parents(history: &History, heads: &[String], splice: bool) -> Result<Vec<usize>> {
    let targets = if heads.is_empty() { vec![Target::head()] } else { targets::parse_all(heads)? };
    let mut parents = Vec::new();
    for target in &targets {
        for node in history.graph().resolve(target, &[]).map_err(targets::unresolved)? {
            if !parents.contains(&node) {
                parents.push(node);
            }
        }
    }
    check_heads(history, &parents, splice)?;
    Ok(parents)
}

/// Refuses to make a branch that nobody asked for.
pub(super) fn check_heads(history: &History, parents: &[usize], splice: bool) -> Result {
    let graph = history.graph();
    match parents.iter().find(|node| !splice && !graph.children(**node).is_empty()) {
        None => Ok(()),
        Some(&node) => {
            let children: Vec<_> =
                graph.children(node).iter().map(|&child| format!("`{}`", graph.id(child))).collect();
            let message = format!("`{}` is not a head: {} builds on it", graph.id(node), children.join(", "));
            Err(Failure::usage("not-a-head", message).help("`--splice` makes a branch there"))
        }
    }
}

/// A dependency as the file will have it: a label stays a label, the start of an id becomes the id.
fn dependency(history: &History, text: &str) -> Result<String> {
    let graph = history.graph();
    if graph.labelled(text).is_some() {
        return Ok(text.to_owned());
    }
    let nodes = graph.resolve(&targets::parse(text)?, &[]).map_err(targets::unresolved)?;
    match nodes[..] {
        [node] => Ok(graph.id(node).to_owned()),
        _ => Err(Failure::usage("bad-target", format!("`{text}` is not one revision to depend on"))),
    }
}
