//! Dependencies that say nothing new.

use super::RevisionGraph;

/// A dependency that the revision has anyway.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Redundant {
    /// The revision.
    pub node: usize,
    /// Which of its dependencies, counted from 0.
    pub nth: usize,
    /// The parent or other dependency of the revision that is, or needs, the one depended on.
    pub because: usize,
}

/// How many dependencies are looked into in one walk over the graph: one bit of a word each.
const AT_ONCE: usize = u64::BITS as usize;

impl RevisionGraph {
    /// The dependencies without which the history would be the same, in load order.
    ///
    /// They do no harm, and are worth a warning: whoever wrote them expected another history. Takes one walk over a
    /// part of the graph for every 64 revisions that are depended on.
    pub fn redundant_dependencies(&self) -> Vec<Redundant> {
        let mut found = Vec::new();
        let mut asked = Vec::new();
        for node in 0..self.len() {
            for (nth, &dependency) in self.dependencies(node).iter().enumerate() {
                let twice = self.parents(node).contains(&dependency)
                    || self.dependencies(node)[..nth].contains(&dependency);
                if twice {
                    found.push(Redundant { node, nth, because: dependency });
                } else {
                    asked.push((dependency, node, nth));
                }
            }
        }
        asked.sort_by_key(|&(dependency, ..)| self.rank(dependency));
        let mut needed = vec![0u64; self.len()];
        let same_dependency = asked.chunk_by(|a, b| a.0 == b.0).collect::<Vec<_>>();
        for batch in same_dependency.chunks(AT_ONCE) {
            self.find_redundant(batch, &mut needed, &mut found);
        }
        found.sort_by_key(|redundant| (redundant.node, redundant.nth));
        found
    }

    /// `batch` has up to 64 groups of questions (dependency, who depends on it, as which of its dependencies), one group
    /// per dependency, by rank. `needed` is all zero before and after.
    fn find_redundant(
        &self,
        batch: &[&[(usize, usize, usize)]],
        needed: &mut [u64],
        found: &mut Vec<Redundant>,
    ) {
        let ranks = |of: fn(&(usize, usize, usize)) -> usize| {
            batch.iter().flat_map(|group| group.iter()).map(move |question| self.rank(of(question)))
        };
        let (Some(first), Some(last)) = (ranks(|q| q.0).min(), ranks(|q| q.1).max()) else { return };
        for (bit, group) in batch.iter().enumerate() {
            needed[group[0].0] |= 1 << bit;
        }
        let between = &self.topological()[first..=last];
        for &node in between {
            needed[node] = self.needs(node).iter().fold(needed[node], |all, &need| all | needed[need]);
        }
        for (bit, group) in batch.iter().enumerate() {
            for &(dependency, node, nth) in *group {
                let also = |need: &usize| *need != dependency && needed[*need] & (1 << bit) != 0;
                if let Some(&because) = self.needs(node).iter().find(|need| also(need)) {
                    found.push(Redundant { node, nth, because });
                }
            }
        }
        for &node in between {
            needed[node] = 0;
        }
    }
}
