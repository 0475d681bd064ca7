//! The `migrate` command.

use std::process::ExitCode;

/// A history of thousands of revisions is a great many small texts, read by several threads: the allocators of some
/// systems take longer for that than opening and reading the files does.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    migrate_cli::command()
}
