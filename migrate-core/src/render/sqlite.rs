//! SQLite, with the way of its documentation to change what `ALTER TABLE` cannot: a new table takes the place of the old one.

use std::sync::Arc;

use super::{Renderer, Script, both};
use crate::change::Operation;
use crate::dialect::Dialect;
use crate::schema::{Column, ConstraintBody, ObjectName, Space, Table};

impl Renderer<'_> {
    pub(super) fn sqlite(&self, operation: &Operation, out: &mut Script) {
        match operation {
            Operation::Object { name, change } => self.table_or_view(name, change, out),
            Operation::Column { table, change } => {
                let action = match (&change.before, &change.after) {
                    (None, Some(column)) => {
                        format!("ADD COLUMN {}", self.column_with_constraints(table, column))
                    }
                    (Some(column), None) => format!("DROP COLUMN {}", self.name(&column.name)),
                    _ => return,
                };
                out.push(self.alter(table, &[action]));
            }
            Operation::Index { table, change } => {
                out.extend(
                    change
                        .before
                        .as_ref()
                        .map(|index| format!("DROP INDEX {}", self.own(table, &index.name))),
                );
                out.extend(change.after.as_ref().map(|index| self.create_index(table, index)));
            }
            Operation::Trigger { table, change } => {
                let drop = |own: &Arc<str>| format!("DROP TRIGGER {}", self.own(table, own));
                out.extend(change.before.as_ref().map(|trigger| drop(&trigger.name)));
                out.extend(change.after.as_ref().map(|trigger| trigger.text.written.to_string()));
            }
            Operation::RenameTable { from, to } => {
                out.push(self.alter(from, &[format!("RENAME TO {}", self.name(&to.name))]));
            }
            Operation::RenameColumn { table, from, to } => out.push(self.rename_column(table, from, to)),
            Operation::Rebuild { table, change } => {
                if let Some((before, after)) = both(change) {
                    self.rebuild(table, before, after, out);
                }
            }
            // A rebuild does these, or there are none.
            Operation::Constraint { .. }
            | Operation::RenameValue { .. }
            | Operation::Options { .. }
            | Operation::Comment { .. } => {}
        }
    }

    /// A column with the constraints that it has for itself: they can be added with it and not later.
    fn column_with_constraints(&self, table: &ObjectName, column: &Column) -> String {
        let mut out = self.column(table, column, None);
        let id = table.id(Space::Relation, Dialect::Sqlite);
        let is_own =
            |columns: &[Arc<str>]| columns.len() == 1 && columns[0].eq_ignore_ascii_case(&column.name);
        for constraint in self.after.table(&id).into_iter().flat_map(|table| &table.constraints) {
            let definition = match &constraint.body {
                ConstraintBody::ForeignKey(key) if is_own(&key.columns) => self.references(key),
                ConstraintBody::Check { expr, columns, .. } if is_own(columns) => {
                    format!("CHECK {}", super::table::in_parentheses(expr))
                }
                _ => continue,
            };
            if let Some(own) = self.written_name(table, constraint) {
                out.push_str(&format!(" CONSTRAINT {}", self.name(own)));
            }
            out.push_str(&format!(" {definition}"));
        }
        out
    }

    /// The name of something that belongs to a table, in the table's schema.
    fn own(&self, table: &ObjectName, own: &Arc<str>) -> String {
        self.path(&ObjectName::new(Arc::clone(&table.schema), Arc::clone(own)))
    }

    fn rebuild(&self, own: &ObjectName, before: &Table, after: &Table, out: &mut Script) {
        let aside = ObjectName::new(Arc::clone(&own.schema), format!("__new_{}", own.name));
        out.push(self.create_table(&aside, after));
        let is_given = |column: &&Column| column.generated.is_none();
        let (mut into, mut from) = (Vec::new(), Vec::new());
        for column in after.columns.iter().filter(is_given) {
            let old = before
                .columns
                .iter()
                .filter(is_given)
                .find(|old| old.name.eq_ignore_ascii_case(&column.name));
            let Some(old) = old else { continue };
            into.push(self.name(&column.name));
            from.push(self.value_of(old, column));
        }
        if !into.is_empty() {
            let (into, from) = (into.join(", "), from.join(", "));
            out.push(format!(
                "INSERT INTO {} ({into})\nSELECT {from} FROM {}",
                self.path(&aside),
                self.path(own)
            ));
        }
        out.push(format!("DROP TABLE {}", self.path(own)));
        out.push(self.alter(&aside, &[format!("RENAME TO {}", self.name(&own.name))]));
    }

    /// What a column's value becomes: where NULL is refused from now on, the default is what there was not.
    fn value_of(&self, before: &Column, after: &Column) -> String {
        let own = self.name(&before.name);
        match &after.default {
            Some(default) if after.not_null && !before.not_null => {
                format!("coalesce({own}, {})", super::table::default_text(default, Dialect::Sqlite))
            }
            _ => own,
        }
    }
}

/// Whether `ADD COLUMN` takes the column: see "ALTER TABLE ADD COLUMN" of SQLite's documentation.
pub(crate) fn can_be_added(column: &Column) -> bool {
    let is_constant =
        |text: &str| !text.starts_with('(') && !text.to_ascii_uppercase().starts_with("CURRENT_");
    let has_constant = column
        .default
        .as_ref()
        .is_some_and(|default| is_constant(&super::table::default_text(default, Dialect::Sqlite)));
    column.generated.as_ref().is_none_or(|generated| !generated.is_stored)
        && (column.default.is_none() || has_constant)
        && (!column.not_null || has_constant || column.generated.is_some())
}
