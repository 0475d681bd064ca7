//! Carries out a plan: steps that share a transaction with their record.
//!
//! Consecutive transactional steps form a unit: one transaction with the statements and, at the end of each step, the
//! change of the version table and the journal's row. What happens outside transactions is `alone`'s business.

use std::ops::Range;
use std::sync::atomic::Ordering;
use std::thread;
use std::time::{Duration, Instant};

use diesel::result::{DatabaseErrorKind, Error as DieselError};
use migrate_core::dialect::Dialect;
use migrate_core::graph::step::{Plan, Step};
use migrate_core::history::{History, Way};

use crate::alone::Alone;
use crate::check::place;
use crate::error::{Error, ErrorKind};
use crate::event::Event;
use crate::foreign_keys::Astray;
use crate::journal::{self, JournalEntry, Owner, Record};
use crate::lock::jitter;
use crate::options::TransactionMode;
use crate::report::{Report, StepReport};
use crate::scope::Scope;
use crate::settings::Snapshot;
use crate::table::{self, Change, Refused};
use crate::task::{Task, is_lock_timeout, lost_in_statement, statement_failed};

/// A run under way.
pub(crate) struct Run<'s, 'a> {
    pub(crate) scope: &'s mut Scope<'a>,
    pub(crate) history: &'a History,
    /// By which way the database came to where it is.
    pub(crate) way: Way,
    /// The rows of the version table, as committed.
    pub(crate) at: Vec<usize>,
    /// The rows within the open transaction.
    pub(crate) ahead: Vec<usize>,
    /// What the journal says is not done.
    pub(crate) unfinished: Vec<JournalEntry>,
    /// Whether a unit has all the steps it can have, or one.
    per_run: bool,
    /// Whether a failed unit of several steps is tried again step by step.
    may_split: bool,
    pub(crate) report: Report,
    /// What is reported once it is committed.
    uncommitted: Vec<StepReport>,
    /// The session's settings before the step under way, where SQLite would not take them back with the transaction.
    before_step: Option<Snapshot>,
    /// Who this run is in the journal.
    pub(crate) owner: Owner,
}

/// Why a unit did not get through.
struct Failure {
    error: Error,
    /// The statement gave up waiting for a lock of the database.
    lock_timeout: Option<String>,
    /// The statement itself was refused.
    refused: bool,
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self { error, lock_timeout: None, refused: false }
    }
}

impl<'s, 'a> Run<'s, 'a> {
    pub(crate) fn new(
        scope: &'s mut Scope<'a>,
        history: &'a History,
        (at, way): (Vec<usize>, Way),
        unfinished: Vec<JournalEntry>,
    ) -> Self {
        let mode = scope.options.transaction;
        let empty_postgres =
            mode == TransactionMode::Auto && scope.dialect == Dialect::Postgres && at.is_empty();
        let per_run = scope.in_transaction || mode.spans_run(scope.dialect, at.is_empty());
        Self {
            ahead: at.clone(),
            at,
            way,
            unfinished,
            per_run,
            // Some statements cannot follow others in one transaction, though each alone is fine.
            may_split: empty_postgres && !scope.in_transaction,
            report: Report::default(),
            uncommitted: vec![],
            before_step: None,
            owner: Owner::new(scope.dialect),
            scope,
            history,
        }
    }

    /// Runs all steps. What was committed stays when one fails.
    pub(crate) fn steps(&mut self, plan: &Plan) -> Result<(), Error> {
        self.all_steps(plan).map_err(|error| error.state_or(|| self.place()))
    }

    fn all_steps(&mut self, plan: &Plan) -> Result<(), Error> {
        let mut next = 0;
        while next < plan.steps.len() {
            let with_keys = self.has_keys(&plan.steps[next]);
            if self.scope.must_switch_keys(with_keys)? {
                self.scope.finish().map_err(|error| self.commit_failed(None, error))?;
                self.settle();
                self.scope.switch_keys(with_keys)?;
            }
            if self.scope.dialect == Dialect::Sqlite && !self.scope.is_open() {
                // The lock was given up in between, so somebody else may have gone on.
                self.scope.begin()?;
                next = self.reposition(plan, next)?;
                continue;
            }
            if self.shares_transaction(&plan.steps[next]) {
                let mut end = next + 1;
                let follows = |step: &Step| self.shares_transaction(step) && self.has_keys(step) == with_keys;
                while self.per_run && end < plan.steps.len() && follows(&plan.steps[end]) {
                    end += 1;
                }
                next = self.unit(plan, next..end)?;
            } else {
                let task = self.task(plan, next);
                if self.alone(&task)? == Alone::Done {
                    next += 1;
                }
            }
        }
        let finished = self.scope.finish();
        finished.map_err(|error| self.commit_failed(None, error))?;
        self.settle();
        Ok(())
    }

