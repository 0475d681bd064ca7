migrate::embed_migrations!(pub mod migrations in "unknown_check");

fn main() {}
