//! A map that is cheap to clone and to compare.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

/// How many children a branch has: a power of two.
const WIDTH: usize = 16;
/// How many bits of a hash choose among them.
const BITS: u32 = WIDTH.trailing_zeros();
/// How many entries a leaf has before it becomes a branch.
const LEAF: usize = 8;

/// A map whose clones share everything with it.
///
/// It is a tree over the hashes of the keys. A clone costs one reference count, a change copies the few nodes on the way to the
/// entry, and what two maps still share is equal without being looked at. The tree follows from what is in the map, not from how
/// it came there.
#[derive(Clone, Debug)]
pub struct SharedMap<K, V> {
    root: Child<K, V>,
    len: usize,
}

type Child<K, V> = Option<Arc<Node<K, V>>>;

#[derive(Clone, Debug)]
enum Node<K, V> {
    /// As many entries as a leaf has at most, sorted.
    Leaf(Vec<(K, Arc<V>)>),
    /// More than that.
    Branch([Child<K, V>; WIDTH]),
}

impl<K, V> Default for SharedMap<K, V> {
    fn default() -> Self {
        Self { root: None, len: 0 }
    }
}

/// Where a key stands in a map: the same for the same key, always.
pub(super) fn hash(key: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    key.hash(&mut hasher);
    hasher.finish()
}

/// The child on the way to a hash, at this depth.
fn turn(hash: u64, depth: u32) -> usize {
    // Less than the width.
    (hash >> (BITS * depth)) as usize % WIDTH
}

impl<K: Clone + Hash + Ord, V: Clone> SharedMap<K, V> {
    /// The value of a key.
    pub fn get(&self, key: &K) -> Option<&V> {
        self.shared(key).map(|value| &**value)
    }

    /// The value of a key, to be kept.
    pub fn shared(&self, key: &K) -> Option<&Arc<V>> {
        self.entry(key).map(|(_, value)| value)
    }

    /// The entry of a key.
    pub fn get_key_value(&self, key: &K) -> Option<(&K, &V)> {
        self.entry(key).map(|(key, value)| (key, &**value))
    }

    /// Whether the key is there.
    pub fn contains(&self, key: &K) -> bool {
        self.entry(key).is_some()
    }

    fn entry(&self, key: &K) -> Option<&(K, Arc<V>)> {
        self.entry_at(hash(key), key)
    }

    /// The entry of a key whose [`hash`] is known.
    pub(super) fn entry_at(&self, hash: u64, key: &K) -> Option<&(K, Arc<V>)> {
        let mut depth = 0;
        let mut node = self.root.as_deref()?;
        loop {
            match node {
                Node::Leaf(entries) => return entries.iter().find(|(other, _)| other == key),
                Node::Branch(children) => node = children[turn(hash, depth)].as_deref()?,
            }
            depth += 1;
        }
    }

    /// The value of a key, to be changed.
    pub fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        // What is not there must not cost a copy.
        if !self.contains(key) {
            return None;
        }
        let (hash, mut depth) = (hash(key), 0);
        let mut node = Arc::make_mut(self.root.as_mut()?);
        loop {
            match node {
                Node::Leaf(entries) => {
                    let entry = entries.iter_mut().find(|(other, _)| other == key);
                    return entry.map(|(_, value)| Arc::make_mut(value));
                }
                Node::Branch(children) => node = Arc::make_mut(children[turn(hash, depth)].as_mut()?),
            }
            depth += 1;
        }
    }

    /// Puts a value there and returns the one that was there.
    pub fn insert(&mut self, key: K, value: impl Into<Arc<V>>) -> Option<Arc<V>> {
        let hash = hash(&key);
        let old = insert(&mut self.root, hash, 0, key, value.into());
        self.len += usize::from(old.is_none());
        old
    }

    /// Takes a value out.
    pub fn remove(&mut self, key: &K) -> Option<Arc<V>> {
        if !self.contains(key) {
            return None;
        }
        let old = remove(&mut self.root, hash(key), 0, key);
        self.len -= usize::from(old.is_some());
        old
    }

    /// All entries, in an order that depends on nothing but the keys.
    pub fn iter(&self) -> impl Iterator<Item = (&K, &V)> {
        entries(self.root.as_deref()).map(|(key, value)| (key, &**value))
    }

    /// All entries, by key.
    pub fn sorted(&self) -> Vec<(&K, &V)> {
        let mut all: Vec<_> = self.iter().collect();
        all.sort_unstable_by_key(|(key, _)| *key);
        all
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The keys whose values are not one and the same in both maps, sorted. Values that are equal without being the same are
    /// among them.
    pub fn unshared(&self, other: &Self) -> BTreeSet<K> {
        let mut keys = BTreeSet::new();
        unshared(self.root.as_ref(), other.root.as_ref(), &mut keys);
        keys
    }
}

