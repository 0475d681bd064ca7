//! `migrate completions`: what a shell needs to complete the command line.

use clap::CommandFactory;

use crate::args::{Cli, Completions};
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Result;

pub(super) fn run(context: &Context, args: &Completions) -> Result<Exit> {
    let mut script = Vec::new();
    let name = crate::program_name();
    clap_complete::generate(args.shell, &mut Cli::command(), name, &mut script);
    context.shell.text(String::from_utf8_lossy(&script));
    Ok(Exit::Done)
}
