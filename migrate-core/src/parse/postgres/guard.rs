//! How deep a text is nested, before the library's parser recurses into it.
//!
//! The estimate is generous to the text by far less than a stack is to the parser: measured in an unoptimised build on
//! two megabytes, parentheses overflow between 300 and 1,000 levels, chains of joins between 1,000 and 3,000, chains of
//! operators between 3,000 and 10,000.

use crate::dialect::Dialect;
use crate::sql::{TokenKind, tokens};

/// What a level of parentheses weighs, a recursion of another kind, and what the longest way down may weigh; a link of a
/// chain weighs 1.
const LEVEL: u32 = 10;
const RECURSION: u32 = 3;
const MAX_WEIGHT: u32 = 1500;

/// Whether a text is too deep to be parsed, or a text in one of its literals is.
pub(super) fn is_too_deep(sql: &str) -> bool {
    is_deep(sql, 0)
}

fn is_deep(sql: &str, nested: u32) -> bool {
    // Open levels: what is around each, and whether a word opened it.
    let mut levels: Vec<(u32, u32, bool)> = Vec::new();
    let mut around = 0u32;
    // What chains weigh on this level since the last comma or semicolon.
    let mut chain = 0u32;
    let mut previous = "";
    for token in tokens(sql, Dialect::Postgres) {
        if token.kind.is_blank() {
            continue;
        }
        let text = token.text(sql);
        let before = std::mem::replace(&mut previous, text);
        if around + chain > MAX_WEIGHT {
            return true;
        }
        if let Some(inner) = literal(token.kind, text) {
            // A text in a text in a text is not read.
            if nested < 4 && inner.len() > 64 && is_deep(inner, nested + 1) {
                return true;
            }
            continue;
        }
        let is_word = token.kind == TokenKind::Word;
        if matches!(text, "(" | "[") || is_word && opens(text, before) {
            levels.push((around, chain, is_word));
            around += chain + LEVEL;
            chain = 0;
        } else if matches!(text, ")" | "]") {
            // It also closes what words have opened inside.
            while let Some((outer, chained, by_word)) = levels.pop() {
                (around, chain) = (outer, chained);
                if !by_word {
                    break;
                }
            }
            // `a[1][2]` is a chain too.
            chain += 1;
        } else if is_word && text.eq_ignore_ascii_case("end") {
            if let Some((outer, chained, true)) = levels.last().copied() {
                levels.pop();
                (around, chain) = (outer, chained);
            }
        } else if matches!(text, "," | ";") {
            chain = 0;
        } else if token.kind == TokenKind::Punctuation && is_sign(text) {
            // Behind a sign it stands before an operand, and the parser recurses; also into the right side of operators that
            // are not among the common ones.
            let is_common = matches!(
                text,
                "+" | "-"
                    | "*"
                    | "/"
                    | "%"
                    | "^"
                    | "<"
                    | ">"
                    | "="
                    | "<="
                    | ">="
                    | "<>"
                    | "!="
                    | "."
                    | "::"
                    | ":"
            );
            chain += if is_sign(before) || !is_common { RECURSION } else { 1 };
        } else if is_word {
            chain += match () {
                () if recurses(text) => RECURSION,
                () if is_link(text) => 1,
                () => 0,
            };
        }
    }
    around + chain > MAX_WEIGHT
}

/// Words that begin something that `END` ends.
fn opens(word: &str, before: &str) -> bool {
    let is = |words: &[&str]| words.iter().any(|other| word.eq_ignore_ascii_case(other));
    let after = |words: &[&str]| words.iter().any(|other| before.eq_ignore_ascii_case(other));
    match word {
        _ if after(&["end"]) => false,
        _ if is(&["case", "loop"]) => true,
        _ if is(&["begin"]) => true,
        _ if is(&["if"]) => after(&["", ";", "then", "begin", "else", "loop", ">>", ">"]),
        _ => false,
    }
}

/// Words between the parts of a chain.
fn is_link(word: &str) -> bool {
    const WORDS: [&str; 18] = [
        "and",
        "or",
        "is",
        "isnull",
        "notnull",
        "like",
        "ilike",
        "similar",
        "in",
        "between",
        "collate",
        "at",
        "union",
        "intersect",
        "except",
        "operator",
        "overlaps",
        "escape",
    ];
    WORDS.iter().any(|other| word.eq_ignore_ascii_case(other))
}

/// Words before which the parser recurses.
fn recurses(word: &str) -> bool {
    const WORDS: [&str; 7] = ["not", "join", "explain", "prepare", "declare", "array", "while"];
    WORDS.iter().any(|other| word.eq_ignore_ascii_case(other))
}

/// Signs that are operators; a dot is one too.
fn is_sign(text: &str) -> bool {
    text.bytes().all(|byte| b"+-*/<>=~!@#%^&|`?:.".contains(&byte))
}

/// What is in the quotes of a text that may be code.
fn literal(kind: TokenKind, text: &str) -> Option<&str> {
    match kind {
        TokenKind::String | TokenKind::DollarString => {
            let start = text.find(['\'', '$']).map_or(0, |quote| quote + 1);
            Some(text.get(start..text.len().saturating_sub(1)).unwrap_or_default())
        }
        _ => None,
    }
}
