migrate::embed_migrations!(pub mod migrations in "missing_directory");

fn main() {}
