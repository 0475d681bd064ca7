//! Alone reads and writes migration directories: native revision files and diesel's directories.
//!
//! [`read`](read()) turns a folder into a [`History`](migrate_core::history::History) and findings; [`write_new`] writes a
//! file and never overwrites one; [`rewrite`](rewrite()) gives files new contents as a whole.

mod diesel;
mod parallel;
#[cfg(feature = "project")]
pub mod project;
mod read;
mod rewrite;
mod statements;
mod write;

pub use read::{Directory, Entry, overlap, read, read_rewritten, read_with, revision_files};
pub use rewrite::{Rewrite, rewrite};
pub use statements::statements;
pub use write::{WriteError, new_id, write_new};
