//! What every command understands.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};
use migrate_core::dialect::Dialect;

use crate::duration;

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
