migrate::embed_migrations!(pub mod migrations in "unknown_key");

fn main() {}
