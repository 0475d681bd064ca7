//! The `migrate` command with this application's history inside: no files are needed where it runs.
//!
//! ```sh
//! DATABASE_URL=postgres://localhost/guestbook cargo run --package own-binary --bin app-migrate -- upgrade head
//! ```

use std::process::ExitCode;

fn main() -> ExitCode {
    migrate_cli::main(own_binary::MIGRATIONS)
}
