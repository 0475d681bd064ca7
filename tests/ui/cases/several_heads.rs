migrate::embed_migrations!(pub mod migrations in "several_heads");

fn main() {}
