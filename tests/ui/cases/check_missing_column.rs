migrate::embed_migrations!(pub mod migrations in "check_missing_column", dialects = [postgres]);

fn main() {}
