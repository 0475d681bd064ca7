//! What a file allows: `-- migrate:allow <check> <reason>`.
//!
//! The line covers the statement below it, or the one that it stands in, and what is said of its section as a whole.

use std::collections::BTreeMap;
use std::ops::Range;

use super::Places;
use super::level::{Levels, UnknownCode, code};
use crate::diagnostic::{Code, Diagnostic};
use crate::dialect::Dialect;
use crate::history::History;
use crate::interpret::Proof;
use crate::revision::{Direction, Section};
use crate::sql::split;

/// The allowances of a history's files.
pub(super) struct Allowances<'h> {
    history: &'h History,
    /// By revision, direction and first line of the section.
    all: BTreeMap<(usize, Direction, u32), Vec<Allowance>>,
}

struct Allowance {
    /// What is allowed.
    code: Result<&'static str, (String, UnknownCode)>,
    has_reason: bool,
    /// The line, in the section's text.
    line: Range<usize>,
    /// The statement that it is about.
    statement: Option<Range<usize>>,
    is_used: bool,
}

impl<'h> Allowances<'h> {
    /// The allowances of the revisions that are checked.
    pub(super) fn of(history: &'h History, is_checked: impl Fn(usize) -> bool) -> Self {
        let mut all = BTreeMap::new();
        for (node, revision) in history.revisions().iter().enumerate().filter(|(node, _)| is_checked(*node)) {
            for section in &revision.sections {
                let found = in_section(section);
                if !found.is_empty() {
                    all.insert((node, section.direction, section.first_line), found);
                }
            }
        }
        Self { history, all }
    }

    /// Whether a finding is allowed; `at` is where it begins in the section's text, if it is not about the whole.
    pub(super) fn covers(
        &mut self,
        node: usize,
        direction: Direction,
        first_line: u32,
        at: Option<usize>,
        code: &str,
    ) -> bool {
        let Some(allowances) = self.all.get_mut(&(node, direction, first_line)) else { return false };
        let mut is_covered = false;
        for allowance in allowances.iter_mut().filter(|it| it.code == Ok(code_of(code))) {
            let is_meant = match (at, &allowance.statement) {
                (None, _) => true,
                (Some(at), Some(statement)) => statement.contains(&at),
                (Some(_), None) => false,
            };
            allowance.is_used |= is_meant;
            is_covered |= is_meant;
        }
        is_covered
    }

    /// Reports those that allowed nothing.
    pub(super) fn tell_unused(
        &self,
        levels: &Levels,
        places: &Places<'_>,
        out: &mut Vec<(usize, Diagnostic)>,
    ) {
        let Some(level) = levels.of("unused-allow", Proof::Likely) else { return };
        for (node, section, allowance) in self.iter() {
            let Ok(code) = allowance.code else { continue };
            if allowance.is_used || !allowance.has_reason {
                continue;
            }
            let message = format!("nothing here is `{code}`");
            let finding = Diagnostic { level, ..Diagnostic::warning(Code("unused-allow"), message) }
                .label(places.text(node, section, &allowance.line), "this allows nothing")
                .note("it covers the statement below it, and what is said of its section as a whole")
                .help("remove it, or move it to the statement that it is about");
            out.push((node, finding));
        }
    }

    /// Reports those that cannot be understood.
    pub(super) fn tell_wrong(&self, places: &Places<'_>, out: &mut Vec<(usize, Diagnostic)>) {
        for (node, section, allowance) in self.iter() {
            let span = places.text(node, section, &allowance.line);
            match &allowance.code {
                Err((written, unknown)) => {
                    let message = match written.as_str() {
                        "" => "`migrate:allow` does not say what".to_owned(),
                        written => format!("there is no check `{written}`"),
                    };
                    let finding = Diagnostic::error(Code("unknown-check"), message)
                        .label(span, "what is allowed?")
                        .help(unknown.to_string());
                    out.push((node, finding));
                }
                Ok(code) if !allowance.has_reason => {
                    let finding =
                        Diagnostic::error(Code("missing-reason"), "`migrate:allow` gives no reason")
                            .label(span, "why does it not matter here?")
                            .help(format!(
                                "`-- migrate:allow {code} <reason>`: whoever reads the file next will ask"
                            ));
                    out.push((node, finding));
                }
                Ok(_) => {}
            }
        }
    }

    fn iter(&self) -> impl Iterator<Item = (usize, &'h Section, &Allowance)> {
        self.all.iter().flat_map(|((node, direction, line), allowances)| {
            let sections = &self.history.revision(*node).sections;
            let section = sections.iter().find(|it| it.direction == *direction && it.first_line == *line);
            allowances.iter().filter_map(move |allowance| Some((*node, section?, allowance)))
        })
    }
}

/// The check of a finding, which has its code from the list.
fn code_of(text: &str) -> &'static str {
    code(text).unwrap_or_default()
}

fn in_section(section: &Section) -> Vec<Allowance> {
    let text = &*section.text;
    let mut found = Vec::new();
    if !text.contains("migrate:allow") {
        return found;
    }
    // Any database that the section serves will do to tell statements apart.
    let dialect = section.dialects.iter().next().unwrap_or(Dialect::Postgres);
    let statements = split(text, dialect);
    let mut next = 0;
    for line in text.split_inclusive('\n') {
        let start = next;
        next += line.len();
        let Some(command) = line.trim().strip_prefix("--").map(str::trim_start) else { continue };
        let Some(rest) = command.strip_prefix("migrate:allow") else { continue };
        if !(rest.is_empty() || rest.starts_with(char::is_whitespace)) {
            continue;
        }
        let (word, reason) = rest.trim().split_once(char::is_whitespace).unwrap_or((rest.trim(), ""));
        let content = line.trim_end();
        let statement = statements.iter().find(|statement| statement.end > start);
        found.push(Allowance {
            code: code(word).map_err(|unknown| (word.to_owned(), unknown)),
            has_reason: !reason.trim().is_empty(),
            line: start + (content.len() - content.trim_start().len())..start + content.len(),
            statement: statement.map(|it| it.start..it.end),
            is_used: false,
        });
    }
    found
}
