//! Goes on with a revision that was left unfinished, once it is certain which statements took effect.

use std::time::Instant;

use migrate_core::dialect::Dialect;

use crate::alone::SILENCE;
use crate::error::{Error, ErrorKind, excerpt};
use crate::journal::{self, JournalEntry, Progress};
use crate::lock::Wait;
use crate::probe::{self, Effect};
use crate::run::Run;
use crate::table::{self, Refused};
use crate::task::Task;
use crate::words;

/// Where an unfinished revision stands.
pub(crate) enum Resumed {
    /// So many statements are done, and this run has taken it over.
    At(usize),
    /// Another process is through with it.
    ByOther,
}

impl Run<'_, '_> {
    /// Settles how far the revision came and takes it over.
    pub(crate) fn resume(
        &mut self,
        task: &Task<'_>,
        entry: JournalEntry,
        fingerprints: &[String],
    ) -> Result<Resumed, Error> {
        let mut entry = entry;
        loop {
            // The one who is at it may still be at it.
            match self.wait_for_other(task, entry)? {
                Some(now) => entry = now,
                None => return Ok(Resumed::ByOther),
            }
            self.done_is_unchanged(task, &entry, fingerprints)?;
            let mut done = entry.statements_done;
            self.repeat_settings(task, done)?;
            if entry.error.is_none() && done < task.statements.len() {
                done += self.settle_doubt(task, &entry)?;
            }
            let digest = fingerprints[done].as_str();
            let to = Progress {
                done: (done > 0).then_some((done, digest)),
                corrected: Some((task.statements.len(), &task.digest)),
                error: Some(None),
                finished: false,
            };
            let scope = &mut *self.scope;
            let change = journal::take_over(scope.dialect, &scope.tables.journal, &entry, &self.owner, &to);
            match table::apply(scope.session, &scope.tables, "", &[change], "") {
                Ok(()) => {
                    self.clear_leftover(task, done)?;
                    return Ok(Resumed::At(done));
                }
                Err(Refused::By(error) | Refused::AtLast(error)) => {
                    return Err(Error::database("take over the journal", error));
                }
                // Another process was faster; see what it makes of it.
                Err(Refused::Fenced) => {}
            }
        }
    }

    /// Waits until nobody works on the revision any more. `None` when it is finished meanwhile.
    fn wait_for_other(
        &mut self,
        task: &Task<'_>,
        entry: JournalEntry,
    ) -> Result<Option<JournalEntry>, Error> {
        let mut entry = entry;
        let mut wait = Wait::new(self.scope.options);
        let mut quiet_since = Instant::now();
        loop {
            let now = match journal::unfinished(self.scope.session, &self.scope.tables) {
                // SQLite cannot be read while somebody commits: somebody is alive.
                Err(error) if error.is_busy() => {
                    quiet_since = Instant::now();
                    vec![entry.clone()]
                }
                now => now?,
            };
            let Some(now) = now.into_iter().find(|now| now.revision == task.id()) else { return Ok(None) };
            if now != entry {
                quiet_since = Instant::now();
            }
            entry = now;
            let over = match (&entry.error, &entry.backend, self.scope.dialect) {
                (Some(_), _, _) => true,
                // Without a server there is nobody to ask: whoever is alive moves on as soon as the file is free.
                (None, _, Dialect::Sqlite) => quiet_since.elapsed() >= SILENCE,
                (None, Some(backend), _) => !journal::is_at_work(self.scope.session, backend)?,
                (None, None, _) => true,
            };
            if over {
                return Ok(Some(entry));
            }
            wait.tell(self.scope.emit, || entry.backend.clone())?;
            wait.pause();
        }
    }

    /// What is done must still be what the file says.
    fn done_is_unchanged(
        &self,
        task: &Task<'_>,
        entry: &JournalEntry,
        fingerprints: &[String],
    ) -> Result<(), Error> {
        let (done, id) = (entry.statements_done, task.id());
        if done == 0 || fingerprints.get(done) == entry.statements_digest.as_ref() {
            return Ok(());
        }
        let path = task.revision.section_path(task.direction);
        let message =
            format!("revision `{id}` is unfinished, and its file was changed where it is already done");
        Err(Error::new(ErrorKind::Unfinished, message)
            .revision_is(id)
            .note(format!("the first {done} statements were run as they stood then"))
            .help(format!(
                "restore the first {done} statements of {path}, and change only what comes after them"
            ))
            .state_is(self.partly(task, done)))
    }

    /// Settings that the done statements made belonged to a session that is gone.
    fn repeat_settings(&mut self, task: &Task<'_>, done: usize) -> Result<(), Error> {
        for statement in &task.statements[..done.min(task.statements.len())] {
            if words::is_session_only(statement.text, self.scope.dialect) {
                self.scope.batch_own("repeat the settings of an unfinished revision", statement.text)?;
            }
        }
        Ok(())
    }

    /// Whether the statement that was interrupted took effect: 1 or 0.
    fn settle_doubt(&mut self, task: &Task<'_>, entry: &JournalEntry) -> Result<usize, Error> {
        let (number, dialect) = (entry.statements_done, self.scope.dialect);
        let sql = task.statements[number].text;
        let shared = !task.has_own_transaction(dialect) && words::can_share_transaction(sql, dialect);
        let unchanged = entry.digest.as_ref() == Some(&task.digest);
        // A statement that shares a transaction with its note has taken effect exactly if the note says so.
        let effect = match (shared, unchanged) {
            (true, _) => Effect::Absent,
            (false, true) => probe::look(self.scope.session, sql)?,
            (false, false) => Effect::Unknown,
        };
        match effect {
            // What is there may have been in the script's way.
            Effect::Present if entry.is_scripted() => Err(self.in_doubt(task, number, unchanged)),
            Effect::Present => Ok(1),
            Effect::Absent => Ok(0),
            Effect::Unknown => Err(self.in_doubt(task, number, unchanged)),
        }
    }

    fn in_doubt(&self, task: &Task<'_>, number: usize, unchanged: bool) -> Error {
        let (id, total, sql) = (task.id(), task.statements.len(), task.statements[number].text);
        let message = format!(
            "revision `{id}` was interrupted during statement {} of {total}, and it cannot be seen whether that took \
             effect",
            number + 1
        );
        let error = Error::new(ErrorKind::Unfinished, message)
            .revision_is(id)
            .note(format!("the statement: {}", excerpt(sql)))
            .help(format!(
                "look at the database, then say it: `migrate resolve {id} --applied` or `migrate resolve {id} \
                 --not-applied`"
            ))
            .state_is(self.partly(task, number));
        if unchanged { error } else { error.note("the file was changed since") }
    }

    /// An index whose concurrent build broke off is still there, invalid, and in the way of a new one.
    fn clear_leftover(&mut self, task: &Task<'_>, done: usize) -> Result<(), Error> {
        let Some(statement) = task.statements.get(done) else { return Ok(()) };
        match probe::leftover(self.scope.session, statement.text)? {
            Some(drop) => {
                self.scope.batch_own("drop the invalid index that an interrupted build left", &drop)
            }
            None => Ok(()),
        }
    }
}
