//! Text to tokens, in the three ways of the three dialects.

use crate::dialect::Dialect;

mod quote;

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TokenKind {
    /// Blanks and line ends.
    Whitespace,
    /// `-- …`, and MySQL's `# …`, without the line end.
    LineComment,
    /// `/* … */`, nested ones included where the dialect nests them.
    BlockComment,
    /// A keyword, an identifier without quotes, or a parameter like `$1`.
    Word,
    /// What begins with a digit.
    Number,
    /// A string with its prefix, as in `E'…'` and `x'…'`; in MySQL also `"…"`.
    String,
    /// PostgreSQL's `$tag$ … $tag$`.
    DollarString,
    /// `"…"`, MySQL's and SQLite's backticks, SQLite's `[…]`.
    QuotedIdentifier,
    /// An operator or another mark, as long as the dialect reads it as one.
    Punctuation,
    /// `;`, whether or not a statement ends there.
    Semicolon,
    /// What a `DELIMITER` line has put in the place of `;`.
    Delimiter,
    /// The MySQL client's command `DELIMITER …`, up to the end of its line.
    DelimiterLine,
    /// `/*!40101` or MariaDB's `/*M!`: what follows is SQL and not a comment.
    VersionedOpen,
    /// The `*/` of a [`TokenKind::VersionedOpen`].
    VersionedClose,
    /// From an opening quote to the end of the text, because the closing one is missing.
    Unterminated(Unterminated),
}

/// What has a beginning and no end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Unterminated {
    /// A string.
    String,
    /// A quoted identifier.
    QuotedIdentifier,
    /// A dollar-quoted string.
    DollarString,
    /// A block comment.
    Comment,
}

/// A piece of the text; `start` and `end` are byte offsets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// The first byte.
    pub start: usize,
    /// The byte after the last.
    pub end: usize,
}

impl TokenKind {
    /// Whether the database would see nothing here: blanks, comments, commands of a client.
    pub const fn is_blank(self) -> bool {
        matches!(
            self,
            Self::Whitespace
                | Self::LineComment
                | Self::BlockComment
                | Self::DelimiterLine
                | Self::Unterminated(Unterminated::Comment)
        )
    }
}

impl Token {
    /// Its text, in the text that it was made from.
    pub fn text(self, sql: &str) -> &str {
        &sql[self.start..self.end]
    }
}

/// The tokens of the text; one begins where the one before ends, and together they are the text.
pub fn tokens(sql: &str, dialect: Dialect) -> Tokens<'_> {
    Tokens {
        sql,
        dialect,
        at: 0,
        delimiter: ";",
        versioned: false,
        fresh: true,
        continuation: Continuation::No,
        after_name: false,
    }
}

/// What counts for the identity of the text: its tokens without blanks, comments and the spelling of delimiters.
///
/// Every statement end reads as `;`, several in a row as one, and those at the beginning and at the end are left out.
/// MySQL's versioned comments count, as `/*!40101`, what is in them, and `*/`. A string and its prefix are one token.
pub fn significant_tokens(sql: &str, dialect: Dialect) -> impl Iterator<Item = &str> {
    let mut tokens = tokens(sql, dialect).filter(|token| !token.kind.is_blank()).peekable();
    let is_end = |token: &Token| matches!(token.kind, TokenKind::Semicolon | TokenKind::Delimiter);
    while tokens.next_if(is_end).is_some() {}
    std::iter::from_fn(move || {
        let token = tokens.next()?;
        if !is_end(&token) {
            return Some(token.text(sql));
        }
        while tokens.next_if(is_end).is_some() {}
        tokens.peek().map(|_| ";")
    })
}

/// The iterator that [`tokens`] returns.
#[derive(Clone, Debug)]
pub struct Tokens<'a> {
    sql: &'a str,
    dialect: Dialect,
    at: usize,
    /// What ends a statement, beside `;`.
    delimiter: &'a str,
    /// Inside a MySQL versioned comment. Not a depth: the server, too, leaves all of them at the first `*/`.
    versioned: bool,
    /// No token of a statement since the last end of one, so `DELIMITER` is a command.
    fresh: bool,
    continuation: Continuation,
    /// The token before is a name, so that `.5` behind it is not a number.
    after_name: bool,
}

/// Whether the next string continues an `E'…'`, in which case its backslashes are escapes, too.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Continuation {
    No,
    /// Once a line end has come.
    OnNextLine,
    Yes,
}

impl Iterator for Tokens<'_> {
    type Item = Token;

    fn next(&mut self) -> Option<Token> {
        let start = self.at;
        let first = *self.rest().first()?;
        let (kind, length) = self.scan(first);
        self.at = start + length;
        let token = Token { kind, start, end: self.at };
        self.remember(token);
        Some(token)
    }
}

