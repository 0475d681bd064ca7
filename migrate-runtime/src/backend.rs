//! Which connections this crate can drive.

use diesel::backend::Backend;
use migrate_core::dialect::Dialect;

use crate::session::Session;

/// diesel's type for a database that this crate knows.
///
/// Sealed: SQLite, PostgreSQL and MySQL/MariaDB, each behind the feature of its name.
pub trait MigrateBackend: Backend + sealed::Sealed {
    /// How the database spells SQL.
    const DIALECT: Dialect;
}

#[cfg(feature = "sqlite")]
impl MigrateBackend for diesel::sqlite::Sqlite {
    const DIALECT: Dialect = Dialect::Sqlite;
}

#[cfg(feature = "postgres")]
impl MigrateBackend for diesel::pg::Pg {
    const DIALECT: Dialect = Dialect::Postgres;
}

#[cfg(feature = "mysql")]
impl MigrateBackend for diesel::mysql::Mysql {
    const DIALECT: Dialect = Dialect::Mysql;
}

/// A connection that revisions can be run on.
///
/// Every diesel connection to SQLite, PostgreSQL or MySQL/MariaDB is one: diesel's own `SqliteConnection`,
/// `PgConnection` and `MysqlConnection`, pooled ones, and `diesel-async`'s `AsyncConnectionWrapper`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a connection that migrations can be run on",
    label = "not a diesel connection to SQLite, PostgreSQL or MySQL",
    note = "enable the feature of `diesel-migrate` for this database: `sqlite`, `postgres` or `mysql`",
    note = "wrap an asynchronous connection in `diesel_async::async_connection_wrapper::AsyncConnectionWrapper`"
)]
pub trait MigrateConnection: Session {}

impl<C: Session> MigrateConnection for C {}

mod sealed {
    pub trait Sealed {}

    #[cfg(feature = "sqlite")]
    impl Sealed for diesel::sqlite::Sqlite {}
    #[cfg(feature = "postgres")]
    impl Sealed for diesel::pg::Pg {}
    #[cfg(feature = "mysql")]
    impl Sealed for diesel::mysql::Mysql {}
}
