migrate::embed_migrations!(pub mod migrations in "check_no_unique_target", dialects = [postgres]);

fn main() {}
