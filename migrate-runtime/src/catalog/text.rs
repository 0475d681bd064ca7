//! SQL text in a form in which layout, comments and, on SQLite, the way a name is quoted do not count.

use migrate_core::dialect::Dialect;
use migrate_core::sql::significant_tokens;

/// The tokens of a text on one line.
///
/// SQLite compares names and keywords without regard to case and rewrites quotes by itself when a table is renamed, so
/// there both are normalised too. The others keep their text as it is.
pub(super) fn normal(sql: &str, dialect: Dialect) -> String {
    match dialect {
        Dialect::Sqlite => join(&sqlite_tokens(sql)),
        Dialect::Postgres | Dialect::Mysql => join(&significant_tokens(sql, dialect).collect::<Vec<_>>()),
    }
}

/// The tokens of a text of SQLite's, words in lower case and without quotes where they do not need any.
pub(super) fn sqlite_tokens(sql: &str) -> Vec<String> {
    significant_tokens(sql, Dialect::Sqlite)
        .map(|token| match unquoted(token) {
            Some(name) => {
                let name = name.to_ascii_lowercase();
                if is_plain(&name) { name } else { Dialect::Sqlite.quote_identifier(&name) }
            }
            // The case of a string's content counts; that of words, numbers and of the `X` of a blob does not.
            None if token.starts_with('\'') => token.to_owned(),
            None => token.to_ascii_lowercase(),
        })
        .collect()
}

/// Tokens as one line, with blanks where a person would put them.
pub(super) fn join<T: AsRef<str>>(tokens: &[T]) -> String {
    let mut line = String::new();
    for token in tokens.iter().map(AsRef::as_ref) {
        let tight = matches!(token, "," | ")" | ";" | ".") || line.is_empty() || line.ends_with(['(', '.']);
        if !tight {
            line.push(' ');
        }
        line.push_str(token);
    }
    line
}

/// The name in a quoted identifier of any of the three styles that SQLite reads.
pub(super) fn unquoted(token: &str) -> Option<String> {
    let (open, close) = match token.as_bytes().first()? {
        b'"' => ('"', '"'),
        b'`' => ('`', '`'),
        b'[' => ('[', ']'),
        _ => return None,
    };
    let inner = token.strip_prefix(open)?.strip_suffix(close)?;
    Some(if open == '[' {
        inner.to_owned()
    } else {
        inner.replace(&format!("{close}{close}"), &close.to_string())
    })
}

/// Words that begin a constraint or a clause. They can only be names in quotes, and keep them.
const RESERVED: [&str; 14] = [
    "as",
    "autoincrement",
    "check",
    "collate",
    "constraint",
    "default",
    "deferrable",
    "foreign",
    "not",
    "on",
    "primary",
    "references",
    "unique",
    "where",
];

fn is_plain(name: &str) -> bool {
    let mut characters = name.chars();
    characters.next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_')
        && characters.all(|c| c.is_ascii_alphanumeric() || c == '_')
        && !RESERVED.contains(&name)
}
