migrate::embed_migrations!(pub mod migrations in "check_missing_function", dialects = [postgres]);

fn main() {}
