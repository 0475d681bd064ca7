migrate::embed_migrations!(pub mod migrations in "missing_parent");

fn main() {}
