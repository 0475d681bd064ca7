//! `migrate stamp` and `migrate ensure-version`: writes the version table without running anything.

use super::offline;
use super::upgrade::{check, finished};
use crate::args::{EnsureVersion, Stamp};
use crate::connect::Access;
use crate::context::Context;
use crate::database::Database;
use crate::exit::Exit;
use crate::failure::Result;
use crate::history;
use crate::targets;

pub(super) fn run(context: &Context, args: &Stamp) -> Result<Exit> {
    if args.offline.sql {
        return offline::stamp(context, args);
    }
    let targets = targets::parse_all(&args.targets)?;
    let (settings, environment) = context.settings()?;
    settings.database()?;
    let history = history::load(context, &settings)?;
    check(history.graph().stamp(&[], &targets, args.purge))?;
    let mut database = Database::open(context, &settings, &environment, &history, Access::Write)?;
    let report = database.stamp(&targets, args.purge)?;
    finished(context, &history, &report);
    Ok(Exit::Done)
}

pub(super) fn ensure(context: &Context, args: &EnsureVersion) -> Result<Exit> {
    if args.sql {
        return offline::ensure_version(context, args);
    }
    let (settings, environment) = context.settings()?;
    settings.database()?;
    let history = history::load(context, &settings)?;
    let mut database = Database::open(context, &settings, &environment, &history, Access::Write)?;
    database.ensure_version_table()?;
    context.shell.status("Finished", "the version table is there");
    Ok(Exit::Done)
}
