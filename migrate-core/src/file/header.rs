//! The leading comment of a revision file: the message, then `Key: value` lines.
//!
//! The header is one block of `--` lines; an empty line ends it, so a comment below that is just a comment.

use crate::diagnostic::{Code, Diagnostic};
use crate::nearest::nearest;
use crate::revision::{InvalidId, Proof, RevisionId};
use crate::source::{FileId, Span};

mod replaces;

/// A key of the header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    /// The id of the revision.
    RevisionId,
    /// Its parents.
    Revises,
    /// When it was written.
    CreateDate,
    /// The branch labels it carries.
    BranchLabels,
    /// What must run before it.
    DependsOn,
    /// The revisions that it was made of.
    Replaces,
    /// How databases that have those are recognised.
    ReplacedDigests,
}

impl Key {
    /// All keys, in the order in which a new file has them.
    pub const ALL: [Self; 7] = [
        Self::RevisionId,
        Self::Revises,
        Self::CreateDate,
        Self::BranchLabels,
        Self::DependsOn,
        Self::Replaces,
        Self::ReplacedDigests,
    ];

    /// Whether it may stand in several lines, which go on with each other.
    const fn is_repeatable(self) -> bool {
        matches!(self, Self::Replaces | Self::ReplacedDigests)
    }

    /// The key as it is written.
    pub const fn name(self) -> &'static str {
        match self {
            Self::RevisionId => "Revision ID",
            Self::Revises => "Revises",
            Self::CreateDate => "Create Date",
            Self::BranchLabels => "Branch Labels",
            Self::DependsOn => "Depends On",
            Self::Replaces => "Replaces",
            Self::ReplacedDigests => "Replaced Digests",
        }
    }
}

/// What the header says, each part with its place.
#[derive(Clone, Debug, Default)]
pub struct Header {
    /// The text before the keys.
    pub message: String,
    /// `Revision ID`.
    pub id: Option<(RevisionId, Span)>,
    /// `Revises`.
    pub parents: Vec<(RevisionId, Span)>,
    /// The whole value of `Revises`, if there is such a line; empty right behind the colon if it names nothing.
    pub revises: Option<Span>,
    /// `Depends On`.
    pub depends_on: Vec<(String, Span)>,
    /// `Branch Labels`.
    pub labels: Vec<(String, Span)>,
    /// `Create Date`.
    pub create_date: Option<String>,
    /// `Replaces`.
    pub replaces: Vec<(RevisionId, Span)>,
    /// `Replaced Digests`.
    pub proofs: Vec<Proof>,
}

/// A text and where in the file it begins.
#[derive(Clone, Copy)]
struct Piece<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Piece<'a> {
    fn trim(self) -> Self {
        let text = self.text.trim_start();
        Self { at: self.at + self.text.len() - text.len(), text: text.trim_end() }
    }

    fn span(self, file: FileId) -> Span {
        Span::new(file, self.at, self.at + self.text.len())
    }

    fn list(self) -> impl Iterator<Item = Self> {
        let mut at = self.at;
        self.text.split(',').map(move |text| {
            let piece = Piece { text, at };
            at += text.len() + 1;
            piece.trim()
        })
    }
}

/// The part of a revision file's text that is its header: the first block of `--` lines, and empty lines above it.
pub fn header_of(text: &str) -> &str {
    let mut length = 0;
    let mut began = false;
    for line in text.split_inclusive('\n') {
        match line.trim().strip_prefix("--") {
            Some(comment) if !comment.trim_start().starts_with("migrate:") => began = true,
            None if !began && line.trim().is_empty() => {}
            _ => break,
        }
        length += line.len();
    }
    &text[..length]
}

/// Reads the header; the second result is where the text after it begins.
pub(super) fn parse(file: FileId, text: &str, findings: &mut Vec<Diagnostic>) -> (Header, usize) {
    let n_before = findings.len();
    let mut header = Header::default();
    let mut seen: Vec<(Key, Span)> = Vec::new();
    let mut message: Vec<&str> = Vec::new();
    let mut at = 0;
    for line in header_of(text).split_inclusive('\n') {
        let start = at + line.len() - line.trim_start().len();
        at += line.len();
        let Some(comment) = line.trim().strip_prefix("--") else { continue };
        let piece = Piece { text: comment, at: start + 2 }.trim();
        match key_line(piece, !seen.is_empty()) {
            Line::Text => match seen.last() {
                Some((key, _)) if !piece.text.is_empty() => findings.push(
                    Diagnostic::error(Code("header-line"), "this line of the header has no key")
                        .label(piece.span(file), format!("text after `{}`", key.name()))
                        .help("put it into the message, above the keys, or below an empty line, where it is a comment"),
                ),
                _ => message.push(piece.text),
            },
            Line::Unknown(name) => findings.push(unknown_key(file, name)),
            Line::Key(key, name, value) => {
                let before = seen.iter().find(|(other, _)| *other == key && !key.is_repeatable());
                if let Some((_, first)) = before {
                    findings.push(
                        Diagnostic::error(Code("duplicate-key"), format!("`{}` stands twice in the header", key.name()))
                            .label(name.span(file), "again here")
                            .label(*first, "first here")
                            .help(match key {
                                Key::CreateDate | Key::RevisionId => "remove one of them",
                                _ => "name all of them in one line, separated by commas",
                            }),
                    );
                    continue;
                }
                seen.push((key, name.span(file)));
                read_value(&mut header, file, key, value, findings);
            }
        }
    }
    let of_replaced = seen.iter().find(|(key, _)| key.is_repeatable());
    if let Some((key, span)) = of_replaced {
        replaces::check(&header, (*key, *span), n_before, findings);
    }
    header.message = message.join("\n").trim().to_owned();
    if header.id.is_none() && !seen.iter().any(|(key, _)| *key == Key::RevisionId) {
        findings.push(
            Diagnostic::error(Code("missing-id"), "the file does not say which revision it is")
                .label(Span::new(file, 0, 0), "the header has no `Revision ID`")
                .help("add a line `-- Revision ID: <id>` to the comment at the top, or let `migrate revision -m \"...\"` write the file"),
        );
    }
    (header, at)
}

