//! An application that carries its history and looks after its own database.
//!
//! ```sh
//! cargo run --example embedded
//! MIGRATE_AUTO=check cargo run --example embedded
//! ```

#![expect(missing_docs, clippy::print_stdout, reason = "an application may")]

use std::error::Error;

use diesel::prelude::*;

migrate::embed_migrations!(
    /// The history of the database, a type for each revision; `cargo doc --example embedded` shows it.
    mod migrations in "migrations", dialects = [sqlite]
);

diesel::table! {
    users (id) {
        id -> Binary,
        email -> Text,
        name -> Text,
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut connection = SqliteConnection::establish("app.db")?;
    migrate::run_on_startup(migrations::MIGRATIONS, &mut connection)?;

    let n_users: i64 = users::table.count().get_result(&mut connection)?;
    println!("the database is up to date and has {n_users} users");
    Ok(())
}
