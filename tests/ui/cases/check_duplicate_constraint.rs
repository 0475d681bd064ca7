migrate::embed_migrations!(pub mod migrations in "check_duplicate_constraint", dialects = [postgres]);

fn main() {}
