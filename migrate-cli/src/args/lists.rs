//! Commands that only look.

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
