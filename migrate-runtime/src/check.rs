//! What is looked at before anything runs.

use diesel::result::Error as DieselError;
use migrate_core::dialect::Dialect;
use migrate_core::graph::Edges;
use migrate_core::graph::step::{Plan, Step};
use migrate_core::history::History;
use migrate_core::revision::{Direction, Format};

use crate::error::{Error, ErrorKind};
use crate::foreign_keys;
use crate::journal::JournalEntry;
use crate::names::DEFAULT_VERSION_TABLE;
use crate::session::Session;
use crate::table::VersionRow;

/// Ids in backquotes, with commas.
pub(crate) fn list<'a>(ids: impl IntoIterator<Item = &'a str>) -> String {
    ids.into_iter().map(|id| format!("`{id}`")).collect::<Vec<_>>().join(", ")
}

/// Where the database is, as part of a sentence.
pub(crate) fn place<'a>(rows: impl IntoIterator<Item = &'a str>) -> String {
    match list(rows) {
        none if none.is_empty() => "the database is at base, before every revision".to_owned(),
        rows => format!("the database is at {rows}"),
    }
}

/// The rows as nodes of the graph.
pub(crate) fn known(history: &History, rows: &[VersionRow]) -> Result<Vec<usize>, Error> {
    let unknown: Vec<&str> = rows
        .iter()
        .map(|row| row.version_num.as_str())
        .filter(|id| history.index_of_row(id).is_none())
        .collect();
    if let Some((id, by)) = unknown.iter().find_map(|id| Some((id, history.graph().replacement(id)?.0))) {
        return Err(in_the_middle(history, id, by));
    }
    if let Some(first) = unknown.first() {
        let (subject, verb) = if unknown.len() == 1 { ("revision", "is") } else { ("revisions", "are") };
        let message = format!(
            "the database is at {subject} {}, which {verb} not in this history",
            list(unknown.iter().copied())
        );
        return Err(Error::new(ErrorKind::UnknownRevision, message)
            .revision_is(first)
            .note("the database is ahead of this binary, or belongs to another history")
            .help("run a build that has these revisions, or restore their files")
            .state_is("nothing was run"));
    }
    Ok(rows.iter().filter_map(|row| history.index_of_row(&row.version_num)).collect())
}

/// The database has a part of what was squashed.
fn in_the_middle(history: &History, id: &str, by: usize) -> Error {
    let revision = history.revision(by);
    let last =
        revision.replaces.as_ref().and_then(|replaced| replaced.last()).map_or("", |last| last.as_str());
    let by = revision.id.as_str();
    Error::new(
        ErrorKind::Replaced,
        format!(
            "the database is at revision `{id}`, which was squashed into `{by}` together with later ones"
        ),
    )
    .revision_is(id)
    .note(format!("`{by}` does at once what the revisions up to `{last}` do; the database has some of them"))
    .help(format!(
        "upgrade it to `{last}` with a version of the application, or of the files, from before that"
    ))
    .state_is("nothing was run")
}

/// Whether every row's digest is the one of this history.
pub(crate) fn digests_agree(history: &History, rows: &[VersionRow], dialect: Dialect) -> bool {
    rows.iter().all(|row| contradicts(history, row, dialect).is_none())
}

/// The revision and the recorded digest by which a row says that it is of another history.
///
/// Rows of other tools have no digest, and are believed. Where another tool moved the row, the digest still holds for the
/// revision that it is of, as long as the database has that one. Once the row was moved back behind it nobody knows what
/// the other tool took back, and perhaps applied anew.
pub(crate) fn contradicts<'a>(
    history: &History,
    row: &'a VersionRow,
    dialect: Dialect,
) -> Option<(&'a str, &'a str)> {
    let at = history.index_of_row(&row.version_num);
    let (revision, digest) = match (&row.digest, &row.moved_from) {
        (Some(digest), _) => (&row.version_num, digest),
        (None, Some(before)) => {
            let index = history.index_of_row(&before.revision)?;
            let contained = history.graph().ancestors(&[at?], Edges::All);
            contained.contains(index).then_some((&before.revision, &before.digest))?
        }
        (None, None) => return None,
    };
    let known = digest.parse().ok().and_then(|digest| history.way_of(revision, &digest, dialect));
    known.is_none().then_some((revision, digest))
}

/// Every revision that the database has applied and that was edited since, the earliest first; empty where the journal
/// does not know.
pub(crate) fn edited<'a>(
    history: &History,
    at: &[usize],
    dialect: Dialect,
    applied: &'a [JournalEntry],
) -> Vec<(usize, &'a JournalEntry)> {
    let contained = history.graph().ancestors(at, Edges::All);
    let journaled: std::collections::HashMap<&str, &JournalEntry> =
        applied.iter().map(|entry| (entry.revision.as_str(), entry)).collect();
    let mut edited = vec![];
    for &index in history.graph().topological() {
        let Some(entry) = journaled.get(history.revision(index).id.as_str()) else { continue };
        let is_other = |digest: &String| {
            digest.parse().ok().and_then(|digest| history.way_to(index, &digest, dialect)).is_none()
        };
        if contained.contains(index) && entry.digest.as_ref().is_some_and(is_other) {
            edited.push((index, *entry));
        }
    }
    edited
}

