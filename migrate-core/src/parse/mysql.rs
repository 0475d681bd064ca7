//! MySQL and MariaDB.
//!
//! No library knows their grammar exactly, and no grammar is that of both, so this is a reader of its own over the tokens of
//! [`crate::sql`]: definitions in full, queries and changes of rows as far as names go. It reads a statement to its last
//! token or not at all. What it does not understand is never wrong; where it is certain to change no schema, or to concern
//! only the objects that its head names, that is said.

use super::Parsed;

mod alter;
mod call;
mod column;
mod create;
mod cursor;
mod dml;
mod expr;
mod index;
mod prepared;
mod query;
mod reserved;
mod statement;
mod table;
mod types;

#[cfg(test)]
mod tests;

use cursor::Cursor;

pub(super) fn parse(sql: &str) -> Parsed {
    let Ok(cursor) = Cursor::new(sql) else { return Parsed::Unknown };
    let mut whole = cursor.clone();
    let understood = whole.statement().ok().filter(|_| whole.knows_versions());
    let statement = understood.or_else(|| cursor.without_versions().outline());
    statement.map_or(Parsed::Unknown, |statement| Parsed::Statement(Box::new(statement)))
}