    /// Finds the step to go on with from the rows that are there now.
    fn reposition(&mut self, plan: &Plan, next: usize) -> Result<usize, Error> {
        let rows = self.scope.tables.rows(self.scope.session)?;
        let mut now: Vec<Option<usize>> =
            rows.iter().map(|row| self.history.index_of_row(&row.version_num)).collect();
        now.sort_unstable();
        let mut state = self.at.clone();
        for place in next..=plan.steps.len() {
            state.sort_unstable();
            if now.iter().copied().eq(state.iter().map(|index| Some(*index))) {
                (self.at, self.ahead) = (state.clone(), state);
                return Ok(place);
            }
            if let Some(step) = plan.steps.get(place) {
                advance(&mut state, &step.removed, &step.added);
            }
        }
        Err(self.concurrent())
    }

    fn shares_transaction(&self, step: &Step) -> bool {
        let revision = self.history.revision(step.revision);
        shares_transaction(self.history, step, self.scope.dialect)
            && !self.unfinished.iter().any(|entry| entry.revision == revision.id.as_str())
    }

    /// Whether SQLite may look at foreign keys during the step.
    fn has_keys(&self, step: &Step) -> bool {
        let section = self.history.revision(step.revision).section(step.direction, self.scope.dialect);
        section.is_none_or(|section| section.foreign_keys)
    }

