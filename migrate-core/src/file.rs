//! The text of a revision file, read into a [`Revision`] and the places its parts came from.
//!
//! ```sql
//! -- add user preferences table
//! --
//! -- Revision ID: 6a1f02c4b7e9
//! -- Revises: 6a1e88d00c3f
//!
//! -- migrate:upgrade
//! CREATE TABLE user_preferences (user_id BIGINT PRIMARY KEY);
//!
//! -- migrate:downgrade
//! DROP TABLE user_preferences;
//! ```
//!
//! Reading never fails: what could be read is returned, and every mistake is a finding. Nothing here looks at other
//! files; that is [`history`](crate::history)'s business.

use crate::diagnostic::{Code, Diagnostic};
use crate::dialect::{Dialect, DialectSet};
use crate::revision::{Direction, Format, Replaced, Revision, RevisionId, Section};
use crate::source::{FileId, Sources, Span};
use crate::sql;

mod edit;
mod header;
mod section;

pub use edit::{with_dependency, with_parents};
pub use header::{Header, Key, header_of};

/// One revision as it was read, with the places that findings about the whole history point to.
#[derive(Clone, Debug)]
pub struct RevisionFile {
    /// The revision; `None` when the file does not say which one it is.
    pub revision: Option<Revision>,
    /// Where its parts stand.
    pub spans: Spans,
}

/// Where the parts of a revision stand.
#[derive(Clone, Debug)]
pub struct Spans {
    /// The revision id, or the beginning of the file where it would be.
    pub id: Span,
    /// The parents, as in [`Revision::parents`].
    pub parents: Vec<Span>,
    /// The dependencies, as in [`Revision::depends_on`].
    pub depends_on: Vec<Span>,
    /// The branch labels, as in [`Revision::labels`].
    pub labels: Vec<Span>,
    /// The section markers, as in [`Revision::sections`].
    pub sections: Vec<Span>,
    /// What is replaced, as in [`Replaced::ids`].
    pub replaces: Vec<Span>,
}

/// The databases whose SQL a history is to be checked for.
#[derive(Clone, Copy, Debug)]
pub struct Dialects {
    /// The dialects in question.
    pub set: DialectSet,
    /// Whether the history serves all of them. When not, it serves at least one, and a piece of SQL is only called wrong
    /// when it is wrong in each.
    pub certain: bool,
}

impl Dialects {
    /// Any dialect: nothing is known.
    pub const UNKNOWN: Self = Self { set: DialectSet::ALL, certain: false };

    /// Exactly these.
    pub const fn exactly(set: DialectSet) -> Self {
        Self { set, certain: true }
    }
}

/// Reads a native revision file. The SQL in its sections is checked for `dialects`; without any it is left unread.
pub fn parse(
    sources: &Sources,
    file: FileId,
    dialects: impl Into<Option<Dialects>>,
    findings: &mut Vec<Diagnostic>,
) -> RevisionFile {
    let (mut read, body) = read_header(sources, file, findings);
    let parts = section::parse(file, &sources.get(file).text, body, findings);
    if let Some(dialects) = dialects.into() {
        for part in &parts.sections {
            let served = served(&parts.sections, &part.section, dialects);
            check_sql(file, &part.section, part.start, served, dialects.certain, findings);
        }
    }
    read.spans.sections = parts.sections.iter().map(|part| part.marker).collect();
    if let Some(revision) = &mut read.revision {
        revision.sections = parts.sections.into_iter().map(|part| part.section).collect();
        revision.irreversible = parts.irreversible.map(Into::into);
    }
    read
}

/// Reads the header of a native revision file and leaves the rest alone: the revision has no sections. The text may end
/// where the header does ([`header_of`]).
pub fn parse_header(sources: &Sources, file: FileId, findings: &mut Vec<Diagnostic>) -> RevisionFile {
    read_header(sources, file, findings).0
}

/// The second result is where the text after the header begins.
fn read_header(sources: &Sources, file: FileId, findings: &mut Vec<Diagnostic>) -> (RevisionFile, usize) {
    let source = sources.get(file);
    let (header, body) = header::parse(file, &source.text, findings);
    let spans = Spans {
        id: header.id.as_ref().map_or(Span::new(file, 0, 0), |(_, span)| *span),
        parents: header.parents.iter().map(|(_, span)| *span).collect(),
        depends_on: header.depends_on.iter().map(|(_, span)| *span).collect(),
        labels: header.labels.iter().map(|(_, span)| *span).collect(),
        sections: vec![],
        replaces: header.replaces.iter().map(|(_, span)| *span).collect(),
    };
    let replaces = (!header.replaces.is_empty()).then(|| {
        let ids = header.replaces.into_iter().map(|(id, _)| id).collect();
        Box::new(Replaced { ids, proofs: header.proofs })
    });
    let revision = header.id.map(|(id, _)| Revision {
        id,
        message: header.message.into(),
        parents: header.parents.into_iter().map(|(id, _)| id).collect(),
        depends_on: header.depends_on.into_iter().map(|(text, _)| text.into()).collect(),
        labels: header.labels.into_iter().map(|(text, _)| text.into()).collect(),
        create_date: header.create_date.map(Into::into),
        path: source.path.clone().into(),
        format: Format::Native,
        sections: vec![],
        irreversible: None,
        replaces,
    });
    (RevisionFile { revision, spans }, body)
}

