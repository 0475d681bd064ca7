//! Applies the chain with diesel_migrations.

use diesel::{Connection, SqliteConnection};
use diesel_migrations::MigrationHarness;
use measure::{Mysql, Postgres, arguments, diesel_row, measure};
use peer_diesel::MIGRATIONS;

fn upgrade<C>(connection: &mut C)
where
    C: Connection + MigrationHarness<C::Backend>,
{
    connection.run_pending_migrations(MIGRATIONS).expect("the chain applies");
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
        other => panic!("no such kind of database here: {other}"),
    }
}
