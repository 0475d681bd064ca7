migrate::embed_migrations!(pub mod migrations in "many_problems");

fn main() {}
