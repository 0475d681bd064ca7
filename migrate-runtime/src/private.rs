//! What the macros' output names; not part of the interface.

pub use std::sync::OnceLock;

pub use crate::embedded::{Blocked, Clear, Embedded, EmbeddedHead, History, Migrations, Target};
pub use crate::testing;
