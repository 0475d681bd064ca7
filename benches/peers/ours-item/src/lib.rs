//! The chain in the item form: one type per revision.

migrate::embed_migrations!(pub mod migrations in "chain");
