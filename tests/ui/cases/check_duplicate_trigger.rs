migrate::embed_migrations!(pub mod migrations in "check_duplicate_trigger", dialects = [postgres]);

fn main() {}
