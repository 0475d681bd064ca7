migrate::schema!("schema_printed", dialect = postgres);

fn main() {}
