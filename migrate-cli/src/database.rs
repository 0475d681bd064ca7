//! A database with the migrator that works on it.

use std::sync::Arc;

use diesel::RunQueryDsl as _;
use migrate_core::graph::target::Target;
use migrate_core::history::History;
use migrate_core::schema::Schema;
use migrate_runtime::{
    Adoption, AdoptionPlan, Error, JournalEntry, Lock, Migrator, Report, Status, TransactionMode,
    Verification, VersionRow,
};

use crate::connect::{Access, Connection, Connector, with_connection};
use crate::context::Context;
use crate::environment::Environment;
use crate::exit::Exit;
use crate::failure::{Failure, Result};
use crate::layer::{self, Layer};
use crate::report::{Reporter, failure};
use crate::settings::Settings;

/// An open database.
pub(crate) struct Database<'a> {
    context: &'a Context,
    history: Arc<History>,
    connection: Connection,
    migrator: Migrator,
}

impl<'a> Database<'a> {
    /// Connects.
    ///
    /// # Errors
    ///
    /// - No database is named, or it cannot be reached, or it refuses.
    /// - The configuration asks for what cannot be.
    pub(crate) fn open(
        context: &'a Context,
        settings: &Settings,
        environment: &Environment,
        history: &Arc<History>,
        access: Access,
    ) -> Result<Self> {
        let database = settings.database()?;
        let migrator = migrator(&settings.layer, history)?;
        crate::signals::watch(context);
        let reporter = Reporter::new(context, Arc::clone(history));
        let notices = reporter.clone();
        let connector = Connector {
            shell: &context.shell,
            environment,
            access,
            wait: settings.layer.wait.unwrap_or_default(),
            interrupt: Arc::clone(&context.interrupt),
            on_notice: Arc::new(move |severity, message| notices.notice(severity, message)),
        };
        let connection = connector.connect(database)?;
        if access == Access::Write {
            context.shell.status("Connected", database);
        }
        let migrator =
            migrator.interrupt(Arc::clone(&context.interrupt)).on_event(move |event| reporter.event(event));
        Ok(Self { context, history: Arc::clone(history), connection, migrator })
    }

    /// Does something with the migrator and the connection. After an error it still finds out where the database is.
    fn call<T>(
        &mut self,
        call: impl FnOnce(&mut Migrator, &mut Connection) -> Result<T, Error>,
    ) -> Result<T> {
        match call(&mut self.migrator, &mut self.connection) {
            Ok(value) => Ok(value),
            Err(error) => {
                if let Ok(rows) = with_connection!(&mut self.connection, c => self.migrator.current(c)) {
                    self.context.reached(rows.into_iter().map(|row| row.version_num).collect());
                }
                Err(failure(&error, &self.history))
            }
        }
    }

    pub(crate) fn upgrade(&mut self, targets: &[Target]) -> Result<Report> {
        let report = self.call(|m, c| with_connection!(c, c => m.upgrade_to(c, targets)))?;
        self.context.reached(report.to.clone());
        Ok(report)
    }

    pub(crate) fn downgrade(&mut self, target: &Target) -> Result<Report> {
        let report = self.call(|m, c| with_connection!(c, c => m.downgrade_to(c, target)))?;
        self.context.reached(report.to.clone());
        Ok(report)
    }

    pub(crate) fn stamp(&mut self, targets: &[Target], purge: bool) -> Result<Report> {
        let report = self.call(|m, c| with_connection!(c, c => m.stamp(c, targets, purge)))?;
        self.context.reached(report.to.clone());
        Ok(report)
    }

    pub(crate) fn plan_adoption(&mut self, adoption: &Adoption) -> Result<Option<AdoptionPlan>> {
        self.call(|m, c| with_connection!(c, c => m.plan_adoption(c, adoption)))
    }

    pub(crate) fn adopt(&mut self, plan: &AdoptionPlan) -> Result {
        self.call(|m, c| with_connection!(c, c => m.adopt_as_planned(c, plan)))?;
        self.context.reached(plan.heads.clone());
        Ok(())
    }

    pub(crate) fn ensure_version_table(&mut self) -> Result {
        self.call(|m, c| with_connection!(c, c => m.ensure_version_table(c)))
    }

    pub(crate) fn resolve(&mut self, revision: &str, applied: bool) -> Result<JournalEntry> {
        self.call(|m, c| with_connection!(c, c => m.resolve(c, revision, applied)))
    }

