//! Up, down, up again, revision by revision, with the schema compared each time.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use migrate_core::history::History;
use migrate_core::revision::Direction;

use super::failure::TestFailure;
use super::walk::Walk;
use crate::backend::MigrateConnection;
use crate::catalog::CatalogSnapshot;
use crate::embedded::Migrations;
use crate::migrator::Migrator;

/// What a whole history's round trips came to: one run, from which each revision's test takes its own result.
///
/// Each revision begins where its parents, and everything else before it in topological order, are applied. It is
/// upgraded, downgraded and upgraded again; the schema after the downgrade must equal the one before the upgrade, and the
/// schema after the second upgrade that after the first. The cost of a revision is linear in the size of the schema.
#[derive(Debug)]
pub struct RoundTrip {
    /// In the order in which they ran.
    order: Vec<String>,
    outcomes: HashMap<String, Outcome>,
    /// The revision after which the run could not go on, so far.
    stopped: Option<String>,
}

/// How a revision came through.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// The downgrade restored the schema, and the second upgrade made the same one again.
    Restored,
    /// The revision says that it cannot be taken back; its upgrade ran, once.
    Irreversible {
        /// The reason that its file gives.
        reason: String,
    },
    /// Something else.
    Failed(TestFailure),
    /// A revision before it left the database in a state in which no result would mean anything.
    NotReached {
        /// The id of that revision, or nothing when the run could not begin.
        because: Option<String>,
    },
}

/// How often a run begins anew after a failure. Each time costs the upgrades so far, so the cost stays linear.
const RESTARTS: usize = 10;

impl RoundTrip {
    /// Opens a connection to an empty database and takes every revision up, down and up again.
    ///
    /// Empty means without revisions. On a server, let `connect` drop and create a database of a fixed name first: a run
    /// ends with everything applied, and the next one refuses to begin there.
    ///
    /// When a failed downgrade leaves the database in between, another connection is opened, up to ten times. If its
    /// database is empty, as SQLite's in memory is, that gets all upgrades so far, and the revisions after the failure are
    /// tested there. If it is not, they are not reached.
    ///
    /// Failures are results, not panics: whatever goes wrong is told by [`result`](Self::result).
    pub fn run<H, C: MigrateConnection>(migrations: Migrations<H>, connect: impl Fn() -> C) -> Self {
        let mut run = Self::new(migrations.history());
        let mut next = Some(0);
        for _ in 0..=RESTARTS {
            let Some(start) = next else { break };
            next = run.walk(start, Walk::embedded(migrations, &mut connect()));
        }
        run.finish()
    }

    /// The same on a connection that is open already; the database must be without revisions.
    pub fn on<H, C: MigrateConnection>(migrations: Migrations<H>, conn: &mut C) -> Self {
        let mut run = Self::new(migrations.history());
        run.walk(0, Walk::embedded(migrations, conn));
        run.finish()
    }

    /// The same for a history that is not embedded but was read from a directory.
    pub fn of_history<C: MigrateConnection>(history: &Arc<History>, conn: &mut C) -> Self {
        let mut run = Self::new(history);
        run.walk(0, Walk::begin(Migrator::from_history(Arc::clone(history)), history, conn));
        run.finish()
    }

    fn new(history: &History) -> Self {
        let graph = history.graph();
        let order: Vec<String> = graph.topological().iter().map(|&node| graph.id(node).to_owned()).collect();
        Self { outcomes: HashMap::with_capacity(order.len()), order, stopped: None }
    }

