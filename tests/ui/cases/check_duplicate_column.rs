migrate::embed_migrations!(pub mod migrations in "check_duplicate_column", dialects = [postgres]);

fn main() {}
