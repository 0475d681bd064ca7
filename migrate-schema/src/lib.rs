//! What diesel's `schema.rs` says, beside what the migrations make.
//!
//! ```text
//! schema.rs -> Models ----+
//! diesel.toml, patch -----+-> compare -> mismatches -> findings with places in schema.rs
//! History -> Schema ------+
//! ```
//!
//! [`print()`] goes the other way: from a schema to the `schema.rs` that diesel's command would write.
//!
//! [`load`] and [`load_print_config`] alone read files. Everything is read as text, with no compiler: what a declaration says is known where it
//! stands, and one that cannot be read is a note beside all others.

mod compare;
mod diesel_toml;
mod load;
mod models;
mod naming;
mod patch;
mod print;
mod read;
mod report;
mod superset;
mod target;
mod token;
mod type_map;
mod types;
mod undeclared;

pub use compare::{Mismatch, MismatchKind, ModelFile, SqlFile, compare};
pub use diesel_toml::{
    ColumnSorting, ConfigProblem, Docs, Filter, PrintSchema, Together, read_print_schemas,
};
pub use load::{Loaded, load};
pub use models::{Column, CustomType, Joinable, ModelType, Models, PostgresType, Table, Unread};
pub use naming::{NamingConvention, UnknownToken};
pub use patch::{PatchError, Touched, apply_patch};
pub use print::{
    Options, Print, PrintConfig, Printed, PrintedHistory, Refused, RefusedKind, Server, apply_patch_file,
    find_diesel_toml, load_print_config, print, print_history,
};
pub use read::{IGNORE, attribute_flaw, read};
pub use report::check;
pub use superset::{
    COLUMN_ATTRIBUTES, ColumnMore, Counts, Key, Part, PartKind, References, Renamed, TABLE_ATTRIBUTES,
    TableMore, Variants, unknown_attribute,
};
pub use target::{NewKeys, Target, TargetOptions, target};
pub use type_map::TypeMap;
