//! The command that prints diesel's `schema.rs`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// Print diesel's `schema.rs` as the revisions make it, with no database
///
/// It is what `diesel print-schema` prints of a database that has the revisions. What diesel.toml says about it is heeded.
#[derive(Args, Debug)]
pub(crate) struct PrintSchema {
    /// Patterns of tables, for `--only-tables` and `--except-tables`
    #[arg(value_name = "PATTERN")]
    pub(crate) tables: Vec<String>,

    /// Print only the tables that a pattern finds, whatever diesel.toml says
    #[arg(long, requires = "tables", conflicts_with = "except_tables")]
    pub(crate) only_tables: bool,

    /// Print all tables but those that a pattern finds, whatever diesel.toml says
    #[arg(long, requires = "tables")]
    pub(crate) except_tables: bool,

    /// Print it as it is at this revision: an id or the beginning of one, `head`, `heads`, `label@head`, or `current`
    #[arg(long, value_name = "TARGET", default_value = "heads", allow_negative_numbers = true)]
    pub(crate) at: String,

    /// Write it to this file
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,

    /// Write it to the files that diesel.toml names
    #[arg(long, conflicts_with = "output")]
    pub(crate) write: bool,

    /// Write nothing: say how the file differs, and exit with 1 if it does
    #[arg(long)]
    pub(crate) check: bool,

    /// Print only what this table of `[print_schema]` describes; `default` is the one without a name
    #[arg(long, value_name = "KEY")]
    pub(crate) schema_key: Vec<String>,

    /// Read this instead of the diesel.toml in this folder or above it
    #[arg(long, value_name = "FILE")]
    pub(crate) diesel_toml: Option<PathBuf>,

    /// Say which server is meant where those that speak MySQL differ
    #[arg(long, value_name = "SERVER")]
    pub(crate) server: Option<Server>,

    /// Print what is not known for sure as far as it is known
    #[arg(long)]
    pub(crate) allow_uncertain: bool,
}

/// A server that speaks MySQL.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Server {
    Mysql,
    Mariadb,
}
