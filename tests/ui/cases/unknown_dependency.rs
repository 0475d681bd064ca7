migrate::embed_migrations!(pub mod migrations in "unknown_dependency");

fn main() {}
