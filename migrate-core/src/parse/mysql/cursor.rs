//! A place among the tokens of a statement.

use super::reserved::is_reserved;
use crate::ddl::{Extent, Ident, Path};
use crate::dialect::Dialect;
use crate::sql::{Token, TokenKind, tokens};

/// How deep expressions, queries and joins may be nested; whoever goes through the values has a stack.
const DEEPEST: usize = 100;

/// The grammar here does not cover what stands there.
#[derive(Clone, Copy, Debug)]
pub(super) struct NotUnderstood;

pub(super) type Read<T> = Result<T, NotUnderstood>;

/// A place to come back to.
#[derive(Clone, Copy)]
pub(super) struct Place {
    at: usize,
    depth: usize,
}

/// Opens what MariaDB alone reads.
pub(super) const MARIADB: &str = "/*M!";

/// Opens what MySQL alone reads, all of it that knows checks.
pub(super) const MYSQL: &str = "/*!80016";

/// Reads tokens in order.
#[derive(Clone)]
pub(super) struct Cursor<'a> {
    pub(super) sql: &'a str,
    tokens: Vec<Token>,
    at: usize,
    depth: usize,
    tries: usize,
    /// How many comments there are whose text not every server of these days reads, and how many of them were passed.
    versions: (usize, usize),
}

impl<'a> Cursor<'a> {
    /// At the first token; nothing where the text has no end. What stands in versioned comments counts, and the marks of those
    /// that not every server reads.
    pub(super) fn new(sql: &'a str) -> Read<Self> {
        // Extents count in 32 bits.
        u32::try_from(sql.len()).map_err(|_| NotUnderstood)?;
        let (mut n_versions, mut is_marked) = (0, false);
        let mut significant = Vec::new();
        for token in tokens(sql, Dialect::Mysql).filter(|token| !token.kind.is_blank()) {
            match token.kind {
                TokenKind::VersionedOpen => {
                    is_marked = !is_for_all(token.text(sql));
                    n_versions += usize::from(is_marked);
                    significant.extend(is_marked.then_some(token));
                }
                TokenKind::VersionedClose => significant.extend(is_marked.then_some(token)),
                TokenKind::Unterminated(_) | TokenKind::Delimiter | TokenKind::DelimiterLine => {
                    return Err(NotUnderstood);
                }
                _ => significant.push(token),
            }
        }
        Ok(Self { sql, tokens: significant, at: 0, depth: 0, tries: 0, versions: (n_versions, 0) })
    }

    /// The same tokens without the marks of versioned comments.
    pub(super) fn without_versions(mut self) -> Self {
        self.tokens
            .retain(|token| !matches!(token.kind, TokenKind::VersionedOpen | TokenKind::VersionedClose));
        self
    }

    /// Whether nothing was passed over that only some servers read.
    pub(super) fn knows_versions(&self) -> bool {
        self.versions.0 == self.versions.1
    }

    /// Reads what stands in a comment for one kind of server, if there is one.
    pub(super) fn only_for<T>(
        &mut self,
        open: &str,
        read: impl FnOnce(&mut Self) -> Read<T>,
    ) -> Read<Option<T>> {
        if self.kind() != Some(TokenKind::VersionedOpen) || self.text(0) != open {
            return Ok(None);
        }
        self.next()?;
        let inner = read(self)?;
        match self.next()?.kind {
            TokenKind::VersionedClose => self.versions.1 += 1,
            _ => return Err(NotUnderstood),
        }
        Ok(Some(inner))
    }

    pub(super) fn token(&self, ahead: usize) -> Option<Token> {
        self.tokens.get(self.at + ahead).copied()
    }

    pub(super) fn kind(&self) -> Option<TokenKind> {
        self.token(0).map(|token| token.kind)
    }

