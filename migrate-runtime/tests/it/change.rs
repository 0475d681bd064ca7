//! A schema is made into another one on a real database and is that one then.

use diesel::connection::SimpleConnection;
use diesel::{Connection, SqliteConnection};
use migrate_core::diff::diff;
use migrate_core::interpret::Interpreter;
use migrate_core::render::render;
use migrate_core::replay::{pieces_of, run};
use migrate_core::schema::Schema;
use migrate_core::sql::split;
use migrate_runtime::{MigrateConnection, reflect};
use migrate_test::{Database, MysqlConnection, PgConnection};

fn replayed(schema: Schema, sql: &str) -> Schema {
    let dialect = schema.dialect();
    let mut interpreter = Interpreter::on(schema);
    run(&mut interpreter, &pieces_of(sql, dialect));
    interpreter.into_schema()
}

/// What goes wrong on the way from one schema to another.
fn lead<C: MigrateConnection + SimpleConnection>(
    conn: &mut C,
    from: &str,
    to: &str,
    wrong: &mut Vec<String>,
) {
    let dialect = conn.dialect();
    let execute = |conn: &mut C, sql: &str| {
        let pieces = split(sql, dialect);
        pieces.iter().try_for_each(|piece| {
            conn.batch_execute(piece.text).map_err(|error| format!("{error}\n    {}", piece.text))
        })
    };
    execute(conn, from).expect("the first schema can be made");
    let (before, after) = (replayed(Schema::new(dialect), from), replayed(Schema::new(dialect), to));
    let operations = diff(&before, &after);
    let sql = render(&operations, &before, &after).text();
    if let Err(error) = execute(conn, &sql) {
        wrong.push(format!("refused: {error}\n{sql}"));
        return;
    }
    let reached = reflect(conn, &[]).expect("the catalog can be read");
    let differences: Vec<String> = after
        .differences(&reached)
        .into_iter()
        .filter(|one| !one.is_text_only)
        .map(|one| one.to_string())
        .collect();
    if !differences.is_empty() {
        wrong.push(format!("{differences:#?}\n{sql}"));
    }
}

fn every_way<C: MigrateConnection + SimpleConnection>(
    schemas: &str,
    mut fresh: impl FnMut(&mut dyn FnMut(&mut C)),
) {
    let schemas: Vec<&str> = [""].into_iter().chain(schemas.split("-- next\n")).collect();
    let mut wrong = Vec::new();
    for (one, from) in schemas.iter().enumerate() {
        for (other, to) in schemas.iter().enumerate().filter(|(other, _)| *other != one) {
            fresh(&mut |conn| {
                let known = wrong.len();
                lead(conn, from, to, &mut wrong);
                wrong[known..]
                    .iter_mut()
                    .for_each(|wrong| wrong.insert_str(0, &format!("from {one} to {other}: ")));
            });
        }
    }
    assert!(wrong.is_empty(), "{}: {}", wrong.len(), wrong.join("\n\n"));
}

#[test]
fn sqlite_goes_every_way() {
    every_way::<SqliteConnection>(include_str!("../../../tests/fixtures/schemas/sqlite.sql"), |work| {
        work(&mut SqliteConnection::establish(":memory:").expect("a database in memory"));
    });
}

#[test]
fn postgres_goes_every_way() {
    every_way::<PgConnection>(include_str!("../../../tests/fixtures/schemas/postgres.sql"), |work| {
        let Some(database) = Database::<PgConnection>::new("change") else { return };
        work(&mut database.connect());
    });
}

#[test]
fn mysql_goes_every_way() {
    every_way::<MysqlConnection>(include_str!("../../../tests/fixtures/schemas/mysql.sql"), |work| {
        let Some(database) = Database::<MysqlConnection>::new("change") else { return };
        work(&mut database.connect());
    });
}
