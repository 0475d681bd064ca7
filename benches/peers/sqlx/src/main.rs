//! Applies the chain with sqlx.

use measure::{arguments, block_on, measure};
use peer_sqlx::MIGRATIONS;
use sqlx::{Connection, PgConnection, SqliteConnection};

macro_rules! run {
    ($type:ty, $url:expr) => {{
        let connection = &mut block_on(<$type>::connect(&$url)).expect("a database");
        let upgrade = |connection: &mut $type| block_on(MIGRATIONS.run(connection)).expect("the chain applies");
        measure(connection, upgrade, upgrade, |connection| {
            let row: i32 = block_on(sqlx::query_scalar("SELECT n FROM one_row").fetch_one(connection)).unwrap();
            assert_eq!(row, 1);
        });
    }};
}

fn main() {
    let (kind, url) = arguments();
    match kind.as_str() {
        "sqlite" => run!(SqliteConnection, url),
        "postgres" => run!(PgConnection, url),
        other => panic!("no such kind of database here: {other}"),
    }
}
