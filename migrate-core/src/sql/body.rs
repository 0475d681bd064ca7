//! Statements that hold statements, and so hold `;` that do not end them.

use super::lexer::TokenKind;
use super::statement::Code;
use crate::dialect::Dialect;

mod program;

/// The end of a statement.
pub(super) struct End {
    /// The delimiter, or the number of tokens.
    pub(super) at: usize,
    /// What opens the body, if that is still open at the end.
    pub(super) open: Option<usize>,
}

/// Where the statement ends that begins at `from`.
///
/// `own_delimiter` says that a `DELIMITER` line has set another delimiter than `;`.
pub(super) fn end(code: &Code<'_>, from: usize, dialect: Dialect, own_delimiter: bool) -> End {
    match dialect {
        Dialect::Postgres => postgres(code, from),
        Dialect::Sqlite => sqlite(code, from),
        Dialect::Mysql => program::end(code, from, own_delimiter),
    }
}

/// The end of a statement without a body.
fn plain(code: &Code<'_>, from: usize) -> End {
    let at = (from..).find(|at| code.is_end(*at)).unwrap_or(from);
    End { at, open: None }
}

fn postgres(code: &Code<'_>, from: usize) -> End {
    if !code.is(from, "CREATE") {
        return plain(code, from);
    }
    let kind = if code.are(from + 1, &["OR", "REPLACE"]) { from + 3 } else { from + 1 };
    if code.is(kind, "RULE") {
        rule(code, kind)
    } else if code.is_any(kind, &["FUNCTION", "PROCEDURE"]) {
        until_end(code, kind, |at| code.are(at, &["BEGIN", "ATOMIC"]).then_some(at + 2))
    } else {
        plain(code, from)
    }
}

/// A rule's actions stand in parentheses: `DO (a; b)`.
fn rule(code: &Code<'_>, from: usize) -> End {
    let (mut at, mut depth, mut open) = (from, 0_usize, None);
    loop {
        match code.text(at) {
            "(" => {
                open = open.or(Some(at));
                depth += 1;
            }
            ")" => depth = depth.saturating_sub(1),
            _ if code.is_hard_end(at) || depth == 0 && code.is_end(at) => return End { at, open },
            _ => {}
        }
        if depth == 0 {
            open = None;
        }
        at += 1;
    }
}

/// `CREATE TRIGGER … BEGIN …; …; END`, where only an `END` at the beginning of a statement is the last word, because
/// `CASE` has one as well. SQLite's shell looks for the same.
fn sqlite(code: &Code<'_>, from: usize) -> End {
    let mut at = from;
    if code.is(at, "EXPLAIN") {
        at += if code.are(at + 1, &["QUERY", "PLAN"]) { 3 } else { 1 };
    }
    let kind = if code.is_any(at + 1, &["TEMP", "TEMPORARY"]) { at + 2 } else { at + 1 };
    if code.is(at, "CREATE") && code.is(kind, "TRIGGER") {
        until_end(code, kind, |at| code.is(at, "BEGIN").then_some(at + 1))
    } else {
        plain(code, from)
    }
}

/// The end of a statement that may have a body which ends in `END`; `body` tells where one begins.
fn until_end(code: &Code<'_>, from: usize, body: impl Fn(usize) -> Option<usize>) -> End {
    let mut at = from;
    let inside = loop {
        if code.is_end(at) {
            return End { at, open: None };
        }
        if let Some(inside) = body(at) {
            break inside;
        }
        at += 1;
    };
    let is_last = |end: &usize| {
        code.is_hard_end(*end)
            || code.is(*end, "END") && (*end == inside || code.kind(end - 1) == Some(TokenKind::Semicolon))
    };
    let end = (inside..).find(is_last).unwrap_or(inside);
    if code.is_hard_end(end) { End { at: end, open: Some(at) } } else { plain(code, end) }
}
