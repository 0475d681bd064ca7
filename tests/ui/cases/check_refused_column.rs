migrate::embed_migrations!(pub mod migrations in "check_refused_column", dialects = [sqlite]);

fn main() {}
