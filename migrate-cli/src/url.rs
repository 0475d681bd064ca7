//! What a database URL means.
//!
//! The forms of libpq, of SQLAlchemy (with driver names), of JDBC and of diesel are understood, as are libpq's
//! `host=… dbname=…` and the plain path of a SQLite file. Nothing here connects. A password never leaves this module but
//! through [`Secret::reveal`]: not in `Debug`, not in `Display`, and not in an error, however broken the URL is.

mod query;
mod server;

use std::fmt;

use migrate_core::dialect::Dialect;

pub(crate) use server::{Host, RootCertificates, Server, Tls};

/// A database, as its URL names it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Database {
    Postgres(Server),
    Mysql(Server),
    Sqlite(Sqlite),
}

/// A SQLite database.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Sqlite {
    /// The file, or `:memory:`, or a `file:` URI for SQLite itself.
    pub(crate) path: String,
    /// `mode=` of the URL: `ro`, `rw`, `rwc` or `memory`.
    pub(crate) mode: Option<String>,
    /// Whether it was written as `sqlite:///path`, which some tools read as `/path` and SQLAlchemy as `path`.
    pub(crate) three_slashes: bool,
    /// Query keys that mean nothing here.
    pub(crate) dropped: Vec<String>,
}

/// A text that is not to be shown.
#[derive(Clone, PartialEq)]
pub(crate) struct Secret(String);

impl Secret {
    /// The text, for the driver alone.
    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// Why a text is not a database URL; never holds a part that might be a password.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct UrlError {
    pub(crate) message: String,
    pub(crate) help: Option<String>,
}

impl UrlError {
    fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), help: None }
    }

    fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

const FORMS: &str =
    "write `postgres://user:password@host/database`, `mysql://user:password@host/database` or `sqlite:file`";

impl Database {
    /// Reads a URL.
    ///
    /// # Errors
    ///
    /// - The text is empty, or names a database that this command does not know.
    /// - A part is malformed, or a query key is unknown (known driver settings are dropped).
    pub(crate) fn parse(text: &str) -> Result<Self, UrlError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(UrlError::new("the database URL is empty").help(FORMS));
        }
        if text.contains('\0') {
            return Err(UrlError::new("the database URL contains a NUL character"));
        }
        let text = text.strip_prefix("jdbc:").unwrap_or(text);
        if server::is_keyword_string(text) {
            return Server::from_keywords(text).map(Self::Postgres);
        }
        let Some((scheme, rest)) = split_scheme(text) else {
            return Ok(Self::Sqlite(Sqlite::file(text)));
        };
        // `+asyncpg`, `+pymysql` and the like name a driver of another language.
        let scheme = scheme.to_ascii_lowercase();
        match scheme.split('+').next().unwrap_or_default() {
            "postgres" | "postgresql" => Server::from_url(rest, Dialect::Postgres).map(Self::Postgres),
            "mysql" | "mariadb" => Server::from_url(rest, Dialect::Mysql).map(Self::Mysql),
            // SQLAlchemy's way to hand over a URI, whose query belongs to SQLite.
            "sqlite" if rest.trim_start_matches('/').starts_with("file:") => {
                Ok(Self::Sqlite(Sqlite::file(rest.trim_start_matches('/'))))
            }
            "sqlite" => Sqlite::from_url(rest).map(Self::Sqlite),
            "file" => Ok(Self::Sqlite(Sqlite::file(text))),
            unknown => {
                Err(UrlError::new(format!("`{unknown}:` is not a kind of database that migrate knows"))
                    .help(FORMS))
            }
        }
    }

    /// Whose SQL it speaks.
    pub(crate) fn dialect(&self) -> Dialect {
        match self {
            Self::Postgres(_) => Dialect::Postgres,
            Self::Mysql(_) => Dialect::Mysql,
            Self::Sqlite(_) => Dialect::Sqlite,
        }
    }

    /// The query keys that were left out because they configure some driver.
    pub(crate) fn dropped_keys(&self) -> &[String] {
        match self {
            Self::Postgres(server) | Self::Mysql(server) => &server.dropped,
            Self::Sqlite(sqlite) => &sqlite.dropped,
        }
    }
}

/// The scheme and what follows its colon; none for a path, be it `a/b`, `C:\b` or `:memory:`.
fn split_scheme(text: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = text.split_once(':')?;
    let is_scheme = scheme.len() > 1
        && scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-_.".contains(c));
    // A file name such as `v1.2:copy.db` has a dot before its colon, a scheme never has.
    (is_scheme && !scheme.contains('.')).then_some((scheme, rest))
}

impl Sqlite {
    fn file(path: &str) -> Self {
        Self { path: path.to_owned(), mode: None, three_slashes: false, dropped: vec![] }
    }

    /// Reads what follows `sqlite:`.
    fn from_url(rest: &str) -> Result<Self, UrlError> {
        let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
        if rest.is_empty() {
            return Err(UrlError::new("the database URL names no file").help("write `sqlite:file`"));
        }
        // SQLAlchemy: three slashes and a relative path, four and an absolute one, two and nothing for memory.
        let (path, three_slashes) = match path.strip_prefix("//") {
            None => (path, false),
            Some("") => (":memory:", false),
            Some(path) => match path.strip_prefix('/') {
                Some("") => (":memory:", false),
                Some(path) => (path, !path.starts_with('/') && path != ":memory:"),
                None => (path, false),
            },
        };
        let mut sqlite = Self { three_slashes, ..Self::file(&query::decode(path, "the path")?) };
        for (key, value) in query::pairs(query)? {
            match key.as_str() {
                "mode" if ["ro", "rw", "rwc", "memory"].contains(&value.as_str()) => {
                    sqlite.mode = Some(value)
                }
                "mode" => {
                    return Err(UrlError::new(
                        "`mode` is not `ro`, `rw`, `rwc` or `memory` in the database URL",
                    ));
                }
                _ => sqlite.dropped.push(key),
            }
        }
        Ok(sqlite)
    }
}

impl fmt::Display for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Postgres(server) => write!(f, "postgres://{server}"),
            Self::Mysql(server) => write!(f, "mysql://{server}"),
            Self::Sqlite(sqlite) => write!(f, "sqlite:{}", sqlite.path),
        }
    }
}

#[cfg(test)]
mod tests;
