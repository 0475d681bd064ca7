migrate::embed_migrations!(pub mod migrations in "check_duplicate_index", dialects = [postgres]);

fn main() {}
