//! The databases whose SQL this crate understands, and the small questions in which they differ.

use std::fmt;
use std::str::FromStr;

/// A database family, as far as the spelling of SQL goes.
///
/// MariaDB is [`Dialect::Mysql`]: where the two differ, the difference is looked up on the live connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Dialect {
    /// PostgreSQL.
    Postgres = 0,
    /// MySQL and MariaDB.
    Mysql = 1,
    /// SQLite.
    Sqlite = 2,
}

impl Dialect {
    /// All dialects, in the order of their numbers.
    pub const ALL: [Self; 3] = [Self::Postgres, Self::Mysql, Self::Sqlite];

    /// The name used in section markers, configuration and output.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Postgres => "postgres",
            Self::Mysql => "mysql",
            Self::Sqlite => "sqlite",
        }
    }

    /// Whether a schema change can be rolled back.
    ///
    /// MySQL and MariaDB commit before and after every DDL statement.
    pub const fn has_transactional_ddl(self) -> bool {
        !matches!(self, Self::Mysql)
    }

    /// Quotes an identifier so that the database takes it literally, whatever it contains.
    pub fn quote_identifier(self, name: &str) -> String {
        match self {
            Self::Mysql => format!("`{}`", name.replace('`', "``")),
            Self::Postgres | Self::Sqlite => format!("\"{}\"", name.replace('"', "\"\"")),
        }
    }

    /// Renders a string literal that means `text` whatever the session's settings are.
    ///
    /// A backslash is an escape character or not depending on `standard_conforming_strings` (PostgreSQL) and on
    /// `NO_BACKSLASH_ESCAPES` in `sql_mode` (MySQL), so texts with one take a form that both settings read alike.
    pub fn quote_literal(self, text: &str) -> String {
        match self {
            Self::Postgres if text.contains('\\') => {
                format!("E'{}'", text.replace('\\', "\\\\").replace('\'', "''"))
            }
            Self::Mysql if text.contains('\\') => {
                let hex: String = text.bytes().map(|byte| format!("{byte:02X}")).collect();
                format!("CONVERT(X'{hex}' USING utf8mb4)")
            }
            _ => format!("'{}'", text.replace('\'', "''")),
        }
    }
}

impl fmt::Display for Dialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The text is not the name of a dialect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownDialect;

impl fmt::Display for UnknownDialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the dialects are `postgres`, `mysql` and `sqlite`")
    }
}

impl std::error::Error for UnknownDialect {}

impl FromStr for Dialect {
    type Err = UnknownDialect;

    fn from_str(name: &str) -> Result<Self, UnknownDialect> {
        match name.to_ascii_lowercase().as_str() {
            "postgres" | "postgresql" => Ok(Self::Postgres),
            "mysql" | "mariadb" => Ok(Self::Mysql),
            "sqlite" => Ok(Self::Sqlite),
            _ => Err(UnknownDialect),
        }
    }
}

/// A set of dialects.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct DialectSet(u8);

impl DialectSet {
    /// The set with nothing in it.
    pub const EMPTY: Self = Self(0);
    /// The set of all dialects.
    pub const ALL: Self = Self(0b111);

    /// The set as bits, `1 << dialect` each.
    pub const fn bits(self) -> u8 {
        self.0
    }

    /// The set with these bits; others are ignored.
    pub const fn from_bits(bits: u8) -> Self {
        Self(bits & Self::ALL.0)
    }

    /// Whether nothing is in the set.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// How many dialects are in the set.
    pub const fn len(self) -> usize {
        self.0.count_ones() as usize
    }

    /// Whether the dialect is in the set.
    pub const fn contains(self, dialect: Dialect) -> bool {
        self.0 & (1 << dialect as u8) != 0
    }

    /// The set with the dialect added.
    #[must_use]
    pub const fn with(self, dialect: Dialect) -> Self {
        Self(self.0 | 1 << dialect as u8)
    }

    /// What is in this set or the other.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// What is in this set and not in the other.
    #[must_use]
    pub const fn difference(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// The dialects in the set, in the order of their numbers.
    pub fn iter(self) -> impl Iterator<Item = Dialect> {
        Dialect::ALL.into_iter().filter(move |dialect| self.contains(*dialect))
    }
}

impl FromIterator<Dialect> for DialectSet {
    fn from_iter<I: IntoIterator<Item = Dialect>>(dialects: I) -> Self {
        dialects.into_iter().fold(Self::EMPTY, Self::with)
    }
}

impl From<Dialect> for DialectSet {
    fn from(dialect: Dialect) -> Self {
        Self::EMPTY.with(dialect)
    }
}

impl fmt::Debug for DialectSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_mean_the_same_under_every_setting() {
        assert_eq!(Dialect::Postgres.quote_literal("it's"), "'it''s'");
        assert_eq!(Dialect::Postgres.quote_literal(r"a\'b"), r"E'a\\''b'");
        assert_eq!(Dialect::Mysql.quote_literal(r"\"), "CONVERT(X'5C' USING utf8mb4)");
        assert_eq!(Dialect::Sqlite.quote_literal(r"\'"), r"'\'''");
    }

    #[test]
    fn identifiers_cannot_break_out_of_their_quotes() {
        assert_eq!(Dialect::Postgres.quote_identifier("a\"; DROP"), "\"a\"\"; DROP\"");
        assert_eq!(Dialect::Mysql.quote_identifier("a`b"), "`a``b`");
    }
}
