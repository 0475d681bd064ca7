migrate::embed_migrations!(pub mod migrations in "redundant_dependency");

// A warning: what fails is this.
fn main() -> usize {
    migrations::MIGRATIONS
}
