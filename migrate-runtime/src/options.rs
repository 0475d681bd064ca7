//! What a caller can choose.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use migrate_core::dialect::Dialect;

use crate::names::Names;

/// How processes that start together are kept apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Lock {
    /// What suits the database: an advisory lock on PostgreSQL and MySQL, the write transaction on SQLite.
    #[default]
    Auto,
    /// The same, named.
    Advisory,
    /// None: somebody else makes sure that one process runs at a time. SQLite's write transaction is taken all the same.
    None,
}

/// What one transaction spans.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum TransactionMode {
    /// The whole run on SQLite, and on PostgreSQL when no revision is applied yet; one revision otherwise. MySQL and
    /// MariaDB cannot roll back schema changes: every statement is on its own there, and journaled.
    #[default]
    Auto,
    /// All revisions of the run, up to one that runs outside transactions. On MySQL as `Auto`.
    Run,
    /// One revision. On MySQL as `Auto`.
    Revision,
}

impl TransactionMode {
    /// Whether one transaction spans all revisions of a run that can share one.
    pub(crate) fn spans_run(self, dialect: Dialect, from_base: bool) -> bool {
        match self {
            Self::Run => true,
            Self::Revision => false,
            Self::Auto => dialect == Dialect::Sqlite || dialect == Dialect::Postgres && from_base,
        }
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Options {
    pub(crate) names: Names,
    pub(crate) lock: Lock,
    pub(crate) lock_timeout: Duration,
    pub(crate) transaction: TransactionMode,
    pub(crate) statement_timeout: Option<Duration>,
    pub(crate) database_lock_timeout: Option<Duration>,
    pub(crate) lock_tries: u32,
    pub(crate) who: Option<String>,
    pub(crate) interrupt: Option<Arc<AtomicBool>>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            names: Names::default(),
            lock: Lock::default(),
            lock_timeout: Duration::from_secs(60),
            transaction: TransactionMode::default(),
            statement_timeout: None,
            database_lock_timeout: None,
            lock_tries: 10,
            who: None,
            interrupt: None,
        }
    }
}
