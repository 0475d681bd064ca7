//! Applies the chain with refinery.

use measure::{arguments, measure};
use peer_refinery::migrations::runner;
use refinery_core::postgres::{Client, NoTls};
use refinery_core::rusqlite::Connection;

fn main() {
    let (kind, url) = arguments();
    match kind.as_str() {
        "sqlite" => {
            let upgrade = |connection: &mut Connection| {
                runner().run(connection).expect("the chain applies");
            };
            measure(&mut Connection::open(&url).unwrap(), upgrade, upgrade, |connection| {
                let row: i32 = connection
                    .prepare_cached("SELECT n FROM one_row")
                    .and_then(|mut statement| statement.query_row([], |row| row.get(0)))
                    .unwrap();
                assert_eq!(row, 1);
            });
        }
        "postgres" => {
            let upgrade = |client: &mut Client| {
                runner().run(client).expect("the chain applies");
            };
            let mut client = Client::connect(&url, NoTls).unwrap();
            let statement = client.prepare("SELECT n FROM one_row").unwrap();
            measure(&mut client, upgrade, upgrade, |client| {
                let row: i32 = client.query_one(&statement, &[]).unwrap().get(0);
                assert_eq!(row, 1);
            });
        }
        other => panic!("no such kind of database here: {other}"),
    }
}
