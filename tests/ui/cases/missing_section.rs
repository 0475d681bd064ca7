migrate::embed_migrations!(pub mod migrations in "missing_section");

fn main() {}
