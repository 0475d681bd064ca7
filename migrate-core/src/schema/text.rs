//! Expressions as texts.

use std::fmt;
use std::sync::Arc;

/// An expression, as it was written and in a form to be compared.
///
/// Two are equal if their normal forms are. A database prints expressions anew, so a text that was written and one that was
/// reflected may stand for the same though their normal forms differ: a difference of texts is never proof.
#[derive(Clone)]
pub struct SqlText {
    /// As it was written.
    pub written: Arc<str>,
    /// Without what does not count.
    pub normal: Arc<str>,
}

impl PartialEq for SqlText {
    fn eq(&self, other: &Self) -> bool {
        self.normal == other.normal
    }
}

impl Eq for SqlText {}

impl fmt::Debug for SqlText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.written, f)
    }
}
