//! Drafts as the sections of a file.

use migrate_core::dialect::DialectSet;
use migrate_core::render::Script;
use migrate_core::schema::Difference;
use migrate_core::template::NewSection;

use super::Done;
use crate::commands::new::Sections;
use crate::context::Context;

/// A section pair, and the databases that it is for.
#[derive(PartialEq)]
struct Pair {
    upgrade: NewSection,
    downgrade: Option<NewSection>,
}

/// The sections: one pair where it is the same for all databases, else a pair for each that differs from the others.
pub(super) fn of(context: &Context, done: &[Done<'_>]) -> Sections {
    let mut groups: Vec<(DialectSet, Pair)> = Vec::new();
    let mut irreversible = None;
    for Done { job, draft } in done {
        let mut upgrade = section(&draft.upgrade);
        if let Some(unreached) = &draft.unreached {
            let missing = comments("not generated", &unreached.differences);
            context.shell.warning(format_args!(
                "not everything was generated: the file says what for {}",
                job.dialect
            ));
            upgrade.text = format!("{missing}{}", upgrade.text);
        }
        let downgrade = match &draft.unreturned {
            None => Some(section(&draft.downgrade)),
            Some(unreturned) => {
                let mut why = unreturned.refused.iter().cloned();
                let mut differences = unreturned.differences.iter().map(Difference::to_string);
                let why = why.next().or_else(|| differences.next()).unwrap_or_default();
                irreversible.get_or_insert(format!("what was there cannot be made again: {why}"));
                None
            }
        };
        let pair = Pair { upgrade, downgrade };
        match groups.iter_mut().find(|(_, other)| *other == pair) {
            Some((dialects, _)) => *dialects = dialects.with(job.dialect),
            None => groups.push((job.dialect.into(), pair)),
        }
    }
    if irreversible.is_some() {
        context.shell.warning("there is no way back: the file says why");
    }
    let is_one = groups.len() == 1;
    let mut sections = Sections { irreversible, ..Sections::default() };
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

/// What a section that needs foreign keys off says; it is SQLite's alone.
pub(in crate::commands) const NO_FOREIGN_KEYS: &str = "foreign_keys=off";

pub(in crate::commands) fn section(script: &Script) -> NewSection {
    let mut options = Vec::new();
    if !script.transactional {
        options.push("transaction=false");
    }
    if !script.foreign_keys {
        options.push(NO_FOREIGN_KEYS);
    }
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

fn comments(words: &str, differences: &[Difference]) -> String {
    let lines = differences.iter().map(|difference| {
        let text = difference.to_string();
        format!("-- {words}: {}\n", text.split_whitespace().collect::<Vec<_>>().join(" "))
    });
    lines.collect::<String>() + "\n"
}
