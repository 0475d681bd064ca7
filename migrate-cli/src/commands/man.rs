//! `migrate man`: the manual page of the command or of one of its verbs.

use clap::CommandFactory;

use crate::args::{Cli, Man};
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::{Failure, Result};
use migrate_core::nearest::nearest;

pub(super) fn run(context: &Context, args: &Man) -> Result<Exit> {
    let mut command = Cli::command().disable_help_flag(true);
    command.build();
    let command = match &args.command {
        None => command,
        Some(verb) => match command.find_subcommand(verb) {
            Some(found) => found.clone().name(format!("migrate-{}", found.get_name())),
            None => {
                let failure = Failure::usage("unknown-command", format!("there is no command `{verb}`"));
                let names = command.get_subcommands().map(clap::Command::get_name);
                return Err(match nearest(verb, names) {
                    Some(near) => failure.help(format!("the nearest is `{near}`")),
                    None => failure.help("`migrate --help` lists the commands"),
                });
            }
        },
    };
    let mut page = Vec::new();
    clap_mangen::Man::new(command).render(&mut page).expect("a vector takes everything");
    context.shell.text(String::from_utf8_lossy(&page));
    Ok(Exit::Done)
}
