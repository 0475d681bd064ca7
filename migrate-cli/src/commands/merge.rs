//! `migrate merge`: writes a revision that joins heads.

use migrate_core::graph::Edges;
use migrate_core::history;

use super::new::{self, Wish};
use super::revision::check_heads;
use crate::args::Merge;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::{Failure, Result};
use crate::targets;

pub(super) fn run(context: &Context, args: &Merge) -> Result<Exit> {
    let (settings, _) = context.settings()?;
    let history = crate::history::read(context, &settings, history::Heads::Many)?;
    let graph = history.graph();
    let mut parents: Vec<usize> = Vec::new();
    for target in targets::parse_all(&args.targets)? {
        // `heads` are those by parents: what something merely depends on is still a line of its own.
        let nodes = match target.to_string() == "heads" {
            true => graph.heads().to_vec(),
            false => graph.resolve(&target, &[]).map_err(targets::unresolved)?,
        };
        for node in nodes {
            if !parents.contains(&node) {
                parents.push(node);
            }
        }
    }
    if parents.len() < 2 {
        let heads: Vec<_> = parents.iter().map(|&node| format!("`{}`", graph.id(node))).collect();
        let found =
            if heads.is_empty() { "no revision".to_owned() } else { format!("only {}", heads.join(", ")) };
        return Err(Failure::usage(
            "nothing-to-merge",
            format!("a merge joins several revisions, and there is {found}"),
        ));
    }
    check_heads(&history, &parents, args.splice)?;
    if let Some((&inner, &outer)) =
        pairs(&parents).find(|(a, b)| graph.ancestors(&[**b], Edges::Parents).contains(**a))
    {
        let message = format!("`{}` is part of `{}` already", graph.id(inner), graph.id(outer));
        return Err(Failure::usage("nothing-to-merge", message));
    }
    let names: Vec<&str> = parents.iter().map(|&node| graph.id(node)).collect();
    let message = args.message.clone().unwrap_or_else(|| format!("merge {}", names.join(" and ")));
    let wish = Wish {
        message: Some(&message),
        rev_id: args.rev_id.as_deref(),
        labels: &args.branch_label,
        parents,
        depends_on: vec![],
        folder: None,
    };
    new::write(context, &settings, &history, wish)
}

/// Every ordered pair of different revisions.
fn pairs(nodes: &[usize]) -> impl Iterator<Item = (&usize, &usize)> {
    nodes.iter().flat_map(move |a| nodes.iter().filter(move |b| *b != a).map(move |b| (a, b)))
}
