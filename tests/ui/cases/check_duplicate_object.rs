migrate::embed_migrations!(pub mod migrations in "check_duplicate_object", dialects = [postgres]);

fn main() {}