/// Refuses a history that is not the one that was applied.
pub(crate) fn unedited(
    history: &History,
    rows: &[VersionRow],
    at: &[usize],
    dialect: Dialect,
    table: &str,
    applied: impl FnOnce() -> Result<Vec<JournalEntry>, Error>,
) -> Result<(), Error> {
    let finished = rows.iter().filter(|row| !row.is_unfinished());
    let Some((id, _)) = finished.filter_map(|row| contradicts(history, row, dialect)).next() else {
        return Ok(());
    };
    let applied = applied()?;
    let error = match edited(history, at, dialect, &applied).first() {
        Some(&(index, entry)) => {
            let revision = history.revision(index);
            let id = revision.id.as_str();
            let who = entry.who.as_deref().map_or(String::new(), |who| format!(" by {who}"));
            let when = entry.finished_at.as_deref().unwrap_or(&entry.started_at);
            let message = format!("`{id}` was edited after this database applied it, on {when} UTC{who}");
            let (then, now) =
                (entry.digest.clone().unwrap_or_default(), history.digest(index, dialect).to_string());
            Error::new(ErrorKind::Edited, message).revision_is(id).note(format!(
                "the journal has digest {}, {} has {}",
                short(&then),
                revision.path,
                short(&now)
            ))
        }
        None => {
            let message =
                format!("`{id}`, or a revision before it, was edited after this database applied it");
            Error::new(ErrorKind::Edited, message)
                .revision_is(id)
                .note("the journal does not say which: it has no digests of these revisions")
        }
    };
    let error =
        error.help("restore the file, and put the change in a new revision").state_is("nothing was run");
    if table == DEFAULT_VERSION_TABLE {
        return Err(error);
    }
    // Whoever chose the name may share the table with another tool, and that one's steps back and forth leave no trace.
    let now = rows.iter().map(|row| row.version_num.as_str()).collect::<Vec<_>>().join(" ");
    Err(error.help(format!(
        "where another tool took it back and applied it as it is now, record that: `migrate stamp --purge {now}`"
    )))
}

/// Enough of a digest to tell two apart.
fn short(digest: &str) -> String {
    format!("`{}…`", digest.get(..12).unwrap_or(digest))
}

/// Refuses a plan that could not be carried out to its end.
pub(crate) fn runnable(
    history: &History,
    plan: &Plan,
    dialect: Dialect,
    in_transaction: bool,
    state: &str,
) -> Result<(), Error> {
    for step in &plan.steps {
        let revision = history.revision(step.revision);
        let id = revision.id.as_str();
        let refuse = |kind, message: String| Error::new(kind, message).revision_is(id).state_is(state);
        let section = revision.section(step.direction, dialect);
        if step.direction == Direction::Downgrade && section.is_none() {
            return Err(match &revision.irreversible {
                Some(reason) if reason.trim().is_empty() => refuse(
                    ErrorKind::Irreversible,
                    format!("cannot downgrade past `{id}`: it is marked irreversible"),
                ),
                Some(reason) => refuse(
                    ErrorKind::Irreversible,
                    format!("cannot downgrade past `{id}`: {}", reason.trim()),
                ),
                None if revision.format == Format::Diesel => {
                    let path = revision.section_path(step.direction);
                    refuse(
                        ErrorKind::MissingSection,
                        format!("cannot downgrade past `{id}`: {path} is missing or empty"),
                    )
                    .help("say there how to undo it; where there is nothing to undo, in a comment")
                }
                None => refuse(
                    ErrorKind::MissingSection,
                    format!("cannot downgrade past `{id}`: it has no downgrade section for {dialect}"),
                )
                .help(format!("add `-- migrate:downgrade {dialect}` to {}", revision.path)),
            });
        }
        let Some(section) = section else {
            let message = format!("cannot upgrade to `{id}`: it has no upgrade section for {dialect}");
            return Err(refuse(ErrorKind::MissingSection, message)
                .help(format!("add `-- migrate:upgrade {dialect}` to {}", revision.path)));
        };
        if in_transaction && !section.transactional {
            let message = format!("`{id}` runs outside a transaction, and the connection is inside one");
            return Err(
                refuse(ErrorKind::InTransaction, message).help("run the migrations outside a transaction")
            );
        }
    }
    Ok(())
}

/// Refuses a plan inside the caller's transaction for which SQLite's foreign keys would have to be switched off.
pub(crate) fn keys_can_be_off(
    session: &mut dyn Session,
    history: &History,
    plan: &Plan,
) -> Result<(), Error> {
    let dialect = session.dialect();
    let section = |step: &Step| history.revision(step.revision).section(step.direction, dialect);
    let off = plan.steps.iter().find(|step| section(step).is_some_and(|section| !section.foreign_keys));
    let Some(step) = off else { return Ok(()) };
    if !foreign_keys::are_on(session)? {
        return Ok(());
    }
    let id = history.revision(step.revision).id.as_str();
    let message =
        format!("`{id}` runs without foreign keys, which SQLite does not switch off inside a transaction");
    Err(Error::new(ErrorKind::InTransaction, message)
        .revision_is(id)
        .help("run the migrations outside a transaction, or begin it with `PRAGMA foreign_keys = OFF`"))
}

/// The number of a line in a message of MySQL's parser.
pub(crate) fn mysql_line(error: &DieselError) -> Option<u32> {
    let DieselError::DatabaseError(_, information) = error else { return None };
    let (_, line) = information.message().rsplit_once(" at line ")?;
    line.trim().parse().ok()
}
