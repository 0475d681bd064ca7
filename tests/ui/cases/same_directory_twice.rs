migrate::embed_migrations!(mod migrations in ["two_folders/one", "two_folders/one"]);

fn main() {}
