//! Parts of the history: what lies between two targets.

use std::fmt;

use super::applied::Applied;
use super::resolve::ResolveError;
use super::target::{Target, TargetRange};
use super::{Edges, RevisionGraph};

/// Why a range means nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RangeError {
    /// One of its ends means nothing definite.
    Target(ResolveError),
    /// No way leads from its start to its end.
    NotConnected {
        /// The range as written.
        range: String,
        /// Whether one leads from its end to its start.
        reversed: bool,
    },
}

impl RevisionGraph {
    /// The revisions from a range's start to its end, both included, newest first.
    ///
    /// `rows` are where the database is: what `current` stands for. Steps down as a start count from the end, `-3:current` is
    /// the current revision and the three before it; steps up as an end count from the start. A start on a branch
    /// without an end, `blog@base:`, goes up to the heads of the branch.
    ///
    /// # Errors
    ///
    /// - An end means nothing definite in this history.
    /// - The start is not needed by the end.
    pub fn range(&self, range: &TargetRange, rows: &[usize]) -> Result<Vec<usize>, RangeError> {
        let (start, ends) = match (&range.start, &range.end) {
            // The end counts from the start.
            (Some(start), Some(end)) if is_steps(end) && !is_steps(start) => {
                let start = self.points(start, rows)?;
                let ends = self.points(end, &start)?;
                (start, ends)
            }
            (start, end) => {
                let ends = match (end, start.as_ref().and_then(|start| start.branch.as_ref())) {
                    (Some(end), _) => self.points(end, rows)?,
                    (None, Some(branch)) => self.points(&Target::heads().on_branch(branch), rows)?,
                    (None, None) => self.real_heads().to_vec(),
                };
                (self.start(start.as_ref(), &ends, rows)?, ends)
            }
        };
        let below = self.ancestors(&ends, Edges::All);
        if let Some(&outside) = start.iter().find(|&&point| !below.contains(point)) {
            let above = self.ancestors(&[outside], Edges::All);
            let reversed = !ends.is_empty() && ends.iter().all(|&end| above.contains(end));
            return Err(RangeError::NotConnected { range: range.to_string(), reversed });
        }
        let above = self.descendants(&start, Edges::All);
        let wanted = |node: &&usize| below.contains(**node) && (start.is_empty() || above.contains(**node));
        Ok(self.topological().iter().rev().filter(wanted).copied().collect())
    }

    fn start(
        &self,
        start: Option<&Target>,
        ends: &[usize],
        rows: &[usize],
    ) -> Result<Vec<usize>, RangeError> {
        let Some(start) = start else { return Ok(vec![]) };
        match start.steps {
            Some(steps) if steps < 0 && is_steps(start) => {
                let mut points = Vec::new();
                for &end in ends {
                    let from_end = Target { steps: Some(steps), ..Target::revision(self.id(end)) };
                    points.extend(self.points(&from_end, rows)?);
                }
                Ok(points)
            }
            _ => self.points(start, rows),
        }
    }

    /// The revisions of one end; none is `base`.
    fn points(&self, target: &Target, rows: &[usize]) -> Result<Vec<usize>, RangeError> {
        match self.resolve(target, rows) {
            // Steps from a revision, or up from where the database is.
            Err(ResolveError::NotHere { .. }) => {
                Ok(self.upgrade_points(target, &Applied::from_rows(self, rows))?)
            }
            result => Ok(result?),
        }
    }
}

/// Whether it is `+N` or `-N` alone.
fn is_steps(target: &Target) -> bool {
    target.place.is_none() && target.steps.is_some()
}

impl From<ResolveError> for RangeError {
    fn from(error: ResolveError) -> Self {
        Self::Target(error)
    }
}

impl fmt::Display for RangeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Target(error) => error.fmt(f),
            Self::NotConnected { range, .. } => {
                write!(f, "no way leads from the start of `{range}` to its end")
            }
        }
    }
}

impl std::error::Error for RangeError {}

impl RangeError {
    /// What to do.
    pub fn helps(&self) -> Vec<String> {
        match self {
            Self::Target(error) => error.helps(),
            Self::NotConnected { reversed: true, .. } => vec!["the older revision comes first".to_owned()],
            Self::NotConnected { reversed: false, .. } => {
                vec!["`migrate history` shows the lines".to_owned()]
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::graph;

    fn check(range: &str, current: &str, expect: &str) {
        let graph = graph("a; b <- a; c <- b; d <- c; e <- b; f");
        let rows: Vec<usize> = current.split_whitespace().map(|id| graph.get(id).unwrap()).collect();
        let found = match graph.range(&range.parse().unwrap(), &rows) {
            Ok(found) => found.into_iter().map(|node| graph.id(node)).collect::<Vec<_>>().join(" "),
            Err(error) => error.to_string(),
        };
        assert_eq!(found, expect, "{range} at {current}");
    }

    #[test]
    fn both_ends_are_included() {
        check("b:d", "", "d c b");
        check(":c", "", "c b a");
        check("c:", "", "d c");
        check(":", "", "f e d c b a");
        check("c:d", "", "d c");
        check("base:b", "", "b a");
    }

    #[test]
    fn steps_count_from_the_other_end() {
        check("-1:current", "c", "c b");
        check("current:+1", "c", "d c");
        check("b:d-1", "", "c b");
    }

    #[test]
    fn a_database_without_revisions_is_at_base() {
        check(":current", "", "");
        check("current:b", "", "b a");
    }

    #[test]
    fn a_start_that_does_not_lead_to_the_end_is_refused() {
        check("d:b", "", "no way leads from the start of `d:b` to its end");
        check("c:e", "", "no way leads from the start of `c:e` to its end");
    }
}
