//! The commands, one file each.

mod adopt;
mod at;
mod autogenerate;
mod branches;
mod check;
mod completions;
mod current;
mod databases;
mod diff;
mod edit;
mod heads;
mod history;
mod init;
mod list_templates;
mod man;
mod merge;
mod new;
mod offline;
mod print_schema;
mod rebase;
mod resolve;
mod revision;
mod schema;
mod sections;
mod show;
mod squash;
mod stamp;
mod status;
mod upgrade;
mod verify;

use crate::args::Command;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Result;

/// Runs the command.
pub(crate) fn run(context: &Context, command: &Command) -> Result<Exit> {
    match command {
        Command::Init(args) => init::run(context, args),
        Command::Revision(args) => revision::run(context, args),
        Command::Upgrade(args) => upgrade::upgrade(context, args),
        Command::Downgrade(args) => upgrade::downgrade(context, args),
        Command::Current(args) => current::run(context, args),
        Command::History(args) => history::run(context, args),
        Command::Heads(args) => heads::run(context, args),
        Command::Branches => branches::run(context),
        Command::Show(args) => show::run(context, args),
        Command::Schema(args) => schema::run(context, args),
        Command::PrintSchema(args) => print_schema::run(context, args),
        Command::Diff(args) => diff::run(context, args),
        Command::Edit(args) => edit::run(context, args),
        Command::Merge(args) => merge::run(context, args),
        Command::Rebase(args) => rebase::run(context, args),
        Command::Squash(args) => squash::run(context, args),
        Command::Stamp(args) => stamp::run(context, args),
        Command::Adopt(args) => adopt::run(context, args),
        Command::Status(args) => status::run(context, args),
        Command::Check(args) => check::run(context, args),
        Command::Verify(args) => verify::run(context, args),
        Command::Resolve(args) => resolve::run(context, args),
        Command::EnsureVersion(args) => stamp::ensure(context, args),
        Command::ListTemplates => list_templates::run(context),
        Command::Completions(args) => completions::run(context, args),
        Command::Man(args) => man::run(context, args),
    }
}