fn insert<K: Clone + Hash + Ord, V>(
    child: &mut Child<K, V>,
    hash: u64,
    depth: u32,
    key: K,
    value: Arc<V>,
) -> Option<Arc<V>> {
    let Some(node) = child else {
        *child = Some(Arc::new(Node::Leaf(vec![(key, value)])));
        return None;
    };
    let node = make_mut(node);
    match node {
        Node::Branch(children) => insert(&mut children[turn(hash, depth)], hash, depth + 1, key, value),
        Node::Leaf(entries) => {
            match entries.binary_search_by(|(other, _)| other.cmp(&key)) {
                Ok(place) => return Some(std::mem::replace(&mut entries[place].1, value)),
                Err(place) => entries.insert(place, (key, value)),
            }
            // Where the hash has no more bits, keys share a leaf.
            if entries.len() > LEAF && BITS * (depth + 1) < u64::BITS {
                let mut children = [const { None }; WIDTH];
                for (key, value) in std::mem::take(entries) {
                    let hash = self::hash(&key);
                    insert(&mut children[turn(hash, depth)], hash, depth + 1, key, value);
                }
                *node = Node::Branch(children);
            }
            None
        }
    }
}

/// As `Arc::make_mut`, without asking that values can be cloned: they are shared.
fn make_mut<K: Clone, V>(node: &mut Arc<Node<K, V>>) -> &mut Node<K, V> {
    if Arc::get_mut(node).is_none() {
        let copy = match &**node {
            Node::Leaf(entries) => {
                Node::Leaf(entries.iter().map(|(key, value)| (key.clone(), Arc::clone(value))).collect())
            }
            Node::Branch(children) => Node::Branch(children.clone()),
        };
        *node = Arc::new(copy);
    }
    Arc::get_mut(node).expect("nobody else has it")
}

/// Takes out what is known to be there.
fn remove<K: Clone + Ord, V>(child: &mut Child<K, V>, hash: u64, depth: u32, key: &K) -> Option<Arc<V>> {
    let node = make_mut(child.as_mut()?);
    match node {
        Node::Leaf(entries) => {
            let place = entries.iter().position(|(other, _)| other == key)?;
            let (_, old) = entries.remove(place);
            if entries.is_empty() {
                *child = None;
            }
            Some(old)
        }
        Node::Branch(children) => {
            let old = remove(&mut children[turn(hash, depth)], hash, depth + 1, key);
            if let Some(entries) = few(children) {
                *node = Node::Leaf(entries);
            }
            old
        }
    }
}

/// The entries of a branch if a leaf can have them.
fn few<K: Clone + Ord, V>(children: &[Child<K, V>; WIDTH]) -> Option<Vec<(K, Arc<V>)>> {
    let mut len = 0;
    for child in children.iter().flatten() {
        match &**child {
            Node::Leaf(entries) => len += entries.len(),
            Node::Branch(_) => return None,
        }
        if len > LEAF {
            return None;
        }
    }
    let all = children.iter().flat_map(|child| entries(child.as_deref()));
    let mut all: Vec<_> = all.map(|(key, value)| (key.clone(), Arc::clone(value))).collect();
    all.sort_unstable_by(|(one, _), (other, _)| one.cmp(other));
    Some(all)
}

