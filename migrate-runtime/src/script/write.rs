//! The text of a script, from the plan.

use std::fmt::{self, Write};

use migrate_core::dialect::Dialect;
use migrate_core::graph::step::Stamp;
use migrate_core::revision::Direction;

use super::session::{self, Must};
use super::{Script, Work, client};
use crate::command::stamp_entries;
use crate::journal::{self, Owner, Progress, TOOL_VERSION};
use crate::run::{advance, shares_transaction};
use crate::table::Change;
use crate::task::Task;
use crate::words;

/// Writes the whole script.
pub(super) fn script(script: &Script<'_>, out: &mut dyn Write) -> fmt::Result {
    Writer { rows: script.from.clone(), script, out, open: false, with_keys: true }.all()
}

struct Writer<'s, 'w> {
    script: &'s Script<'s>,
    out: &'w mut dyn Write,
    /// Whether a transaction is open.
    open: bool,
    /// Whether SQLite looks at foreign keys.
    with_keys: bool,
    /// The rows of the version table at this point.
    rows: Vec<usize>,
}

impl Writer<'_, '_> {
    fn all(&mut self) -> fmt::Result {
        self.head()?;
        if self.script.is_empty() {
            return writeln!(self.out, "\n-- Nothing to do");
        }
        writeln!(self.out)?;
        session::begin(self.script, self.out)?;
        self.tables()?;
        match &self.script.work {
            Work::Steps { plan, per_run, .. } => {
                let mut place = 0;
                while let Some(step) = plan.steps.get(place) {
                    let task =
                        Task::new(self.script.history, &self.script.way, plan, place, self.script.dialect);
                    self.heading(&task)?;
                    self.switch_keys(task.section.foreign_keys)?;
                    if shares_transaction(self.script.history, step, self.script.dialect) {
                        self.within(&task)?;
                        if !per_run {
                            self.commit()?;
                        }
                    } else {
                        self.alone(&task)?;
                    }
                    place += 1;
                }
            }
            Work::Stamp(stamp) => self.stamp(stamp)?,
            Work::Tables => {}
        }
        self.commit()?;
        session::end(self.script, self.out)
    }

    fn head(&mut self) -> fmt::Result {
        let Script { dialect, work, .. } = self.script;
        let place = |rows: Vec<String>| match rows.is_empty() {
            true => "<base>".to_owned(),
            false => rows.join(", "),
        };
        let (from, to) = (place(self.script.from()), place(self.script.to()));
        match work {
            Work::Steps { direction, .. } => {
                let verb = match direction {
                    Direction::Upgrade => "Upgrade",
                    Direction::Downgrade => "Downgrade",
                };
                writeln!(self.out, "-- {verb} from {from} to {to}, for {dialect}")?;
            }
            Work::Stamp(_) => writeln!(self.out, "-- Stamp from {from} to {to}, for {dialect}")?,
            Work::Tables => writeln!(self.out, "-- Create the version table and the journal, for {dialect}")?,
        }
        writeln!(self.out, "-- Written by {TOOL_VERSION}")?;
        if let Some(tag) = &self.script.tag {
            for line in tag.lines() {
                writeln!(self.out, "-- Tag: {}", plain(line))?;
            }
        }
        let run = match dialect {
            Dialect::Postgres => "psql -X -f <this file> <database>",
            // `source` and `--force` go on after an error, and without `--comments` bodies lose theirs.
            Dialect::Mysql => {
                "mysql --comments <database> < <this file>; neither with `source` nor with `--force`"
            }
            Dialect::Sqlite => "sqlite3 <database> < <this file>",
        };
        writeln!(self.out, "-- Run it with {run}")
    }

    /// Sees to it that the two tables are there and say what they should, changing nothing otherwise.
    fn tables(&mut self) -> fmt::Result {
        let [version, journal] = self.script.tables.create_if_absent();
        writeln!(self.out, "\n-- The version table and the journal")?;
        if self.script.dialect.has_transactional_ddl() {
            self.begin_only()?;
        }
        let anew = self.script.from.is_empty();
        if anew {
            writeln!(self.out, "{version};")?;
        }
        if !matches!(self.script.work, Work::Tables) {
            self.ensure_rows(Must::Place)?;
        }
        writeln!(self.out, "{journal};")?;
        if !matches!(self.script.work, Work::Tables) {
            self.ensure_finished()?;
        }
        // SQLite's transaction goes on, as that of a run does: it is the lock.
        if self.script.dialect == Dialect::Sqlite { Ok(()) } else { self.commit() }
    }

