migrate::embed_migrations!(pub mod migrations in "check_types_do_not_fit", dialects = [postgres]);

fn main() {}
