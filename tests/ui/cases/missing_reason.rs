migrate::embed_migrations!(pub mod migrations in "missing_reason");

fn main() {}
