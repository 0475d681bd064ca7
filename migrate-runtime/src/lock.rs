//! One migrator at a time.
//!
//! The lock lives on the connection that does the work: a server goes on with the statement of a client that died, and
//! only then gives up that client's locks, so whoever gets the lock next finds nothing half done. PostgreSQL's lock is
//! polled, never waited for: a session that waits inside the server holds a snapshot, which deadlocks with
//! `CREATE INDEX CONCURRENTLY`. SQLite's lock is the write transaction itself.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::atomic::Ordering;
use std::thread;
use std::time::{Duration, Instant};

use diesel::result::Error as DieselError;
use migrate_core::dialect::Dialect;

use crate::error::{Error, ErrorKind};
use crate::event::Event;
use crate::options::Options;
use crate::session::Session;

/// A query for the key of PostgreSQL's lock where only the server knows the schema: [`fnv`] over the same name, in the
/// server's own arithmetic. `schema` is an expression for the schema's name.
pub(crate) fn postgres_key(schema: &str, table: &str) -> String {
    let after = Dialect::Postgres.quote_literal(&format!(".{table}"));
    format!(
        "WITH RECURSIVE fnv (place, hash) AS (\n  \
           SELECT 0, 14695981039346656037::numeric\n  \
           UNION ALL\n  \
           SELECT place + 1, mod((hash - mod(hash, 256) + (mod(hash, 256)::int # get_byte(name, place))) \
           * 1099511628211, 18446744073709551616)\n  \
           FROM fnv, (SELECT convert_to('migrate:' || {schema} || {after}, 'UTF8') AS name) n \
           WHERE place < length(name)\n\
         )\n\
         SELECT (CASE WHEN hash < 9223372036854775808 THEN hash ELSE hash - 18446744073709551616 END)::bigint \
         AS migrate_lock\nFROM fnv ORDER BY place DESC LIMIT 1"
    )
}

/// An expression for the name of MySQL's lock where only the server knows the database: what [`Advisory::of`] makes of it.
pub(crate) fn mysql_name(table: &str) -> String {
    let after = Dialect::Mysql.quote_literal(&format!(".{table}"));
    let name = format!("CONCAT('migrate:', DATABASE(), {after})");
    format!(
        "IF(LENGTH({name}) = CHAR_LENGTH({name}) AND LENGTH({name}) <= 64, {name}, {})",
        mysql_hash(&name)
    )
}

fn mysql_hash(name: &str) -> String {
    format!("CONCAT('migrate:', LEFT(SHA2({name}, 256), 32))")
}

/// How long an SQLite statement waits by itself before this module counts, tells and tries again.
pub(crate) const SQLITE_PATIENCE: Duration = Duration::from_millis(500);

const TELL_EVERY: Duration = Duration::from_secs(5);

/// The server's lock for one version table.
#[derive(Clone, Debug)]
pub(crate) enum Advisory {
    /// The key.
    Postgres(i64),
    /// An expression for the name.
    Mysql(String),
}

impl Advisory {
    /// The lock of a version table, if this database has such locks.
    pub(crate) fn of(dialect: Dialect, schema: &str, table: &str) -> Option<Self> {
        let name = format!("migrate:{schema}.{table}");
        match dialect {
            // An advisory lock belongs to one database, so the table's name is enough.
            Dialect::Postgres => Some(Self::Postgres(i64::from_ne_bytes(fnv(&name).to_ne_bytes()))),
            // MySQL's belongs to the whole server, is compared without case, and has 64 characters at most.
            Dialect::Mysql => {
                let literal = dialect.quote_literal(&name);
                let fits = name.is_ascii() && name.len() <= 64;
                Some(Self::Mysql(if fits { literal } else { mysql_hash(&literal) }))
            }
            Dialect::Sqlite => None,
        }
    }

