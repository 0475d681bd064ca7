//! Connections to the three databases, with drivers in Rust alone: no client library to install.
//!
//! PostgreSQL and MySQL have asynchronous drivers; one shared runtime drives them, and diesel-async's wrapper makes them
//! the synchronous connections that `migrate-runtime` takes.

mod mysql;
mod postgres;
mod sqlite;
mod tls;

use std::future::Future;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

use diesel::SqliteConnection;
use diesel_async::async_connection_wrapper::{AsyncConnectionWrapper, BlockOn};
use diesel_async::{AsyncMysqlConnection, AsyncPgConnection};
use tokio::runtime::Runtime;

use crate::duration;
use crate::environment::Environment;
use crate::exit::Exit;
use crate::failure::{Failure, Result};
use crate::shell::Shell;
use crate::url::Database;

/// A connection to any of the databases.
#[expect(clippy::large_enum_variant, reason = "a command has one")]
pub(crate) enum Connection {
    Sqlite(SqliteConnection),
    Postgres(AsyncConnectionWrapper<AsyncPgConnection, Shared>),
    Mysql(AsyncConnectionWrapper<AsyncMysqlConnection, Shared>),
}

/// Evaluates an expression with the diesel connection inside a [`Connection`].
macro_rules! with_connection {
    ($connection:expr, $inner:ident => $body:expr) => {
        match $connection {
            $crate::connect::Connection::Sqlite($inner) => $body,
            $crate::connect::Connection::Postgres($inner) => $body,
            $crate::connect::Connection::Mysql($inner) => $body,
        }
    };
}
pub(crate) use with_connection;

/// What the command will do with the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// Look: a SQLite file that is not there is not made.
    Read,
    /// Look at what has to be there.
    Existing,
    /// Change.
    Write,
}

/// Takes the severity and the text of what the server says on its own account.
pub(crate) type OnNotice = Arc<dyn Fn(&str, &str) + Send + Sync>;

/// How to connect.
pub(crate) struct Connector<'a> {
    pub(crate) shell: &'a Shell,
    /// For the variables of libpq, `PGHOST` and so on.
    pub(crate) environment: &'a Environment,
    pub(crate) access: Access,
    /// How long to retry what passes by itself; zero for one attempt.
    pub(crate) wait: Duration,
    /// Set when the user wants to stop.
    pub(crate) interrupt: Arc<AtomicBool>,
    pub(crate) on_notice: OnNotice,
}

/// Why an attempt failed.
#[derive(Debug)]
struct Refusal {
    /// Whether it may pass by itself.
    transient: bool,
    /// What it means for the command.
    exit: Exit,
    message: String,
    help: Option<String>,
}

impl Refusal {
    fn transient(message: impl Into<String>) -> Self {
        Self { transient: true, exit: Exit::Unreachable, message: message.into(), help: None }
    }

    fn lasting(message: impl Into<String>) -> Self {
        Self { transient: false, exit: Exit::Usage, message: message.into(), help: None }
    }

    /// There is no such database, and nothing that starts will make it.
    fn missing(message: impl Into<String>) -> Self {
        Self { exit: Exit::Unreachable, ..Self::lasting(message) }
    }

    fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// The reason of the system; what may come from a server that is still starting is transient.
    fn io(error: &std::io::Error) -> Self {
        use std::io::ErrorKind::*;
        let message = crate::failure::io_reason(error);
        match error.kind() {
            // Certificates and protocol; permissions of a socket.
            InvalidData | InvalidInput | PermissionDenied | Unsupported => Self::lasting(message),
            // Among the others are a host without address yet and a socket that is not there yet.
            _ => Self::transient(message),
        }
    }
}

/// How long one attempt may take where the URL does not say it.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// How often a wait looks whether the user has had enough.
const INTERRUPT_INTERVAL: Duration = Duration::from_millis(50);

