//! By which way a database came to a revision, where some of what it needs was squashed.
//!
//! A squashed revision does at once what the revisions it replaces did one by one, and both ways lead on to the same
//! revisions. So it hands to what builds on it the digest that the last of those handed on: no digest outside of the run
//! changes, and databases that have it keep what they recorded. That the squashed revision itself is what was run is told by
//! its own digest, which is added (bit by bit) to whatever a database records that ran it:
//!
//! ```text
//! recorded(r) = handed(r) + own(s), for each squashed s that r needs and that was run as such
//! ```
//!
//! From what is recorded follows which ones those were, as long as the sum of none of the digests is that of others. An
//! edited `s` has another digest, so that what was recorded with the old one is no such sum any more.

use std::collections::BTreeMap;

use super::History;
use crate::dialect::{Dialect, DialectSet};
use crate::digest::{self, Digest, digest};
use crate::graph::{NodeSet, Squash};
use crate::revision::{Proof, Replaced, RevisionId};

/// By which way a database has what it has: for which squashed revisions it ran what they replace.
///
/// All others were run as such; that is the default.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Way {
    /// By the revision's place among the squashed ones: which of those that it replaces were squashed and run as such.
    replaced: BTreeMap<usize, Vec<RevisionId>>,
}

impl Way {
    /// Takes over what another row of the same database says.
    pub fn extend(&mut self, other: Self) {
        self.replaced.extend(other.replaced);
    }
}

/// The digests of a history for one kind of database.
#[derive(Clone, Debug)]
pub(super) struct Digests {
    /// What each revision hands to those that need it.
    pub(super) handed: Vec<Digest>,
    /// The own digest of each squashed revision that stands for those it replaces; for others there is nothing to add.
    pub(super) own: Vec<Option<Digest>>,
}

impl Digests {
    /// Reckons them, in an order in which the revisions can run.
    pub(super) fn reckon(history: &History, dialect: Dialect) -> Self {
        let n_revisions = history.revisions.len();
        let mut handed = vec![Digest::from_bytes([0; 32]); n_revisions];
        let mut own = vec![None; history.squashed.len()];
        let mut names: Vec<&RevisionId> = history.revisions.iter().map(|revision| &revision.id).collect();
        for &index in history.graph.topological() {
            let revision = &history.revisions[index];
            let mut parents: Vec<Digest> =
                history.graph.parents(index).iter().map(|other| handed[*other]).collect();
            let needed = history.graph.dependencies(index).iter();
            let mut needed: Vec<_> = needed.map(|other| (names[*other], handed[*other])).collect();
            let text = digest(revision, dialect, &parents, &needed);
            handed[index] = text;
            let Some(replaced) = revision.replaces.as_deref() else { continue };
            let (Some(proof), Some(last)) = (replaced.proof(dialect), replaced.last()) else { continue };
            parents.sort_unstable();
            needed.sort_unstable();
            // On other ground it does not stand for what was run on that ground.
            if proof.before == digest::before(&parents, &needed) {
                let place = history.place_of_squashed(index).expect("it is one");
                (handed[index], own[place], names[index]) = (proof.after, Some(text), last);
            }
        }
        Self { handed, own }
    }
}

impl History {
    /// The squashed revisions, in load order.
    pub fn squashed(&self) -> &[usize] {
        &self.squashed
    }

    fn place_of_squashed(&self, index: usize) -> Option<usize> {
        self.squashed.binary_search(&index).ok()
    }

    fn replaced(&self, place: usize) -> &Replaced {
        self.revisions[self.squashed[place]].replaces.as_deref().expect("it is squashed")
    }

    /// Which squashed revisions a revision needs, itself included, by their places.
    fn needed_squashed(&self, index: usize) -> &NodeSet {
        let reach = || {
            let mut reach = vec![NodeSet::new(self.squashed.len()); self.revisions.len()];
            for &index in self.graph.topological() {
                let mut own = NodeSet::new(self.squashed.len());
                let needed = self.graph.needs(index).iter().flat_map(|need| reach[*need].iter());
                for place in needed.chain(self.place_of_squashed(index)) {
                    own.insert(place);
                }
                reach[index] = own;
            }
            reach
        };
        &self.reach.get_or_init(reach)[index]
    }

