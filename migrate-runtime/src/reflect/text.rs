//! SQL that a catalog keeps.

use migrate_core::ddl::{QueryBody, ReferentialAction, Statement};
use migrate_core::dialect::Dialect;
use migrate_core::parse::{Parsed, parse};
use migrate_core::schema::SqlText;

/// An expression in the form in which the interpreter keeps it; by its tokens where it cannot be read.
pub(super) fn expression(text: &str, dialect: Dialect) -> SqlText {
    parsed(text, dialect).unwrap_or_else(|| SqlText::tokens(text, dialect))
}

fn parsed(text: &str, dialect: Dialect) -> Option<SqlText> {
    let sql = format!("SELECT {text}");
    let Parsed::Statement(statement) = parse(&sql, dialect) else { return None };
    let Statement::Query(query) = *statement else { return None };
    let QueryBody::Select(select) = query.body else { return None };
    let [output] = select.outputs.as_slice() else { return None };
    Some(SqlText::of(&output.expr, &sql, dialect))
}

/// What a foreign key does, in the words of the catalog.
pub(super) fn action(words: &str) -> ReferentialAction {
    match words.to_ascii_uppercase().as_str() {
        "RESTRICT" => ReferentialAction::Restrict,
        "CASCADE" => ReferentialAction::Cascade,
        "SET NULL" => ReferentialAction::SetNull,
        "SET DEFAULT" => ReferentialAction::SetDefault,
        _ => ReferentialAction::NoAction,
    }
}
