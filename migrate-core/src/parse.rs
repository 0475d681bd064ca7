//! Front ends: the text of one statement becomes a [`ddl::Statement`](crate::ddl::Statement).
//!
//! Each database has a grammar of its own and a module that alone knows it: PostgreSQL's by a library, SQLite's by the tables
//! of SQLite's own parser, MySQL's and MariaDB's by a reader for both. The first two are exact: what they do not take, the
//! database does not take either. What the third does not take is merely not understood.

use crate::ddl::{Extent, Statement};
use crate::dialect::Dialect;

#[cfg(feature = "mysql")]
mod mysql;
#[cfg(feature = "postgres")]
mod postgres;
#[cfg(feature = "sqlite")]
mod sqlite;
#[cfg(test)]
mod testing;
#[cfg(any(feature = "postgres", feature = "sqlite"))]
mod transaction;

/// What a statement turned out to be.
#[derive(Clone, Debug, PartialEq)]
pub enum Parsed {
    /// This.
    Statement(Box<Statement>),
    /// No statement of this database.
    Wrong(SyntaxError),
    /// Nobody knows: there is no front end for the database in this build, or its grammar is not exact.
    Unknown,
}

/// Why a text is no statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    /// What is wrong, in the front end's words: lower case, no stop at the end.
    pub message: String,
    /// Where.
    pub at: Extent,
}

/// Whether this build has a front end for the database.
pub const fn can_read(dialect: Dialect) -> bool {
    match dialect {
        Dialect::Postgres => cfg!(feature = "postgres"),
        Dialect::Mysql => cfg!(feature = "mysql"),
        Dialect::Sqlite => cfg!(feature = "sqlite"),
    }
}

/// Reads one statement, as [`split`](crate::sql::split) gives it.
pub fn parse(sql: &str, dialect: Dialect) -> Parsed {
    match dialect {
        #[cfg(feature = "postgres")]
        Dialect::Postgres => postgres::parse(sql),
        #[cfg(feature = "sqlite")]
        Dialect::Sqlite => sqlite::parse(sql),
        #[cfg(feature = "mysql")]
        Dialect::Mysql => mysql::parse(sql),
        #[allow(unreachable_patterns, reason = "depends on the features")]
        _ => {
            let _ = sql;
            Parsed::Unknown
        }
    }
}
