//! Commands that only look.

use std::path::PathBuf;

use clap::Args;

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

/// Show revisions in full, and what they change
///
/// What a revision changes is found by replaying the history up to it, with no database.
#[derive(Args, Debug)]
pub(crate) struct Show {
    /// Which: an id or the beginning of one, `head`, `heads`, `label@head`, or `current`
    #[arg(value_name = "TARGET", default_value = "heads", allow_negative_numbers = true)]
    pub(crate) targets: Vec<String>,

    /// Show the SQL as well
    #[arg(long)]
    pub(crate) sql: bool,
}

/// Print the schema that the revisions make, with no database
///
/// The history is replayed: what its statements do is known without running them. What a statement that is not understood may
/// have changed is marked.
#[derive(Args, Debug)]
pub(crate) struct Schema {
    /// Print it as it is at this revision: an id or the beginning of one, `head`, `heads`, `label@head`, or `current`
    #[arg(long, value_name = "TARGET", default_value = "heads", allow_negative_numbers = true)]
    pub(crate) at: String,
}

/// Show how the schemas at two revisions differ, with no database
///
/// `+` is what is new, `-` what is gone, `~` a table or another object that has changed: its lines as they were and as they
/// are. `migrate diff base` is all that there is, `migrate diff -1` what the newest revision changes.
#[derive(Args, Debug)]
pub(crate) struct Diff {
    /// The one: an id or the beginning of one, `base`, `label@head`, `current`; or both, as in `6a1f:head`
    #[arg(value_name = "FROM", allow_negative_numbers = true)]
    pub(crate) from: String,

    /// The other [default: heads]
    #[arg(value_name = "TO", allow_negative_numbers = true)]
    pub(crate) to: Option<String>,

    /// Exit with 1 if they differ, or if nobody knows whether they do
    #[arg(long)]
    pub(crate) exit_code: bool,
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

/// Check that the files are valid, and that models and database agree with them
///
/// The SQL is replayed without a database, as a build does it: what the database would refuse, and a downgrade that does not lead
/// back, is an error (exit 3). What the migrations make is then compared with what the models want and with what the database
/// has; `-` is what the migrations make, `+` what the others have. Exits with 1 if one of them differs, or if the database is
/// not at the heads of the history. Never changes the database.
#[derive(Args, Debug)]
pub(crate) struct Check {
    /// Leave the database out
    #[arg(long)]
    pub(crate) no_database: bool,
    /// What the models want: diesel's `schema.rs` or a `schema.sql`; several times for several
    #[arg(long, value_name = "FILE")]
    pub(crate) models: Vec<PathBuf>,
}

/// Compare the database's schema with the one that its revisions make
///
/// The history is replayed up to where the database is, and the database's catalog is read: what somebody changed by hand, what a
/// migration did not do, and what `-- migrate:effect` says wrongly, is found. `-` is what the revisions make, `+` what the
/// database has. Exits with 1 if something differs; where only the texts of expressions do, which may mean the same, it says so
/// and exits with 0. Never changes the database.
#[derive(Args, Debug)]
pub(crate) struct Verify {
    /// Pass over what no revision made, as where several histories share a database
    #[arg(long)]
    pub(crate) allow_others: bool,
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
