//! Revisions as values: what the graph, the plans and the runtime speak of.

use std::borrow::{Borrow, Cow};
use std::fmt;

use crate::dialect::{Dialect, DialectSet};

mod replaced;
#[cfg(test)]
pub(crate) mod testing;

pub use replaced::{Proof, Replaced};

/// Text that is part of the binary when a history was embedded, and owned when it was read from a directory.
pub type Text = Cow<'static, str>;

/// The longest revision id, in characters.
pub const MAX_ID_LENGTH: usize = 100;

/// Words that mean something as a target and therefore cannot name a revision or a branch.
pub const RESERVED_WORDS: [&str; 4] = ["base", "current", "head", "heads"];

/// The name of a revision: 1 to [`MAX_ID_LENGTH`] of `A-Z a-z 0-9 _ -`, and none of the [`RESERVED_WORDS`].
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RevisionId(Text);

/// Why a text is not a revision id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InvalidId {
    /// There is nothing.
    Empty,
    /// It is longer than [`MAX_ID_LENGTH`].
    TooLong,
    /// It means something else as a target.
    Reserved,
    /// It has a character that ids do not have, at this byte offset.
    Character(char, usize),
}

impl RevisionId {
    /// Checks a text.
    ///
    /// # Errors
    ///
    /// - The text is empty, too long, reserved, or has a character that ids do not have.
    pub fn new(text: impl Into<Text>) -> Result<Self, InvalidId> {
        let text = text.into();
        let allowed = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
        if text.is_empty() {
            Err(InvalidId::Empty)
        } else if let Some((at, c)) = text.char_indices().find(|(_, c)| !allowed(*c)) {
            Err(InvalidId::Character(c, at))
        } else if text.len() > MAX_ID_LENGTH {
            Err(InvalidId::TooLong)
        } else if RESERVED_WORDS.contains(&&*text) {
            Err(InvalidId::Reserved)
        } else {
            Ok(Self(text))
        }
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for InvalidId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("it is empty"),
            Self::TooLong => write!(f, "it is longer than {MAX_ID_LENGTH} characters"),
            Self::Reserved => f.write_str("the word means something else as a target"),
            Self::Character(c, _) => {
                write!(f, "ids are made of `A-Z a-z 0-9 _ -`, not of `{}`", c.escape_debug())
            }
        }
    }
}

impl std::error::Error for InvalidId {}

impl fmt::Display for RevisionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for RevisionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl Borrow<str> for RevisionId {
    fn borrow(&self) -> &str {
        &self.0
    }
}

/// Which way a step goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Direction {
    /// Forward.
    Upgrade,
    /// Backward.
    Downgrade,
}

impl Direction {
    /// The word used in files, in the journal and in output.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Upgrade => "upgrade",
            Self::Downgrade => "downgrade",
        }
    }
}

impl fmt::Display for Direction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// How a revision is kept on disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// One `.sql` file with a header and sections.
    Native,
    /// diesel's directory with `up.sql` and `down.sql`.
    Diesel,
}

/// One piece of SQL of a revision: a direction, for some dialects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// Which way it leads.
    pub direction: Direction,
    /// The dialects it names; empty means "all that no other section of this direction names".
    pub dialects: DialectSet,
    /// Whether it runs inside a transaction, where the database can do that.
    pub transactional: bool,
    /// Whether SQLite looks at foreign keys while it runs, where the application has it do that. Where it must not, the
    /// section gets a transaction of its own, and they are looked at before that is committed.
    pub foreign_keys: bool,
    /// The SQL, whole lines.
    pub text: Text,
    /// The line of the file, counted from 1, on which `text` begins.
    pub first_line: u32,
}

/// One node of the history, with what it does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revision {
    /// Its name.
    pub id: RevisionId,
    /// What it is about; the first line is the summary. May be empty.
    pub message: Text,
    /// The revisions it builds on, in the order written; none for a base, several for a merge.
    pub parents: Vec<RevisionId>,
    /// What must run before without being a parent, as written: ids or branch labels.
    pub depends_on: Vec<Text>,
    /// The branch labels it carries.
    pub labels: Vec<Text>,
    /// When it was written, as written.
    pub create_date: Option<Text>,
    /// The file, or diesel's directory, as a person should see it.
    pub path: Text,
    /// How it is kept on disk.
    pub format: Format,
    /// Its SQL.
    pub sections: Vec<Section>,
    /// Why there is no downgrade, where the file says that there is none.
    pub irreversible: Option<Text>,
    /// The revisions that it was made of, if it was squashed.
    pub replaces: Option<Box<Replaced>>,
}

impl Revision {
    /// The first line of the message.
    pub fn summary(&self) -> &str {
        self.message.lines().next().unwrap_or("")
    }

    /// The SQL that leads in this direction on this database: the section that names the dialect, else the one that names
    /// none.
    pub fn section(&self, direction: Direction, dialect: Dialect) -> Option<&Section> {
        let of_direction = || self.sections.iter().filter(|section| section.direction == direction);
        of_direction()
            .find(|section| section.dialects.contains(dialect))
            .or_else(|| of_direction().find(|section| section.dialects.is_empty()))
    }

    /// The file in which the section stands, as a person should see it.
    pub fn section_path(&self, direction: Direction) -> Text {
        match (self.format, direction) {
            (Format::Native, _) => self.path.clone(),
            (Format::Diesel, Direction::Upgrade) => format!("{}/up.sql", self.path).into(),
            (Format::Diesel, Direction::Downgrade) => format!("{}/down.sql", self.path).into(),
        }
    }
}
