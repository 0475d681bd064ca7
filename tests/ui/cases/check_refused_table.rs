migrate::embed_migrations!(pub mod migrations in "check_refused_table", dialects = [sqlite]);

fn main() {}
