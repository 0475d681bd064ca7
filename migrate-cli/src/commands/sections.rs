//! The sections of a new revision: what each database needs, in as few sections as say it.

use migrate_core::dialect::{Dialect, DialectSet};
use migrate_core::render::Script;
use migrate_core::template::NewSection;

/// The sections of a new revision that a command brings.
#[derive(Default)]
pub(super) struct Sections {
    pub(super) upgrade: Vec<NewSection>,
    pub(super) downgrade: Vec<NewSection>,
    /// Why there is no way back for the databases that have no downgrade.
    pub(super) irreversible: Option<String>,
}

/// What one database needs, both ways.
#[derive(PartialEq)]
pub(super) struct Pair {
    pub(super) upgrade: NewSection,
    pub(super) downgrade: Option<NewSection>,
}

/// What a section that needs foreign keys off says; it is SQLite's alone.
const NO_FOREIGN_KEYS: &str = "foreign_keys=off";

impl Sections {
    /// One pair where it is the same for all databases, else a pair for each that differs from the others.
    pub(super) fn of(pairs: Vec<(Dialect, Pair)>, irreversible: Option<String>) -> Self {
        let mut groups: Vec<(DialectSet, Pair)> = Vec::new();
        for (dialect, pair) in pairs {
            match groups.iter_mut().find(|(_, other)| *other == pair) {
                Some((dialects, _)) => *dialects = dialects.with(dialect),
                None => groups.push((dialect.into(), pair)),
            }
        }
        let is_one = groups.len() == 1;
        let mut sections = Self { irreversible, ..Self::default() };
        for (dialects, pair) in groups {
            let named = |section: NewSection| {
                let is_open = is_one && !section.options.contains(&NO_FOREIGN_KEYS);
                NewSection { dialects: if is_open { DialectSet::EMPTY } else { dialects }, ..section }
            };
            sections.upgrade.push(named(pair.upgrade));
            sections.downgrade.extend(pair.downgrade.map(named));
        }
        sections
    }
}

/// What a section says that runs in this way.
pub(super) fn options(is_transactional: bool, has_foreign_keys: bool) -> Vec<&'static str> {
    let mut options = Vec::new();
    if !is_transactional {
        options.push("transaction=false");
    }
    if !has_foreign_keys {
        options.push(NO_FOREIGN_KEYS);
    }
    options
}

/// Generated statements as a section.
pub(super) fn section(script: &Script) -> NewSection {
    let options = options(script.transactional, script.foreign_keys);
    NewSection { dialects: DialectSet::EMPTY, options, text: text(script) }
}

/// The statements, with room around those of several lines.
fn text(script: &Script) -> String {
    let mut out = String::new();
    let mut was_long = false;
    for statement in &script.statements {
        let is_long = !statement.notes.is_empty() || statement.sql.contains('\n');
        if !out.is_empty() && (is_long || was_long) {
            out.push('\n');
        }
        was_long = is_long;
        for line in statement.notes.iter().flat_map(|note| note.lines()) {
            out.push_str(&format!("-- {line}\n"));
        }
        out.push_str(&format!("{};\n", statement.sql));
    }
    out
}
