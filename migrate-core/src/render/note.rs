//! What a reader has to know about a statement. What it loses is told by others.

/// A column gets another type, in which some values are none.
pub(super) fn values_refused(column: &str, data_type: &str) -> String {
    format!("Fails where a value of {column} cannot be {data_type}.")
}

/// Something goes and comes back under its name: who may do what with it is not part of a schema.
pub(super) fn rights_are_lost(what: &str) -> Vec<String> {
    vec![format!("Grants on {what} and its owner do not come back: give them again where there were any.")]
}

/// A column must have values that nobody knows.
pub(super) fn value_needed(table: &str, column: &str) -> Vec<String> {
    vec![
        format!("Fails where rows have NULL in {column}. Give them a value first:"),
        format!("UPDATE {table} SET {column} = <value> WHERE {column} IS NULL;"),
    ]
}
