//! The sections of a new revision whose SQL a command brings.

use super::{NewRevision, Paragraph, Piece};
use crate::dialect::DialectSet;
use crate::revision::Direction;

/// A section of a new revision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewSection {
    /// The databases it is for; empty for all that have no section of their own.
    pub dialects: DialectSet,
    /// How it is run, as its first line says it: `transaction=false`.
    pub options: Vec<&'static str>,
    /// Its SQL.
    pub text: String,
}

impl NewSection {
    /// A section for every database.
    pub fn new(text: impl Into<String>) -> Self {
        Self { dialects: DialectSet::EMPTY, options: vec![], text: text.into() }
    }
}

/// The lines of a template from one that begins a section to the next such line, or those before the first.
#[derive(Debug)]
pub(super) struct Block {
    /// Which way, where a command brings the SQL for it.
    pub(super) direction: Option<Direction>,
    pub(super) paragraphs: Vec<Paragraph>,
}

/// The blocks of a template for a revision; all is one block where no command brings SQL.
pub(super) fn blocks(paragraphs: &[Paragraph], new: &NewRevision) -> Vec<Block> {
    let mut blocks = vec![Block { direction: None, paragraphs: vec![] }];
    for paragraph in paragraphs {
        let mut rest = Paragraph::default();
        for line in &paragraph.lines {
            if let Some(section) = begins(line) {
                let brings = |direction| match direction {
                    Direction::Upgrade => !new.upgrade.is_empty(),
                    Direction::Downgrade => !new.downgrade.is_empty() || new.irreversible.is_some(),
                };
                let direction = section.filter(|direction| brings(*direction));
                let is_open = blocks.last().is_some_and(|block| block.direction.is_some());
                if direction.is_some() || is_open {
                    if !rest.lines.is_empty() {
                        push(&mut blocks, std::mem::take(&mut rest));
                    }
                    blocks.push(Block { direction, paragraphs: vec![] });
                }
            }
            rest.lines.push(line.clone());
        }
        rest.n_empty = paragraph.n_empty;
        push(&mut blocks, rest);
    }
    blocks
}

fn push(blocks: &mut [Block], paragraph: Paragraph) {
    if let Some(block) = blocks.last_mut() {
        block.paragraphs.push(paragraph);
    }
}

impl Block {
    /// Writes it once for each section that a command brings.
    pub(super) fn render(&self, new: &NewRevision, direction: Direction, out: &mut Vec<String>) {
        let sections = match direction {
            Direction::Upgrade => &new.upgrade,
            Direction::Downgrade => &new.downgrade,
        };
        let options = self.paragraphs.first().and_then(|first| first.lines.first()).map(|line| options(line));
        for section in sections {
            let names: Vec<&str> = section.dialects.iter().map(|dialect| dialect.name()).collect();
            let mut words = names.clone();
            words.extend(options.iter().flatten().map(String::as_str));
            for option in &section.options {
                if !words.contains(option) {
                    words.push(option);
                }
            }
            out.push(format!("-- migrate:{} {}", direction.name(), words.join(" ")).trim_end().to_owned());
            let own = match direction {
                Direction::Upgrade => NewRevision { upgrade: vec![section.clone()], ..new.clone() },
                Direction::Downgrade => NewRevision { downgrade: vec![section.clone()], ..new.clone() },
            };
            for (place, paragraph) in self.paragraphs.iter().enumerate() {
                let lines = paragraph.lines.iter().skip(usize::from(place == 0)).cloned().collect();
                let start = out.len();
                Paragraph { lines, n_empty: 0 }.render(&own, &names.join(" "), out);
                if out.len() > start || place == 0 {
                    out.extend(std::iter::repeat_n(String::new(), paragraph.n_empty));
                }
            }
            if out.last().is_some_and(|line| !line.is_empty()) {
                out.push(String::new());
            }
        }
        if let Some(reason) = new.irreversible.as_ref().filter(|_| direction == Direction::Downgrade) {
            let reason = reason.split_whitespace().collect::<Vec<_>>().join(" ");
            out.extend([format!("-- migrate:irreversible {reason}"), String::new()]);
        }
    }
}

/// The texts of all sections.
pub(super) fn texts(sections: &[NewSection]) -> String {
    sections.iter().map(|section| section.text.trim_end()).collect::<Vec<_>>().join("\n")
}

/// What a line that begins a section begins: one with SQL in some direction, or the claim that there is no way back.
fn begins(line: &[Piece]) -> Option<Option<Direction>> {
    let Some(Piece::Text(text)) = line.first() else { return None };
    let marker = text.trim_start().strip_prefix("--")?.trim_start().strip_prefix("migrate:")?;
    match marker.split_whitespace().next()? {
        "upgrade" => Some(Some(Direction::Upgrade)),
        "downgrade" => Some(Some(Direction::Downgrade)),
        "irreversible" => Some(None),
        _ => None,
    }
}

/// Whether a line says that there is no way back.
pub(super) fn is_irreversible(line: &[Piece]) -> bool {
    begins(line) == Some(None)
}

/// What the line of a template that begins a section says about how it is run.
fn options(line: &[Piece]) -> Vec<String> {
    let words = line.iter().filter_map(|piece| match piece {
        Piece::Text(text) => Some(text.split_whitespace()),
        Piece::Value(_) => None,
    });
    words.flatten().filter(|word| word.contains('=')).map(str::to_owned).collect()
}
