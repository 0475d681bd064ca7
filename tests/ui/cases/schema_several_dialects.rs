migrate::schema!("schema_refused");

fn main() {}
