migrate::embed_migrations!(pub mod migrations in "typed", head = many);

fn main() {}
