//! Alone reads and writes migration directories: native revision files and diesel's directories.
//!
//! [`read`](read()) turns a folder into a [`History`](migrate_core::history::History) and findings; [`write_new`] writes a
//! file and never overwrites one; [`write`](write()) and [`rewrite`](rewrite()) give files new contents, and
//! [`replace`](replace()) puts one revision in the place of several. All of them write a file as a whole, beside its place first.

mod beside;
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
pub use write::{WriteError, new_id, write, write_new};
