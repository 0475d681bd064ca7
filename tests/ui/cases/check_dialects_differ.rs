migrate::embed_migrations!(pub mod migrations in "check_dialects_differ", dialects = [postgres, sqlite]);

compile_error!("so that the warning is shown");

fn main() {}
