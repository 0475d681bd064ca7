//! `ALTER TABLE`, with what rows need before and between.
//!
//! A column that takes NULL until its rows have values is made so first; then come the values, then the rest. What a server
//! does not do together with the rest stands alone.

use super::column::{As, Options, default_of, has_constants, is_expression, is_moment, word};
use super::{Told, check, notes};
use crate::change::{Change, Operation};
use crate::dialect::Dialect;
use crate::render::{Renderer, Script, Statement};
use crate::schema::mysql::is_text;
use crate::schema::{Column, ConstraintBody, Index, ObjectName, Space, Table};
use crate::sql::significant_tokens;

/// What is to be done to a table.
#[derive(Default)]
struct Alteration {
    /// What rows need before they can be given values.
    first: Vec<String>,
    /// The values.
    values: Vec<Statement>,
    /// What a server refuses to do with the rest.
    alone: Vec<Statement>,
    /// All else.
    then: Vec<String>,
    /// About that.
    notes: Vec<String>,
    /// Indexes of words, of which MySQL makes one at a time.
    words: Vec<Index>,
    /// The statement that a single index has for itself.
    index: Option<String>,
    /// Whether columns come with the rest.
    adds: bool,
    /// What a server refuses to do while columns come.
    later: Vec<String>,
}

