//! The history as a graph: which revision builds on which.
//!
//! A revision *needs* its parents (`down_revision`) and its dependencies (`depends_on`). Parents make the lines that
//! heads, branches, merges and relative targets speak of; dependencies only say what has to run before. A
//! [`RevisionGraph`] is free of defects by construction: every name resolves, nothing is ambiguous and there is no
//! cycle over both kinds of edges. Revisions are indices, in the order in which they were given ("load order"), and
//! load order breaks every tie.
//!
//! Everything is linear in revisions and edges and nothing recurses, so a chain of 100,000 is no special case. What a
//! revision does, and what a database has applied, is not known here: the latter comes in as rows, indices of the
//! revisions that the version table names.

mod applied;
mod build;
mod cycle;
mod label;
pub mod new;
mod order;
mod range;
mod rebase;
mod redundant;
mod resolve;
mod set;
mod squash;
pub mod step;
pub mod target;
#[cfg(test)]
pub(crate) mod testing;

pub use build::{Defect, NodeSpec};
pub use range::RangeError;
pub use rebase::{Rebase, RebaseError};
pub use redundant::Redundant;
pub use resolve::{MAX_LISTED, NamedHead, ResolveError};
pub use set::NodeSet;
pub use squash::{Squash, SquashError};

/// A history without defects. See the [module](self) for what the words mean.
#[derive(Clone, Debug)]
pub struct RevisionGraph {
    nodes: Vec<Node>,
    /// Every id and every label, sorted by text: what a prefix stands for is a range of it.
    names: Vec<Name>,
    order: Vec<usize>,
    /// The place of each revision in `order`.
    rank: Vec<usize>,
    /// Every id that is replaced, sorted by text.
    replaced: Vec<Replacement>,
    heads: Vec<usize>,
    real_heads: Vec<usize>,
    bases: Vec<usize>,
}

#[derive(Clone, Debug, Default)]
struct Node {
    id: Box<str>,
    labels: Vec<Box<str>>,
    parents: Vec<usize>,
    dependencies: Vec<usize>,
    /// Parents and dependencies, each once.
    needs: Vec<usize>,
    children: Vec<usize>,
    needed_by: Vec<usize>,
}

/// An id that is replaced.
#[derive(Clone, Debug)]
struct Replacement {
    id: Box<str>,
    /// By which revision.
    by: usize,
    /// Whether a database that is there has all that this revision replaces.
    is_end: bool,
}

/// An id or a label.
#[derive(Clone, Copy, Debug)]
struct Name {
    node: usize,
    /// Which of the revision's labels; `None` for its id.
    label: Option<usize>,
}

/// Which edges a walk follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edges {
    /// From child to parent, or back: the lines of the history.
    Parents,
    /// Dependencies as well: everything that must have run before.
    All,
}

impl RevisionGraph {
    /// The number of revisions.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether there are no revisions.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// The id of a revision.
    pub fn id(&self, node: usize) -> &str {
        &self.nodes[node].id
    }

    /// The revision with exactly this id. Labels and prefixes are [`resolve`](Self::resolve)'s business.
    pub fn get(&self, id: &str) -> Option<usize> {
        self.exact(id).filter(|name| name.label.is_none()).map(|name| name.node)
    }

    /// The revision that carries exactly this label.
    pub fn labelled(&self, label: &str) -> Option<usize> {
        self.exact(label).filter(|name| name.label.is_some()).map(|name| name.node)
    }

    /// The revision that replaced the one with exactly this id, and whether a database that is there has all that it
    /// replaces.
    pub fn replacement(&self, id: &str) -> Option<(usize, bool)> {
        let at = self.replaced.binary_search_by(|replaced| (*replaced.id).cmp(id)).ok()?;
        Some((self.replaced[at].by, self.replaced[at].is_end))
    }

    /// The revisions that a revision builds on, as written.
    pub fn parents(&self, node: usize) -> &[usize] {
        &self.nodes[node].parents
    }

    /// What a revision depends on, as written: one entry per `depends_on`, labels resolved to the revision that carries
    /// them.
    pub fn dependencies(&self, node: usize) -> &[usize] {
        &self.nodes[node].dependencies
    }

