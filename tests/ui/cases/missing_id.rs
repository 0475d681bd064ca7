migrate::embed_migrations!(pub mod migrations in "missing_id");

fn main() {}
