//! Runs revisions on a database, through diesel.
//!
//! ```text
//! Migrator -> command -> Scope (lock, settings) -> Run: units in a transaction, or statements alone with a journal
//!             one query when there is nothing to do        check before, resume after a crash
//! ```
//!
//! What is recorded is what happened: the version table changes in the same transaction as the work, and where that
//! cannot be, the journal says which statements are done. Nothing is printed; events and errors are values.

mod adopt;
mod alone;
mod backend;
mod catalog;
mod check;
mod command;
mod conditions;
mod embedded;
mod error;
mod event;
mod foreign_keys;
mod harness;
mod journal;
mod lock;
mod migrator;
mod names;
mod options;
#[doc(hidden)]
pub mod private;
mod probe;
#[cfg(feature = "reflect")]
mod reflect;
mod report;
mod resume;
mod run;
mod scope;
mod script;
mod session;
mod settings;
mod source;
mod stale;
mod startup;
mod status;
mod table;
mod task;
pub mod testing;
#[cfg(feature = "reflect")]
mod verify;
mod way;
mod words;

pub use adopt::{AdoptedRow, Adoption, AdoptionPlan, RecordedElsewhere};
pub use backend::{MigrateBackend, MigrateConnection};
pub use catalog::{CatalogSnapshot, Difference};
pub use embedded::{Base, DowngradeTarget, Head, Heads, Migrations, Revision, Target};
pub use error::{DatabaseMessage, Error, ErrorKind, Location, StatementNumber};
pub use event::Event;
pub use journal::JournalEntry;
pub use migrator::Migrator;
pub use options::{Lock, TransactionMode};
#[cfg(feature = "reflect")]
pub use reflect::reflect;
pub use report::{Report, StepReport};
pub use script::Script;
pub use startup::{Startup, UnknownStartup, run_on_startup};
pub use status::{Applied, Edited, Status};
pub use table::{MovedFrom, VersionRow};
#[cfg(feature = "reflect")]
pub use verify::Verification;
