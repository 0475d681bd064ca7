//! Which revisions one can replace.

use std::fmt;

use super::resolve::quoted;
use super::{Edges, NodeSet, RevisionGraph};

/// A run of revisions with one way in and one way out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Squash {
    /// The revisions, in an order in which they can run.
    pub run: Vec<usize>,
    /// The last of them, which needs all others.
    pub last: usize,
    /// What the first of them build on.
    pub parents: Vec<usize>,
    /// What else must run before, and would not anyway.
    pub depends_on: Vec<usize>,
    /// What builds on the last.
    pub children: Vec<usize>,
    /// What depends on the last.
    pub dependents: Vec<usize>,
}

/// Why no revision can replace those of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SquashError {
    /// The end does not build on the start.
    NotConnected {
        /// The start.
        start: String,
        /// The end.
        end: String,
    },
    /// It is one revision.
    One {
        /// Which.
        revision: String,
    },
    /// Something of the run builds on what is neither of it nor before it.
    ComesIn {
        /// The revision of the run.
        revision: String,
        /// What it builds on.
        parent: String,
    },
    /// The first revisions do not build on the same ones.
    SeveralStarts {
        /// The first revisions.
        starts: Vec<String>,
    },
    /// Something outside builds on a revision in the middle, or depends on it.
    GoesOut {
        /// The revision of the run.
        revision: String,
        /// What needs it.
        needed_by: String,
        /// Whether it is no child of it.
        depends: bool,
    },
    /// Something of the run depends on what needs the run.
    Cycle {
        /// The revision of the run.
        revision: String,
        /// What it depends on.
        needs: String,
    },
}

impl RevisionGraph {
    /// What replacing the revisions from `first`, from the very beginning without one, up to `last` means.
    ///
    /// Branches that fork and join within are of the run. A database that has some of it and not all has a row for a
    /// revision in the middle, since nothing else needs those: so it can be told from one that has all.
    ///
    /// # Errors
    ///
    /// - There is more than one way in or out, or there is no run.
    pub fn squash(&self, first: Option<usize>, last: usize) -> Result<Squash, SquashError> {
        let name = |node: usize| self.id(node).to_owned();
        let below = self.ancestors(&[last], Edges::Parents);
        if let Some(first) = first.filter(|first| !below.contains(*first)) {
            return Err(SquashError::NotConnected { start: name(first), end: name(last) });
        }
        let above = first.map(|first| self.descendants(&[first], Edges::Parents));
        let is_of_run =
            |node: &usize| below.contains(*node) && above.as_ref().is_none_or(|above| above.contains(*node));
        let run: Vec<usize> = self.topological().iter().copied().filter(is_of_run).collect();
        if run.len() < 2 {
            return Err(SquashError::One { revision: name(last) });
        }
        let parents = self.ways_in(&run, is_of_run)?;
        for &node in run.iter().filter(|node| **node != last) {
            if let Some(&by) = self.needed_by(node).iter().find(|by| !is_of_run(by)) {
                let depends = !self.children(node).contains(&by);
                return Err(SquashError::GoesOut { revision: name(node), needed_by: name(by), depends });
            }
        }
        let depends_on = self.dependencies_of(&run, &parents, last, is_of_run)?;
        let children = self.children(last).to_vec();
        let depends = |by: &&usize| self.dependencies(**by).contains(&last);
        let dependents = self.needed_by(last).iter().filter(depends).copied().collect();
        Ok(Squash { run, last, parents, depends_on, children, dependents })
    }

    /// The parents of the first revisions, which all of those have.
    fn ways_in(&self, run: &[usize], is_of_run: impl Fn(&usize) -> bool) -> Result<Vec<usize>, SquashError> {
        let mut starts: Vec<usize> = vec![];
        for &node in run {
            let outside = self.parents(node).iter().find(|parent| !is_of_run(parent));
            match outside {
                None if !self.parents(node).is_empty() => {}
                Some(&parent) if self.parents(node).iter().any(&is_of_run) => {
                    let (revision, parent) = (self.id(node).to_owned(), self.id(parent).to_owned());
                    return Err(SquashError::ComesIn { revision, parent });
                }
                _ => starts.push(node),
            }
        }
        let sorted = |node: &usize| {
            let mut parents = self.parents(*node).to_vec();
            parents.sort_unstable();
            parents
        };
        let first = starts.first().map(sorted).unwrap_or_default();
        match starts.iter().all(|start| sorted(start) == first) {
            true => Ok(starts.first().map(|start| self.parents(*start).to_vec()).unwrap_or_default()),
            false => Err(SquashError::SeveralStarts { starts: self.ids(&starts) }),
        }
    }

    /// What the run depends on that does not come before it anyway.
    fn dependencies_of(
        &self,
        run: &[usize],
        parents: &[usize],
        last: usize,
        is_of_run: impl Fn(&usize) -> bool,
    ) -> Result<Vec<usize>, SquashError> {
        let after = self.descendants(&[last], Edges::All);
        let before = self.ancestors(parents, Edges::All);
        let mut found = NodeSet::new(self.len());
        for &node in run {
            for &needs in self.dependencies(node).iter().filter(|needs| !is_of_run(needs)) {
                if after.contains(needs) {
                    let (revision, needs) = (self.id(node).to_owned(), self.id(needs).to_owned());
                    return Err(SquashError::Cycle { revision, needs });
                }
                if !before.contains(needs) {
                    found.insert(needs);
                }
            }
        }
        // One that another of them needs comes before anyway.
        Ok(self.maximal(&found.iter().collect::<Vec<_>>()))
    }
}

impl fmt::Display for SquashError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotConnected { start, end } => write!(f, "`{end}` does not build on `{start}`"),
            Self::One { revision } => write!(f, "`{revision}` alone is one revision already"),
            Self::ComesIn { revision, parent } => {
                write!(f, "`{revision}` also builds on `{parent}`, which is not of the run")
            }
            Self::SeveralStarts { starts } => {
                write!(f, "the run begins on several lines, with {}", quoted(starts))
            }
            Self::GoesOut { revision, needed_by, depends: false } => {
                write!(f, "`{needed_by}` builds on `{revision}`, in the middle of the run")
            }
            Self::GoesOut { revision, needed_by, depends: true } => {
                write!(f, "`{needed_by}` depends on `{revision}`, in the middle of the run")
            }
            Self::Cycle { revision, needs } => {
                write!(f, "`{revision}` depends on `{needs}`, which needs the run")
            }
        }
    }
}

impl std::error::Error for SquashError {}

impl SquashError {
    /// What to do.
    pub fn help(&self) -> String {
        match self {
            Self::NotConnected { .. } => {
                "a run is `start:end`, the older first; `migrate history` shows what builds on what"
                    .to_owned()
            }
            Self::One { .. } => "name the first and the last of several: `start:end`".to_owned(),
            Self::ComesIn { .. } => {
                "begin the run before the lines fork, or end it before they join".to_owned()
            }
            Self::SeveralStarts { .. } => "begin the run after these lines join".to_owned(),
            Self::GoesOut { revision, .. } => {
                format!("end the run with `{revision}`, or begin it after that")
            }
            Self::Cycle { revision, .. } => {
                format!("end the run before `{revision}`, or begin it after that")
            }
        }
    }
}

#[cfg(test)]
mod tests;
