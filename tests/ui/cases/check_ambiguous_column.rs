migrate::embed_migrations!(pub mod migrations in "check_ambiguous_column", dialects = [postgres]);

fn main() {}
