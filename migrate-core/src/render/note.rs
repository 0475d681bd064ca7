//! What a reader has to know about a statement: on which rows it fails, in the same words for all databases. What it loses is told
//! by others.

use super::name;
use crate::dialect::Dialect;
use crate::schema::SqlText;

/// A column gets another type, in which some values are none.
pub(super) fn values_refused(column: &str, data_type: &str) -> String {
    format!("Fails where a value of `{column}` cannot be {data_type}.")
}

/// Something goes and comes back under its name: who may do what with it is not part of a schema.
pub(super) fn rights_are_lost(what: &str) -> Vec<String> {
    vec![format!("Grants on {what} and its owner do not come back: give them again where there were any.")]
}

/// A column must have values that nobody knows.
pub(super) fn value_needed(table: &str, column: &str, dialect: Dialect) -> Vec<String> {
    let own = name::name(column, dialect);
    vec![
        format!("{} Give them a value first:", has_null(column)),
        format!("UPDATE {table} SET {own} = <value> WHERE {own} IS NULL;"),
    ]
}

/// A column does not take NULL any more.
pub(super) fn has_null(column: &str) -> String {
    format!("Fails where rows have NULL in `{column}`.")
}

/// No two rows may have the same there any more.
pub(super) fn repeated<N: AsRef<str>>(columns: &[N]) -> String {
    format!("Fails where two rows have the same {}.", names(columns))
}

/// A check that the rows have not been under.
pub(super) fn not_held(check: &SqlText) -> String {
    let text: Vec<&str> = check.written.split_whitespace().collect();
    format!("Fails where `{}` does not hold.", text.join(" "))
}

/// A foreign key that the rows have not been under.
pub(super) fn leads_nowhere<N: AsRef<str>>(columns: &[N], table: &str) -> String {
    format!("Fails where {} leads to no row of `{table}`.", names(columns))
}

fn names<N: AsRef<str>>(columns: &[N]) -> String {
    let quoted: Vec<String> = columns.iter().map(|column| format!("`{}`", column.as_ref())).collect();
    quoted.join(", ")
}
