migrate::embed_migrations!(pub mod migrations in "unterminated_string");

fn main() {}
