migrate::embed_migrations!(pub mod migrations in "lone_carriage_return");

fn main() {}
