//! Mismatches in words.

use std::collections::BTreeMap;

use migrate_core::checks::{Levels, Served};
use migrate_core::diagnostic::{Code, Diagnostic};
use migrate_core::dialect::{Dialect, DialectSet};
use migrate_core::file::Dialects;
use migrate_core::history::History;
use migrate_core::proof::{self, Traces};
use migrate_core::replay::Statements;
use migrate_core::schema::{Object, ObjectBody, ObjectId, Schema};
use migrate_core::source::Span;

use crate::compare::{Mismatch, MismatchKind, ModelFile, compare};
use crate::read::IGNORE;

/// Compares the declarations with the schema at the heads of the history, for each database that the history serves; what
/// is the same for several is told once. `read` reads the history's statements for a database; of the upgrades of the revisions
/// of which the function says yes something will be needed. What came of revisions before is taken from `traces`.
pub fn check<'h>(
    history: &'h History,
    dialects: Dialects,
    files: &[ModelFile],
    levels: &Levels,
    traces: &mut Traces,
    read: impl Fn(Dialect, &(dyn Fn(usize) -> bool + Sync)) -> Statements<'h>,
) -> Vec<Diagnostic> {
    let served = Served::of(history, dialects);
    let mut compare = |dialect| {
        let statements = read(dialect, &|node| !proof::is_known(history, node, dialect, true, traces));
        Compared::new(history, &statements, files, traces)
    };
    let mut compared: Vec<Compared> = served.certain.iter().map(&mut compare).collect();
    // It serves at least one of these: the one that the declarations suit best.
    compared.extend(served.possible.iter().map(compare).min_by_key(|compared| compared.found.len()));

    let all: DialectSet = compared.iter().map(|compared| compared.dialect).collect();
    let mut told: Vec<(Mismatch, DialectSet, Option<Maker>)> = Vec::new();
    for Compared { dialect, found, makers } in compared {
        for (mismatch, maker) in found.into_iter().zip(makers) {
            let same = told.iter_mut().find(|(other, ..)| {
                (other.file, &other.at, &other.table, &other.kind)
                    == (mismatch.file, &mismatch.at, &mismatch.table, &mismatch.kind)
            });
            match same {
                Some((_, set, _)) => *set = set.with(dialect),
                None => told.push((mismatch, dialect.into(), maker)),
            }
        }
    }
    told.sort_by_key(|(mismatch, ..)| (mismatch.file, mismatch.at.start));
    let mut findings: Vec<Diagnostic> = files.iter().flat_map(unread).collect();
    for (mismatch, set, maker) in told {
        let mut finding = describe(&mismatch, &files[mismatch.file]);
        if set.len() < all.len() {
            let names: Vec<_> = set.iter().map(Dialect::name).collect();
            finding.notes.push(format!("only on {}", names.join(" and ")));
        }
        if let Some(Maker { node, did_drop }) = maker {
            let revision = history.revision(node);
            let did = if did_drop { "dropped it" } else { "made it so" };
            finding.notes.push(format!("`{}` {did}: {}", revision.id.as_str(), revision.path));
        }
        findings.push(finding);
    }
    levels.apply(&mut findings);
    findings
}

fn unread(file: &ModelFile) -> Vec<Diagnostic> {
    let each = file.models.unread.iter().map(|unread| {
        Diagnostic::warning(Code("unread-model"), "this declaration is not compared with the migrations")
            .label(Span::new(file.source, unread.at.start, unread.at.end), unread.why.clone())
    });
    each.collect()
}

/// The revision by which something is the way it is.
#[derive(Clone, Copy, Debug)]
struct Maker {
    node: usize,
    did_drop: bool,
}

/// What came out for one database.
struct Compared {
    dialect: Dialect,
    found: Vec<Mismatch>,
    /// Who made what each mismatch is about the way it is.
    makers: Vec<Option<Maker>>,
}

impl Compared {
    fn new(history: &History, statements: &Statements<'_>, files: &[ModelFile], traces: &mut Traces) -> Self {
        let dialect = statements.dialect();
        let heads = history.graph().real_heads();
        let found = compare(files, &proof::follow(history, heads, statements, traces, None));
        let mut last: BTreeMap<_, (Option<String>, Option<Maker>)> =
            found.iter().map(|mismatch| (&mismatch.object, (None, None))).collect();
        if !last.is_empty() {
            let mut see = |node, _: &Schema, schema: &Schema| {
                for ((id, column), (seen, maker)) in &mut last {
                    let now = look(schema, id, column.as_deref());
                    if now != *seen {
                        *maker = Some(Maker { node, did_drop: now.is_none() });
                        *seen = now;
                    }
                }
            };
            proof::follow(history, heads, statements, traces, Some(&mut see));
        }
        let maker = |mismatch: &Mismatch| last.get(&mismatch.object).and_then(|(_, maker)| *maker);
        let makers = found.iter().map(maker).collect();
        Self { dialect, found, makers }
    }
}

