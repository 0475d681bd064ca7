//! Alone reads and writes migration directories: native revision files and diesel's directories.
//!
//! [`read`](read()) turns a folder into a [`History`](migrate_core::history::History) and findings; [`write_new`] writes a
//! file and never overwrites one; [`rewrite`](rewrite()) gives files new contents as a whole, and
//! [`replace`](replace()) puts one revision in the place of several.

mod diesel;
pub mod memory;
mod parallel;
#[cfg(feature = "project")]
pub mod project;
mod read;
mod replace;
mod rewrite;
mod statements;
mod write;

pub use read::{Changes, Directory, Entry, overlap, read, read_changed, read_with, revision_files};
pub use replace::replace;
pub use rewrite::{Rewrite, rewrite};
pub use statements::statements;
pub use write::{WriteError, new_id, write_new};
