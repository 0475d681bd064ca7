//! Alembic's revisions, from what it prints: `upgrade … --sql`, `downgrade … --sql`, `history --verbose`.
//!
//! The SQL is what Alembic would send. Comments say where a revision begins and which ones it builds on; the statements
//! for Alembic's own table, BEGIN and COMMIT are left out. What a revision depends on, its branch labels and its
//! message are only in the history, so that is needed wherever there may be such.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::diagnostic::{Code, Diagnostic};
use crate::dialect::Dialect;
use crate::revision::{Direction, RevisionId};
use crate::source::{FileId, Sources, Span};
use crate::sql::{self, TokenKind, significant_tokens};

mod text;

pub use text::NewFile;

/// One direction of a revision, as Alembic printed it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Printed {
    /// The revision.
    pub id: String,
    /// Its parents.
    pub parents: Vec<String>,
    /// Its statements.
    pub sql: String,
    /// Whether nothing of it stood between a COMMIT and the next BEGIN.
    pub transactional: bool,
    /// The comment with which it begins.
    pub span: Span,
}

/// What the history says of a revision.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Described {
    /// Its parents.
    pub parents: Vec<String>,
    /// Ids or labels.
    pub depends_on: Vec<String>,
    /// The labels that reach it.
    pub labels: Vec<String>,
    /// The docstring, without what the file's template adds.
    pub message: String,
    /// The `Create Date` of the docstring.
    pub create_date: Option<String>,
}

/// Reads the output of `alembic upgrade base:heads --sql`, or of `alembic downgrade heads:base --sql`. `table` is the
/// name of Alembic's own table.
pub fn printed(
    sources: &Sources,
    file: FileId,
    dialect: Dialect,
    table: &str,
    direction: Direction,
    findings: &mut Vec<Diagnostic>,
) -> Vec<Printed> {
    let text = &*sources.get(file).text;
    let begins = |at: usize| at == 0 || text.as_bytes()[at - 1] == b'\n';
    let comments = sql::tokens(text, dialect)
        .filter(|token| token.kind == TokenKind::LineComment && begins(token.start))
        .filter_map(|token| Some((token, token.text(text).strip_prefix("-- Running ")?)));
    let comments: Vec<_> = comments.collect();
    let mut revisions: Vec<Printed> = Vec::with_capacity(comments.len());
    let first = comments.first().map_or(text.len(), |(token, _)| token.start);
    preamble(&text[..first], file, dialect, table, findings);
    for (nth, (token, said)) in comments.iter().enumerate() {
        let span = Span::new(file, token.start, token.end);
        let end = comments.get(nth + 1).map_or(text.len(), |(next, _)| next.start);
        let Some((id, parents)) = step(said, direction) else {
            let message = format!("this is not a step of `alembic {direction} --sql`");
            findings.push(Diagnostic::error(Code("alembic-output"), message).label(span, "found here"));
            continue;
        };
        for name in parents.iter().chain([&id]) {
            if let Err(wrong) = RevisionId::new(name.clone()) {
                let message = format!("`{name}` cannot be a revision id here: {wrong}");
                findings.push(
                    Diagnostic::error(Code("bad-id"), message)
                        .label(span, "named here")
                        .help("give it another id in Alembic first: in its file, in those that name it, and in `alembic_version`"),
                );
            }
        }
        let Body { sql, transactional, records } = body(&text[token.end..end], dialect, table);
        if !records {
            let message = format!("nothing records the {direction} of `{id}` in `{table}`");
            findings.push(
                Diagnostic::error(Code("alembic-output"), message)
                    .label(span, "it begins here")
                    .help("name Alembic's table: `--table`"),
            );
        }
        revisions.push(Printed { id, parents, sql, transactional, span });
    }
    if comments.is_empty() {
        let message = format!("there is no step of `alembic {direction} --sql` in this file");
        findings.push(
            Diagnostic::error(Code("alembic-output"), message)
                .label(Span::new(file, 0, 0), format!("no line begins with `-- Running {direction}`")),
        );
    }
    revisions
}

/// `upgrade a, b -> c`: the revision and its parents.
fn step(said: &str, direction: Direction) -> Option<(String, Vec<String>)> {
    let (from, to) = said.strip_prefix(direction.name())?.split_once("->")?;
    let (id, parents) = match direction {
        Direction::Upgrade => (to, from),
        Direction::Downgrade => (from, to),
    };
    Some((id.trim().to_owned(), list(parents)))
}

fn list(text: &str) -> Vec<String> {
    text.split(',').map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned).collect()
}

/// What belongs to no revision may only be Alembic's own.
fn preamble(text: &str, file: FileId, dialect: Dialect, table: &str, findings: &mut Vec<Diagnostic>) {
    for statement in sql::split(text, dialect) {
        if Kind::of(statement.text, dialect, table) == Kind::Other {
            findings.push(
                Diagnostic::error(Code("alembic-output"), "this statement belongs to no revision")
                    .label(Span::new(file, statement.start, statement.end), "before the first one")
                    .help("put it into a revision of its own, or take it out of the file"),
            );
        }
    }
}

struct Body {
    sql: String,
    transactional: bool,
    records: bool,
}

