//! `migrate upgrade` and `migrate downgrade`: runs revisions.

use migrate_core::graph::ResolveError;
use migrate_core::graph::step::PlanError;
use migrate_core::graph::target::Target;
use migrate_core::history::History;
use migrate_runtime::Report;

use super::{offline, verify};
use crate::args::{Downgrade, Upgrade};
use crate::connect::Access;
use crate::context::Context;
use crate::database::{Database, known_rows, stranger};
use crate::duration;
use crate::exit::Exit;
use crate::failure::Result;
use crate::history;
use crate::listing::{Listing, Marks};
use crate::report::count;
use crate::targets;

pub(super) fn upgrade(context: &Context, args: &Upgrade) -> Result<Exit> {
    if args.offline.sql {
        return offline::upgrade(context, args);
    }
    let targets = targets::parse_all(&args.targets)?;
    let (settings, environment) = context.settings()?;
    settings.database()?;
    let history = history::load(context, &settings)?;
    check(history.graph().upgrade(&[], &targets))?;
    let mut database = Database::open(context, &settings, &environment, &history, Access::Write)?;
    let report = database.upgrade(&targets)?;
    finished(context, &history, &report);
    if args.verify { verify::verify(context, &history, &mut database, false) } else { Ok(Exit::Done) }
}

pub(super) fn downgrade(context: &Context, args: &Downgrade) -> Result<Exit> {
    if args.offline.sql {
        return offline::downgrade(context, args);
    }
    let target: Target = targets::parse(&args.target)?;
    let (settings, environment) = context.settings()?;
    settings.database()?;
    let history = history::load(context, &settings)?;
    check(history.graph().downgrade(&[], &target))?;
    let mut database = Database::open(context, &settings, &environment, &history, Access::Write)?;
    let report = database.downgrade(&target)?;
    finished(context, &history, &report);
    if args.verify { verify::verify(context, &history, &mut database, false) } else { Ok(Exit::Done) }
}

/// Refuses, before anything is connected, what a plan from nowhere shows: a target that means nothing wherever the
/// database is.
pub(super) fn check<T, E: Into<PlanError>>(plan: Result<T, E>) -> Result {
    match plan.map_err(Into::into) {
        Err(PlanError::Target(
            error @ (ResolveError::UnknownRevision { .. }
            | ResolveError::Replaced { .. }
            | ResolveError::UnknownOnBranch { .. }
            | ResolveError::UnknownBranch { .. }
            | ResolveError::AmbiguousPrefix { .. }
            | ResolveError::AmbiguousReading { .. }
            | ResolveError::NotInBranch { .. }
            | ResolveError::SeveralHeads { .. }),
        )) => Err(targets::unresolved(error)),
        _ => Ok(()),
    }
}

/// Says where the database is and what it took.
pub(super) fn finished(context: &Context, history: &History, report: &Report) {
    let place = place(history, &report.to);
    let statements = report.steps.iter().map(|step| step.statements).sum();
    let about = match report.steps.len() {
        0 if report.is_unchanged() => format!("{place}: nothing to do"),
        0 => place,
        steps => format!(
            "{place}: {}, {} in {}",
            count(steps, "revision"),
            count(statements, "statement"),
            duration::show(report.elapsed)
        ),
    };
    context.shell.status("Finished", about);
}

/// `at 4c1f0b7e2a90 (head)`.
pub(super) fn place(history: &History, rows: &[String]) -> String {
    if rows.is_empty() {
        return "at base".to_owned();
    }
    let listing = Listing::new(history, None);
    let marks = Marks::NONE;
    let names = rows.iter().map(|row| match history.index_of_row(row) {
        Some(node) => listing.line(node, marks),
        None => row.clone(),
    });
    format!("at {}", names.collect::<Vec<_>>().join(", "))
}

/// The rows of a database for the commands that only look, asked if a database is needed.
pub(super) fn rows(
    context: &Context,
    settings: &crate::settings::Settings,
    environment: &crate::environment::Environment,
    history: &std::sync::Arc<History>,
) -> Result<Vec<usize>> {
    let mut database = Database::open(context, settings, environment, history, Access::Read)?;
    let (known, unknown) = known_rows(history, &database.current()?);
    for id in unknown {
        context.shell.warning(format_args!("the database is at `{id}`, which {}", stranger(history, &id)));
    }
    Ok(known)
}
