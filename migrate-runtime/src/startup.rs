//! What a service does about its database before it serves.

use std::borrow::Borrow;
use std::ffi::OsString;
use std::fmt;
use std::str::FromStr;
use std::time::{Duration, Instant};

use crate::backend::MigrateConnection;
use crate::embedded::{Heads, Migrations};
use crate::error::{Error, ErrorKind};
use crate::migrator::Migrator;

/// What a service does about its database when it starts; `MIGRATE_AUTO` in the environment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Startup {
    /// Nothing.
    Off,
    /// Fails unless the database is at the heads of this binary's history.
    Check,
    /// Waits, ten minutes at most, until another process has brought the database there.
    Wait,
    /// Brings the database there, under the lock, so that many may start at once.
    #[default]
    Apply,
}

/// The variable that chooses.
const VARIABLE: &str = "MIGRATE_AUTO";

/// How long [`Startup::Wait`] waits.
const PATIENCE: Duration = Duration::from_secs(600);

/// How often it looks.
const INTERVAL: Duration = Duration::from_millis(500);

impl fmt::Display for Startup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Off => "off",
            Self::Check => "check",
            Self::Wait => "wait",
            Self::Apply => "apply",
        })
    }
}

/// The text is none of `off`, `check`, `wait`, `apply`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownStartup;

impl fmt::Display for UnknownStartup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the values are `off`, `check`, `wait` and `apply`")
    }
}

impl std::error::Error for UnknownStartup {}

impl FromStr for Startup {
    type Err = UnknownStartup;

    fn from_str(text: &str) -> Result<Self, UnknownStartup> {
        match text {
            "off" => Ok(Self::Off),
            "check" => Ok(Self::Check),
            "wait" => Ok(Self::Wait),
            "apply" => Ok(Self::Apply),
            _ => Err(UnknownStartup),
        }
    }
}

impl Startup {
    /// What `MIGRATE_AUTO` says, [`Startup::Apply`] if it is not set or empty.
    ///
    /// # Errors
    ///
    /// - The variable has another value.
    pub fn from_env() -> Result<Self, Error> {
        Self::from_value(std::env::var_os(VARIABLE))
    }

    fn from_value(value: Option<OsString>) -> Result<Self, Error> {
        let Some(value) = value.filter(|value| !value.is_empty()) else { return Ok(Self::default()) };
        let value = value.to_string_lossy();
        value.parse().map_err(|error: UnknownStartup| {
            Error::new(ErrorKind::Configuration, format!("`{VARIABLE}` is `{value}`")).help(error.to_string())
        })
    }
}

/// Does about the database what the environment variable `MIGRATE_AUTO` says: `off`, `check`, `wait` or `apply`, which is
/// the default. See [`Startup`].
///
/// When the database is there already, each of them costs one query. Takes the migrations by value or by reference. For
/// options, or to hear what happens, use [`Migrator::start`].
///
/// # Errors
///
/// - `MIGRATE_AUTO` has another value.
/// - The database is not at the heads of this history (`check`), or not in time (`wait`); or it is not on this history.
/// - An upgrade failed, see [`Migrator::upgrade`].
pub fn run_on_startup<H: 'static, C: MigrateConnection>(
    migrations: impl Borrow<Migrations<H>>,
    connection: &mut C,
) -> Result<(), Error> {
    Migrator::new(migrations.borrow()).start(connection, Startup::from_env()?)
}

impl<H> Migrator<H> {
    /// Does about the database what is said, before a service begins to serve.
    ///
    /// # Errors
    ///
    /// As for [`run_on_startup`].
    pub fn start<C: MigrateConnection>(&mut self, connection: &mut C, startup: Startup) -> Result<(), Error> {
        match startup {
            Startup::Off => Ok(()),
            Startup::Check => self.check_current(connection),
            Startup::Wait => self.wait_until_current(connection, PATIENCE),
            Startup::Apply => self.upgrade(connection, Heads).map(|_report| ()),
        }
    }

