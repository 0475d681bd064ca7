migrate::embed_migrations!(pub mod migrations in "client_command", dialects = [postgres]);

fn main() {}
