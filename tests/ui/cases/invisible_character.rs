migrate::embed_migrations!(pub mod migrations in "invisible_character", dialects = [postgres]);

fn main() {}
