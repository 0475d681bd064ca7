migrate::embed_migrations!(pub mod migrations in "duplicate_parent");

fn main() {}
