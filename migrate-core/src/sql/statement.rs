//! Where statements begin and end.

use super::body;
use super::lexer::{Token, TokenKind, delimiter, tokens};
use crate::dialect::Dialect;

/// One statement; `start` and `end` are byte offsets into the text that was split.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Statement<'a> {
    /// From its first token to its last, without the delimiter.
    pub text: &'a str,
    /// The first byte.
    pub start: usize,
    /// The byte after the last.
    pub end: usize,
}

/// The statements of the text, in order.
///
/// What lies between them is blanks, comments, delimiters and `DELIMITER` lines; pieces that hold nothing else are not
/// statements. A leading versioned comment belongs to its statement.
///
/// Where a body never ends, its statement goes on to the end of the text, or to the next delimiter that a `DELIMITER`
/// line has set. Programs in the Oracle mode of MariaDB need such a line.
pub fn split(sql: &str, dialect: Dialect) -> Vec<Statement<'_>> {
    let script = Script::new(sql, dialect);
    script
        .pieces
        .iter()
        .map(|&Piece { start, end, .. }| Statement { text: &sql[start..end], start, end })
        .collect()
}

/// A text with its tokens and statements.
pub(super) struct Script<'a> {
    /// All tokens.
    pub(super) tokens: Vec<Token>,
    /// Those that the server reads.
    pub(super) code: Code<'a>,
    /// The statements.
    pub(super) pieces: Vec<Piece>,
}

/// A statement as a stretch of [`Code`].
pub(super) struct Piece {
    /// Its first token.
    pub(super) first: usize,
    /// The token after its last.
    pub(super) after: usize,
    /// The token that opens a body without an end.
    pub(super) open: Option<usize>,
    start: usize,
    end: usize,
}

/// The tokens that the server reads and the delimiters, without blanks and the marks of versioned comments, to look
/// ahead and back in.
pub(super) struct Code<'a> {
    sql: &'a str,
    tokens: Vec<CodeToken>,
}

struct CodeToken {
    token: Token,
    /// It stands in a versioned comment.
    versioned: bool,
    /// Its place among all tokens.
    index: usize,
}

impl<'a> Script<'a> {
    pub(super) fn new(sql: &'a str, dialect: Dialect) -> Self {
        let tokens: Vec<Token> = tokens(sql, dialect).collect();
        let code = Code::new(sql, &tokens);
        let mut script = Self { tokens, code, pieces: Vec::new() };
        // Among all tokens, the one after the last delimiter.
        let mut outer = 0;
        let (mut at, mut own_delimiter) = (0, false);
        while let Some(&CodeToken { token, index, .. }) = script.code.tokens.get(at) {
            if script.code.is_end(at) {
                if token.kind == TokenKind::DelimiterLine {
                    own_delimiter = delimiter(token.text(sql)).is_some_and(|delimiter| delimiter != ";");
                }
                outer = index + 1;
                at += 1;
                continue;
            }
            let body::End { at: end, open } = body::end(&script.code, at, dialect, own_delimiter);
            let next = script.code.tokens.get(end).map_or(script.tokens.len(), |token| token.index);
            // A client sends the `;` before its own delimiter, too, but the server has no use for it.
            let after = (at..end).rev().find(|at| script.code.kind(*at) != Some(TokenKind::Semicolon));
            if let Some(last) = after {
                let next = script.code.tokens.get(last + 1).map_or(next, |token| token.index);
                let counts = |token: &&Token| !token.kind.is_blank();
                let tokens = &script.tokens[outer..next];
                if let (Some(first), Some(final_)) =
                    (tokens.iter().find(counts), tokens.iter().rev().find(counts))
                {
                    let (start, end) = (first.start, final_.end);
                    script.pieces.push(Piece { first: at, after: last + 1, open, start, end });
                }
            }
            at = end;
        }
        script
    }
}

impl<'a> Code<'a> {
    fn new(sql: &'a str, all: &[Token]) -> Self {
        let (mut tokens, mut versioned) = (Vec::new(), false);
        for (index, &token) in all.iter().enumerate() {
            match token.kind {
                TokenKind::VersionedOpen => versioned = true,
                TokenKind::VersionedClose => versioned = false,
                kind if kind.is_blank() && kind != TokenKind::DelimiterLine => {}
                _ => tokens.push(CodeToken { token, versioned, index }),
            }
        }
        Self { sql, tokens }
    }

    /// The token, or nothing behind the last one.
    pub(super) fn get(&self, at: usize) -> Option<Token> {
        self.tokens.get(at).map(|token| token.token)
    }

    pub(super) fn kind(&self, at: usize) -> Option<TokenKind> {
        self.get(at).map(|token| token.kind)
    }

    /// The token's text; empty behind the last one.
    pub(super) fn text(&self, at: usize) -> &'a str {
        self.get(at).map_or("", |token| token.text(self.sql))
    }

    /// Whether the token is this keyword, which it is not after a `.` or a `@`.
    pub(super) fn is(&self, at: usize, keyword: &str) -> bool {
        self.kind(at) == Some(TokenKind::Word)
            && self.text(at).eq_ignore_ascii_case(keyword)
            && !at.checked_sub(1).is_some_and(|before| matches!(self.text(before), "." | "@"))
    }

    /// Whether the token is one of these keywords.
    pub(super) fn is_any(&self, at: usize, keywords: &[&str]) -> bool {
        keywords.iter().any(|keyword| self.is(at, keyword))
    }

    /// Whether the tokens from here on are these keywords.
    pub(super) fn are(&self, at: usize, keywords: &[&str]) -> bool {
        keywords.iter().enumerate().all(|(nth, keyword)| self.is(at + nth, keyword))
    }

    /// Whether the two tokens touch.
    pub(super) fn is_joined(&self, at: usize, next: usize) -> bool {
        matches!((self.get(at), self.get(next)), (Some(one), Some(other)) if one.end == other.start)
    }

    /// Whether a statement without a body ends here. A `;` in a versioned comment would cut the comment in two.
    pub(super) fn is_end(&self, at: usize) -> bool {
        let Some(CodeToken { token, versioned, .. }) = self.tokens.get(at) else { return true };
        match token.kind {
            TokenKind::Semicolon | TokenKind::Delimiter => !versioned,
            kind => kind == TokenKind::DelimiterLine,
        }
    }

    /// Whether a delimiter other than `;` stands here, or the text ends.
    pub(super) fn is_hard_end(&self, at: usize) -> bool {
        self.is_end(at) && self.kind(at) != Some(TokenKind::Semicolon)
    }
}
