migrate::embed_migrations!(pub mod migrations in "check_not_null_needed", dialects = [postgres]);

fn main() {}
