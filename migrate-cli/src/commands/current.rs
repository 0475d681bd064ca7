//! `migrate current`: where the database is.

use migrate_core::graph::Edges;

use crate::args::Current;
use crate::connect::Access;
use crate::context::Context;
use crate::database::{Database, known_rows};
use crate::exit::Exit;
use crate::failure::{Failure, Result};
use crate::history;
use crate::json::Line;
use crate::listing::{Listing, Marks};
use crate::report::count;

pub(super) fn run(context: &Context, args: &Current) -> Result<Exit> {
    let (settings, environment) = context.settings()?;
    let url = settings.database()?.to_string();
    let history = history::load_to_list(context, &settings, context.listed_depth())?;
    let mut database = Database::open(context, &settings, &environment, &history, Access::Read)?;
    let rows = database.current()?;
    let (known, unknown) = known_rows(&history, &rows);
    context.reached(rows.into_iter().map(|row| row.version_num).collect());

    let listing = Listing::new(&history, None);
    if context.is_verbose() && !context.flags.json {
        context.shell.line(format_args!("Current revision(s) for {url}:"));
    }
    for node in listing.reached(&known) {
        if context.flags.json {
            context.shell.line(listing.json(node).text());
        } else if context.is_verbose() {
            context.shell.line(listing.full(node));
        } else {
            context.shell.line(listing.line(node, Marks::BRANCHES));
        }
    }
    for id in &unknown {
        match context.flags.json {
            true => context.json(|| Line::Finding {
                kind: "unknown",
                revision: id.clone(),
                message: "the history does not know this revision".to_owned(),
            }),
            false => context.shell.line(format_args!("{id} (unknown)")),
        }
    }

    let graph = history.graph();
    let applied = graph.ancestors(&known, Edges::All);
    let missing = graph.len() - applied.len();
    let heads: Vec<_> = graph.real_heads().iter().filter(|head| !applied.contains(**head)).copied().collect();
    if args.check_heads && (missing > 0 || !unknown.is_empty()) {
        let message = match unknown.is_empty() {
            true => format!("the database is not at all heads: it lacks {}", count(missing, "revision")),
            false => "the database is at a revision that this history does not have".to_owned(),
        };
        return Err(Failure::new(Exit::No, "not-at-heads", message));
    }
    if missing > 0 && unknown.is_empty() {
        let heads: Vec<_> = heads.iter().map(|&head| format!("`{}`", graph.id(head))).collect();
        let plural = if heads.len() == 1 { "head" } else { "heads" };
        context.shell.note(format_args!(
            "{} behind {} ({plural})",
            count(missing, "revision"),
            heads.join(", ")
        ));
    }
    Ok(Exit::Done)
}
