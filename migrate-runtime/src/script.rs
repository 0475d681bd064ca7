//! Offline mode: what a run would do, as a text that the database's own client runs.
//!
//! The plan is the one that a run makes, and so are the statements about the version table and the journal; where a run
//! looks at an answer, the script has a statement that fails unless the answer is the expected one (`session`). What
//! psql, mysql or sqlite3 would not pass on as it stands is written differently or refused (`client`), before there is
//! any text.
//!
//! Deliberately absent: what needs answers. A script neither tries again nor goes on with what was interrupted; it
//! fails, and the next run online finds out.

use std::fmt;

use migrate_core::dialect::Dialect;
use migrate_core::graph::step::{Plan, Stamp};
use migrate_core::graph::target::Target;
use migrate_core::history::{History, Way};
use migrate_core::revision::Direction;
use migrate_core::sql::problems;

use crate::check;
use crate::command::{Goal, no_plan};
use crate::error::{Error, ErrorKind};
use crate::migrator::Migrator;
use crate::options::{Options, TransactionMode};
use crate::table::Tables;
use crate::task::Task;
use crate::way;
use crate::words;

mod client;
mod session;
mod write;

/// A run as a text: psql, mysql or sqlite3 bring a database to where the run would bring it.
///
/// `Display` writes it, revision by revision. The same history, options and targets give the same text.
pub struct Script<'a> {
    history: &'a History,
    options: &'a Options,
    dialect: Dialect,
    tables: Tables,
    tag: Option<String>,
    /// By which way the database came to where it is.
    way: Way,
    /// The rows of the version table where it begins, by id.
    from: Vec<usize>,
    /// The rows where it ends, by id.
    to: Vec<usize>,
    work: Work,
    facts: Facts,
}

enum Work {
    Steps {
        plan: Plan,
        /// Which way it was to go, also where there is nothing to do.
        direction: Direction,
        /// Whether a transaction has all the steps that it can have, or one.
        per_run: bool,
    },
    Stamp(Stamp),
    Tables,
}

/// What the statements of a plan ask of the script around them.
#[derive(Default)]
struct Facts {
    statements: usize,
    /// A revision may change the session's settings.
    touches_settings: bool,
    /// Something needs to be committed before what follows.
    wants_commit: bool,
    /// A revision runs without SQLite's foreign keys.
    lacks_keys: bool,
    /// There are `"…"` outside of the script's own statements.
    has_double_quotes: bool,
}

const NOTHING_WRITTEN: &str = "nothing was written";

impl<H> Migrator<H> {
    /// The script of an upgrade of a database that is at `from`, before every revision without any.
    ///
    /// # Errors
    ///
    /// - A target means nothing.
    /// - A revision on the way has no SQL for this dialect, or SQL that the dialect's client would not pass on.
    pub fn upgrade_script(
        &self,
        dialect: Dialect,
        from: &[Target],
        targets: &[Target],
    ) -> Result<Script<'_>, Error> {
        self.script_to(dialect, from, &Goal::Upgrade(targets.to_vec()))
    }

    /// The script of a downgrade of a database that is at `from`.
    ///
    /// # Errors
    ///
    /// As for [`upgrade_script`](Self::upgrade_script), and a revision on the way cannot be taken back.
    pub fn downgrade_script(
        &self,
        dialect: Dialect,
        from: &[Target],
        target: &Target,
    ) -> Result<Script<'_>, Error> {
        self.script_to(dialect, from, &Goal::Downgrade(target.clone()))
    }

    /// The script that records the targets on a database that is at `from`, without running anything.
    ///
    /// # Errors
    ///
    /// - A target means nothing, or is relative.
    pub fn stamp_script(
        &self,
        dialect: Dialect,
        from: &[Target],
        targets: &[Target],
    ) -> Result<Script<'_>, Error> {
        let (way, from) = (self.way_from(dialect, from), self.rows_at(from)?);
        let stamp = self.source.history().graph().stamp(&from, targets, false).map_err(refused)?;
        let to = stamp.rows_after.clone();
        self.script(dialect, (way, from), to, Work::Stamp(stamp), Facts::default())
    }

    /// The script that creates the version table and the journal, unless they are there.
    ///
    /// # Errors
    ///
    /// - A table cannot have the name that it is to have.
    pub fn version_table_script(&self, dialect: Dialect) -> Result<Script<'_>, Error> {
        self.script(dialect, Default::default(), vec![], Work::Tables, Facts::default())
    }

    fn script_to(&self, dialect: Dialect, from: &[Target], goal: &Goal) -> Result<Script<'_>, Error> {
        let history = self.source.history();
        let (way, from) = (self.way_from(dialect, from), self.rows_at(from)?);
        let plan = goal.plan(history, &from).map_err(|error| error.state_is(NOTHING_WRITTEN))?;
        check::runnable(history, &plan, dialect, false, NOTHING_WRITTEN)?;
        let facts = look_at(history, &plan, dialect)?;
        let mode = self.options.transaction;
        let splits = mode == TransactionMode::Auto && dialect == Dialect::Postgres && facts.wants_commit;
        let per_run = mode.spans_run(dialect, from.is_empty()) && !splits;
        let to = plan.rows_after.clone();
        let direction = match goal {
            Goal::Upgrade(_) => Direction::Upgrade,
            Goal::Downgrade(_) => Direction::Downgrade,
        };
        self.script(dialect, (way, from), to, Work::Steps { plan, direction, per_run }, facts)
    }

    /// By which way a database came to these targets: by that of the one that was looked at, else by what they are called.
    fn way_from(&self, dialect: Dialect, targets: &[Target]) -> Way {
        let history = self.source.history();
        let mut way = way::of(history, &self.looked_at, &[], dialect);
        if self.looked_at.is_empty() {
            targets.iter().for_each(|target| way.extend(history.way_by_name(&target.to_string())));
        }
        way
    }

    /// The rows of a database that is at these targets and nowhere else.
    fn rows_at(&self, targets: &[Target]) -> Result<Vec<usize>, Error> {
        let rows = self.source.history().graph().rows_at(targets);
        rows.map_err(|error| refused(error.into()))
    }

    fn script(
        &self,
        dialect: Dialect,
        (way, from): (Way, Vec<usize>),
        to: Vec<usize>,
        work: Work,
        facts: Facts,
    ) -> Result<Script<'_>, Error> {
        let (history, options) = (self.source.history(), &self.options);
        options.names.check(dialect).map_err(|error| error.state_is(NOTHING_WRITTEN))?;
        let by_id = |mut rows: Vec<usize>| {
            rows.sort_unstable_by_key(|row| history.revision(*row).id.as_str());
            rows
        };
        let tables =
            Tables::scripted(dialect, &options.names, session::schema(dialect, &options.names).as_deref());
        Ok(Script {
            history,
            options,
            dialect,
            tables,
            tag: None,
            way,
            from: by_id(from),
            to: by_id(to),
            work,
            facts,
        })
    }
}

