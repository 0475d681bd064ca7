//! How far a branch label reaches.

use super::{Edges, NodeSet, RevisionGraph};

impl RevisionGraph {
    /// The revisions that are shown as belonging to the labels of a revision.
    ///
    /// These are the revision, all that descends from it, and, as long as nothing from the revision on branches or
    /// merges, also what leads to it, up to a branchpoint or mergepoint. A revision that is needed twice counts as a
    /// branchpoint here, also when only dependencies make it so.
    ///
    /// Targets do not ask for this but for the lineage: `blog@head` is the head among ancestors and descendants of the
    /// revision labelled `blog`.
    pub fn label_reach(&self, node: usize) -> NodeSet {
        let mut reach = self.descendants(&[node], Edges::Parents);
        let on_a_line = |node| self.needed_by(node).len() <= 1 && !self.is_mergepoint(node);
        if reach.iter().all(on_a_line) {
            let mut at = node;
            while let Some(&parent) = self.parents(at).first().filter(|&&parent| on_a_line(parent)) {
                reach.insert(parent);
                at = parent;
            }
        }
        reach
    }

    /// For each revision the labels that reach it (see [`label_reach`](Self::label_reach)), in load order of the
    /// revisions that carry them.
    pub fn labels_in_reach(&self) -> Vec<Vec<&str>> {
        let mut labels = vec![Vec::new(); self.len()];
        for carrier in (0..self.len()).filter(|&node| self.labels(node).len() > 0) {
            for node in self.label_reach(carrier).iter() {
                labels[node].extend(self.labels(carrier));
            }
        }
        labels
    }

    /// Ancestors and descendants of a revision over parents, and itself: what `<revision>@...` speaks of.
    pub fn lineage(&self, node: usize) -> NodeSet {
        let mut lineage = self.ancestors(&[node], Edges::Parents);
        for descendant in self.descendants(&[node], Edges::Parents).iter() {
            lineage.insert(descendant);
        }
        lineage
    }

    /// A label with which `<label>@head` means this head and no other; the nearest of several.
    pub fn label_of_head(&self, head: usize) -> Option<&str> {
        let others: Vec<usize> = self.heads().iter().copied().filter(|&other| other != head).collect();
        let shared = self.ancestors(&others, Edges::Parents);
        let own = self.ancestors(&[head], Edges::Parents);
        let carriers = own.iter().filter(|&node| !shared.contains(node) && self.labels(node).len() > 0);
        carriers.max_by_key(|&node| self.rank(node)).and_then(|node| self.labels(node).next())
    }
}
