//! What happens during a run, told to whoever listens.

use std::time::Duration;

use migrate_core::revision::Direction;

/// Something that happened. Listeners are given to [`Migrator::on_event`](crate::Migrator::on_event) and are called on
/// the thread that runs the migrations.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Event<'a> {
    /// The binary was built before these revision files were there; rebuild it. Only debug builds look.
    StaleBinary {
        /// The names of the files.
        files: &'a [String],
    },
    /// Another process holds the lock. Told at once and then every five seconds.
    LockWaiting {
        /// How long this process has waited.
        waited: Duration,
        /// Who holds it, where the database says (PostgreSQL).
        holder: Option<&'a str>,
    },
    /// This process holds the lock.
    LockHeld {
        /// How long it took to get.
        waited: Duration,
    },
    /// The plan is made and will be run.
    RunStarted {
        /// The rows of the version table.
        from: &'a [String],
        /// The rows after the run.
        to: &'a [String],
        /// How many steps the plan has.
        steps: usize,
    },
    /// A step begins.
    StepStarted {
        /// The revision.
        revision: &'a str,
        /// The first line of its message.
        summary: &'a str,
        /// Which way.
        direction: Direction,
        /// Its place in the plan, counted from 1.
        number: usize,
        /// How many steps the plan has.
        steps: usize,
        /// How many statements it has.
        statements: usize,
    },
    /// A statement of a revision is about to run.
    StatementStarted {
        /// The revision.
        revision: &'a str,
        /// Its place in the revision, counted from 1.
        number: usize,
        /// How many statements the revision has.
        statements: usize,
        /// The statement.
        sql: &'a str,
    },
    /// A statement of a revision has run.
    StatementFinished {
        /// The revision.
        revision: &'a str,
        /// Its place in the revision, counted from 1.
        number: usize,
        /// How many statements the revision has.
        statements: usize,
        /// How long it took.
        elapsed: Duration,
    },
    /// A step is done. Inside a transaction that spans the whole run it is not yet committed.
    StepFinished {
        /// The revision.
        revision: &'a str,
        /// Which way.
        direction: Direction,
        /// How many statements it has.
        statements: usize,
        /// How long it took.
        elapsed: Duration,
    },
    /// A revision failed, was rolled back and is tried again.
    Retrying {
        /// The revision.
        revision: &'a str,
        /// What the database said.
        reason: &'a str,
        /// Which attempt comes next, counted from 1.
        attempt: u32,
        /// How long to wait before it.
        pause: Duration,
    },
    /// An interrupted revision is taken up again.
    Resuming {
        /// The revision.
        revision: &'a str,
        /// Which way.
        direction: Direction,
        /// How many of its statements are done.
        done: usize,
        /// How many it has.
        statements: usize,
    },
    /// The database had something to say about a statement that it accepted: MySQL's and MariaDB's warnings and notes.
    /// PostgreSQL's notices arrive outside the answers, and only the driver sees them.
    Notice {
        /// The revision.
        revision: &'a str,
        /// The text, the database's own.
        message: &'a str,
    },
    /// The run is over.
    RunFinished {
        /// The rows of the version table.
        at: &'a [String],
        /// How many steps were run.
        steps: usize,
        /// How many statements.
        statements: usize,
        /// How long it took, the wait for the lock included.
        elapsed: Duration,
    },
}
