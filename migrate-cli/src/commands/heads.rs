//! `migrate heads`: the revisions that nothing builds on.

use crate::args::Heads;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Result;
use crate::history;
use crate::listing::{Listing, Marks};

pub(super) fn run(context: &Context, args: &Heads) -> Result<Exit> {
    let (settings, _) = context.settings()?;
    let history = history::load_to_list(context, &settings, context.listed_depth())?;
    let (listing, graph) = (Listing::new(&history, None), history.graph());
    let heads = if args.resolve_dependencies { graph.real_heads() } else { graph.heads() };
    for &head in heads {
        if context.flags.json {
            context.shell.line(listing.json(head).text());
        } else if context.is_verbose() {
            context.shell.line(listing.full(head));
        } else {
            context.shell.line(listing.line(head, Marks::HEAD));
        }
    }
    Ok(Exit::Done)
}
