migrate::embed_migrations!(
    pub mod migrations in "declared",
    dialects = [postgres],
    schema = "declared/model_type.rs"
);

fn main() {}
