//! Types of columns, as diesel's command takes them from a database.

use migrate_core::dialect::Dialect;
use migrate_core::schema::Column;

use super::found::{Finder, Owner};
use super::{mysql, postgres, sqlite};

/// The type of a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ColumnType {
    /// Its schema, unless it is the usual one.
    pub(super) schema: Option<String>,
    /// As the database has it.
    pub(super) sql: String,
    /// As Rust has it.
    pub(super) rust: String,
    pub(super) is_array: bool,
    pub(super) is_nullable: bool,
    pub(super) is_unsigned: bool,
    pub(super) max_length: Option<u64>,
}

/// Why a column cannot be printed.
pub(super) enum Problem {
    /// Its type is not known.
    Unknown,
    /// diesel has no type for it.
    None(String),
}

impl ColumnType {
    /// A type that diesel has under this name, without NULL.
    pub(super) fn new(name: &str) -> Self {
        Self {
            schema: None,
            sql: name.to_owned(),
            rust: name.to_owned(),
            is_array: false,
            is_nullable: false,
            is_unsigned: false,
            max_length: None,
        }
    }

    /// As `table!` has it, with another name for what is inside, if that has one.
    pub(super) fn written(&self, custom: Option<&str>) -> String {
        let mut text = custom.unwrap_or(&self.rust).to_owned();
        if self.is_unsigned {
            text = format!("Unsigned<{text}>");
        }
        if self.is_array {
            text = format!("Array<Nullable<{text}>>");
        }
        if self.is_nullable {
            text = format!("Nullable<{text}>");
        }
        text
    }
}

/// What a column's type is.
pub(super) fn data_type(
    finder: &Finder<'_>,
    owner: &Owner<'_>,
    column: &Column,
) -> Result<ColumnType, Problem> {
    match finder.dialect() {
        Dialect::Postgres => postgres::data_type(finder, column),
        Dialect::Mysql => mysql::data_type(column, finder.options.server),
        Dialect::Sqlite => sqlite::data_type(finder, owner, column),
    }
}
