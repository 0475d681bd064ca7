//! Parts of the history: what lies between two targets.

use std::fmt;

use super::applied::Applied;
use super::resolve::{AtTheEnd, ResolveError};
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

impl TargetRange {
    /// Whether it depends on where the database is: whether [`RevisionGraph::range`] looks at `rows`.
    ///
    /// Only `current` does. Steps alone count from the other end.
    pub fn needs_current(&self) -> bool {
        let needs = |target: &Target| target.is_relative_to_current() && target.steps.is_none();
        self.start.iter().chain(&self.end).any(needs)
    }
}

impl RevisionGraph {
    /// The revisions from a range's start to its end, both included, newest first: what builds on the start and the end
    /// needs. Where only dependencies lead from one to the other, what needs the start counts as building on it.
    ///
    /// `rows` are where the database is: what `current` stands for. Steps down as a start count from the end, `-3:current` is
    /// the current revision and the three before it; steps up as an end count from the start, `current:+3` is what
    /// comes next. Steps stop where the history does. A start on a branch without an end, `blog@base:`, goes up to the
    /// heads of the branch.
    ///
    /// # Errors
    ///
    /// - An end means nothing definite in this history.
    /// - The start is not needed by the end.
    pub fn range(&self, range: &TargetRange, rows: &[usize]) -> Result<Vec<usize>, RangeError> {
        let (start, ends) = self.ends_of(range, rows)?;
        let needed = self.ancestors(&ends, Edges::All);
        if let Some(&outside) = start.iter().find(|&&point| !needed.contains(point)) {
            let above = self.ancestors(&[outside], Edges::All);
            let reversed = !ends.is_empty() && ends.iter().all(|&end| above.contains(end));
            return Err(RangeError::NotConnected { range: range.to_string(), reversed });
        }
        let mut above = self.descendants(&start, Edges::Parents);
        if !ends.iter().any(|&end| above.contains(end)) {
            above = self.descendants(&start, Edges::All);
        }
        let wanted = |node: &&usize| needed.contains(**node) && (start.is_empty() || above.contains(**node));
        Ok(self.topological().iter().rev().filter(wanted).copied().collect())
    }

    /// Where a range starts and where it ends, whether or not a way leads from the one to the other; none is `base`.
    ///
    /// # Errors
    ///
    /// - An end means nothing definite in this history.
    pub fn ends_of(
        &self,
        range: &TargetRange,
        rows: &[usize],
    ) -> Result<(Vec<usize>, Vec<usize>), RangeError> {
        match &range.start {
            Some(start) if is_steps(start) => {
                let ends = self.range_ends(range, None, rows)?;
                Ok((self.below(start, &ends, rows)?, ends))
            }
            start => {
                let start = start.as_ref().map_or(Ok(vec![]), |start| self.points(start, rows))?;
                let ends = self.range_ends(range, Some(&start), rows)?;
                Ok((start, ends))
            }
        }
    }

    /// The rows that a database at these targets, and nowhere else, would have: where a plan starts that is printed without
    /// asking one.
    ///
    /// # Errors
    ///
    /// - A target means nothing definite in this history.
    /// - It counts from where a database is.
    pub fn rows_at(&self, start: &[Target]) -> Result<Vec<usize>, ResolveError> {
        let mut points = Vec::new();
        for target in start {
            if target.is_relative_to_current() {
                return Err(ResolveError::NotHere { target: target.to_string() });
            }
            points.extend(self.resolve(target, &[])?);
        }
        Ok(self.maximal(&points))
    }

    /// Where a range ends. `start` is where it starts, if that is known without the end.
    fn range_ends(
        &self,
        range: &TargetRange,
        start: Option<&[usize]>,
        rows: &[usize],
    ) -> Result<Vec<usize>, RangeError> {
        let branch = range.start.as_ref().and_then(|start| start.branch.as_ref());
        match (&range.end, branch) {
            (None, None) => Ok(self.real_heads().to_vec()),
            (None, Some(branch)) => self.points(&Target::heads().on_branch(branch), rows),
            (Some(end), _) if is_steps(end) => match start {
                _ if end.steps < Some(0) => {
                    Err(ResolveError::NoStep { target: end.to_string(), up: true }.into())
                }
                None => Err(ResolveError::NotHere { target: end.to_string() }.into()),
                Some(start) => {
                    let start = Applied::from_rows(self, start);
                    Ok(self.upgrade_points(end, &start, AtTheEnd::Stop)?)
                }
            },
            (Some(end), _) => self.points(end, rows),
        }
    }