    /// The text of a token, empty behind the last.
    pub(super) fn text(&self, ahead: usize) -> &'a str {
        self.token(ahead).map_or("", |token| token.text(self.sql))
    }

    pub(super) fn is_end(&self) -> bool {
        self.at >= self.tokens.len()
    }

    /// Goes on, and gives what was passed.
    pub(super) fn next(&mut self) -> Read<Token> {
        let token = self.token(0).ok_or(NotUnderstood)?;
        self.at += 1;
        Ok(token)
    }

    /// The place, to come back to.
    pub(super) fn place(&self) -> Place {
        Place { at: self.at, depth: self.depth }
    }

    pub(super) fn go_back(&mut self, place: Place) {
        (self.at, self.depth) = (place.at, place.depth);
    }

    /// Goes back to try something else at a place where both may be long. Not often: each try may hold tries.
    pub(super) fn try_again(&mut self, place: Place) -> Read<()> {
        self.tries += 1;
        self.go_back(place);
        self.may_grow(self.tries)
    }

    /// Where the next token begins.
    pub(super) fn start(&self) -> usize {
        self.token(0).map_or(self.sql.len(), |token| token.start)
    }

    /// From a byte to the end of the last token that was passed.
    pub(super) fn since(&self, start: usize) -> Extent {
        let end = self.at.checked_sub(1).map_or(0, |last| self.tokens[last].end);
        Extent::new(start, end.max(start))
    }

    /// Whether this keyword stands there.
    pub(super) fn is_at(&self, ahead: usize, word: &str) -> bool {
        self.token(ahead).is_some_and(|token| token.kind == TokenKind::Word)
            && self.text(ahead).eq_ignore_ascii_case(word)
    }

    pub(super) fn is(&self, word: &str) -> bool {
        self.is_at(0, word)
    }

    pub(super) fn is_any(&self, words: &[&str]) -> bool {
        words.iter().any(|word| self.is(word))
    }

    /// Whether these keywords stand there, one blank between them.
    pub(super) fn are(&self, words: &str) -> bool {
        words.split(' ').enumerate().all(|(ahead, word)| self.is_at(ahead, word))
    }

    /// Passes these keywords if they stand there.
    pub(super) fn eat(&mut self, words: &str) -> bool {
        let found = self.are(words);
        if found {
            self.at += words.split(' ').count();
        }
        found
    }

    pub(super) fn eat_any(&mut self, words: &[&str]) -> bool {
        words.iter().any(|words| self.eat(words))
    }

    pub(super) fn expect(&mut self, words: &str) -> Read<()> {
        if self.eat(words) { Ok(()) } else { Err(NotUnderstood) }
    }

    /// Whether this mark stands there: an operator, a parenthesis, a comma.
    pub(super) fn is_mark_at(&self, ahead: usize, mark: &str) -> bool {
        self.token(ahead).is_some_and(|token| token.kind == TokenKind::Punctuation)
            && self.text(ahead) == mark
    }

    pub(super) fn is_mark(&self, mark: &str) -> bool {
        self.is_mark_at(0, mark)
    }

    pub(super) fn eat_mark(&mut self, mark: &str) -> bool {
        let found = self.is_mark(mark);
        self.at += usize::from(found);
        found
    }

    pub(super) fn expect_mark(&mut self, mark: &str) -> Read<()> {
        if self.eat_mark(mark) { Ok(()) } else { Err(NotUnderstood) }
    }

    /// Whether a name stands there.
    pub(super) fn is_name_at(&self, ahead: usize) -> bool {
        match self.token(ahead).map(|token| token.kind) {
            Some(TokenKind::QuotedIdentifier) => true,
            Some(TokenKind::Word) => !is_reserved(self.text(ahead)),
            // Names may begin with digits, but not be numbers.
            Some(TokenKind::Number) => is_name_with_digits(self.text(ahead)),
            _ => false,
        }
    }

    pub(super) fn name(&mut self) -> Read<Ident> {
        if !self.is_name_at(0) {
            return Err(NotUnderstood);
        }
        self.any_word()
    }

    /// A name that may be reserved, as after a dot.
    fn any_word(&mut self) -> Read<Ident> {
        let token = self.next()?;
        let text = token.text(self.sql);
        let at = Extent::new(token.start, token.end);
        match token.kind {
            TokenKind::QuotedIdentifier => Ok(Ident::new(text[1..text.len() - 1].replace("``", "`"), at)),
            TokenKind::Word | TokenKind::Number => Ok(Ident::new(text, at)),
            _ => Err(NotUnderstood),
        }
    }

    /// `name` or `database.name`
    pub(super) fn path(&mut self) -> Read<Path> {
        let first = self.name()?;
        if !self.eat_mark(".") {
            return Ok(Path::plain(first));
        }
        Ok(Path { schema: Some(first), name: self.any_word()? })
    }

    /// The names of a column: with its table and database, as they are written.
    pub(super) fn column_path(&mut self) -> Read<Vec<Ident>> {
        let mut names = vec![self.name()?];
        while self.is_mark(".") && !self.is_mark_at(1, "*") {
            self.next()?;
            names.push(self.any_word()?);
        }
        Ok(names)
    }

    /// Names in parentheses
    pub(super) fn names(&mut self) -> Read<Vec<Ident>> {
        self.list(Self::name)
    }

    /// Things in parentheses with commas between them
    pub(super) fn list<T>(&mut self, mut item: impl FnMut(&mut Self) -> Read<T>) -> Read<Vec<T>> {
        self.expect_mark("(")?;
        let items = self.commas(&mut item)?;
        self.expect_mark(")")?;
        Ok(items)
    }

    /// Things with commas between them
    pub(super) fn commas<T>(&mut self, mut item: impl FnMut(&mut Self) -> Read<T>) -> Read<Vec<T>> {
        let mut items = vec![item(self)?];
        while self.eat_mark(",") {
            items.push(item(self)?);
        }
        Ok(items)
    }

    /// A string without quotes and escapes
    pub(super) fn string(&mut self) -> Read<Box<str>> {
        if self.kind() != Some(TokenKind::String) || !self.text(0).starts_with(['\'', '"']) {
            return Err(NotUnderstood);
        }
        let mut text = unescaped(self.next()?.text(self.sql));
        while self.kind() == Some(TokenKind::String) && self.text(0).starts_with(['\'', '"']) {
            text += &unescaped(self.next()?.text(self.sql));
        }
        Ok(text.into())
    }

    /// A whole number
    pub(super) fn number(&mut self) -> Read<Box<str>> {
        let text = self.text(0);
        let is_number =
            self.kind() == Some(TokenKind::Number) && text.bytes().all(|byte| byte.is_ascii_digit());
        if !is_number {
            return Err(NotUnderstood);
        }
        self.next()?;
        Ok(text.into())
    }

    /// Passes everything up to the `)` that belongs to the `(` that stands there.
    pub(super) fn skip_parentheses(&mut self) -> Read<()> {
        self.expect_mark("(")?;
        let mut depth = 1;
        while depth > 0 {
            if self.is_mark("(") {
                depth += 1;
            } else if self.is_mark(")") {
                depth -= 1;
            }
            self.next()?;
        }
        Ok(())
    }

    /// Passes everything.
    pub(super) fn skip_all(&mut self) {
        self.at = self.tokens.len();
    }

    /// Reads something that may hold its like.
    pub(super) fn nested<T>(&mut self, read: impl FnOnce(&mut Self) -> Read<T>) -> Read<T> {
        self.enter()?;
        let result = read(self);
        self.leave();
        result
    }

    pub(super) fn enter(&mut self) -> Read<()> {
        if self.depth == DEEPEST {
            return Err(NotUnderstood);
        }
        self.depth += 1;
        Ok(())
    }

    pub(super) fn leave(&mut self) {
        self.depth -= 1;
    }

    /// Whether something that has grown to a size that only nesting has may grow on.
    pub(super) fn may_grow(&self, size: usize) -> Read<()> {
        if size > DEEPEST { Err(NotUnderstood) } else { Ok(()) }
    }
}

