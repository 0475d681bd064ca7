//! What a database has applied, and the rows that say so.

use super::{Edges, NodeSet, RevisionGraph};

/// A set of applied revisions together with its rows: those applied revisions that no other applied one needs.
///
/// A revision that is applied or taken back touches only itself and what it needs, because each revision knows how many
/// applied ones need it directly.
pub(super) struct Applied<'g> {
    graph: &'g RevisionGraph,
    set: NodeSet,
    /// How many applied revisions need each revision directly; a row is applied and needed by none.
    needed: Vec<usize>,
}

impl<'g> Applied<'g> {
    /// What rows of the version table stand for: themselves and all they need. Rows that others imply do no harm.
    pub(super) fn from_rows(graph: &'g RevisionGraph, rows: &[usize]) -> Self {
        let set = graph.ancestors(rows, Edges::All);
        let mut needed = vec![0; graph.len()];
        for need in set.iter().flat_map(|node| graph.needs(node)) {
            needed[*need] += 1;
        }
        Self { graph, set, needed }
    }

    pub(super) fn contains(&self, node: usize) -> bool {
        self.set.contains(node)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = usize> {
        self.set.iter()
    }

    pub(super) fn is_row(&self, node: usize) -> bool {
        self.set.contains(node) && self.needed[node] == 0
    }

    /// The rows in load order.
    pub(super) fn rows(&self) -> Vec<usize> {
        self.set.iter().filter(|&node| self.needed[node] == 0).collect()
    }

    /// Adds a revision whose needs are applied; returns the rows that it covers from now on.
    pub(super) fn apply(&mut self, node: usize) -> Vec<usize> {
        self.set.insert(node);
        let mut covered = Vec::new();
        for &need in self.graph.needs(node) {
            if self.needed[need] == 0 {
                covered.push(need);
            }
            self.needed[need] += 1;
        }
        covered
    }

    /// Takes back a row; returns the revisions that become rows by it.
    pub(super) fn take_back(&mut self, node: usize) -> Vec<usize> {
        self.set.remove(node);
        let mut uncovered = Vec::new();
        for &need in self.graph.needs(node) {
            self.needed[need] -= 1;
            if self.needed[need] == 0 {
                uncovered.push(need);
            }
        }
        uncovered
    }
}
