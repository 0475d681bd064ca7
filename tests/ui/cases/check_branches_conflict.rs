migrate::embed_migrations!(pub mod migrations in "check_branches_conflict", dialects = [postgres], heads = many);

fn main() {}
