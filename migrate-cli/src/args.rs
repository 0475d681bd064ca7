//! The command line, as clap reads it; nothing is decided here.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum};
use migrate_core::adopt::Tool;
use migrate_core::dialect::Dialect;

use crate::duration;

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

/// What every command understands, before or after its name.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Global options")]
pub(crate) struct Global {
    /// Use the revisions in this folder; diesel's folders will do as they are
    ///
    /// May be given several times: the folders form one history.
    #[arg(long, global = true, value_name = "FOLDER")]
    pub(crate) dir: Vec<PathBuf>,

    /// Read the SQL as this database does: postgres, mysql or sqlite
    ///
    /// Needed where no database URL says it.
    #[arg(long, global = true, value_name = "DIALECT")]
    pub(crate) dialect: Option<Dialect>,

    /// Connect to this database
    ///
    /// `postgres://user:password@host/name`, `mysql://…`, `sqlite:file`, or the path of a SQLite file. SQLAlchemy's
    /// driver names (`postgresql+asyncpg://`) are understood. Prefer the environment (`DATABASE_URL`): arguments can be seen by
    /// other users of the machine.
    #[arg(long, global = true, value_name = "DATABASE", allow_hyphen_values = false)]
    pub(crate) url: Option<String>,

    /// Read this configuration instead of the nearest `migrate.toml`
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,

    /// Use the database of this name in the configuration
    #[arg(long, short = 'n', global = true, value_name = "DATABASE")]
    pub(crate) name: Option<String>,

    /// Print one JSON object per line
    #[arg(long, global = true)]
    pub(crate) json: bool,

    /// Say nothing but results and errors
    #[arg(long, short, global = true)]
    pub(crate) quiet: bool,

    /// Say more; once for details, twice for every statement
    #[arg(long, short, global = true, action = clap::ArgAction::Count)]
    pub(crate) verbose: u8,

    /// Use colours: auto, always or never
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto", hide_default_value = true)]
    #[arg(hide_possible_values = true)]
    pub(crate) color: ColorWhen,

    /// Wait up to this long for the database to come up, such as `60s`
    ///
    /// Only for what passes by itself is waited: a refused connection, an unknown host, a server that is starting or full. A
    /// wrong password or a missing database fails at once.
    #[arg(long, global = true, value_name = "DURATION", value_parser = duration::parse)]
    pub(crate) wait: Option<Duration>,

    /// Wait up to this long for another migration to finish, such as `5m`
    #[arg(long, global = true, value_name = "DURATION", value_parser = duration::parse)]
    pub(crate) lock_timeout: Option<Duration>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum ColorWhen {
    #[default]
    Auto,
    Always,
    Never,
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
    Edit(Edit),
    Merge(Merge),
    Rebase(Rebase),
    Stamp(Stamp),
    Adopt(Adopt),
    Status(Status),
    Check(Check),
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
            Self::Edit(_) => "edit",
            Self::Merge(_) => "merge",
            Self::Rebase(_) => "rebase",
            Self::Stamp(_) => "stamp",
            Self::Adopt(_) => "adopt",
            Self::Status(_) => "status",
            Self::Check(_) => "check",
            Self::Resolve(_) => "resolve",
            Self::EnsureVersion(_) => "ensure-version",
            Self::ListTemplates => "list-templates",
            Self::Completions(_) => "completions",
            Self::Man(_) => "man",
        }
    }
}

/// Write a configuration, an empty migration directory and, for cargo, a build script
///
/// What is there already is never overwritten.
#[derive(Args, Debug)]
pub(crate) struct Init {
    /// The migration directory to make [default: migrations]
    pub(crate) folder: Option<PathBuf>,

    /// Begin with this: generic, multidb or cargo; `list-templates` describes them
    #[arg(long, short, value_name = "NAME", default_value = "generic", hide_default_value = true)]
    pub(crate) template: String,
}

/// Write a new revision file
#[derive(Args, Debug)]
pub(crate) struct Revision {
    /// Say what the revision is about
    #[arg(long, short, value_name = "TEXT")]
    pub(crate) message: Option<String>,

    /// Use this id instead of a generated one
    #[arg(long, value_name = "ID")]
    pub(crate) rev_id: Option<String>,

    /// Build on this revision: an id, `label@head`, or `base` for a new line [default: head]
    #[arg(long, value_name = "TARGET")]
    pub(crate) head: Vec<String>,

    /// Allow to build on a revision that is not a head, which makes a branch
    #[arg(long)]
    pub(crate) splice: bool,

    /// Give the new line of revisions this name
    #[arg(long, value_name = "LABEL")]
    pub(crate) branch_label: Vec<String>,

    /// Require this revision to run before, without building on it
    #[arg(long, value_name = "TARGET")]
    pub(crate) depends_on: Vec<String>,

    /// Write the file into this folder: a migration directory, or one below it
    ///
    /// Without it the file goes to the migration directory; of several, to that of the first parent.
    #[arg(long, value_name = "FOLDER")]
    pub(crate) version_path: Option<PathBuf>,

