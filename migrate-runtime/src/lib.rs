//! Runs revisions on a database, through diesel. Prints nothing: events and errors are values.

mod backend;
mod catalog;
mod embedded;
mod harness;
#[doc(hidden)]
pub mod private;
mod session;

pub use backend::{MigrateBackend, MigrateConnection};
pub use catalog::{CatalogSnapshot, Difference};
pub use embedded::{Base, DowngradeTarget, Head, Heads, Migrations, Revision, Target};
