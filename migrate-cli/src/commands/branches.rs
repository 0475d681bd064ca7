//! `migrate branches`: the revisions that several build on, each with those.

use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Result;
use crate::history;
use crate::listing::{Listing, Marks};

pub(super) fn run(context: &Context) -> Result<Exit> {
    let (settings, _) = context.settings()?;
    let history = history::load_to_list(context, &settings, context.listed_depth())?;
    let (listing, graph) = (Listing::new(&history, None), history.graph());
    for &node in graph.topological().iter().rev().filter(|node| graph.is_branchpoint(**node)) {
        if context.flags.json {
            context.shell.line(listing.json(node).text());
            continue;
        }
        if context.is_verbose() {
            context.shell.line(listing.full(node));
        } else {
            context.shell.line(listing.line(node, Marks::ALL));
        }
        let indent = " ".repeat(graph.id(node).len());
        for &child in graph.children(node) {
            let line = listing.line(child, Marks::ALL);
            let about = match history.revision(child).summary() {
                summary if context.is_verbose() && !summary.is_empty() => format!(", {summary}"),
                _ => String::new(),
            };
            context.shell.line(format_args!("{indent} -> {line}{about}"));
        }
        context.shell.line("");
    }
    Ok(Exit::Done)
}