    /// Begin with this template; `list-templates` describes them [default: default]
    #[arg(long, value_name = "NAME")]
    pub(crate) template: Option<String>,

    /// Print the file and write nothing
    #[arg(long)]
    pub(crate) sql: bool,
}

/// Run revisions forward
///
/// The target may be `head`, `heads`, an id or the beginning of one, a branch (`billing@head`), or a number of steps (`+2`).
#[derive(Args, Debug)]
pub(crate) struct Upgrade {
    /// Where to go; several may be named
    #[arg(value_name = "TARGET", default_value = "head", allow_negative_numbers = true)]
    pub(crate) targets: Vec<String>,

    #[command(flatten)]
    pub(crate) offline: Offline,
}

/// Offline mode.
#[derive(Args, Debug)]
pub(crate) struct Offline {
    /// Print the SQL for psql, mysql or sqlite3 instead of running it
    ///
    /// No database is asked, so the target says where it is: `start:target`, `a1,b2:target`, from base without a start.
    /// `current` as the start asks the database.
    #[arg(long)]
    pub(crate) sql: bool,

    /// Put this text into the head of the script
    #[arg(long, value_name = "TEXT", requires = "sql")]
    pub(crate) tag: Option<String>,
}

/// Run revisions backward
///
/// The target stays applied: `downgrade base` undoes everything, `downgrade -1` the newest revision, `downgrade <id>` whatever
/// came after that revision.
#[derive(Args, Debug)]
pub(crate) struct Downgrade {
    /// Where to go
    #[arg(allow_negative_numbers = true)]
    pub(crate) target: String,

    #[command(flatten)]
    pub(crate) offline: Offline,
}

/// Show the revisions that the database is at
///
/// With `-v`, show each in full. Never changes the database.
#[derive(Args, Debug)]
pub(crate) struct Current {
    /// Exit with 1 unless the database is at all heads
    #[arg(long, short)]
    pub(crate) check_heads: bool,
}

/// List the heads: the revisions that nothing builds on
///
/// With `-v`, show each in full.
#[derive(Args, Debug)]
pub(crate) struct Heads {
    /// Leave out those that other revisions depend on
    #[arg(long)]
    pub(crate) resolve_dependencies: bool,
}

/// Show the history, newest first
///
/// With `-v`, show each revision in full.
#[derive(Args, Debug)]
pub(crate) struct History {
    /// Show this part only, both ends included, such as `base:current`, `-3:current` or `6a1f:`
    #[arg(long, short, value_name = "START:END", allow_hyphen_values = true)]
    pub(crate) rev_range: Option<String>,

    /// Mark the revisions that the database is at
    #[arg(long, short)]
    pub(crate) indicate_current: bool,

    /// Print one line per revision, without drawing
    #[arg(long)]
    pub(crate) no_graph: bool,
}

/// Show revisions in full
#[derive(Args, Debug)]
pub(crate) struct Show {
    /// Which: an id or the beginning of one, `head`, `heads`, `label@head`, or `current`
    #[arg(value_name = "TARGET", default_value = "heads", allow_negative_numbers = true)]
    pub(crate) targets: Vec<String>,

    /// Show the SQL as well
    #[arg(long)]
    pub(crate) sql: bool,
}

/// Open revision files in an editor, then check the history
///
/// The editor is what `VISUAL` or `EDITOR` says, with arguments if there are any (`code --wait`). Exits with 3 if the history
/// is broken afterwards.
#[derive(Args, Debug)]
pub(crate) struct Edit {
    /// Which: an id or the beginning of one, `head`, `heads`, `label@head`, or `current`
    #[arg(value_name = "TARGET", default_value = "heads", allow_negative_numbers = true)]
    pub(crate) targets: Vec<String>,
}

/// Write a revision that joins several heads
#[derive(Args, Debug)]
pub(crate) struct Merge {
    /// What to join: `heads`, or the revisions
    #[arg(value_name = "TARGET", required = true)]
    pub(crate) targets: Vec<String>,

    /// Say what the revision is about
    #[arg(long, short, value_name = "TEXT")]
    pub(crate) message: Option<String>,

    /// Use this id instead of a generated one
    #[arg(long, value_name = "ID")]
    pub(crate) rev_id: Option<String>,

    /// Give the new line of revisions this name
    #[arg(long, value_name = "LABEL")]
    pub(crate) branch_label: Vec<String>,

    /// Allow to join revisions that are not heads
    #[arg(long)]
    pub(crate) splice: bool,

    /// Begin with this template; `list-templates` describes them [default: default]
    #[arg(long, value_name = "NAME")]
    pub(crate) template: Option<String>,
}

/// Put a branch on top of another head, so that the two become one line
///
/// Rewrites `Revises` in the first revision of the branch and nothing else. For branches that no database has applied: every
/// database that the configuration knows for these revisions is asked, and one that has is a reason to refuse. `merge`
/// joins heads that are applied somewhere.
#[derive(Args, Debug)]
pub(crate) struct Rebase {
    /// The branch: any revision of it; those that build on it come along
    #[arg(value_name = "TARGET")]
    pub(crate) revision: String,

