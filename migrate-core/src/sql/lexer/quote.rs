//! What stands between quotes.

use super::{Continuation, TokenKind, Tokens, Unterminated, is_word, run};
use crate::dialect::Dialect;

impl Tokens<'_> {
    /// The kind and the length of the string or the quoted identifier that begins here, if one does.
    pub(super) fn quoted(&self, rest: &[u8]) -> Option<(TokenKind, usize)> {
        use Dialect::{Mysql, Postgres, Sqlite};
        let string = |prefix, escapes| Some(text(rest, prefix, escapes));
        let identifier = |prefix, close| Some(name(rest, prefix, close));
        match (self.dialect, rest) {
            (Postgres, [b'\'', ..]) => string(0, self.continuation == Continuation::Yes),
            (Postgres, [b'e' | b'E', b'\'', ..]) => string(1, true),
            (Postgres, [b'b' | b'B' | b'x' | b'X' | b'n' | b'N', b'\'', ..]) => string(1, false),
            (Postgres, [b'u' | b'U', b'&', b'\'', ..]) => string(2, false),
            (Postgres, [b'u' | b'U', b'&', b'"', ..]) => identifier(2, b'"'),
            (Postgres, [b'$', ..]) => dollar(self.sql, self.at),
            (Mysql, [b'\'' | b'"', ..]) => string(0, true),
            (Mysql, [b'b' | b'B' | b'x' | b'X' | b'n' | b'N', b'\'', ..]) => string(1, true),
            (Sqlite, [b'\'', ..]) => string(0, false),
            (Sqlite, [b'x' | b'X', b'\'', ..]) => string(1, false),
            (Postgres | Sqlite, [b'"', ..]) => identifier(0, b'"'),
            (Mysql | Sqlite, [b'`', ..]) => identifier(0, b'`'),
            (Sqlite, [b'[', ..]) => identifier(0, b']'),
            _ => None,
        }
    }
}

fn text(rest: &[u8], prefix: usize, escapes: bool) -> (TokenKind, usize) {
    match closing(rest, prefix + 1, rest[prefix], escapes) {
        Some(length) => (TokenKind::String, length),
        None => (TokenKind::Unterminated(Unterminated::String), rest.len()),
    }
}

fn name(rest: &[u8], prefix: usize, close: u8) -> (TokenKind, usize) {
    let length = match close {
        // There is no way to write a `]` between brackets.
        b']' => rest.iter().position(|byte| *byte == close).map(|at| at + 1),
        _ => closing(rest, prefix + 1, close, false),
    };
    match length {
        Some(length) => (TokenKind::QuotedIdentifier, length),
        None => (TokenKind::Unterminated(Unterminated::QuotedIdentifier), rest.len()),
    }
}

/// The place behind the closing quote; a doubled one does not close.
fn closing(rest: &[u8], mut at: usize, quote: u8, escapes: bool) -> Option<usize> {
    while let Some(byte) = rest.get(at) {
        match byte {
            b'\\' if escapes => at += 2,
            _ if *byte != quote => at += 1,
            _ if rest.get(at + 1) == Some(&quote) => at += 2,
            _ => return Some(at + 1),
        }
    }
    None
}

/// A parameter `$1`, or a string between two `$tag$`.
fn dollar(sql: &str, at: usize) -> Option<(TokenKind, usize)> {
    let rest = &sql[at..];
    let tag = run(&rest.as_bytes()[1..], |byte| is_word(byte) && byte != b'$');
    if rest.as_bytes().get(1).is_some_and(u8::is_ascii_digit) {
        return Some((TokenKind::Word, 1 + run(&rest.as_bytes()[1..], |byte| byte.is_ascii_digit())));
    }
    let (open, body) = rest.split_at_checked(tag + 2).filter(|(open, _)| open.ends_with('$'))?;
    Some(match body.find(open) {
        Some(end) => (TokenKind::DollarString, open.len() + end + open.len()),
        None => (TokenKind::Unterminated(Unterminated::DollarString), rest.len()),
    })
}
