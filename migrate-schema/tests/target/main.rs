//! What models want of a schema, as the statements that make it so. Each case is taken to its end: once the statements have
//! run, nothing is left to do.

mod constraints;
mod diesel;
mod sql;
mod superset;

use migrate_core::autogenerate::generate;
use migrate_core::dialect::{Dialect, DialectSet};
use migrate_core::interpret::Interpreter;
use migrate_core::replay::{pieces_of, run};
use migrate_core::schema::Schema;
use migrate_core::source::{Sources, position};
use migrate_schema::{ModelFile, SqlFile, Target, TargetOptions, Touched, print_schemas, read, target};

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
        settings: print_schemas(config).pop(),
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

/// The statements that make the base what the files want, a line each, and what was found. Once they have run, the files want
/// nothing more.
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
    let lines = generated.upgrade.statements.iter().map(|statement| {
        statement.sql.split_whitespace().collect::<Vec<_>>().join(" ").replace("( ", "(").replace(" )", ")")
    });
    (lines.collect(), found(&wanted, text))
}

/// Asserts the statements by which `base` becomes what `text` declares.
#[track_caller]
fn check(dialect: Dialect, base: &str, text: &str, expected: &[&str]) {
    check_with(dialect, base, text, "", &TargetOptions::default(), expected, &[]);
}

/// Asserts the statements, and what was found.
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
