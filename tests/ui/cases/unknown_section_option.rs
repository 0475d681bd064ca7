migrate::embed_migrations!(pub mod migrations in "unknown_section_option");

fn main() {}