impl Renderer<'_> {
    /// Operations on one table.
    pub(super) fn mysql_alter(&self, operations: &[Operation], told: &Told<'_>, out: &mut Script) {
        let Some(table) = operations.first().and_then(super::of_table) else { return };
        let comes = |operation: &Operation| match operation {
            Operation::Column { change: Change { before: None, after: Some(column) }, .. } => {
                !needs_value(column) && !has_unsafe_default(column)
            }
            _ => false,
        };
        let mut work = Alteration { adds: operations.iter().any(comes), ..Alteration::default() };
        for operation in operations {
            work.notes.extend(told(operation));
            self.mysql_action(table, operation, operations, &mut work);
        }
        if !work.first.is_empty() {
            out.push(self.mysql_actions(table, &work.first));
        }
        out.statements.append(&mut work.values);
        out.statements.append(&mut work.alone);
        match work.index {
            Some(index) if work.then.len() == 1 => out.push_noted(index, work.notes),
            _ if work.then.is_empty() => {}
            _ => out.push_noted(self.mysql_actions(table, &work.then), work.notes),
        }
        if !work.later.is_empty() {
            out.push(self.mysql_actions(table, &work.later));
        }
        out.extend(work.words.iter().map(|index| self.mysql_index(table, index)));
    }

    fn mysql_action(
        &self,
        table: &ObjectName,
        operation: &Operation,
        operations: &[Operation],
        work: &mut Alteration,
    ) {
        match operation {
            Operation::Column { change, .. } => self.mysql_column_action(table, change, work),
            Operation::Constraint { change, .. } => {
                if let Some(constraint) = &change.before {
                    let own = constraint.name.as_deref().unwrap_or_default();
                    match &constraint.body {
                        ConstraintBody::PrimaryKey(_) => work.then.push("DROP PRIMARY KEY".to_owned()),
                        ConstraintBody::Unique { .. } => {
                            work.then.push(format!("DROP INDEX {}", self.name(own)))
                        }
                        _ => work.then.extend(self.mysql_drop_check(table, constraint, operations)),
                    }
                    work.notes.extend(check::note_of_name(constraint, &table.name));
                }
                if let Some(constraint) = &change.after
                    && let Some(after) = self.mysql_after(table)
                    && let Some(definition) = self.mysql_constraint(table, after, constraint)
                {
                    let own = self.mysql_make_own_check(table, constraint, operations);
                    work.then.extend(own.unwrap_or_else(|| vec![format!("ADD {definition}")]));
                    work.notes.extend(self.note_of_constraint(table, constraint));
                }
            }
            Operation::Index { change: Change { before: Some(old), after: Some(new) }, .. }
                if old.name != new.name =>
            {
                work.then.push(format!("RENAME INDEX {} TO {}", self.name(&old.name), self.name(&new.name)));
            }
            Operation::Index { change: Change { before: Some(old), after: Some(new) }, .. }
                if old.may_be_missing =>
            {
                let columns = crate::render::name::list(&new.columns, Dialect::Mysql);
                let add = format!("/*M! ADD INDEX IF NOT EXISTS {} ({columns}) */", self.name(&new.name));
                work.alone.push(Statement { sql: self.mysql_actions(table, &[add]), notes: vec![] });
            }
            Operation::Index { change, .. } => {
                if let Some(index) = &change.before {
                    let own = self.name(&index.name);
                    work.index = Some(format!("DROP INDEX {own} ON {}", self.path(table)));
                    work.then.push(format!("DROP INDEX {own}"));
                }
                if let Some(index) = &change.after {
                    if &*index.method == "fulltext" {
                        return work.words.push(index.clone());
                    }
                    let create = self.mysql_index(table, index);
                    let action = create.replacen("CREATE ", "ADD ", 1);
                    let on = format!(" ON {} ", self.path(table));
                    work.then.push(action.replacen(&on, " ", 1));
                    work.index = Some(create);
                    work.notes.extend(self.note_of_index(table, index));
                }
            }
            Operation::Options { .. } => work.then.extend(self.mysql_options(operation)),
            Operation::Comment { change, .. } => {
                let text = super::column::text(change.after.as_deref().unwrap_or_default());
                work.then.push(format!("COMMENT={text}"));
            }
            _ => {}
        }
    }

    fn mysql_column_action(&self, table: &ObjectName, change: &Change<Column>, work: &mut Alteration) {
        let settings = self.settings(table);
        let define = |column: &Column, nullable: bool| {
            self.mysql_column(column, &settings, As { nullable, key: false })
        };
        match (&change.before, &change.after) {
            (None, Some(column)) if needs_value(column) => {
                work.first.push(format!("ADD COLUMN {}", define(column, true)));
                let made = self.mysql_own_checks(table, column).made();
                work.then.push(format!("MODIFY COLUMN {}{made}", define(column, false)));
                work.notes.extend(self.note_of_values(table, column));
            }
            // MySQL takes such a default of a column that is there, and not of one that comes.
            (None, Some(column)) if has_unsafe_default(column) => {
                let bare = Column { default: None, ..column.clone() };
                work.first.push(format!("ADD COLUMN {}", define(&bare, true)));
                let value = column.default.as_ref().map(|default| default_of(default, &column.data_type));
                work.values.extend(value.map(|value| self.mysql_fill(table, column, &value)));
                let modify = self.mysql_said_anew(table, column, &define, work);
                work.then.push(modify + &self.mysql_own_checks(table, column).made());
            }
            (None, Some(column)) => {
                let made = self.mysql_own_checks(table, column).made();
                work.then.push(format!("ADD COLUMN {}{made}", define(column, false)));
            }
            (Some(column), None) => {
                work.then.push(format!("DROP COLUMN {}", self.name(&column.name)));
            }
            (Some(old), Some(new)) => {
                // What is not said stays as it is.
                let (charset, collation) = (&new.charset, &new.collation);
                let is_open = charset.is_none() && collation.is_none() && is_text(&new.data_type);
                let old_charset = old.charset.clone().filter(|_| is_open);
                let old_collation = old.collation.clone().filter(|_| is_open);
                let new = &Column {
                    charset: charset.clone().or(old_charset),
                    collation: collation.clone().or(old_collation),
                    ..new.clone()
                };
                self.mysql_modify(table, old, new, &define, work);
            }
            (None, None) => {}
        }
    }

    fn mysql_modify(
        &self,
        table: &ObjectName,
        old: &Column,
        new: &Column,
        define: &dyn Fn(&Column, bool) -> String,
        work: &mut Alteration,
    ) {
        work.notes.extend(notes::conversion(old, new));
        let checks = self.mysql_own_checks(table, new);
        if only_default_differs(old, new) && checks.stay() {
            let own = self.name(&new.name);
            work.then.push(match &new.default {
                Some(default) => {
                    format!("ALTER COLUMN {own} SET DEFAULT {}", default_of(default, &new.data_type))
                }
                None if new.not_null => format!("ALTER COLUMN {own} DROP DEFAULT"),
                None => format!("ALTER COLUMN {own} SET DEFAULT NULL"),
            });
            return;
        }
        let kept = checks.kept();
        let modify =
            self.mysql_said_anew(table, new, define, work) + &checks.made() + &kept + &checks.dropped();
        let refuses_null = new.not_null && !old.not_null && new.generated.is_none() && !new.auto_increment;
        if !refuses_null {
            work.then.push(modify);
            return;
        }
        let is_retyped = old.data_type != new.data_type;
        match &new.default {
            Some(default) if old.generated.is_none() => {
                if is_retyped {
                    let bare = Column { default: None, ..new.clone() };
                    let first = if has_unsafe_default(new) { &bare } else { new };
                    work.first.push(format!("MODIFY COLUMN {}{kept}", define(first, true)));
                }
                work.values.push(self.mysql_fill(table, new, &default_of(default, &new.data_type)));
            }
            _ => work.notes.extend(self.note_of_values(table, new)),
        }
        // MySQL refuses it of a foreign key's column where the table is copied.
        if self.is_in_foreign_key(table, &new.name) && !is_retyped {
            let notes = std::mem::take(&mut work.notes);
            work.alone.push(Statement { sql: self.mysql_actions(table, &[modify]), notes });
        } else {
            work.then.push(modify);
        }
    }

    /// `MODIFY`, after which a default comes that MySQL does not take while columns come.
    fn mysql_said_anew(
        &self,
        table: &ObjectName,
        column: &Column,
        define: &dyn Fn(&Column, bool) -> String,
        work: &mut Alteration,
    ) -> String {
        let default = column.default.as_ref().filter(|_| work.adds && has_unsafe_default(column));
        let modify = |column: &Column| format!("MODIFY COLUMN {}", define(column, false));
        if default.is_none() {
            return modify(column);
        }
        work.later.push(modify(column) + &self.mysql_own_checks(table, column).again());
        modify(&Column { default: None, ..column.clone() })
    }

    /// Gives the rows without one a value, and leaves the times of their last change alone.
    fn mysql_fill(&self, table: &ObjectName, column: &Column, value: &str) -> Statement {
        let own = self.name(&column.name);
        let mut set = vec![format!("{own} = {value}")];
        let before = self.mysql_before(table);
        for other in before.into_iter().flat_map(|table| &table.columns) {
            if other.on_update.is_some() && !other.name.eq_ignore_ascii_case(&column.name) {
                let other = self.name(&other.name);
                set.push(format!("{other} = {other}"));
            }
        }
        let sql = format!("UPDATE {} SET {} WHERE {own} IS NULL", self.path(table), set.join(", "));
        Statement { sql, notes: vec![format!("Rows without `{}` get its default.", column.name)] }
    }

    /// The settings of a table afterwards; what is not said of them stays as it is.
    pub(super) fn settings(&self, table: &ObjectName) -> Options {
        let mut settings = self.mysql_before(table).map(|table| table.options.clone()).unwrap_or_default();
        if let Some(after) = self.mysql_after(table) {
            if after.options.contains_key("charset") {
                settings.remove("collate");
            }
            settings.extend(after.options.clone());
        }
        settings
    }

    pub(super) fn mysql_before(&self, table: &ObjectName) -> Option<&Table> {
        self.before.table(&table.id(Space::Relation, Dialect::Mysql))
    }

    pub(super) fn mysql_after(&self, table: &ObjectName) -> Option<&Table> {
        self.after.table(&table.id(Space::Relation, Dialect::Mysql))
    }

    fn is_in_foreign_key(&self, table: &ObjectName, column: &str) -> bool {
        let constraints = self.mysql_before(table).into_iter().flat_map(|table| &table.constraints);
        constraints.into_iter().any(|constraint| match &constraint.body {
            ConstraintBody::ForeignKey(key) => key.columns.iter().any(|own| own.eq_ignore_ascii_case(column)),
            _ => false,
        })
    }
}

