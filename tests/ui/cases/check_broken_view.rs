migrate::embed_migrations!(pub mod migrations in "check_broken_view", dialects = [sqlite]);

fn main() {}
