//! `migrate show`: revisions in full, what they change, and their SQL if asked.

use migrate_core::history::Depth;

use crate::args::Show;
use crate::context::Context;
use crate::differences::Differences;
use crate::exit::Exit;
use crate::failure::Result;
use crate::history;
use crate::listing::Listing;
use crate::replayed::{self, Replayed};
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
    let served = replayed::served(&settings, &history);
    let mut nodes = Vec::new();
    for target in &targets {
        let found = history.graph().resolve(target, rows.as_deref().unwrap_or_default());
        nodes.extend(found.map_err(targets::unresolved)?);
    }
    let replayed: Vec<_> = served.iter().map(|dialect| Replayed::new(&history, dialect, &nodes)).collect();
    for node in nodes {
        if context.flags.json {
            context.shell.line(listing.json(node).text());
            for replayed in &replayed {
                let (before, after) = replayed.around(node);
                let (dialect, id) = (replayed.dialect().name(), history.graph().id(node));
                Differences::new(&before, &after)
                    .json(dialect, Some(id), |line| context.shell.line(line.text()));
            }
            continue;
        }
        context.shell.line(listing.full(node));
        for replayed in replayed.iter().filter(|replayed| replayed.has_statements(node)) {
            let (before, after) = replayed.around(node);
            let differences = Differences::new(&before, &after);
            let on = match served.len() {
                1 => String::new(),
                _ => format!(" on {}", replayed.dialect()),
            };
            if differences.is_empty() {
                context.shell.line(format_args!("Changes{on}: nothing in the schema\n"));
            } else {
                context.shell.line(format_args!("Changes{on}:\n{}", differences.text("    ")));
            }
        }
        for section in history.revision(node).sections.iter().filter(|_| args.sql) {
            let mut marker = format!("-- migrate:{}", section.direction);
            section.dialects.iter().for_each(|dialect| marker.push_str(&format!(" {dialect}")));
            if !section.transactional {
                marker.push_str(" transaction=false");
            }
            if !section.foreign_keys {
                marker.push_str(" foreign_keys=off");
            }
            context.shell.line(marker);
            context.shell.line(section.text.trim_end());
            context.shell.line("");
        }
    }
    Ok(Exit::Done)
}
