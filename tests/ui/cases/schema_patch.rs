migrate::schema!("schema_printed", dialect = postgres, config = "schema_printed/diesel.toml");

fn main() {}
