migrate::embed_migrations!(
    pub mod migrations in "declared",
    dialects = [postgres],
    schema = "declared/model_table.rs"
);

compile_error!("so that the warning is shown");

fn main() {}
