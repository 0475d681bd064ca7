//! One of Alembic's revisions as a revision file.

use std::fmt::Write as _;

use crate::dialect::Dialect;
use crate::file::{self, Dialects};
use crate::revision::{Direction, Revision};
use crate::source::Sources;
use crate::template::{SLUG_LENGTH, slug};

/// A revision of Alembic, ready to be written down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewFile {
    /// The id.
    pub id: String,
    /// What it is about; may be empty.
    pub message: String,
    /// The parents; none for a base, several for a merge.
    pub parents: Vec<String>,
    /// The branch labels it carries.
    pub labels: Vec<String>,
    /// Ids or labels.
    pub depends_on: Vec<String>,
    /// When it was written, where that is known.
    pub create_date: Option<String>,
    /// The upgrade's SQL, may be empty.
    pub upgrade: String,
    /// The downgrade's SQL, or why there is none.
    pub downgrade: Result<String, String>,
    /// The directions that run outside a transaction.
    pub alone: Vec<Direction>,
}

impl NewFile {
    /// `<id>_<slug>.sql`.
    pub fn name(&self) -> String {
        match slug(&self.message, SLUG_LENGTH) {
            slug if slug.is_empty() => format!("{}.sql", self.id),
            slug => format!("{}_{slug}.sql", self.id),
        }
    }

    /// The text, with sections for this database.
    pub fn text(&self, dialect: Dialect) -> String {
        let mut text = String::new();
        let message = if self.message.trim().is_empty() { "empty message" } else { self.message.trim() };
        for line in message.lines() {
            let _ = writeln!(text, "{}", format!("-- {line}").trim_end());
        }
        text.push_str("--\n");
        let mut key = |name: &str, values: &[String]| {
            if !values.is_empty() {
                let _ = writeln!(text, "-- {name}: {}", values.join(", "));
            }
        };
        key("Revision ID", std::slice::from_ref(&self.id));
        match &self.parents[..] {
            [] => key("Revises", &["<base>".to_owned()]),
            parents => key("Revises", parents),
        }
        key("Create Date", self.create_date.as_slice());
        key("Branch Labels", &self.labels);
        key("Depends On", &self.depends_on);
        for (direction, sql) in
            [(Direction::Upgrade, Ok(&self.upgrade)), (Direction::Downgrade, self.downgrade.as_ref())]
        {
            let alone = if self.alone.contains(&direction) { " transaction=false" } else { "" };
            let _ = match sql.map(|sql| sql.trim()) {
                Err(reason) => writeln!(text, "\n-- migrate:irreversible {reason}"),
                Ok("") => writeln!(text, "\n-- migrate:{direction} {dialect}{alone}"),
                Ok(sql) => writeln!(text, "\n-- migrate:{direction} {dialect}{alone}\n{sql}"),
            };
        }
        text
    }

    /// The file with as much of its message as can stand in a header, where a line may look like a key; `None` where even
    /// without a message it would be read as something else.
    pub fn readable(mut self, dialect: Dialect) -> Option<Self> {
        let first_line = self.message.lines().next().unwrap_or_default().to_owned();
        for message in [self.message.clone(), first_line, String::new()] {
            self.message = message;
            if self.is_read_as_meant(dialect) {
                return Some(self);
            }
        }
        None
    }

    fn is_read_as_meant(&self, dialect: Dialect) -> bool {
        let (mut sources, mut findings) = (Sources::new(), Vec::new());
        let file = sources.add(self.name(), self.text(dialect).into_bytes(), &mut findings);
        // What is wrong with the SQL is told later, with its place.
        let read = file::parse(&sources, file, Dialects::UNKNOWN, &mut findings).revision;
        let Some(Revision { id, parents, labels, depends_on, sections, irreversible, .. }) = read else {
            return false;
        };
        let is = |direction: Direction, sql: &str| {
            let section = sections.iter().find(|section| section.direction == direction);
            section.is_some_and(|section| {
                section.text.trim() == sql.trim() && section.transactional != self.alone.contains(&direction)
            })
        };
        let downgrade = match &self.downgrade {
            Ok(sql) => is(Direction::Downgrade, sql) && irreversible.is_none(),
            Err(_) => irreversible.is_some(),
        };
        id.as_str() == self.id
            && parents.iter().map(|parent| parent.as_str()).eq(self.parents.iter())
            && labels.iter().eq(self.labels.iter())
            && depends_on.iter().eq(self.depends_on.iter())
            && is(Direction::Upgrade, &self.upgrade)
            && downgrade
            && sections.len() == 1 + usize::from(self.downgrade.is_ok())
    }
}