/// Whether every server of these days reads what stands in a versioned comment. MariaDB skips what is for MySQL 5.7 and
/// later, MySQL skips what is for MariaDB.
fn is_for_all(open: &str) -> bool {
    let Some(version) = open.strip_prefix("/*!") else { return false };
    version.is_empty() || version.parse::<u32>().is_ok_and(|version| version < 50_700)
}

/// Whether a token that begins with a digit can be a name.
fn is_name_with_digits(text: &str) -> bool {
    let digits = text.trim_start_matches(|first: char| first.is_ascii_digit());
    let is_exponent =
        digits.strip_prefix(['e', 'E']).is_some_and(|rest| rest.bytes().all(|byte| byte.is_ascii_digit()));
    let is_based = text.starts_with("0x") || text.starts_with("0b");
    !digits.is_empty() && !is_exponent && !is_based && !text.contains(['.', '+', '-'])
}

/// A string without quotes and escapes.
pub(super) fn unescaped(text: &str) -> String {
    let mut characters = text.chars();
    let Some(quote) = characters.find(|first| matches!(first, '\'' | '"')) else { return text.to_owned() };
    let mut result = String::with_capacity(text.len());
    while let Some(next) = characters.next() {
        match next {
            '\\' => match characters.next() {
                Some('n') => result.push('\n'),
                Some('t') => result.push('\t'),
                Some('r') => result.push('\r'),
                Some('0') => result.push('\0'),
                Some('b') => result.push('\u{8}'),
                Some('Z') => result.push('\u{1a}'),
                // Those that only mean something to LIKE.
                Some(kept @ ('%' | '_')) => result.extend(['\\', kept]),
                Some(other) => result.push(other),
                None => {}
            },
            _ if next == quote => {
                // Two of them, or the end.
                if characters.next().is_some() {
                    result.push(quote);
                }
            }
            other => result.push(other),
        }
    }
    result
}
