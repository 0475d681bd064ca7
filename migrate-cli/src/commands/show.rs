//! `migrate show`: revisions in full, with their SQL if asked.

use migrate_core::history::Depth;

use crate::args::Show;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Result;
use crate::history;
use crate::listing::Listing;
use crate::targets;

pub(super) fn run(context: &Context, args: &Show) -> Result<Exit> {
    let targets = targets::parse_all(&args.targets)?;
    let (settings, environment) = context.settings()?;
    let history = history::load_to_list(context, &settings, Depth::Sections)?;
    let asks_database = targets.iter().any(|target| target.to_string().ends_with("current"));
    let rows = match asks_database {
        true => Some(super::upgrade::rows(context, &settings, &environment, &history)?),
        false => None,
    };
    let listing = Listing::new(&history, rows.as_deref());
    for target in &targets {
        let nodes = history.graph().resolve(target, rows.as_deref().unwrap_or_default());
        for node in nodes.map_err(targets::unresolved)? {
            if context.flags.json {
                context.shell.line(listing.json(node).text());
                continue;
            }
            context.shell.line(listing.full(node));
            for section in history.revision(node).sections.iter().filter(|_| args.sql) {
                let mut marker = format!("-- migrate:{}", section.direction);
                section.dialects.iter().for_each(|dialect| marker.push_str(&format!(" {dialect}")));
                if !section.transactional {
                    marker.push_str(" transaction=false");
                }
                context.shell.line(marker);
                context.shell.line(section.text.trim_end());
                context.shell.line("");
            }
        }
    }
    Ok(Exit::Done)
}
