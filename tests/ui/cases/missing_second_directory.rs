pub const MIGRATIONS: migrate::Migrations = migrate::embed_migrations!(["two_folders/one", "two_folders/three"]);

fn main() {}
