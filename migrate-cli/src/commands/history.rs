//! `migrate history`: the revisions, newest first, drawn or one per line.

use migrate_core::graph::target::TargetRange;

use crate::args::History;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Result;
use crate::history;
use crate::listing::Listing;
use crate::{graphlog, targets};

pub(super) fn run(context: &Context, args: &History) -> Result<Exit> {
    let range = match &args.rev_range {
        None => TargetRange { start: None, end: None },
        Some(text) => targets::parse(text)?,
    };
    let (settings, environment) = context.settings()?;
    let history = history::load_to_list(context, &settings, context.listed_depth())?;
    let asks_database = args.indicate_current || range.needs_current();
    let rows = match asks_database {
        true => Some(super::upgrade::rows(context, &settings, &environment, &history)?),
        false => None,
    };
    let nodes =
        history.graph().range(&range, rows.as_deref().unwrap_or_default()).map_err(targets::bad_range)?;
    let listing = Listing::new(&history, rows.as_deref());
    let shell = &context.shell;
    if context.flags.json {
        nodes
            .iter()
            .take_while(|_| !shell.is_closed())
            .for_each(|&node| shell.line(listing.json(node).text()));
    } else if args.no_graph {
        for &node in nodes.iter().take_while(|_| !shell.is_closed()) {
            match context.is_verbose() {
                true => shell.line(listing.full(node)),
                false => shell.line(listing.arrow(node)),
            }
        }
    } else {
        let line = |node| match context.is_verbose() {
            true => listing.full(node),
            false => listing.drawn(node),
        };
        let show = |lines: &str| {
            shell.text(lines);
            !shell.is_closed()
        };
        graphlog::draw(history.graph(), &nodes, |node| listing.is_current(node), line, show);
    }
    Ok(Exit::Done)
}
