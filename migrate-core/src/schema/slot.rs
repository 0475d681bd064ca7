//! What is looked at in a schema, so that what came of it can be taken again where all that is the same.

use std::sync::{Arc, Mutex, PoisonError};

use super::{Object, ObjectBody, ObjectId, Space, shared};

/// A place in a schema where something can be looked up. Two places are one with the chance of two hashes being one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Slot(u64);

/// What the last bits say.
const KINDS: u64 = 0b11;
const DEPENDENTS: u64 = 1;
const CONSTRAINT_NAME: u64 = 2;
const WHOLE: u64 = 3;

/// Objects are alike in what they are looked through for: their space, and whether they have statements.
const CLASSES: usize = 16;
const HAS_STATEMENTS: u64 = 8;

impl Slot {
    /// All objects.
    pub(crate) const ALL: Self = Self(WHOLE);
    /// Whether there may be others.
    pub(crate) const OTHERS: Self = Self(WHOLE | 1 << 2);
    /// Views and tables with triggers: what SQLite reads again whenever it alters a table.
    pub(crate) const STATEMENTS: Self = Self(WHOLE | 2 << 2);

    /// All objects of a space.
    pub(crate) fn space(space: Space) -> Self {
        Self(WHOLE | (8 + space as u64) << 2)
    }

    /// An object.
    pub(crate) fn object(id: &ObjectId) -> Self {
        Self::at(shared::hash(id))
    }

    /// An object by where it stands in a map.
    pub(super) fn at(hash: u64) -> Self {
        Self(hash & !KINDS)
    }

    /// What needs an object.
    pub(super) fn dependents(self) -> Self {
        Self(self.0 | DEPENDENTS)
    }

    /// The constraints of a name in a schema.
    pub(super) fn constraint_name(key: &(Arc<str>, Arc<str>)) -> Self {
        Self(shared::hash(key) & !KINDS | CONSTRAINT_NAME)
    }

    /// Whether it is an object's, and not one of what follows from objects.
    pub(crate) fn is_object(self) -> bool {
        self.0 & KINDS == 0
    }

    /// Whether it is not one place but many.
    pub(crate) fn is_whole(self) -> bool {
        self.0 & KINDS == WHOLE
    }

    /// As a number.
    pub(crate) fn number(self) -> u64 {
        self.0
    }

    /// From a number.
    pub(crate) fn from_number(number: u64) -> Self {
        Self(number)
    }
}

/// What stands for the value of an object: a hash of its bytes, and what class it is of. Never 0, which stands for nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Stamp(u64);

impl Stamp {
    /// No object.
    pub(crate) const NONE: Self = Self(0);

    /// Of an object, whose bytes have this hash.
    pub(crate) fn of(id: &ObjectId, object: &Object, hash: u64) -> Self {
        let class = id.space as u64 | if object.has_statements() { HAS_STATEMENTS } else { 0 };
        Self(((hash | 1 << 4) & !0b1111) | class)
    }

    /// As a number.
    pub(crate) fn number(self) -> u64 {
        self.0
    }

    /// From a number.
    pub(crate) fn from_number(number: u64) -> Self {
        Self(number)
    }

    fn class(self) -> usize {
        (self.0 & 0b1111) as usize
    }
}

/// The stamps of many objects as one number for each class, whatever their order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sums([u64; CLASSES]);

impl Sums {
    /// Another object stands in a slot.
    pub(crate) fn replace(&mut self, slot: Slot, old: Stamp, new: Stamp) {
        if old != Stamp::NONE {
            let sum = &mut self.0[old.class()];
            *sum = sum.wrapping_sub(mixed(slot, old));
        }
        if new != Stamp::NONE {
            let sum = &mut self.0[new.class()];
            *sum = sum.wrapping_add(mixed(slot, new));
        }
    }

    /// What stands for all that one sees who looks through these objects.
    pub(crate) fn of(&self, slot: Slot) -> u64 {
        let takes = |class: u64| match slot {
            Slot::ALL => true,
            Slot::STATEMENTS => class & HAS_STATEMENTS != 0,
            Slot(space) => (8 + (class & !HAS_STATEMENTS)) << 2 | WHOLE == space,
        };
        let classes = (0_u64..).zip(&self.0).filter(|(class, _)| takes(*class));
        classes.fold(0, |all, (class, sum)| all.wrapping_add(sum.rotate_left(class as u32 * 4)))
    }
}

/// One number of two, so that sums over many tell which went together.
fn mixed(slot: Slot, stamp: Stamp) -> u64 {
    let mixed = (u128::from(slot.0) ^ 0x9e37_79b9_7f4a_7c15) * (u128::from(stamp.0) ^ 0xd1b5_4a32_d192_ed03);
    (mixed as u64) ^ (mixed >> 64) as u64
}

/// Calls `f` with each slot that follows from an object, and how much the object adds to it.
pub(crate) fn contributions(id: &ObjectId, object: &Object, mut f: impl FnMut(Slot, u64)) {
    let own = Slot::object(id);
    let mut last = None;
    // They are sorted by what is needed.
    for need in &object.needs {
        if last != Some(&need.object) {
            f(Slot::object(&need.object).dependents(), mixed(own, Stamp(1)));
        }
        last = Some(&need.object);
    }
    if let ObjectBody::Table(table) = &object.body {
        for name in table.constraints.iter().filter_map(|constraint| constraint.name.as_ref()) {
            f(Slot::constraint_name(&(Arc::clone(&id.schema), Arc::clone(name))), 1);
        }
    }
}

/// Where somebody looked. Clones share it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Reads(Arc<Mutex<Vec<Slot>>>);

impl Reads {
    pub(super) fn saw(&self, slot: Slot) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(slot);
    }

    /// All of it, each slot once.
    pub(crate) fn take(&self) -> Vec<Slot> {
        let mut slots = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        slots.sort_unstable();
        slots.dedup();
        slots
    }
}
