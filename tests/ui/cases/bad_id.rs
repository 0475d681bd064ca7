migrate::embed_migrations!(pub mod migrations in "bad_id");

fn main() {}
