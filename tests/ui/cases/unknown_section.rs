migrate::embed_migrations!(pub mod migrations in "unknown_section");

fn main() {}
