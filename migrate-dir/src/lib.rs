//! Alone reads and writes migration directories: native revision files and diesel's directories.
//!
//! [`read`] turns a folder into a [`History`](migrate_core::history::History) and findings; [`write_new`] writes a file and
//! never overwrites one.

mod diesel;
mod parallel;
mod read;
mod write;

pub use read::{Directory, Entry, overlap, read, read_with, revision_files};
pub use write::{WriteError, new_id, write_new};
