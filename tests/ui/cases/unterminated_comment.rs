migrate::embed_migrations!(pub mod migrations in "unterminated_comment");

fn main() {}