impl Connector<'_> {
    /// Connects, and within `wait` tries again what may pass by itself.
    ///
    /// # Errors
    ///
    /// - The database could not be reached in time: [`Exit::Unreachable`].
    /// - It has to be there, and is not: [`Exit::Unreachable`], at once.
    /// - It refuses, as for a wrong password: [`Exit::Usage`].
    /// - The user interrupted the wait.
    pub(crate) fn connect(&self, database: &Database) -> Result<Connection> {
        let dropped = database.dropped_keys();
        if !dropped.is_empty() {
            self.shell.note(format_args!(
                "ignored in the database URL: `{}`, which other drivers use",
                dropped.join("`, `")
            ));
        }
        let start = Instant::now();
        let mut pause = Duration::from_millis(50);
        let mut told = false;
        loop {
            let limit = match self.wait.saturating_sub(start.elapsed()) {
                _ if self.wait.is_zero() => CONNECT_TIMEOUT,
                // A server that is there gets the time to answer, even at the very end.
                left => left.clamp(Duration::from_secs(1), CONNECT_TIMEOUT),
            };
            let refusal = match self.attempt(database, limit) {
                Ok(connection) => return Ok(connection),
                Err(refusal) => refusal,
            };
            self.check_interrupt()?;
            let left = self.wait.saturating_sub(start.elapsed());
            if !refusal.transient {
                let (code, what) = match refusal.exit {
                    Exit::Unreachable => ("unreachable", "reach"),
                    _ => ("refused", "connect to"),
                };
                let message = format!("cannot {what} `{database}`: {}", refusal.message);
                return Err(with_help(Failure::new(refusal.exit, code, message), refusal.help));
            }
            if left.is_zero() {
                let failure = Failure::new(
                    Exit::Unreachable,
                    "unreachable",
                    format!("cannot reach `{database}`: {}", refusal.message),
                );
                return Err(match self.wait.is_zero() {
                    true => with_help(failure, refusal.help)
                        .help("`--wait 60s` waits for a database that is starting"),
                    false => with_help(failure, refusal.help)
                        .note(format!("waited for {}", duration::show(self.wait))),
                });
            }
            if !std::mem::replace(&mut told, true) {
                self.shell.status("Waiting", format_args!("for {database}: {}", refusal.message));
            }
            self.pause(pause.min(left))?;
            pause = (pause * 2).min(Duration::from_secs(1));
        }
    }

    /// Connects once; the URL's `connect_timeout` comes before the limit.
    fn attempt(&self, database: &Database, limit: Duration) -> Result<Connection, Refusal> {
        match database {
            Database::Sqlite(sqlite) => sqlite::connect(sqlite, self).map(Connection::Sqlite),
            Database::Postgres(server) => postgres::connect(server, self, limit).map(Connection::Postgres),
            Database::Mysql(server) => mysql::connect(server, self, limit).map(Connection::Mysql),
        }
    }

    /// Runs what connects, for so long, or until interrupted.
    fn block_on<T>(
        &self,
        limit: Duration,
        connecting: impl Future<Output = Result<T, Refusal>>,
    ) -> Result<T, Refusal> {
        let end = Instant::now() + limit;
        RUNTIME.block_on(async {
            let mut connecting = pin!(connecting);
            loop {
                if let Ok(result) = tokio::time::timeout(INTERRUPT_INTERVAL, connecting.as_mut()).await {
                    return result;
                }
                if self.interrupt.load(Ordering::Relaxed) || Instant::now() >= end {
                    return Err(Refusal::transient(format!("no answer within {}", duration::show(limit))));
                }
            }
        })
    }

    fn check_interrupt(&self) -> Result {
        match self.interrupt.load(Ordering::Relaxed) {
            true => {
                let message = "interrupted while waiting for the database";
                Err(Failure::new(crate::signals::exit(), "interrupted", message))
            }
            false => Ok(()),
        }
    }

    /// Sleeps, and wakes up when interrupted.
    fn pause(&self, pause: Duration) -> Result {
        let until = Instant::now() + pause;
        loop {
            self.check_interrupt()?;
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(());
            }
            std::thread::sleep(left.min(INTERRUPT_INTERVAL));
        }
    }
}

fn with_help(failure: Box<Failure>, help: Option<String>) -> Box<Failure> {
    match help {
        Some(help) => failure.help(help),
        None => failure,
    }
}

/// The runtime that drives all connections. Its worker keeps the driver tasks alive between two calls, which a runtime that
/// only runs inside `block_on` would not.
pub(crate) static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .thread_name("migrate-io")
        .enable_all()
        .build()
        .expect("a thread can be started")
});

/// Blocks on [`RUNTIME`].
pub(crate) struct Shared;

impl BlockOn for Shared {
    fn block_on<F: Future>(&self, future: F) -> F::Output {
        RUNTIME.block_on(future)
    }

    fn get_runtime() -> Self {
        Self
    }
}
