migrate::embed_migrations!(pub mod migrations in "check_ambiguous_function", dialects = [postgres]);

fn main() {}
