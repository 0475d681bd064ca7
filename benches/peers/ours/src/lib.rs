//! The chain in the expression form.

/// The chain.
pub const MIGRATIONS: migrate::Migrations = migrate::embed_migrations!("chain");
