//! Applies the chain, and the least that any tool has to do.

use diesel::connection::SimpleConnection;
use diesel::{Connection, SqliteConnection};
use measure::{Mysql, Postgres, arguments, diesel_row, measure, measure_floor};
use migrate::Head;
use peer_ours::MIGRATIONS;

fn upgrade<C: migrate::MigrateConnection>(connection: &mut C) {
    MIGRATIONS.upgrade(connection, Head).expect("the chain applies");
}

/// Sends the texts of all upgrades as they are. diesel hands each to `sqlite3_exec`, so this is the C API.
fn floor(url: &str, transaction_each: bool) {
    let connection = &mut SqliteConnection::establish(url).expect("a database");
    let history = MIGRATIONS.history();
    let texts: Vec<&str> = history.revisions().iter().map(|r| &*r.sections[0].text).collect();
    measure_floor(|| {
        let mut run = |sql: &str| connection.batch_execute(sql).expect("the statement runs");
        match transaction_each {
            true => texts.iter().for_each(|text| run(&format!("BEGIN;{text};COMMIT"))),
            false => {
                run("BEGIN");
                texts.iter().for_each(|text| run(text));
                run("COMMIT");
            }
        }
    });
}

fn main() {
    let (kind, url) = arguments();
    match kind.as_str() {
        "sqlite" => {
            measure(&mut SqliteConnection::establish(&url).unwrap(), upgrade, upgrade, diesel_row!());
        }
        "postgres" => measure(&mut Postgres::establish(&url).unwrap(), upgrade, upgrade, diesel_row!()),
        "mysql" => measure(&mut Mysql::establish(&url).unwrap(), upgrade, upgrade, diesel_row!()),
        #[cfg(feature = "libpq")]
        "libpq" => {
            measure(&mut diesel::PgConnection::establish(&url).unwrap(), upgrade, upgrade, diesel_row!());
        }
        "floor-one" => floor(&url, false),
        "floor-each" => floor(&url, true),
        other => panic!("no such kind of database here: {other}"),
    }
}
