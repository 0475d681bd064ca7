migrate::embed_migrations!(pub mod migrations in "foreign_keys_option");

fn main() {}
