//! What diesel's `schema.rs` says, beside what the migrations make.
//!
//! ```text
//! schema.rs -> Models ----+
//! diesel.toml, patch -----+-> compare -> mismatches -> findings with places in schema.rs
//! History -> Schema ------+
//! ```
//!
//! [`load`] alone reads files. Everything is read as text, with no compiler: what a declaration says is known where it
//! stands, and one that cannot be read is a note beside all others.

mod compare;
mod diesel_toml;
mod load;
mod models;
mod patch;
mod read;
mod report;
mod token;
mod types;

pub use compare::{Mismatch, MismatchKind, ModelFile, compare};
pub use diesel_toml::{Filter, PrintSchema, print_schemas};
pub use load::{Loaded, load};
pub use models::{Column, CustomType, Joinable, ModelType, Models, PostgresType, Table, Unread};
pub use patch::Touched;
pub use read::{IGNORE, read};
pub use report::check;
