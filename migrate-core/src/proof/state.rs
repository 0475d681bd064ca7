//! A schema on its way through a history, as stamps first and as objects where they are asked for.

use std::collections::{BTreeMap, HashMap};
use std::hash::{BuildHasherDefault, Hasher};

use super::trace::{Trace, Traces};
use crate::dialect::Dialect;
use crate::schema::{Object, ObjectId, Schema, Slot, Stamp, Sums, contributions};

/// A schema of which every place has a number that stands for what is there.
///
/// What came of a revision before is put in as numbers, which costs next to nothing. The objects themselves are fetched when a
/// revision has to be run.
#[derive(Clone, Debug)]
pub(super) struct State {
    /// What has a value: an object's stamp, or what objects have added up to.
    values: HashMap<Slot, u64, BuildHasherDefault<Plain>>,
    sums: Sums,
    may_have_others: bool,
    schema: Schema,
    /// Where the schema does not have the object that it should, with the stamp of the one it has.
    stale: BTreeMap<Slot, Stamp>,
}

/// What a revision did, as numbers.
#[derive(Debug, Default)]
pub(super) struct Effect {
    /// The new stamps, and whether there may be other objects.
    pub(super) writes: Vec<(Slot, u64)>,
    /// How much was added to what follows from objects.
    pub(super) changes: Vec<(Slot, u64)>,
}

impl State {
    /// An empty schema.
    pub(super) fn new(dialect: Dialect) -> Self {
        Self {
            values: HashMap::default(),
            sums: Sums::default(),
            may_have_others: false,
            schema: Schema::new(dialect),
            stale: BTreeMap::new(),
        }
    }

    /// What stands for what is there.
    pub(super) fn value(&self, slot: Slot) -> u64 {
        match slot {
            Slot::OTHERS => u64::from(self.may_have_others),
            _ if slot.is_whole() => self.sums.of(slot),
            _ => self.values.get(&slot).copied().unwrap_or(0),
        }
    }

    /// Whether all is there that the trace saw.
    pub(super) fn suits(&self, trace: &Trace<'_>) -> bool {
        trace.reads().all(|(slot, value)| self.value(slot) == value)
    }

    /// Does what the trace did.
    pub(super) fn follow(&mut self, trace: &Trace<'_>) {
        for (slot, value) in trace.writes() {
            let old = self.write(slot, value);
            if slot.is_object() {
                self.stale.entry(slot).or_insert(Stamp::from_number(old));
            }
        }
        trace.changes().for_each(|(slot, amount)| self.add(slot, amount));
    }

    /// Goes over to what became of the schema, and says what that is. The objects are kept.
    pub(super) fn advance(&mut self, after: Schema, traces: &mut Traces) -> Effect {
        let mut effect = Effect::default();
        let mut changes: BTreeMap<Slot, u64> = BTreeMap::new();
        for id in self.schema.changed(&after) {
            let slot = Slot::object(&id);
            let mut change = |object: Option<&Object>, is_new: bool| {
                let Some(object) = object else { return };
                contributions(&id, object, |slot, amount| {
                    let amount = if is_new { amount } else { amount.wrapping_neg() };
                    let sum = changes.entry(slot).or_insert(0);
                    *sum = sum.wrapping_add(amount);
                });
            };
            change(self.schema.get(&id), false);
            change(after.get(&id), true);
            let stamp = after.get(&id).map_or(Stamp::NONE, |object| traces.keep(&id, object));
            if stamp.number() != self.value(slot) {
                self.write(slot, stamp.number());
                effect.writes.push((slot, stamp.number()));
            }
        }
        if after.may_have_others != self.may_have_others {
            self.may_have_others = after.may_have_others;
            effect.writes.push((Slot::OTHERS, u64::from(after.may_have_others)));
        }
        changes.retain(|_, amount| *amount != 0);
        changes.iter().for_each(|(slot, amount)| self.add(*slot, *amount));
        effect.changes.extend(changes);
        self.schema = after;
        effect
    }

    /// The schema itself; `None` if an object was not kept.
    pub(super) fn schema(&mut self, traces: &Traces) -> Option<&Schema> {
        for (slot, had) in std::mem::take(&mut self.stale) {
            let has = Stamp::from_number(self.value(slot));
            if has == had {
                continue;
            }
            if had != Stamp::NONE {
                self.schema.remove(&traces.id(had)?);
            }
            if has != Stamp::NONE {
                let (id, object): (ObjectId, Object) = traces.object(has)?;
                self.schema.insert(id, object);
            }
        }
        self.schema.may_have_others = self.may_have_others;
        Some(&self.schema)
    }

    /// Puts a value in and gives the old one.
    fn write(&mut self, slot: Slot, value: u64) -> u64 {
        if slot == Slot::OTHERS {
            return u64::from(std::mem::replace(&mut self.may_have_others, value != 0));
        }
        let old = match value {
            0 => self.values.remove(&slot),
            _ => self.values.insert(slot, value),
        };
        let old = old.unwrap_or(0);
        self.sums.replace(slot, Stamp::from_number(old), Stamp::from_number(value));
        old
    }

    fn add(&mut self, slot: Slot, amount: u64) {
        let sum = self.value(slot).wrapping_add(amount);
        match sum {
            0 => drop(self.values.remove(&slot)),
            _ => drop(self.values.insert(slot, sum)),
        }
    }
}

/// Slots are hashes.
#[derive(Clone, Copy, Debug, Default)]
struct Plain(u64);

impl Hasher for Plain {
    fn finish(&self) -> u64 {
        // The last bits say of what kind a slot is, and the first ones tell entries of a table apart.
        self.0.rotate_right(2)
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.write_u64(u64::from(*byte)));
    }

    fn write_u64(&mut self, number: u64) {
        self.0 = self.0.rotate_left(5) ^ number;
    }
}
