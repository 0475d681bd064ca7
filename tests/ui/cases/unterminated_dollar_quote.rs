migrate::embed_migrations!(pub mod migrations in "unterminated_dollar_quote");

fn main() {}
