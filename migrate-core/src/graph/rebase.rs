//! Which revisions move when a branch is put on top of another.

use std::fmt;

use super::resolve::quoted;
use super::{Edges, NodeSet, RevisionGraph};

/// A branch and where it is to stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rebase {
    /// What it is to stand on.
    pub onto: usize,
    /// The revisions that get `onto` as their only parent; the branch forks from the line of `onto` below them.
    pub roots: Vec<usize>,
    /// The roots and all that builds on them, in an order in which they can run: what no database may have applied.
    pub moved: Vec<usize>,
}

/// Why a branch cannot be put on top of a revision.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RebaseError {
    /// The revision is on the line that it is to be put on.
    SameLine {
        /// The revision.
        revision: String,
        /// What it is to stand on.
        onto: String,
    },
    /// A merge, or a revision that builds on one, has joined the two lines.
    Joined {
        /// The revision that builds on both lines.
        merge: String,
        /// What the branch is to stand on.
        onto: String,
    },
    /// The revision builds on several lines, and one of them has a first revision of its own.
    SeveralLines {
        /// The revision.
        revision: String,
        /// Where its lines begin.
        roots: Vec<String>,
    },
    /// The new parent needs a revision of the branch.
    Cycle {
        /// The revision of the branch.
        needed: String,
        /// The new parent.
        onto: String,
    },
}

impl RevisionGraph {
    /// What putting the branch of a revision on top of another means; `None` if it stands there already.
    ///
    /// The branch begins where the revision's line leaves that of `onto`, so any revision of it names it, and all that
    /// builds on it comes along. With several beginnings, as below a merge of two forks, each gets the new parent.
    ///
    /// # Errors
    ///
    /// - The revision is `onto`, or `onto` builds on it.
    /// - The two lines are joined somewhere, so that no order of one after the other is left.
    /// - The branch has several beginnings, and one is a first revision.
    /// - `onto` needs a revision of the branch, by `depends_on`.
    pub fn rebase(&self, revision: usize, onto: usize) -> Result<Option<Rebase>, RebaseError> {
        let below = self.ancestors(&[onto], Edges::Parents);
        let name = |node: usize| self.id(node).to_owned();
        if below.contains(revision) {
            return Err(RebaseError::SameLine { revision: name(revision), onto: name(onto) });
        }
        let line = self.ancestors(&[revision], Edges::Parents);
        let is_root = |node: &usize| self.parents(*node).iter().all(|&parent| below.contains(parent));
        let mut roots: Vec<usize> =
            line.iter().filter(|&node| !below.contains(node)).filter(is_root).collect();
        if roots.len() > 1 && roots.iter().any(|&root| self.parents(root).is_empty()) {
            return Err(RebaseError::SeveralLines { revision: name(revision), roots: self.ids(&roots) });
        }
        let branch = self.descendants(&roots, Edges::Parents);
        roots.retain(|&root| *self.parents(root) != [onto]);
        if roots.is_empty() {
            return Ok(None);
        }
        if let Some(merge) = self.joined(&branch, &below, onto) {
            return Err(RebaseError::Joined { merge: name(merge), onto: name(onto) });
        }
        let moved = self.descendants(&roots, Edges::Parents);
        let moved: Vec<usize> =
            self.topological().iter().copied().filter(|&node| moved.contains(node)).collect();
        let needed = self.ancestors(&[onto], Edges::All);
        if let Some(&node) = moved.iter().find(|node| needed.contains(**node)) {
            return Err(RebaseError::Cycle { needed: name(node), onto: name(onto) });
        }
        Ok(Some(Rebase { onto, roots, moved }))
    }

    /// The first revision that builds both on the branch and on the other line.
    fn joined(&self, branch: &NodeSet, below: &NodeSet, onto: usize) -> Option<usize> {
        let above = self.descendants(&[onto], Edges::Parents);
        let on_branch = |parent: &usize| branch.contains(*parent);
        let on_other =
            |parent: &usize| !on_branch(parent) && (below.contains(*parent) || above.contains(*parent));
        let joins = |node: &usize| {
            let parents = self.parents(*node);
            parents.iter().any(on_branch) && parents.iter().any(on_other)
        };
        self.topological().iter().copied().find(joins)
    }
}

impl fmt::Display for RebaseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SameLine { revision, onto } if revision == onto => {
                write!(f, "`{revision}` cannot be put on top of itself")
            }
            Self::SameLine { revision, onto } => {
                write!(f, "`{onto}` builds on `{revision}`, so they are one line already")
            }
            Self::Joined { merge, onto } => {
                write!(f, "`{merge}` joins the branch with the line of `{onto}` already")
            }
            Self::SeveralLines { revision, roots } => {
                write!(f, "`{revision}` builds on several lines, which begin with {}", quoted(roots))
            }
            Self::Cycle { needed, onto } => {
                write!(f, "`{onto}` needs `{needed}`, which is to come after it")
            }
        }
    }
}

impl std::error::Error for RebaseError {}

impl RebaseError {
    /// What to do.
    pub fn help(&self) -> String {
        match self {
            Self::SameLine { .. } => {
                "name a revision of another line; `migrate heads` lists their ends".to_owned()
            }
            Self::Joined { merge, .. } => {
                format!(
                    "leave it as it is, or delete the merge `{merge}` first if no database has applied it"
                )
            }
            Self::SeveralLines { roots, .. } => {
                let first = roots.first().map_or("", String::as_str);
                format!("name one of the lines by its first revision, such as `{first}`")
            }
            Self::Cycle { .. } => "join the lines: `migrate merge heads -m \"...\"`".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests;