    /// The revision that a row of the version table is about: the one with this id, or the one that replaces it and all
    /// that came before it.
    pub fn index_of_row(&self, id: &str) -> Option<usize> {
        self.index_of(id).or_else(|| {
            let (index, is_end) = self.graph.replacement(id)?;
            is_end.then_some(index)
        })
    }

    /// What a database that came this way records of a revision: by which id, and the digest of it and of everything before.
    pub fn recorded(&self, index: usize, way: &Way, dialect: Dialect) -> (&RevisionId, Digest) {
        let digests = self.digests(dialect);
        let (mut id, mut sum) = (&self.revisions[index].id, digests.handed[index]);
        if self.squashed.is_empty() {
            return (id, sum);
        }
        for place in self.needed_squashed(index).iter() {
            let Some(own) = &digests.own[place] else { continue };
            let Some(ran) = way.replaced.get(&place) else {
                sum = sum.plus(own);
                continue;
            };
            let replaced = self.replaced(place);
            for (_, own) in squashed_in(replaced, dialect).iter().filter(|(id, _)| ran.contains(id)) {
                sum = sum.plus(own);
            }
            if self.squashed[place] == index {
                let ends = replaced.ends();
                id = ends.iter().rev().find(|id| ran.contains(id)).or(ends.first()).unwrap_or(id);
            }
        }
        (id, sum)
    }

    /// The way by which a database came to where a row says it is, if it can have recorded that with this history.
    pub fn way_of(&self, id: &str, recorded: &Digest, dialect: Dialect) -> Option<Way> {
        let index = self.index_of_row(id)?;
        let way = self.way_to(index, recorded, dialect)?;
        (self.recorded(index, &way, dialect).0.as_str() == id).then_some(way)
    }

    /// The way by which a database came to a revision, if it can have recorded this digest of it with this history.
    pub fn way_to(&self, index: usize, recorded: &Digest, dialect: Dialect) -> Option<Way> {
        let digests = self.digests(dialect);
        let mut way = Way::default();
        if !self.squashed.is_empty() {
            let offset = recorded.plus(&digests.handed[index]);
            let stands = |place: &usize| digests.own[*place].is_some();
            let places: Vec<usize> = self.needed_squashed(index).iter().filter(stands).collect();
            let (mut marks, mut vectors) = (vec![], vec![]);
            for &place in &places {
                vectors.extend(digests.own[place]);
                marks.push((place, None));
                for (id, own) in squashed_in(self.replaced(place), dialect) {
                    vectors.push(*own);
                    marks.push((place, Some(id)));
                }
            }
            let ran = summands(offset, &vectors)?;
            way.replaced = places.into_iter().map(|place| (place, vec![])).collect();
            for (place, of) in ran.iter().map(|nth| marks[*nth]) {
                match of {
                    None => drop(way.replaced.remove(&place)),
                    Some(id) => way.replaced.entry(place).or_default().push(id.clone()),
                }
            }
        }
        (self.recorded(index, &way, dialect).1 == *recorded).then_some(way)
    }

    /// The name that a revision has for the digests of what depends on it.
    fn name_handed(&self, index: usize, dialect: Dialect) -> &RevisionId {
        let place = self.place_of_squashed(index);
        let place = place.filter(|place| self.digests(dialect).own[*place].is_some());
        place.and_then(|place| self.replaced(place).last()).unwrap_or(&self.revisions[index].id)
    }

