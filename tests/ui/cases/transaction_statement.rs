migrate::embed_migrations!(pub mod migrations in "transaction_statement");

fn main() {}
