//! Database migrations for [diesel](https://diesel.rs), with a history that the compiler knows.
//!
//! A folder `migrations/` holds revision files: SQL with an upgrade, a downgrade and the parents that the revision builds
//! on. [`embed_migrations!`] reads the folder at build time, and a broken history (a parent that is missing, a cycle, a
//! second head, an unterminated string) fails `cargo build` with the file, the line and what to do. At run time the
//! history is brought to a database through any diesel connection, SQLite, PostgreSQL and MySQL/MariaDB alike.
//!
//! ```sql
//! -- create users
//! --
//! -- Revision ID: 6a1e88d00c3f
//! -- Revises: <base>
//!
//! -- migrate:upgrade
//! CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
//!
//! -- migrate:downgrade
//! DROP TABLE users;
//! ```
//!
//! ```
//! # #[cfg(feature = "sqlite")] {
//! use diesel::Connection;
//!
//! migrate::embed_migrations!(pub mod migrations in "migrations");
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let mut connection = diesel::SqliteConnection::establish(":memory:")?;
//! migrations::MIGRATIONS.upgrade(&mut connection, migrate::Head)?;
//! # Ok(()) }
//! # main().unwrap();
//! # }
//! ```
//!
//! The `migrate` command (package `migrate-cli`) writes revisions, runs them and shows where a database is; an
//! application can carry the same command in its own binary.
//!
//! # Features
//!
//! `sqlite`, `postgres` and `mysql` choose the databases, each adding the diesel feature of its backend; the connection
//! itself (libpq, bundled SQLite, diesel-async, ...) is the application's choice. None is on by default.

pub use migrate_core::adopt::Tool;
pub use migrate_core::dialect::Dialect;
pub use migrate_core::digest::Digest;
pub use migrate_runtime::{
    Adoption, AdoptionPlan, CatalogSnapshot, MigrateConnection, Migrations, Migrator, RecordedElsewhere,
    run_on_startup, testing,
};
pub use migrate_runtime::{
    Base, Error, ErrorKind, Event, Head, Heads, Lock, Report, Revision, Startup, TransactionMode,
};

/// What the macros' output names; not part of the interface.
#[doc(hidden)]
pub mod __private {
    pub use ::core;
    pub use migrate_macros::{embed, round_trip, schema, table};
    pub use migrate_runtime::private::*;
}

/// Reads a migrations directory at build time and makes it part of the binary.
///
/// As an expression it gives a [`Migrations`], as diesel's own macro does:
///
/// ```
/// pub const MIGRATIONS: migrate::Migrations = migrate::embed_migrations!("migrations");
/// ```
///
/// As an item it writes a module that holds `MIGRATIONS` and one type per revision. The types are targets, and naming a
/// revision that is gone, or a downgrade that would have to undo what cannot be undone, does not compile:
///
/// ```
/// migrate::embed_migrations!(
///     /// The history of our database.
///     pub mod migrations in "migrations", heads = one
/// );
/// # fn main() {}
/// ```
///
/// The directory is looked for in the package's folder, then beside the file of the call. For cargo to notice new files
/// the package's `build.rs` has one line, `println!("cargo::rerun-if-changed=migrations")`; a build without it warns.
///
/// A list of directories, `["migrations", "billing/migrations"]` in place of `"migrations"`, forms one history. None of
/// them may lie in another, and the build script watches each.
///
/// # Options
///
/// - `heads = one | many`: whether more than one head is an error. Default `one`.
/// - `dialects = [postgres, mysql, sqlite]`: the databases that the history serves; each must find its sections and have
///   valid SQL in them. Default: those of this crate's features that are on, of which at least one must be content.
/// - `downgrades = required | optional`: whether a native revision must have a downgrade section or say
///   `-- migrate:irreversible <reason>`. Default `required`.
/// - `schema = "src/schema.rs"`, or a list: diesel's declarations, which are to agree with what the migrations make. A type or a
///   NULL in which they do not is an error, anything else a warning; what `diesel.toml` says about the file is heeded.
///   Default: none.
///
/// # Checks
///
/// The SQL is replayed without a database, for each database that the history serves: what the database would refuse, and a
/// downgrade that does not lead back, fails the build. The table `[checks]` of the project's `migrate.toml` changes the level of
/// each check; `-- migrate:allow <check> <reason>` above a statement allows it there. `docs/build-checks.md` has them all.
///
/// # Errors
///
/// Every mistake in the directory fails the build, all in one go, each drawn with its file, line and excerpt.
#[macro_export]
macro_rules! embed_migrations {
    ($($input:tt)*) => { $crate::__private::embed! { [$crate] $($input)* } };
}

