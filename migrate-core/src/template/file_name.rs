//! The name of a new revision file, and the folders that it makes.

use std::fmt;

use super::NewRevision;
use super::placeholder::{Found, scan};
use crate::nearest::nearest;

/// How many characters of the message go into a file name where nobody says how many.
pub const SLUG_LENGTH: usize = 40;

/// What stands between the parts of a name.
const SEPARATORS: [char; 3] = ['_', '-', '.'];

/// The pattern of the names of new revision files, such as `{year}/{month}/{revision}_{slug}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileName(Vec<Piece>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Text(String),
    Token(Token),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Token {
    Revision,
    Slug,
    Epoch,
    Year,
    Month,
    Day,
    Hour,
    Minute,
    Second,
}

impl Token {
    const ALL: [(Self, &'static str); 10] = [
        (Self::Revision, "revision"),
        (Self::Revision, "rev"),
        (Self::Slug, "slug"),
        (Self::Epoch, "epoch"),
        (Self::Year, "year"),
        (Self::Month, "month"),
        (Self::Day, "day"),
        (Self::Hour, "hour"),
        (Self::Minute, "minute"),
        (Self::Second, "second"),
    ];
}

/// Why a text is not a pattern, or a pattern gives no file name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileNameError {
    /// A token is not known.
    UnknownToken {
        /// As written, without braces.
        token: String,
    },
    /// A token is written as Alembic writes them.
    Alembic {
        /// As written.
        written: String,
        /// As it is written here.
        here: String,
    },
    /// It is not a path below a folder.
    NotBelow,
    /// A part of it is empty.
    EmptyPart,
    /// A part begins with a dot, and is left alone when the folder is read.
    Hidden,
    /// A character that not every system has in names.
    Character(char),
    /// `up.sql` is a file of diesel's.
    Diesel,
}

impl Default for FileName {
    fn default() -> Self {
        let (revision, slug) = (Piece::Token(Token::Revision), Piece::Token(Token::Slug));
        Self(vec![revision, Piece::Text("_".to_owned()), slug])
    }
}

impl FileName {
    /// Reads a pattern; `.sql` at its end may be left out.
    ///
    /// # Errors
    ///
    /// - A token is not known, or is one of Alembic's: `%(rev)s`.
    /// - No text for the tokens could make it a path below a folder that is read.
    pub fn parse(text: &str) -> Result<Self, FileNameError> {
        if let Some(error) = alembic(text) {
            return Err(error);
        }
        let text = text.strip_suffix(".sql").unwrap_or(text);
        let mut pieces = Vec::new();
        for found in scan(text) {
            pieces.push(match found {
                Found::Text(text) => Piece::Text(text.to_owned()),
                Found::Name { name, .. } => match Token::ALL.iter().find(|(_, known)| *known == name) {
                    Some((token, _)) => Piece::Token(*token),
                    None => return Err(FileNameError::UnknownToken { token: name.to_owned() }),
                },
            });
        }
        let pattern = Self(pieces);
        // With a text for every token, what is wrong is the pattern.
        pattern.path(
            &NewRevision { id: "a".to_owned(), message: "a".to_owned(), ..NewRevision::default() },
            1,
        )?;
        Ok(pattern)
    }

    /// The path of the file for this revision, below the migration directory and with `/`: `2026/11/6a1f02c4b7e9_users.sql`.
    ///
    /// The slug has at most so many characters. Where it is empty, a `_`, `-` or `.` beside it goes with it.
    ///
    /// # Errors
    ///
    /// - The name is not one of a file that would be read.
    pub fn path(&self, new: &NewRevision, slug_length: usize) -> Result<String, FileNameError> {
        let mut path = String::new();
        // A slug of nothing has no use for what separates it: the separator before it goes, else the one after it.
        let mut skips_separator = false;
        for piece in &self.0 {
            let time = &new.created;
            path.push_str(&match piece {
                Piece::Text(text) if std::mem::take(&mut skips_separator) => {
                    text.strip_prefix(SEPARATORS).unwrap_or(text).to_owned()
                }
                Piece::Text(text) => text.clone(),
                Piece::Token(Token::Revision) => new.id.clone(),
                Piece::Token(Token::Slug) => slug(&new.message, slug_length),
                Piece::Token(Token::Epoch) => time.epoch.to_string(),
                Piece::Token(Token::Year) => format!("{:04}", time.year),
                Piece::Token(Token::Month) => format!("{:02}", time.month),
                Piece::Token(Token::Day) => format!("{:02}", time.day),
                Piece::Token(Token::Hour) => format!("{:02}", time.hour),
                Piece::Token(Token::Minute) => format!("{:02}", time.minute),
                Piece::Token(Token::Second) => format!("{:02}", time.second),
            });
            if *piece == Piece::Token(Token::Slug) && slug(&new.message, slug_length).is_empty() {
                skips_separator = path.is_empty() || path.ends_with('/');
                path.truncate(path.strip_suffix(SEPARATORS).map_or(path.len(), str::len));
            }
        }
        check(&path)?;
        Ok(format!("{path}.sql"))
    }
}

fn check(path: &str) -> Result<(), FileNameError> {
    if let Some(c) = path.chars().find(|c| c.is_control() || r#"\:*?"<>|"#.contains(*c)) {
        return Err(FileNameError::Character(c));
    }
    if path.starts_with('/') || path.split('/').any(|part| part == "..") {
        return Err(FileNameError::NotBelow);
    }
    for part in path.split('/') {
        if part.is_empty() {
            return Err(FileNameError::EmptyPart);
        }
        if part.starts_with('.') {
            return Err(FileNameError::Hidden);
        }
    }
    if path.rsplit('/').next() == Some("up") { Err(FileNameError::Diesel) } else { Ok(()) }
}

