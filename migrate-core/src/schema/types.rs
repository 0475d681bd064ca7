//! Types of columns.

use std::sync::Arc;

use super::ObjectName;

/// A type, as the catalog spells it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Type {
    /// What it is without the rest.
    pub base: BaseType,
    /// What stands in parentheses behind it.
    pub arguments: Vec<Arc<str>>,
    /// Whether it is an array; PostgreSQL does not tell arrays by their dimensions.
    pub is_array: bool,
}

/// A type without arguments.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum BaseType {
    /// One of the database's own, under the name that its catalog shows: `character varying`, `int unsigned`. SQLite's is the
    /// declared text, in lower case with single blanks; empty where none is declared.
    BuiltIn(Arc<str>),
    /// One that was made: an enum, a domain, a table.
    Made(ObjectName),
    /// One that is not known: it comes from an extension, from code that was not understood, from an expression.
    Unknown(Arc<str>),
}
