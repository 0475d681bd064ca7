//! Steps that cannot share a transaction with their record: MySQL's all, elsewhere the sections that say
//! `transaction=false`.
//!
//! The journal's row is written before the first statement and says after each one how many are done. A statement that
//! fails leaves its error there, so that the next run knows that it has to be run; one that was interrupted leaves
//! nothing, and `resume` finds out.

use std::time::{Duration, Instant};

use diesel::result::Error as DieselError;
use migrate_core::dialect::Dialect;
use migrate_core::revision::Direction;

use crate::conditions;
use crate::error::Error;
use crate::event::Event;
use crate::journal::{self, Progress};
use crate::lock;
use crate::probe;
use crate::resume::Resumed;
use crate::run::{Run, send};
use crate::table::{self, Refused};
use crate::task::{Task, lost_in_statement, statement_failed};
use crate::words;

/// How running a step alone ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Alone {
    /// It is done and recorded.
    Done,
    /// Another process is done with it; what there is to do has to be looked at again.
    ByOther,
}

impl Run<'_, '_> {
    /// Runs a step statement by statement, or goes on with it where it was left.
    pub(crate) fn alone(&mut self, task: &Task<'_>) -> Result<Alone, Error> {
        self.scope.finish().map_err(|error| self.commit_failed(None, error))?;
        self.settle();
        let started = Instant::now();
        self.step_started(task);
        let texts: Vec<&str> = task.statements.iter().map(|statement| statement.text).collect();
        let fingerprints = words::fingerprints(&texts, self.scope.dialect);
        let snapshot = self.snapshot(task)?;
        let entry = self.unfinished.iter().position(|entry| entry.revision == task.id());
        let first = match entry.map(|place| self.unfinished.remove(place)) {
            None => {
                self.open_entry(task)?;
                0
            }
            Some(entry) => match self.resume(task, entry, &fingerprints)? {
                Resumed::At(done) => {
                    let (revision, direction, statements) =
                        (task.id(), task.direction, task.statements.len());
                    (self.scope.emit)(&Event::Resuming { revision, direction, done, statements });
                    done
                }
                Resumed::ByOther => return Ok(Alone::ByOther),
            },
        };
        let ran = (first..task.statements.len())
            .try_for_each(|number| self.one_alone(task, number, &fingerprints[number + 1]));
        if let Some(snapshot) = snapshot {
            // After a failure that is what the caller should hear of.
            match (&ran, snapshot.restore(self.scope.session)) {
                (Ok(()), restored) => restored?,
                (Err(_), _) => {}
            }
        }
        ran?;
        self.close_entry(task)?;
        self.step_done(task, started.elapsed());
        self.settle();
        Ok(Alone::Done)
    }

    /// Writes the journal's row; on the way down the version table's row must not look current any more, either.
    fn open_entry(&mut self, task: &Task<'_>) -> Result<(), Error> {
        let record = self.record(task);
        let mut changes =
            vec![journal::begun(self.scope.dialect, &self.scope.tables.journal, &record, &self.owner)];
        if task.direction == Direction::Downgrade {
            changes.push(self.scope.tables.mark_unfinished(task.row));
        }
        self.scope.begin().map_err(|error| self.stopped(task, 0, error))?;
        let written = self.record_step(task, &changes, true).inspect_err(|_| self.scope.roll_back());
        written.map_err(|error| self.stopped(task, 0, error))
    }

    /// Moves the version table, and says in the journal that all is done.
    fn close_entry(&mut self, task: &Task<'_>) -> Result<(), Error> {
        let mut changes = self.row_changes(task);
        let finished = Progress { finished: true, ..Progress::default() };
        let done = task.statements.len();
        changes.push(self.progress(task, done, &finished));
        self.scope.begin().map_err(|error| self.stopped(task, done, error))?;
        let written = self.record_step(task, &changes, true).inspect_err(|_| self.scope.roll_back());
        written.map_err(|error| self.stopped(task, done, error))
    }

    pub(crate) fn progress(&self, task: &Task<'_>, done: usize, to: &Progress<'_>) -> table::Change {
        let scope = &self.scope;
        journal::progress(scope.dialect, &scope.tables.journal, (task.id(), done), &self.owner, to)
    }

    fn one_alone(&mut self, task: &Task<'_>, number: usize, fingerprint: &str) -> Result<(), Error> {
        if let Err(error) = self.check_interrupt(task, number) {
            return Err(self.note_failure(task, number, error));
        }
        let statement = task.statements[number].text;
        let done = self.progress(
            task,
            number,
            &Progress { done: Some((number + 1, fingerprint)), ..Progress::default() },
        );
        let began = Instant::now();
        self.statement_started(task, number);
        let has_own_transaction = task.has_own_transaction(self.scope.dialect);
        let shares = !has_own_transaction && words::can_share_transaction(statement, self.scope.dialect);
        if shares {
            self.scope.begin().map_err(|error| self.stopped(task, number, error))?;
        }
        let prefix = self.scope.prefix();
        if let Err(error) = self.send_patiently(prefix, statement) {
            return Err(self.refused_alone(task, number, prefix, error, has_own_transaction));
        }
        self.tell_warnings(task);
        if shares {
            let noted = self.record_step(task, &[done], true).inspect_err(|_| self.scope.roll_back());
            noted.map_err(|error| self.stopped(task, number, error))?;
        } else {
            let noted = table::apply(self.scope.session, &self.scope.tables, "", &[done], "");
            noted.map_err(|refused| match refused {
                Refused::Fenced => self.concurrent().revision_is(task.id()),
                Refused::By(error) | Refused::AtLast(error) => Error::database("write the journal", error)
                    .revision_is(task.id())
                    .state_is(self.partly(task, number + 1)),
            })?;
        }
        self.statement_finished(task, number, began.elapsed());
        Ok(())
    }

