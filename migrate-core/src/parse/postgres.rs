//! PostgreSQL, by `squawk-syntax`: a grammar that takes what the server takes.
//!
//! This module and those below it are the only ones that know the library. Its parser gives a tree without loss and never
//! fails; what is wrong stands in a list beside it, together with what the server only refuses later (`refusal`).
//! `statement` decides on each statement of the grammar, the others turn a part of the language each into values.

use squawk_syntax::SourceFile;
use squawk_syntax::ast::{self, AstNode};

use super::Parsed;
use crate::ddl::{Extent, Statement};

mod alter;
mod alter_table;
mod body;
mod call;
mod constant;
mod constraint;
mod create;
mod dml;
mod expr;
mod from;
mod function;
mod guard;
mod into;
mod name;
mod object;
mod output;
mod query;
mod reader;
mod refusal;
mod routine_options;
mod session;
mod statement;
mod table;
mod types;

#[cfg(test)]
mod tests;

/// Reads one statement.
pub(super) fn parse(sql: &str) -> Parsed {
    // The library recurses; what nobody writes is not worth a stack.
    if u32::try_from(sql.len()).is_err() || guard::is_too_deep(sql) {
        return Parsed::Unknown;
    }
    let parse = SourceFile::parse(sql);
    let file = parse.tree();
    if let Some(refusal) = refusal::first(sql, &parse, &file) {
        return refusal;
    }
    let mut statements = file.stmts().filter(|statement| !matches!(statement, ast::Stmt::EmptyStmt(_)));
    let places = |extent: Extent| extent;
    let reader = reader::Reader::new(&places);
    match (statements.next(), statements.next()) {
        (Some(statement), None) => {
            let value = reader.statement(&statement);
            refusal::missing(sql, &statement, &value).unwrap_or_else(|| Parsed::Statement(Box::new(value)))
        }
        // Comments, blanks, semicolons.
        (None, _) if file.syntax().children().all(|part| ast::Stmt::can_cast(part.kind())) => {
            Parsed::Statement(Box::new(Statement::Harmless { tables: Vec::new() }))
        }
        _ => Parsed::Unknown,
    }
}
