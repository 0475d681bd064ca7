migrate::embed_migrations!(pub mod migrations in "check_needs_empty_table", dialects = [postgres]);

compile_error!("so that the warning is shown");

fn main() {}
