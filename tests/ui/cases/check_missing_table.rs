migrate::embed_migrations!(pub mod migrations in "check_missing_table", dialects = [postgres]);

fn main() {}
