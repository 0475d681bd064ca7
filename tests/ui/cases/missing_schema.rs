migrate::embed_migrations!(
    pub mod migrations in "declared",
    dialects = [postgres],
    schema = "declared/shcema.rs"
);

fn main() {}
