//! Where a database stands, read without changing or locking anything.

use std::collections::HashSet;

use migrate_core::dialect::Dialect;
use migrate_core::graph::Edges;
use migrate_core::history::History;

use crate::adopt::{self, RecordedElsewhere};
use crate::check;
use crate::error::Error;
use crate::journal::{self, JournalEntry};
use crate::names::Names;
use crate::session::Session;
use crate::table::{Tables, VersionRow, quick_rows};

/// Where a database stands.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Status {
    /// The rows of the version table.
    pub rows: Vec<VersionRow>,
    /// The revisions that the database has, in an order in which they can have been applied.
    pub applied: Vec<Applied>,
    /// The revisions of the history that it lacks, in the order in which an upgrade to all heads would run them. None
    /// where [`unknown`](Self::unknown) has some: nobody can say what those build on.
    pub pending: Vec<String>,
    /// Rows that this history does not know: the database is ahead of it.
    pub unknown: Vec<String>,
    /// Revisions that were edited after they were applied, the earliest first. Those after an edited one count as
    /// edited, too: a digest covers all ancestors.
    pub edited: Vec<Edited>,
    /// What was begun and is not done.
    pub unfinished: Vec<JournalEntry>,
    /// What another migration tool has run of this history, where nothing was ever recorded here.
    pub elsewhere: Option<RecordedElsewhere>,
}

/// A revision that the database has.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Applied {
    /// The revision.
    pub revision: String,
    /// When, by the server's clock, UTC, where the journal knows.
    pub at: Option<String>,
    /// By whom, where the journal knows.
    pub by: Option<String>,
}

/// A revision that is not what was applied.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Edited {
    /// The revision; where the journal does not know which one it is, the row whose digest differs.
    pub revision: String,
    /// The digest of what was applied.
    pub applied: String,
    /// The digest of what the history has now.
    pub now: String,
}

impl Status {
    /// Whether the database has exactly what the history has, unchanged and finished.
    pub fn is_current(&self) -> bool {
        self.pending.is_empty()
            && self.unknown.is_empty()
            && self.edited.is_empty()
            && self.unfinished.is_empty()
    }
}

/// The rows, and where the tables are if that had to be found out.
pub(crate) fn rows(
    session: &mut dyn Session,
    names: &Names,
    careful: bool,
) -> Result<Vec<VersionRow>, Error> {
    // A query that fails would break the caller's transaction on PostgreSQL, so there the table is looked up first.
    if !careful && let Some(rows) = quick_rows(session, names) {
        return Ok(rows);
    }
    Tables::resolve(session, names)?.rows(session)
}

/// Puts together what the tables and the history say.
pub(crate) fn read(session: &mut dyn Session, names: &Names, history: &History) -> Result<Status, Error> {
    let dialect = session.dialect();
    let tables = Tables::resolve(session, names)?;
    let rows = tables.rows(session)?;
    let unfinished = journal::unfinished(session, &tables)?;
    let journaled = journal::applied(session, &tables)?;
    let (known, unknown): (Vec<_>, Vec<_>) =
        rows.iter().partition(|row| history.index_of_row(&row.version_num).is_some());
    let at: Vec<usize> = known.iter().filter_map(|row| history.index_of_row(&row.version_num)).collect();
    let graph = history.graph();
    let contained = graph.ancestors(&at, Edges::All);
    let (mut applied, mut pending) = (vec![], vec![]);
    let by_id: std::collections::HashMap<&str, &JournalEntry> =
        journaled.iter().map(|entry| (entry.revision.as_str(), entry)).collect();
    for &index in graph.topological() {
        let id = history.revision(index).id.as_str();
        if !contained.contains(index) {
            if unknown.is_empty() {
                pending.push(id.to_owned());
            }
            continue;
        }
        // Where what it replaces was run, the last of that says when.
        let replaced =
            history.revision(index).replaces.as_deref().map_or(&[][..], |replaced| replaced.ends());
        let entry = by_id.get(id).or_else(|| replaced.iter().rev().find_map(|id| by_id.get(id.as_str())));
        applied.push(Applied {
            revision: id.to_owned(),
            at: entry.and_then(|entry| entry.finished_at.clone()),
            by: entry.and_then(|entry| entry.who.clone()),
        });
    }
    let edited = edited(history, &known, &at, dialect, &journaled, &unfinished);
    let unknown = unknown.iter().map(|row| row.version_num.clone()).collect();
    // In passing: a database that does not tell is no reason to tell nothing.
    let elsewhere = match rows.is_empty() && journal::is_empty(session, &tables)? {
        true => adopt::recorded_elsewhere(session, history, &tables, 0..graph.len()).unwrap_or_default(),
        false => None,
    };
    Ok(Status { applied, pending, unknown, edited, unfinished, rows, elsewhere })
}

fn edited(
    history: &History,
    rows: &[&VersionRow],
    at: &[usize],
    dialect: Dialect,
    journaled: &[JournalEntry],
    unfinished: &[JournalEntry],
) -> Vec<Edited> {
    let open: HashSet<&str> = unfinished.iter().map(|entry| entry.revision.as_str()).collect();
    let differing: Vec<(&str, &str)> = rows
        .iter()
        .filter(|row| !open.contains(row.version_num.as_str()))
        .filter_map(|row| check::contradicts(history, row, dialect))
        .collect();
    if differing.is_empty() {
        return vec![];
    }
    let now = |id: &str| {
        history.index_of_row(id).map(|index| history.digest(index, dialect).to_string()).unwrap_or_default()
    };
    let known = check::edited(history, at, dialect, journaled);
    if known.is_empty() {
        let edited = |&(revision, digest): &(&str, &str)| Edited {
            revision: revision.to_owned(),
            applied: digest.to_owned(),
            now: now(revision),
        };
        return differing.iter().map(edited).collect();
    }
    known
        .into_iter()
        .map(|(index, entry)| {
            let revision = history.revision(index).id.to_string();
            Edited { applied: entry.digest.clone().unwrap_or_default(), now: now(&revision), revision }
        })
        .collect()
}
