migrate::embed_migrations!(pub mod migrations in "check_bad_effect", dialects = [postgres]);

fn main() {}
