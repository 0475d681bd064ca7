//! Templates: the text and the name of a new revision file.
//!
//! A template is a revision file with placeholders. The language has three rules, and no conditions or loops:
//!
//! - `{message}` is filled in. A value of several lines repeats its line, so that a comment stays a comment.
//! - A line whose placeholders are all empty is left out: `-- Depends On: {depends_on}`.
//! - A paragraph with `{dialect}` is written once for each database.
//!
//! Where a command brings the SQL, it also says for which databases each section is and how it is run: from a line
//! `-- migrate:upgrade` to the next line of that kind the template is written once for each section (`section`).
//!
//! What else stands in braces is left alone, and `{{message}}` means `{message}`. A first line `-- template: ...` describes
//! the template and is not part of the file.

use crate::diagnostic::{Code, Diagnostic};
use crate::dialect::DialectSet;
use crate::nearest::nearest;
use crate::revision::Direction;
use crate::source::{FileId, Sources, Span};
use crate::utc::Utc;

mod file_name;
mod placeholder;
mod section;

pub use file_name::{FileName, SLUG_LENGTH, slug};
use placeholder::{Found, scan};
pub use section::NewSection;
use section::blocks;

/// What a new revision file is to say.
#[derive(Clone, Debug, Default)]
pub struct NewRevision {
    /// The id.
    pub id: String,
    /// What it is about; may be empty.
    pub message: String,
    /// The parents; none for a base, several for a merge.
    pub parents: Vec<String>,
    /// The branch labels it carries.
    pub labels: Vec<String>,
    /// What must run before without being a parent: ids or labels.
    pub depends_on: Vec<String>,
    /// When it is written.
    pub created: Utc,
    /// The upgrade, if a command brings one.
    pub upgrade: Vec<NewSection>,
    /// The downgrade, if a command brings one.
    pub downgrade: Vec<NewSection>,
    /// Why there is no way back for the databases that have no downgrade.
    pub irreversible: Option<String>,
}

/// A template of this library.
#[derive(Clone, Copy, Debug)]
pub struct BuiltIn {
    /// Its name.
    pub name: &'static str,
    /// Its text.
    pub text: &'static str,
}

/// The name of the template that is used where none is named.
pub const DEFAULT: &str = "default";

/// The templates of this library, [`DEFAULT`] first.
pub const BUILT_IN: [BuiltIn; 4] = [
    BuiltIn { name: DEFAULT, text: include_str!("template/default.sql") },
    BuiltIn { name: "dialects", text: include_str!("template/dialects.sql") },
    BuiltIn { name: "irreversible", text: include_str!("template/irreversible.sql") },
    BuiltIn { name: "no-transaction", text: include_str!("template/no-transaction.sql") },
];

/// The text of a new revision file, still open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    /// What the first line says that it is for; may be empty.
    pub description: String,
    paragraphs: Vec<Paragraph>,
}

/// Lines between empty ones.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Paragraph {
    lines: Vec<Vec<Piece>>,
    /// How many empty lines follow it.
    n_empty: usize,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Text(String),
    Value(Placeholder),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Placeholder {
    Message,
    Revision,
    Revises,
    CreateDate,
    BranchLabels,
    DependsOn,
    Upgrade,
    Downgrade,
    Dialect,
}

impl Placeholder {
    const ALL: [(Self, &'static str); 9] = [
        (Self::Message, "message"),
        (Self::Revision, "revision"),
        (Self::Revises, "revises"),
        (Self::CreateDate, "create_date"),
        (Self::BranchLabels, "branch_labels"),
        (Self::DependsOn, "depends_on"),
        (Self::Upgrade, "upgrade"),
        (Self::Downgrade, "downgrade"),
        (Self::Dialect, "dialect"),
    ];
}

impl Template {
    /// Reads a template; what is wrong with it is found.
    ///
    /// # Errors in the findings
    ///
    /// - A placeholder is not known.
    pub fn read(sources: &Sources, file: FileId, findings: &mut Vec<Diagnostic>) -> Self {
        let text = &sources.get(file).text;
        let mut template = Self { description: String::new(), paragraphs: vec![] };
        let mut paragraph = Paragraph::default();
        let mut at = 0;
        for line in text.split_inclusive('\n') {
            let start = at;
            at += line.len();
            let content = line.trim_end();
            if start == 0
                && let Some(description) = describes(content)
            {
                template.description = description.to_owned();
                continue;
            }
            if content.is_empty() {
                paragraph.n_empty += 1;
                continue;
            }
            if paragraph.n_empty > 0 {
                template.paragraphs.push(std::mem::take(&mut paragraph));
            }
            paragraph.lines.push(read_line(content, start, file, findings));
        }
        template.paragraphs.push(paragraph);
        template
    }

    /// The text of the file for this revision, in a project of these databases; if there is none, for any database.
    pub fn render(&self, new: &NewRevision, dialects: DialectSet) -> String {
        let dialects = if dialects.is_empty() { DialectSet::ALL } else { dialects };
        let mut lines = Vec::new();
        for block in blocks(&self.paragraphs, new) {
            match block.direction {
                Some(direction) => block.render(new, direction, &mut lines),
                None => block.paragraphs.iter().for_each(|own| own.render_for(new, dialects, &mut lines)),
            }
        }
        let mut out = lines.join("\n");
        out.truncate(out.trim_end().len());
        out.push('\n');
        out
    }

