//! A map that is cheap to clone and to compare.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use super::{Object, ObjectId};

/// How many pieces the map is kept in: a clone costs as many reference counts, a change after it copies one piece.
const PIECES: usize = 64;

type Piece = BTreeMap<ObjectId, Arc<Object>>;

/// The objects of a schema.
///
/// A clone shares everything with its original. A change copies one piece of the map and the object, if they are shared;
/// what two maps still share is equal without being looked at.
#[derive(Clone, Debug)]
pub struct Objects {
    pieces: Vec<Arc<Piece>>,
}

impl Default for Objects {
    fn default() -> Self {
        let empty = Arc::new(Piece::new());
        Self { pieces: vec![empty; PIECES] }
    }
}

fn place(id: &ObjectId) -> usize {
    let mut hasher = DefaultHasher::new();
    id.hash(&mut hasher);
    // The remainder is less than the number of pieces.
    (hasher.finish() % PIECES as u64) as usize
}

impl Objects {
    /// The object.
    pub fn get(&self, id: &ObjectId) -> Option<&Object> {
        self.pieces[place(id)].get(id).map(|object| &**object)
    }

    /// Whether it is there.
    pub fn contains(&self, id: &ObjectId) -> bool {
        self.pieces[place(id)].contains_key(id)
    }

    /// The object, to be changed.
    pub fn get_mut(&mut self, id: &ObjectId) -> Option<&mut Object> {
        let piece = &mut self.pieces[place(id)];
        if !piece.contains_key(id) {
            return None;
        }
        Arc::make_mut(piece).get_mut(id).map(Arc::make_mut)
    }

    /// Puts an object there and returns the one that was there.
    pub fn insert(&mut self, id: ObjectId, object: Object) -> Option<Arc<Object>> {
        Arc::make_mut(&mut self.pieces[place(&id)]).insert(id, Arc::new(object))
    }

    /// Takes an object out.
    pub fn remove(&mut self, id: &ObjectId) -> Option<Arc<Object>> {
        let piece = &mut self.pieces[place(id)];
        if piece.contains_key(id) { Arc::make_mut(piece).remove(id) } else { None }
    }

    /// All objects, in no order.
    pub fn iter(&self) -> impl Iterator<Item = (&ObjectId, &Object)> {
        self.pieces.iter().flat_map(|piece| piece.iter().map(|(id, object)| (id, &**object)))
    }

    /// All objects, by id.
    pub fn sorted(&self) -> Vec<(&ObjectId, &Object)> {
        let mut all: Vec<_> = self.iter().collect();
        all.sort_unstable_by_key(|(id, _)| *id);
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

    /// The ids whose objects are not one and the same in both maps, sorted. Objects that are equal without being the same
    /// are among them.
    pub fn unshared(&self, other: &Self) -> BTreeSet<ObjectId> {
        let mut ids = BTreeSet::new();
        for (mine, theirs) in self.pieces.iter().zip(&other.pieces) {
            if Arc::ptr_eq(mine, theirs) {
                continue;
            }
            let differs = |(id, object): &(&ObjectId, &Arc<Object>), in_other: &Piece| {
                !in_other.get(id).is_some_and(|found| Arc::ptr_eq(found, object))
            };
            ids.extend(mine.iter().filter(|entry| differs(entry, theirs)).map(|(id, _)| id.clone()));
            ids.extend(theirs.iter().filter(|entry| differs(entry, mine)).map(|(id, _)| id.clone()));
        }
        ids
    }
}
