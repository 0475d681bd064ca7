migrate::embed_migrations!(pub mod migrations in "duplicate_section");

fn main() {}
