migrate::embed_migrations!(pub mod migrations in "check_missing_type", dialects = [postgres]);

fn main() {}
