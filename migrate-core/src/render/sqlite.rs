//! SQLite, with the way of its documentation to change what `ALTER TABLE` cannot: a new table takes the place of the old one.

mod foreign_keys;
mod rebuild;

use std::sync::Arc;

pub(super) use foreign_keys::may_be_looked_at;

use super::{Renderer, Script, both, note};
use crate::change::Operation;
use crate::dialect::Dialect;
use crate::schema::{Column, Constraint, ConstraintBody, Index, ObjectName, Space};

impl Renderer<'_> {
    pub(super) fn sqlite(&self, operation: &Operation, out: &mut Script) {
        match operation {
            Operation::Object { name, change } => self.table_or_view(name, change, out),
            Operation::Column { table, change } => {
                let action = match (&change.before, &change.after) {
                    (None, Some(column)) => {
                        let text = format!("ADD COLUMN {}", self.column_with_constraints(table, column));
                        out.push(self.alter(table, &[text]));
                        return out.note(rebuild::of_new_column(&self.constraints_of(table, column)));
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
                if let Some(index) = &change.after {
                    out.push(self.create_index(table, index));
                    out.note(self.of_new_index(table, index));
                }
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
        for constraint in self.constraints_of(table, column) {
            // Behind its column a key does not name it again.
            let text = self.constraint(table, constraint).unwrap_or_default();
            let key = format!("FOREIGN KEY ({}) ", self.name(&column.name));
            out.push_str(&format!(" {}", text.replacen(&key, "", 1)));
        }
        out
    }

    /// The keys and checks that are of this column alone.
    fn constraints_of(&self, table: &ObjectName, column: &Column) -> Vec<&Constraint> {
        let id = table.id(Space::Relation, Dialect::Sqlite);
        let is_own =
            |columns: &[Arc<str>]| columns.len() == 1 && columns[0].eq_ignore_ascii_case(&column.name);
        let all = self.after.table(&id).into_iter().flat_map(|table| &table.constraints);
        all.filter(|constraint| match &constraint.body {
            ConstraintBody::ForeignKey(key) => is_own(&key.columns),
            ConstraintBody::Check { columns, .. } => is_own(columns),
            _ => false,
        })
        .collect()
    }

    /// What a reader has to know about an index of a table that may have rows.
    fn of_new_index(&self, table: &ObjectName, index: &Index) -> Vec<String> {
        let was_there = self.before.table(&table.id(Space::Relation, Dialect::Sqlite)).is_some();
        let parts: Vec<&str> = index.parts.iter().map(|part| &*part.expr.written).collect();
        match was_there && index.is_unique {
            true => vec![note::repeated(&parts)],
            false => vec![],
        }
    }

    /// The name of something that belongs to a table, in the table's schema.
    fn own(&self, table: &ObjectName, own: &Arc<str>) -> String {
        self.path(&ObjectName::new(Arc::clone(&table.schema), Arc::clone(own)))
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
