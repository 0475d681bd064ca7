migrate::embed_migrations!(pub mod migrations in "check_downgrade_empty", dialects = [postgres]);

fn main() {}