enum Line<'a> {
    Text,
    Unknown(Piece<'a>),
    Key(Key, Piece<'a>, Piece<'a>),
}

/// Tells the message's lines from keys.
///
/// Above the first key a line is text unless it is nearly one of the keys: a message may well have a colon.
fn key_line(line: Piece<'_>, keys_began: bool) -> Line<'_> {
    let Some(colon) = line.text.find(':') else { return Line::Text };
    let name = Piece { text: &line.text[..colon], at: line.at }.trim();
    let value = Piece { text: &line.text[colon + 1..], at: line.at + colon + 1 }.trim();
    if let Some(key) = Key::ALL.into_iter().find(|key| key.name().eq_ignore_ascii_case(name.text)) {
        return Line::Key(key, name, value);
    }
    let like_a_key =
        !name.text.is_empty() && name.text.chars().all(|c| c.is_alphanumeric() || " _-".contains(c));
    if like_a_key && (keys_began || nearest(name.text, Key::ALL.iter().map(|key| key.name())).is_some()) {
        return Line::Unknown(name);
    }
    Line::Text
}

fn unknown_key(file: FileId, name: Piece<'_>) -> Diagnostic {
    let finding =
        Diagnostic::error(Code("unknown-key"), format!("`{}` is not a key of the header", name.text))
            .label(name.span(file), "unknown key");
    match nearest(name.text, Key::ALL.iter().map(|key| key.name())) {
        Some(near) => finding.help(format!("the nearest key is `{near}`")),
        None => finding.help("the keys are `Revision ID`, `Revises`, `Create Date`, `Branch Labels` and `Depends On`; a comment goes below an empty line"),
    }
}

fn read_value(header: &mut Header, file: FileId, key: Key, value: Piece<'_>, findings: &mut Vec<Diagnostic>) {
    let mut names = |what: &str| -> Vec<(RevisionId, Span)> {
        let mut names: Vec<(RevisionId, Span)> = Vec::new();
        for piece in value.list().filter(|piece| !piece.text.is_empty()) {
            match RevisionId::new(piece.text.to_owned()) {
                Ok(id) => names.push((id, piece.span(file))),
                Err(reason) => findings.push(bad_id(file, piece, what, reason)),
            }
        }
        names
    };
    let texts = |names: Vec<(RevisionId, Span)>| {
        names.into_iter().map(|(id, span)| (id.as_str().to_owned(), span)).collect::<Vec<_>>()
    };
    if key == Key::Revises {
        header.revises = Some(value.span(file));
    }
    match key {
        Key::CreateDate => header.create_date = Some(value.text.to_owned()),
        Key::Revises if matches!(value.text, "" | "<base>") => {}
        Key::Revises => header.parents = names("revision id"),
        Key::DependsOn => header.depends_on = texts(names("revision id or branch label")),
        Key::BranchLabels => header.labels = texts(names("branch label")),
        Key::Replaces => {
            let more = names("revision id");
            header.replaces.extend(more);
        }
        Key::ReplacedDigests => replaces::read(header, file, value, findings),
        Key::RevisionId => match RevisionId::new(value.text.to_owned()) {
            Ok(id) => header.id = Some((id, value.span(file))),
            Err(reason) => findings.push(bad_id(file, value, "revision id", reason)),
        },
    }
}

fn bad_id(file: FileId, piece: Piece<'_>, what: &str, reason: InvalidId) -> Diagnostic {
    let span = match reason {
        InvalidId::Character(c, at) => Span::new(file, piece.at + at, piece.at + at + c.len_utf8()),
        _ => piece.span(file),
    };
    let finding = Diagnostic::error(
        Code("bad-id"),
        format!("`{}` is not a {what}: {reason}", piece.text.escape_debug()),
    );
    match reason {
        InvalidId::Reserved => finding
            .label(span, "a word with a meaning of its own")
            .help("`head`, `heads`, `base` and `current` are targets; choose another name"),
        InvalidId::Empty => finding.label(span, "the id is missing").help("12 hex digits are usual"),
        InvalidId::TooLong => finding.label(span, "too long").help("12 hex digits are usual"),
        InvalidId::Character(..) => finding.label(span, "not allowed here").help("12 hex digits are usual"),
    }
}
