//! Where a migrator takes its history from.

use std::sync::Arc;

use migrate_core::dialect::Dialect;
use migrate_core::history::History;

use crate::embedded::Migrations;
use crate::stale;

/// A history that need not be decoded to know its heads.
pub(crate) trait Source {
    /// The heads and their digests, as the version table has them when everything is applied.
    fn heads(&self, dialect: Dialect) -> Vec<(String, String)>;

    /// Whether `head` has one meaning.
    fn has_one_head(&self) -> bool;

    /// The whole history.
    fn history(&self) -> &History;

    /// Revision files that this history should have and does not, because they are newer than the binary.
    fn stale_files(&self) -> Vec<String> {
        Vec::new()
    }
}

impl Source for Arc<History> {
    fn heads(&self, dialect: Dialect) -> Vec<(String, String)> {
        let head =
            |&index: &usize| (self.revision(index).id.to_string(), self.digest(index, dialect).to_string());
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
    fn heads(&self, dialect: Dialect) -> Vec<(String, String)> {
        self.head_rows(dialect).map(|(id, digest)| (id.to_owned(), digest.to_owned())).collect()
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
