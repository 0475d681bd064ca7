//! The revisions that were proved before, with what stands before them, and with which nothing was wrong.
//!
//! They are known by a digest over their own SQL, comments included, and the digests of what they need: what is proved of a
//! revision depends on nothing else. Of such a revision only the upgrade has to be read and followed, to go on from there.

use std::collections::BTreeSet;

use sha2::{Digest as _, Sha256};

use crate::dialect::Dialect;
use crate::graph::Edges;
use crate::history::History;
use crate::revision::Direction;

/// Enough of a SHA-256 to tell revisions apart.
const LENGTH: usize = 16;

/// What stands for a revision and all that it needs, for one kind of database.
pub(super) type Key = [u8; LENGTH];

/// The revisions that were proved before.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Clean(BTreeSet<Key>);

impl Clean {
    pub(super) fn contains(&self, key: &Key) -> bool {
        self.0.contains(key)
    }

    pub(super) fn insert(&mut self, key: Key) {
        self.0.insert(key);
    }

    /// As bytes.
    pub fn encode(&self) -> Vec<u8> {
        let mut out: Vec<u8> = self.0.iter().flatten().copied().collect();
        let sum: [u8; 32] = Sha256::digest(&out).into();
        out.extend(sum);
        out
    }

    /// From bytes; damaged ones say nothing.
    pub fn decode(bytes: &[u8]) -> Self {
        let Some((body, sum)) = bytes.split_last_chunk::<32>() else { return Self::default() };
        let wanted: [u8; 32] = Sha256::digest(body).into();
        let (keys, rest) = body.as_chunks::<LENGTH>();
        if wanted != *sum || !rest.is_empty() {
            return Self::default();
        }
        Self(keys.iter().copied().collect())
    }
}

/// The keys of all revisions.
pub(super) fn keys(history: &History, dialect: Dialect) -> Vec<Key> {
    let graph = history.graph();
    let mut keys = vec![[0; LENGTH]; graph.len()];
    let mut fields = Vec::new();
    for &node in graph.topological() {
        let revision = history.revision(node);
        fields.clear();
        fields.extend(env!("MIGRATE_CORE_SOURCES").as_bytes());
        fields.push(dialect as u8);
        let needs = graph.needs(node);
        fields.extend((needs.len() as u64).to_le_bytes());
        needs.iter().for_each(|need| fields.extend(keys[*need]));
        if let [first, rest @ ..] = needs
            && !rest.is_empty()
        {
            // What the others have more is put on the first, in this order.
            let (has, wanted) = (graph.ancestors(&[*first], Edges::All), graph.ancestors(rest, Edges::All));
            let missing =
                graph.topological().iter().filter(|it| wanted.contains(**it) && !has.contains(**it));
            missing.for_each(|other| fields.extend(keys[*other]));
        }
        for direction in [Direction::Upgrade, Direction::Downgrade] {
            match revision.section(direction, dialect) {
                None => fields.push(0),
                Some(section) => {
                    fields.push(1 + u8::from(section.transactional));
                    fields.extend((section.text.len() as u64).to_le_bytes());
                    fields.extend(section.text.as_bytes());
                }
            }
        }
        let digest: [u8; 32] = Sha256::digest(&fields).into();
        keys[node].copy_from_slice(&digest[..LENGTH]);
    }
    keys
}
