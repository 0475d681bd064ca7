//! What models want of a schema, as what changes in it. Each case is taken to its end: statements are generated, and once they
//! have run, nothing is left to do.

mod constraints;
mod diesel;
mod printed;
mod sql;
mod superset;

use std::collections::BTreeSet;

use migrate_core::autogenerate::generate;
use migrate_core::dialect::{Dialect, DialectSet};
use migrate_core::interpret::Interpreter;
use migrate_core::replay::{pieces_of, run};
use migrate_core::schema::Schema;
use migrate_core::source::{Sources, position};
use migrate_schema::{ModelFile, SqlFile, Target, TargetOptions, Touched, read, read_print_schemas, target};

/// The schema that statements make; all of them are taken.
fn replayed(schema: Schema, sql: &str) -> Schema {
    let dialect = schema.dialect();
    let mut interpreter = Interpreter::on(schema);
    let findings = run(&mut interpreter, &pieces_of(sql, dialect));
    let findings: Vec<_> = findings
        .iter()
        .filter(|(_, finding)| finding.proof == migrate_core::interpret::Proof::Certain)
        .collect();
    assert!(findings.is_empty(), "{findings:?}\n{sql}");
    interpreter.into_schema()
}

fn schema(dialect: Dialect, sql: &str) -> Schema {
    replayed(Schema::new(dialect), sql)
}

/// A file of declarations, with what `diesel.toml` says of it.
fn models(text: &str, config: &str) -> ModelFile {
    let source = Sources::new().add("schema.rs".to_owned(), text.as_bytes().to_vec(), &mut vec![]);
    ModelFile {
        source,
        models: read(text, DialectSet::ALL),
        settings: read_print_schemas(config).0.into_iter().rfind(|print| print.file.is_some()),
        touched: Touched::default(),
        sql: None,
    }
}

/// A file of SQL.
fn statements(text: &str) -> ModelFile {
    let sql = SqlFile { text: text.into(), dialects: DialectSet::ALL };
    ModelFile { sql: Some(sql), ..models("", "") }
}

/// What was found, a line each: the place and the words.
fn found(target: &Target, text: &str) -> Vec<String> {
    let lines = target.findings.iter().map(|finding| {
        let label = finding.labels.first();
        let place = label.map_or(0, |label| label.span.start as usize);
        let place = position(text, place);
        let label = label.map_or("", |label| label.text.as_str());
        let between = if label.is_empty() { "" } else { ": " };
        format!("{}:{} {}{between}{label}", place.line, place.column, finding.message)
    });
    lines.collect()
}

/// What the files want to be changed, a line each, and what was found. Statements lead there, and once they have run, the files
/// want nothing more.
fn way(
    base: &Schema,
    files: &[ModelFile],
    text: &str,
    options: &TargetOptions,
) -> (Vec<String>, Vec<String>) {
    let wanted = target(base, files, options);
    let generated = generate(base, &wanted.schema, &wanted.renames);
    let generated = generated.unwrap_or_else(|unreached| panic!("{unreached:#?}\n{text}"));
    let script = generated.upgrade.text();
    let reached = replayed(base.clone(), &script);
    let again = target(&reached, files, options);
    assert!(again.renames.is_empty(), "{:?}", again.renames);
    let rest = generate(&reached, &again.schema, &[]);
    let rest = rest.unwrap_or_else(|unreached| panic!("{unreached:#?}\n{script}"));
    assert_eq!(rest.upgrade.text(), "", "after\n{script}\n{:#?}", rest.differences);
    assert_eq!(again.schema.differences(&wanted.schema), [], "{text}");
    let changes = if script.is_empty() { vec![] } else { changes(base, &wanted.schema) };
    (changes, found(&wanted, text))
}

/// What is true of one schema and not of the other, a line each. Of what goes there is just the name.
fn changes(base: &Schema, wanted: &Schema) -> Vec<String> {
    let names = |schema: &Schema| -> BTreeSet<String> {
        schema.described().iter().map(|object| format!("{} {}", object.kind, object.name)).collect()
    };
    let facts = |schema: &Schema, others: &BTreeSet<String>, is_told: bool| {
        let mut facts = BTreeSet::new();
        for object in schema.described() {
            let title = format!("{} {}", object.kind, object.name);
            let is_there = others.contains(&title);
            // A sequence comes and goes with its column.
            if is_there || is_told && object.kind != "sequence" {
                facts.extend(object.lines.iter().map(|line| format!("{}: {line}", object.name)));
            }
            if !is_there && object.kind != "sequence" {
                facts.insert(title);
            }
        }
        facts
    };
    let (before, after) = (facts(base, &names(wanted), false), facts(wanted, &names(base), true));
    let gone = before.difference(&after).map(|fact| format!("- {fact}"));
    let new = after.difference(&before).map(|fact| format!("+ {fact}"));
    gone.chain(new).collect()
}

/// Asserts what changes where `base` becomes what `text` declares.
#[track_caller]
fn check(dialect: Dialect, base: &str, text: &str, expected: &[&str]) {
    check_with(dialect, base, text, "", &TargetOptions::default(), expected, &[]);
}

/// Asserts what changes, and what was found.
#[track_caller]
fn check_with(
    dialect: Dialect,
    base: &str,
    text: &str,
    config: &str,
    options: &TargetOptions,
    expected: &[&str],
    findings: &[&str],
) {
    let (lines, found) = way(&schema(dialect, base), &[models(text, config)], text, options);
    assert_eq!(found, findings, "{base}\n{text}");
    assert_eq!(lines, expected, "{base}\n{text}");
}
