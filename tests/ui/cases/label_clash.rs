migrate::embed_migrations!(pub mod migrations in "label_clash");

fn main() {}