    /// Tests the revisions from a place in the order on, and returns the place at which another walk may go on.
    fn walk<C: MigrateConnection>(
        &mut self,
        start: usize,
        walk: Result<Walk<'_, C>, TestFailure>,
    ) -> Option<usize> {
        let (mut walk, mut schema) = match walk.and_then(|walk| prepared(walk, start)) {
            Ok(prepared) => prepared,
            Err(failure) if start == 0 => {
                // Nothing ran, which is the first revision's news and the reason for the others.
                self.outcomes.extend(self.order.first().map(|id| (id.clone(), Outcome::Failed(failure))));
                return None;
            }
            Err(_) => return None,
        };
        let history = walk.history();
        for (place, &node) in history.graph().topological().iter().enumerate().skip(start) {
            let (outcome, state) = trip(&mut walk, node, schema);
            self.outcomes.insert(history.graph().id(node).to_owned(), outcome);
            let next = match state {
                State::Upgraded(after) => {
                    schema = after;
                    continue;
                }
                State::Between => Some(place + 1).filter(|&next| next < self.order.len()),
                State::NotUpgraded => None,
            };
            self.stopped = self.order.get(place).cloned();
            return next;
        }
        None
    }

    /// Says of what has no outcome that it was not reached.
    fn finish(mut self) -> Self {
        for id in &self.order {
            let because = || Outcome::NotReached { because: self.stopped.clone() };
            self.outcomes.entry(id.clone()).or_insert_with(because);
        }
        self
    }

    /// Whether one revision passed: it was restored, or says that it is irreversible.
    ///
    /// # Errors
    ///
    /// - Its upgrade or its downgrade failed, or it has no downgrade.
    /// - The downgrade or the second upgrade left another schema; the differences are in the text.
    /// - It was not reached, because of another revision's failure.
    /// - The history has no revision of this id.
    pub fn result(&self, revision: &str) -> Result<(), TestFailure> {
        match self.outcomes.get(revision) {
            Some(Outcome::Restored | Outcome::Irreversible { .. }) => Ok(()),
            Some(Outcome::Failed(failure)) => Err(failure.clone()),
            Some(Outcome::NotReached { because: Some(failed) }) => {
                Err(TestFailure::new(format!("not reached: `{failed}` failed")).of(revision))
            }
            Some(Outcome::NotReached { because: None }) => {
                let first = self.order.first().map_or("", String::as_str);
                Err(TestFailure::new(format!(
                    "not reached: the run could not begin, as the test of `{first}` says"
                ))
                .of(revision))
            }
            None => Err(TestFailure::new(format!("the history has no revision `{revision}`")).of(revision)),
        }
    }

    /// Every revision's id and outcome, in the order in which they ran.
    pub fn outcomes(&self) -> impl Iterator<Item = (&str, &Outcome)> {
        self.order.iter().filter_map(|id| Some((id.as_str(), self.outcomes.get(id)?)))
    }

    /// All failures as one.
    pub(super) fn whole(&self) -> Result<(), TestFailure> {
        let failures: Vec<&TestFailure> = self
            .outcomes()
            .filter_map(|(_, outcome)| match outcome {
                Outcome::Failed(failure) => Some(failure),
                _ => None,
            })
            .collect();
        let Some(first) = failures.first() else { return Ok(()) };
        let not_reached =
            self.outcomes.values().filter(|outcome| matches!(outcome, Outcome::NotReached { .. })).count();
        let text: Vec<String> = failures.iter().map(ToString::to_string).collect();
        let mut whole = TestFailure::new(text.join("\n"));
        if let (Some(revision), 1) = (first.revision(), failures.len()) {
            whole = whole.of(revision);
        }
        Err(match not_reached {
            0 => whole,
            1 => whole.note("1 later revision was not reached"),
            n => whole.note(&format!("{n} later revisions were not reached")),
        })
    }
}

/// Where a revision's trip left the database.
enum State {
    /// After the upgrade, with this schema: the next one can begin.
    Upgraded(CatalogSnapshot),
    /// Before the upgrade, or somewhere on the way, after an upgrade that did work.
    Between,
    /// The upgrade does not work, so nothing that needs it can be tested anywhere.
    NotUpgraded,
}

