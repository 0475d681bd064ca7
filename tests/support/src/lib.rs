//! Databases for tests: each test has one of its own on every server that is there, and it is gone afterwards.
//!
//! SQLite is always there. PostgreSQL and MySQL/MariaDB are found through `MIGRATE_TEST_POSTGRES_URL` and
//! `MIGRATE_TEST_MYSQL_URL`, else on this machine at the usual port. A server that does not answer is reported as
//! skipped by name; `MIGRATE_TEST_REQUIRE=postgres,mysql` makes that a failure.

use std::io::Write as _;
use std::sync::atomic::{AtomicU32, Ordering};

use diesel::{Connection, SqliteConnection};
use diesel_async::async_connection_wrapper::AsyncConnectionWrapper;
use diesel_async::{AsyncMysqlConnection, AsyncPgConnection};

mod runtime;

pub use runtime::Shared;

/// A connection to PostgreSQL that needs no C library.
pub type PgConnection = AsyncConnectionWrapper<AsyncPgConnection, Shared>;

/// A connection to MySQL or MariaDB that needs no C library.
pub type MysqlConnection = AsyncConnectionWrapper<AsyncMysqlConnection, Shared>;

/// A kind of database that tests can have.
pub trait Server: Connection + Sized {
    /// The name of the dialect.
    const NAME: &'static str;

    /// Creates a database with this name and returns the URL that leads to it; `None` if the server is not there.
    fn create(name: &str) -> Option<Created>;
}

/// A database that was created.
#[derive(Debug)]
pub struct Created {
    url: String,
    cleanup: Option<Cleanup>,
    folder: Option<tempfile::TempDir>,
}

#[derive(Debug)]
struct Cleanup {
    server: String,
    sql: String,
    run: fn(&str, &str),
}

/// A test's own database, dropped with this value.
#[derive(Debug)]
pub struct Database<C> {
    created: Created,
    connection: std::marker::PhantomData<fn() -> C>,
}

impl<C: Server> Database<C> {
    /// A new, empty database, or `None`, said on stderr, if the server is not there.
    ///
    /// # Panics
    ///
    /// - The server is not there and `MIGRATE_TEST_REQUIRE` names it.
    #[must_use]
    pub fn new(test: &str) -> Option<Self> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let word: String = test.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '_').take(30).collect();
        let name = format!("mt_{}_{count}_{}", std::process::id(), word.to_lowercase());
        if let Some(created) = C::create(&name) {
            return Some(Self { created, connection: std::marker::PhantomData });
        }
        let required = std::env::var("MIGRATE_TEST_REQUIRE").unwrap_or_default();
        let required = required.split(',').any(|name| name.trim() == C::NAME);
        assert!(!required, "MIGRATE_TEST_REQUIRE asks for {}, and it does not answer", C::NAME);
        // Not by `eprintln!`, which the test harness keeps to itself when the test passes.
        let _ = writeln!(std::io::stderr(), "skipped: {test} on {}: no server", C::NAME);
        None
    }

    /// The name of the dialect.
    pub fn dialect(&self) -> &'static str {
        C::NAME
    }

    /// Where it is.
    pub fn url(&self) -> &str {
        &self.created.url
    }

    /// Another connection to it.
    ///
    /// # Panics
    ///
    /// - The server went away.
    pub fn connect(&self) -> C {
        C::establish(self.url()).unwrap_or_else(|error| panic!("cannot connect to {}: {error}", C::NAME))
    }
}

impl Drop for Created {
    fn drop(&mut self) {
        if let Some(Cleanup { server, sql, run }) = self.cleanup.take() {
            run(&server, &sql);
        }
        drop(self.folder.take());
    }
}

impl Server for SqliteConnection {
    const NAME: &'static str = "sqlite";

    fn create(name: &str) -> Option<Created> {
        let folder = tempfile::tempdir().expect("a folder for a database file");
        let url = folder.path().join(format!("{name}.db")).to_string_lossy().into_owned();
        Some(Created { url, cleanup: None, folder: Some(folder) })
    }
}

impl Server for PgConnection {
    const NAME: &'static str = "postgres";

    fn create(name: &str) -> Option<Created> {
        let sql = format!("DROP DATABASE IF EXISTS \"{name}\" WITH (FORCE)");
        on_server::<Self>(
            "MIGRATE_TEST_POSTGRES_URL",
            "postgres://postgres@127.0.0.1:5432/postgres",
            name,
            sql,
            '"',
        )
    }
}

impl Server for MysqlConnection {
    const NAME: &'static str = "mysql";

    fn create(name: &str) -> Option<Created> {
        let sql = format!("DROP DATABASE IF EXISTS `{name}`");
        on_server::<Self>("MIGRATE_TEST_MYSQL_URL", "mysql://root@127.0.0.1:3306/mysql", name, sql, '`')
    }
}

fn on_server<C: Server>(
    variable: &str,
    default: &str,
    name: &str,
    drop: String,
    quote: char,
) -> Option<Created> {
    let server = std::env::var(variable).unwrap_or_else(|_| default.to_owned());
    let mut admin = C::establish(&server).ok()?;
    admin.batch_execute(&format!("CREATE DATABASE {quote}{name}{quote}")).expect("a database of its own");
    let run = |server: &str, sql: &str| {
        if let Ok(mut admin) = C::establish(server) {
            let _ = admin.batch_execute(sql);
        }
    };
    Some(Created {
        url: with_database(&server, name),
        cleanup: Some(Cleanup { server, sql: drop, run }),
        folder: None,
    })
}

/// The URL with another database in it.
fn with_database(url: &str, name: &str) -> String {
    let (rest, query) = match url.split_once('?') {
        Some((rest, query)) => (rest, format!("?{query}")),
        None => (url, String::new()),
    };
    let start = rest.find("://").map_or(0, |at| at + 3);
    let host = rest[start..].find('/').map_or(rest, |at| &rest[..start + at]);
    format!("{host}/{name}{query}")
}

/// Makes one test per database out of each function: `on_every_database! { fn name(db) { ... } }`, where `db` is a
/// `&Database<C>` and the name of its connection type is `C`.
#[macro_export]
macro_rules! on_every_database {
    ($($(#[$meta:meta])* fn $name:ident($db:ident) $body:block)*) => {$(
        $(#[$meta])*
        mod $name {
            $crate::on_database! { sqlite = $crate::diesel::SqliteConnection, $name, $db, $body }
            $crate::on_database! { postgres = $crate::PgConnection, $name, $db, $body }
            $crate::on_database! { mysql = $crate::MysqlConnection, $name, $db, $body }
        }
    )*};
}

/// One test on one kind of database; see [`on_every_database`].
#[doc(hidden)]
#[macro_export]
macro_rules! on_database {
    ($kind:ident = $connection:ty, $name:ident, $db:ident, $body:block) => {
        #[test]
        fn $kind() {
            #[allow(unused_imports, reason = "not every test needs what its file imports")]
            use super::*;
            #[allow(dead_code, reason = "for the bodies that name their connection")]
            type C = $connection;
            let Some(database) = $crate::Database::<C>::new(stringify!($name)) else { return };
            let $db = &database;
            $body
        }
    };
}

#[doc(hidden)]
pub use diesel;
