//! What came of revisions before: where they looked, what they did, what was wrong.
//!
//! A revision that finds in all these places what it found there before does what it did before, because nothing else decides
//! about it but its own text. So a trace is found by the text, and is taken if what it saw is there. Nothing is said about
//! when or where that was: the same traces serve every order of the same revisions.
//!
//! Places and values are hashes of 64 bits. They are compared one with one, so that a wrong answer takes two different values of
//! one place to have the same hash.

use std::collections::{BTreeSet, HashMap};
use std::ops::Range;

use super::revision::Found;
use super::state::Effect;
use crate::checks::CODES;
use crate::ddl::Extent;
use crate::diagnostic::Code;
use crate::interpret::{Finding, Proof};
use crate::revision::Direction;
use crate::schema::bytes::{Bytes, hash};
use crate::schema::{Object, ObjectId, ObjectName, Slot, Space, Stamp};

/// Traces of many revisions, and the objects that they made.
#[derive(Clone, Debug, Default)]
pub struct Traces {
    /// All traces and objects, one behind the other.
    bytes: Vec<u8>,
    traces: HashMap<u64, Vec<Range<usize>>>,
    objects: HashMap<Stamp, Range<usize>>,
    /// Where the traces begin that are not to be forgotten, with their keys.
    used: BTreeSet<(usize, u64)>,
    /// How many traces came from bytes, if none was made since.
    n_read: Option<usize>,
    #[cfg(test)]
    is_forgetful: bool,
}

/// The trace of one revision.
pub(super) struct Trace<'t> {
    reads: &'t [u8],
    writes: &'t [u8],
    changes: &'t [u8],
    wrong: &'t [u8],
}

impl Traces {
    /// The traces of a key.
    pub(super) fn of(&self, key: u64) -> impl Iterator<Item = (usize, Trace<'_>)> {
        let all = self.traces.get(&key).into_iter().flatten();
        #[cfg(test)]
        let all = all.filter(|_| !self.is_forgetful);
        all.filter_map(|range| Some((range.start, Trace::of(self.bytes.get(range.clone())?)?)))
    }

    /// Whether there is one.
    pub(super) fn knows(&self, key: u64) -> bool {
        self.traces.contains_key(&key)
    }

    /// One was taken.
    pub(super) fn take(&mut self, start: usize, key: u64) {
        self.used.insert((start, key));
    }

    /// Enters what came of a revision.
    pub(super) fn add(&mut self, key: u64, reads: &[(Slot, u64)], effect: &Effect, wrong: &[Found]) {
        // It would not be found again.
        if wrong.iter().any(|found| !CODES.contains(&found.finding.code.0)) {
            return;
        }
        let start = self.bytes.len();
        let all = [reads, &effect.writes, &effect.changes];
        all.iter().for_each(|pairs| pairs.len().put(&mut self.bytes));
        for (slot, value) in all.into_iter().flatten() {
            slot.number().put(&mut self.bytes);
            value.put(&mut self.bytes);
        }
        if !wrong.is_empty() {
            wrong.iter().for_each(|found| found.put(&mut self.bytes));
        }
        self.traces.entry(key).or_default().push(start..self.bytes.len());
        self.used.insert((start, key));
        self.n_read = None;
    }

    /// Keeps an object and gives its stamp.
    pub(super) fn keep(&mut self, id: &ObjectId, object: &Object) -> Stamp {
        let start = self.bytes.len();
        id.put(&mut self.bytes);
        object.put(&mut self.bytes);
        let stamp = Stamp::of(id, object, hash(&self.bytes[start..]));
        if self.objects.contains_key(&stamp) {
            self.bytes.truncate(start);
        } else {
            self.objects.insert(stamp, start..self.bytes.len());
        }
        stamp
    }

    /// The object of a stamp.
    pub(super) fn object(&self, stamp: Stamp) -> Option<(ObjectId, Object)> {
        Bytes::take(&mut self.bytes.get(self.objects.get(&stamp)?.clone())?)
    }

    /// Which object that is.
    pub(super) fn id(&self, stamp: Stamp) -> Option<ObjectId> {
        Bytes::take(&mut self.bytes.get(self.objects.get(&stamp)?.clone())?)
    }

    /// Whether bytes made now would say nothing else than those that these came from.
    pub fn are_as_read(&self) -> bool {
        self.n_read == Some(self.used.len())
    }

    /// From here on only those count that are taken or made: the others will not be among the bytes.
    pub fn begin(&mut self) {
        self.used.clear();
    }

