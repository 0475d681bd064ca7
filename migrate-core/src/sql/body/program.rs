//! Stored programs of MySQL and MariaDB, and MariaDB's compound statements outside of programs.
//!
//! The servers find the end of a program by their grammar. Here it is found by its blocks: their keywords open one
//! only where a statement begins, so that `IF(a, b, c)`, `REPEAT('-', 3)` or `FOR UPDATE` are not taken for blocks.

use super::{End, plain};
use crate::sql::lexer::TokenKind;
use crate::sql::statement::Code;

/// Where the statement ends that begins at `from`.
pub(super) fn end(code: &Code<'_>, from: usize, own_delimiter: bool) -> End {
    match program(code, from) {
        // Whoever sets a delimiter says where the program ends; there is nothing to find out.
        Some(_) if own_delimiter => {
            End { at: (from..).find(|at| code.is_hard_end(*at)).unwrap_or(from), open: None }
        }
        Some(Some(body)) => blocks(code, body),
        Some(None) | None => plain(code, from),
    }
}

/// Whether a program begins here, and where its body does, if it has one.
fn program(code: &Code<'_>, from: usize) -> Option<Option<usize>> {
    let start = if is_label(code, from) { from + 2 } else { from };
    if code.is_any(start, &["IF", "CASE", "LOOP", "WHILE", "REPEAT", "FOR"])
        || code.are(start, &["BEGIN", "NOT", "ATOMIC"])
    {
        return Some(Some(from));
    }
    let mut at = from + 1;
    if code.is(from, "CREATE") {
        if code.are(at, &["OR", "REPLACE"]) {
            at += 2;
        }
    } else if !code.is(from, "ALTER") {
        return None;
    }
    if code.is(at, "DEFINER") {
        at = after_account(code, at + 2);
    }
    if code.is(at, "AGGREGATE") {
        at += 1;
    }
    let body = if code.is(at, "EVENT") {
        find(code, at, |at| code.is(at, "DO")).map(|at| at + 1)
    } else if code.is(from, "ALTER") {
        return None;
    } else if code.is(at, "TRIGGER") {
        find(code, at, |at| code.are(at, &["FOR", "EACH", "ROW"])).map(|at| after_order(code, at + 3))
    } else if code.is(at, "PROCEDURE") {
        find(code, at, |at| code.text(at) == "(")
            .map(|at| after_characteristics(code, after_parentheses(code, at)))
    } else if code.is(at, "FUNCTION") {
        let begins = |at| {
            is_label(code, at)
                || code.is_any(at, &["BEGIN", "RETURN", "IF", "CASE", "LOOP", "WHILE", "REPEAT", "FOR"])
        };
        find(code, at, |at| code.text(at) == "(")
            .and_then(|at| find(code, after_parentheses(code, at), begins))
    } else if code.is(at, "PACKAGE") {
        None
    } else {
        return None;
    };
    Some(body)
}

/// The first place outside of parentheses, and before the statement ends, where the condition holds.
fn find(code: &Code<'_>, from: usize, wanted: impl Fn(usize) -> bool) -> Option<usize> {
    let mut at = from;
    while !code.is_end(at) {
        if wanted(at) {
            return Some(at);
        }
        at = if code.text(at) == "(" { after_parentheses(code, at) } else { at + 1 };
    }
    None
}

/// The place behind the `)` that belongs to this `(`.
fn after_parentheses(code: &Code<'_>, open: usize) -> usize {
    let (mut at, mut depth) = (open, 0);
    while !code.is_end(at) {
        match code.text(at) {
            "(" => depth += 1,
            ")" => depth -= 1,
            _ => {}
        }
        at += 1;
        if depth == 0 {
            break;
        }
    }
    at
}

/// Behind `root@localhost`, `'root'@'%'`, `CURRENT_USER()`.
fn after_account(code: &Code<'_>, name: usize) -> usize {
    let mut at = name + 1;
    if code.text(at) == "(" {
        at = after_parentheses(code, at);
    }
    if code.text(at) == "@" {
        at += 2;
        // A host is several tokens: `10.0.0.1`.
        while !code.is_end(at) && code.is_joined(at - 1, at) {
            at += 1;
        }
    }
    at
}

/// Behind a trigger's `FOLLOWS other`.
fn after_order(code: &Code<'_>, at: usize) -> usize {
    if code.is_any(at, &["FOLLOWS", "PRECEDES"]) { at + 2 } else { at }
}

fn after_characteristics(code: &Code<'_>, mut at: usize) -> usize {
    loop {
        at += match () {
            () if code.is_any(at, &["NOT", "DETERMINISTIC"]) => 1,
            () if code.is_any(at, &["COMMENT", "LANGUAGE", "CONTAINS", "NO"]) => 2,
            () if code.is_any(at, &["READS", "MODIFIES", "SQL"]) => 3,
            () => return at,
        }
    }
}

fn is_label(code: &Code<'_>, at: usize) -> bool {
    matches!(code.kind(at), Some(TokenKind::Word | TokenKind::QuotedIdentifier)) && code.text(at + 1) == ":"
}