    /// What must have run before a revision: its parents, then its dependencies, each once.
    pub fn needs(&self, node: usize) -> &[usize] {
        &self.nodes[node].needs
    }

    /// The revisions that build on a revision, in load order.
    pub fn children(&self, node: usize) -> &[usize] {
        &self.nodes[node].children
    }

    /// The revisions that need a revision, as a parent or as a dependency, in load order.
    pub fn needed_by(&self, node: usize) -> &[usize] {
        &self.nodes[node].needed_by
    }

    /// The labels that a revision itself carries, as written. How far a label reaches is
    /// [`label_reach`](Self::label_reach)'s answer.
    pub fn labels(&self, node: usize) -> impl ExactSizeIterator<Item = &str> {
        self.nodes[node].labels.iter().map(|label| &**label)
    }

    /// The revisions on which no other builds, in load order. One of them may still be a dependency of another.
    pub fn heads(&self) -> &[usize] {
        &self.heads
    }

    /// The revisions that no other needs, in load order: the rows of a database that has everything.
    pub fn real_heads(&self) -> &[usize] {
        &self.real_heads
    }

    /// The revisions without parents, in load order.
    pub fn bases(&self) -> &[usize] {
        &self.bases
    }

    /// Whether several revisions build on this one.
    pub fn is_branchpoint(&self, node: usize) -> bool {
        self.children(node).len() > 1
    }

    /// Whether this revision builds on several others.
    pub fn is_mergepoint(&self, node: usize) -> bool {
        self.parents(node).len() > 1
    }

    /// All revisions in an order in which they can run: each after what it needs.
    ///
    /// The order continues the current line as long as it can, so that a branch's revisions stay together, and takes
    /// the earliest in load order where there is a choice. Every plan is a part of this order, or of its reverse.
    pub fn topological(&self) -> &[usize] {
        &self.order
    }

    /// The place of a revision in [`topological`](Self::topological).
    pub fn rank(&self, node: usize) -> usize {
        self.rank[node]
    }

    /// Something that a revision needs and whose id does not sort before its own, as text. diesel's harness, which runs
    /// versions in that order, would run it too late.
    pub fn needed_but_sorted_later(&self, node: usize) -> Option<usize> {
        self.needs(node).iter().copied().find(|&need| self.id(need) >= self.id(node))
    }

    /// These revisions and whatever they build on, or need.
    pub fn ancestors(&self, of: &[usize], edges: Edges) -> NodeSet {
        match edges {
            Edges::Parents => self.closure(of, |node| self.parents(node)),
            Edges::All => self.closure(of, |node| self.needs(node)),
        }
    }

    /// These revisions and whatever builds on, or needs, them.
    pub fn descendants(&self, of: &[usize], edges: Edges) -> NodeSet {
        match edges {
            Edges::Parents => self.closure(of, |node| self.children(node)),
            Edges::All => self.closure(of, |node| self.needed_by(node)),
        }
    }

    fn closure<'a>(&'a self, of: &[usize], next: impl Fn(usize) -> &'a [usize]) -> NodeSet {
        let mut found = NodeSet::new(self.len());
        let mut todo: Vec<usize> = of.iter().copied().filter(|&node| found.insert(node)).collect();
        while let Some(node) = todo.pop() {
            todo.extend(next(node).iter().copied().filter(|&node| found.insert(node)));
        }
        found
    }

    /// The revisions of a set that no other of the set needs, directly or not, in load order.
    pub fn maximal(&self, of: &[usize]) -> Vec<usize> {
        applied::Applied::from_rows(self, of).rows()
    }

    fn text(&self, name: Name) -> &str {
        let node = &self.nodes[name.node];
        name.label.map_or(&node.id, |label| &node.labels[label])
    }

    fn exact(&self, text: &str) -> Option<Name> {
        let found = self.names.binary_search_by(|name| self.text(*name).cmp(text));
        found.ok().map(|at| self.names[at])
    }

    /// The ids and labels that start with a text.
    fn starting_with(&self, prefix: &str) -> &[Name] {
        let from = self.names.partition_point(|name| self.text(*name) < prefix);
        let length = self.names[from..].partition_point(|name| self.text(*name).starts_with(prefix));
        &self.names[from..from + length]
    }
}

#[cfg(test)]
mod tests;