    /// `-- Running upgrade a1 -> b2, message`, as Alembic has it.
    fn heading(&mut self, task: &Task<'_>) -> fmt::Result {
        let id = task.id();
        let parents: Vec<&str> = task.revision.parents.iter().map(|parent| parent.as_str()).collect();
        let parents = if parents.is_empty() { "<base>".to_owned() } else { parents.join(", ") };
        let summary = match plain(task.revision.summary()) {
            none if none.is_empty() => none,
            summary => format!(", {summary}"),
        };
        match task.direction {
            Direction::Upgrade => writeln!(self.out, "\n-- Running upgrade {parents} -> {id}{summary}\n"),
            Direction::Downgrade => writeln!(self.out, "\n-- Running downgrade {id} -> {parents}{summary}\n"),
        }
    }

    /// Sees to it that SQLite looks at foreign keys or not, which is settled between transactions.
    fn switch_keys(&mut self, on: bool) -> fmt::Result {
        if std::mem::replace(&mut self.with_keys, on) == on {
            return Ok(());
        }
        self.commit()?;
        session::switch_keys(self.out, on)
    }

    /// A step that shares a transaction with its record.
    fn within(&mut self, task: &Task<'_>) -> fmt::Result {
        let Script { dialect, tables, options, history, way, .. } = self.script;
        self.begin()?;
        session::note_start(*dialect, self.out)?;
        if !task.section.foreign_keys {
            session::note_astray(self.out)?;
        }
        for statement in &task.statements {
            self.statement(statement.text)?;
        }
        if !task.section.foreign_keys {
            session::ensure_keys(self.script, self.out)?;
        }
        self.restore_settings(task)?;
        let mut changes = task.row_changes(history, way, tables, *dialect);
        let record = task.record(*dialect, options.who.as_deref());
        changes.push(journal::done(*dialect, &tables.journal, &record, &session::started(*dialect)));
        self.record(task, &changes)
    }

    /// A step that is journaled statement by statement.
    fn alone(&mut self, task: &Task<'_>) -> fmt::Result {
        let Script { dialect, tables, options, history, way, .. } = self.script;
        let (dialect, journal, owner) = (*dialect, &tables.journal, Owner::scripted(self.script.dialect));
        let texts: Vec<&str> = task.statements.iter().map(|statement| statement.text).collect();
        let fingerprints = words::fingerprints(&texts, dialect);
        let progress =
            |done, to: &Progress<'_>| journal::progress(dialect, journal, (task.id(), done), &owner, to);
        self.commit()?;
        if dialect.has_transactional_ddl() {
            writeln!(self.out, "-- Outside of a transaction the journal follows each statement")?;
        }
        self.begin()?;
        self.change(&journal::begun(
            dialect,
            journal,
            &task.record(dialect, options.who.as_deref()),
            &owner,
        ))?;
        if task.direction == Direction::Downgrade {
            self.change(&tables.mark_unfinished(task.row))?;
        }
        self.commit()?;
        let has_own_transaction = task.has_own_transaction(dialect);
        for (number, text) in texts.iter().enumerate() {
            let digest = fingerprints[number + 1].as_str();
            let done =
                progress(number, &Progress { done: Some((number + 1, digest)), ..Progress::default() });
            let shares = !has_own_transaction && words::can_share_transaction(text, dialect);
            if shares {
                self.begin_only()?;
            }
            self.statement(text)?;
            self.change(&done)?;
            if shares {
                self.commit()?;
            }
        }
        self.restore_settings(task)?;
        self.begin_only()?;
        let mut changes = task.row_changes(history, way, tables, dialect);
        changes.push(progress(texts.len(), &Progress { finished: true, ..Progress::default() }));
        self.record(task, &changes)?;
        self.commit()
    }

