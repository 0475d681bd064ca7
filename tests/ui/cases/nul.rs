migrate::embed_migrations!(pub mod migrations in "nul");

fn main() {}
