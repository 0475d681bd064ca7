//! What `print` says of a schema, wanted of another one: printed again, it says the same.

use migrate_core::dialect::Dialect;
use migrate_core::schema::Schema;
use migrate_schema::{Options, PrintSchema, TargetOptions, print, target};

use super::{found, models, schema};

/// What diesel says of it, if it can say all.
fn printed(schema: &Schema) -> Option<String> {
    let printed = print(schema, &PrintSchema::default(), &Options::server(None));
    printed.refused.is_empty().then_some(printed.text)
}

/// Without what stays as it is whatever is declared: a text may be of any length, keys of SQLite may take NULL, and a foreign key
/// between what is there comes and goes with no `joinable!`.
fn asserted(text: &str) -> String {
    let lines = text.lines().filter(|line| !line.contains("#[max_length") && !line.contains("joinable!"));
    let text: String = lines.filter(|line| !line.is_empty()).map(|line| format!("{line}\n")).collect();
    text.replace("id -> Nullable<Integer>", "id -> Integer").replace("Varchar", "Text")
}

fn every_way(dialect: Dialect, schemas: &str) {
    let schemas: Vec<Schema> = schemas.split("-- next\n").map(|sql| schema(dialect, sql)).collect();
    let options = TargetOptions::default();
    let mut wrong = Vec::new();
    for (to, after) in schemas.iter().enumerate() {
        let Some(text) = printed(after) else { continue };
        let files = [models(&text, "")];
        // Nothing is wanted of what is printed.
        let same = target(after, &files, &options);
        let left = after.differences(&same.schema);
        if !left.is_empty() || !same.findings.is_empty() {
            wrong.push(format!("{to}: {left:?} {:?}", found(&same, &text)));
        }
        for (from, before) in schemas.iter().enumerate() {
            let wanted = target(before, &files, &options);
            let again = target(&wanted.schema, &files, &options);
            let left = wanted.schema.differences(&again.schema);
            if !left.is_empty() {
                wrong.push(format!("from {from} to {to}, twice: {left:?}"));
            }
            let Some(reached) = printed(&wanted.schema) else { continue };
            // Files without a table declare nothing.
            let is_open = !text.contains("table!") || !wanted.findings.is_empty();
            if !is_open && asserted(&reached) != asserted(&text) {
                wrong.push(format!("from {from} to {to}\n{text}\nis\n{reached}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn postgres() {
    every_way(Dialect::Postgres, include_str!("../../../tests/fixtures/schemas/postgres.sql"));
}

#[test]
fn sqlite() {
    every_way(Dialect::Sqlite, include_str!("../../../tests/fixtures/schemas/sqlite.sql"));
}

#[test]
fn mysql() {
    every_way(Dialect::Mysql, include_str!("../../../tests/fixtures/schemas/mysql.sql"));
}