    /// So many steps below each end.
    fn below(&self, steps: &Target, ends: &[usize], rows: &[usize]) -> Result<Vec<usize>, RangeError> {
        if steps.steps > Some(0) {
            return Err(ResolveError::NotHere { target: steps.to_string() }.into());
        }
        let mut points = Vec::new();
        for &end in ends {
            let below = Target { steps: steps.steps, ..Target::revision(self.id(end)) };
            points.extend(self.points(&below, rows)?);
        }
        Ok(points)
    }

    /// The revisions of one end that says by itself where it is; none is `base`.
    fn points(&self, target: &Target, rows: &[usize]) -> Result<Vec<usize>, RangeError> {
        match self.resolve(target, rows) {
            // Steps from a revision.
            Err(ResolveError::NotHere { .. }) => {
                let applied = Applied::from_rows(self, rows);
                Ok(self.upgrade_points(target, &applied, AtTheEnd::Stop)?)
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
    use super::super::testing::{graph, ids, nodes};
    use super::*;

    fn check(range: &str, current: &str, expect: &str) {
        let graph = graph("a; b <- a; c <- b; d <- c; e <- b; f");
        let found = match graph.range(&range.parse().unwrap(), &nodes(&graph, current)) {
            Ok(found) => ids(&graph, &found),
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
        check("base:+1", "", "`+1` is ambiguous: from `base` the way leads to `a` and `f`");
        check("a:-1", "", "`-1` is not a step up");
        check("+1:d", "", "`+1` does not name a revision here");
        check("-1:+1", "", "`+1` does not name a revision here");
    }

    #[test]
    fn steps_stop_where_the_history_does() {
        check("c:+9", "", "d c");
        check("current:e+2", "b", "e b");
        check("-9:b", "", "b a");
        check(":b-9", "", "");
    }

    #[test]
    fn dependencies_lead_on_where_nothing_else_does() {
        let graph = graph("a; b <- a; s; t <- s & a; u <- t");
        let range = |text: &str| ids(&graph, &graph.range(&text.parse().unwrap(), &[]).unwrap());
        assert_eq!(range("a:u"), "u t a");
        assert_eq!(range("a:"), "b a");
    }

    #[test]
    fn whether_the_database_is_asked() {
        let needs = |range: &str| range.parse::<TargetRange>().unwrap().needs_current();
        for range in ["current:", ":current", "-2:current", "current:+1", "blog@current:"] {
            assert!(needs(range), "{range}");
        }
        for range in [":", "a:b", "-2:", ":+1", "-2:b", "a:+1", "blog@base:", "a-1:heads"] {
            assert!(!needs(range), "{range}");
        }
    }

    #[test]
    fn a_database_without_revisions_is_at_base() {
        check(":current", "", "");
        check("current:b", "", "b a");
    }

    #[test]
    fn a_start_stands_for_rows() {
        let graph = graph("a; b <- a; c <- b; s; t <- s & b");
        let rows = |text: &str| graph.rows_at(&[text.parse().unwrap()]).map(|rows| graph.ids(&rows));
        assert_eq!(rows("heads").unwrap(), ["c", "t"]);
        assert_eq!(rows("base").unwrap(), [""; 0]);
        let several = ["a", "c", "s"].map(|text| text.parse().unwrap());
        assert_eq!(graph.ids(&graph.rows_at(&several).unwrap()), ["c", "s"]);
        assert_eq!(graph.rows_at(&[]).unwrap(), [0; 0]);
        assert_eq!(rows("-1").unwrap_err().to_string(), "`-1` does not name a revision here");
        assert_eq!(rows("current").unwrap_err().to_string(), "`current` does not name a revision here");
    }

    #[test]
    fn a_start_that_does_not_lead_to_the_end_is_refused() {
        check("d:b", "", "no way leads from the start of `d:b` to its end");
        check("c:e", "", "no way leads from the start of `c:e` to its end");
    }
}
