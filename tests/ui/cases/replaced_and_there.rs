migrate::embed_migrations!(pub mod migrations in "replaced_and_there");

fn main() {}
