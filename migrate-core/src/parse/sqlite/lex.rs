//! Text to the tokens of SQLite's grammar, as its own tokenizer makes them.
//!
//! [`crate::sql`] tells words from quotes, which is all that splitting takes; the grammar also wants to know which words are
//! keywords, where a number goes wrong, and what a parameter is.

use super::tables::{FALLBACK, KEYWORDS, token};
use crate::ddl::Extent;

/// A token.
#[derive(Clone, Copy, Debug)]
pub(super) struct Token {
    /// Its code.
    pub(super) code: u16,
    /// Where it stands.
    pub(super) at: Extent,
}

/// What the tokenizer sees at a place.
enum Seen {
    Blank,
    Token(u16),
    Illegal,
}

/// The tokens of the text, up to where one stands that is none.
pub(super) fn tokens(sql: &str) -> (Vec<Token>, Option<Extent>) {
    let bytes = sql.as_bytes();
    let mut tokens = Vec::with_capacity(bytes.len() / 5);
    let mut illegal = None;
    let mut at = 0;
    // A byte of zero ends the text.
    while bytes.get(at).is_some_and(|byte| *byte != 0) {
        let (seen, length) = scan(&bytes[at..]);
        // Only a token that is cut short by the end of the text could end within a character.
        let end = (at + length.max(1)..=bytes.len()).find(|end| sql.is_char_boundary(*end)).unwrap_or(at);
        match seen {
            Seen::Blank => {}
            Seen::Token(code) => tokens.push(Token { code, at: Extent::new(at, end) }),
            Seen::Illegal => {
                illegal = Some(Extent::new(at, end));
                break;
            }
        }
        at = end;
    }
    for at in 0..tokens.len() {
        tokens[at].code = in_context(&tokens, at);
    }
    (tokens, illegal)
}

/// The code of a token where its neighbours are known: WINDOW, OVER and FILTER are keywords only in their places.
fn in_context(tokens: &[Token], at: usize) -> u16 {
    let next = |nth: usize| tokens.get(at + nth).map_or(0, |token| token.code);
    let is_name = |code: u16| {
        matches!(code, token::ID | token::STRING | token::JOIN_KW | token::WINDOW | token::OVER)
            || FALLBACK.get(usize::from(code)) == Some(&token::ID)
    };
    let closes = at.checked_sub(1).is_some_and(|before| tokens[before].code == token::RP);
    let is_keyword = match tokens[at].code {
        token::WINDOW => is_name(next(1)) && next(2) == token::AS,
        token::OVER => closes && (next(1) == token::LP || is_name(next(1))),
        token::FILTER => closes && next(1) == token::LP,
        code => return code,
    };
    if is_keyword { tokens[at].code } else { token::ID }
}

/// What stands at the beginning of these bytes, and its length.
fn scan(rest: &[u8]) -> (Seen, usize) {
    use token::*;
    let byte = |at: usize| rest.get(at).copied().unwrap_or(0);
    let one = |code| (Seen::Token(code), 1);
    let two = |code| (Seen::Token(code), 2);
    match byte(0) {
        b' ' | b'\t' | b'\n' | b'\x0c' | b'\r' => (Seen::Blank, run(rest, is_space)),
        b'-' if byte(1) == b'-' => (Seen::Blank, run(rest, |byte| byte != b'\n')),
        b'-' if byte(1) == b'>' => (Seen::Token(PTR), if byte(2) == b'>' { 3 } else { 2 }),
        b'-' => one(MINUS),
        b'/' if byte(1) == b'*' && byte(2) != 0 => {
            let end = rest[2..].windows(2).position(|pair| pair == b"*/");
            (Seen::Blank, end.map_or(rest.len(), |end| end + 4))
        }
        b'/' => one(SLASH),
        b'(' => one(LP),
        b')' => one(RP),
        b';' => one(SEMI),
        b'+' => one(PLUS),
        b'*' => one(STAR),
        b'%' => one(REM),
        b',' => one(COMMA),
        b'&' => one(BITAND),
        b'~' => one(BITNOT),
        b'=' => (Seen::Token(EQ), if byte(1) == b'=' { 2 } else { 1 }),
        b'<' => match byte(1) {
            b'=' => two(LE),
            b'>' => two(NE),
            b'<' => two(LSHIFT),
            _ => one(LT),
        },
        b'>' => match byte(1) {
            b'=' => two(GE),
            b'>' => two(RSHIFT),
            _ => one(GT),
        },
        b'!' if byte(1) == b'=' => two(NE),
        b'|' if byte(1) == b'|' => two(CONCAT),
        b'|' => one(BITOR),
        quote @ (b'\'' | b'"' | b'`') => match closing(rest, quote) {
            Some(length) => (Seen::Token(if quote == b'\'' { STRING } else { ID }), length),
            None => (Seen::Illegal, rest.len()),
        },
        b'[' => match rest.iter().position(|byte| matches!(byte, b']' | 0)) {
            Some(end) if rest[end] == b']' => (Seen::Token(ID), end + 1),
            _ => (Seen::Illegal, rest.len()),
        },
        b'.' if !byte(1).is_ascii_digit() => one(DOT),
        b'.' | b'0'..=b'9' => number(rest),
        b'?' => (Seen::Token(VARIABLE), 1 + run(&rest[1..], |byte| byte.is_ascii_digit())),
        b'$' | b'@' | b':' | b'#' => variable(rest),
        b'x' | b'X' if byte(1) == b'\'' => blob(rest),
        0xEF if rest.starts_with("\u{FEFF}".as_bytes()) => (Seen::Blank, 3),
        first if is_id(first) => {
            let length = run(rest, is_id);
            (Seen::Token(keyword(&rest[..length])), length)
        }
        _ => (Seen::Illegal, 1),
    }
}