/// The entries under a node.
fn entries<'n, K, V>(node: Option<&'n Node<K, V>>) -> impl Iterator<Item = &'n (K, Arc<V>)> {
    let mut open: Vec<&'n Node<K, V>> = node.into_iter().collect();
    let mut leaf: std::slice::Iter<'n, (K, Arc<V>)> = [].iter();
    std::iter::from_fn(move || {
        loop {
            if let Some(entry) = leaf.next() {
                return Some(entry);
            }
            match open.pop()? {
                Node::Leaf(entries) => leaf = entries.iter(),
                Node::Branch(children) => open.extend(children.iter().filter_map(Option::as_deref)),
            }
        }
    })
}

fn unshared<K: Clone + Ord, V>(
    mine: Option<&Arc<Node<K, V>>>,
    theirs: Option<&Arc<Node<K, V>>>,
    keys: &mut BTreeSet<K>,
) {
    match (mine, theirs) {
        (None, None) => {}
        (Some(mine), Some(theirs)) if Arc::ptr_eq(mine, theirs) => {}
        (Some(mine), Some(theirs)) => match (&**mine, &**theirs) {
            (Node::Branch(mine), Node::Branch(theirs)) => {
                for (mine, theirs) in mine.iter().zip(theirs) {
                    unshared(mine.as_ref(), theirs.as_ref(), keys);
                }
            }
            (mine, theirs) => {
                let mut others: BTreeMap<&K, &Arc<V>> =
                    entries(Some(theirs)).map(|(key, value)| (key, value)).collect();
                for (key, value) in entries(Some(mine)) {
                    if !others.remove(key).is_some_and(|other| Arc::ptr_eq(other, value)) {
                        keys.insert(key.clone());
                    }
                }
                keys.extend(others.into_keys().cloned());
            }
        },
        (Some(only), None) | (None, Some(only)) => {
            keys.extend(entries(Some(&**only)).map(|(key, _)| key.clone()));
        }
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

    /// The same key, hashed alike for all.
    #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
    struct Clashing(u32);

    impl Hash for Clashing {
        fn hash<H: Hasher>(&self, state: &mut H) {
            0.hash(state);
        }
    }

    #[test]
    fn it_is_a_map() {
        fn check<K: Clone + Hash + Ord + std::fmt::Debug>(key: fn(u32) -> K) {
            let mut map = SharedMap::<K, u32>::default();
            let mut model = BTreeMap::new();
            let mut random = 1_u32;
            for round in 0..2_000 {
                random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                let place = (random >> 16) % 60;
                match random >> 30 {
                    0 => assert_eq!(map.remove(&key(place)).map(|old| *old), model.remove(&key(place))),
                    1 => {
                        assert_eq!(
                            map.get_mut(&key(place)).map(|value| *value += 1),
                            model.get_mut(&key(place)).map(|value| *value += 1)
                        );
                    }
                    _ => {
                        assert_eq!(
                            map.insert(key(place), round).map(|old| *old),
                            model.insert(key(place), round)
                        );
                    }
                }
                assert_eq!((map.len(), map.is_empty()), (model.len(), model.is_empty()));
                assert_eq!(map.get(&key(place)), model.get(&key(place)));
            }
            let before = map.clone();
            assert!(map.sorted().into_iter().eq(&model), "{map:?}");
            for place in 0..60 {
                map.remove(&key(place));
            }
            assert_eq!(
                map.unshared(&before).into_iter().collect::<Vec<_>>(),
                model.into_keys().collect::<Vec<_>>()
            );
            assert!(map.root.is_none());
        }
        check(|place| place);
        check(Clashing);
    }

    #[test]
    fn the_order_depends_on_the_keys_alone() {
        let mut grown = SharedMap::<u32, u32>::default();
        (0..40).for_each(|key| drop(grown.insert(key, key)));
        let mut shrunk = SharedMap::default();
        (0..900).rev().for_each(|key| drop(shrunk.insert(key, key)));
        for left in (1..40).rev() {
            (left..900).for_each(|key| drop(shrunk.remove(&key)));
            (left..40).for_each(|key| drop(grown.remove(&key)));
            let order = |map: &SharedMap<u32, u32>| map.iter().map(|(key, _)| *key).collect::<Vec<_>>();
            assert_eq!(order(&grown), order(&shrunk), "{left}");
        }
    }
}
