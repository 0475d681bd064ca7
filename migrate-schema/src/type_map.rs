//! Which SQL type a diesel type becomes.

use std::collections::BTreeMap;

use migrate_core::dialect::{Dialect, DialectSet};

/// The SQL types that stand for diesel types, where a project wants others than the usual ones, or has types of its own.
///
/// It is asked when a column is made or gets another type. A column whose type agrees with its declaration keeps it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TypeMap(BTreeMap<String, Vec<(DialectSet, String)>>);

impl TypeMap {
    /// From here on a diesel type, by the last part of its path (`Citext`), becomes this SQL type in these databases.
    pub fn insert(&mut self, diesel: impl Into<String>, dialects: DialectSet, sql: impl Into<String>) {
        self.0.entry(diesel.into()).or_default().push((dialects, sql.into()));
    }

    /// The SQL type that was said to stand for a diesel type, the last one first.
    pub fn get(&self, diesel: &str, dialect: Dialect) -> Option<&str> {
        let said = self.0.get(diesel)?.iter().rev().find(|(dialects, _)| dialects.contains(dialect));
        said.map(|(_, sql)| sql.as_str())
    }
}
