//! A set of revisions, as a bit per revision of the graph.

/// A set of graph indices. Membership is one bit; iteration is in load order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeSet {
    words: Vec<u64>,
    len: usize,
}

impl NodeSet {
    /// An empty set for a graph of `capacity` revisions.
    pub fn new(capacity: usize) -> Self {
        Self { words: vec![0; capacity.div_ceil(64)], len: 0 }
    }

    /// Adds a revision; says whether it is new.
    pub fn insert(&mut self, node: usize) -> bool {
        let bit = 1 << (node % 64);
        let word = &mut self.words[node / 64];
        let new = *word & bit == 0;
        *word |= bit;
        self.len += usize::from(new);
        new
    }

    /// Takes a revision out; says whether it was there.
    pub fn remove(&mut self, node: usize) -> bool {
        let bit = 1 << (node % 64);
        let word = &mut self.words[node / 64];
        let found = *word & bit != 0;
        *word &= !bit;
        self.len -= usize::from(found);
        found
    }

    /// Whether a revision is in the set.
    pub fn contains(&self, node: usize) -> bool {
        self.words.get(node / 64).is_some_and(|word| word & (1 << (node % 64)) != 0)
    }

    /// The number of revisions in the set.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The revisions in load order.
    pub fn iter(&self) -> impl Iterator<Item = usize> {
        self.words.iter().enumerate().flat_map(|(at, &word)| Bits(word).map(move |bit| at * 64 + bit))
    }
}

/// The positions of the set bits of a word, lowest first.
struct Bits(u64);

impl Iterator for Bits {
    type Item = usize;

    fn next(&mut self) -> Option<usize> {
        let bit = (self.0 != 0).then(|| self.0.trailing_zeros() as usize)?;
        self.0 &= self.0 - 1;
        Some(bit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holds_what_was_put_in() {
        let mut set = NodeSet::new(130);
        assert!(set.insert(129) && set.insert(0) && set.insert(64) && !set.insert(64));
        assert!(set.remove(0) && !set.remove(0));
        assert_eq!(set.iter().collect::<Vec<_>>(), [64, 129]);
        assert_eq!(
            (set.len(), set.contains(0), set.contains(129), set.contains(1000)),
            (2, false, true, false)
        );
    }
}
