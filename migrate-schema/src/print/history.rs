//! Prints what a history makes, and says why that is not to be had.

use std::collections::BTreeMap;

use migrate_core::diagnostic::{Code, Diagnostic};
use migrate_core::history::History;
use migrate_core::proof::{self, Traces};
use migrate_core::replay::{Effect, Statements};
use migrate_core::revision::Direction;
use migrate_core::schema::{Certainty, ObjectId, Schema};
use migrate_core::source::{FileId, Sources, Span};

use super::{Options, Refused, RefusedKind, print};
use crate::diesel_toml::PrintSchema;
use crate::patch::apply_patch;

/// What is printed of a history.
pub struct PrintedHistory {
    /// The text, before a patch is applied. What the findings are about is not in it, or may be wrong in it.
    pub text: String,
    /// Why it may not be what diesel's command would print of a database that has the revisions.
    pub findings: Vec<Diagnostic>,
}

/// Prints the schema of a database that has these revisions and all that they need.
///
/// With `allow_uncertain` what is not known for sure is printed as far as it is known.
pub fn print_history(
    history: &History,
    nodes: &[usize],
    statements: &Statements<'_>,
    traces: &mut Traces,
    (settings, options): (&PrintSchema, &Options),
    allow_uncertain: bool,
) -> PrintedHistory {
    let schema = proof::follow(history, nodes, statements, traces, None);
    let printed = print(&schema, settings, options);
    let refused: Vec<Refused> = printed
        .refused
        .into_iter()
        .filter(|refused| !(allow_uncertain && refused.kind.is_uncertain()))
        .collect();
    let causes = causes(history, nodes, statements, traces, &refused);
    let mut findings: Vec<Diagnostic> = Vec::new();
    // The tables that one revision leaves in doubt are told at once.
    let mut doubtful: BTreeMap<Option<usize>, Vec<&str>> = BTreeMap::new();
    for (refused, cause) in refused.iter().zip(&causes) {
        match &refused.kind {
            RefusedKind::Uncertain(table) => doubtful.entry(*cause).or_default().push(table),
            kind => findings.push(blame(history, statements, *cause, describe(kind))),
        }
    }
    for (cause, tables) in doubtful {
        findings.push(blame(history, statements, cause, uncertain(&tables)));
    }
    PrintedHistory { text: printed.text, findings }
}

/// Applies a patch that is one of the sources to a text.
///
/// # Errors
///
/// - As [`apply_patch`]; the finding points to the part.
pub fn apply_patch_file(text: &str, patch: FileId, sources: &Sources) -> Result<String, Box<Diagnostic>> {
    let source = sources.get(patch);
    apply_patch(text, &source.text).map_err(|error| {
        let before: usize =
            source.text.split_inclusive('\n').take(error.line.saturating_sub(1)).map(str::len).sum();
        let line = source.text.get(before..).and_then(|rest| rest.lines().next()).unwrap_or_default();
        let message = format!("the patch `{}` does not apply", source.path);
        let finding = Diagnostic::error(Code("patch"), message)
            .label(Span::new(patch, before, before + line.len()), error.reason)
            .help(
                "print the schema without the patch, change it as wanted, and make the patch anew: `diff -u`",
            );
        Box::new(finding)
    })
}

/// For each of these the revision by which it is so.
fn causes(
    history: &History,
    nodes: &[usize],
    statements: &Statements<'_>,
    traces: &mut Traces,
    refused: &[Refused],
) -> Vec<Option<usize>> {
    let mut causes = vec![None; refused.len()];
    if !refused.iter().any(|refused| refused.kind.is_uncertain()) {
        return causes;
    }
    let doubt = |schema: &Schema, id: &ObjectId| {
        schema.get(id).is_some_and(|object| object.certainty != Certainty::Certain)
    };
    let mut see = |node, before: &Schema, after: &Schema| {
        for (refused, cause) in refused.iter().zip(&mut causes) {
            let is_it = match (&refused.kind, &refused.object) {
                (RefusedKind::Others, _) => {
                    cause.is_none() && after.may_have_more() && !before.may_have_more()
                }
                (RefusedKind::Uncertain(_), Some(id)) => doubt(after, id) && !doubt(before, id),
                (RefusedKind::UnknownType { .. }, Some(id)) => before.get(id) != after.get(id),
                _ => false,
            };
            if is_it {
                *cause = Some(node);
            }
        }
    };
    proof::follow(history, nodes, statements, traces, Some(&mut see));
    causes
}

/// Says which revision it is, and which statement.
fn blame(
    history: &History,
    statements: &Statements<'_>,
    node: Option<usize>,
    finding: Diagnostic,
) -> Diagnostic {
    let Some(node) = node else { return finding };
    let revision = history.revision(node);
    let pieces = statements.get(node, Direction::Upgrade).unwrap_or_default();
    let unknown = pieces.iter().position(|piece| matches!(piece.effect, Effect::Unknown));
    let section = revision.section(Direction::Upgrade, statements.dialect());
    let statement = unknown.zip(section).map(|(place, section)| {
        let piece = &pieces[place];
        let line = section.first_line.max(1) as usize + section.text[..piece.start].matches('\n').count();
        let short: String = piece.text.lines().next().unwrap_or_default().chars().take(60).collect();
        format!(":{line}: its statement {} is not understood, `{short}`", place + 1)
    });
    let (id, path) = (revision.id.as_str(), revision.section_path(Direction::Upgrade));
    finding.note(format!("since `{id}`, {path}{}", statement.unwrap_or_default()))
}

fn not_known(message: String) -> Diagnostic {
    Diagnostic::error(Code("print-uncertain"), message)
        .help("`-- migrate:effect` above a statement that is not understood says what it does")
}

fn uncertain(tables: &[&str]) -> Diagnostic {
    let names: Vec<String> = tables.iter().map(|table| format!("`{table}`")).collect();
    match tables {
        [table] => not_known(format!("not all is known of table `{table}`")),
        _ => not_known(format!("not all is known of the tables {}", names.join(", "))),
    }
}

fn describe(kind: &RefusedKind) -> Diagnostic {
    let refused = |message: String| Diagnostic::error(Code("print-schema"), message);
    let filter =
        "leave it out with `filter = { except_tables = [\"...\"] }` in `[print_schema]` of diesel.toml";
    match kind {
        RefusedKind::Others => not_known("there may be tables that nobody knows of".to_owned()),
        RefusedKind::Uncertain(table) => uncertain(&[table]),
        RefusedKind::UnknownType { table, column } => {
            not_known(format!("the type of column `{column}` of table `{table}` is not known"))
        }
        RefusedKind::NoDieselType { table, column, name } => refused(format!(
            "diesel has no type for column `{column}` of table `{table}`, which is `{name}`"
        ))
        .help(filter),
        RefusedKind::NoPrimaryKey(table) => {
            refused(format!("table `{table}` has no primary key, and diesel takes none without")).help(filter)
        }
        RefusedKind::Virtual { table, module } => refused(format!(
            "`{table}` is a virtual table: its columns, and the tables beside it, are the business of `{module}`"
        ))
        .help(filter),
        RefusedKind::SqliteSchema(schema) => {
            refused(format!("SQLite has no schema `{schema}` to print")).help("take `schema` out of diesel.toml")
        }
    }
}
