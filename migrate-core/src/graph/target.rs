//! What a command moves to, as written.
//!
//! ```text
//! range  := [target] ":" [target]
//! target := [branch "@"] place [steps]  |  [branch "@"] steps
//! place  := "head" | "heads" | "base" | "current" | name
//! steps  := ("+" | "-") digits
//! branch := name                   a label, an id, or the start of one
//! name   := any text without "@", "+", ":" and blanks
//! ```
//!
//! Steps without a place count from where the database is. A place without steps may be an id, a label, or the start of
//! one that fits no other. Ids may contain `-`, so `abc-1` is a name first: whether it is meant as "one below `abc`" is
//! known only where the history is known, see [`RevisionGraph::resolve`](super::RevisionGraph::resolve). What starts
//! with `-`, and `head-1` and its like, is always relative.

use std::fmt;
use std::str::FromStr;

/// One revision, or several, by description. Parse it from text, or use a constructor.
///
/// `Display` writes it such that parsing gives an equal target.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Target {
    pub(super) branch: Option<String>,
    /// Where the database is, if not set.
    pub(super) place: Option<Place>,
    /// Up or down from the place. Not set where `-N` may also be the end of a name.
    pub(super) steps: Option<i32>,
}

/// A part of the history, whatever a database has of it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Place {
    Head,
    Heads,
    Base,
    Name(String),
}

/// Two targets, the older first: `start:end`, where either may be left out.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TargetRange {
    /// Where it starts; everything from the beginning without it.
    pub start: Option<Target>,
    /// Where it ends; up to the heads without it.
    pub end: Option<Target>,
}

/// Why a text is not a target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ParseTargetError {
    /// There is nothing.
    Empty,
    /// There is nothing before, or after, an `@`.
    EmptyPart(String),
    /// There is more than one `@`.
    SeveralBranches(String),
    /// It is a range where a single target is wanted.
    Range(String),
    /// It is not a range where one is wanted.
    NotARange(String),
    /// It is a range with more than one `:`.
    SeveralColons(String),
    /// A `+`, or a leading `-`, without a number after it.
    MissingNumber(String),
    /// Something follows the number of steps.
    AfterSteps {
        /// The whole target.
        target: String,
        /// What follows.
        rest: String,
    },
    /// More steps than any history has.
    TooManySteps(String),
    /// It has a blank or a control character.
    Character(String, char),
}

impl Target {
    /// The one head.
    pub fn head() -> Self {
        Place::Head.into()
    }

    /// All heads.
    pub fn heads() -> Self {
        Place::Heads.into()
    }

    /// Before the first revision.
    pub fn base() -> Self {
        Place::Base.into()
    }

    /// Where the database is.
    pub fn current() -> Self {
        Self { branch: None, place: None, steps: None }
    }

    /// The revision with this id, or whatever else the text means as a name; parse text that may be `head` or `+1`.
    pub fn revision(id: impl Into<String>) -> Self {
        Place::Name(id.into()).into()
    }

    /// So many steps up, or down if negative, from where the database is.
    pub fn relative(steps: i32) -> Self {
        Self { branch: None, place: None, steps: Some(steps) }
    }

    /// The same on the line of a label or revision.
    #[must_use]
    pub fn on_branch(self, branch: impl Into<String>) -> Self {
        Self { branch: Some(branch.into()), ..self }
    }

    /// Whether it is `base`, of the whole history or of a branch.
    pub fn is_base(&self) -> bool {
        self.place == Some(Place::Base) && self.steps.is_none()
    }

    /// Whether it depends on where the database is, so that it means nothing without one.
    pub fn is_relative_to_current(&self) -> bool {
        self.place.is_none()
    }
}

impl From<Place> for Target {
    fn from(place: Place) -> Self {
        Self { branch: None, place: Some(place), steps: None }
    }
}

/// The place that a text names; `None` is where the database is.
fn place(text: &str) -> Option<Place> {
    Some(match text {
        "" | "current" => return None,
        "head" => Place::Head,
        "heads" => Place::Heads,
        "base" => Place::Base,
        name => Place::Name(name.to_owned()),
    })
}

impl FromStr for Target {
    type Err = ParseTargetError;

    fn from_str(text: &str) -> Result<Self, ParseTargetError> {
        if text.is_empty() {
            return Err(ParseTargetError::Empty);
        }
        if let Some(c) = text.chars().find(|c| c.is_whitespace() || c.is_control()) {
            return Err(ParseTargetError::Character(text.to_owned(), c));
        }
        if text.contains(':') {
            return Err(ParseTargetError::Range(text.to_owned()));
        }
        let (branch, rest) = match text.split_once('@') {
            Some((_, rest)) if rest.contains('@') => {
                return Err(ParseTargetError::SeveralBranches(text.to_owned()));
            }
            Some((branch, rest)) if branch.is_empty() || rest.is_empty() => {
                return Err(ParseTargetError::EmptyPart(text.to_owned()));
            }
            Some((branch, rest)) => (Some(branch.to_owned()), rest),
            None => (None, text),
        };
        let (place, steps) = if let Some(at) = rest.find('+') {
            (place(&rest[..at]), Some(steps(text, &rest[at..])?))
        } else if rest.starts_with('-') {
            (None, Some(steps(text, rest)?))
        } else {
            match split_steps_down(rest).map(|(from, down)| (place(from), down)) {
                Some((from, down)) if !matches!(from, Some(Place::Name(_))) => {
                    (from, Some(steps(text, down)?))
                }
                _ => (place(rest), None),
            }
        };
        Ok(Self { branch, place, steps })
    }
}

