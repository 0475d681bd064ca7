migrate::schema!("schema_refused", dialect = postgres);

fn main() {}
