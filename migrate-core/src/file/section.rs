//! The sections of a revision file, each begun by a `-- migrate:` line.
//!
//! Markers are found line by line before any SQL is read, so that an unterminated quote ends with its section instead of
//! swallowing the rest of the file.

use crate::diagnostic::{Code, Diagnostic};
use crate::dialect::{Dialect, DialectSet};
use crate::nearest::nearest;
use crate::revision::{Direction, Section};
use crate::source::{FileId, Span};
use crate::sql;

/// The words that may follow `-- migrate:` and begin a section.
const MARKERS: [&str; 3] = ["upgrade", "downgrade", "irreversible"];
/// The words that may follow it inside a section, where they say something about the next statement.
const ANNOTATIONS: [&str; 4] = ["allow", "effect", "opaque", "backfill"];

pub(super) struct Sections {
    pub(super) sections: Vec<Part>,
    pub(super) irreversible: Option<String>,
}

pub(super) struct Part {
    pub(super) section: Section,
    /// The line that begins it.
    pub(super) marker: Span,
    /// Where its text begins in the file.
    pub(super) start: usize,
}

enum Open {
    /// Before the first marker, or below `irreversible`: no SQL belongs here.
    Nowhere,
    Section(Part),
}

pub(super) fn parse(file: FileId, text: &str, body: usize, findings: &mut Vec<Diagnostic>) -> Sections {
    let mut sections: Vec<Part> = Vec::new();
    let mut irreversible: Option<(String, Span)> = None;
    let mut open = Open::Nowhere;
    let mut open_start = body;
    let mut line_number = text[..body].matches('\n').count() as u32;
    let mut at = body;
    for line in text[body..].split_inclusive('\n') {
        line_number += 1;
        let (start, next) = (at, at + line.len());
        at = next;
        let Some(marker) = Marker::read(file, line, start) else { continue };
        if ANNOTATIONS.contains(&marker.word) {
            continue;
        }
        if !MARKERS.contains(&marker.word) {
            let near = nearest(marker.word, MARKERS.into_iter().chain(ANNOTATIONS));
            let finding =
                Diagnostic::error(Code("unknown-section"), format!("`migrate:{}` is not known", marker.word))
                    .label(marker.span, "unknown word after `migrate:`");
            findings.push(match near {
                Some(near) => finding.help(format!("the nearest is `-- migrate:{near}`")),
                None => finding.help("sections begin with `-- migrate:upgrade`, `-- migrate:downgrade` or `-- migrate:irreversible <reason>`"),
            });
            // A misspelt line above a statement ends no section.
            if near.is_some_and(|near| ANNOTATIONS.contains(&near)) {
                continue;
            }
        }
        close(file, text, open, open_start, start, &mut sections, findings);
        (open, open_start) = (Open::Nowhere, next);
        match marker.word {
            "upgrade" => open = marker.section(Direction::Upgrade, line_number, next, findings),
            "downgrade" => open = marker.section(Direction::Downgrade, line_number, next, findings),
            "irreversible" => match &irreversible {
                Some((_, first)) => findings.push(
                    Diagnostic::error(Code("duplicate-section"), "`migrate:irreversible` stands twice")
                        .label(marker.span, "again here")
                        .label(*first, "first here")
                        .help("keep one, with the whole reason"),
                ),
                None => irreversible = Some(marker.irreversible(findings)),
            },
            _ => {}
        }
    }
    close(file, text, open, open_start, text.len(), &mut sections, findings);
    find_overlaps(&sections, irreversible.as_ref().map(|(_, span)| *span), findings);
    Sections { sections, irreversible: irreversible.map(|(reason, _)| reason) }
}

/// Ends what was open: a section takes its text, and elsewhere there must be none.
fn close(
    file: FileId,
    text: &str,
    open: Open,
    start: usize,
    end: usize,
    sections: &mut Vec<Part>,
    findings: &mut Vec<Diagnostic>,
) {
    let piece = &text[start..end];
    match open {
        Open::Section(mut part) => {
            part.section.text = piece.trim_end().to_owned().into();
            sections.push(part);
        }
        // Any dialect will do to tell comments from SQL.
        Open::Nowhere => {
            if let Some(statement) = sql::split(piece, Dialect::Postgres).into_iter().next() {
                let line = statement.text.lines().next().unwrap_or("");
                findings.push(
                    Diagnostic::error(Code("sql-outside-section"), "this SQL belongs to no section")
                        .label(
                            Span::new(file, start + statement.start, start + statement.start + line.len()),
                            "neither below `-- migrate:upgrade` nor below `-- migrate:downgrade`",
                        )
                        .help("put `-- migrate:upgrade` on a line above it"),
                );
            }
        }
    }
}

struct Marker<'a> {
    file: FileId,
    word: &'a str,
    /// What follows the word.
    rest: &'a str,
    rest_at: usize,
    span: Span,
}

