migrate::embed_migrations!(pub mod migrations in "check_enum_values_stay", dialects = [postgres]);

fn main() {}
