//! Scripts written by hand: every kind of statement, and the traps.

use migrate_core::dialect::Dialect;
use migrate_core::sql::split;

/// The scripts of the corpus, each with its name: a line `--- name` begins one.
pub(crate) fn scripts() -> impl Iterator<Item = (&'static str, Vec<String>)> {
    include_str!("corpus.sql").split("\n--- ").skip(1).map(|script| {
        let (name, text) = script.split_once('\n').unwrap_or((script, ""));
        let statements = split(text, Dialect::Postgres).into_iter();
        (name, statements.map(|statement| statement.text.to_owned()).collect())
    })
}
