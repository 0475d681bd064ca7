//! Columns of tables that are there.

use std::sync::Arc;

use super::enums::LONGEST;
use super::sequence::alter_identity;
use super::{POSTGRES, comment};
use crate::change::{Fit, fit_in};
use crate::render::note::{repeated, value_needed, values_refused};
use crate::render::table::default_text;
use crate::render::{Renderer, Script, types};
use crate::schema::sequence::Settings;
use crate::schema::{Column, Index, ObjectBody, ObjectName, Space, SqlText, Table};

/// Actions of one `ALTER TABLE`, with what is to be said about them.
#[derive(Default)]
struct Actions {
    sql: Vec<String>,
    notes: Vec<String>,
}

impl Actions {
    fn push(&mut self, action: String) {
        self.sql.push(action);
    }
}

impl Renderer<'_> {
    /// A column that refuses NULL and has nothing to put there is added in steps, with room for a statement between them.
    pub(super) fn postgres_add(&self, table: &ObjectName, column: &Column, out: &mut Script) {
        let has_value = column.default.is_some() || column.generated.is_some() || column.identity.is_some();
        let is_filled = has_value || !column.not_null;
        let added = Column { not_null: column.not_null && is_filled, ..column.clone() };
        let definition = self.column(table, &added, None);
        out.push(self.alter(table, &[format!("ADD COLUMN {definition}")]));
        if !is_filled {
            let own = self.name(&column.name);
            let set = format!("ALTER COLUMN {own} SET NOT NULL");
            out.push_noted(
                self.alter(table, &[set]),
                value_needed(&self.path(table), &column.name, POSTGRES),
            );
        }
        self.name_counter(table, column, out);
        if column.comment.is_some() {
            self.comment_on_column(table, column, out);
        }
    }

    pub(super) fn postgres_alter(
        &self,
        table: &ObjectName,
        before: &Column,
        after: &Column,
        out: &mut Script,
    ) {
        let own = self.name(&after.name);
        let set = |what: String| format!("ALTER COLUMN {own} {what}");
        let mut actions = Actions::default();
        let is_recast = before.data_type.base != after.data_type.base
            || before.data_type.is_array != after.data_type.is_array;
        if before.identity.is_some() && after.identity.is_none() {
            actions.push(set("DROP IDENTITY".to_owned()));
            if is_recast {
                // What counts has to be a whole number until it does not count any more.
                self.flush(table, &mut actions, out);
            }
        }
        if before.generated.is_some() && after.generated.is_none() {
            actions.push(set("DROP EXPRESSION".to_owned()));
            self.flush(table, &mut actions, out);
        }
        let (old, new) = (before.default.as_ref(), after.default.as_ref());
        let is_new_default = old.map(|text| &text.written) != new.map(|text| &text.written);
        // A default of the old type may be none of the new.
        if old.is_some() && (is_recast || new.is_none()) {
            actions.push(set("DROP DEFAULT".to_owned()));
        }
        self.retype(table, before, after, &own, &mut actions);
        let counts = self.begin_to_count(table, before, after, &mut actions, out);
        if let Some(default) = new.filter(|_| is_recast || is_new_default) {
            actions.push(set(format!("SET DEFAULT {}", default_text(default, POSTGRES))));
        }
        self.drop_counter(table, before, after, &mut actions, out);
        match (before.not_null, after.not_null) {
            (false, true) => self.refuse_null(table, after, &own, &mut actions, out),
            (true, false) => actions.push(set("DROP NOT NULL".to_owned())),
            _ => {}
        }
        if let Some(action) = alter_identity(before, after) {
            actions.push(set(action));
        }
        self.flush(table, &mut actions, out);
        if before.identity.is_none() {
            self.name_counter(table, after, out);
        }
        if counts {
            out.push(self.go_on_counting(table, after));
        }
        if before.comment != after.comment {
            self.comment_on_column(table, after, out);
        }
    }

    fn flush(&self, table: &ObjectName, actions: &mut Actions, out: &mut Script) {
        let Actions { sql, notes } = std::mem::take(actions);
        if !sql.is_empty() {
            out.push_noted(self.alter(table, &sql), notes);
        }
    }

    fn retype(&self, table: &ObjectName, before: &Column, after: &Column, own: &str, actions: &mut Actions) {
        if before.data_type == after.data_type && before.collation == after.collation {
            return;
        }
        let written = types::data_type(&after.data_type, POSTGRES);
        let mut action = format!("ALTER COLUMN {own} TYPE {written}");
        if let Some(collation) = &after.collation {
            action.push_str(&format!(" COLLATE {}", self.name(collation)));
        }
        // What is computed is computed anew.
        if after.generated.is_none() {
            if let Some(cast) = self.cast(own, &before.data_type, &after.data_type) {
                action.push_str(&format!(" USING {cast}"));
            }
            match fit_in((self.before, &before.data_type), (self.after, &after.data_type)) {
                Fit::MayFail => actions.notes.push(values_refused(&after.name, &written)),
                // What two rows have may become the same.
                Fit::Loses => {
                    // An index with more to it goes before, and is made again.
                    let stays = |index: &Index| {
                        index.predicate.is_none() && index.parts.iter().all(|part| part.is_column)
                    };
                    actions.notes.extend(self.may_repeat(table, after, stays));
                }
                Fit::Kept => {}
            }
        }
        actions.push(action);
    }

    /// What is to be said where rows may get the same values, of the unique indexes that stay meanwhile.
    fn may_repeat(&self, table: &ObjectName, column: &Column, stays: impl Fn(&Index) -> bool) -> Vec<String> {
        let whole = self.after.table(&table.id(Space::Relation, POSTGRES));
        let own = whole.into_iter().flat_map(|table| &table.indexes);
        let own = own.filter(|index| index.is_unique && index.columns.contains(&column.name) && stays(index));
        own.map(|index| repeated(&index.parts.iter().map(|part| &part.expr.written).collect::<Vec<_>>()))
            .collect()
    }

    /// `SET NOT NULL`, after the rows that have NULL got the default, if there is one.
    ///
    /// There is a way that holds its lock for less time: a check that is made without being validated, validated, and taken for
    /// the proof that there is no NULL. It gains nothing in one transaction, whose first statement takes the lock and whose end
    /// gives it back; so the one statement is written that says what is meant.
    fn refuse_null(
        &self,
        table: &ObjectName,
        column: &Column,
        own: &str,
        actions: &mut Actions,
        out: &mut Script,
    ) {
        let path = self.path(table);
        if column.default.is_some() {
            self.flush(table, actions, out);
            let notes = self.may_repeat(table, column, |_| true);
            out.push_noted(format!("UPDATE {path} SET {own} = DEFAULT WHERE {own} IS NULL"), notes);
            if self.is_looked_at_later(table) {
                out.push("SET CONSTRAINTS ALL IMMEDIATE".to_owned());
            }
        } else {
            actions.notes.extend(value_needed(&path, &column.name, POSTGRES));
        }
        actions.push(format!("ALTER COLUMN {own} SET NOT NULL"));
    }

    /// Whether something of a table looks at changed rows at the end of the transaction. Until it has, the table cannot be altered.
    fn is_looked_at_later(&self, table: &ObjectName) -> bool {
        let of = |table: &Table| {
            table.constraints.iter().any(|constraint| constraint.deferrable.is_initially_deferred)
                || table
                    .triggers
                    .iter()
                    .any(|trigger| trigger.text.normal.to_lowercase().contains("initially deferred"))
        };
        self.table_before(table).is_some_and(of)
    }

    /// A column that begins to count gets a sequence of its own. Whether it begins to count, and has to go on from the rows
    /// that are there.
    fn begin_to_count(
        &self,
        table: &ObjectName,
        before: &Column,
        after: &Column,
        actions: &mut Actions,
        out: &mut Script,
    ) -> bool {
        let sequence = own_sequence(table, after);
        let begins = self.serial(table, after).is_some() && !counts_with(before, &sequence);
        if begins {
            self.flush(table, actions, out);
            let owner = format!("{}.{}", self.path(table), self.name(&after.name));
            let data_type = types::data_type(&after.data_type, POSTGRES);
            out.push(format!("CREATE SEQUENCE {} AS {data_type} OWNED BY {owner}", self.path(&sequence)));
        }
        begins || after.identity.is_some() && before.identity.is_none()
    }

    /// The sequence of a column that has become an identity gets the name that it is to have, which is another one than the
    /// database gives it where the table had another name once.
    pub(super) fn name_counter(&self, table: &ObjectName, column: &Column, out: &mut Script) {
        let made = own_sequence(table, column);
        let is_there = |name: &ObjectName| self.after.get(&name.id(Space::Relation, POSTGRES)).is_some();
        if column.identity.is_none() || made.name.len() > LONGEST || is_there(&made) {
            return;
        }
        let owned = self.after.dependents(&table.id(Space::Relation, POSTGRES)).find(|(_, object)| {
            matches!(&object.body, ObjectBody::Sequence(sequence)
                if sequence.owned_by.as_ref().is_some_and(|(_, own)| *own == column.name))
        });
        if let Some((_, object)) = owned {
            out.push(format!(
                "ALTER SEQUENCE {} RENAME TO {}",
                self.path(&made),
                self.name(&object.name.name)
            ));
        }
    }

    /// A sequence goes on from the rows that are there; where there are none of its numbers it begins where it is told to.
    fn go_on_counting(&self, table: &ObjectName, column: &Column) -> String {
        let said = column.identity.as_ref().map_or(&[][..], |identity| &identity.options);
        let settings = Settings::of(&column.data_type, said);
        let (last, beyond) = if settings.increment > 0 { ("max", ">=") } else { ("min", "<=") };
        let (path, own) = (self.path(table), self.name(&column.name));
        format!(
            "SELECT setval(pg_get_serial_sequence({}, {}), {last}({own})) FROM {path} HAVING {last}({own}) {beyond} {}",
            POSTGRES.quote_literal(&path),
            POSTGRES.quote_literal(&column.name),
            settings.start,
        )
    }

    /// A column that counts in another way, or not any more, loses its own sequence once its default does not need it.
    fn drop_counter(
        &self,
        table: &ObjectName,
        before: &Column,
        after: &Column,
        actions: &mut Actions,
        out: &mut Script,
    ) {
        let id = table.id(Space::Relation, POSTGRES);
        let own = self.before.dependents(&id).filter(|(id, object)| {
            let is_own = matches!(&object.body, ObjectBody::Sequence(sequence)
                if sequence.owned_by.as_ref().is_some_and(|(_, own)| *own == before.name));
            // An identity brings another one of its name.
            let stays = self.after.get(id).is_some() && after.identity.is_none();
            is_own && !stays && counts_with(before, &object.name)
        });
        for (_, sequence) in own {
            self.flush(table, actions, out);
            out.push(format!("DROP SEQUENCE {}", self.path(&sequence.name)));
        }
    }

    pub(super) fn comment_on_column(&self, table: &ObjectName, column: &Column, out: &mut Script) {
        let what = format!("{}.{}", self.path(table), self.name(&column.name));
        out.push(comment("COLUMN", &what, column.comment.as_deref()));
    }
}

/// The sequence that `serial` gives a column.
fn own_sequence(table: &ObjectName, column: &Column) -> ObjectName {
    ObjectName::new(Arc::clone(&table.schema), format!("{}_{}_seq", table.name, column.name))
}

fn counts_with(column: &Column, sequence: &ObjectName) -> bool {
    column.default.as_ref() == Some(&SqlText::sequence(sequence))
}
