migrate::embed_migrations!(pub mod migrations in "check_duplicate_table", dialects = [postgres]);

fn main() {}
