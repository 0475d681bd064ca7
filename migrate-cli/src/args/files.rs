//! Commands that write and change revision files.

use std::path::PathBuf;

use clap::Args;

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
///
/// With `--autogenerate`, it has the SQL that leads from what the revisions make to what the models want, both ways. What would
/// lose data is asked about, or refused where nobody can be asked (exit 8).
#[derive(Args, Debug)]
pub(crate) struct Revision {
    /// Write the SQL that makes the schema what the models want
    #[arg(long)]
    pub(crate) autogenerate: bool,

    /// Read the models from here: a `schema.rs`, a `schema.sql`, or a folder [default: `models`, or `schema`, of the configuration]
    #[arg(long, value_name = "FILE", requires = "autogenerate")]
    pub(crate) models: Vec<PathBuf>,

    /// Begin with what the database has, which has to be at the heads
    #[arg(long, requires = "autogenerate")]
    pub(crate) from_database: bool,

    /// Rename and keep the data: `posts.headline=title`, `posts=articles`
    #[arg(long, value_name = "OLD=NEW", requires = "autogenerate")]
    pub(crate) rename: Vec<String>,

    /// Write what drops tables or columns, too
    #[arg(long, requires = "autogenerate")]
    pub(crate) allow_destructive: bool,

    /// Write what can be generated if not everything can
    #[arg(long, requires = "autogenerate")]
    pub(crate) allow_incomplete: bool,

    /// Write the file if there is nothing to do, too
    #[arg(long, requires = "autogenerate")]
    pub(crate) allow_empty: bool,

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

/// Put one revision in the place of a run of them
///
/// The new one is written from the schema at the end of the run, and says which it replaces: a database that has those is
/// recognised, a new one takes the short way. The files of the run are removed; version control has them. Databases in the
/// middle of the run have to go to its end first: every database that the configuration knows is asked, and one that is there
/// is a reason to refuse. Nothing is written unless replaying the new revision gives the schema that the run gives.
///
/// Statements that a schema does not tell (rows, code, grants) are listed, and refused unless you say what is to become of
/// them.
#[derive(Args, Debug)]
pub(crate) struct Squash {
    /// The run, the older end first: `a1b2:c3d4`, `:c3d4` from the beginning, `a1b2:head`
    #[arg(value_name = "RANGE")]
    pub(crate) range: String,

    /// Say what the revision is about
    #[arg(long, short, value_name = "TEXT")]
    pub(crate) message: Option<String>,

    /// Use this id instead of one that sorts behind the last of the run
    #[arg(long, value_name = "ID")]
    pub(crate) rev_id: Option<String>,

    /// Put the statements that a schema does not tell behind the schema, as they are
    #[arg(long, conflicts_with_all = ["drop_data", "verbatim"])]
    pub(crate) keep_data: bool,

    /// Leave the statements that a schema does not tell out: a new database does without what they did
    #[arg(long, conflicts_with = "verbatim")]
    pub(crate) drop_data: bool,

    /// Put all statements of the run one after the other, as they are, instead of the schema
    #[arg(long)]
    pub(crate) verbatim: bool,

    /// Print the file and write nothing
    #[arg(long)]
    pub(crate) sql: bool,

    /// Ask no database whether it is in the middle of the run
    #[arg(long)]
    pub(crate) no_database: bool,
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
