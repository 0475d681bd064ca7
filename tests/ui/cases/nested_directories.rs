migrate::embed_migrations!(mod migrations in ["two_folders/two/inner", "two_folders/two", "two_folders/one"]);

fn main() {}
