//! [`Migrator`], the one type most users hold.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use migrate_core::graph::target::{ParseTargetError, Target};
use migrate_core::history::History;

use crate::adopt::{self, Adoption, AdoptionPlan};
use crate::backend::MigrateConnection;
use crate::check;
use crate::command::{self, Goal};
use crate::embedded::{self, DowngradeTarget, Migrations, Untyped};
use crate::error::{Error, ErrorKind};
use crate::event::Event;
use crate::journal::{self, JournalEntry};
use crate::lock::patiently;
use crate::options::{Lock, Options, TransactionMode};
use crate::report::Report;
use crate::session::Session;
use crate::source::Source;
use crate::status::{self, Status};
use crate::table::{Tables, VersionRow};

type Listener = Box<dyn FnMut(&Event<'_>) + Send>;

/// Runs a history on databases.
///
/// Every method takes the connection that is to do the work. Options are set by value, one after the other; see each
/// for its default.
pub struct Migrator<H = Untyped> {
    pub(crate) source: Box<dyn Source + Send>,
    pub(crate) options: Options,
    listener: Option<Listener>,
    /// The rows of the database for which scripts are written.
    pub(crate) looked_at: Vec<VersionRow>,
    history: PhantomData<fn() -> H>,
}

impl Migrator {
    /// A migrator for a history that was read from a directory.
    pub fn from_history(history: Arc<History>) -> Self {
        Self::from_source(history)
    }
}

impl<H: 'static> Migrator<H> {
    /// A migrator for a history that is part of the binary.
    pub fn new(migrations: &Migrations<H>) -> Self {
        Self::from_source(*migrations)
    }
}

impl<H> Migrator<H> {
    fn from_source(source: impl Source + Send + 'static) -> Self {
        Self {
            source: Box::new(source),
            options: Options::default(),
            listener: None,
            looked_at: vec![],
            history: PhantomData,
        }
    }

    #[cfg(feature = "reflect")]
    pub(crate) fn history(&self) -> &History {
        self.source.history()
    }

    /// The names of the version table and the journal.
    #[cfg(feature = "reflect")]
    pub(crate) fn table_names(&self) -> [String; 2] {
        [self.options.names.version.clone(), self.options.names.journal()]
    }

    /// The version table's name, `__migrate_version` by default. Its journal is named after it: `_version` at the end
    /// becomes `_journal`, else `_journal` is added. Both names have to fit the database: 63 bytes on PostgreSQL, 64
    /// characters on MySQL; a longer one is an error of the first command.
    #[must_use]
    pub fn version_table(mut self, name: impl Into<String>) -> Self {
        self.options.names.version = name.into();
        self
    }

    /// The journal's name, where the one made from the version table's will not do.
    #[must_use]
    pub fn journal_table(mut self, name: impl Into<String>) -> Self {
        self.options.names.journal = Some(name.into());
        self
    }

    /// The schema of both tables: PostgreSQL's schema, MySQL's database, SQLite's attached database. By default where
    /// an unqualified name leads: a table that exists, else the first schema of `search_path`, the selected database,
    /// `main`. The schema has to exist.
    #[must_use]
    pub fn version_schema(mut self, name: impl Into<String>) -> Self {
        self.options.names.schema = Some(name.into());
        self
    }

    /// How processes that start together are kept apart; by default in the database's own way.
    #[must_use]
    pub fn lock(mut self, lock: Lock) -> Self {
        self.options.lock = lock;
        self
    }

    /// How long to wait for the lock, 60 seconds by default.
    #[must_use]
    pub fn lock_timeout(mut self, timeout: Duration) -> Self {
        self.options.lock_timeout = timeout;
        self
    }

    /// What one transaction spans; by default what suits the database.
    #[must_use]
    pub fn transaction(mut self, mode: TransactionMode) -> Self {
        self.options.transaction = mode;
        self
    }

    /// How long a statement may run: PostgreSQL's `statement_timeout`, MariaDB's `max_statement_time`. No limit by
    /// default.
    #[must_use]
    pub fn statement_timeout(mut self, timeout: Duration) -> Self {
        self.options.statement_timeout = Some(timeout);
        self
    }

    /// How long a statement may wait for a lock on a table: PostgreSQL's `lock_timeout`, MySQL's `lock_wait_timeout`.
    /// On PostgreSQL a revision that gives up is rolled back and tried again, see
    /// [`lock_tries`](Self::lock_tries). No limit by default.
    #[must_use]
    pub fn database_lock_timeout(mut self, timeout: Duration) -> Self {
        self.options.database_lock_timeout = Some(timeout);
        self
    }

