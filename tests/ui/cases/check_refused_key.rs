migrate::embed_migrations!(pub mod migrations in "check_refused_key", dialects = [mysql]);

fn main() {}
