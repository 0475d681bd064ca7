migrate::embed_migrations!(pub mod migrations in "check_duplicate_value", dialects = [postgres]);

fn main() {}
