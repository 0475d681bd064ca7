migrate::embed_migrations!(pub mod migrations in "reserved_id");

fn main() {}
