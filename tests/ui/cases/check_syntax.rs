migrate::embed_migrations!(pub mod migrations in "check_syntax", dialects = [postgres]);

fn main() {}