const LONGEST_KEYWORD: usize = "CURRENT_TIMESTAMP".len();

/// The code of a word.
fn keyword(word: &[u8]) -> u16 {
    if word.len() > LONGEST_KEYWORD || !word.iter().all(|byte| byte.is_ascii_alphabetic() || *byte == b'_') {
        return token::ID;
    }
    let compare = |keyword: &str| keyword.bytes().cmp(word.iter().map(u8::to_ascii_uppercase));
    match KEYWORDS.binary_search_by(|(keyword, _)| compare(keyword)) {
        Ok(found) => KEYWORDS[found].1,
        Err(_) => token::ID,
    }
}

fn number(rest: &[u8]) -> (Seen, usize) {
    let byte = |at: usize| rest.get(at).copied().unwrap_or(0);
    let digits = |from: usize| run(&rest[from..], |byte| byte.is_ascii_digit() || byte == b'_');
    let mut code = token::INTEGER;
    let mut at;
    if byte(0) == b'0' && matches!(byte(1), b'x' | b'X') && byte(2).is_ascii_hexdigit() {
        at = 2 + run(&rest[2..], |byte| byte.is_ascii_hexdigit() || byte == b'_');
    } else {
        at = digits(0);
        if byte(at) == b'.' {
            code = token::FLOAT;
            at += 1 + digits(at + 1);
        }
        let signed = matches!(byte(at + 1), b'+' | b'-') && byte(at + 2).is_ascii_digit();
        if matches!(byte(at), b'e' | b'E') && (signed || byte(at + 1).is_ascii_digit()) {
            code = token::FLOAT;
            at += 2 + digits(at + 2);
        }
    }
    if rest[..at].contains(&b'_') {
        code = token::QNUMBER;
    }
    match run(&rest[at..], is_id) {
        0 => (Seen::Token(code), at),
        more => (Seen::Illegal, at + more),
    }
}

/// A parameter with a name, `::` and Tcl's `(…)` included.
fn variable(rest: &[u8]) -> (Seen, usize) {
    let (mut at, mut letters) = (1, 0);
    while let Some(byte) = rest.get(at).copied().filter(|byte| *byte != 0) {
        if is_id(byte) {
            letters += 1;
            at += 1;
        } else if byte == b'(' && letters > 0 {
            at += run(&rest[at..], |byte| byte != b')' && byte != 0 && !is_space(byte));
            if rest.get(at) != Some(&b')') {
                return (Seen::Illegal, at);
            }
            return (Seen::Token(token::VARIABLE), at + 1);
        } else if byte == b':' && rest.get(at + 1) == Some(&b':') {
            at += 2;
        } else {
            break;
        }
    }
    (if letters == 0 { Seen::Illegal } else { Seen::Token(token::VARIABLE) }, at)
}

fn blob(rest: &[u8]) -> (Seen, usize) {
    let digits = run(&rest[2..], |byte| byte.is_ascii_hexdigit());
    if rest.get(2 + digits) == Some(&b'\'') && digits % 2 == 0 {
        return (Seen::Token(token::BLOB), digits + 3);
    }
    (Seen::Illegal, run(rest, |byte| byte != 0).min(2 + run(&rest[2..], |byte| byte != b'\'') + 1))
}

/// The place behind the closing quote; a doubled one does not close.
fn closing(rest: &[u8], quote: u8) -> Option<usize> {
    let mut at = 1;
    while let Some(byte) = rest.get(at).filter(|byte| **byte != 0) {
        match *byte == quote {
            false => at += 1,
            true if rest.get(at + 1) == Some(&quote) => at += 2,
            true => return Some(at + 1),
        }
    }
    None
}

fn run(bytes: &[u8], wanted: impl Fn(u8) -> bool) -> usize {
    bytes.iter().position(|byte| !wanted(*byte)).unwrap_or(bytes.len())
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t'..=b'\r')
}

fn is_id(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$' | 0x80..)
}
