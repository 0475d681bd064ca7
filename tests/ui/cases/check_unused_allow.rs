migrate::embed_migrations!(pub mod migrations in "check_unused_allow", dialects = [postgres]);

compile_error!("so that the warning is shown");

fn main() {}