impl<'a> Tokens<'a> {
    fn rest(&self) -> &'a [u8] {
        &self.sql.as_bytes()[self.at..]
    }

    /// The kind and the length of the token that begins here with this byte.
    fn scan(&mut self, first: u8) -> (TokenKind, usize) {
        let rest = self.rest();
        let second = rest.get(1).copied();
        match first {
            _ if is_space(first) => (TokenKind::Whitespace, run(rest, is_space)),
            // SQLite takes a byte order mark between tokens for a blank.
            0xEF if self.dialect == Dialect::Sqlite && rest.starts_with(BYTE_ORDER_MARK) => {
                (TokenKind::Whitespace, BYTE_ORDER_MARK.len())
            }
            b'-' if self.is_dash_comment(rest) => (TokenKind::LineComment, self.line(rest)),
            b'#' if self.dialect == Dialect::Mysql => (TokenKind::LineComment, self.line(rest)),
            b'/' if second == Some(b'*') => self.block_comment(rest),
            b'*' if self.versioned && second == Some(b'/') => (TokenKind::VersionedClose, 2),
            _ if self.is_delimiter(rest) => (TokenKind::Delimiter, self.delimiter.len()),
            b';' => (TokenKind::Semicolon, 1),
            b'0'..=b'9' => (TokenKind::Number, self.number(rest)),
            b'.' if second.is_some_and(|byte| byte.is_ascii_digit()) && !self.after_name => {
                (TokenKind::Number, self.number(rest))
            }
            _ => match self.quoted(rest) {
                Some(found) => found,
                None if self.is_word_start(first) => self.word(rest),
                None => (TokenKind::Punctuation, self.operator(rest)),
            },
        }
    }

    /// Takes note of what the tokens to come depend on.
    fn remember(&mut self, token: Token) {
        let text = token.text(self.sql);
        match token.kind {
            TokenKind::Whitespace => {
                if self.continuation == Continuation::OnNextLine && text.contains(['\n', '\r']) {
                    self.continuation = Continuation::Yes;
                }
            }
            TokenKind::LineComment => {}
            TokenKind::String => {
                let continues = self.continuation == Continuation::Yes && text.starts_with('\'');
                let escapes =
                    self.dialect == Dialect::Postgres && (continues || text.starts_with(['e', 'E']));
                self.continuation = if escapes { Continuation::OnNextLine } else { Continuation::No };
            }
            _ => self.continuation = Continuation::No,
        }
        match token.kind {
            TokenKind::VersionedOpen => self.versioned = true,
            TokenKind::VersionedClose => self.versioned = false,
            TokenKind::DelimiterLine => self.delimiter = delimiter(text).unwrap_or(";"),
            _ => {}
        }
        if !token.kind.is_blank() {
            self.fresh = matches!(token.kind, TokenKind::Semicolon | TokenKind::Delimiter);
        }
        self.after_name = matches!(token.kind, TokenKind::Word | TokenKind::QuotedIdentifier);
    }

    fn is_dash_comment(&self, rest: &[u8]) -> bool {
        let opens = rest.starts_with(b"--");
        match self.dialect {
            // So that `5--1` stays an expression.
            Dialect::Mysql => {
                opens && rest.get(2).is_none_or(|byte| *byte == b' ' || byte.is_ascii_control())
            }
            Dialect::Postgres | Dialect::Sqlite => opens,
        }
    }

    /// The length of what stands before the end of the line.
    fn line(&self, rest: &[u8]) -> usize {
        let postgres = self.dialect == Dialect::Postgres;
        run(rest, |byte| byte != b'\n' && !(postgres && byte == b'\r'))
    }

    fn block_comment(&self, rest: &[u8]) -> (TokenKind, usize) {
        if self.dialect == Dialect::Mysql
            && let Some(length) = versioned_open(rest)
        {
            return (TokenKind::VersionedOpen, length);
        }
        let nests = self.dialect == Dialect::Postgres;
        let (mut at, mut depth) = (2, 1);
        while let Some(byte) = rest.get(at) {
            match (byte, rest.get(at + 1)) {
                (b'*', Some(b'/')) => {
                    at += 2;
                    depth -= 1;
                    if depth == 0 {
                        return (TokenKind::BlockComment, at);
                    }
                }
                (b'/', Some(b'*')) if nests => {
                    at += 2;
                    depth += 1;
                }
                _ => at += 1,
            }
        }
        match self.dialect {
            Dialect::Sqlite => (TokenKind::BlockComment, rest.len()),
            Dialect::Postgres | Dialect::Mysql => {
                (TokenKind::Unterminated(Unterminated::Comment), rest.len())
            }
        }
    }

    /// Whether the delimiter of a `DELIMITER` line stands here.
    ///
    /// The `mysql` client finds one made of letters inside of words, too; that is never what was meant.
    fn is_delimiter(&self, rest: &[u8]) -> bool {
        let delimiter = self.delimiter.as_bytes();
        self.delimiter != ";"
            && rest.starts_with(delimiter)
            && !(delimiter.last().is_some_and(u8::is_ascii_alphanumeric)
                && rest.get(delimiter.len()).is_some_and(|byte| is_word(*byte)))
    }

    fn is_word_start(&self, byte: u8) -> bool {
        is_word(byte) && (byte != b'$' || self.dialect != Dialect::Postgres)
    }

    fn word(&self, rest: &[u8]) -> (TokenKind, usize) {
        let length = self.until_delimiter(rest, run(rest, is_word));
        if self.dialect == Dialect::Mysql
            && self.fresh
            && !self.versioned
            && rest[..length].eq_ignore_ascii_case(b"DELIMITER")
        {
            let line = self.line(rest);
            if delimiter(&self.sql[self.at..self.at + line]).is_some() {
                return (TokenKind::DelimiterLine, line);
            }
        }
        (TokenKind::Word, length)
    }

    /// Shortens a word to what stands before a delimiter, as in `END$$`.
    fn until_delimiter(&self, rest: &[u8], length: usize) -> usize {
        let inside =
            self.delimiter.bytes().next().is_some_and(|byte| is_word(byte) && !byte.is_ascii_alphanumeric());
        if !inside {
            return length;
        }
        (1..length).find(|at| self.is_delimiter(&rest[*at..])).unwrap_or(length)
    }

    fn number(&self, rest: &[u8]) -> usize {
        let part = |byte: u8| is_word(byte) && (byte != b'$' || self.dialect == Dialect::Mysql);
        let mut at = run(rest, part);
        let decimal = rest[..at].iter().all(|byte| byte.is_ascii_digit() || *byte == b'_');
        // `1..10` is a range.
        if decimal && rest.get(at) == Some(&b'.') && rest.get(at + 1) != Some(&b'.') {
            at += 1 + run(&rest[at + 1..], part);
        }
        let mantissa = rest[..at].strip_suffix(b"e").or(rest[..at].strip_suffix(b"E"));
        let exponent = mantissa
            .is_some_and(|digits| digits.iter().all(|byte| byte.is_ascii_digit() || *byte == b'.'))
            && matches!(rest.get(at), Some(b'+' | b'-'))
            && rest.get(at + 1).is_some_and(u8::is_ascii_digit);
        if exponent {
            at += 1 + run(&rest[at + 1..], part);
        }
        self.until_delimiter(rest, at)
    }

    fn operator(&self, rest: &[u8]) -> usize {
        match self.dialect {
            Dialect::Postgres => postgres_operator(rest),
            Dialect::Mysql | Dialect::Sqlite => {
                const LONG: [&[u8]; 13] = [
                    b"<=>", b"->>", b"<=", b">=", b"<>", b"!=", b"||", b"&&", b"<<", b">>", b":=", b"->",
                    b"==",
                ];
                LONG.iter().find(|long| rest.starts_with(long)).map_or(1, |long| long.len())
            }
        }
    }
}

