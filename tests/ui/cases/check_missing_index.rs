migrate::embed_migrations!(pub mod migrations in "check_missing_index", dialects = [postgres]);

fn main() {}
