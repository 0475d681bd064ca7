//! Commands that bring a database somewhere, or record that it is there.

use std::path::PathBuf;

use clap::Args;
use migrate_core::adopt::Tool;

/// Run revisions forward
///
/// The target may be `head`, `heads`, an id or the beginning of one, a branch (`billing@head`), or a number of steps (`+2`).
#[derive(Args, Debug)]
pub(crate) struct Upgrade {
    /// Where to go; several may be named
    #[arg(value_name = "TARGET", default_value = "head", allow_negative_numbers = true)]
    pub(crate) targets: Vec<String>,

    /// Then compare the database's schema with the one that its revisions make, as `migrate verify` does
    #[arg(long, conflicts_with = "sql")]
    pub(crate) verify: bool,

    #[command(flatten)]
    pub(crate) offline: Offline,
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

    /// Then compare the database's schema with the one that its revisions make, as `migrate verify` does
    #[arg(long, conflicts_with = "sql")]
    pub(crate) verify: bool,

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