    /// Whether it has a place for SQL that a command brings; a way back that it says there is none of needs no place.
    pub fn has_place(&self, direction: Direction) -> bool {
        let (placeholder, irreversible) = match direction {
            Direction::Upgrade => (Placeholder::Upgrade, false),
            Direction::Downgrade => (Placeholder::Downgrade, true),
        };
        let mut lines = self.paragraphs.iter().flat_map(|paragraph| &paragraph.lines);
        lines.any(|line| {
            line.contains(&Piece::Value(placeholder)) || irreversible && section::is_irreversible(line)
        })
    }
}

impl NewRevision {
    /// What a placeholder stands for, line by line; nothing where it is empty.
    fn value(&self, placeholder: Placeholder, dialect: &str) -> Vec<String> {
        let text = match placeholder {
            Placeholder::Message if self.message.trim().is_empty() => "empty message".to_owned(),
            Placeholder::Message => self.message.clone(),
            Placeholder::Revision => self.id.clone(),
            Placeholder::Revises if self.parents.is_empty() => "<base>".to_owned(),
            Placeholder::Revises => self.parents.join(", "),
            Placeholder::CreateDate => self.created.to_string(),
            Placeholder::BranchLabels => self.labels.join(", "),
            Placeholder::DependsOn => self.depends_on.join(", "),
            Placeholder::Upgrade => section::texts(&self.upgrade),
            Placeholder::Downgrade => section::texts(&self.downgrade),
            Placeholder::Dialect => dialect.to_owned(),
        };
        text.trim().lines().map(str::to_owned).collect()
    }
}

impl Paragraph {
    /// Writes it, once for each database if it names one, and the empty lines behind it.
    fn render_for(&self, new: &NewRevision, dialects: DialectSet, out: &mut Vec<String>) {
        let start = out.len();
        if self.lines.iter().flatten().any(|piece| *piece == Piece::Value(Placeholder::Dialect)) {
            for dialect in dialects.iter() {
                if out.len() > start {
                    out.push(String::new());
                }
                self.render(new, dialect.name(), out);
            }
        } else {
            self.render(new, "", out);
        }
        // A paragraph that left nothing leaves no empty lines either.
        if out.len() > start || self.lines.is_empty() {
            out.extend(std::iter::repeat_n(String::new(), self.n_empty));
        }
    }

    fn render(&self, new: &NewRevision, dialect: &str, out: &mut Vec<String>) {
        for line in &self.lines {
            let values: Vec<Option<Vec<String>>> = line
                .iter()
                .map(|piece| match piece {
                    Piece::Text(_) => None,
                    Piece::Value(placeholder) => Some(new.value(*placeholder, dialect)),
                })
                .collect();
            // A line without placeholders stands once.
            let n_lines = values.iter().flatten().map(Vec::len).max().unwrap_or(1);
            for place in 0..n_lines {
                let mut text = String::new();
                for (piece, value) in line.iter().zip(&values) {
                    match (piece, value) {
                        (Piece::Text(piece), _) => text.push_str(piece),
                        // What has one line stands on each.
                        (_, Some(lines)) if lines.len() == 1 => text.push_str(&lines[0]),
                        (_, Some(lines)) => text.push_str(lines.get(place).map_or("", |line| line)),
                        (_, None) => {}
                    }
                }
                out.push(text.trim_end().to_owned());
            }
        }
    }
}

/// The description that the line gives.
fn describes(line: &str) -> Option<&str> {
    line.strip_prefix("--")?.trim_start().strip_prefix("template:").map(str::trim)
}

/// The description of a template's text, without reading the rest.
pub fn description(text: &str) -> &str {
    text.lines().next().and_then(describes).unwrap_or_default()
}

/// What Alembic's templates call otherwise.
fn alembic(name: &str) -> Option<&'static str> {
    match name {
        "up_revision" => Some("revision"),
        "down_revision" => Some("revises"),
        "upgrades" => Some("upgrade"),
        "downgrades" => Some("downgrade"),
        _ => None,
    }
}

fn read_line(line: &str, at: usize, file: FileId, findings: &mut Vec<Diagnostic>) -> Vec<Piece> {
    let mut pieces = Vec::new();
    for found in scan(line) {
        match found {
            Found::Text(text) => pieces.push(Piece::Text(text.to_owned())),
            Found::Name { name, start } => {
                let names = Placeholder::ALL.iter().map(|(_, name)| *name);
                match Placeholder::ALL.iter().find(|(_, known)| *known == name) {
                    Some((placeholder, _)) => pieces.push(Piece::Value(*placeholder)),
                    None => {
                        let span = Span::new(file, at + start, at + start + name.len() + 2);
                        let finding = Diagnostic::error(
                            Code("unknown-placeholder"),
                            format!("`{{{name}}}` is not a placeholder"),
                        )
                        .label(span, "unknown placeholder");
                        let near = alembic(name).or_else(|| nearest(name, names.clone()));
                        let finding = match near {
                            Some(near) => finding.help(format!("the nearest is `{{{near}}}`")),
                            None => {
                                let names: Vec<_> = names.map(|name| format!("`{{{name}}}`")).collect();
                                finding.help(format!("the placeholders are {}", names.join(", ")))
                            }
                        };
                        findings.push(finding.help(format!("`{{{{{name}}}}}` stands for the text itself")));
                    }
                }
            }
        }
    }
    pieces
}

#[cfg(test)]
mod tests;