/// What counts of a column, or that a table is there and what its primary key is.
fn look(schema: &Schema, id: &ObjectId, column: Option<&str>) -> Option<String> {
    let Object { body: ObjectBody::Table(table), .. } = schema.get(id)? else { return None };
    match column {
        None => Some(format!("{:?}", table.primary_key())),
        Some(name) => {
            let column = table.columns.iter().find(|column| *column.name == *name)?;
            Some(format!("{} {}", column.data_type, column.not_null))
        }
    }
}

fn list(columns: &[String]) -> String {
    format!("({})", columns.join(", "))
}

/// The finding for a mismatch.
fn describe(mismatch: &Mismatch, file: &ModelFile) -> Diagnostic {
    let table = &mismatch.table;
    let (code, message, label) = match &mismatch.kind {
        MismatchKind::NoTable => {
            ("model-table", format!("no migration makes the table `{table}`"), "declared here".to_owned())
        }
        MismatchKind::UndeclaredTable => (
            "undeclared-table",
            format!("the migrations make the table `{table}`, which is declared nowhere"),
            String::new(),
        ),
        MismatchKind::NoColumn(column) => (
            "model-column",
            format!("no migration makes the column `{column}` of `{table}`"),
            "declared here".to_owned(),
        ),
        MismatchKind::UndeclaredColumn(column) => (
            "undeclared-column",
            format!("the migrations make a column `{column}` of `{table}`, which is not declared"),
            "not among the columns of this table".to_owned(),
        ),
        MismatchKind::Type { column, model, database, expected } => (
            "model-type",
            format!("`{table}.{column}` is `{database}` by the migrations, and is declared as `{model}`"),
            expected.as_ref().map_or(String::new(), |expected| format!("`{expected}` stands for it")),
        ),
        MismatchKind::Nullability { column, model, model_is_nullable: false } => (
            "model-nullability",
            format!("`{table}.{column}` may be NULL by the migrations, and is declared as `{model}`"),
            "reading a NULL as this fails".to_owned(),
        ),
        MismatchKind::Nullability { column, model, model_is_nullable: true } => (
            "model-nullability",
            format!(
                "`{table}.{column}` is never NULL by the migrations, and is declared as `Nullable<{model}>`"
            ),
            "writing a NULL fails".to_owned(),
        ),
        MismatchKind::PrimaryKey { model, database: Some(database) } => (
            "model-primary-key",
            format!("the primary key of `{table}` is {} by the migrations", list(database)),
            format!("declared as {}", list(model)),
        ),
        MismatchKind::PrimaryKey { model, database: None } => (
            "model-primary-key",
            format!("`{table}` has no primary key by the migrations"),
            format!("declared as {}", list(model)),
        ),
        MismatchKind::Length { column, model, database } => {
            let database = database.map_or("any length".to_owned(), |length| format!("at most {length}"));
            (
                "model-length",
                format!("`{table}.{column}` has {database} characters by the migrations"),
                format!("declared with `#[max_length = {model}]`"),
            )
        }
        MismatchKind::NoForeignKey { column, parent } => (
            "joinable",
            format!("no foreign key leads from `{table}.{column}` to `{parent}`"),
            "declared as joinable here".to_owned(),
        ),
    };
    let finding = match mismatch.kind.is_error() {
        true => Diagnostic::error(Code(code), message),
        false => Diagnostic::warning(Code(code), message),
    };
    let finding = finding.label(Span::new(file.source, mismatch.at.start, mismatch.at.end), label);
    let help = match &mismatch.kind {
        MismatchKind::Nullability { model, model_is_nullable: false, .. } => {
            format!("declare it as `Nullable<{model}>`, or write a revision that makes the column `NOT NULL`")
        }
        MismatchKind::Nullability { model, model_is_nullable: true, .. } => {
            format!("declare it as `{model}`, or write a revision that allows NULL")
        }
        MismatchKind::Type { expected: Some(expected), .. } => {
            format!("declare it as `{expected}`, or write a revision that changes the type")
        }
        MismatchKind::Type { .. } => return finding,
        MismatchKind::UndeclaredTable => {
            "`diesel print-schema` declares it; `filter` in diesel.toml leaves tables out".to_owned()
        }
        _ => return finding,
    };
    let finding = finding.help(help);
    match mismatch.kind.is_error() {
        true => finding.help(format!("where it is meant so, `// {IGNORE}` above the column leaves it out")),
        false => finding,
    }
}
