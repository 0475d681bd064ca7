//! A history's SQL, read on all processors.

use migrate_core::dialect::Dialect;
use migrate_core::history::History;
use migrate_core::replay::{Read, Statements};
use migrate_core::revision::{Direction, Revision};

use crate::parallel;

/// The statements of a history, for histories with thousands of revisions: those of the revisions and directions that are wanted
/// are read at once, the others when they are asked for.
pub fn statements(
    history: &History,
    dialect: Dialect,
    is_wanted: impl Fn(usize, Direction) -> bool + Sync,
) -> Statements<'_> {
    let revisions: Vec<(usize, &Revision)> = history.revisions().iter().enumerate().collect();
    let (read, _) = parallel::map(&revisions, |(): &mut (), (node, revision)| {
        let read = Read::default();
        for direction in [Direction::Upgrade, Direction::Downgrade] {
            if is_wanted(*node, direction) {
                read.read(revision, direction, dialect);
            }
        }
        read
    });
    Statements::of(history, dialect, read)
}
