//! What a run did.

use std::time::Duration;

use migrate_core::revision::Direction;

/// What a run did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Report {
    /// The rows of the version table before the run.
    pub from: Vec<String>,
    /// The rows after it.
    pub to: Vec<String>,
    /// The steps that were run, in their order.
    pub steps: Vec<StepReport>,
    /// How long it took, the wait for the lock included.
    pub elapsed: Duration,
}

/// One step of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct StepReport {
    /// The revision.
    pub revision: String,
    /// Which way.
    pub direction: Direction,
    /// How many statements it has.
    pub statements: usize,
    /// How long it took.
    pub elapsed: Duration,
}

impl Report {
    /// Whether there was nothing to do.
    pub fn is_unchanged(&self) -> bool {
        self.steps.is_empty() && self.from == self.to
    }
}
