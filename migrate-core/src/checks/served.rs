//! Which of the databases that a build knows of a history serves.

use crate::dialect::DialectSet;
use crate::file::Dialects;
use crate::history::History;
use crate::parse::can_read;
use crate::revision::Direction;

/// The databases to check for. Those without a front end in this build are left out.
pub struct Served {
    /// The history serves all of these.
    pub certain: DialectSet,
    /// It serves at least one of these.
    pub possible: DialectSet,
    /// All that it may serve, with those that cannot be checked.
    pub all: DialectSet,
}

impl Served {
    /// Where nobody says which they are, the sections do: a dialect that one of them names is served, and where a revision has
    /// a section for all others as well, so is at least one of those that are on.
    pub fn of(history: &History, dialects: Dialects) -> Self {
        let readable: DialectSet = dialects.set.iter().filter(|dialect| can_read(*dialect)).collect();
        if dialects.certain {
            return Self { certain: readable, possible: DialectSet::EMPTY, all: dialects.set };
        }
        let mut named = DialectSet::EMPTY;
        let mut has_rest = false;
        for revision in history.revisions() {
            let upgrades = || revision.sections.iter().filter(|it| it.direction == Direction::Upgrade);
            named = upgrades().fold(named, |named, section| named.union(section.dialects));
            has_rest |= upgrades().any(|section| section.dialects.is_empty())
                && upgrades().any(|section| !section.dialects.is_empty());
        }
        let rest = readable.difference(named);
        let certain = readable.difference(rest);
        let possible = if has_rest || named.is_empty() { rest } else { DialectSet::EMPTY };
        match possible.len() {
            1 => Self {
                certain: certain.union(possible),
                possible: DialectSet::EMPTY,
                all: dialects.set.union(named),
            },
            _ => Self { certain, possible, all: dialects.set.union(named) },
        }
    }
}