    fn task(&self, plan: &Plan, place: usize) -> Task<'a> {
        Task::new(self.history, &self.way, plan, place, self.scope.dialect)
    }

    /// Runs a unit, again where that may help, and returns the step to go on with.
    fn unit(&mut self, plan: &Plan, steps: Range<usize>) -> Result<usize, Error> {
        let mut attempt = 1;
        loop {
            let failure = match self.try_unit(plan, steps.clone()) {
                Ok(()) => return Ok(steps.end),
                Err(failure) => failure,
            };
            self.scope.roll_back();
            if let Some(before) = self.before_step.take() {
                // What failed first is what the caller should hear of.
                let _ = before.restore(self.scope.session);
            }
            self.ahead.clone_from(&self.at);
            self.uncommitted.clear();
            let id = failure.error.revision().unwrap_or_default().to_owned();
            if let Some(reason) = failure.lock_timeout {
                if attempt < self.scope.options.lock_tries && !self.scope.in_transaction {
                    attempt += 1;
                    let pause = jitter(Duration::from_millis(200) * 2_u32.pow(attempt.min(6)));
                    (self.scope.emit)(&Event::Retrying { revision: &id, reason: &reason, attempt, pause });
                    thread::sleep(pause);
                    continue;
                }
            } else if failure.refused && self.may_split && steps.len() > 1 {
                (self.per_run, self.may_split) = (false, false);
                let reason =
                    failure.error.database_message().map_or(String::new(), |said| said.message.clone());
                let pause = Duration::ZERO;
                (self.scope.emit)(&Event::Retrying { revision: &id, reason: &reason, attempt: 2, pause });
                return Ok(steps.start);
            }
            return Err(match failure.error.kind() {
                ErrorKind::CommitUnknown => failure.error,
                _ => {
                    let what = if steps.len() > 1 { "the run" } else { "the revision" };
                    let state = format!("{what} was rolled back; {}", self.place());
                    failure.error.state_is(state)
                }
            });
        }
    }

    fn try_unit(&mut self, plan: &Plan, steps: Range<usize>) -> Result<(), Failure> {
        let end = steps.end;
        self.scope.begin()?;
        for place in steps {
            let task = self.task(plan, place);
            let started = Instant::now();
            self.step_started(&task);
            let astray = match task.section.foreign_keys {
                true => None,
                false => Some(Astray::find(self.scope.session)?),
            };
            let snapshot = self.snapshot(&task)?;
            self.before_step = snapshot.clone().filter(|_| self.scope.dialect == Dialect::Sqlite);
            for number in 0..task.statements.len() {
                self.check_interrupt(&task, number)?;
                let began = Instant::now();
                self.statement_started(&task, number);
                let prefix = self.scope.prefix();
                if let Err(error) = send(self.scope, prefix, task.statements[number].text) {
                    return Err(self.refused_statement(&task, number, prefix, error, began.elapsed()));
                }
                self.statement_finished(&task, number, began.elapsed());
            }
            if let Some(before) = astray {
                Astray::find(self.scope.session)?.must_be_no_more(&before, &task)?;
            }
            if let Some(snapshot) = snapshot {
                snapshot.restore(self.scope.session)?;
                self.before_step = None;
            }
            let mut changes = self.row_changes(&task);
            let record = self.record(&task);
            changes.push(journal::done(
                self.scope.dialect,
                &self.scope.tables.journal,
                &record,
                &journal::ago(self.scope.dialect, started.elapsed()),
            ));
            self.record_step(&task, &changes, place + 1 == end)?;
            self.step_done(&task, started.elapsed());
        }
        self.settle();
        Ok(())
    }

    /// Writes the record of a step, and commits where the unit ends.
    pub(crate) fn record_step(
        &mut self,
        task: &Task<'_>,
        changes: &[Change],
        commit: bool,
    ) -> Result<(), Error> {
        let scope = &mut *self.scope;
        let prefix = scope.prefix();
        let word = if commit { scope.commit_word() } else { "" };
        // SQLite's commit may have to be repeated, so it does not ride along.
        let ride_along = scope.dialect != Dialect::Sqlite;
        let last = if ride_along { word } else { "" };
        let written = table::apply(scope.session, &scope.tables, prefix, changes, last);
        written.map_err(|refused| self.record_refused(task, refused))?;
        if !ride_along && !word.is_empty() {
            self.scope.commit().map_err(|error| self.commit_failed(Some(task.id()), error))?;
        }
        if !word.is_empty() {
            self.scope.committed();
        }
        Ok(())
    }

    fn record_refused(&mut self, task: &Task<'_>, refused: Refused) -> Error {
        match refused {
            Refused::Fenced => self.concurrent().revision_is(task.id()),
            Refused::AtLast(error) => self.commit_failed(Some(task.id()), error),
            Refused::By(error) => {
                Error::database(&format!("record revision `{}`", task.id()), error).revision_is(task.id())
            }
        }
    }

    pub(crate) fn commit_failed(&mut self, revision: Option<&str>, error: DieselError) -> Error {
        let what = revision.map_or("the run".to_owned(), |id| format!("revision `{id}`"));
        let named = |error: Error| revision.into_iter().fold(error, Error::revision_is);
        if self.scope.is_lost(&error) {
            let message = format!("the connection was lost while {what} was being committed");
            return named(Error::new(ErrorKind::CommitUnknown, message).caused_by(error))
                .state_is("it is not known whether the commit took effect")
                .help("ask the database: `migrate status`; running again is safe, it begins with what is recorded");
        }
        let failed = |how| named(Error::new(ErrorKind::Statement, format!("{what} could not be {how}")));
        match &error {
            DieselError::DatabaseError(DatabaseErrorKind::Unknown, _) => {
                failed("recorded and committed").caused_by(error)
            }
            _ => failed("committed")
                .caused_by(error)
                .note("a constraint that is checked at the end of the transaction may be violated"),
        }
    }

    pub(crate) fn concurrent(&self) -> Error {
        Error::new(ErrorKind::Concurrent, "another process changed the version table during the run")
            .help("see where the database is with `migrate status`, and run again")
    }

    /// The changes of the version table that a step makes.
    pub(crate) fn row_changes(&self, task: &Task<'_>) -> Vec<Change> {
        task.row_changes(self.history, &self.way, &self.scope.tables, self.scope.dialect)
    }

    pub(crate) fn record<'t>(&'t self, task: &'t Task<'_>) -> Record<'t> {
        task.record(self.scope.dialect, self.scope.options.who.as_deref())
    }

    /// The session's settings, if the section may change some.
    pub(crate) fn snapshot(&mut self, task: &Task<'_>) -> Result<Option<Snapshot>, Error> {
        if !task.touches_settings(self.scope.dialect) {
            return Ok(None);
        }
        // The query must not be what BEGIN rides along with.
        let prefix = self.scope.prefix();
        if !prefix.is_empty() {
            self.scope.batch_own("begin a transaction", prefix)?;
        }
        Snapshot::take(self.scope.session).map(Some)
    }

    pub(crate) fn check_interrupt(&self, task: &Task<'_>, number: usize) -> Result<(), Error> {
        let flag = self.scope.options.interrupt.as_ref();
        if !flag.is_some_and(|flag| flag.load(Ordering::Relaxed)) {
            return Ok(());
        }
        let (id, total) = (task.id(), task.statements.len());
        let message = format!("interrupted before statement {} of {total} of revision `{id}`", number + 1);
        Err(Error::new(ErrorKind::Interrupted, message).revision_is(id))
    }

    fn refused_statement(
        &mut self,
        task: &Task<'_>,
        number: usize,
        prefix: &str,
        error: DieselError,
        elapsed: Duration,
    ) -> Failure {
        if self.scope.is_lost(&error) {
            return lost_in_statement(task, number, error)
                .note("the database rolls the transaction back by itself")
                .into();
        }
        let timeout = self.scope.options.database_lock_timeout;
        let lock_timeout =
            timeout.filter(|limit| is_lock_timeout(&error, *limit, elapsed)).map(|_| error.to_string());
        Failure { error: statement_failed(task, number, prefix, error), lock_timeout, refused: true }
    }

    pub(crate) fn place(&self) -> String {
        place(self.ids(&self.at).iter().map(String::as_str))
    }

    /// The ids of rows, in the order in which the database lists them.
    pub(crate) fn ids(&self, rows: &[usize]) -> Vec<String> {
        let mut ids: Vec<String> =
            rows.iter().map(|row| self.history.revision(*row).id.to_string()).collect();
        ids.sort_unstable();
        ids
    }

    pub(crate) fn step_started(&mut self, task: &Task<'_>) {
        (self.scope.emit)(&Event::StepStarted {
            revision: task.id(),
            summary: task.revision.summary(),
            direction: task.direction,
            number: task.place.0,
            steps: task.place.1,
            statements: task.statements.len(),
        });
    }

    pub(crate) fn statement_started(&mut self, task: &Task<'_>, number: usize) {
        (self.scope.emit)(&Event::StatementStarted {
            revision: task.id(),
            number: number + 1,
            statements: task.statements.len(),
            sql: task.statements[number].text,
        });
    }

    pub(crate) fn statement_finished(&mut self, task: &Task<'_>, number: usize, elapsed: Duration) {
        (self.scope.emit)(&Event::StatementFinished {
            revision: task.id(),
            number: number + 1,
            statements: task.statements.len(),
            elapsed,
        });
    }

    /// A step is done, though perhaps not yet committed.
    pub(crate) fn step_done(&mut self, task: &Task<'_>, elapsed: Duration) {
        advance(&mut self.ahead, &task.removed, &task.added);
        let statements = task.statements.len();
        let (revision, direction) = (task.id(), task.direction);
        (self.scope.emit)(&Event::StepFinished { revision, direction, statements, elapsed });
        self.uncommitted.push(StepReport { revision: revision.to_owned(), direction, statements, elapsed });
    }

    /// Everything done so far is committed.
    pub(crate) fn settle(&mut self) {
        self.at.clone_from(&self.ahead);
        self.report.steps.append(&mut self.uncommitted);
    }
}

/// Whether a step can be in one transaction with its record and with others.
pub(crate) fn shares_transaction(history: &History, step: &Step, dialect: Dialect) -> bool {
    let section = history.revision(step.revision).section(step.direction, dialect);
    dialect.has_transactional_ddl() && section.is_none_or(|section| section.transactional)
}

/// The rows after a step.
pub(crate) fn advance(rows: &mut Vec<usize>, removed: &[usize], added: &[usize]) {
    rows.retain(|row| !removed.contains(row));
    rows.extend_from_slice(added);
}

/// Sends one statement, behind what has to come first.
pub(crate) fn send(scope: &mut Scope<'_>, prefix: &str, sql: &str) -> Result<(), DieselError> {
    if prefix.is_empty() { scope.session.batch(sql) } else { scope.session.batch(&format!("{prefix}{sql}")) }
}
