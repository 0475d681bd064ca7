migrate::embed_migrations!(pub mod migrations in "unterminated_identifier");

fn main() {}
