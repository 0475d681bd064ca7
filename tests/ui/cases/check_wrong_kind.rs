migrate::embed_migrations!(pub mod migrations in "check_wrong_kind", dialects = [postgres]);

fn main() {}
