//! What the server's parser refuses, among all that the library finds wrong.

use squawk_syntax::ast::{self, AstNode};
use squawk_syntax::{Parse, SourceFile};

use super::reader::{all_under, extent_of};
use crate::ddl::{Extent, Statement};
use crate::dialect::Dialect;
use crate::parse::{Parsed, SyntaxError};
use crate::sql::significant_tokens;

/// Findings of the library about statements that the server parses, and refuses later or not at all.
const LATER: [&str; 14] = [
    "Conflicting or redundant options.",
    "DEFAULT is not allowed in this context",
    "Duplicate function body.",
    "Expected PLAIN, EXTERNAL, EXTENDED, MAIN, or DEFAULT",
    "Expected a target after SELECT",
    "INTO is only allowed on first SELECT of UNION/INTERSECT/EXCEPT",
    "SELECT ... INTO is not allowed here",
    "SQL is not a valid language for DO statements.",
    "Type modifiers must be simple constants or identifiers",
    "VARIADIC param must be last input param.",
    "VARIADIC param must be last.",
    "cannot set a subfield to DEFAULT",
    "cannot set an array element to DEFAULT",
    "unrecognized print_strict_params option",
];

/// Statements of which the server takes forms that the library does not: how they begin, and what must be in them.
///
/// Found by comparing verdicts on the server's regression tests and on their mutants. A name list after `DROP`, an option
/// list that is empty, `STORAGE` behind an added column: nothing is said about them.
const GAPS: [(&[&str], &[&str]); 17] = [
    (&["alter", "statistics", "if", "exists"], &[]),
    (&["alter", "user"], &[]),
    (&["alter", "role"], &[]),
    (&["alter", "group"], &[]),
    (&["alter", "table"], &["storage"]),
    (&["alter", "table"], &["compression"]),
    (&["alter", "foreign", "table"], &["storage"]),
    (&["create", "statistics"], &[]),
    // Arguments of a trigger can be any words.
    (&["create"], &["trigger", "execute"]),
    (&["drop", "access", "method"], &[","]),
    (&["drop", "event", "trigger"], &[","]),
    (&["drop", "language"], &[","]),
    (&["drop", "procedural"], &[","]),
    (&["drop", "conversion"], &[","]),
    (&["drop", "text", "search"], &[","]),
    (&["explain"], &["("]),
    (&["reset"], &[]),
];

/// The first thing that is wrong with a statement, if there is one.
pub(super) fn first(sql: &str, parse: &Parse<SourceFile>, file: &ast::SourceFile) -> Option<Parsed> {
    let errors = parse.errors();
    if errors.is_empty() {
        return None;
    }
    // The bodies of functions in SQL are read too, but the server can be told not to.
    let bodies: Vec<Extent> =
        all_under::<ast::AsDefinition>(file.syntax()).map(|body| extent_of(body.syntax())).collect();
    let error = errors.iter().find(|error| {
        let (start, end) = (u32::from(error.range().start()), u32::from(error.range().end()));
        let is_inside = bodies.iter().any(|body| body.start < start && end < body.end);
        !is_inside && !is_later(error.message())
    })?;
    let range = error.range();
    let at = Extent::new(range.start().into(), range.end().into());
    // What is wrong before the special word is wrong anyway.
    let before = sql.get(..at.start as usize).unwrap_or(sql);
    if is_construct(error.message()) || GAPS.iter().any(|(first, then)| is_gap(sql, before, first, then)) {
        return Some(Parsed::Unknown);
    }
    Some(Parsed::Wrong(SyntaxError { message: message(error.message()), at: on_boundaries(at, sql) }))
}

/// What the library takes though it is not complete: the words of a statement without what it is about.
pub(super) fn missing(sql: &str, statement: &ast::Stmt, value: &Statement) -> Option<Parsed> {
    let missing = match (statement, value) {
        (ast::Stmt::CreateTable(create), _)
            if create.table_arg_list().is_none()
                && create.of_type().is_none()
                && create.partition_of().is_none() =>
        {
            "expected the columns"
        }
        (ast::Stmt::CreateTable(create), _)
            if create.partition_by().and_then(|by| by.partition_strategy()).is_some_and(|strategy| {
                let strategy = ast::normalize_name_node(strategy.syntax());
                !["range", "list", "hash"].iter().any(|known| strategy.eq_ignore_ascii_case(known))
            }) =>
        {
            "unknown partitioning strategy"
        }
        (ast::Stmt::AlterTable(alter), Statement::AlterTable(table))
            if table.actions.is_empty() && alter.all_in_tablespace().is_none() =>
        {
            "expected what to change"
        }
        (_, Statement::Drop(drop)) if drop.targets.is_empty() => "expected a name",
        _ => return None,
    };
    let end = sql.trim_end().len();
    Some(Parsed::Wrong(SyntaxError { message: missing.to_owned(), at: Extent::new(end, end) }))
}