/// One of diesel's migration directories, as found on disk.
#[derive(Clone, Debug)]
pub struct DieselDirectory {
    /// The directory as a person should see it.
    pub path: String,
    /// The version, by diesel's rule: what stands before the first `_`, without dashes.
    pub version: String,
    /// What stands after it.
    pub name: String,
    /// `up.sql`.
    pub up: FileId,
    /// `down.sql`, if there is one.
    pub down: Option<FileId>,
    /// Whether `metadata.toml` leaves the migration in a transaction.
    pub transactional: bool,
}

/// Turns a diesel directory into a revision; its parent is the directory before it, which the caller knows. As for
/// [`parse`], its SQL is checked for `dialects`.
pub fn diesel(
    sources: &Sources,
    directory: &DieselDirectory,
    dialects: impl Into<Option<Dialects>>,
    findings: &mut Vec<Diagnostic>,
) -> RevisionFile {
    let dialects = dialects.into();
    let start = Span::new(directory.up, 0, 0);
    let files = [(Direction::Upgrade, Some(directory.up)), (Direction::Downgrade, directory.down)];
    let mut sections = Vec::new();
    let mut spans = Vec::new();
    for (direction, file) in files {
        let Some(file) = file else { continue };
        let text = &sources.get(file).text;
        // People leave the file empty where there is no way back, and diesel's command refuses to run it. A comment is
        // an answer: there is nothing to undo.
        if direction == Direction::Downgrade && text.trim().is_empty() {
            continue;
        }
        let section = Section {
            direction,
            dialects: DialectSet::EMPTY,
            transactional: directory.transactional,
            foreign_keys: true,
            text: text.clone().into(),
            first_line: 1,
        };
        if let Some(dialects) = dialects {
            check_sql(file, &section, 0, dialects.set, dialects.certain, findings);
        }
        sections.push(section);
        spans.push(Span::new(file, 0, 0));
    }
    let revision = match RevisionId::new(directory.version.clone()) {
        Ok(id) => Some(Revision {
            id,
            message: directory.name.replace(['_', '-'], " ").into(),
            parents: vec![],
            depends_on: vec![],
            labels: vec![],
            create_date: None,
            path: directory.path.clone().into(),
            format: Format::Diesel,
            sections,
            irreversible: None,
            replaces: None,
        }),
        Err(reason) => {
            findings.push(
                Diagnostic::error(
                    Code("bad-id"),
                    format!("`{}` is not a revision id: {reason}", directory.version),
                )
                .label(start, format!("the version of `{}`", directory.path))
                .help(
                    "begin the directory's name with a version and `_`, as `2026-11-21-003210_create_users`",
                ),
            );
            None
        }
    };
    let spans = Spans {
        id: start,
        parents: vec![],
        depends_on: vec![],
        labels: vec![],
        sections: spans,
        replaces: vec![],
    };
    RevisionFile { revision, spans }
}

/// The dialects for which this section is the one that runs.
fn served(all: &[section::Part], section: &Section, dialects: Dialects) -> DialectSet {
    if !section.dialects.is_empty() {
        return section.dialects;
    }
    let named = all
        .iter()
        .map(|part| &part.section)
        .filter(|other| other.direction == section.direction)
        .fold(DialectSet::EMPTY, |named, other| named.union(other.dialects));
    dialects.set.difference(named)
}

/// Reports what is certainly wrong with a section's SQL.
fn check_sql(
    file: FileId,
    section: &Section,
    start: usize,
    served: DialectSet,
    certain: bool,
    findings: &mut Vec<Diagnostic>,
) {
    let certain = certain || !section.dialects.is_empty();
    let mut by_dialect: Vec<(Dialect, Vec<sql::Found>)> = Vec::new();
    for dialect in served.iter() {
        let found = sql::problems(&section.text, dialect, section.transactional);
        if !certain && found.is_empty() {
            return;
        }
        by_dialect.push((dialect, found));
    }
    if !certain {
        // One reading is enough to repair; the others would repeat it.
        by_dialect.truncate(1);
    }
    let mut seen: Vec<(usize, sql::Problem)> = Vec::new();
    for (dialect, found) in by_dialect {
        for sql::Found { problem, start: at, end } in found {
            if seen.iter().any(|(place, kind)| *place == at && *kind == problem) {
                continue;
            }
            findings.push(describe(&problem, Span::new(file, start + at, start + end), dialect, served));
            seen.push((at, problem));
        }
    }
}

fn describe(problem: &sql::Problem, span: Span, dialect: Dialect, served: DialectSet) -> Diagnostic {
    let finding = Diagnostic::error(problem.code(), problem.to_string()).label(span, problem.label());
    let finding = if served.len() > 1 { finding.note(format!("read as {dialect}")) } else { finding };
    finding.help(problem.help())
}

#[cfg(test)]
mod tests;
