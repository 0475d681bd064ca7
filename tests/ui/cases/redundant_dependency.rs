migrate::embed_migrations!(pub mod migrations in "redundant_dependency");

fn main() {}
