//! Templates: the text and the name of a new revision file.
//!
//! A template is a revision file with placeholders. The language has three rules, and no conditions or loops:
//!
//! - `{message}` is filled in. A value of several lines repeats its line, so that a comment stays a comment.
//! - A line whose placeholders are all empty is left out: `-- Depends On: {depends_on}`.
//! - A paragraph with `{dialect}` is written once for each database.
//!
//! What else stands in braces is left alone, and `{{message}}` means `{message}`. A first line `-- template: ...` describes
//! the template and is not part of the file.

use crate::diagnostic::{Code, Diagnostic};
use crate::dialect::DialectSet;
use crate::nearest::nearest;
use crate::source::{FileId, Sources, Span};
use crate::utc::Utc;

mod file_name;
mod placeholder;

pub use file_name::{FileName, SLUG_LENGTH, slug};
use placeholder::{Found, scan};

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
    /// The upgrade's SQL, may be empty.
    pub upgrade: String,
    /// The downgrade's SQL, may be empty.
    pub downgrade: String,
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
        let mut out = String::new();
        for paragraph in &self.paragraphs {
            let per_dialect =
                paragraph.lines.iter().flatten().any(|p| *p == Piece::Value(Placeholder::Dialect));
            let mut lines = Vec::new();
            if per_dialect {
                for dialect in dialects.iter() {
                    if !lines.is_empty() {
                        lines.push(String::new());
                    }
                    paragraph.render(new, dialect.name(), &mut lines);
                }
            } else {
                paragraph.render(new, "", &mut lines);
            }
            // A paragraph that left nothing leaves no empty lines either.
            if !lines.is_empty() || paragraph.lines.is_empty() {
                lines.extend(std::iter::repeat_n(String::new(), paragraph.n_empty));
            }
            lines.iter().for_each(|line| {
                out.push_str(line);
                out.push('\n');
            });
        }
        out.truncate(out.trim_end().len());
        out.push('\n');
        out
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
            Placeholder::Upgrade => self.upgrade.clone(),
            Placeholder::Downgrade => self.downgrade.clone(),
            Placeholder::Dialect => dialect.to_owned(),
        };
        text.trim().lines().map(str::to_owned).collect()
    }
}

impl Paragraph {
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
