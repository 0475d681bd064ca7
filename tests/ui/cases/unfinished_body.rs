migrate::embed_migrations!(pub mod migrations in "unfinished_body", dialects = [sqlite]);

fn main() {}
