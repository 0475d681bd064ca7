//! What a `schema.rs` says, as values.

use std::fmt;
use std::ops::Range;

use migrate_core::dialect::DialectSet;

use crate::superset::{ColumnMore, TableMore};

/// What the declarations of a file say. Places are byte offsets into its text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Models {
    /// `table!` and `view!`, in order.
    pub tables: Vec<Table>,
    /// `joinable!`, in order.
    pub joinables: Vec<Joinable>,
    /// `allow_tables_to_appear_in_same_query!` and its kin: the tables of each.
    pub together: Vec<Vec<String>>,
    /// Types with `#[diesel(postgres_type(…))]` and its kin.
    pub types: Vec<CustomType>,
    /// What could not be read, and why.
    pub unread: Vec<Unread>,
    /// Whether a bracket of the file has no other one: it is cut off, or no Rust, and what it declares nobody knows.
    pub is_unbalanced: bool,
}

/// A declaration that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unread {
    /// Where.
    pub at: Range<usize>,
    /// Why, as what was expected.
    pub why: String,
}

/// A table or a view.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// The schema, where one is named.
    pub schema: Option<String>,
    /// Its name in the database.
    pub name: String,
    /// Its name in Rust.
    pub rust_name: String,
    /// Where its name stands.
    pub name_at: Range<usize>,
    /// Where the whole declaration stands.
    pub at: Range<usize>,
    /// Whether it is declared as a view.
    pub is_view: bool,
    /// The Rust names of the primary key's columns; `id` where none are named.
    pub primary_key: Vec<String>,
    /// Where they stand.
    pub primary_key_at: Range<usize>,
    /// Its columns, in order.
    pub columns: Vec<Column>,
    /// The databases it is declared for.
    pub dialects: DialectSet,
    /// Whether a comment asks to leave it out of comparisons.
    pub is_ignored: bool,
    /// What `migrate::table!` says besides; none where it is diesel's `table!`.
    pub more: Option<Box<TableMore>>,
}

/// A column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its name in the database.
    pub name: String,
    /// Its name in Rust.
    pub rust_name: String,
    /// Where its name stands.
    pub name_at: Range<usize>,
    /// Its type.
    pub data_type: ModelType,
    /// Where the type stands.
    pub type_at: Range<usize>,
    /// `#[max_length = …]`
    pub max_length: Option<u64>,
    /// The databases it is declared for.
    pub dialects: DialectSet,
    /// Whether a comment asks to leave it out of comparisons.
    pub is_ignored: bool,
    /// What `migrate::table!` says besides.
    pub more: ColumnMore,
}

/// A type as diesel spells it: a path, and the types it is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelType {
    /// The whole path, as `diesel::sql_types::Text`, or just its end.
    pub path: Vec<String>,
    /// What stands between `<` and `>`.
    pub arguments: Vec<ModelType>,
}

impl ModelType {
    /// The last part of the path.
    pub fn name(&self) -> &str {
        self.path.last().map_or("", String::as_str)
    }

    /// What is inside, if it is `wrapper<…>`.
    pub fn inside(&self, wrapper: &str) -> Option<&Self> {
        match &self.arguments[..] {
            [inner] if self.name() == wrapper => Some(inner),
            _ => None,
        }
    }

    /// Whether it says that NULL may be there, and the type without that.
    pub fn nullable(&self) -> (bool, &Self) {
        match self.inside("Nullable") {
            Some(inner) => (true, inner.nullable().1),
            None => (false, self),
        }
    }
}

impl fmt::Display for ModelType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())?;
        for (place, argument) in self.arguments.iter().enumerate() {
            write!(f, "{}{argument}", if place == 0 { "<" } else { ", " })?;
        }
        f.write_str(if self.arguments.is_empty() { "" } else { ">" })
    }
}

/// `joinable!(child -> parent (column))`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Joinable {
    /// The Rust name of the table that has the key.
    pub child: String,
    /// The Rust name of the table that it leads to.
    pub parent: String,
    /// The Rust name of the key's column.
    pub column: String,
    /// Where it stands.
    pub at: Range<usize>,
    /// The databases it is declared for.
    pub dialects: DialectSet,
}

/// A SQL type that is declared in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomType {
    /// Its name in Rust.
    pub rust_name: String,
    /// What PostgreSQL calls it.
    pub postgres: Option<PostgresType>,
}

/// A type as PostgreSQL calls it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PostgresType {
    /// The schema, where one is named.
    pub schema: Option<String>,
    /// The name.
    pub name: String,
}
