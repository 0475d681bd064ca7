migrate::embed_migrations!(pub mod migrations in "duplicate_key");

fn main() {}
