migrate::embed_migrations!(pub mod migrations in "invalid_utf8");

fn main() {}
