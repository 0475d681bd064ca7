//! The chain in sqlx.

/// The chain.
pub static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("./chain");