    /// Takes the lock, or fails when the time is over. Inside the caller's transaction it lasts until that ends: others
    /// cannot see before then what was done.
    pub(crate) fn acquire(
        &self,
        session: &mut dyn Session,
        options: &Options,
        emit: &mut dyn FnMut(&Event<'_>),
        in_transaction: bool,
    ) -> Result<(), Error> {
        let mut wait = Wait::new(options);
        loop {
            if self.try_acquire(session, in_transaction)? {
                wait.held(emit);
                return Ok(());
            }
            wait.tell(emit, || self.holder(session))?;
            if let Self::Postgres(_) = self {
                wait.pause();
            }
        }
    }

    fn try_acquire(&self, session: &mut dyn Session, in_transaction: bool) -> Result<bool, Error> {
        let query = match self {
            Self::Postgres(key) if in_transaction => {
                format!("SELECT pg_catalog.pg_try_advisory_xact_lock({key})::text")
            }
            Self::Postgres(key) => format!("SELECT pg_catalog.pg_try_advisory_lock({key})::text"),
            // The server waits a second by itself: that is fair, and it does not hold a snapshot meanwhile.
            Self::Mysql(name) => {
                format!("SELECT CAST(GET_LOCK({name}, 1) AS CHAR)")
            }
        };
        let rows = session.query(&query).map_err(|error| Error::database("ask for the lock", error))?;
        Ok(rows.first().is_some_and(|row| row.is_true(0)))
    }

    /// Gives the lock back. A connection that is lost has given it back already.
    pub(crate) fn release(&self, session: &mut dyn Session) {
        let query = match self {
            Self::Postgres(key) => format!("SELECT pg_catalog.pg_advisory_unlock({key})::text"),
            Self::Mysql(name) => {
                format!("SELECT CAST(RELEASE_LOCK({name}) AS CHAR)")
            }
        };
        let _ = session.query(&query);
    }

    /// Who holds the lock, as far as this user may see.
    fn holder(&self, session: &mut dyn Session) -> Option<String> {
        let query = match self {
            Self::Postgres(key) => format!(
                "SELECT concat_ws(', ', 'pid ' || l.pid, nullif(a.application_name, ''), \
                 host(a.client_addr)) FROM pg_catalog.pg_locks l \
                 LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid \
                 WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1 \
                 AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database()) \
                 AND (l.classid::bigint << 32) | l.objid::bigint = {key}"
            ),
            Self::Mysql(name) => {
                format!("SELECT CONCAT('connection ', IS_USED_LOCK({name}))")
            }
        };
        session.query(&query).ok()?.into_iter().find_map(|mut row| row.take(0))
    }
}

/// Begins SQLite's write transaction, which is its lock.
pub(crate) fn begin_immediate(
    session: &mut dyn Session,
    options: &Options,
    emit: &mut dyn FnMut(&Event<'_>),
) -> Result<(), Error> {
    let mut wait = Wait::new(options);
    loop {
        match session.batch("BEGIN IMMEDIATE") {
            Ok(()) => {
                wait.held(emit);
                return Ok(());
            }
            Err(error) if is_busy(&error) => wait.tell(emit, || None)?,
            Err(error) => return Err(Error::database("begin a transaction", error)),
        }
        wait.pause();
    }
}

/// Whether SQLite says that somebody else has the file.
pub(crate) fn is_busy(error: &DieselError) -> bool {
    matches!(error, DieselError::DatabaseError(_, information) if information.message().contains("is locked"))
}

/// Does something again while SQLite's file is in somebody else's hands.
pub(crate) fn patiently<T>(
    options: &Options,
    emit: &mut dyn FnMut(&Event<'_>),
    mut attempt: impl FnMut() -> Result<T, Error>,
) -> Result<T, Error> {
    let mut wait = Wait::new(options);
    loop {
        match attempt() {
            Err(error) if error.is_busy() => wait.tell(emit, || None)?,
            other => return other,
        }
        wait.pause();
    }
}

/// Waiting for something, with a deadline, within earshot.
pub(crate) struct Wait<'a> {
    options: &'a Options,
    since: Instant,
    told: Option<Instant>,
    pause: Duration,
}

impl<'a> Wait<'a> {
    pub(crate) fn new(options: &'a Options) -> Self {
        Self { options, since: Instant::now(), told: None, pause: Duration::from_millis(40) }
    }

    fn held(&self, emit: &mut dyn FnMut(&Event<'_>)) {
        emit(&Event::LockHeld { waited: self.since.elapsed() });
    }

    /// Tells that somebody waits, at once and then now and then, and fails when the time is over.
    pub(crate) fn tell(
        &mut self,
        emit: &mut dyn FnMut(&Event<'_>),
        holder: impl FnOnce() -> Option<String>,
    ) -> Result<(), Error> {
        if self.options.interrupt.as_ref().is_some_and(|flag| flag.load(Ordering::Relaxed)) {
            return Err(Error::new(ErrorKind::Interrupted, "interrupted while waiting for the lock")
                .state_is("nothing was run"));
        }
        let waited = self.since.elapsed();
        let over = waited >= self.options.lock_timeout;
        if !over && self.told.is_some_and(|at| at.elapsed() < TELL_EVERY) {
            return Ok(());
        }
        let holder = holder();
        if over {
            let seconds = self.options.lock_timeout.as_secs_f64();
            let message = format!("another process held the migration lock for {seconds} seconds");
            let mut error = Error::new(ErrorKind::LockTimeout, message).state_is("nothing was run");
            if let Some(holder) = holder {
                error = error.note(format!("held by {holder}"));
            }
            return Err(
                error.help("wait for the other process and run again, or allow more time: `lock_timeout`")
            );
        }
        self.told = Some(Instant::now());
        emit(&Event::LockWaiting { waited, holder: holder.as_deref() });
        Ok(())
    }

    /// Sleeps a little, each time longer, never twice alike, and not past the deadline.
    pub(crate) fn pause(&mut self) {
        let left = self.options.lock_timeout.saturating_sub(self.since.elapsed());
        thread::sleep(jitter(self.pause).min(left));
        self.pause = (self.pause * 3 / 2).min(Duration::from_millis(400));
    }
}

/// Between half and one and a half of a duration.
pub(crate) fn jitter(duration: Duration) -> Duration {
    // The standard library's hasher is keyed at random, which is random enough to keep fifty processes out of step.
    let random = RandomState::new().build_hasher().finish() % 1024;
    duration.mul_f64(0.5 + random as f64 / 1024.0)
}

/// FNV-1a, 64 bits: the lock's key must be the same in every version of this crate.
fn fnv(text: &str) -> u64 {
    text.bytes()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_of_a_lock_never_changes() {
        let key = |dialect, schema: &str| format!("{:?}", Advisory::of(dialect, schema, "__migrate_version"));
        assert_eq!(fnv("a"), 0xaf63_dc4c_8601_ec8c, "FNV-1a's own test vector");
        assert_eq!(key(Dialect::Mysql, "shop"), r#"Some(Mysql("'migrate:shop.__migrate_version'"))"#);
        let long = "s".repeat(60);
        assert!(key(Dialect::Mysql, &long).contains("CONCAT('migrate:', LEFT(SHA2('migrate:ss"));
        assert_ne!(key(Dialect::Postgres, "a"), key(Dialect::Postgres, "b"));
        assert_eq!(key(Dialect::Sqlite, "main"), "None");
    }
}
