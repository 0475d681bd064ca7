migrate::embed_migrations!(pub mod migrations in "check_auto_increment_key", dialects = [mysql]);

fn main() {}
