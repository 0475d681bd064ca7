//! SQLite.
//!
//! SQLite's own parser is a set of tables that Lemon made of its grammar. Taken out of its source they need no library, build
//! in no time, say where everything stands, and accept what SQLite accepts, with all that its keywords may be besides. What
//! is left to write is a tokenizer, a driver for the tables, and the reading of the tree: each match on a rule's text below
//! is a piece of SQLite's grammar.
//!
//! Builds of SQLite differ. What only some of them accept, `ORDER BY` and `LIMIT` of changes and `WITHIN GROUP`, is not
//! wrong.

use super::{Parsed, SyntaxError};
use crate::ddl::Extent;

mod dml;
mod expr;
mod lex;
mod query;
mod reader;
mod rules;
mod statement;
mod table;
mod tables;
mod tree;

#[cfg(test)]
mod tests;

use lex::Token;
use reader::{Reader, Stop};
use tables::token;
use tree::{Refusal, Tree};

pub(super) fn parse(sql: &str) -> Parsed {
    // Extents count in 32 bits.
    if u32::try_from(sql.len()).is_err() {
        return Parsed::Unknown;
    }
    let (tokens, illegal) = lex::tokens(sql);
    if tokens.is_empty() && illegal.is_none() {
        return Parsed::Unknown;
    }
    match tree::tree(sql, &tokens, illegal.is_none()) {
        Ok(tree) => finish(read(&tree, sql)),
        Err(Refusal::NotOne) => Parsed::Unknown,
        Err(Refusal::Token(None)) => {
            if let Some(at) = illegal {
                return wrong(format!("unrecognized token `{}`", shown(at.of(sql))), at);
            }
            let end = tokens.last().map_or(0, |token| token.at.end as usize);
            wrong("the statement is not complete".to_owned(), Extent::new(end, end))
        }
        Err(Refusal::Token(Some(place))) => refused(sql, &tokens, place),
    }
}

/// What comes of a token that cannot stand where it does.
fn refused(sql: &str, tokens: &[Token], place: usize) -> Parsed {
    let token = tokens[place];
    if matches!(token.code, token::ORDER | token::LIMIT)
        && let Some(parsed) = with_limit(sql, tokens, place)
    {
        return parsed;
    }
    // An alias, for the builds that do not know it.
    let is_within = |token: &Token| token.at.of(sql).eq_ignore_ascii_case("within");
    if tokens[place.saturating_sub(2)..=place].iter().any(is_within) {
        return Parsed::Unknown;
    }
    wrong(format!("syntax error near `{}`", shown(token.at.of(sql))), token.at)
}

/// `UPDATE` and `DELETE` with `ORDER BY` and `LIMIT`, which are an option of SQLite's build: the statement before them, if
/// that is one and they could end a query.
fn with_limit(sql: &str, tokens: &[Token], place: usize) -> Option<Parsed> {
    let (statement, rest) = tokens.split_at(place);
    let at = rest.first()?.at;
    let blank = Extent { start: at.start, end: at.start };
    let mut query = vec![Token { code: token::SELECT, at: blank }, Token { code: token::STAR, at: blank }];
    query.extend(rest);
    let (Ok(statement), Ok(query)) = (tree::tree(sql, statement, true), tree::tree(sql, &query, true)) else {
        return None;
    };
    let rule = statement.root().rule();
    if !rule.starts_with("cmd ::= with DELETE") && !rule.starts_with("cmd ::= with UPDATE") {
        return None;
    }
    let mut reader = Reader::new(sql);
    let read = reader.statement(&statement).and_then(|mut read| {
        let more = reader.query_rest(query.root())?;
        match &mut read {
            crate::ddl::Statement::Delete(delete) => delete.rest.extend(more),
            crate::ddl::Statement::Update(update) => update.rest.extend(more),
            _ => {}
        }
        Ok(read)
    });
    Some(finish(read))
}

fn read(tree: &Tree<'_>, sql: &str) -> Result<crate::ddl::Statement, Stop> {
    Reader::new(sql).statement(tree)
}

fn finish(read: Result<crate::ddl::Statement, Stop>) -> Parsed {
    match read {
        Ok(statement) => Parsed::Statement(Box::new(statement)),
        Err(Stop::Wrong(error)) => Parsed::Wrong(error),
        Err(Stop::TooDeep) => Parsed::Unknown,
    }
}

fn wrong(message: String, at: Extent) -> Parsed {
    Parsed::Wrong(SyntaxError { message, at })
}

/// As much of a text as a message can bear.
fn shown(text: &str) -> &str {
    let line = text.lines().next().unwrap_or_default();
    match line.char_indices().nth(40) {
        Some((end, _)) => &line[..end],
        None => line,
    }
}