    /// Writes the record of a step, and looks whether it is what it should be.
    fn record(&mut self, task: &Task<'_>, changes: &[Change]) -> fmt::Result {
        writeln!(self.out, "-- Record {} of {}", task.direction, task.id())?;
        changes.iter().try_for_each(|change| self.change(change))?;
        advance(&mut self.rows, &task.removed, &task.added);
        self.ensure_rows(Must::Recorded)?;
        // What is not done in a transaction shows in the journal.
        if self.script.dialect == Dialect::Mysql || !task.section.transactional {
            self.ensure_finished()?;
        }
        Ok(())
    }

    fn stamp(&mut self, stamp: &Stamp) -> fmt::Result {
        let Script { dialect, tables, options, history, way, .. } = self.script;
        let row = |row: &usize| {
            let (id, digest) = history.recorded(*row, way, *dialect);
            (id.as_str(), digest.to_string())
        };
        let removed: Vec<&str> = stamp.removed.iter().map(|removed| row(removed).0).collect();
        let added: Vec<(&str, String)> = stamp.added.iter().map(row).collect();
        writeln!(self.out, "\n-- Record without running anything\n")?;
        self.begin()?;
        let mut changes = tables.replace(&removed, &added);
        let entries = (removed.as_slice(), added.as_slice());
        changes.extend(stamp_entries(history, *dialect, tables, options, entries, journal::now(*dialect)));
        changes.iter().try_for_each(|change| self.change(change))?;
        self.rows.clone_from(&stamp.rows_after);
        self.ensure_rows(Must::Recorded)
    }

    fn statement(&mut self, sql: &str) -> fmt::Result {
        writeln!(self.out, "{}\n", client::text(sql, self.script.dialect))
    }

    fn change(&mut self, Change(sql): &Change) -> fmt::Result {
        writeln!(self.out, "{sql};")
    }

    fn restore_settings(&mut self, task: &Task<'_>) -> fmt::Result {
        if task.touches_settings(self.script.dialect) {
            session::restore_settings(self.script, self.out)?;
        }
        Ok(())
    }

    /// Begins a transaction, unless one is open, which fails where the database is not at the rows that it should be at.
    fn begin(&mut self) -> fmt::Result {
        if self.open {
            return Ok(());
        }
        self.begin_only()?;
        self.ensure_rows(Must::Place)
    }

    fn begin_only(&mut self) -> fmt::Result {
        if std::mem::replace(&mut self.open, true) {
            return Ok(());
        }
        writeln!(
            self.out,
            "{};",
            match self.script.dialect {
                Dialect::Postgres => "BEGIN",
                Dialect::Mysql => "START TRANSACTION",
                Dialect::Sqlite => "BEGIN IMMEDIATE",
            }
        )
    }

    fn commit(&mut self) -> fmt::Result {
        if std::mem::take(&mut self.open) { writeln!(self.out, "COMMIT;") } else { Ok(()) }
    }

    /// The version table has exactly these rows, with the digests of this history or, from other tools, none.
    fn ensure_rows(&mut self, must: Must) -> fmt::Result {
        let Script { dialect, tables, history, way, .. } = self.script;
        let (table, n_rows) = (&tables.version, self.rows.len());
        let condition = if n_rows == 0 {
            format!("NOT EXISTS (SELECT 1 FROM {table})")
        } else {
            let row = |row: &usize| {
                let (id, digest) = history.recorded(*row, way, *dialect);
                tables.row_is(id.as_str(), &digest.to_string())
            };
            let mut rows: Vec<String> = self.rows.iter().map(row).collect();
            rows.sort_unstable();
            format!(
                "(SELECT count(*) FROM {table}) = {n_rows} AND (SELECT count(*) FROM {table} WHERE {}) = {n_rows}",
                rows.join(" OR ")
            )
        };
        session::ensure(self.script, self.out, must, &condition)
    }

    fn ensure_finished(&mut self) -> fmt::Result {
        let condition = format!(
            "NOT EXISTS (SELECT 1 FROM {} WHERE {})",
            self.script.tables.journal,
            journal::IS_UNFINISHED
        );
        session::ensure(self.script, self.out, Must::Finished, &condition)
    }
}

/// A text that ends no comment.
fn plain(text: &str) -> String {
    text.trim().chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}
