migrate::embed_migrations!(pub mod migrations in "check_missing_constraint", dialects = [postgres]);

fn main() {}
