//! Runs revisions on a database, through diesel. Prints nothing: events and errors are values.

mod backend;
mod catalog;
mod session;

pub use backend::{MigrateBackend, MigrateConnection};
pub use catalog::{CatalogSnapshot, Difference};
