//! Every schema of a list is made into every other one; the statements are replayed, and have to lead there.

use crate::dialect::Dialect;
use crate::diff::diff;
use crate::interpret::Interpreter;
use crate::render::render;
use crate::replay::{pieces_of, run};
use crate::schema::Schema;

fn replayed(schema: Schema, sql: &str) -> (Schema, Vec<String>) {
    let mut interpreter = Interpreter::on(schema);
    let pieces = pieces_of(sql, interpreter.schema().dialect());
    let findings = run(&mut interpreter, &pieces);
    let told =
        findings.into_iter().map(|(place, finding)| format!("{}: {}", finding.message, pieces[place].text));
    let told = told.collect();
    (interpreter.into_schema(), told)
}

fn made(sql: &str, dialect: Dialect) -> Schema {
    let (schema, told) = replayed(Schema::new(dialect), sql);
    assert_eq!(told, Vec::<String>::new(), "{sql}");
    schema
}

/// What goes wrong on the way from one schema to another; nothing, if nothing does.
fn wrong(before: &Schema, after: &Schema) -> Option<String> {
    let operations = diff(before, after);
    let sql = render(&operations, before, after).text();
    let (reached, told) = replayed(before.clone(), &sql);
    let differences: Vec<String> = reached.differences(after).iter().map(ToString::to_string).collect();
    let undecided = reached.undecided(after);
    let again = diff(&reached, after);
    let is_fine = told.is_empty() && differences.is_empty() && undecided.is_empty() && again.is_empty();
    (!is_fine).then(|| {
        format!("refused: {told:#?}\ndifferent: {differences:#?}\nundecided: {undecided:?}\nagain: {again:?}\n{sql}")
    })
}

fn every_way(dialect: Dialect, schemas: &str) {
    let mut all = Vec::new();
    let nothing = Schema::new(dialect);
    let schemas: Vec<Schema> =
        [nothing].into_iter().chain(schemas.split("-- next\n").map(|sql| made(sql, dialect))).collect();
    for (from, before) in schemas.iter().enumerate() {
        for (to, after) in schemas.iter().enumerate() {
            if let Some(wrong) = wrong(before, after) {
                all.push(format!("from {from} to {to}\n{wrong}"));
            }
        }
    }
    assert!(all.is_empty(), "{}: {}", all.len(), all.join("\n\n"));
}

#[test]
fn postgres_goes_every_way() {
    every_way(Dialect::Postgres, include_str!("../../../tests/fixtures/schemas/postgres.sql"));
}

#[test]
fn sqlite_goes_every_way() {
    every_way(Dialect::Sqlite, include_str!("../../../tests/fixtures/schemas/sqlite.sql"));
}

#[test]
fn mysql_goes_every_way() {
    every_way(Dialect::Mysql, include_str!("../../../tests/fixtures/schemas/mysql.sql"));
}
