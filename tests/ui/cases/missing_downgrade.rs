migrate::embed_migrations!(pub mod migrations in "missing_downgrade");

fn main() {}
