//! From where a database is and a target to the steps between them.
//!
//! A database's rows are the revisions that its version table names: those applied revisions that no other applied one
//! needs. A [`Plan`] says how they change with each step, so that whoever executes it need not know the graph, and a
//! step never leaves a row that another implies. Rows that do imply each other, as another tool may have left them, are
//! read as all they need, and the first step puts them right.

use std::collections::BTreeSet;
use std::fmt;

use super::applied::Applied;
use super::resolve::{AtTheEnd, ResolveError, quoted};
use super::target::Target;
use super::{Edges, NodeSet, RevisionGraph};
use crate::revision::Direction;

/// One revision in one direction, and how the rows of the version table change with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The revision that runs.
    pub revision: usize,
    /// Which way.
    pub direction: Direction,
    /// The rows that go, in load order.
    pub removed: Vec<usize>,
    /// The rows that come, in load order.
    pub added: Vec<usize>,
}

/// The steps in the order in which they run, and the rows that the last one leaves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// The steps; none if there is nothing to do.
    pub steps: Vec<Step>,
    /// The rows of the version table at the end, in load order.
    pub rows_after: Vec<usize>,
}

/// A change of the rows of the version table without running anything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// The rows that go, in load order.
    pub removed: Vec<usize>,
    /// The rows that come, in load order.
    pub added: Vec<usize>,
    /// The rows of the version table at the end, in load order.
    pub rows_after: Vec<usize>,
}

/// Why there is no way to a target.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PlanError {
    /// The target means nothing definite.
    Target(ResolveError),
    /// A downgrade to a revision that is not applied.
    NotApplied {
        /// The target as written.
        target: String,
        /// The revision.
        revision: String,
        /// Where the database is.
        rows: Vec<String>,
    },
    /// A downgrade on a branch that does not come after the target.
    NotBelowBranch {
        /// The target as written.
        target: String,
        /// The revision that stands for the branch.
        branch: String,
    },
    /// A stamp whose target stands for no revision, though it is not `base`.
    Nothing {
        /// The target as written.
        target: String,
    },
}

impl RevisionGraph {
    /// The steps that lead a database at `rows` up to all `targets`.
    ///
    /// The plan has what the targets need and the database lacks. Other branches stay untouched, and a target that is
    /// applied already, such as `base`, asks for nothing. Steps such as `+1` count from `rows`; since a revision brings
    /// what it needs, one step may run several revisions.
    ///
    /// # Errors
    ///
    /// - A target means nothing definite in this history, or from these rows.
    pub fn upgrade(&self, rows: &[usize], targets: &[Target]) -> Result<Plan, PlanError> {
        let applied = Applied::from_rows(self, rows);
        let mut points = Vec::new();
        for target in targets {
            points.extend(self.upgrade_points(target, &applied, AtTheEnd::Refuse)?);
        }
        let needed = self.ancestors(&points, Edges::All);
        let mut missing: Vec<usize> = needed.iter().filter(|&node| !applied.contains(node)).collect();
        missing.sort_by_key(|&node| self.rank(node));
        Ok(plan(applied, rows, Direction::Upgrade, &missing))
    }

    /// The steps that lead a database at `rows` down to a target, which stays applied.
    ///
    /// What builds on the target is taken back, with all that needs it, on other branches too. What the target's
    /// dependents depend on stays, as does what else the revisions taken back needed. `branch@target` takes back only
    /// the line that leads to `branch`, where several build on the target.
    ///
    /// # Errors
    ///
    /// - The target means nothing definite in this history, or from these rows; for `-N` from several rows that is so
    ///   without a branch.
    /// - The target is not applied, or the branch does not come after it.
    pub fn downgrade(&self, rows: &[usize], target: &Target) -> Result<Plan, PlanError> {
        let applied = Applied::from_rows(self, rows);
        let (point, branch) = self.downgrade_point(target, &applied)?;
        if let Some(point) = point.filter(|&point| !applied.contains(point)) {
            return Err(PlanError::NotApplied {
                target: target.to_string(),
                revision: self.id(point).to_owned(),
                rows: self.ids(&applied.rows()),
            });
        }
        let mut roots = point.map_or(&self.bases, |point| &self.nodes[point].children).clone();
        if let Some(branch) = branch.filter(|_| roots.len() > 1) {
            let line = self.ancestors(&[branch], Edges::Parents);
            roots.retain(|&root| line.contains(root));
            if roots.is_empty() {
                let branch = self.id(branch).to_owned();
                return Err(PlanError::NotBelowBranch { target: target.to_string(), branch });
            }
        }
        let above = self.descendants(&roots, Edges::All);
        let mut undone: Vec<usize> = above.iter().filter(|&node| applied.contains(node)).collect();
        undone.sort_by_key(|&node| std::cmp::Reverse(self.rank(node)));
        Ok(plan(applied, rows, Direction::Downgrade, &undone))
    }