    /// What it is to build on: an id or the beginning of one, or `label@head`
    #[arg(long, value_name = "TARGET")]
    pub(crate) onto: String,

    /// Show what would change and write nothing
    #[arg(long)]
    pub(crate) dry_run: bool,

    /// Ask no database whether it has applied the branch
    #[arg(long)]
    pub(crate) no_database: bool,
}

/// Record revisions in the database without running them
#[derive(Args, Debug)]
pub(crate) struct Stamp {
    /// What to record: ids, `head`, `heads`, or `base` for nothing
    #[arg(value_name = "TARGET", required = true, allow_negative_numbers = true)]
    pub(crate) targets: Vec<String>,

    /// Forget what is recorded first, also what the history does not know
    #[arg(long)]
    pub(crate) purge: bool,

    #[command(flatten)]
    pub(crate) offline: Offline,
}

/// Create the version table and nothing else
#[derive(Args, Debug)]
pub(crate) struct EnsureVersion {
    /// Print the SQL for psql, mysql or sqlite3 instead of running it
    #[arg(long)]
    pub(crate) sql: bool,

    /// Put this text into the head of the script
    #[arg(long, value_name = "TEXT", requires = "sql")]
    pub(crate) tag: Option<String>,
}

/// Take a database over from another migration tool
///
/// What Alembic, diesel, sqlx, refinery, SeaORM or Flyway has recorded as applied gets recorded here, with digests. Nothing is
/// run. The plan is shown and asked for; what is not certain is refused. The other tool's table stays as it is, but that tool
/// must not be run any more.
///
/// With `--sql`, write revision files from what Alembic prints, with the ids that they have there.
#[derive(Args, Debug)]
pub(crate) struct Adopt {
    /// Take over from this tool: alembic, diesel, sqlx, refinery, sea-orm or flyway [default: whichever is there]
    #[arg(long, value_name = "TOOL")]
    pub(crate) from: Option<Tool>,

    /// Read this table of the tool, if it is not called as usual
    #[arg(long, value_name = "TABLE")]
    pub(crate) table: Option<String>,

    /// Take this version of the tool for this revision; `VERSION=` for none
    #[arg(long, value_name = "VERSION=REVISION", value_parser = version_and_revision)]
    pub(crate) map: Vec<(String, String)>,

    /// Say where the database is, in place of the versions in the table
    #[arg(long, value_name = "TARGET", num_args = 1..)]
    pub(crate) at: Vec<String>,

    /// Do not ask
    #[arg(long, short)]
    pub(crate) yes: bool,

    /// Show the plan and change nothing
    #[arg(long)]
    pub(crate) dry_run: bool,

    /// Write revision files from this output of `alembic upgrade base:heads --sql`; `-` is standard input
    #[arg(long, value_name = "FILE", conflicts_with_all = ["map", "at", "yes"])]
    pub(crate) sql: Option<PathBuf>,

    /// Take the downgrades from this output of `alembic downgrade heads:base --sql`
    #[arg(long, value_name = "FILE", requires = "sql")]
    pub(crate) downgrade_sql: Option<PathBuf>,

    /// Take messages, labels and dependencies from this output of `alembic history --verbose`
    #[arg(long, value_name = "FILE", requires = "sql")]
    pub(crate) history: Option<PathBuf>,
}

fn version_and_revision(text: &str) -> Result<(String, String), &'static str> {
    let (version, revision) = text.split_once('=').ok_or("it has no `=`")?;
    Ok((version.to_owned(), revision.to_owned()))
}

/// Compare the database with the history: applied, pending, unknown, edited, unfinished
///
/// Never changes the database; the right to read the version table is enough.
#[derive(Args, Debug)]
pub(crate) struct Status {
    /// Exit with 1 unless the database is at all heads
    #[arg(long)]
    pub(crate) exit_code: bool,
}

/// Check that the files are valid and, with a database, that it agrees with them
///
/// Exits with 1 if the database is not at the heads of the history.
#[derive(Args, Debug)]
pub(crate) struct Check {
    /// Leave the database out
    #[arg(long)]
    pub(crate) no_database: bool,
}

/// Settle a revision that was interrupted half way
///
/// For databases and statements that know no transaction, where it cannot be found out whether the interrupted statement
/// took effect: look at the database, then say which it is. The next run goes on after that statement, or with it.
#[derive(Args, Debug)]
#[command(group(clap::ArgGroup::new("outcome").required(true)))]
pub(crate) struct Resolve {
    /// The unfinished revision
    pub(crate) revision: String,

    /// The interrupted statement took effect
    #[arg(long, group = "outcome")]
    pub(crate) applied: bool,

    /// The interrupted statement took no effect
    #[arg(long, group = "outcome")]
    pub(crate) not_applied: bool,
}

/// Print the completions for a shell
#[derive(Args, Debug)]
pub(crate) struct Completions {
    /// The shell
    pub(crate) shell: clap_complete::Shell,
}

/// Print the manual page, in roff
#[derive(Args, Debug)]
pub(crate) struct Man {
    /// The command to describe; all of `migrate` without one
    pub(crate) command: Option<String>,
}
