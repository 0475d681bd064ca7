//! By which way a database came to where it is, from its rows: see [`Way`].

use migrate_core::dialect::Dialect;
use migrate_core::digest::Digest;
use migrate_core::graph::Edges;
use migrate_core::history::{History, Way};
use migrate_core::revision::Direction;

use crate::journal::JournalEntry;
use crate::table::VersionRow;

/// The way that the rows tell. They are of this history, which is for others to check.
pub(crate) fn of(
    history: &History,
    rows: &[VersionRow],
    unfinished: &[JournalEntry],
    dialect: Dialect,
) -> Way {
    let mut way = Way::default();
    if history.squashed().is_empty() {
        return way;
    }
    for row in rows {
        way.extend(of_row(history, row, unfinished, dialect));
    }
    way
}

fn of_row(history: &History, row: &VersionRow, unfinished: &[JournalEntry], dialect: Dialect) -> Way {
    let at = history.index_of_row(&row.version_num);
    // A row of which the revision is being taken back lost its digest to the journal.
    let in_journal = || {
        let is_of_row = |entry: &&JournalEntry| {
            entry.direction == Direction::Downgrade.name() && history.index_of(&entry.revision) == at
        };
        unfinished.iter().find(is_of_row)?.digest.as_deref()
    };
    let known = match (&row.digest, &row.moved_from) {
        (Some(_), _) if row.is_unfinished() => {
            in_journal().and_then(|digest| history.way_to(at?, &digest.parse::<Digest>().ok()?, dialect))
        }
        (Some(digest), _) => digest
            .parse::<Digest>()
            .ok()
            .and_then(|digest| history.way_of(&row.version_num, &digest, dialect)),
        (None, Some(before)) => at.and_then(|at| {
            let index = history.index_of_row(&before.revision)?;
            history.graph().ancestors(&[at], Edges::All).contains(index).then_some(())?;
            history.way_of(&before.revision, &before.digest.parse().ok()?, dialect)
        }),
        (None, None) => None,
    };
    known.unwrap_or_else(|| history.way_by_name(&row.version_num))
}