/// The first token in Alembic's form, `%(rev)s` or `%%(month).2d`.
fn alembic(text: &str) -> Option<FileNameError> {
    let start = text.find("%(")?;
    let rest = &text[start + 2..];
    let (name, after) = rest.split_once(')')?;
    let format = after.find(|c: char| c.is_ascii_alphabetic()).map_or(after, |at| &after[..=at]);
    let here = match Token::ALL.iter().find(|(_, known)| *known == name) {
        Some((Token::Revision, _)) => "{revision}".to_owned(),
        _ => format!("{{{name}}}"),
    };
    Some(FileNameError::Alembic { written: format!("%({name}){format}"), here })
}

impl fmt::Display for FileNameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownToken { token } => {
                let names = || Token::ALL.iter().map(|(_, name)| *name);
                match nearest(token, names()) {
                    Some(near) => write!(f, "`{{{token}}}` is not a token; the nearest is `{{{near}}}`"),
                    None => {
                        let names: Vec<_> = names().map(|name| format!("`{{{name}}}`")).collect();
                        write!(f, "`{{{token}}}` is not a token; the tokens are {}", names.join(", "))
                    }
                }
            }
            Self::Alembic { written, here } => write!(f, "`{written}` is Alembic's way; here it is `{here}`"),
            Self::NotBelow => f.write_str("the file has to lie below the migration directory"),
            Self::EmptyPart => f.write_str("a part of the path is empty"),
            Self::Hidden => f.write_str("files and folders that begin with a dot are not read"),
            Self::Character(c) => write!(f, "`{}` cannot stand in file names everywhere", c.escape_debug()),
            Self::Diesel => f.write_str("a folder with an `up.sql` is read as one of diesel's migrations"),
        }
    }
}

impl std::error::Error for FileNameError {}

/// The words of a message's first line as they stand in a file name: lower case, joined by `_`, at most so many characters.
pub fn slug(message: &str, length: usize) -> String {
    let first_line = message.lines().next().unwrap_or_default().to_lowercase();
    let words: Vec<&str> = first_line
        .split(|c: char| !c.is_alphanumeric() && c != '_')
        .filter(|word| !word.is_empty())
        .collect();
    let slug: String = words.join("_").chars().take(length).collect();
    slug.trim_end_matches('_').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::utc::Utc;

    fn path(pattern: &str, message: &str) -> String {
        let new = NewRevision {
            id: "6a1f02c4b7e9".to_owned(),
            message: message.to_owned(),
            created: Utc::from_unix(1_795_220_730),
            ..NewRevision::default()
        };
        match FileName::parse(pattern).and_then(|name| name.path(&new, 10)) {
            Ok(path) => path,
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn tokens_are_filled_in() {
        assert_eq!(path("{revision}_{slug}", "Create users, quickly"), "6a1f02c4b7e9_create_use.sql");
        assert_eq!(FileName::parse("{revision}_{slug}"), Ok(FileName::default()));
        assert_eq!(path("{year}/{month}/{day}-{slug}-{rev}.sql", "x"), "2026/11/21-x-6a1f02c4b7e9.sql");
        assert_eq!(path("{epoch}_{hour}{minute}{second}", "x"), "1795220730_002530.sql");
        assert_eq!(path("v{{slug}}_{rev}", "x"), "v{slug}_6a1f02c4b7e9.sql");
    }

    #[test]
    fn an_empty_slug_leaves_no_separator() {
        assert_eq!(path("{revision}_{slug}", "…"), "6a1f02c4b7e9.sql");
        assert_eq!(path("{slug}-{revision}", "…"), "6a1f02c4b7e9.sql");
        assert_eq!(path("{year}/{slug}_{revision}_x", "…"), "2026/6a1f02c4b7e9_x.sql");
        assert_eq!(path("{year}-{slug}-{day}", "…"), "2026-21.sql");
        assert_eq!(path("x-{slug}", "a-"), "x-a.sql");
        assert_eq!(path("x/{slug}/{revision}", ""), "a part of the path is empty");
    }

    #[test]
    fn what_is_no_name_is_refused() {
        for (pattern, why) in [
            ("%(rev)s_%(slug)s", "`%(rev)s` is Alembic's way; here it is `{revision}`"),
            ("%%(month).2d_{rev}", "`%(month).2d` is Alembic's way; here it is `{month}`"),
            ("{revison}", "`{revison}` is not a token; the nearest is `{revision}`"),
            ("/{rev}", "the file has to lie below the migration directory"),
            ("../{rev}", "the file has to lie below the migration directory"),
            ("a//{rev}", "a part of the path is empty"),
            ("", "a part of the path is empty"),
            (".old/{rev}", "files and folders that begin with a dot are not read"),
            ("a\\{rev}", "`\\\\` cannot stand in file names everywhere"),
            ("{rev}/up", "a folder with an `up.sql` is read as one of diesel's migrations"),
        ] {
            assert_eq!(path(pattern, "x"), why, "{pattern}");
        }
        assert!(
            path("{message}", "x").starts_with("`{message}` is not a token; the tokens are `{revision}`")
        );
        assert_eq!(path("{slug}", "up"), "a folder with an `up.sql` is read as one of diesel's migrations");
    }

    #[test]
    fn slugs_are_words() {
        assert_eq!(slug("Add user preferences (v2), quickly!", 40), "add_user_preferences_v2_quickly");
        assert_eq!(slug(&"a".repeat(60), 40).len(), 40);
        assert_eq!(slug("…", 40), "");
    }
}