    /// Waits until the database is at the heads of this history, brought there by another process.
    ///
    /// # Errors
    ///
    /// - It is not there in time: [`ErrorKind::NotCurrent`] or [`ErrorKind::Unfinished`].
    /// - It is not on this history, or cannot be read; waiting would not help.
    pub fn wait_until_current<C: MigrateConnection>(
        &self,
        connection: &mut C,
        timeout: Duration,
    ) -> Result<(), Error> {
        let start = Instant::now();
        loop {
            let error = match self.check_current(connection) {
                Ok(()) => return Ok(()),
                Err(error) => error,
            };
            // What another process is at shows as unfinished.
            let passes =
                matches!(error.kind(), ErrorKind::NotCurrent | ErrorKind::Unfinished) || error.is_busy();
            let left = timeout.saturating_sub(start.elapsed());
            if !passes {
                return Err(error);
            }
            if left.is_zero() {
                let seconds = timeout.as_secs();
                return Err(error.note(format!("waited {seconds} seconds for another process to migrate it")));
            }
            std::thread::sleep(INTERVAL.min(left));
        }
    }
}

#[cfg(all(test, feature = "sqlite"))]
mod tests {
    use std::sync::Arc;

    use diesel::{Connection, SqliteConnection};
    use migrate_core::history::History;
    use migrate_core::revision::{Direction, Format, Revision, RevisionId, Section};

    use super::*;

    fn migrator() -> Migrator {
        let section = |direction, text: &'static str| Section {
            direction,
            dialects: Default::default(),
            transactional: true,
            foreign_keys: true,
            text: text.into(),
            first_line: 1,
        };
        let revision = Revision {
            id: RevisionId::new("a1").unwrap(),
            message: "".into(),
            parents: vec![],
            depends_on: vec![],
            labels: vec![],
            create_date: None,
            path: "a1.sql".into(),
            format: Format::Native,
            sections: vec![section(Direction::Upgrade, "CREATE TABLE t (id INTEGER);\n")],
            irreversible: Some("".into()),
            replaces: None,
        };
        Migrator::from_history(Arc::new(History::from_revisions(vec![revision]).unwrap()))
    }

    #[test]
    fn each_mode_does_its_own() {
        let mut conn = SqliteConnection::establish(":memory:").unwrap();
        let mut migrator = migrator();
        let mut start = |mode| migrator.start(&mut conn, mode).map_err(|error| error.kind());
        assert_eq!(start(Startup::Off), Ok(()));
        assert_eq!(start(Startup::Check), Err(ErrorKind::NotCurrent));
        assert_eq!(start(Startup::Apply), Ok(()));
        assert_eq!(start(Startup::Check), Ok(()));
        assert_eq!(start(Startup::Wait), Ok(()));
        assert_eq!(start(Startup::Apply), Ok(()));
    }

    #[test]
    fn waiting_has_an_end() {
        let mut conn = SqliteConnection::establish(":memory:").unwrap();
        let error = migrator().wait_until_current(&mut conn, Duration::ZERO).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotCurrent);
    }

    #[test]
    fn waiting_ends_when_another_process_has_migrated() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("app.db").to_string_lossy().into_owned();
        let mut conn = SqliteConnection::establish(&path).unwrap();
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| {
                let mut conn = SqliteConnection::establish(&path).unwrap();
                migrator().wait_until_current(&mut conn, Duration::from_secs(60))
            });
            migrator().start(&mut conn, Startup::Apply).unwrap();
            assert!(waiting.join().unwrap().is_ok());
        });
    }

    #[test]
    fn values_of_the_variable() {
        let of = |text: &str| Startup::from_value(Some(text.into())).map_err(|error| error.kind());
        assert_eq!(Startup::from_value(None).unwrap(), Startup::Apply);
        assert_eq!(of(""), Ok(Startup::Apply));
        for mode in [Startup::Off, Startup::Check, Startup::Wait, Startup::Apply] {
            assert_eq!(of(&mode.to_string()), Ok(mode));
        }
        assert_eq!(of("Apply"), Err(ErrorKind::Configuration));
    }
}
