//! The `migrate` command, as a library: an application's own binary can carry it, with its history inside.
//!
//! ```text
//! args -> settings (flags over environment over configuration) -> commands/<verb> -> shell
//! ```
//!
//! `shell` alone writes to the terminal, `failure` is what a command can end with, [`exit`] lists the exit codes.

mod args;
mod commands;
mod config;
mod connect;
mod context;
mod database;
mod differences;
mod duration;
mod environment;
pub mod exit;
mod failure;
mod graphlog;
mod history;
mod hooks;
mod json;
mod layer;
mod listing;
mod memory;
mod models;
mod replayed;
mod report;
mod settings;
mod shell;
mod signals;
mod style;
mod targets;
mod templates;
mod url;
mod utc;

use std::ffi::OsString;
use std::process::ExitCode;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex};

use clap::{CommandFactory, FromArgMatches};
use migrate_runtime::Migrations;

use crate::args::Cli;
use crate::context::{Context, Embedded};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::json::Line;
use crate::shell::Shell;

/// Runs the `migrate` command on the migration directory of the project in which it is called.
///
/// Reads the process's arguments and environment, and prints. The exit code is one of [`exit::Exit`].
pub fn command() -> ExitCode {
    outside_async(|| run(std::env::args_os().collect(), None))
}

/// Runs the `migrate` command with a history that is part of this binary.
///
/// As [`command`], but no migration directory is needed where it runs: only commands that write revision files use the one
/// on disk, and `--dir` names one in place of the binary's.
///
/// ```no_run
/// # mod app {
/// #     use migrate_runtime::{Migrations, private::Embedded};
/// #     static EMBEDDED: Embedded = Embedded::broken();
/// #     pub const MIGRATIONS: Migrations = Migrations::new(&EMBEDDED);
/// # }
/// fn main() -> std::process::ExitCode {
///     migrate_cli::main(app::MIGRATIONS)
/// }
/// ```
pub fn main<H>(migrations: Migrations<H>) -> ExitCode {
    let migrations = migrations.untyped();
    outside_async(move || {
        let embedded = Box::new(move || Arc::new(migrations.history().clone()));
        run(std::env::args_os().collect(), Some(embedded))
    })
}

/// Runs the command, on a thread of its own if this one drives a tokio runtime: its connections block.
fn outside_async(run: impl FnOnce() -> Exit + Send) -> ExitCode {
    if tokio::runtime::Handle::try_current().is_err() {
        return run().into();
    }
    std::thread::scope(|scope| match scope.spawn(run).join() {
        Ok(exit) => exit.into(),
        Err(panic) => std::panic::resume_unwind(panic),
    })
}

fn run(args: Vec<OsString>, embedded: Option<Embedded>) -> Exit {
    let cli = match parse(&args) {
        Ok(cli) => cli,
        Err(error) => {
            return refuse(&args, &error);
        }
    };
    // With `--json` everything that matters is on standard output.
    let shell = Shell::new(cli.global.color, cli.global.quiet || cli.global.json);
    let cwd = std::env::current_dir();
    let context = Context {
        shell,
        flags: args::Global { config: cli.global.config.or(cli.config_before), ..cli.global },
        cwd: cwd.as_ref().cloned().unwrap_or_default(),
        embedded,
        interrupt: Arc::new(AtomicBool::new(false)),
        current: Mutex::new(None),
    };
    context.json(|| Line::Begin { format: json::FORMAT, command: cli.command.name() });
    let result = match cwd {
        Ok(_) => commands::run(&context, &cli.command),
        Err(error) => Err(Failure::io("enter", "the working directory".as_ref(), &error)),
    };
    context.end(result)
}

/// Reads the arguments; what `--color` says holds for the answer as well.
fn parse(args: &[OsString]) -> Result<Cli, clap::Error> {
    let asked = |when: &str| {
        let joined = format!("--color={when}");
        args.iter().any(|arg| *arg == *joined)
            || args.windows(2).any(|pair| pair[0] == "--color" && pair[1] == when)
    };
    let color = match (asked("never"), asked("always")) {
        (true, _) => clap::ColorChoice::Never,
        (_, true) => clap::ColorChoice::Always,
        _ => clap::ColorChoice::Auto,
    };
    let matches = Cli::command().color(color).styles(style::HELP).try_get_matches_from(args)?;
    Cli::from_arg_matches(&matches)
}

/// Shows what is wrong with the arguments, or the help that was asked for.
fn refuse(args: &[OsString], error: &clap::Error) -> Exit {
    if !error.use_stderr() || !args.iter().any(|arg| arg == "--json") {
        // A closed pipe is quiet.
        let _ = error.print();
        return if error.use_stderr() { Exit::Usage } else { Exit::Done };
    }
    let text = error.render().to_string();
    let first = text.lines().next().unwrap_or_default();
    let shell = Shell::new(args::ColorWhen::Never, true);
    let failure = Failure::usage("usage", first.strip_prefix("error: ").unwrap_or(first));
    shell.line(Line::Begin { format: json::FORMAT, command: "" }.text());
    shell.line(json::diagnostic(&failure.findings[0], &failure.sources).text());
    shell.line(Line::End { ok: false, exit: Exit::Usage.code(), current: None }.text());
    // Where standard output fails there is nobody to tell.
    let _ = shell.finish();
    Exit::Usage
}

/// The name under which this program was called, as its completions need it.
fn program_name() -> String {
    let path = std::env::args_os().next().map(std::path::PathBuf::from);
    let stem = path.as_deref().and_then(std::path::Path::file_stem);
    stem.map_or_else(|| "migrate".to_owned(), |stem| stem.to_string_lossy().into_owned())
}
