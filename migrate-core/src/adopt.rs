//! What other migration tools record in a database, and which revisions of a history that means.
//!
//! A [`Tool`] has a table, its rows have a meaning ([`Record::read`]), and what it counts as applied is mapped to
//! revisions ([`map`]) by what is certain: the same id, the same number, the same SQL, or what somebody said. What is
//! not certain is not mapped, and told. [`alembic`] reads what Alembic prints, so that its revisions can become files.
//!
//! Deliberately absent: likeness of names. Two migrations called `add_index` are no evidence of anything.

use std::fmt;
use std::str::FromStr;

pub mod alembic;
mod map;
mod number;
mod record;

pub use map::{Adopted, Cannot, Mapped, Match, map};
pub use record::{HalfApplied, Record, Row, Version};

/// A migration tool whose databases can be taken over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tool {
    /// Alembic. Its rows are heads, as ours are.
    Alembic,
    /// diesel_migrations and diesel's command.
    Diesel,
    /// sqlx.
    Sqlx,
    /// refinery.
    Refinery,
    /// SeaORM's migrator.
    SeaOrm,
    /// Flyway.
    Flyway,
}

impl Tool {
    /// All tools.
    pub const ALL: [Self; 6] =
        [Self::Alembic, Self::Diesel, Self::Sqlx, Self::Refinery, Self::SeaOrm, Self::Flyway];

    /// The name on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Alembic => "alembic",
            Self::Diesel => "diesel",
            Self::Sqlx => "sqlx",
            Self::Refinery => "refinery",
            Self::SeaOrm => "sea-orm",
            Self::Flyway => "flyway",
        }
    }

    /// The table in which it records, unless it is told otherwise.
    pub const fn table(self) -> &'static str {
        match self {
            Self::Alembic => "alembic_version",
            Self::Diesel => "__diesel_schema_migrations",
            Self::Sqlx => "_sqlx_migrations",
            Self::Refinery => "refinery_schema_history",
            Self::SeaOrm => "seaql_migrations",
            Self::Flyway => "flyway_schema_history",
        }
    }

    /// The columns by which its table is known, whatever it is called.
    pub const fn columns(self) -> &'static [&'static str] {
        match self {
            Self::Alembic => &["version_num"],
            Self::Diesel => &["version", "run_on"],
            Self::Sqlx => &["version", "description", "success", "checksum", "execution_time"],
            Self::Refinery => &["version", "name", "applied_on", "checksum"],
            Self::SeaOrm => &["version", "applied_at"],
            Self::Flyway => &["installed_rank", "version", "description", "type", "success"],
        }
    }

    /// The tool whose table has these columns.
    pub fn of_columns<'a>(columns: impl Fn(&str) -> bool + 'a) -> Option<Self> {
        // Flyway's table has most of what sqlx's has, so the tool with the most columns is the one.
        let fitting =
            Self::ALL.into_iter().filter(|tool| tool.columns().iter().all(|column| columns(column)));
        fitting.max_by_key(|tool| tool.columns().len())
    }
}

impl fmt::Display for Tool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Alembic => "Alembic",
            Self::SeaOrm => "SeaORM",
            Self::Flyway => "Flyway",
            tool => tool.name(),
        })
    }
}

/// The text is not the name of a tool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownTool;

impl fmt::Display for UnknownTool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the tools are `alembic`, `diesel`, `sqlx`, `refinery`, `sea-orm` and `flyway`")
    }
}

impl std::error::Error for UnknownTool {}

impl FromStr for Tool {
    type Err = UnknownTool;

    fn from_str(name: &str) -> Result<Self, UnknownTool> {
        let name = name.to_ascii_lowercase();
        let name = match name.as_str() {
            "seaorm" => "sea-orm",
            "diesel_migrations" => "diesel",
            name => name,
        };
        Self::ALL.into_iter().find(|tool| tool.name() == name).ok_or(UnknownTool)
    }
}

#[cfg(test)]
mod tests;
