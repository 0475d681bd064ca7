//! What a reader has to know about a statement. What it loses is told by others.

/// A column gets another type, in which some values are none.
pub(super) fn values_refused(column: &str, data_type: &str) -> String {
    format!("Fails where a value of {column} cannot be {data_type}.")
}

/// A column must have values that nobody knows.
pub(super) fn value_needed(table: &str, column: &str) -> Vec<String> {
    vec![
        format!("Fails where rows have NULL in {column}. Give them a value first:"),
        format!("UPDATE {table} SET {column} = <value> WHERE {column} IS NULL;"),
    ]
}
