//! PostgreSQL.

mod cast;
mod column;
mod enums;
mod object;
mod routine;
mod sequence;
mod view;

use std::sync::Arc;

pub(super) use enums::uses_new_value;

use super::{Renderer, Script, both, note};
use crate::change::{Change, Fit, Operation, fit_in};
use crate::dialect::Dialect;
use crate::schema::{
    Constraint, ConstraintBody, Index, ObjectBody, ObjectName, Schema, Space, Table, Trigger,
};

const POSTGRES: Dialect = Dialect::Postgres;

impl Renderer<'_> {
    pub(super) fn postgres(&self, operation: &Operation, out: &mut Script) {
        match operation {
            Operation::Object { name, change } => self.postgres_object(name, change, out),
            Operation::Column { table, change } => match (&change.before, &change.after) {
                (None, Some(column)) => self.postgres_add(table, column, out),
                (Some(column), None) => {
                    out.push(self.alter(table, &[format!("DROP COLUMN {}", self.name(&column.name))]));
                }
                (Some(before), Some(after)) => self.postgres_alter(table, before, after, out),
                (None, None) => {}
            },
            Operation::Constraint { table, change } => self.postgres_constraint(table, change, out),
            Operation::Index { table, change } => self.postgres_index(table, change, out),
            Operation::Trigger { table, change } => self.postgres_trigger(table, change, out),
            Operation::Options { table, change } => {
                let is_unlogged = |options: &Option<std::collections::BTreeMap<Arc<str>, Arc<str>>>| {
                    options.as_ref().is_some_and(|options| options.contains_key("unlogged"))
                };
                match (is_unlogged(&change.before), is_unlogged(&change.after)) {
                    (false, true) => out.push(self.alter(table, &["SET UNLOGGED".to_owned()])),
                    (true, false) => out.push(self.alter(table, &["SET LOGGED".to_owned()])),
                    _ => {}
                }
            }
            Operation::Comment { name, body, change } => {
                let Some(kind) = kind(body) else { return };
                out.push(comment(kind, &self.path(name), change.after.as_deref()));
            }
            Operation::RenameTable { from, to } => {
                if from.schema != to.schema {
                    out.push(self.alter(from, &[format!("SET SCHEMA {}", self.name(&to.schema))]));
                }
                if from.name != to.name {
                    let moved = ObjectName::new(Arc::clone(&to.schema), Arc::clone(&from.name));
                    out.push(self.alter(&moved, &[format!("RENAME TO {}", self.name(&to.name))]));
                }
            }
            Operation::RenameColumn { table, from, to } => out.push(self.rename_column(table, from, to)),
            Operation::RenameValue { name, from, to } => {
                let (from, to) = (POSTGRES.quote_literal(from), POSTGRES.quote_literal(to));
                out.push(format!("ALTER TYPE {} RENAME VALUE {from} TO {to}", self.path(name)));
            }
            // Another database's.
            Operation::Rebuild { .. } => {}
        }
    }

    fn postgres_constraint(&self, table: &ObjectName, change: &Change<Constraint>, out: &mut Script) {
        if let Some((_, constraint)) = both(change) {
            let what = format!(
                "{} ON {}",
                self.name(constraint.name.as_deref().unwrap_or_default()),
                self.path(table)
            );
            out.push(comment("CONSTRAINT", &what, constraint.comment.as_deref()));
            return;
        }
        if let Some(constraint) = &change.before {
            let own = constraint.name.as_deref().unwrap_or_default();
            out.push(self.alter(table, &[format!("DROP CONSTRAINT {}", self.name(own))]));
        }
        if let Some(constraint) = &change.after {
            if let Some(definition) = self.constraint(table, constraint) {
                let notes = self.doubts_of_constraint(table, constraint);
                out.push_noted(self.alter(table, &[format!("ADD {definition}")]), notes);
            }
            self.comment_on_constraint(table, constraint, out);
        }
    }

    /// Where rows are there that it was not made for.
    fn doubts_of_constraint(&self, table: &ObjectName, constraint: &Constraint) -> Vec<String> {
        let Some(before) = self.table_before(table) else { return vec![] };
        let was_there = before.constraints.iter().any(|old| old.body == constraint.body);
        match &constraint.body {
            ConstraintBody::PrimaryKey(columns) | ConstraintBody::Unique { columns, .. }
                if !was_there || self.loses_values(table, columns) =>
            {
                vec![note::repeated(columns)]
            }
            _ if was_there || !constraint.is_validated => vec![],
            ConstraintBody::PrimaryKey(_) | ConstraintBody::Unique { .. } => vec![],
            ConstraintBody::ForeignKey(key) => vec![note::leads_nowhere(&key.columns, &key.table.name)],
            ConstraintBody::Check { expr, .. } => vec![note::not_held(expr)],
            ConstraintBody::Exclude(_) => vec!["Fails where rows exclude each other.".to_owned()],
            ConstraintBody::NotNull(_) => vec![],
        }
    }

    fn postgres_index(&self, table: &ObjectName, change: &Change<Index>, out: &mut Script) {
        let path =
            |index: &Index| self.path(&ObjectName::new(Arc::clone(&table.schema), Arc::clone(&index.name)));
        if let Some((_, index)) = both(change) {
            out.push(comment("INDEX", &path(index), index.comment.as_deref()));
            return;
        }
        if let Some(index) = &change.before {
            out.push(format!("DROP INDEX {}", path(index)));
        }
        if let Some(index) = &change.after {
            let was_unique = |before: &Table| {
                let is_same = |old: &&Index| old.parts == index.parts && old.predicate == index.predicate;
                before.indexes.iter().filter(is_same).any(|old| old.is_unique)
            };
            let mut notes = Vec::new();
            let is_new_to_rows = |before| !was_unique(before) || self.loses_values(table, &index.columns);
            if index.is_unique && self.table_before(table).is_some_and(is_new_to_rows) {
                let parts: Vec<&str> = index.parts.iter().map(|part| &*part.expr.written).collect();
                notes.push(note::repeated(&parts));
            }
            out.push_noted(self.create_index(table, index), notes);
            if index.comment.is_some() {
                out.push(comment("INDEX", &path(index), index.comment.as_deref()));
            }
        }
    }

    fn postgres_trigger(&self, table: &ObjectName, change: &Change<Trigger>, out: &mut Script) {
        let what = |trigger: &Trigger| format!("{} ON {}", self.name(&trigger.name), self.path(table));
        if let Some((_, trigger)) = both(change) {
            out.push(comment("TRIGGER", &what(trigger), trigger.comment.as_deref()));
            return;
        }
        if let Some(trigger) = &change.before {
            out.push(format!("DROP TRIGGER {}", what(trigger)));
        }
        if let Some(trigger) = &change.after {
            out.push(trigger.text.written.to_string());
            if trigger.comment.is_some() {
                out.push(comment("TRIGGER", &what(trigger), trigger.comment.as_deref()));
            }
        }
    }

    fn comment_on_constraint(&self, table: &ObjectName, constraint: &Constraint, out: &mut Script) {
        if let (Some(text), Some(own)) = (&constraint.comment, &constraint.name) {
            let what = format!("{} ON {}", self.name(own), self.path(table));
            out.push(comment("CONSTRAINT", &what, Some(text)));
        }
    }

    /// Whether values of columns become others, which may be the same in two rows.
    fn loses_values(&self, table: &ObjectName, columns: &[Arc<str>]) -> bool {
        let id = table.id(Space::Relation, POSTGRES);
        let type_in = |schema: &Schema, own: &Arc<str>| {
            let column = schema.table(&id)?.columns.iter().find(|column| column.name == *own)?;
            Some(column.data_type.clone())
        };
        columns.iter().any(|own| {
            let types = type_in(self.before, own).zip(type_in(self.after, own));
            types.is_some_and(|(old, new)| fit_in((self.before, &old), (self.after, &new)) == Fit::Loses)
        })
    }

    /// The table as it is before, if it is there.
    fn table_before(&self, table: &ObjectName) -> Option<&Table> {
        self.before.table(&table.id(Space::Relation, POSTGRES))
    }
}

/// The word for an object of this kind.
fn kind(body: &ObjectBody) -> Option<&'static str> {
    Some(match body {
        ObjectBody::Table(table) if table.kind == crate::schema::TableKind::Foreign => "FOREIGN TABLE",
        ObjectBody::Table(_) => "TABLE",
        ObjectBody::View(view) if view.is_materialized => "MATERIALIZED VIEW",
        ObjectBody::View(_) => "VIEW",
        ObjectBody::Index { .. } => "INDEX",
        ObjectBody::Sequence(_) => "SEQUENCE",
        ObjectBody::Enum(_) | ObjectBody::Composite(_) | ObjectBody::OtherType => "TYPE",
        ObjectBody::Domain(_) => "DOMAIN",
        ObjectBody::Namespace => "SCHEMA",
        ObjectBody::Extension(_) => "EXTENSION",
        ObjectBody::Routines(_) | ObjectBody::Other(..) => return None,
    })
}

fn comment(kind: &str, what: &str, text: Option<&str>) -> String {
    let text = text.map_or_else(|| "NULL".to_owned(), |text| POSTGRES.quote_literal(text));
    format!("COMMENT ON {kind} {what} IS {text}")
}

#[cfg(all(test, feature = "postgres"))]
mod tests;
