//! What MySQL and MariaDB remember of the last statement: errors, warnings and notes, with the numbers that the drivers
//! keep to themselves.

use crate::session::Session;

/// More than these nobody reads.
const MOST: usize = 8;

/// One error, warning or note.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Condition {
    /// MySQL's number.
    pub(crate) number: String,
    /// The SQLSTATE; it begins with `01` where nothing is wrong.
    pub(crate) state: String,
    pub(crate) text: String,
}

/// The conditions of the last statement, in the server's order. It has forgotten them afterwards.
pub(crate) fn of_last_statement(session: &mut dyn Session) -> Vec<Condition> {
    // MySQL refuses the first condition that is not there, MariaDB leaves the variables as they were; so the number counts.
    let mut message = "GET DIAGNOSTICS @migrate_conditions = NUMBER".to_owned();
    let mut queries = vec![];
    for n in 1..=MOST {
        message.push_str(&format!(
            ";\nGET DIAGNOSTICS CONDITION {n} @migrate_number_{n} = MYSQL_ERRNO, \
             @migrate_state_{n} = RETURNED_SQLSTATE, @migrate_text_{n} = MESSAGE_TEXT"
        ));
        queries.push(format!(
            "SELECT CAST(@migrate_number_{n} AS CHAR), @migrate_state_{n}, @migrate_text_{n} FROM DUAL \
             WHERE {n} <= @migrate_conditions"
        ));
    }
    let _ = session.batch(&message);
    let rows = session.query(&queries.join(" UNION ALL ")).unwrap_or_default();
    rows.into_iter()
        .filter_map(|mut row| {
            Some(Condition { number: row.take(0)?, state: row.take(1)?, text: row.take(2)? })
        })
        .collect()
}
