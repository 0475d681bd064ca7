//! A map that is cheap to clone and to compare.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

/// How many pieces a map is kept in: a clone costs as many reference counts, a change after it copies one piece.
const PIECES: usize = 64;

/// A map whose clones share everything with it.
///
/// A change copies one piece of the map and the value, if they are shared; what two maps still share is equal without being
/// looked at.
#[derive(Clone, Debug)]
pub struct SharedMap<K, V> {
    pieces: Vec<Arc<BTreeMap<K, Arc<V>>>>,
}

impl<K, V> Default for SharedMap<K, V> {
    fn default() -> Self {
        let empty = Arc::new(BTreeMap::new());
        Self { pieces: vec![empty; PIECES] }
    }
}

fn place(key: &impl Hash) -> usize {
    let mut hasher = DefaultHasher::new();
    key.hash(&mut hasher);
    // Less than the number of pieces.
    (hasher.finish() % PIECES as u64) as usize
}

impl<K: Clone + Hash + Ord, V: Clone> SharedMap<K, V> {
    /// The value of a key.
    pub fn get(&self, key: &K) -> Option<&V> {
        self.shared(key).map(|value| &**value)
    }

    /// The value of a key, to be kept.
    pub fn shared(&self, key: &K) -> Option<&Arc<V>> {
        self.pieces[place(key)].get(key)
    }

    /// The entry of a key.
    pub fn get_key_value(&self, key: &K) -> Option<(&K, &V)> {
        self.pieces[place(key)].get_key_value(key).map(|(key, value)| (key, &**value))
    }

    /// Whether the key is there.
    pub fn contains(&self, key: &K) -> bool {
        self.pieces[place(key)].contains_key(key)
    }

    /// The value of a key, to be changed.
    pub fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        let piece = &mut self.pieces[place(key)];
        if !piece.contains_key(key) {
            return None;
        }
        Arc::make_mut(piece).get_mut(key).map(Arc::make_mut)
    }

    /// Puts a value there and returns the one that was there.
    pub fn insert(&mut self, key: K, value: impl Into<Arc<V>>) -> Option<Arc<V>> {
        Arc::make_mut(&mut self.pieces[place(&key)]).insert(key, value.into())
    }

    /// Takes a value out.
    pub fn remove(&mut self, key: &K) -> Option<Arc<V>> {
        let piece = &mut self.pieces[place(key)];
        if piece.contains_key(key) { Arc::make_mut(piece).remove(key) } else { None }
    }

    /// All entries, in no order.
    pub fn iter(&self) -> impl Iterator<Item = (&K, &V)> {
        self.pieces.iter().flat_map(|piece| piece.iter().map(|(key, value)| (key, &**value)))
    }

    /// All entries, by key.
    pub fn sorted(&self) -> Vec<(&K, &V)> {
        let mut all: Vec<_> = self.iter().collect();
        all.sort_unstable_by_key(|(key, _)| *key);
        all
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.pieces.iter().map(|piece| piece.len()).sum()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.pieces.iter().all(|piece| piece.is_empty())
    }

    /// The keys whose values are not one and the same in both maps, sorted. Values that are equal without being the same are
    /// among them.
    pub fn unshared(&self, other: &Self) -> BTreeSet<K> {
        let mut keys = BTreeSet::new();
        for (mine, theirs) in self.pieces.iter().zip(&other.pieces) {
            if Arc::ptr_eq(mine, theirs) {
                continue;
            }
            for (some, others) in [(mine, theirs), (theirs, mine)] {
                let differs = |(key, value): &(&K, &Arc<V>)| {
                    !others.get(*key).is_some_and(|other| Arc::ptr_eq(other, value))
                };
                keys.extend(some.iter().filter(differs).map(|(key, _)| key.clone()));
            }
        }
        keys
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clone_shares_until_it_is_changed() {
        let mut one = SharedMap::<u32, String>::default();
        for key in 0..500 {
            one.insert(key, key.to_string());
        }
        let mut other = one.clone();
        assert!(one.unshared(&other).is_empty());
        other.get_mut(&7).expect("it is there").push('!');
        other.insert(1_000, "new".to_owned());
        other.remove(&8);
        assert_eq!(one.unshared(&other), BTreeSet::from([7, 8, 1_000]));
        assert_eq!(one.get(&7).map(String::as_str), Some("7"));
        assert_eq!((one.len(), other.len()), (500, 500));
    }
}