    /// What a revision has to say that is to replace those of a run.
    pub fn replaced_by(&self, squash: &Squash, dialects: DialectSet) -> Replaced {
        let squashed = |node: &usize| self.revisions[*node].replaces.as_deref();
        let ids = squash.run.iter().flat_map(|node| {
            let before = squashed(node).map_or(&[][..], |replaced| &replaced.ids);
            before.iter().chain([&self.revisions[*node].id]).cloned()
        });
        let proof = |dialect| {
            let mut parents: Vec<Digest> =
                squash.parents.iter().map(|node| self.handed(*node, dialect)).collect();
            let needed = squash.depends_on.iter();
            let mut needed: Vec<_> =
                needed.map(|node| (self.name_handed(*node, dialect), self.handed(*node, dialect))).collect();
            parents.sort_unstable();
            needed.sort_unstable();
            let own = squash.run.iter().flat_map(|node| {
                let place = self.place_of_squashed(*node);
                let own = place.and_then(|place| self.digests(dialect).own[place]);
                let before = squashed(node).filter(|_| own.is_some());
                let before = before.map_or(&[][..], |replaced| squashed_in(replaced, dialect));
                before.iter().cloned().chain(own.map(|own| (self.revisions[*node].id.clone(), own)))
            });
            Proof {
                dialect,
                before: digest::before(&parents, &needed),
                after: self.handed(squash.last, dialect),
                squashed: own.collect(),
            }
        };
        Replaced { ids: ids.collect(), proofs: dialects.iter().map(proof).collect() }
    }

    /// The way on which nothing was run that was squashed.
    pub fn long_way(&self) -> Way {
        Way { replaced: (0..self.squashed.len()).map(|place| (place, vec![])).collect() }
    }

    /// The way that a row tells without a digest, as other tools write it: only by its id.
    pub fn way_by_name(&self, id: &str) -> Way {
        let mut way = Way::default();
        if self.index_of(id).is_some() {
            return way;
        }
        let place = self.index_of_row(id).and_then(|index| self.place_of_squashed(index));
        if let Some(place) = place {
            let ends = self.replaced(place).ends();
            let was_squashed = |other: &&RevisionId| other.as_str() == id && ends.first() != Some(*other);
            way.replaced.insert(place, ends.iter().filter(was_squashed).cloned().collect());
        }
        way
    }
}

fn squashed_in(replaced: &Replaced, dialect: Dialect) -> &[(RevisionId, Digest)] {
    replaced.proof(dialect).map_or(&[], |proof| &proof.squashed)
}

/// Which of these digests have this sum; `None` if it is the sum of none.
///
/// Gauss's elimination over bits: as long as no digest is a sum of others, there is one answer.
fn summands(mut sum: Digest, of: &[Digest]) -> Option<Vec<usize>> {
    /// A sum with its highest bit, and what it is the sum of.
    struct Row(usize, Digest, NodeSet);
    let highest = |digest: &Digest| {
        let byte = digest.as_bytes().iter().position(|byte| *byte != 0)?;
        Some(byte * 8 + digest.as_bytes()[byte].leading_zeros() as usize)
    };
    let toggle = |set: &mut NodeSet, other: &NodeSet| {
        for nth in other.iter() {
            if !set.remove(nth) {
                set.insert(nth);
            }
        }
    };
    let mut rows: Vec<Row> = vec![];
    let reduce = |rows: &[Row], sum: &mut Digest, parts: &mut NodeSet| {
        for Row(bit, digest, of) in rows {
            let is_set = sum.as_bytes()[bit / 8] & (0x80 >> (bit % 8)) != 0;
            if is_set {
                *sum = sum.plus(digest);
                toggle(parts, of);
            }
        }
    };
    for (nth, digest) in of.iter().enumerate() {
        let (mut digest, mut parts) = (*digest, NodeSet::new(of.len()));
        parts.insert(nth);
        reduce(&rows, &mut digest, &mut parts);
        if let Some(bit) = highest(&digest) {
            rows.push(Row(bit, digest, parts));
        }
    }
    let mut parts = NodeSet::new(of.len());
    reduce(&rows, &mut sum, &mut parts);
    highest(&sum).is_none().then(|| parts.iter().collect())
}

#[cfg(test)]
mod tests;
