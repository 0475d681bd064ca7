//! The command line, as clap reads it; nothing is decided here.

use std::path::PathBuf;

use clap::{Parser, Subcommand};

mod files;
mod global;
mod lists;
mod print_schema;
mod runs;

pub(crate) use files::{Edit, Init, Merge, Rebase, Revision, Squash};
pub(crate) use global::{ColorWhen, Global};
pub(crate) use lists::{
    Check, Completions, Current, Diff, Heads, History, Man, Schema, Show, Status, Verify,
};
pub(crate) use print_schema::{PrintSchema, Server as PrintServer};
pub(crate) use runs::{Adopt, Downgrade, EnsureVersion, Resolve, Stamp, Upgrade};

/// Runs and writes database migrations
///
/// A migration directory holds one file per revision; each names the revision it builds on, and together they form the
/// history. The database keeps the revisions it is at in its version table.
#[derive(Debug, Parser)]
#[command(name = "migrate", version, after_long_help = crate::exit::HELP, max_term_width = 100)]
#[command(disable_help_subcommand = true, subcommand_required = true, arg_required_else_help = true)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    /// The same as `--config`, before the command
    #[arg(short = 'c', value_name = "FILE", hide_short_help = true, conflicts_with = "config")]
    pub(crate) config_before: Option<PathBuf>,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Init(Init),
    Revision(Revision),
    Upgrade(Upgrade),
    Downgrade(Downgrade),
    Current(Current),
    History(History),
    Heads(Heads),
    /// List the branch points: the revisions that several build on
    ///
    /// With `-v`, show each in full, and say what its branches are about.
    Branches,
    Show(Show),
    Schema(Schema),
    #[command(visible_alias = "print_schema")]
    PrintSchema(PrintSchema),
    Diff(Diff),
    Edit(Edit),
    Merge(Merge),
    Rebase(Rebase),
    Squash(Squash),
    Stamp(Stamp),
    Adopt(Adopt),
    Status(Status),
    Check(Check),
    Verify(Verify),
    Resolve(Resolve),
    #[command(visible_alias = "ensure_version")]
    EnsureVersion(EnsureVersion),
    /// List the templates for new revisions and new projects
    #[command(visible_alias = "list_templates")]
    ListTemplates,
    Completions(Completions),
    Man(Man),
}

impl Command {
    /// The command's name, as it is typed.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Init(_) => "init",
            Self::Revision(_) => "revision",
            Self::Upgrade(_) => "upgrade",
            Self::Downgrade(_) => "downgrade",
            Self::Current(_) => "current",
            Self::History(_) => "history",
            Self::Heads(_) => "heads",
            Self::Branches => "branches",
            Self::Show(_) => "show",
            Self::Schema(_) => "schema",
            Self::PrintSchema(_) => "print-schema",
            Self::Diff(_) => "diff",
            Self::Edit(_) => "edit",
            Self::Merge(_) => "merge",
            Self::Rebase(_) => "rebase",
            Self::Squash(_) => "squash",
            Self::Stamp(_) => "stamp",
            Self::Adopt(_) => "adopt",
            Self::Status(_) => "status",
            Self::Check(_) => "check",
            Self::Verify(_) => "verify",
            Self::Resolve(_) => "resolve",
            Self::EnsureVersion(_) => "ensure-version",
            Self::ListTemplates => "list-templates",
            Self::Completions(_) => "completions",
            Self::Man(_) => "man",
        }
    }
}