    pub(crate) fn current(&mut self) -> Result<Vec<VersionRow>> {
        self.call(|m, c| with_connection!(c, c => m.current(c)))
    }

    /// The rows, if the database is on this history and nothing is unfinished.
    pub(crate) fn position(&mut self) -> Result<Vec<VersionRow>> {
        self.call(|m, c| with_connection!(c, c => m.position(c)))
    }

    pub(crate) fn status(&mut self) -> Result<Status> {
        self.call(|m, c| with_connection!(c, c => m.status(c)))
    }

    pub(crate) fn verify(&mut self) -> Result<Verification> {
        let verification = self.call(|m, c| with_connection!(c, c => m.verify(c)))?;
        self.context.reached(verification.at.clone());
        Ok(verification)
    }

    /// As [`verify`](Self::verify), with a history that was replayed already.
    pub(crate) fn verify_against(
        &mut self,
        schema_at: impl FnOnce(&[usize]) -> Schema,
    ) -> Result<Verification> {
        let verification = self.call(|m, c| with_connection!(c, c => m.verify_against(c, schema_at)))?;
        self.context.reached(verification.at.clone());
        Ok(verification)
    }

    /// Whether it is MySQL and not MariaDB, which takes more statements.
    pub(crate) fn is_mysql(&mut self) -> Result<bool> {
        let Connection::Mysql(connection) = &mut self.connection else { return Ok(false) };
        let version = diesel::select(diesel::dsl::sql::<diesel::sql_types::Text>("VERSION()"));
        match version.get_result::<String>(connection) {
            Ok(version) => Ok(!version.to_ascii_lowercase().contains("mariadb")),
            Err(error) => {
                let message = format!("cannot ask the database for its version: {error}");
                Err(Failure::new(Exit::Statement, "database", message))
            }
        }
    }

    pub(crate) fn check_current(&mut self) -> Result {
        self.call(|m, c| with_connection!(c, c => m.check_current(c)))
    }
}

/// The rows of the version table as nodes, and those that the history does not know.
pub(crate) fn known_rows(history: &History, rows: &[VersionRow]) -> (Vec<usize>, Vec<String>) {
    let (mut known, mut unknown) = (Vec::new(), Vec::new());
    for row in rows {
        match history.index_of_row(&row.version_num) {
            Some(node) => known.push(node),
            None => unknown.push(row.version_num.clone()),
        }
    }
    known.sort_unstable();
    (known, unknown)
}

/// What a row is that the history does not know: it `is not in this history`.
pub(crate) fn stranger(history: &History, id: &str) -> String {
    match history.graph().replacement(id) {
        Some((by, _)) => format!("was squashed into `{}` together with later ones", history.graph().id(by)),
        None => "is not in this history".to_owned(),
    }
}

/// The migrator with the options of the configuration.
///
/// # Errors
///
/// - The configuration asks for what cannot be.
pub(crate) fn migrator(layer: &Layer, history: &Arc<History>) -> Result<Migrator> {
    let mut migrator = Migrator::from_history(Arc::clone(history));
    if let Some(name) = &layer.version_table {
        migrator = migrator.version_table(name);
    }
    if let Some(name) = &layer.version_schema {
        migrator = migrator.version_schema(name);
    }
    if let Some(timeout) = layer.lock_timeout {
        migrator = migrator.lock_timeout(timeout);
    }
    if let Some(timeout) = layer.statement_timeout {
        migrator = migrator.statement_timeout(timeout);
    }
    if let Some(timeout) = layer.database_lock_timeout {
        migrator = migrator.database_lock_timeout(timeout);
    }
    let transaction = match layer.transaction.unwrap_or_default() {
        layer::Transaction::Auto => TransactionMode::Auto,
        layer::Transaction::Run => TransactionMode::Run,
        layer::Transaction::Revision => TransactionMode::Revision,
    };
    let lock = match layer.lock.unwrap_or_default() {
        layer::Lock::Auto => Lock::Auto,
        layer::Lock::Advisory => Lock::Advisory,
        layer::Lock::None => Lock::None,
        layer::Lock::Lease => {
            return Err(Failure::usage("config", "`lock = \"lease\"` is not supported yet")
                .help("the values are `auto`, `advisory` and `none`"));
        }
    };
    Ok(migrator.transaction(transaction).lock(lock))
}
