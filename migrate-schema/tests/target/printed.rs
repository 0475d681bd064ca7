//! What `print` says of a schema, wanted of another one: printed again, it says the same.

use migrate_core::dialect::Dialect;
use migrate_core::schema::Schema;
use migrate_schema::{Options, PrintSchema, TargetOptions, print, target};

use super::{found, models, schema};

fn printed(schema: &Schema) -> String {
    print(schema, &PrintSchema::default(), &Options::server(None)).text
}

fn every_way(dialect: Dialect, schemas: &str) {
    let schemas: Vec<Schema> = schemas.split("-- next\n").map(|sql| schema(dialect, sql)).collect();
    let options = TargetOptions::default();
    let mut wrong = Vec::new();
    for (to, after) in schemas.iter().enumerate() {
        let text = printed(after);
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
            let reached = printed(&wanted.schema);
            if reached != text && wanted.findings.is_empty() {
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
