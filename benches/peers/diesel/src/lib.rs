//! The chain in diesel_migrations.

use diesel_migrations::{EmbeddedMigrations, embed_migrations};

/// The chain.
pub const MIGRATIONS: EmbeddedMigrations = embed_migrations!("chain");