/// Upgrades to the place in the order at which a walk is to go on.
fn prepared<C: MigrateConnection>(
    mut walk: Walk<'_, C>,
    start: usize,
) -> Result<(Walk<'_, C>, CatalogSnapshot), TestFailure> {
    let before = walk.history().graph().topological().iter().take(start);
    before.into_iter().try_for_each(|&node| walk.up(node))?;
    let schema = walk.snapshot()?;
    Ok((walk, schema))
}

/// Takes one revision up, down and up again.
fn trip<C: MigrateConnection>(
    walk: &mut Walk<'_, C>,
    node: usize,
    before: CatalogSnapshot,
) -> (Outcome, State) {
    let up = |walk: &mut Walk<'_, C>| walk.up(node).and_then(|()| walk.snapshot());
    let first = walk.up_as_stated(node).and_then(|misstated| Ok((misstated, walk.snapshot()?)));
    let (misstated, after) = match first {
        Ok(first) => first,
        Err(failure) => return (Outcome::Failed(failure), State::NotUpgraded),
    };
    if let (Some(failure), true) = (&misstated, walk.irreversible(node).is_some()) {
        return (Outcome::Failed(failure.clone()), State::Upgraded(after));
    }
    if let Some(reason) = walk.irreversible(node) {
        return (Outcome::Irreversible { reason: reason.to_owned() }, State::Upgraded(after));
    }
    if let Err(failure) = walk.require_downgrade(node) {
        return (Outcome::Failed(failure), State::Upgraded(after));
    }
    let restored = match walk.down(node).and_then(|()| walk.snapshot()) {
        Ok(restored) => restored,
        Err(failure) => return (Outcome::Failed(failure), State::Between),
    };
    let lost = not_restored(walk, node, &before, &restored);
    // Also after a lossy downgrade: if the upgrade works once more, the revisions after it are tested from there, and
    // all mistakes come to light in one run.
    let (second, state) = match up(walk) {
        Err(failure) => (Some(failure.note("it is the second upgrade, after the downgrade")), State::Between),
        Ok(again) => (changed(walk, node, &after, &again), State::Upgraded(again)),
    };
    (misstated.or(lost).or(second).map_or(Outcome::Restored, Outcome::Failed), state)
}

fn changed<C: MigrateConnection>(
    walk: &Walk<'_, C>,
    node: usize,
    first: &CatalogSnapshot,
    second: &CatalogSnapshot,
) -> Option<TestFailure> {
    let differences = first.difference(second);
    if differences.is_empty() {
        return None;
    }
    let named = walk.named(node);
    let text = format!("a second upgrade of {named} does not make the schema that the first one made");
    Some(TestFailure::new(text).of(walk.history().graph().id(node)).differences(&differences))
}

fn not_restored<C: MigrateConnection>(
    walk: &Walk<'_, C>,
    node: usize,
    before: &CatalogSnapshot,
    restored: &CatalogSnapshot,
) -> Option<TestFailure> {
    let differences = before.difference(restored);
    if differences.is_empty() {
        return None;
    }
    let revision = walk.history().revision(node);
    Some(
        TestFailure::new(format!("the downgrade of {} does not restore the schema", walk.named(node)))
            .of(revision.id.as_str())
            .line(&format!("--> {}", revision.section_path(Direction::Downgrade)))
            .differences(&differences)
            .note("`-` is lost, `+` is left behind, `~` was another before the upgrade"),
    )
}

/// The body of a test of one revision: the first to come runs them all, the others wait and take their own result.
///
/// # Panics
///
/// - The revision did not pass; the message says why. A panic is how a test fails.
pub fn round_trip_test<H, C: MigrateConnection>(
    run: &'static OnceLock<RoundTrip>,
    migrations: Migrations<H>,
    connect: impl Fn() -> C,
    revision: &str,
) {
    if let Err(failure) = run.get_or_init(|| RoundTrip::run(migrations, connect)).result(revision) {
        panic!("{failure}");
    }
}
