//! The database as what is there before.

use std::sync::Arc;

use migrate_core::autogenerate::live::{known, strangers};
use migrate_core::autogenerate::{Conditions, Draft, Unreached, as_written, draft, fits as replays, repair};
use migrate_core::history::History;
use migrate_core::render::Script;

use super::{Done, Job};
use crate::connect::Access;
use crate::context::Context;
use crate::database::Database;
use crate::environment::Environment;
use crate::exit::Exit;
use crate::failure::{Failure, Result};
use crate::models::Models;
use crate::settings::Settings;

/// Reads the database, which takes the place of the history in the job for its kind.
///
/// # Errors
///
/// - It is not named, cannot be reached, or is not at the heads.
/// - The history does not serve databases of its kind.
pub(super) fn take(
    context: &Context,
    settings: &Settings,
    environment: &Environment,
    history: &Arc<History>,
    jobs: &mut [Job],
) -> Result {
    let dialect = settings.database()?.dialect();
    let Some(job) = jobs.iter_mut().find(|job| job.dialect == dialect) else {
        let message = format!("the revision is not for {dialect}, which the database is");
        return Err(Failure::usage("dialect", message)
            .help("leave `--from-database` out, or add it to `dialects` in migrate.toml"));
    };
    let mut database = Database::open(context, settings, environment, history, Access::Read)?;
    database.check_current().map_err(|failure| match failure.exit {
        Exit::No => failure.help("without `--from-database` no database is asked"),
        _ => failure,
    })?;
    let verification = database.verify()?;
    let mut base = as_written(&verification.found, &verification.expected);
    job.live = Some(base.clone());
    // What no revision has made is not the history's to drop.
    for id in strangers(&base, &verification.expected, &verification.expected) {
        base.remove(&id);
    }
    if database.is_mysql()? {
        job.conditions = Conditions::Mysql;
    }
    job.history = Some(std::mem::replace(&mut job.base, base));
    Ok(())
}

/// Where the models want what the history makes, and only the database differs, the revision takes back what was done there by
/// hand, and does nothing to other databases.
///
/// # Errors
///
/// - There is no statement that takes it back and does nothing elsewhere.
pub(super) fn mend(done: &mut Done<'_>, models: &Models) -> Result {
    let base = &done.job.base;
    let Some(history) = done.job.history.as_ref().map(|history| known(history, base)) else { return Ok(()) };
    let is_drift = !base.differences(&history).is_empty();
    if !is_drift || !history.differences(&models.target(&history).schema).is_empty() {
        return Ok(());
    }
    let draft = draft(base, &history, &[], false).map_err(|unreached| by_hand(&unreached))?;
    let conditions = done.job.conditions;
    let repaired = repair(base, &history, &draft.upgrade, conditions);
    let mut upgrade = repaired.map_err(|unreached| by_hand(&unreached))?;
    if let Some(first) = upgrade.statements.first_mut() {
        first.notes.insert(0, "takes back what was done by hand; does nothing to other databases".to_owned());
    }
    done.draft = Draft { upgrade, downgrade: Script::default(), unreturned: None, ..draft };
    Ok(())
}

/// The statements, for whoever runs them on this database alone.
fn by_hand(unreached: &Unreached) -> Box<Failure> {
    let message =
        "the database has not what its revisions make, and what mends it would not fit other databases";
    let failure = Failure::new(Exit::Refused, "drift", message);
    let failure = unreached.refused.iter().fold(failure, |failure, why| failure.note(why));
    let statements = unreached.script.statements.iter();
    let failure =
        statements.fold(failure, |failure, one| failure.note(format!("what mends it: {};", one.sql)));
    failure.note("nothing was written").help("run it by hand, on this database alone")
}

/// Refuses statements that suit the database and not the history: every other database would refuse them. So would this one, if
/// something that nobody here has made is in the way.
///
/// # Errors
///
/// - The history makes something else than the database has, and the statements are about that.
/// - What is not the history's needs what they change, or has the name of what they make.
pub(super) fn fits(done: &Done<'_>) -> Result {
    if let Some(live) = &done.job.live
        && let Err(unreached) = replays(live, &done.draft.upgrade)
    {
        let failure =
            Failure::new(Exit::Refused, "drift", "something that no revision has made is in the way");
        let failure = unreached.refused.into_iter().fold(failure, |failure, why| failure.note(why));
        return Err(failure
            .note("nothing was written")
            .help("make it part of the history, or take it out of the database")
            .help("without `--from-database` the revision is made from the history"));
    }
    let Some(history) = &done.job.history else { return Ok(()) };
    let Err(unreached) = replays(history, &done.draft.upgrade) else { return Ok(()) };
    let message =
        "the database has something else than its revisions make, and the revision would not fit them";
    let failure = Failure::new(Exit::Refused, "drift", message);
    let failure = unreached.refused.into_iter().fold(failure, |failure, why| failure.note(why));
    Err(failure
        .note("nothing was written")
        .help("`migrate verify` shows in what the two differ")
        .help("without `--from-database` the revision is made from the history"))
}
