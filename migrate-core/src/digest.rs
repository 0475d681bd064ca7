//! The identity of a revision: what it does, and what it builds on.
//!
//! A digest covers the digests of the parents, as a commit's does in git, so that equal digests of two heads mean equal
//! histories. It covers SQL as tokens: blanks, comments and line endings may change freely. The message, the labels and
//! the date are not covered. Each dialect has its own digest, over the sections that serve it.

use std::fmt;
use std::str::FromStr;

use sha2::{Digest as _, Sha256};

use crate::dialect::Dialect;
use crate::revision::{Direction, Revision, RevisionId, Section};
use crate::sql::significant_tokens;

/// The version of what goes into a digest and how; digests of different formats cannot be compared.
pub const FORMAT: u32 = 1;

/// A SHA-256; shown as 64 lower-case hex digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest([u8; 32]);

impl Digest {
    /// The digest with these bytes.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Its bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The sum of two digests, bit by bit: the same again takes it away.
    #[must_use]
    pub(crate) fn plus(mut self, other: &Self) -> Self {
        self.0.iter_mut().zip(other.0).for_each(|(byte, other)| *byte ^= other);
        self
    }
}

/// The digest of the revision, as far as the dialect is concerned.
///
/// `parents` are the digests of `revision.parents`, and `depends_on` are what `revision.depends_on` resolves to, both
/// in the order of the revision.
pub fn digest(
    revision: &Revision,
    dialect: Dialect,
    parents: &[Digest],
    depends_on: &[(&RevisionId, Digest)],
) -> Digest {
    let mut fields = Fields::new();
    fields.number(u64::from(FORMAT));
    fields.bytes(revision.id.as_str().as_bytes());
    fields.needs(parents, depends_on);
    for direction in [Direction::Upgrade, Direction::Downgrade] {
        fields.section(revision.section(direction, dialect), dialect);
    }
    fields.number(u64::from(revision.irreversible.is_some()));
    fields.finish()
}

/// The digest of what a run of revisions builds on: of what its first revisions need that is not of the run.
///
/// `parents` are sorted, and so are `depends_on`: there is no order between those of several revisions.
pub fn before(parents: &[Digest], depends_on: &[(&RevisionId, Digest)]) -> Digest {
    let mut fields = Fields::new();
    fields.number(u64::from(FORMAT));
    fields.bytes(b"what replaced revisions build on");
    fields.needs(parents, depends_on);
    fields.finish()
}

/// Fields of which none can run into the next: texts come with their length, lists with their end.
///
/// They are hashed in large pieces: a call for each token is what an unoptimised build, as macros usually are, spends most
/// of its time on.
struct Fields {
    hasher: Sha256,
    pending: Vec<u8>,
}

/// How many bytes are collected before they are hashed.
const PENDING: usize = 4096;

impl Fields {
    fn new() -> Self {
        Self { hasher: Sha256::new(), pending: Vec::with_capacity(2 * PENDING) }
    }

    fn finish(mut self) -> Digest {
        self.flush();
        Digest(self.hasher.finalize().into())
    }

    fn needs(&mut self, parents: &[Digest], depends_on: &[(&RevisionId, Digest)]) {
        self.number(parents.len() as u64);
        for parent in parents {
            self.bytes(parent.as_bytes());
        }
        self.number(depends_on.len() as u64);
        for (id, digest) in depends_on {
            self.bytes(id.as_str().as_bytes());
            self.bytes(digest.as_bytes());
        }
    }

    fn number(&mut self, number: u64) {
        self.pending.extend_from_slice(&number.to_le_bytes());
    }

    fn bytes(&mut self, bytes: &[u8]) {
        self.number(bytes.len() as u64);
        self.pending.extend_from_slice(bytes);
        if self.pending.len() >= PENDING {
            self.flush();
        }
    }

    fn flush(&mut self) {
        self.hasher.update(&self.pending);
        self.pending.clear();
    }

    fn section(&mut self, section: Option<&Section>, dialect: Dialect) {
        self.number(u64::from(section.is_some()));
        let Some(section) = section else { return };
        // In one number with what was there first, so that it leaves other revisions their digests.
        self.number(u64::from(section.transactional) | u64::from(!section.foreign_keys) << 1);
        for token in significant_tokens(&section.text, dialect) {
            // A line end in a string is the same one, whatever a checkout made of it.
            if token.contains('\r') {
                self.bytes(token.replace("\r\n", "\n").as_bytes());
            } else {
                self.bytes(token.as_bytes());
            }
        }
        // No token is empty.
        self.number(0);
    }
}

/// The text is not 64 hex digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidDigest;

impl fmt::Display for InvalidDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a digest has 64 lower-case hex digits")
    }
}

impl std::error::Error for InvalidDigest {}

impl FromStr for Digest {
    type Err = InvalidDigest;

    fn from_str(text: &str) -> Result<Self, InvalidDigest> {
        let digit = |byte: u8| match byte {
            b'0'..=b'9' => Ok(byte - b'0'),
            b'a'..=b'f' => Ok(byte - b'a' + 10),
            _ => Err(InvalidDigest),
        };
        let digits: &[u8; 64] = text.as_bytes().try_into().map_err(|_| InvalidDigest)?;
        let mut bytes = [0; 32];
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
            *byte = digit(pair[0])? << 4 | digit(pair[1])?;
        }
        Ok(Self(bytes))
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests;
