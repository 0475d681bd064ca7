migrate::embed_migrations!(pub mod migrations in "sql_outside_section");

fn main() {}
