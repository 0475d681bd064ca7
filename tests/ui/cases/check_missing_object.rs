migrate::embed_migrations!(pub mod migrations in "check_missing_object", dialects = [postgres]);

fn main() {}
