migrate::embed_migrations!(pub mod migrations in "check_duplicate_type", dialects = [postgres]);

fn main() {}
