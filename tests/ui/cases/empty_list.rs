migrate::embed_migrations!(mod migrations in []);

fn main() {}
