//! A history's SQL, read on all processors.

use migrate_core::dialect::Dialect;
use migrate_core::history::History;
use migrate_core::replay::{Read, Statements};
use migrate_core::revision::Revision;

use crate::parallel;

/// What [`Statements::read`] gives, for histories with thousands of revisions; downgrades only of the revisions that are asked
/// for.
pub fn statements(
    history: &History,
    dialect: Dialect,
    with_downgrade: impl Fn(usize) -> bool + Sync,
) -> Statements<'_> {
    let revisions: Vec<(usize, &Revision)> = history.revisions().iter().enumerate().collect();
    let (read, _) = parallel::map(&revisions, |(): &mut (), (node, revision)| {
        Read::revision(revision, dialect, with_downgrade(*node))
    });
    Statements::of(dialect, read)
}
