//! What `migrate::table!` says besides what diesel's `table!` does, as values.

use std::ops::Range;

use migrate_core::ddl::ReferentialAction;
use migrate_core::dialect::{Dialect, DialectSet};
use migrate_core::nearest::nearest;

/// What can stand in front of a table.
pub const TABLE_ATTRIBUTES: [&str; 7] =
    ["index", "unique", "check", "foreign_key", "comment", "renamed_from", "partial"];

/// What can stand in front of a column.
pub const COLUMN_ATTRIBUTES: [&str; 13] = [
    "default",
    "references",
    "identity",
    "auto_increment",
    "sql_type",
    "check",
    "unique",
    "index",
    "generated",
    "comment",
    "collate",
    "renamed_from",
    "labels",
];

/// What diesel's `table!` and Rust know in front of tables and columns.
const OF_OTHERS: [&str; 10] =
    ["doc", "sql_name", "max_length", "cfg", "cfg_attr", "allow", "expect", "warn", "deny", "deprecated"];

/// What is wrong with the name of an attribute in front of a table or a column; nothing if `migrate::table!` takes it, or leaves it
/// to diesel's.
pub fn unknown_attribute(name: &str, is_of_column: bool) -> Option<String> {
    let (here, own, there, other) = match is_of_column {
        true => ("a column", &COLUMN_ATTRIBUTES[..], "a table", &TABLE_ATTRIBUTES[..]),
        false => ("a table", &TABLE_ATTRIBUTES[..], "a column", &COLUMN_ATTRIBUTES[..]),
    };
    if own.contains(&name) || OF_OTHERS.contains(&name) {
        return None;
    }
    if other.contains(&name) {
        return Some(format!("`#[{name}]` stands in front of {there}, not of {here}"));
    }
    Some(match nearest(name, own.iter().copied().chain(OF_OTHERS)) {
        Some(nearest) => format!("`#[{name}]` says nothing about {here}: the nearest is `#[{nearest}]`"),
        None => format!("`#[{name}]` says nothing about {here}"),
    })
}

/// A text that may be another one for each database.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Variants {
    /// The texts, each with the databases it is for; the first one counts.
    pub all: Vec<(DialectSet, String)>,
}

impl Variants {
    /// The text for a database.
    pub fn get(&self, dialect: Dialect) -> Option<&str> {
        let found = self.all.iter().find(|(dialects, _)| dialects.contains(dialect));
        found.map(|(_, text)| text.as_str())
    }
}

/// What a table says besides its columns.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TableMore {
    /// Whether what it does not say is as it is: `#[partial]`.
    pub is_partial: bool,
    /// Indexes and constraints, those in front of its columns too.
    pub parts: Vec<Part>,
    /// What is said about it.
    pub comment: Option<Variants>,
    /// Its name before.
    pub renamed_from: Option<Renamed>,
}

/// What a column says besides its type.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ColumnMore {
    /// Its type in SQL.
    pub sql_type: Option<Variants>,
    /// What it is where nothing is given.
    pub default: Option<Variants>,
    /// What it is computed from, and whether the value is kept.
    pub generated: Option<(Variants, bool)>,
    /// How it counts.
    pub counts: Option<Counts>,
    /// Its collation.
    pub collation: Option<Variants>,
    /// What is said about it.
    pub comment: Option<Variants>,
    /// The labels of the enum that is its type.
    pub labels: Option<Vec<String>>,
    /// Its name before.
    pub renamed_from: Option<Renamed>,
}

/// How a column counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counts {
    /// `GENERATED … AS IDENTITY`; `AUTO_INCREMENT` in MySQL.
    Identity {
        /// `ALWAYS`, not `BY DEFAULT`.
        is_always: bool,
    },
    /// `serial` in PostgreSQL, `AUTO_INCREMENT` in MySQL, `AUTOINCREMENT` in SQLite.
    AutoIncrement,
}

/// A name that something had before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Renamed {
    /// The name.
    pub from: String,
    /// Where it stands.
    pub at: Range<usize>,
}

/// An index or a constraint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// What it is.
    pub kind: PartKind,
    /// Its name, where it is given one.
    pub name: Option<String>,
    /// The databases it is for.
    pub dialects: DialectSet,
    /// Where it stands.
    pub at: Range<usize>,
}

/// What an index or a constraint is. Columns are under their names in Rust.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PartKind {
    /// An index.
    Index {
        /// Its keys.
        keys: Vec<Key>,
        /// Whether they are unique.
        is_unique: bool,
        /// For which rows.
        predicate: Option<Variants>,
        /// The access method.
        method: Option<String>,
        /// What it carries besides.
        include: Vec<String>,
    },
    /// A unique constraint.
    Unique {
        /// Its columns.
        columns: Vec<String>,
        /// NULLs are equal to each other.
        nulls_not_distinct: bool,
    },
    /// A check.
    Check(Variants),
    /// A foreign key.
    ForeignKey(References),
}

/// A key of an index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Key {
    /// A column.
    Column {
        /// Its name in Rust.
        name: String,
        /// `DESC`
        descending: bool,
        /// `NULLS FIRST`, `NULLS LAST`
        nulls_first: Option<bool>,
    },
    /// Whatever SQL takes there.
    Text(String),
}

/// Where a foreign key leads, and from where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct References {
    /// Its columns.
    pub columns: Vec<String>,
    /// The table: its name in Rust, or the schema and the name in the database.
    pub table: Vec<String>,
    /// The columns there; its primary key where none are named.
    pub referenced: Vec<String>,
    /// What happens when a row there goes.
    pub on_delete: ReferentialAction,
    /// What happens when a key there changes.
    pub on_update: ReferentialAction,
    /// Whether it can wait for the end of the transaction, and whether it does.
    pub deferrable: Option<bool>,
}
