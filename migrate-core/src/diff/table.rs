//! What differs in one table, and what is in the way.

use std::collections::BTreeSet;

use super::compare::is_certain;
use super::plan::{Plan, keys_to};
use crate::change::{Change, Operation};
use crate::dialect::Dialect;
use crate::schema::{Column, Constraint, ConstraintBody, Index, ObjectBody, ObjectId, ObjectName, Table};

impl Plan<'_> {
    pub(super) fn alter_table(&mut self, id: &ObjectId, name: &ObjectName, before: &Table, after: &Table) {
        if self.dialect() == Dialect::Sqlite && self.must_be_rebuilt(before, after) {
            self.rebuild(id, name, before, after);
            return;
        }
        self.columns(name, before, after);
        self.constraints(name, before, after);
        self.indexes(name, &before.indexes, &after.indexes);
        self.triggers(name, before, after);
        if !self.pair.are_same_options(&before.options, &after.options) {
            let change = Change::alter(before.options.clone(), after.options.clone());
            self.phases.options.push(Operation::Options { table: name.clone(), change });
        }
    }

    fn columns(&mut self, name: &ObjectName, before: &Table, after: &Table) {
        let pair = self.pair;
        let find = |table: &'_ Table, own: &str| -> Option<Column> {
            table.columns.iter().find(|column| pair.is_same_name(&column.name, own)).cloned()
        };
        let retyped = self.retyped(before, after);
        // What a column is computed from cannot be changed where it stands, nor can the type of what it is computed from.
        let is_remade = |old: &Column, new: &Column| {
            let rests_on = |expr: &crate::schema::SqlText| {
                self.dialect() == Dialect::Postgres && retyped.iter().any(|own| expr.normal.contains(&**own))
            };
            old.generated != new.generated
                || new.generated.as_ref().is_some_and(|generated| rests_on(&generated.expr))
        };
        let (mut first, mut then, mut last) = (vec![], vec![], vec![]);
        for column in after.columns.iter().filter(|column| column.is_local) {
            let operation = |change| Operation::Column { table: name.clone(), change };
            match find(before, &column.name) {
                None if column.generated.is_some() => last.push(operation(Change::make(column.clone()))),
                None => then.push(operation(Change::make(column.clone()))),
                Some(old) if is_remade(&old, column) => {
                    first.push(operation(Change::drop(old)));
                    last.push(operation(Change::make(column.clone())));
                }
                Some(old) if pair.is_same_column(&old, column) => {}
                Some(old) => then.push(operation(Change::alter(old, column.clone()))),
            }
        }
        self.phases.columns.extend([first, then, last].concat());
        for column in before.columns.iter().filter(|column| column.is_local) {
            if find(after, &column.name).is_none() {
                let change = Change::drop(column.clone());
                self.phases.drop_columns.push(Operation::Column { table: name.clone(), change });
            }
        }
    }

    fn constraints(&mut self, name: &ObjectName, before: &Table, after: &Table) {
        let pair = self.pair;
        let is_mysql = self.dialect() == Dialect::Mysql;
        let is_mine = |constraint: &&Constraint| {
            constraint.is_local
                && match constraint.body {
                    ConstraintBody::NotNull(_) => false,
                    // An index, which knows more.
                    ConstraintBody::Unique { .. } => !is_mysql,
                    _ => true,
                }
        };
        let mut old: Vec<&Constraint> = before.constraints.iter().filter(is_mine).collect();
        for constraint in after.constraints.iter().filter(is_mine) {
            match old.iter().position(|old| pair.is_same_constraint(old, constraint)) {
                Some(place) => drop(old.remove(place)),
                None if is_of_new_column(self.dialect(), constraint, before, after) => {}
                None => self.make_constraint(name, constraint),
            }
        }
        for constraint in old {
            self.drop_constraint(name, constraint);
        }
    }

    fn make_constraint(&mut self, table: &ObjectName, constraint: &Constraint) {
        let operation =
            Operation::Constraint { table: table.clone(), change: Change::make(constraint.clone()) };
        let phase = match constraint.body {
            ConstraintBody::ForeignKey(_) => &mut self.phases.make_keys,
            _ => &mut self.phases.make_constraints,
        };
        if !phase.contains(&operation) {
            phase.push(operation);
        }
    }

    fn drop_constraint(&mut self, table: &ObjectName, constraint: &Constraint) {
        let operation =
            Operation::Constraint { table: table.clone(), change: Change::drop(constraint.clone()) };
        let phase = match constraint.body {
            ConstraintBody::ForeignKey(_) => &mut self.phases.drop_keys,
            _ => &mut self.phases.drop_constraints,
        };
        if !phase.contains(&operation) {
            phase.push(operation);
        }
    }

    pub(super) fn indexes(&mut self, table: &ObjectName, before: &[Index], after: &[Index]) {
        let pair = self.pair;
        let is_mysql = self.dialect() == Dialect::Mysql;
        let is_free = |index: &&Index| {
            index.constraint.is_none() || is_mysql && !index.name.eq_ignore_ascii_case("primary")
        };
        let mut old: Vec<&Index> = before.iter().filter(is_free).collect();
        for index in after.iter().filter(is_free) {
            match old.iter().position(|old| pair.is_same_index(old, index)) {
                Some(place) => drop(old.remove(place)),
                // It comes with its foreign key.
                None if index.is_implicit => {}
                None => {
                    let change = Change::make(index.clone());
                    self.phases.make_indexes.push(Operation::Index { table: table.clone(), change });
                }
            }
        }
        for index in old {
            let change = Change::drop(index.clone());
            self.phases.drop_indexes.push(Operation::Index { table: table.clone(), change });
        }
    }

    fn triggers(&mut self, table: &ObjectName, before: &Table, after: &Table) {
        let pair = self.pair;
        for trigger in &after.triggers {
            if !before.triggers.iter().any(|old| pair.is_same_trigger(old, trigger)) {
                let change = Change::make(trigger.clone());
                self.phases.make_triggers.push(Operation::Trigger { table: table.clone(), change });
            }
        }
        for trigger in &before.triggers {
            if !after.triggers.iter().any(|new| pair.is_same_trigger(trigger, new)) {
                let change = Change::drop(trigger.clone());
                self.phases.drop_triggers.push(Operation::Trigger { table: table.clone(), change });
            }
        }
    }

    /// Takes away, and puts back, what has not changed and is in the way of what has.
    pub(super) fn clear_the_way(&mut self, ids: &[ObjectId], dropped: &[ObjectId]) {
        match self.dialect() {
            Dialect::Sqlite => self.clear_for_rebuilds(),
            Dialect::Postgres | Dialect::Mysql => {
                for id in ids {
                    self.clear_keys(id);
                }
                if self.dialect() == Dialect::Postgres {
                    self.clear_views(ids, dropped);
                }
            }
        }
    }

    /// Foreign keys whose columns get another type, or that rest on a key that goes.
    fn clear_keys(&mut self, id: &ObjectId) {
        let (Some(before), Some(after)) = (self.pair.before.table(id), self.pair.after.table(id)) else {
            return;
        };
        let retyped = self.retyped(before, after);
        let keys = |table: &Table| -> Vec<Vec<std::sync::Arc<str>>> {
            let of_constraints = table.constraints.iter().filter_map(|constraint| match &constraint.body {
                ConstraintBody::PrimaryKey(columns) | ConstraintBody::Unique { columns, .. } => {
                    Some(columns.clone())
                }
                _ => None,
            });
            of_constraints.collect()
        };
        let (old, new) = (keys(before), keys(after));
        let gone: Vec<_> = old.into_iter().filter(|key| !new.contains(key)).collect();
        let mut in_the_way: Vec<(ObjectId, Constraint)> = Vec::new();
        for (other, constraint) in keys_to(self.pair.before, id) {
            let ConstraintBody::ForeignKey(key) = &constraint.body else { continue };
            let referenced = self.pair.before.referenced(key);
            if referenced.iter().any(|column| retyped.contains(column))
                || gone.iter().any(|key| key == referenced)
            {
                in_the_way.push((other, constraint.clone()));
            }
        }
        for constraint in &before.constraints {
            if let ConstraintBody::ForeignKey(key) = &constraint.body
                && key.columns.iter().any(|column| retyped.contains(column))
            {
                in_the_way.push((id.clone(), constraint.clone()));
            }
        }
        for (owner, constraint) in in_the_way {
            let Some(name) = self.pair.before.get(&owner).map(|object| object.name.clone()) else { continue };
            self.drop_constraint(&name, &constraint);
            let new = self.pair.after.table(&owner).map_or(&[][..], |table| &table.constraints);
            if let Some(stays) = new.iter().find(|new| self.pair.is_same_constraint(&constraint, new)) {
                self.make_constraint(&name, stays);
            }
        }
    }

    /// The columns whose type changes.
    fn retyped(&self, before: &Table, after: &Table) -> BTreeSet<std::sync::Arc<str>> {
        let mut retyped = BTreeSet::new();
        for column in &before.columns {
            let new = after.columns.iter().find(|new| self.pair.is_same_name(&new.name, &column.name));
            if new.is_some_and(|new| {
                new.data_type != column.data_type
                    || new.collation != column.collation
                    || new.charset != column.charset
            }) {
                retyped.insert(column.name.clone());
            }
        }
        retyped
    }

    /// PostgreSQL's views of columns that get another type or go, and views of those views.
    fn clear_views(&mut self, ids: &[ObjectId], dropped: &[ObjectId]) {
        let mut touched: Vec<(ObjectId, Option<BTreeSet<std::sync::Arc<str>>>)> = Vec::new();
        for id in ids {
            match (self.pair.before.get(id).map(|object| &object.body), self.pair.after.table(id)) {
                (Some(ObjectBody::Table(before)), Some(after)) => {
                    let mut columns = self.retyped(before, after);
                    let goes = |own: &str| !after.columns.iter().any(|column| *column.name == *own);
                    columns.extend(
                        before.columns.iter().map(|column| column.name.clone()).filter(|own| goes(own)),
                    );
                    if !columns.is_empty() {
                        touched.push((id.clone(), Some(columns)));
                    }
                }
                (Some(ObjectBody::View(_)), _) if self.goes(id) => touched.push((id.clone(), None)),
                (Some(_), _) if dropped.contains(id) => touched.push((id.clone(), None)),
                _ => {}
            }
        }
        while let Some((id, columns)) = touched.pop() {
            let views: Vec<ObjectId> = self
                .pair
                .before
                .dependents(&id)
                .filter(|(_, object)| matches!(object.body, ObjectBody::View(_)))
                .filter(|(_, object)| {
                    object.needs.iter().any(|need| {
                        need.object == id
                            && match (&columns, &need.part) {
                                (Some(columns), Some(part)) => columns.contains(part),
                                _ => true,
                            }
                    })
                })
                .map(|(view, _)| view.clone())
                .collect();
            for view in views {
                if self.goes(&view) || !is_certain(self.pair.before.get(&view)) {
                    continue;
                }
                if let (Some(before), Some(after)) = (self.pair.before.get(&view), self.pair.after.get(&view))
                {
                    let (before, after) = (before.clone(), after.clone());
                    self.remake_view(&before, &after);
                    touched.push((view, None));
                }
            }
        }
        self.order_views();
    }

    /// Whether a view is taken away already.
    fn goes(&self, id: &ObjectId) -> bool {
        let Some(object) = self.pair.before.get(id) else { return false };
        self.phases.drop_views.iter().any(|operation| match operation {
            Operation::Object { name, .. } => *name == object.name,
            _ => false,
        })
    }

    /// Views go before what they show, and come after it.
    pub(super) fn order_views(&mut self) {
        let rank = |schema: &crate::schema::Schema, operations: &[Operation]| -> Vec<ObjectId> {
            let ids: Vec<ObjectId> = operations
                .iter()
                .filter_map(|operation| match operation {
                    Operation::Object { name, .. } => {
                        Some(name.id(crate::schema::Space::Relation, schema.dialect()))
                    }
                    _ => None,
                })
                .collect();
            super::order::needed_first(&ids, |id| super::plan::needs(schema, id))
        };
        let place = |order: &[ObjectId], operation: &Operation, dialect| {
            let (Operation::Object { name, .. } | Operation::Index { table: name, .. }) = operation else {
                return 0;
            };
            let id = name.id(crate::schema::Space::Relation, dialect);
            order.iter().position(|other| *other == id).unwrap_or(0)
        };
        let dialect = self.dialect();
        let order = rank(self.pair.before, &self.phases.drop_views);
        self.phases.drop_views.sort_by_key(|operation| std::cmp::Reverse(place(&order, operation, dialect)));
        let order = rank(self.pair.after, &self.phases.make_views);
        self.phases.make_views.sort_by_key(|operation| place(&order, operation, dialect));
    }
}

/// Whether a constraint comes with the definition of a column that is added: SQLite has no other way. It takes no foreign key
/// there that has a default.
pub(super) fn is_of_new_column(
    dialect: Dialect,
    constraint: &Constraint,
    before: &Table,
    after: &Table,
) -> bool {
    let find = |table: &Table, own: &str| {
        table.columns.iter().find(|column| column.name.eq_ignore_ascii_case(own)).cloned()
    };
    let (columns, is_key) = match &constraint.body {
        ConstraintBody::ForeignKey(key) => (&key.columns, true),
        ConstraintBody::Check { columns, .. } => (columns, false),
        _ => return false,
    };
    let [column] = &columns[..] else { return false };
    dialect == Dialect::Sqlite
        && find(before, column).is_none()
        && find(after, column).is_some_and(|column| !is_key || column.default.is_none())
}
