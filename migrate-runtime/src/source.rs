//! Where a migrator takes its history from.

use std::sync::Arc;

use migrate_core::dialect::Dialect;
use migrate_core::history::{History, Way};

use crate::embedded::Migrations;
use crate::stale;

/// A history that need not be decoded to know its heads.
pub(crate) trait Source {
    /// The heads, as the version table has them when everything is applied.
    fn heads(&self, dialect: Dialect) -> Vec<HeadRow>;

    /// Whether `head` has one meaning.
    fn has_one_head(&self) -> bool;

    /// The whole history.
    fn history(&self) -> &History;

    /// Revision files that this history should have and does not, because they are newer than the binary.
    fn stale_files(&self) -> Vec<String> {
        Vec::new()
    }
}

/// What a row may say that is this head: an id and a digest. Several where something was squashed, by whether the database
/// ran that or what it replaces; where it ran some of each, none of them is what it says.
pub(crate) struct HeadRow(pub(crate) Vec<(String, String)>);

impl Source for Arc<History> {
    fn heads(&self, dialect: Dialect) -> Vec<HeadRow> {
        let mut ways = vec![Way::default()];
        if !self.squashed().is_empty() {
            ways.push(self.long_way());
        }
        let row = |index: usize, way: &Way| {
            let (id, digest) = self.recorded(index, way, dialect);
            (id.to_string(), digest.to_string())
        };
        let head = |&index: &usize| HeadRow(ways.iter().map(|way| row(index, way)).collect());
        self.graph().real_heads().iter().map(head).collect()
    }

    fn has_one_head(&self) -> bool {
        self.graph().heads().len() == 1
    }

    fn history(&self) -> &History {
        self
    }
}

impl<H> Source for Migrations<H> {
    fn heads(&self, dialect: Dialect) -> Vec<HeadRow> {
        self.head_rows(dialect).collect()
    }

    fn has_one_head(&self) -> bool {
        (*self).has_one_head()
    }

    fn history(&self) -> &History {
        (*self).history()
    }

    fn stale_files(&self) -> Vec<String> {
        match self.directories() {
            [] => vec![],
            directories => stale::files((*self).history(), directories),
        }
    }
}