#[derive(Clone, Copy, PartialEq)]
enum Block {
    /// `BEGIN … END`, `LOOP … END LOOP`, and the body of `WHILE` and `FOR`.
    Statements,
    /// `IF … END IF`, `CASE … END CASE`: statements come after `THEN` and `ELSE`.
    Branches,
    /// `WHILE …` and `FOR …`, up to `DO`.
    LoopHead,
    /// `REPEAT …`, up to `UNTIL`.
    Repeat,
    /// `UNTIL … END REPEAT`.
    Until,
    /// `CASE … END`, a value.
    CaseExpression,
}

/// The end of a program whose body begins at `body`.
fn blocks(code: &Code<'_>, body: usize) -> End {
    let mut blocks: Vec<(Block, usize)> = Vec::new();
    let mut at = body;
    let mut statement_begins = true;
    loop {
        let hard_end = code.is_hard_end(at);
        if hard_end || blocks.is_empty() && code.is_end(at) {
            return End { at, open: blocks.first().filter(|_| hard_end).map(|(_, opener)| *opener) };
        }
        let here = at;
        at += 1;
        if code.kind(here) == Some(TokenKind::Semicolon) {
            statement_begins = true;
        } else if statement_begins {
            (statement_begins, at) = first_word(code, here, &mut blocks);
        } else {
            statement_begins = inner_word(code, here, &mut blocks);
        }
    }
}

/// Reads the first word of a statement. Says whether another statement begins behind it, and where to go on.
fn first_word(code: &Code<'_>, at: usize, blocks: &mut Vec<(Block, usize)>) -> (bool, usize) {
    let mut open = |block, begins, length| {
        blocks.push((block, at));
        (begins, at + length)
    };
    if is_label(code, at) {
        (true, at + 2)
    } else if code.is(at, "BEGIN") {
        open(Block::Statements, true, if code.are(at + 1, &["NOT", "ATOMIC"]) { 3 } else { 1 })
    } else if code.is(at, "LOOP") {
        open(Block::Statements, true, 1)
    } else if code.is(at, "REPEAT") {
        open(Block::Repeat, true, 1)
    } else if code.is_any(at, &["IF", "CASE"]) {
        open(Block::Branches, false, 1)
    } else if code.is_any(at, &["WHILE", "FOR"]) {
        open(Block::LoopHead, false, 1)
    } else if code.is(at, "END") {
        blocks.pop();
        (false, after_end(code, at))
    } else if code.is(at, "UNTIL") {
        if let Some((block @ Block::Repeat, _)) = blocks.last_mut() {
            *block = Block::Until;
        }
        (false, at + 1)
    } else if code.is(at, "DECLARE") {
        match handler(code, at) {
            Some(statement) => (true, statement),
            None => (false, at + 1),
        }
    } else {
        (code.is(at, "ELSE"), at + 1)
    }
}

/// Reads a word inside of a statement. Says whether another statement begins behind it.
fn inner_word(code: &Code<'_>, at: usize, blocks: &mut Vec<(Block, usize)>) -> bool {
    let innermost = blocks.last().map(|(block, _)| *block);
    match innermost {
        _ if code.is(at, "CASE") => blocks.push((Block::CaseExpression, at)),
        // `end` may name a column: `CASE WHEN a THEN end END`.
        Some(Block::CaseExpression) if code.is(at, "END") && !wants_operand(code, at - 1) => {
            blocks.pop();
        }
        Some(Block::Until) if code.is(at, "END") => {
            blocks.pop();
        }
        Some(Block::Branches) => return code.is(at, "THEN"),
        Some(Block::LoopHead) if code.is(at, "DO") => {
            if let Some((block, _)) = blocks.last_mut() {
                *block = Block::Statements;
            }
            return true;
        }
        _ => {}
    }
    false
}

/// Whether the expression cannot end behind this token.
fn wants_operand(code: &Code<'_>, at: usize) -> bool {
    const OPERATORS: [&str; 11] =
        ["CASE", "WHEN", "THEN", "ELSE", "AND", "OR", "XOR", "NOT", "LIKE", "BETWEEN", "DIV"];
    code.is_any(at, &OPERATORS) || code.kind(at) == Some(TokenKind::Punctuation) && code.text(at) != ")"
}

/// Behind `END IF`.
fn after_end(code: &Code<'_>, at: usize) -> usize {
    let named = code.is_any(at + 1, &["IF", "CASE", "LOOP", "WHILE", "REPEAT", "FOR"]);
    if named { at + 2 } else { at + 1 }
}

/// Where the statement begins in `DECLARE … HANDLER FOR NOT FOUND, SQLSTATE '23000' …`, which has no mark before it.
fn handler(code: &Code<'_>, declare: usize) -> Option<usize> {
    if !code.are(declare + 2, &["HANDLER", "FOR"]) {
        return None;
    }
    let mut at = declare + 4;
    loop {
        at += match () {
            () if code.are(at, &["SQLSTATE", "VALUE"]) => 3,
            () if code.is_any(at, &["SQLSTATE", "NOT"]) => 2,
            () => 1,
        };
        if code.text(at) != "," {
            return Some(at);
        }
        at += 1;
    }
}
