//! What a squashed revision stands for.

use super::RevisionId;
use crate::dialect::Dialect;
use crate::digest::Digest;

/// The revisions that a squashed one replaces, and how databases that have them are recognised.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Replaced {
    /// Their ids, in an order in which they ran. Where a database is that has them all, the last one says; see
    /// [`ends`](Self::ends).
    pub ids: Vec<RevisionId>,
    /// One for each kind of database that the replaced revisions served.
    pub proofs: Vec<Proof>,
}

/// By what databases of one kind are recognised.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// The kind.
    pub dialect: Dialect,
    /// The digest of what the replaced revisions built on: [`before`](crate::digest::before).
    pub before: Digest,
    /// The digest that the last of them handed to what builds on it.
    pub after: Digest,
    /// Those among them that were squashed themselves, each with its own digest.
    pub squashed: Vec<(RevisionId, Digest)>,
}

impl Replaced {
    /// The proof for a kind of database.
    pub fn proof(&self, dialect: Dialect) -> Option<&Proof> {
        self.proofs.iter().find(|proof| proof.dialect == dialect)
    }

    /// By which of the ids the version table says that a database has all of them, the last one first: several where the
    /// last was squashed itself, so that what that one replaced says the same.
    pub fn ends(&self) -> &[RevisionId] {
        let is_squashed = |id: &RevisionId| {
            self.proofs.iter().flat_map(|proof| &proof.squashed).any(|(other, _)| other == id)
        };
        let n_squashed = self.ids.iter().rev().take_while(|id| is_squashed(id)).count();
        &self.ids[self.ids.len().saturating_sub(n_squashed + 1)..]
    }

    /// The last of the revisions that were there before anything was squashed.
    pub fn last(&self) -> Option<&RevisionId> {
        self.ends().first()
    }
}