/// Writes one `#[test]` per revision that takes a real database up to it, down and up again, and compares the schema.
///
/// ```
/// # #[cfg(feature = "sqlite")] mod tests {
/// fn empty_database() -> diesel::SqliteConnection {
///     use diesel::Connection;
///     diesel::SqliteConnection::establish(":memory:").unwrap()
/// }
///
/// migrate::round_trip_tests!(mod round_trips in "migrations", connect = super::empty_database);
/// # }
/// ```
///
/// `connect` is a function that gives a connection to an empty database; its path is read inside the new module. The
/// directory, or list of directories, and the other options are those of [`embed_migrations!`]. For several databases call the macro once for each.
///
/// The tests share one run through the history. Of more than 500 revisions the newest 500 have tests of their own, and
/// one test, `older_revisions`, covers the rest.
#[macro_export]
macro_rules! round_trip_tests {
    ($($input:tt)*) => { $crate::__private::round_trip! { [$crate] $($input)* } };
}

/// diesel's `table!` with attributes for what that cannot say: indexes, constraints, defaults, comments.
///
/// ```
/// # #[cfg(feature = "sqlite")] mod schema {
/// migrate::table! {
///     #[index(author_id, created_at desc)]
///     #[unique(slug)]
///     #[check("length(title) > 0")]
///     posts (id) {
///         #[identity]
///         id -> BigInt,
///         #[references(users.id, on_delete = cascade)]
///         author_id -> BigInt,
///         #[max_length = 200]
///         #[renamed_from = "headline"]
///         title -> Varchar,
///         #[max_length = 80]
///         slug -> Varchar,
///         #[default("CURRENT_TIMESTAMP")]
///         created_at -> Timestamp,
///     }
/// }
///
/// migrate::table! {
///     users (id) {
///         id -> BigInt,
///     }
/// }
/// # }
/// ```
///
/// The attributes are taken out, and diesel's macro gets the rest. `migrate revision --autogenerate` and `migrate check` read
/// them from the file: what a table that is declared so does not name of indexes, unique constraints, checks, foreign keys and
/// defaults is not wanted, unless `#[partial]` stands in front of it. `docs/models.md` has all attributes.
#[macro_export]
macro_rules! table {
    ($($input:tt)*) => { $crate::__private::table! { $($input)* } };
}

/// Declares the tables that the migrations make, as diesel's `schema.rs` does: a project with it needs no such file.
///
/// ```
/// # #[cfg(feature = "postgres")] {
/// mod schema {
///     migrate::schema!("migrations", dialect = postgres);
/// }
///
/// use diesel::prelude::*;
/// let names = schema::users::table.select(schema::users::name);
/// # let _ = names;
/// # }
/// ```
///
/// It expands to what `diesel print-schema` would print of a database that has all revisions: `table!`, `joinable!` and the rest,
/// and a module `sql_types`. What the nearest `diesel.toml` says is heeded: which tables, custom types, the patch. The migrations are
/// looked for, and cargo made to watch them, as with [`embed_migrations!`].
///
/// # Options
///
/// - `dialect = postgres | mysql | sqlite`: the database. Default: the only one of this crate's features, else the only one that the
///   history serves.
/// - `config = "diesel.toml"`: another file than the nearest one in the package's folder or above it.
/// - `key = "name"`: what `[print_schema.name]` describes, and not `[print_schema]`.
/// - `server = mysql | mariadb`: where the two differ.
/// - `uncertain = deny | allow`: whether a table of which not all is known is declared as far as it is known. Default `deny`.
///
/// # Errors
///
/// A table that diesel has no declaration for, such as one without a primary key, and one of which not all is known, fail the build.
/// `docs/print-schema.md` says what to do.
#[macro_export]
macro_rules! schema {
    ($($input:tt)*) => { $crate::__private::schema! { [$crate] $($input)* } };
}
