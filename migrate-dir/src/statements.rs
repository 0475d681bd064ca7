//! A history's SQL, read on all processors.

use migrate_core::dialect::Dialect;
use migrate_core::history::History;
use migrate_core::replay::{Read, Statements};
use migrate_core::revision::Revision;

use crate::parallel;

/// What [`Statements::read`] gives, for histories with thousands of revisions.
pub fn statements(history: &History, dialect: Dialect) -> Statements<'_> {
    let revisions: Vec<&Revision> = history.revisions().iter().collect();
    let (read, _) = parallel::map(&revisions, |(): &mut (), revision| Read::revision(revision, dialect));
    Statements::of(dialect, read)
}
