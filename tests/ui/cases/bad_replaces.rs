migrate::embed_migrations!(pub mod migrations in "bad_replaces");

fn main() {}
