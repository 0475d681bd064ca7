//! What the service and its `migrate` share: the history.

/// Every revision of the database, checked while this crate was compiled.
pub const MIGRATIONS: migrate::Migrations = migrate::embed_migrations!("migrations");