impl<'a> Marker<'a> {
    fn read(file: FileId, line: &'a str, at: usize) -> Option<Self> {
        let content = line.trim_end();
        let start = content.len() - content.trim_start().len();
        let comment = content[start..].strip_prefix("--")?.trim_start();
        let command = comment.strip_prefix("migrate:")?;
        let word_end = command.find(char::is_whitespace).unwrap_or(command.len());
        let rest_at = at + content.len() - (command.len() - word_end);
        Some(Self {
            file,
            word: &command[..word_end],
            rest: &command[word_end..],
            rest_at,
            span: Span::new(file, at + start, at + content.len()),
        })
    }

    fn section(&self, direction: Direction, line: u32, start: usize, findings: &mut Vec<Diagnostic>) -> Open {
        let mut dialects = DialectSet::EMPTY;
        let (mut transactional, mut foreign_keys) = (true, true);
        let mut switched: Option<Span> = None;
        let mut at = self.rest_at;
        for piece in self.rest.split_inclusive(char::is_whitespace) {
            let word = piece.trim();
            let span = Span::new(self.file, at, at + word.len());
            at += piece.len();
            match word.trim_end_matches(',') {
                "" => {}
                "transaction=false" | "transaction=off" => transactional = false,
                "transaction=true" | "transaction=on" => transactional = true,
                "foreign_keys=off" | "foreign_keys=false" => {
                    (foreign_keys, switched) = (false, Some(span));
                }
                "foreign_keys=on" | "foreign_keys=true" => foreign_keys = true,
                name => match name.parse::<Dialect>() {
                    Ok(dialect) => dialects = dialects.with(dialect),
                    Err(known) => {
                        let words = ["postgres", "mysql", "sqlite", "transaction=false", "foreign_keys=off"];
                        let finding = Diagnostic::error(
                            Code("unknown-option"),
                            format!("`{name}` is not an option of a section"),
                        )
                        .label(span, "unknown option");
                        findings.push(match nearest(name, words) {
                            Some(near) => finding.help(format!("the nearest is `{near}`")),
                            None => finding.help(format!(
                                "{known}; `transaction=false` runs the section outside a transaction, `foreign_keys=off` \
                                 without SQLite's foreign keys"
                            )),
                        });
                    }
                },
            }
        }
        if let Some(span) = switched.filter(|_| !foreign_keys) {
            findings.extend(misplaced_switch(span, dialects, transactional));
        }
        let section = Section {
            direction,
            dialects,
            transactional,
            foreign_keys,
            text: "".into(),
            first_line: line + 1,
        };
        Open::Section(Part { section, marker: self.span, start })
    }

    fn irreversible(&self, findings: &mut Vec<Diagnostic>) -> (String, Span) {
        let reason = self.rest.trim();
        if reason.is_empty() {
            findings.push(
                Diagnostic::error(Code("missing-reason"), "`migrate:irreversible` gives no reason")
                    .label(self.span, "why can this not be undone?")
                    .help("`-- migrate:irreversible <reason>`: whoever has to go back will read it"),
            );
        }
        (reason.to_owned(), self.span)
    }
}

/// What is wrong with `foreign_keys=off` where it stands.
fn misplaced_switch(span: Span, dialects: DialectSet, transactional: bool) -> Option<Diagnostic> {
    let finding = |message: &str| Diagnostic::error(Code("foreign-keys-option"), message);
    if dialects != DialectSet::from(Dialect::Sqlite) {
        let finding = finding("`foreign_keys=off` is for sections that serve SQLite and nothing else")
            .label(span, "this section serves other databases")
            .help("give SQLite a section of its own: `-- migrate:upgrade sqlite foreign_keys=off`");
        return Some(finding);
    }
    (!transactional).then(|| {
        finding("`foreign_keys=off` needs the transaction that `transaction=false` takes away")
            .label(span, "foreign keys are looked at before the transaction is committed")
            .help("leave one of the two out; with `transaction=false`, the section's own `PRAGMA foreign_keys` takes effect")
    })
}

/// Reports sections that would both serve one database.
fn find_overlaps(sections: &[Part], irreversible: Option<Span>, findings: &mut Vec<Diagnostic>) {
    for (place, part) in sections.iter().enumerate() {
        let same = |other: &&Part| {
            let (a, b) = (&part.section, &other.section);
            a.direction == b.direction
                && (a.dialects.iter().any(|dialect| b.dialects.contains(dialect))
                    || a.dialects.is_empty() && b.dialects.is_empty())
        };
        let direction = part.section.direction;
        if let Some(first) = sections[..place].iter().find(same) {
            findings.push(
                Diagnostic::error(
                    Code("duplicate-section"),
                    format!("two {direction} sections serve the same database"),
                )
                .label(part.marker, "again here")
                .label(first.marker, "first here")
                .help("join them, or name other databases: `-- migrate:upgrade sqlite`"),
            );
        }
        if let Some(span) =
            irreversible.filter(|_| direction == Direction::Downgrade && part.section.dialects.is_empty())
        {
            findings.push(
                Diagnostic::error(
                    Code("duplicate-section"),
                    "the revision has a downgrade and says that it has none",
                )
                .label(part.marker, "the downgrade")
                .label(span, "the claim that there is none")
                .help("remove one of them"),
            );
        }
    }
}