/// Whether a new column is one of which nobody can say what it is in the rows that are there.
fn needs_value(column: &Column) -> bool {
    column.not_null && column.default.is_none() && column.generated.is_none() && !column.auto_increment
}

/// Whether a default is another one at each call, and not only at each moment.
fn has_unsafe_default(column: &Column) -> bool {
    const FUNCTIONS: [&str; 9] = [
        "uuid",
        "uuid_short",
        "rand",
        "random_bytes",
        "sysdate",
        "user",
        "current_user",
        "connection_id",
        "version",
    ];
    column.default.as_ref().is_some_and(|default| {
        significant_tokens(&default.written, Dialect::Mysql)
            .any(|token| FUNCTIONS.iter().any(|name| token.eq_ignore_ascii_case(name)))
    })
}

/// Whether a change can be made without saying all of the column again. For a column of the primary key MySQL 8.0 takes an expression
/// behind `SET DEFAULT` and does nothing, so that one comes with the whole column.
fn only_default_differs(old: &Column, new: &Column) -> bool {
    let same = Column { default: old.default.clone(), uses: old.uses.clone(), ..new.clone() };
    same == *old
        && old.default != new.default
        && has_constants(&new.data_type)
        && !new
            .default
            .as_ref()
            .is_some_and(|default| is_moment(default) || is_expression(default, &new.data_type))
        && new.on_update.is_none()
        && word(&new.data_type) != "timestamp"
}