/// Whether the library stumbles over a construct like `EXTRACT (…)` where rows come from.
fn is_construct(message: &str) -> bool {
    let name = message.strip_suffix("` is not a valid function name").and_then(|name| name.strip_prefix('`'));
    name.is_some_and(|name| {
        let name = name.to_ascii_lowercase();
        let is_known = ["extract", "overlay", "position", "substring", "trim", "treat", "collation"]
            .contains(&name.as_str());
        is_known || name.starts_with("xml") || name.starts_with("json")
    })
}

/// Whether the server finds this too, but not while it parses.
fn is_later(message: &str) -> bool {
    LATER.iter().any(|later| message.starts_with(later))
        || message.ends_with("is not a valid hexadecimal digit")
        || message.ends_with("is not a valid binary digit")
}

fn is_gap(sql: &str, before: &str, first: &[&str], then: &[&str]) -> bool {
    let mut tokens = significant_tokens(sql, Dialect::Postgres);
    if !first.iter().all(|word| tokens.next().is_some_and(|token| token.eq_ignore_ascii_case(word))) {
        return false;
    }
    // The word at which the library stumbles counts as well.
    let rest = sql.get(before.len()..).unwrap_or_default();
    let stumbled = significant_tokens(rest, Dialect::Postgres).next();
    let mut tokens = significant_tokens(before, Dialect::Postgres).chain(stumbled);
    then.iter().all(|word| tokens.by_ref().any(|token| token.eq_ignore_ascii_case(word)))
}

/// The library's message in our style, with keywords instead of the names of its tokens.
fn message(message: &str) -> String {
    let mut told = String::new();
    for word in message.trim_end_matches('.').split(' ') {
        if !told.is_empty() {
            told.push(' ');
        }
        let (name, mark) = match word.strip_suffix(',') {
            Some(name) => (name, ","),
            None => (word, ""),
        };
        match token(name) {
            Some(token) => told.push_str(&token),
            None => told.push_str(name),
        }
        told.push_str(mark);
    }
    let mut letters = told.chars();
    match (letters.next(), letters.next()) {
        (Some(first), Some(second)) if first.is_uppercase() && second.is_lowercase() => {
            first.to_lowercase().chain(told.chars().skip(1)).collect()
        }
        _ => told,
    }
}

/// What a token of the library is in the text.
fn token(name: &str) -> Option<String> {
    if let Some(keyword) = name.strip_suffix("_KW") {
        return Some(format!("`{keyword}`"));
    }
    let sign = match name {
        "IDENT" => return Some("a name".to_owned()),
        "EOF" => return Some("the end".to_owned()),
        "STRING" => return Some("a text".to_owned()),
        "INT_NUMBER" | "NUMERIC_NUMBER" => return Some("a number".to_owned()),
        "COMMA" => ",",
        "SEMICOLON" => ";",
        "DOT" => ".",
        "COLON" => ":",
        "EQ" => "=",
        "STAR" => "*",
        "L_PAREN" => "(",
        "R_PAREN" => ")",
        "L_BRACK" => "[",
        "R_BRACK" => "]",
        "L_CURLY" => "{",
        "R_CURLY" => "}",
        "L_ANGLE" => "<",
        "R_ANGLE" => ">",
        "PLUS" => "+",
        "MINUS" => "-",
        "SLASH" => "/",
        "PERCENT" => "%",
        _ => return None,
    };
    Some(format!("`{sign}`"))
}

/// A place that can be cut out of the text.
fn on_boundaries(at: Extent, sql: &str) -> Extent {
    let boundary =
        |byte: u32| (0..=(byte as usize).min(sql.len())).rev().find(|byte| sql.is_char_boundary(*byte));
    let start = boundary(at.start).unwrap_or(0);
    Extent::new(start, boundary(at.end).unwrap_or(0).max(start))
}
