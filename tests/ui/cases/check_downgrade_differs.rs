migrate::embed_migrations!(pub mod migrations in "check_downgrade_differs", dialects = [postgres]);

fn main() {}