    /// How often a revision is tried that cannot get its locks in time, 10 times by default.
    #[must_use]
    pub fn lock_tries(mut self, tries: u32) -> Self {
        self.options.lock_tries = tries;
        self
    }

    /// Calls the listener with everything that happens.
    #[must_use]
    pub fn on_event(mut self, listener: impl FnMut(&Event<'_>) + Send + 'static) -> Self {
        self.listener = Some(Box::new(listener));
        self
    }

    /// Stops between two statements once the flag is set, with [`ErrorKind::Interrupted`].
    #[must_use]
    pub fn interrupt(mut self, flag: Arc<AtomicBool>) -> Self {
        self.options.interrupt = Some(flag);
        self
    }

    /// Who the journal says it was; by default what the server knows of this session.
    #[must_use]
    pub fn who(mut self, text: impl Into<String>) -> Self {
        self.options.who = Some(text.into());
        self
    }

    /// Writes scripts for the database that has these rows ([`current`](Self::current)), where the same targets would be
    /// recorded otherwise on another one: where it ran revisions that were squashed since.
    #[must_use]
    pub fn looked_at(mut self, rows: Vec<VersionRow>) -> Self {
        self.looked_at = rows;
        self
    }

    /// Runs what leads up to the target: [`Head`](crate::Head), a revision's type, or a text such as `"head"`.
    ///
    /// A database that is there already costs one query. Otherwise the lock is taken, the state read again, everything
    /// checked that can be, and only then the first statement run.
    ///
    /// # Errors
    ///
    /// - The target means nothing, or the database is not on this history, or it was edited: nothing was run.
    /// - The database refused a statement; [`Error::state`] says where it is now.
    /// - The lock was not obtained in time, or the run was interrupted.
    pub fn upgrade<C: MigrateConnection>(
        &mut self,
        connection: &mut C,
        target: impl embedded::Target<H>,
    ) -> Result<Report, Error> {
        self.upgrade_to(connection, &[parse(&target.text())?])
    }

    /// Runs what leads up to all the targets, for tools that have them as values.
    ///
    /// # Errors
    ///
    /// As for [`upgrade`](Self::upgrade).
    pub fn upgrade_to<C: MigrateConnection>(
        &mut self,
        connection: &mut C,
        targets: &[Target],
    ) -> Result<Report, Error> {
        self.go(connection, &Goal::Upgrade(targets.to_vec()))
    }

    /// Runs what leads down to the target: [`Base`](crate::Base), a revision's type, or a text such as `"-1"`.
    ///
    /// # Errors
    ///
    /// As for [`upgrade`](Self::upgrade), and a revision on the way cannot be taken back.
    pub fn downgrade<C: MigrateConnection>(
        &mut self,
        connection: &mut C,
        target: impl DowngradeTarget<H>,
    ) -> Result<Report, Error> {
        self.downgrade_to(connection, &parse(&target.text())?)
    }

    /// Runs what leads down to the target, for tools that have it as a value.
    ///
    /// # Errors
    ///
    /// As for [`downgrade`](Self::downgrade).
    pub fn downgrade_to<C: MigrateConnection>(
        &mut self,
        connection: &mut C,
        target: &Target,
    ) -> Result<Report, Error> {
        self.go(connection, &Goal::Downgrade(target.clone()))
    }

    fn go(&mut self, session: &mut dyn Session, goal: &Goal) -> Result<Report, Error> {
        command::go(session, &*self.source, &self.options, &mut emitter(&mut self.listener), goal)
    }

    /// Records the targets as reached, without running anything. `purge` first forgets all rows, also those that the
    /// history does not know. What is unfinished on the lines of the targets, with `purge` anywhere, is given up: the
    /// caller says where the database is.
    ///
    /// # Errors
    ///
    /// - A target means nothing, or is relative.
    /// - Without `purge`: the database holds a revision that the history does not.
    pub fn stamp<C: MigrateConnection>(
        &mut self,
        connection: &mut C,
        targets: &[Target],
        purge: bool,
    ) -> Result<Report, Error> {
        let emit = &mut emitter(&mut self.listener);
        command::stamp(connection, self.source.history(), &self.options, emit, targets, purge)
    }

    /// Says what [`adopt`](Self::adopt) would record, without changing anything; `None` where no other tool's table is
    /// there.
    ///
    /// # Errors
    ///
    /// As for [`adopt`](Self::adopt).
    pub fn plan_adoption<C: MigrateConnection>(
        &self,
        connection: &mut C,
        adoption: &Adoption,
    ) -> Result<Option<AdoptionPlan>, Error> {
        patiently(&self.options, &mut |_| {}, || {
            adopt::plan(connection, self.source.history(), &self.options, adoption)
        })
    }

    /// Takes the database over from another migration tool: what that tool has recorded as applied gets recorded here, with
    /// digests. Nothing is run, and the other tool's table stays as it is; that tool must not be run any more.
    ///
    /// For an application that changes over in its own code, before its first [`upgrade`](Self::upgrade). It may stay
    /// there: on an empty database, and on one that was taken over before, it finds nothing to do and takes no lock.
    ///
    /// ```
    /// # #[cfg(feature = "sqlite")] {
    /// # use diesel::connection::SimpleConnection;
    /// # use migrate_runtime::{Adoption, Migrations, Migrator};
    /// # use migrate_core::adopt::Tool;
    /// # fn start<H: 'static, C: migrate_runtime::MigrateConnection>(
    /// #     migrations: Migrations<H>, connection: &mut C) -> Result<(), migrate_runtime::Error> {
    /// let mut migrator = Migrator::new(&migrations);
    /// migrator.adopt(connection, &Adoption::of(Tool::Diesel))?;
    /// migrator.upgrade(connection, migrate_runtime::Head)?;
    /// # Ok(()) }
    /// # }
    /// ```
    ///
    /// Returns what there was to record, and `None` where no other tool's table is there.
    ///
    /// # Errors
    ///
    /// - A version is no revision of this history for certain, or one that others need is missing
    ///   ([`ErrorKind::Adoption`]). Nothing is guessed and nothing recorded.
    /// - The tool has a migration half applied.
    /// - Several tools have recorded in this database, and none is named ([`ErrorKind::Configuration`]).
    /// - The database has a record of its own that lacks what the other tool has applied since.
    pub fn adopt<C: MigrateConnection>(
        &mut self,
        connection: &mut C,
        adoption: &Adoption,
    ) -> Result<Option<AdoptionPlan>, Error> {
        let emit = &mut emitter(&mut self.listener);
        adopt::adopt(connection, self.source.history(), &self.options, emit, adoption, None)
    }

    /// The same for a plan that somebody has seen: if it is another one by now, nothing is recorded.
    ///
    /// # Errors
    ///
    /// As for [`adopt`](Self::adopt), and the database has changed since ([`ErrorKind::Concurrent`]).
    pub fn adopt_as_planned<C: MigrateConnection>(
        &mut self,
        connection: &mut C,
        plan: &AdoptionPlan,
    ) -> Result<(), Error> {
        let emit = &mut emitter(&mut self.listener);
        let history = self.source.history();
        adopt::adopt(connection, history, &self.options, emit, plan.adoption(), Some(plan)).map(drop)
    }

    /// Creates the version table and the journal, unless they are there.
    ///
    /// # Errors
    ///
    /// - The database does not allow it.
    pub fn ensure_version_table<C: MigrateConnection>(&mut self, connection: &mut C) -> Result<(), Error> {
        command::ensure(connection, &self.options, &mut emitter(&mut self.listener))
    }

    /// Says of the interrupted statement of an unfinished revision whether it took effect, so that the next run can go
    /// on after it, or with it. Returns the journal's row as it is then.
    ///
    /// # Errors
    ///
    /// - No such revision is unfinished, or it is not in this history.
    /// - `applied`, and the journal knows that the database refused the statement.
    pub fn resolve<C: MigrateConnection>(
        &mut self,
        connection: &mut C,
        revision: &str,
        applied: bool,
    ) -> Result<JournalEntry, Error> {
        let emit = &mut emitter(&mut self.listener);
        command::resolve(connection, self.source.history(), &self.options, emit, revision, applied)
    }

    /// The rows of the version table. Creates nothing; a database without one has no rows.
    ///
    /// # Errors
    ///
    /// - The table cannot be read.
    pub fn current<C: MigrateConnection>(&self, connection: &mut C) -> Result<Vec<VersionRow>, Error> {
        self.rows(connection)
    }

    fn rows(&self, session: &mut dyn Session) -> Result<Vec<VersionRow>, Error> {
        self.options.names.check(session.dialect())?;
        let depth =
            session.transaction_depth().map_err(|error| Error::database("use the connection", error))?;
        status::rows(session, &self.options.names, depth > 0)
    }

    /// Where the database stands. Reads only; the right to SELECT from the two tables is enough.
    ///
    /// # Errors
    ///
    /// - The tables cannot be read.
    pub fn status<C: MigrateConnection>(&self, connection: &mut C) -> Result<Status, Error> {
        self.options.names.check(connection.dialect())?;
        patiently(&self.options, &mut |_| {}, || {
            status::read(connection, &self.options.names, self.source.history())
        })
    }

    /// All rows of the journal, oldest first.
    ///
    /// # Errors
    ///
    /// - The table cannot be read.
    pub fn journal<C: MigrateConnection>(&self, connection: &mut C) -> Result<Vec<JournalEntry>, Error> {
        self.options.names.check(connection.dialect())?;
        patiently(&self.options, &mut |_| {}, || {
            let tables = Tables::resolve(connection, &self.options.names)?;
            journal::all(connection, &tables)
        })
    }

    /// Makes sure that the database has all that this history has: one query when it does.
    ///
    /// # Errors
    ///
    /// - Revisions are pending ([`ErrorKind::NotCurrent`]), unknown, edited or unfinished.
    pub fn check_current<C: MigrateConnection>(&self, connection: &mut C) -> Result<(), Error> {
        patiently(&self.options, &mut |_| {}, || self.check_once(connection))
    }

    /// The rows of the version table, once it is certain that the database is on this history and nothing is unfinished.
    /// Reads only.
    ///
    /// # Errors
    ///
    /// - The database holds unknown, edited or unfinished revisions.
    pub fn position<C: MigrateConnection>(&self, connection: &mut C) -> Result<Vec<VersionRow>, Error> {
        patiently(&self.options, &mut |_| {}, || {
            let rows = self.rows(connection)?;
            self.check_sound(connection, &rows)?;
            Ok(rows)
        })
    }

    /// Makes sure that a database at these rows is on this history, and that nothing in it is edited or unfinished.
    fn check_sound(&self, session: &mut dyn Session, rows: &[VersionRow]) -> Result<(), Error> {
        let (history, names) = (self.source.history(), &self.options.names);
        let at = check::known(history, rows)?;
        let tables = Tables::resolve(session, names)?;
        let dialect = session.dialect();
        check::unedited(history, rows, &at, dialect, &names.version, || journal::applied(session, &tables))?;
        let unfinished = journal::unfinished(session, &tables)?;
        let Some(entry) = unfinished.first() else { return Ok(()) };
        let message = format!(
            "the {} of revision `{}` is unfinished: {} of {} statements are done",
            entry.direction, entry.revision, entry.statements_done, entry.statements_total
        );
        Err(Error::new(ErrorKind::Unfinished, message)
            .revision_is(&entry.revision)
            .help(command::finish(history, entry))
            .state_is(check::place(rows.iter().map(|row| row.version_num.as_str()))))
    }

    fn check_once<C: MigrateConnection>(&self, connection: &mut C) -> Result<(), Error> {
        let rows = self.rows(connection)?;
        let dialect = connection.dialect();
        if command::is_at(&rows, &self.source.heads(dialect)) {
            return Ok(());
        }
        self.check_sound(connection, &rows)?;
        let status = self.status(connection)?;
        if status.is_current() {
            return Ok(());
        }
        let place = check::place(rows.iter().map(|row| row.version_num.as_str()));
        let message = match status.pending.len() {
            1 => "the database lacks 1 revision of this history".to_owned(),
            count => format!("the database lacks {count} revisions of this history"),
        };
        let next = status.pending.first().map(|id| format!("the next is `{id}`"));
        let error =
            Error::new(ErrorKind::NotCurrent, message).state_is(place).help("run `migrate upgrade heads`");
        Err(next.into_iter().fold(error, Error::note))
    }
}

impl<H: 'static> Migrations<H> {
    /// Runs what leads up to the target, with the options that a [`Migrator`] has by default.
    ///
    /// # Errors
    ///
    /// As for [`Migrator::upgrade`].
    pub fn upgrade<C: MigrateConnection>(
        self,
        connection: &mut C,
        target: impl embedded::Target<H>,
    ) -> Result<Report, Error> {
        Migrator::new(&self).upgrade(connection, target)
    }

    /// Runs what leads down to the target, with the options that a [`Migrator`] has by default.
    ///
    /// # Errors
    ///
    /// As for [`Migrator::downgrade`].
    pub fn downgrade<C: MigrateConnection>(
        self,
        connection: &mut C,
        target: impl DowngradeTarget<H>,
    ) -> Result<Report, Error> {
        Migrator::new(&self).downgrade(connection, target)
    }
}

impl<H> fmt::Debug for Migrator<H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Migrator").field("options", &self.options).finish_non_exhaustive()
    }
}

fn emitter(listener: &mut Option<Listener>) -> impl FnMut(&Event<'_>) {
    move |event| {
        if let Some(listener) = listener {
            listener(event);
        }
    }
}

pub(crate) fn parse(text: &str) -> Result<Target, Error> {
    let refused = |error: ParseTargetError| {
        let refused = Error::new(ErrorKind::Target, error.to_string()).state_is("nothing was run");
        error.helps().into_iter().fold(refused, Error::help)
    };
    text.parse().map_err(refused)
}