/// `abc-1` as `abc` and `-1`.
fn split_steps_down(text: &str) -> Option<(&str, &str)> {
    let (place, digits) = text.rsplit_once('-')?;
    let is_number = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    (is_number && !place.is_empty()).then(|| (place, &text[place.len()..]))
}

/// A sign and digits, from the end of the target `of`.
fn steps(of: &str, signed: &str) -> Result<i32, ParseTargetError> {
    let digits = &signed[1..];
    let n_digits = digits.bytes().take_while(u8::is_ascii_digit).count();
    if n_digits == 0 {
        Err(ParseTargetError::MissingNumber(of.to_owned()))
    } else if n_digits < digits.len() {
        Err(ParseTargetError::AfterSteps { target: of.to_owned(), rest: digits[n_digits..].to_owned() })
    } else {
        signed.parse().map_err(|_| ParseTargetError::TooManySteps(of.to_owned()))
    }
}

impl Target {
    /// `abc-1` read as one step down from the name `abc`, where it could also be a name itself.
    pub(super) fn as_steps_down(&self) -> Option<(&str, i32)> {
        let (Some(Place::Name(text)), None) = (&self.place, self.steps) else { return None };
        let (from, down) = split_steps_down(text)?;
        Some((from, down.parse().ok()?))
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(branch) = &self.branch {
            write!(f, "{branch}@")?;
        }
        f.write_str(match &self.place {
            None if self.steps.is_some() => "",
            None => "current",
            Some(Place::Head) => "head",
            Some(Place::Heads) => "heads",
            Some(Place::Base) => "base",
            Some(Place::Name(name)) => name,
        })?;
        self.steps.map_or(Ok(()), |steps| write!(f, "{steps:+}"))
    }
}

impl FromStr for TargetRange {
    type Err = ParseTargetError;

    fn from_str(text: &str) -> Result<Self, ParseTargetError> {
        let end = |text: &str| (!text.is_empty()).then(|| text.parse()).transpose();
        match text.split_once(':') {
            None => Err(ParseTargetError::NotARange(text.to_owned())),
            Some((_, rest)) if rest.contains(':') => Err(ParseTargetError::SeveralColons(text.to_owned())),
            Some((start, rest)) => Ok(Self { start: end(start)?, end: end(rest)? }),
        }
    }
}

impl fmt::Display for TargetRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let write = |end: &Option<Target>| end.as_ref().map(ToString::to_string).unwrap_or_default();
        write!(f, "{}:{}", write(&self.start), write(&self.end))
    }
}

impl fmt::Display for ParseTargetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("the target is empty"),
            Self::EmptyPart(text) => {
                let side = if text.starts_with('@') { "before" } else { "after" };
                write!(f, "`{text}` has nothing {side} the `@`")
            }
            Self::SeveralBranches(text) => write!(f, "`{text}` has more than one `@`"),
            Self::Range(text) => write!(f, "`{text}` is a range where one target is wanted"),
            Self::NotARange(text) => write!(f, "`{text}` is not a range"),
            Self::SeveralColons(text) => write!(f, "`{text}` has more than one `:`"),
            Self::MissingNumber(text) => write!(f, "`{text}` has no number of steps"),
            Self::AfterSteps { target, rest } => {
                write!(f, "`{target}` goes on with `{rest}` after its steps")
            }
            Self::TooManySteps(text) => write!(f, "`{text}` has more steps than any history"),
            Self::Character(text, c) => {
                write!(
                    f,
                    "`{}` has a character that no target has, `{}`",
                    text.escape_debug(),
                    c.escape_debug()
                )
            }
        }
    }
}

impl std::error::Error for ParseTargetError {}

impl ParseTargetError {
    /// What to do.
    pub fn helps(&self) -> Vec<String> {
        let help = match self {
            Self::Range(_) => "ranges are for `history -r` and for `--sql`",
            Self::NotARange(_) | Self::SeveralColons(_) => "a range is `start:end`, `start:` or `:end`",
            Self::EmptyPart(_) | Self::SeveralBranches(_) => "`blog@head` is the head of the branch `blog`",
            _ => {
                "a target is `head`, `heads`, `base`, an id or the start of one, a label, `+1`, `-1` or `label@...`"
            }
        };
        vec![help.to_owned()]
    }
}

#[cfg(test)]
mod tests;