    /// One of our own statements failed when so many of the revision's were done.
    fn stopped(&self, task: &Task<'_>, done: usize, error: Error) -> Error {
        error.revision_is(task.id()).state_or(|| self.partly(task, done))
    }

    /// Sends a statement; on SQLite again while another process has the file.
    fn send_patiently(&mut self, prefix: &str, statement: &str) -> Result<(), DieselError> {
        let mut wait = lock::Wait::new(self.scope.options);
        loop {
            match send(self.scope, prefix, statement) {
                Err(error)
                    if self.scope.dialect == Dialect::Sqlite
                        && lock::is_busy(&error)
                        && wait.tell(self.scope.emit, || None).is_ok() =>
                {
                    wait.pause();
                }
                other => return other,
            }
        }
    }

    fn refused_alone(
        &mut self,
        task: &Task<'_>,
        number: usize,
        prefix: &str,
        error: DieselError,
        has_own_transaction: bool,
    ) -> Error {
        let code = match &error {
            DieselError::DatabaseError(_, said) if self.scope.dialect == Dialect::Mysql => {
                self.mysql_code(said.message())
            }
            _ => None,
        };
        let shares = self.scope.is_open();
        self.scope.roll_back();
        if has_own_transaction {
            let _ = self.scope.session.batch("ROLLBACK");
        }
        if self.scope.is_lost(&error) {
            let lost = lost_in_statement(task, number, error);
            if shares {
                return lost
                    .state_is(self.partly(task, number))
                    .note("the database rolls this statement back by itself");
            }
            return lost
                .state_is(format!("{}; it is not known whether this statement took effect", self.place()))
                .help(format!("run `migrate {}` again: it finds out, or says what to do", task.direction));
        }
        let mut done = number;
        if has_own_transaction {
            let entries = journal::unfinished(self.scope.session, &self.scope.tables).unwrap_or_default();
            let entry = entries.into_iter().find(|entry| entry.revision == task.id());
            done = entry.map_or(number, |entry| entry.statements_done);
        }
        let error = statement_failed(task, number, prefix, error).with_code(code);
        self.note_failure(task, done, error)
    }

    /// Leaves the error in the journal: the statement after the `done` ones has not taken effect.
    fn note_failure(&mut self, task: &Task<'_>, done: usize, error: Error) -> Error {
        let said = error.database_message().map_or_else(|| error.to_string(), |said| said.message.clone());
        let finished = done == 0 && self.leaves_nothing(task);
        let change = self.progress(
            task,
            done,
            &Progress { error: Some(Some(&said)), finished, ..Progress::default() },
        );
        let noted = table::apply(self.scope.session, &self.scope.tables, "", &[change], "");
        let error = error.state_is(self.partly(task, done));
        match noted {
            Ok(()) if finished => error,
            Ok(()) => {
                let verb = task.direction.name();
                error.help(format!(
                    "the next `migrate {verb}` goes on with statement {}; what stands before it must stay as it is",
                    done + 1
                ))
            }
            Err(_) => error.note("the journal could not be told; the next run has to find out by itself"),
        }
    }

    /// Whether a first statement that was refused left nothing that a later run has to know of: on the way down the
    /// version table's row is marked already, and an index that was built concurrently stays there, invalid.
    fn leaves_nothing(&mut self, task: &Task<'_>) -> bool {
        let first = task.statements.first().map_or("", |statement| statement.text);
        task.direction == Direction::Upgrade && matches!(probe::leftover(self.scope.session, first), Ok(None))
    }

    /// Where the database is when a revision is partly done.
    pub(crate) fn partly(&self, task: &Task<'_>, done: usize) -> String {
        let (id, total, place) = (task.id(), task.statements.len(), self.place());
        match done {
            0 => format!("{place}; no statement of revision `{id}` has taken effect"),
            1 => format!("{place}; statement 1 of {total} of revision `{id}` is done"),
            _ => format!("{place}; statements 1 to {done} of {total} of revision `{id}` are done"),
        }
    }

    /// The number of the last error and its SQLSTATE, which the drivers keep to themselves.
    ///
    /// The error is one of several conditions where the server warns first, as it does of a foreign key.
    fn mysql_code(&mut self, said: &str) -> Option<String> {
        let conditions = conditions::of_last_statement(self.scope.session);
        let place = conditions.iter().position(|condition| condition.text == said).unwrap_or(0);
        conditions.get(place).map(|condition| format!("{} ({})", condition.number, condition.state))
    }

    /// Tells what MySQL has to say about a statement that it accepted.
    fn tell_warnings(&mut self, task: &Task<'_>) {
        if self.scope.dialect != Dialect::Mysql {
            return;
        }
        for condition in conditions::of_last_statement(self.scope.session) {
            (self.scope.emit)(&Event::Notice { revision: task.id(), message: &condition.text });
        }
    }
}

/// How long nothing must move on SQLite before an unfinished revision is taken for abandoned.
pub(crate) const SILENCE: Duration = Duration::from_secs(2);
