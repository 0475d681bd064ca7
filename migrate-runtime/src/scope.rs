//! The session while a run has it: prepared, locked, and put back whatever happens.

use diesel::QueryResult;
use diesel::result::Error as DieselError;
use migrate_core::dialect::Dialect;

use crate::error::{Error, ErrorKind, is_connection_lost};
use crate::event::Event;
use crate::foreign_keys;
use crate::lock::{self, Advisory};
use crate::options::{Lock, Options};
use crate::session::Session;
use crate::settings::{self, Saved};
use crate::table::Tables;

/// A prepared session. Dropping it rolls back what is open, gives the lock back and restores the session's settings,
/// also when a listener panics.
pub(crate) struct Scope<'a> {
    pub(crate) session: &'a mut dyn Session,
    pub(crate) options: &'a Options,
    pub(crate) emit: &'a mut dyn FnMut(&Event<'_>),
    pub(crate) dialect: Dialect,
    /// Whether the caller's transaction is open, so that only savepoints are ours.
    pub(crate) in_transaction: bool,
    pub(crate) tables: Tables,
    lock: Option<Advisory>,
    saved: Option<Saved>,
    /// What is open: a transaction, or a savepoint in the caller's.
    open: bool,
    /// Whether the next message has to begin with BEGIN.
    pending: bool,
    /// Whether SQLite's foreign keys, which the caller has on, are off for the time being.
    keys_are_off: bool,
}

const SAVEPOINT: &str = "migrate_savepoint";

