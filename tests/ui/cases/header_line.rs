migrate::embed_migrations!(pub mod migrations in "header_line");

fn main() {}
