migrate::embed_migrations!(pub mod migrations in "check_still_needed", dialects = [postgres]);

fn main() {}
