//! What the macros' output names; not part of the interface.

pub use std::sync::OnceLock;

pub use crate::embedded::{Embedded, EmbeddedHead, Free, History, Migrations, Reversible, Revision, Target};
pub use crate::testing;
