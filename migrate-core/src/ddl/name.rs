//! Names and where they stand.

use std::fmt;

use crate::dialect::Dialect;
use crate::sql::{TokenKind, tokens};

/// A stretch of the statement's text, in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Extent {
    /// The first byte.
    pub start: u32,
    /// The byte after the last.
    pub end: u32,
}

impl Extent {
    /// From one byte to before another; a statement longer than 4 GiB has no places beyond that.
    pub fn new(start: usize, end: usize) -> Self {
        let byte = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX);
        Self { start: byte(start), end: byte(end) }
    }

    /// The text that stands there; empty where the extent is not one of this text.
    pub fn of(self, text: &str) -> &str {
        text.get(self.start as usize..self.end as usize).unwrap_or_default()
    }
}

/// A name as the database reads it, and where it stands.
///
/// Equality is that of the text: two mentions of a table are the same name. `{:?}` shows the text, `{:#?}` the place, too.
#[derive(Clone)]
pub struct Ident {
    /// Without quotes. PostgreSQL's unquoted names are in lower case and cut at 63 bytes; those of the others are as
    /// written, for how they compare depends on what they name.
    pub text: Box<str>,
    /// Where it stands, quotes included.
    pub at: Extent,
}

impl Ident {
    /// A name at a place.
    pub fn new(text: impl Into<Box<str>>, at: Extent) -> Self {
        Self { text: text.into(), at }
    }
}

impl PartialEq for Ident {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Ident {}

impl fmt::Debug for Ident {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if f.alternate() {
            return write!(f, "{:?}@{}..{}", self.text, self.at.start, self.at.end);
        }
        fmt::Debug::fmt(&self.text, f)
    }
}

/// The name of an object, with the schema (MySQL's and SQLite's database) if one is written.
#[derive(Clone, PartialEq, Eq)]
pub struct Path {
    /// The schema.
    pub schema: Option<Ident>,
    /// The object.
    pub name: Ident,
}

impl Path {
    /// A name without a schema.
    pub fn plain(name: Ident) -> Self {
        Self { schema: None, name }
    }

    /// Where it stands, from the schema to the name.
    pub fn at(&self) -> Extent {
        let start = self.schema.as_ref().map_or(self.name.at.start, |schema| schema.at.start);
        Extent { start, end: self.name.at.end }
    }
}

impl fmt::Debug for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(schema) = &self.schema {
            fmt::Debug::fmt(schema, f)?;
            f.write_str(".")?;
        }
        fmt::Debug::fmt(&self.name, f)
    }
}

/// A type as written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypeName {
    /// The schema, if one is written.
    pub schema: Option<Ident>,
    /// The words that name it, in lower case with single blanks unless quoted, without arguments: `character varying`,
    /// `timestamp with time zone`, `int unsigned`. SQLite's is the declared text, arguments included: see
    /// [`declared`](Self::declared).
    pub name: Box<str>,
    /// What stands in parentheses behind it: `10`, `2`; the labels of MySQL's ENUM and SET, without their quotes.
    pub arguments: Vec<Box<str>>,
    /// How many array bounds it has.
    pub dimensions: u8,
    /// MySQL's character set.
    pub charset: Option<Box<str>>,
    /// A collation written with the type; `_bin` for MySQL's attribute `BINARY`, the binary one of the character set.
    pub collation: Option<Path>,
    /// `SETOF`
    pub is_set: bool,
    /// Where it stands.
    pub at: Extent,
}

impl TypeName {
    /// The type that SQLite knows by this text, in the form that is compared: in lower case, with single blanks between words
    /// and none in parentheses, so that `VARCHAR (10)` is `varchar(10)`.
    pub fn declared(text: &str, at: Extent) -> Self {
        let mut name = String::with_capacity(text.len());
        let mut touches = false;
        for token in tokens(text, Dialect::Sqlite).filter(|token| !token.kind.is_blank()) {
            let token_text = token.text(text);
            let is_mark = token.kind == TokenKind::Punctuation;
            if touches && !is_mark {
                name.push(' ');
            }
            name.push_str(&token_text.to_ascii_lowercase());
            touches = !is_mark || token_text == ")";
        }
        Self {
            schema: None,
            name: name.into(),
            arguments: Vec::new(),
            dimensions: 0,
            charset: None,
            collation: None,
            is_set: false,
            at,
        }
    }
}
