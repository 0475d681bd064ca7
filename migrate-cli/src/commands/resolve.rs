//! `migrate resolve`: settles a revision that was interrupted half way.

use crate::args::Resolve;
use crate::connect::Access;
use crate::context::Context;
use crate::database::Database;
use crate::exit::Exit;
use crate::failure::{Failure, Result};
use crate::history;
use crate::targets;

pub(super) fn run(context: &Context, args: &Resolve) -> Result<Exit> {
    let (settings, environment) = context.settings()?;
    settings.database()?;
    let history = history::load(context, &settings)?;
    let nodes =
        history.graph().resolve(&targets::parse(&args.revision)?, &[]).map_err(targets::unresolved)?;
    let [node] = nodes[..] else {
        return Err(Failure::usage("bad-target", format!("`{}` is not one revision", args.revision)));
    };
    let mut database = Database::open(context, &settings, &environment, &history, Access::Write)?;
    let entry = database.resolve(history.graph().id(node), args.applied)?;
    let (done, total) = (entry.statements_done, entry.statements_total);
    let about = format!("{} {}: {done} of {total} statements are done", entry.direction, entry.revision);
    context.shell.status("Resolved", about);
    context.shell.note(format_args!("`migrate {}` goes on from there", entry.direction));
    Ok(Exit::Done)
}
