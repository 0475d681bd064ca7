migrate::embed_migrations!(pub mod migrations in "check_missing_value", dialects = [postgres]);

fn main() {}
