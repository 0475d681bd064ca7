//! `migrate verify`: whether the database has the schema that its revisions make.

use migrate_core::diagnostic::{Code, Diagnostic};
use migrate_core::history::{Depth, History};
use migrate_core::revision::Direction;
use migrate_core::source::Sources;

use super::upgrade::place;
use crate::args::Verify;
use crate::connect::Access;
use crate::context::Context;
use crate::database::Database;
use crate::differences::Differences;
use crate::exit::Exit;
use crate::failure::{Failure, Result};
use crate::history;
use crate::report::count;

pub(super) fn run(context: &Context, args: &Verify) -> Result<Exit> {
    let (settings, environment) = context.settings()?;
    settings.database()?;
    let history = history::load_to_list(context, &settings, Depth::Sql)?;
    let mut database = Database::open(context, &settings, &environment, &history, Access::Existing)?;
    verify(context, &history, &mut database, args.allow_others)
}

/// Compares and tells; the answer is no if something differs.
pub(super) fn verify(
    context: &Context,
    history: &History,
    database: &mut Database<'_>,
    allows_others: bool,
) -> Result<Exit> {
    let mut verification = database.verify()?;
    if allows_others {
        verification
            .differences
            .retain(|difference| difference.before.is_some() || !difference.about.is_empty());
    }
    let differences = Differences::of(&verification);
    if context.flags.json {
        let dialect = verification.found.dialect().name();
        differences.json(dialect, None, |line| context.shell.line(line.text()));
    } else {
        context.shell.text(differences.text(""));
    }
    if !verification.holds() {
        return Err(drift(history, &verification));
    }
    let place = place(history, &verification.at);
    context.shell.status("Verified", format_args!("{place}: the database has what its revisions make"));
    if !verification.wordings.is_empty() {
        context.shell.note("the texts of these expressions differ, and may mean the same");
    }
    if !verification.undecided.is_empty() {
        context.shell.note(
            "not all can be compared: a statement of the history is not understood, or may do anything",
        );
    }
    Ok(Exit::Done)
}

/// The answer no.
fn drift(history: &History, verification: &migrate_runtime::Verification) -> Box<Failure> {
    let mut objects: Vec<&str> = verification.differences.iter().map(|it| it.object.as_str()).collect();
    objects.dedup();
    let message =
        format!("the database differs from what its revisions make, in {}", count(objects.len(), "object"));
    let finding = Diagnostic::error(Code("drift"), message)
        .note("`-` is what the revisions make, `+` what the database has");
    Failure::at(Exit::No, placed(finding, history, verification), Sources::new())
}

/// Where the database is, whose word may be wrong, and what to do.
pub(super) fn placed(
    finding: Diagnostic,
    history: &History,
    verification: &migrate_runtime::Verification,
) -> Diagnostic {
    let mut finding = finding.note(match &verification.at[..] {
        [] => "the database is at base".to_owned(),
        at => format!("the database is at `{}`", at.join("`, `")),
    });
    for node in verification.stating.iter().filter_map(|id| history.index_of(id)) {
        let revision = history.revision(node);
        let path = revision.section_path(Direction::Upgrade);
        finding = finding.note(format!(
            "`{}` says what its SQL does (`-- migrate:effect`), and that may not be so: {path}",
            revision.id.as_str(),
        ));
    }
    finding.help("write a revision that makes what was done by hand, or take it back in the database")
}
