migrate::embed_migrations!(pub mod migrations in "duplicate_id");

fn main() {}
