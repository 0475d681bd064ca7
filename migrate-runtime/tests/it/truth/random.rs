//! What random statements are made of.

use migrate_core::schema::{ObjectBody, ObjectId, Schema, Space, Table};

/// Numbers that look random and follow from a seed (xorshift).
#[derive(Debug)]
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    /// Below `sides`.
    pub(crate) fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        // The lower bits are the weaker ones.
        ((self.0 >> 16) % sides as u64) as usize
    }

    /// True in so many of a hundred cases.
    pub(crate) fn chance(&mut self, percent: usize) -> bool {
        self.roll(100) < percent
    }

    pub(crate) fn pick<'t>(&mut self, from: &[&'t str]) -> &'t str {
        from[self.roll(from.len())]
    }

    /// A text in so many of a hundred cases, else nothing.
    pub(crate) fn maybe<'t>(&mut self, percent: usize, text: &'t str) -> &'t str {
        if self.chance(percent) { text } else { "" }
    }
}

/// The tables of a schema, by name.
pub(crate) fn tables(schema: &Schema) -> Vec<(&ObjectId, &str, &Table)> {
    let mut all: Vec<_> = schema
        .objects()
        .iter()
        .filter_map(|(id, object)| match &object.body {
            ObjectBody::Table(table) => Some((id, &*object.name.name, table)),
            _ => None,
        })
        .collect();
    all.sort_by_key(|(id, ..)| *id);
    all
}

/// The names of objects of a kind.
pub(crate) fn names(schema: &Schema, is_meant: impl Fn(&ObjectBody) -> bool) -> Vec<&str> {
    let mut all: Vec<&str> = schema
        .objects()
        .iter()
        .filter(|(id, object)| id.space == Space::Relation && is_meant(&object.body))
        .map(|(_, object)| &*object.name.name)
        .collect();
    all.sort_unstable();
    all
}
