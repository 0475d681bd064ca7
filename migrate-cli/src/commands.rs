//! The commands, one file each.

mod branches;
mod completions;
mod heads;
mod init;
mod man;
mod merge;
mod new;
mod revision;

use crate::args::Command;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Result;

/// Runs the command.
pub(crate) fn run(context: &Context, command: &Command) -> Result<Exit> {
    match command {
        Command::Init(args) => init::run(context, args),
        Command::Revision(args) => revision::run(context, args),
        Command::Heads => heads::run(context),
        Command::Branches => branches::run(context),
        Command::Merge(args) => merge::run(context, args),
        Command::Completions(args) => completions::run(context, args),
        Command::Man(args) => man::run(context, args),
        _ => Err(crate::failure::Failure::usage("unavailable", "this command is not in this build")),
    }
}
