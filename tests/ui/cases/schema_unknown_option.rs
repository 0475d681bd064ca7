migrate::schema!("schema_refused", dialects = [postgres]);

fn main() {}