impl<'a> Scope<'a> {
    /// Prepares the session and takes the lock. On SQLite the write transaction is then open.
    pub(crate) fn enter(
        session: &'a mut dyn Session,
        options: &'a Options,
        emit: &'a mut dyn FnMut(&Event<'_>),
    ) -> Result<Self, Error> {
        let dialect = session.dialect();
        options.names.check(dialect)?;
        let depth =
            session.transaction_depth().map_err(|error| Error::database("use the connection", error))?;
        let in_transaction = depth > 0;
        if in_transaction && dialect == Dialect::Mysql {
            let message = "the connection is inside a transaction, which every schema change would commit";
            return Err(Error::new(ErrorKind::InTransaction, message)
                .help("run the migrations outside a transaction")
                .state_is("nothing was run"));
        }
        // Before SQLite can be told to be patient, we have to be.
        let saved = lock::patiently(options, emit, || settings::prepare(session, options, in_transaction))?;
        // SQLite's tables cannot be looked up before its lock is held; until then these stand for them.
        let mut scope = Self {
            dialect,
            in_transaction,
            tables: Tables::unresolved(dialect, &options.names),
            lock: None,
            saved: Some(saved),
            open: false,
            pending: false,
            keys_are_off: false,
            session,
            options,
            emit,
        };
        if in_transaction {
            scope.batch_own("begin a savepoint", &format!("SAVEPOINT {SAVEPOINT}"))?;
            scope.open = true;
        } else if dialect == Dialect::Sqlite {
            scope.begin_sqlite()?;
        }
        scope.tables = Tables::resolve(scope.session, &options.names)?;
        if options.lock != Lock::None {
            let lock = Advisory::of(dialect, &scope.tables.schema, &scope.tables.name);
            if let Some(lock) = lock {
                lock.acquire(scope.session, options, scope.emit, in_transaction)?;
                // A lock in the caller's transaction lasts as long as that does.
                scope.lock = (!in_transaction).then_some(lock);
                // What was true before the lock need not be any more.
                scope.tables = Tables::resolve(scope.session, &options.names)?;
            }
        }
        Ok(scope)
    }

    /// Whether a transaction or a savepoint of ours is open.
    pub(crate) fn is_open(&self) -> bool {
        self.open
    }

    /// Opens a transaction, unless one is open. PostgreSQL's rides along with the next message.
    pub(crate) fn begin(&mut self) -> Result<(), Error> {
        if self.open {
            return Ok(());
        }
        match self.dialect {
            Dialect::Sqlite => return self.begin_sqlite(),
            Dialect::Postgres => self.pending = true,
            Dialect::Mysql => self.batch_own("begin a transaction", "START TRANSACTION")?,
        }
        self.open = true;
        Ok(())
    }

    fn begin_sqlite(&mut self) -> Result<(), Error> {
        lock::begin_immediate(self.session, self.options, self.emit)?;
        self.open = true;
        Ok(())
    }

    /// Whether SQLite's foreign keys have to be switched for a section that runs with them or without.
    pub(crate) fn must_switch_keys(&mut self, on: bool) -> Result<bool, Error> {
        match self.dialect == Dialect::Sqlite && !self.in_transaction && on == self.keys_are_off {
            // Whoever has them off gets nothing switched.
            true => Ok(self.keys_are_off || foreign_keys::are_on(self.session)?),
            false => Ok(false),
        }
    }

    /// Switches them, for as long as the run lasts at most. No transaction may be open.
    pub(crate) fn switch_keys(&mut self, on: bool) -> Result<(), Error> {
        foreign_keys::switch(self.session, on)?;
        self.keys_are_off = !on;
        Ok(())
    }

    /// What has to stand before the next message.
    pub(crate) fn prefix(&mut self) -> &'static str {
        if std::mem::take(&mut self.pending) { "BEGIN;\n" } else { "" }
    }

    /// What ends the transaction within a message; empty inside the caller's.
    pub(crate) fn commit_word(&self) -> &'static str {
        if self.in_transaction || !self.open { "" } else { "COMMIT" }
    }

    /// The transaction has been committed by [`commit_word`](Self::commit_word).
    pub(crate) fn committed(&mut self) {
        if !self.in_transaction {
            self.open = false;
        }
    }

    /// Commits what is open, or lets go of the savepoint.
    pub(crate) fn finish(&mut self) -> QueryResult<()> {
        if self.in_transaction {
            self.open = false;
            return self.session.batch(&format!("RELEASE SAVEPOINT {SAVEPOINT}"));
        }
        if !self.open || self.pending {
            (self.open, self.pending) = (false, false);
            return Ok(());
        }
        self.commit()?;
        self.open = false;
        Ok(())
    }

    /// Commits; SQLite's commit is tried again while a reader is in its way.
    pub(crate) fn commit(&mut self) -> QueryResult<()> {
        let mut wait = lock::Wait::new(self.options);
        loop {
            match self.session.batch("COMMIT") {
                Err(error) if lock::is_busy(&error) && wait.tell(self.emit, || None).is_ok() => wait.pause(),
                other => return other,
            }
        }
    }

    /// Takes back what is open.
    pub(crate) fn roll_back(&mut self) {
        if !std::mem::take(&mut self.open) || std::mem::take(&mut self.pending) {
            return;
        }
        let sql = if self.in_transaction {
            format!("ROLLBACK TO SAVEPOINT {SAVEPOINT};\nRELEASE SAVEPOINT {SAVEPOINT}")
        } else {
            "ROLLBACK".to_owned()
        };
        // A failure means that the connection is gone, and the transaction with it, or that it was over already.
        let _ = self.session.batch(&sql);
    }

    /// Whether an error means that the session is over. A server that ends a session says so with an error like any other,
    /// and the drivers keep its code to themselves, so the session is asked. What is open is rolled back.
    pub(crate) fn is_lost(&mut self, error: &DieselError) -> bool {
        if is_connection_lost(error) {
            return true;
        }
        self.roll_back();
        self.dialect != Dialect::Sqlite && self.session.batch("SELECT 1").is_err()
    }

    pub(crate) fn batch_own(&mut self, doing: &str, sql: &str) -> Result<(), Error> {
        self.session.batch(sql).map_err(|error| Error::database(doing, error))
    }
}

impl Drop for Scope<'_> {
    fn drop(&mut self) {
        self.roll_back();
        if self.keys_are_off {
            let _ = self.switch_keys(true);
        }
        if let Some(lock) = self.lock.take() {
            lock.release(self.session);
        }
        if let Some(saved) = self.saved.take() {
            saved.restore(self.session);
        }
    }
}