    /// The traces as bytes, with all that they need.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.bytes.len());
        fingerprint().put(&mut out);
        self.used.len().put(&mut out);
        let mut stamps: Vec<Stamp> = Vec::new();
        for &(start, key) in &self.used {
            let range = self.traces.get(&key).into_iter().flatten().find(|range| range.start == start);
            let bytes = range.and_then(|range| self.bytes.get(range.clone())).unwrap_or_default();
            key.put(&mut out);
            bytes.len().put(&mut out);
            out.extend_from_slice(bytes);
            let writes = Trace::of(bytes).into_iter().flat_map(|trace| trace.writes());
            stamps.extend(
                writes.filter(|(slot, _)| slot.is_object()).map(|(_, value)| Stamp::from_number(value)),
            );
        }
        stamps.sort_unstable();
        stamps.dedup();
        for stamp in stamps {
            let Some(range) = self.objects.get(&stamp) else { continue };
            let bytes = self.bytes.get(range.clone()).unwrap_or_default();
            stamp.number().put(&mut out);
            bytes.len().put(&mut out);
            out.extend_from_slice(bytes);
        }
        hash(&out).put(&mut out);
        out
    }

    /// Traces from bytes; damaged ones, and those of another version, are none.
    pub fn decode(bytes: Vec<u8>) -> Self {
        Self::read(bytes).unwrap_or_default()
    }

    fn read(bytes: Vec<u8>) -> Option<Self> {
        let (body, mut sum) = bytes.split_at_checked(bytes.len().checked_sub(8)?)?;
        let mut rest = body;
        if u64::take(&mut rest)? != fingerprint() || u64::take(&mut sum)? != hash(body) {
            return None;
        }
        let mut traces: HashMap<u64, Vec<Range<usize>>> = HashMap::new();
        let mut objects = HashMap::new();
        let next = |rest: &mut &[u8]| {
            let (key, length) = (u64::take(rest)?, usize::take(rest)?);
            let start = body.len() - rest.len();
            *rest = rest.get(length..)?;
            Some((key, start..start + length))
        };
        let mut used = BTreeSet::new();
        let n_traces = usize::take(&mut rest)?;
        for _ in 0..n_traces {
            let (key, range) = next(&mut rest)?;
            used.insert((range.start, key));
            traces.entry(key).or_default().push(range);
        }
        while !rest.is_empty() {
            let (stamp, range) = next(&mut rest)?;
            objects.insert(Stamp::from_number(stamp), range);
        }
        Some(Self {
            bytes,
            traces,
            objects,
            used,
            n_read: Some(n_traces),
            #[cfg(test)]
            is_forgetful: false,
        })
    }
}

#[cfg(test)]
impl Traces {
    /// Traces that are never found again.
    pub(super) fn forgetful() -> Self {
        Self { is_forgetful: true, ..Self::default() }
    }

    pub(super) fn len(&self) -> usize {
        self.traces.values().map(Vec::len).sum()
    }

    pub(super) fn lose_objects(&mut self) {
        self.objects.clear();
    }
}

/// What stands for this program. The hash of the standard library, which may change, is part of it.
fn fingerprint() -> u64 {
    let id = ObjectId { space: Space::Relation, schema: "schema".into(), name: "name".into() };
    let mut bytes = env!("MIGRATE_CORE_SOURCES").as_bytes().to_vec();
    Slot::object(&id).number().put(&mut bytes);
    ObjectName::new("schema", "name").put(&mut bytes);
    hash(&bytes)
}

const PAIR: usize = 16;

fn pairs(bytes: &[u8]) -> impl Iterator<Item = (Slot, u64)> {
    bytes.as_chunks::<PAIR>().0.iter().map(|pair| {
        let number = u128::from_le_bytes(*pair);
        (Slot::from_number(number as u64), (number >> 64) as u64)
    })
}

impl<'t> Trace<'t> {
    fn of(mut bytes: &'t [u8]) -> Option<Self> {
        let lengths: [usize; 3] =
            [usize::take(&mut bytes)?, usize::take(&mut bytes)?, usize::take(&mut bytes)?];
        let mut next = |length: usize| {
            let (part, rest) = bytes.split_at_checked(length.checked_mul(PAIR)?)?;
            bytes = rest;
            Some(part)
        };
        let (reads, writes, changes) = (next(lengths[0])?, next(lengths[1])?, next(lengths[2])?);
        Some(Self { reads, writes, changes, wrong: bytes })
    }

    /// Where it looked, and what was there.
    pub(super) fn reads(&self) -> impl Iterator<Item = (Slot, u64)> + use<'t> {
        pairs(self.reads)
    }

    /// Where it put what.
    pub(super) fn writes(&self) -> impl Iterator<Item = (Slot, u64)> + use<'t> {
        pairs(self.writes)
    }

    /// What it added to what follows from objects.
    pub(super) fn changes(&self) -> impl Iterator<Item = (Slot, u64)> + use<'t> {
        pairs(self.changes)
    }

    /// What was wrong; `None` if that cannot be read.
    pub(super) fn wrong(&self) -> Option<Vec<Found>> {
        let (mut rest, mut all) = (self.wrong, Vec::new());
        while !rest.is_empty() {
            all.push(Found::take(&mut rest)?);
        }
        Some(all)
    }
}

impl Bytes for Found {
    fn put(&self, out: &mut Vec<u8>) {
        let Self { direction, at, finding } = self;
        let Finding { code, message, at: extent, label, notes, helps, proof } = finding;
        (*direction == Direction::Downgrade).put(out);
        at.as_ref().map(|at| (at.start, at.end)).put(out);
        code.0.to_owned().put(out);
        message.put(out);
        (extent.start, extent.end).put(out);
        label.put(out);
        notes.put(out);
        helps.put(out);
        (*proof == Proof::Certain).put(out);
    }

    fn take(bytes: &mut &[u8]) -> Option<Self> {
        let direction = if bool::take(bytes)? { Direction::Downgrade } else { Direction::Upgrade };
        let at = <Option<(usize, usize)> as Bytes>::take(bytes)?.map(|(start, end)| start..end);
        let name = String::take(bytes)?;
        let code = CODES.iter().copied().find(|code| *code == name)?;
        let message = String::take(bytes)?;
        let (start, end) = Bytes::take(bytes)?;
        let finding = Finding {
            code: Code(code),
            message,
            at: Extent { start, end },
            label: Bytes::take(bytes)?,
            notes: Bytes::take(bytes)?,
            helps: Bytes::take(bytes)?,
            proof: if bool::take(bytes)? { Proof::Certain } else { Proof::Likely },
        };
        Some(Self { direction, at, finding })
    }
}