    /// The rows that say that a database at `rows` is at `targets` now, whatever it was before.
    ///
    /// Rows on the line of a target, dependencies included, give way to it; others stay. `base` clears all rows, and
    /// `branch@base` leaves what [`downgrade`](Self::downgrade) to it would leave. With `purge` the rows of before do
    /// not count; then also rows that name no known revision, which cannot be among `rows`, have to go.
    ///
    /// # Errors
    ///
    /// - A target means nothing definite in this history. Steps are refused, but for `-N` where there are no rows,
    ///   which is N below each head.
    pub fn stamp(&self, rows: &[usize], targets: &[Target], purge: bool) -> Result<Stamp, PlanError> {
        let before = if purge { &[] } else { rows };
        let mut wanted = Vec::new();
        for target in targets {
            if target.is_relative_to_current() && !before.is_empty() {
                return Err(ResolveError::NotHere { target: target.to_string() }.into());
            }
            wanted.extend(self.resolve(target, before)?);
        }
        let after = if wanted.is_empty() {
            self.stamp_base(before, targets)?
        } else {
            self.stamp_revisions(before, targets, &wanted)?
        };
        let rows: BTreeSet<usize> = rows.iter().copied().collect();
        let kept = |row: &usize| !purge && rows.contains(row) && after.binary_search(row).is_ok();
        Ok(Stamp {
            removed: rows.iter().copied().filter(|row| !kept(row)).collect(),
            added: after.iter().copied().filter(|row| !kept(row)).collect(),
            rows_after: after,
        })
    }

    /// The rows after a stamp whose targets are all `base`, as a whole or of a branch.
    fn stamp_base(&self, rows: &[usize], targets: &[Target]) -> Result<Vec<usize>, PlanError> {
        let mut after = rows.to_vec();
        for target in targets.iter().filter(|target| target.is_base()) {
            after = self.downgrade(&after, target)?.rows_after;
        }
        match targets {
            [target] if !target.is_base() => Err(PlanError::Nothing { target: target.to_string() }),
            _ => Ok(after),
        }
    }

    /// The rows after a stamp with these revisions, which is what the targets name.
    fn stamp_revisions(
        &self,
        rows: &[usize],
        targets: &[Target],
        wanted: &[usize],
    ) -> Result<Vec<usize>, PlanError> {
        let mut lines = wanted.to_vec();
        let mut everything = false;
        for target in targets {
            lines.extend(self.branch_node(target)?);
            everything |= *target == Target::base();
        }
        let lines = self.related(&lines);
        let (on_lines, mut after): (Vec<usize>, Vec<usize>) =
            rows.iter().partition(|&&row| everything || lines.contains(row));
        let mut known = NodeSet::new(self.len());
        rows.iter().for_each(|&row| _ = known.insert(row));
        let new: Vec<usize> = wanted.iter().copied().filter(|&node| !known.contains(node)).collect();
        let give_way_to = self.related(&new);
        if !on_lines.iter().any(|&row| give_way_to.contains(row)) {
            after.extend(on_lines);
        }
        after.extend(new);
        Ok(self.maximal(&after))
    }

    /// Whatever needs, or is needed by, one of these.
    fn related(&self, nodes: &[usize]) -> NodeSet {
        let mut related = self.ancestors(nodes, Edges::All);
        self.descendants(nodes, Edges::All).iter().for_each(|node| _ = related.insert(node));
        related
    }
}

/// The steps over revisions in the order in which they run, each of which is possible when its turn comes.
fn plan(mut applied: Applied<'_>, rows: &[usize], direction: Direction, revisions: &[usize]) -> Plan {
    // Rows that others imply; they go with the first step, unless it makes rows of them.
    let mut implied: BTreeSet<usize> = rows.iter().copied().filter(|&row| !applied.is_row(row)).collect();
    let mut steps = Vec::with_capacity(revisions.len());
    for &revision in revisions {
        let (mut removed, mut added) = match direction {
            Direction::Upgrade => (applied.apply(revision), vec![revision]),
            Direction::Downgrade => (vec![revision], applied.take_back(revision)),
        };
        added.retain(|row| !implied.remove(row));
        removed.extend(std::mem::take(&mut implied));
        removed.sort_unstable();
        added.sort_unstable();
        steps.push(Step { revision, direction, removed, added });
    }
    let rows_after = match &steps[..] {
        [] => rows.iter().copied().collect::<BTreeSet<_>>().into_iter().collect(),
        _ => applied.rows(),
    };
    Plan { steps, rows_after }
}

impl From<ResolveError> for PlanError {
    fn from(error: ResolveError) -> Self {
        Self::Target(error)
    }
}

impl fmt::Display for PlanError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Target(error) => error.fmt(f),
            Self::NotApplied { target, revision, .. } if target == revision => {
                write!(f, "cannot downgrade to `{target}`: it is not applied")
            }
            Self::NotApplied { target, revision, .. } => {
                write!(f, "cannot downgrade to `{target}`: `{revision}` is not applied")
            }
            Self::NotBelowBranch { target, branch } => {
                write!(f, "cannot downgrade to `{target}`: nothing leads from it to `{branch}`")
            }
            Self::Nothing { target } => write!(f, "`{target}` stands for no revision"),
        }
    }
}

impl std::error::Error for PlanError {}

impl PlanError {
    /// What to do.
    pub fn helps(&self) -> Vec<String> {
        match self {
            Self::Target(error) => error.helps(),
            Self::NotApplied { rows, .. } if rows.is_empty() => {
                vec!["the database has no revision applied".to_owned()]
            }
            Self::NotApplied { revision, rows, .. } => {
                vec![format!("the database is at {}; `migrate upgrade {revision}` leads there", quoted(rows))]
            }
            Self::NotBelowBranch { .. } => vec!["`migrate history` shows the lines".to_owned()],
            Self::Nothing { .. } => vec!["to record that nothing is applied, name `base`".to_owned()],
        }
    }
}

#[cfg(test)]
mod tests;
