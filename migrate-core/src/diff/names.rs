//! Names that are given again: what has them goes first.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::plan::{Plan, is_implied};
use crate::change::{Change, Operation};
use crate::dialect::Dialect;
use crate::schema::{Constraint, ConstraintBody, Index, ObjectBody, ObjectId, ObjectName, Space, Table};

impl Plan<'_> {
    /// What goes and has the name of something new goes before that is made.
    pub(super) fn free_names(&mut self, dropped: &[ObjectId]) {
        match self.dialect() {
            Dialect::Postgres
                if self.is_replaced || self.has_replaced_enum(dropped) || self.is_taken(dropped) =>
            {
                let tables = std::mem::take(&mut self.phases.drop_tables);
                self.phases.drop_replaced.extend(tables);
                self.keep_sequences(dropped);
            }
            // Names of indexes are their table's own.
            Dialect::Postgres | Dialect::Mysql => {}
            Dialect::Sqlite => self.free_indexes(dropped),
        }
    }

    /// Sequences that stay do not go with the tables that they belong to until then.
    fn keep_sequences(&mut self, dropped: &[ObjectId]) {
        let goes: BTreeSet<&ObjectId> = dropped.iter().collect();
        for operation in &mut self.phases.own_sequences {
            let Operation::Object { name, change: Change { before: Some(ObjectBody::Sequence(old)), .. } } =
                operation
            else {
                continue;
            };
            let owner = old.owned_by.as_ref().map(|(table, _)| table.id(Space::Relation, Dialect::Postgres));
            if owner.is_some_and(|owner| goes.contains(&owner)) {
                let owned = ObjectBody::Sequence(old.clone());
                old.owned_by = None;
                let change = Change::alter(owned, ObjectBody::Sequence(old.clone()));
                self.phases.drop_defaults.push(Operation::Object { name: name.clone(), change });
            }
        }
    }

    /// Whether a table that goes has values of an enum that is made anew, so that it would have to be changed first.
    fn has_replaced_enum(&self, dropped: &[ObjectId]) -> bool {
        let has = |id: &ObjectId| {
            let object = self.pair.before.get(id);
            object.is_some_and(|object| {
                object.needs.iter().any(|need| self.replaced_enums.contains(&need.object))
            })
        };
        !self.replaced_enums.is_empty() && dropped.iter().any(has)
    }

    /// Whether a table that goes has, by its keys, its indexes or its sequences, a name that something new gets.
    fn is_taken(&self, dropped: &[ObjectId]) -> bool {
        let (before, after) = (self.pair.before, self.pair.after);
        let tables = dropped.iter().filter_map(|id| {
            let object = before.get(id)?;
            match &object.body {
                ObjectBody::Table(table) => Some((&object.name, table)),
                _ => None,
            }
        });
        let mut old = BTreeSet::new();
        for (name, table) in tables {
            old.extend(table.indexes.iter().map(|index| (Arc::clone(&name.schema), Arc::clone(&index.name))));
            old.extend(names_of_keys(name, &table.constraints));
        }
        let mut new = Vec::new();
        let operations = [&self.phases.make_tables, &self.phases.make_constraints, &self.phases.make_indexes];
        for operation in operations.into_iter().flatten() {
            match operation {
                Operation::Object { name, change: Change { after: Some(ObjectBody::Table(table)), .. } } => {
                    new.extend(names_of_keys(name, &table.constraints));
                }
                Operation::Constraint { table, change: Change { after: Some(constraint), .. } } => {
                    new.extend(names_of_keys(table, std::slice::from_ref(constraint)));
                }
                Operation::Index { table, change: Change { after: Some(index), .. } } => {
                    new.push((Arc::clone(&table.schema), Arc::clone(&index.name)));
                }
                _ => {}
            }
        }
        let goes: BTreeSet<&ObjectId> = dropped.iter().collect();
        new.iter().any(|name| old.contains(name))
            // A sequence that goes with its table, and another one of its name that comes with a column.
            || before.changed(after).iter().filter(|id| id.space == Space::Relation).any(|id| {
                let sequence = |schema: &crate::schema::Schema| match schema.get(id) {
                    Some(object) => match &object.body {
                        ObjectBody::Sequence(sequence) => Some((object.name.clone(), sequence.clone())),
                        _ => None,
                    },
                    None => None,
                };
                let (Some((_, old)), Some((name, new))) = (sequence(before), sequence(after)) else {
                    return false;
                };
                let goes_along = old.owned_by.as_ref().is_some_and(|(table, _)| {
                    goes.contains(&table.id(Space::Relation, Dialect::Postgres))
                });
                goes_along && is_implied(after, &name, &new)
            })
    }

    fn free_indexes(&mut self, dropped: &[ObjectId]) {
        let made = self.phases.make_indexes.iter().filter_map(|operation| match operation {
            Operation::Index { change: Change { after: Some(index), .. }, .. } => Some(index.name.clone()),
            _ => None,
        });
        let made: BTreeSet<Arc<str>> = made.collect();
        for object in dropped.iter().filter_map(|id| self.pair.before.get(id)) {
            let ObjectBody::Table(Table { indexes, .. }) = &object.body else { continue };
            let is_taken = |index: &&Index| index.constraint.is_none() && made.contains(&index.name);
            for index in indexes.iter().filter(is_taken) {
                let change = Change::drop(index.clone());
                self.phases.drop_indexes.push(Operation::Index { table: object.name.clone(), change });
            }
        }
    }
}

/// The names of constraints that are indexes, with their schema.
fn names_of_keys(table: &ObjectName, constraints: &[Constraint]) -> Vec<(Arc<str>, Arc<str>)> {
    let is_index = |constraint: &&Constraint| {
        matches!(
            constraint.body,
            ConstraintBody::PrimaryKey(_) | ConstraintBody::Unique { .. } | ConstraintBody::Exclude(_)
        )
    };
    let named = constraints.iter().filter(is_index).filter_map(|constraint| constraint.name.clone());
    named.map(|name| (Arc::clone(&table.schema), name)).collect()
}
