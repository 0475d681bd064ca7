//! The integration tests of the facade, in one binary.

mod harness;
mod rebuild;
mod tidy;

/// Makes a test on each database of a function that takes a connection to an empty one.
macro_rules! on_every_database {
    ($body:ident) => {
        mod $body {
            #[test]
            fn sqlite() {
                crate::on::<diesel::SqliteConnection>(stringify!($body), super::$body);
            }

            #[test]
            fn postgres() {
                crate::on::<migrate_test::PgConnection>(stringify!($body), super::$body);
            }

            #[test]
            fn mysql() {
                crate::on::<migrate_test::MysqlConnection>(stringify!($body), super::$body);
            }
        }
    };
}
use on_every_database;

fn on<C: migrate_test::Server>(test: &str, body: impl FnOnce(&mut C)) {
    if let Some(database) = migrate_test::Database::<C>::new(test) {
        body(&mut database.connect());
    }
}