const BYTE_ORDER_MARK: &[u8] = "\u{FEFF}".as_bytes();

/// The delimiter that a `DELIMITER` line sets, or nothing if it names none.
pub(super) fn delimiter(line: &str) -> Option<&str> {
    let argument = line.get("DELIMITER".len()..)?;
    if !argument.starts_with([' ', '\t']) {
        return None;
    }
    let word = argument.split_ascii_whitespace().next()?;
    let quoted = ['\'', '"', '`'].into_iter().find_map(|quote| word.strip_prefix(quote)?.strip_suffix(quote));
    let delimiter = quoted.unwrap_or(word);
    // The client keeps 15 bytes, which also bounds the work done at each byte of a text.
    let end = (0..=delimiter.len().min(15)).rev().find(|at| delimiter.is_char_boundary(*at))?;
    Some(&delimiter[..end]).filter(|delimiter| !delimiter.is_empty())
}

/// The length of `/*!` or `/*M!` and a version, which has five or six digits.
fn versioned_open(rest: &[u8]) -> Option<usize> {
    let mark = [b"/*!".as_slice(), b"/*M!"].into_iter().find(|mark| rest.starts_with(mark))?.len();
    let digits = rest[mark..].iter().take(6).take_while(|byte| byte.is_ascii_digit()).count();
    Some(if digits >= 5 { mark + digits } else { mark })
}

/// PostgreSQL's rule: as many operator characters as there are, up to a comment, and a sign at the end belongs to
/// the operand unless the operator has one of the rarer characters.
fn postgres_operator(rest: &[u8]) -> usize {
    // Longer than any name may be; without a bound, a long row of signs would be read again for each of them.
    const LONGEST: usize = 64;
    let is_operator = |byte: &u8| b"~!@#^&|`?+-*/%<>=".contains(byte);
    let characters = rest.iter().take(LONGEST).take_while(|byte| is_operator(byte)).count();
    let mut length = characters;
    if let Some(comment) = rest[..characters].windows(2).position(|pair| pair == b"--" || pair == b"/*") {
        length = comment;
    }
    if !rest[..length].iter().any(|byte| b"~!@#^&|`?%".contains(byte)) {
        while length > 1 && matches!(rest[length - 1], b'+' | b'-') {
            length -= 1;
        }
    }
    match rest {
        [b':', b':' | b'=', ..] | [b'.', b'.', ..] => 2,
        _ => length.max(1),
    }
}

fn run(bytes: &[u8], wanted: impl Fn(u8) -> bool) -> usize {
    bytes.iter().position(|byte| !wanted(*byte)).unwrap_or(bytes.len())
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t'..=b'\r')
}

/// Whether the byte can be part of a word; all of UTF-8 beyond ASCII can.
fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$' | 0x80..)
}
