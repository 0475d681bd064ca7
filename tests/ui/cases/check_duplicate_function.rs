migrate::embed_migrations!(pub mod migrations in "check_duplicate_function", dialects = [postgres]);

fn main() {}