/// The statements of a revision, without Alembic's own.
fn body(text: &str, dialect: Dialect, table: &str) -> Body {
    let mut body = Body { sql: String::with_capacity(text.len()), transactional: true, records: false };
    let (mut from, mut committed) = (0, false);
    for statement in sql::split(text, dialect) {
        let kind = Kind::of(statement.text, dialect, table);
        match kind {
            Kind::Other => {
                body.transactional &= !committed;
                continue;
            }
            Kind::Begin => committed = false,
            Kind::Commit => committed = true,
            Kind::Record => body.records = true,
        }
        body.sql.push_str(&text[from..statement.start]);
        let rest = &text[statement.end..];
        from = text.len() - rest.trim_start_matches(|c: char| c == ';' || c.is_whitespace()).len();
    }
    body.sql.push_str(&text[from..]);
    body.sql = body.sql.trim().to_owned();
    body
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Begin,
    Commit,
    /// A statement for Alembic's own table.
    Record,
    Other,
}

impl Kind {
    fn of(statement: &str, dialect: Dialect, table: &str) -> Self {
        let words: Vec<&str> = significant_tokens(statement, dialect).take(6).collect();
        let is = |at: usize, word: &str| words.get(at).is_some_and(|other| other.eq_ignore_ascii_case(word));
        let name = |at: usize| {
            // Behind a schema, if there is one.
            let at = if is(at + 1, ".") { at + 2 } else { at };
            let bare = |word: &str| word.trim_matches(['"', '`', '[', ']']).eq_ignore_ascii_case(table);
            words.get(at).is_some_and(|word| bare(word))
        };
        let records = is(0, "insert") && is(1, "into") && name(2)
            || is(0, "update") && name(1)
            || is(0, "delete") && is(1, "from") && name(2)
            || (is(0, "create") || is(0, "drop")) && is(1, "table") && name(2);
        match words[..] {
            _ if records => Self::Record,
            [_] if is(0, "begin") => Self::Begin,
            [_, _] if is(0, "begin") || is(0, "start") && is(1, "transaction") => Self::Begin,
            [_] if is(0, "commit") => Self::Commit,
            _ => Self::Other,
        }
    }
}

/// Whether there may be dependencies and labels: the revisions form more than one line, or go on from others.
pub fn may_have_dependencies(revisions: &[Printed]) -> bool {
    let printed: HashSet<&str> = revisions.iter().map(|revision| revision.id.as_str()).collect();
    let mut children: HashMap<&str, usize> = HashMap::new();
    for revision in revisions {
        let parents = revision.parents.iter().map(String::as_str);
        // Those without parents hang on nothing, together.
        for parent in parents.chain(revision.parents.is_empty().then_some("")) {
            *children.entry(parent).or_default() += 1;
        }
    }
    let goes_on = |parent: &&str| !parent.is_empty() && !printed.contains(parent);
    children.values().any(|count| *count > 1) || children.keys().any(goes_on)
}

/// Reads the output of `alembic history --verbose`.
pub fn described(text: &str) -> BTreeMap<String, Described> {
    let mut all: BTreeMap<String, Described> = BTreeMap::new();
    let mut id = None;
    for line in text.lines() {
        if let Some(rest) = line.strip_prefix("Rev: ") {
            let name = rest.split(' ').next().unwrap_or_default().to_owned();
            all.insert(name.clone(), Described::default());
            id = Some(name);
            continue;
        }
        let Some(revision) = id.as_ref().and_then(|id| all.get_mut(id)) else { continue };
        if let Some(line) = line.strip_prefix("    ") {
            revision.message.push_str(line);
            revision.message.push('\n');
        } else if let Some((key, value)) = line.split_once(": ") {
            match key {
                "Parent" | "Merges" => {
                    revision.parents = list(value).into_iter().filter(|name| name != "<base>").collect();
                }
                "Also depends on" => revision.depends_on = list(value),
                "Branch names" => revision.labels = list(value),
                _ => {}
            }
        }
    }
    for revision in all.values_mut() {
        strip_template(revision);
    }
    all
}

/// The template of Alembic's files ends each docstring with a list of what the revision says anyway.
fn strip_template(revision: &mut Described) {
    let mut message = Vec::new();
    for line in revision.message.lines() {
        match line.split_once(':') {
            Some(("Revision ID" | "Revises", _)) => {}
            Some(("Create Date", date)) => revision.create_date = Some(date.trim().to_owned()),
            _ => message.push(line.trim_end()),
        }
    }
    revision.message = message.join("\n").trim().to_owned();
}

/// The labels that each revision carries itself, from those that reach it: the first revision of a line that has the
/// label. Second, the labels of which that matters and is not certain: something depends on the label, and a later
/// revision of the same line may be the one that carries it.
pub fn own_labels(all: &BTreeMap<String, Described>) -> (BTreeMap<&str, Vec<&str>>, Vec<&str>) {
    let has =
        |id: &str, label: &str| all.get(id).is_some_and(|other| other.labels.iter().any(|l| l == label));
    let mut children: HashMap<&str, Vec<&Described>> = HashMap::new();
    for revision in all.values() {
        for parent in &revision.parents {
            children.entry(parent).or_default().push(revision);
        }
    }
    let needed: HashSet<&str> =
        all.values().flat_map(|revision| &revision.depends_on).map(String::as_str).collect();
    let (mut own, mut uncertain) = (BTreeMap::<&str, Vec<&str>>::new(), Vec::new());
    for (id, revision) in all {
        for label in &revision.labels {
            if revision.parents.iter().any(|parent| has(parent, label)) {
                continue;
            }
            own.entry(id).or_default().push(label);
            // A label reaches down to the nearest branch point or merge point, so those carry it themselves.
            let later = children.get(id.as_str()).map_or(&[][..], Vec::as_slice);
            if needed.contains(label.as_str()) && matches!(later, [child] if child.parents.len() == 1) {
                uncertain.push(label.as_str());
            }
        }
    }
    (own, uncertain)
}

#[cfg(test)]
mod tests;
