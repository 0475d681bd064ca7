migrate::embed_migrations!(pub mod migrations in "cycle");

fn main() {}