fn refused(error: migrate_core::graph::step::PlanError) -> Error {
    no_plan(error).state_is(NOTHING_WRITTEN)
}

/// Looks at every statement, and refuses what only a live connection could run.
fn look_at(history: &History, plan: &Plan, dialect: Dialect) -> Result<Facts, Error> {
    let mut facts = Facts::default();
    for place in 0..plan.steps.len() {
        let task = Task::new(history, &Way::default(), plan, place, dialect);
        let refuse = |offset: usize, message: String, help: &str| {
            let error = task.error_at(offset, ErrorKind::Offline, message);
            Err(error.help(help).state_is(NOTHING_WRITTEN))
        };
        let section = task.section;
        if let Some(found) = problems(&section.text, dialect, section.transactional).first() {
            return refuse(found.start, found.problem.to_string(), found.problem.help());
        }
        for statement in &task.statements {
            if let Some(misread) = client::misread(statement.text, dialect) {
                let message =
                    format!("revision `{}` cannot be written as a script: {}", task.id(), misread.message);
                return refuse(statement.start + misread.at, message, misread.help);
            }
            facts.wants_commit |= words::wants_commit(statement.text, dialect);
            facts.has_double_quotes |= statement.text.contains('"');
        }
        facts.statements += task.statements.len();
        facts.lacks_keys |= !section.foreign_keys;
        facts.touches_settings |= task.touches_settings(dialect);
    }
    Ok(facts)
}

impl Script<'_> {
    /// Puts a text of the caller's into the head of the script, as a comment.
    #[must_use]
    pub fn tag(mut self, text: impl Into<String>) -> Self {
        self.tag = Some(text.into());
        self
    }

    /// The rows of the version table where it begins.
    pub fn from(&self) -> Vec<String> {
        self.ids(&self.from)
    }

    /// The rows of the version table where it ends.
    pub fn to(&self) -> Vec<String> {
        self.ids(&self.to)
    }

    /// How many revisions it runs.
    pub fn steps(&self) -> usize {
        match &self.work {
            Work::Steps { plan, .. } => plan.steps.len(),
            Work::Stamp(_) | Work::Tables => 0,
        }
    }

    /// How many statements of revisions it runs.
    pub fn statements(&self) -> usize {
        self.facts.statements
    }

    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        match &self.work {
            Work::Steps { plan, .. } => plan.steps.is_empty(),
            Work::Stamp(stamp) => stamp.removed.is_empty() && stamp.added.is_empty(),
            Work::Tables => false,
        }
    }

    fn ids(&self, rows: &[usize]) -> Vec<String> {
        rows.iter().map(|row| self.history.revision(*row).id.to_string()).collect()
    }
}

impl fmt::Display for Script<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write::script(self, f)
    }
}

impl fmt::Debug for Script<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Script")
            .field("dialect", &self.dialect)
            .field("from", &self.from())
            .field("to", &self.to())
            .field("steps", &self.steps())
            .finish_non_exhaustive()
    }
}
