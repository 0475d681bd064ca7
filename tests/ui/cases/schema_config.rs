migrate::schema!("schema_printed", dialect = postgres, config = "schema_printed/unread.toml");

fn main() {}
