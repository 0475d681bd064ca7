//! The `migrate` command, as a library: an application's own binary can carry it, with its history inside.
//!
//! ```text
//! args -> settings (flags over environment over configuration) -> commands/<verb> -> report -> shell
//! ```
//!
//! `shell` alone writes to the terminal, `failure` is what a command can end with, `exit` lists the exit codes.

mod args;
mod config;
mod connect;
mod duration;
mod environment;
pub mod exit;
mod failure;
mod layer;
mod nearest;
mod settings;
mod shell;
mod style;
mod url;

use std::process::ExitCode;

use clap::Parser;

/// Runs the `migrate` command on the migration directory of the project in which it is called.
///
/// Reads the process's arguments and environment, and prints. The exit code is one of [`exit::Exit`].
pub fn command() -> ExitCode {
    let cli = args::Cli::parse();
    let _ = cli;
    ExitCode::SUCCESS
}
