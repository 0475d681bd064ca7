//! What has not changed and is in the way of what has: it is taken away and put back.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::compare::is_certain;
use super::plan::{Plan, keys_to};
use crate::change::{Change, Operation};
use crate::dialect::Dialect;
use crate::schema::{Constraint, ConstraintBody, Index, ObjectBody, ObjectId, Schema, Space, Table};

/// Names of columns.
type Names = BTreeSet<Arc<str>>;

impl Plan<'_> {
    /// Takes away, and puts back, what has not changed and is in the way of what has.
    pub(super) fn clear_the_way(&mut self, ids: &[ObjectId], dropped: &[ObjectId]) {
        if self.dialect() == Dialect::Sqlite {
            return self.clear_for_rebuilds();
        }
        for id in ids {
            self.clear_keys(id);
        }
        if self.dialect() == Dialect::Mysql {
            return self.order_views();
        }
        if self.dialect() == Dialect::Postgres {
            for id in ids {
                self.clear_parts(id);
            }
            self.clear_routines_of_enums();
            self.clear_users_of_routines();
            self.clear_views(ids, dropped);
        }
    }

    /// The enums that are made anew because values go or change places, and the tables that have columns of them.
    pub(super) fn find_replaced_enums(&mut self, changed: &BTreeSet<ObjectId>) -> Vec<ObjectId> {
        let pair = self.pair;
        let mut tables = Vec::new();
        if self.dialect() != Dialect::Postgres {
            return tables;
        }
        for id in changed.iter().filter(|id| id.space == Space::Type) {
            let labels = |schema: &Schema| match schema.get(id).map(|object| object.body.clone()) {
                Some(ObjectBody::Enum(labels)) => Some(labels),
                _ => None,
            };
            let (Some(before), Some(after)) = (labels(pair.before), labels(pair.after)) else { continue };
            if after.iter().filter(|label| before.contains(label)).eq(&before) {
                continue;
            }
            let all = pair.before.dependents(id);
            let are_tables = all.filter(|(_, object)| matches!(object.body, ObjectBody::Table(_)));
            let stay = are_tables.filter(|(table, object)| {
                is_certain(Some(object)) && pair.after.table(table).is_some() && !changed.contains(table)
            });
            tables.extend(stay.map(|(table, _)| table.clone()));
            self.replaced_enums.insert(id.clone());
        }
        tables.sort();
        tables.dedup();
        tables
    }

    /// Foreign keys whose columns get another type, or that rest on a key that goes.
    fn clear_keys(&mut self, id: &ObjectId) {
        let (Some(before), Some(after)) = (self.pair.before.table(id), self.pair.after.table(id)) else {
            return;
        };
        let touched = self.touched(before, after);
        let gone = self.keys_that_go(before, after);
        let mut in_the_way: Vec<(ObjectId, Constraint)> = Vec::new();
        for (other, constraint) in keys_to(self.pair.before, id) {
            let ConstraintBody::ForeignKey(key) = &constraint.body else { continue };
            let referenced: Names = self.pair.before.referenced(key).iter().cloned().collect();
            if !referenced.is_disjoint(&touched) || gone.contains(&referenced) {
                in_the_way.push((other, constraint.clone()));
            }
        }
        for constraint in &before.constraints {
            if let ConstraintBody::ForeignKey(key) = &constraint.body
                && key.columns.iter().any(|column| touched.contains(column))
            {
                in_the_way.push((id.clone(), constraint.clone()));
            }
        }
        if self.dialect() == Dialect::Mysql {
            in_the_way.extend(self.keys_in_the_way_of_mysql(id, before, after));
        }
        for (owner, constraint) in in_the_way {
            self.remake_constraint(&owner, &constraint);
        }
    }

    /// The columns of keys that go or are made anew, so that no foreign key may rest on them meanwhile.
    fn keys_that_go(&self, before: &Table, after: &Table) -> BTreeSet<Names> {
        let pair = self.pair;
        let of_constraints = before.constraints.iter().filter_map(|old| match &old.body {
            ConstraintBody::PrimaryKey(columns) | ConstraintBody::Unique { columns, .. } => {
                let stays = after.constraints.iter().any(|new| pair.is_same_constraint(old, new));
                (!stays).then(|| columns.iter().cloned().collect())
            }
            _ => None,
        });
        let is_key = |index: &&Index| {
            let is_plain = index.predicate.is_none() && index.parts.iter().all(|part| part.is_column);
            self.dialect() == Dialect::Postgres && index.is_unique && index.constraint.is_none() && is_plain
        };
        let of_indexes = before.indexes.iter().filter(is_key).filter_map(|old| {
            let stays = after.indexes.iter().any(|new| pair.is_same_index(old, new));
            (!stays).then(|| old.parts.iter().map(|part| part.expr.written.clone()).collect())
        });
        of_constraints.chain(of_indexes).collect()
    }

    pub(super) fn remake_constraint(&mut self, owner: &ObjectId, constraint: &Constraint) {
        let pair = self.pair;
        let Some(object) = pair.before.get(owner) else { return };
        self.drop_constraint(&object.name, constraint);
        let new = pair.after.table(owner).map_or(&[][..], |table| &table.constraints);
        if let Some(stays) = new.iter().find(|new| pair.is_same_constraint(constraint, new)) {
            self.make_constraint(&object.name, stays);
        }
    }

    pub(super) fn remake_index(&mut self, owner: &ObjectId, index: &Index) {
        let pair = self.pair;
        let Some(object) = pair.before.get(owner) else { return };
        let table = object.name.clone();
        let drop = Operation::Index { table: table.clone(), change: Change::drop(index.clone()) };
        if self.phases.drop_indexes.contains(&drop) {
            return;
        }
        self.phases.drop_indexes.push(drop);
        let new = pair.after.table(owner).map_or(&[][..], |table| &table.indexes);
        if let Some(stays) = new.iter().find(|new| pair.is_same_index(index, new)) {
            let mut made = stays.clone();
            // Models need not say how it is kept.
            if made.options.is_empty() {
                made.options.clone_from(&index.options);
            }
            let change = Change::make(made);
            self.phases.make_indexes.push(Operation::Index { table, change });
        }
    }

    /// Checks, indexes and triggers that speak of a column whose type becomes another one, or that goes and comes back. PostgreSQL
    /// reads their expressions again with the constants as they were, of the old type.
    fn clear_parts(&mut self, id: &ObjectId) {
        let (Some(before), Some(after)) = (self.pair.before.table(id), self.pair.after.table(id)) else {
            return;
        };
        let (retyped, remade) = (self.retyped(before, after), self.remade_columns(before, after));
        if retyped.is_empty() && remade.is_empty() {
            return;
        }
        let is_recast = |name: &&Arc<str>| {
            let find = |table: &Table| {
                table
                    .columns
                    .iter()
                    .find(|column| column.name == **name)
                    .map(|column| column.data_type.clone())
            };
            find(before).zip(find(after)).is_none_or(|(old, new)| {
                let is_enum = old.made().is_some_and(|made| {
                    self.replaced_enums.contains(&made.id(Space::Type, Dialect::Postgres))
                });
                is_enum || old.base != new.base || old.is_array != new.is_array
            })
        };
        let recast: Names = retyped.iter().filter(is_recast).chain(&remade).cloned().collect();
        let names = |columns: &[Arc<str>], of: &Names| columns.iter().any(|column| of.contains(column));
        for constraint in before.constraints.iter().filter(|constraint| constraint.is_local) {
            let is_in_the_way = match &constraint.body {
                ConstraintBody::Check { columns, .. } => names(columns, &recast),
                ConstraintBody::Exclude(text) => recast.iter().any(|column| text.normal.contains(&**column)),
                ConstraintBody::PrimaryKey(columns) | ConstraintBody::Unique { columns, .. } => {
                    names(columns, &remade)
                }
                // Those are cleared already.
                ConstraintBody::ForeignKey(_) | ConstraintBody::NotNull(_) => false,
            };
            if is_in_the_way {
                self.remake_constraint(id, constraint);
            }
        }
        for index in before.indexes.iter().filter(|index| index.constraint.is_none()) {
            let is_plain = index.predicate.is_none()
                && &*index.method == "btree"
                && index.parts.iter().all(|part| part.is_column && part.opclass.is_none());
            if names(&index.columns, &remade) || !is_plain && names(&index.columns, &recast) {
                self.remake_index(id, index);
            }
        }
        let speaks = |trigger: &crate::schema::Trigger| {
            retyped.iter().chain(&remade).any(|column| trigger.text.normal.contains(&**column))
        };
        self.remake_triggers(id, speaks);
    }

    /// The columns whose type changes, if only because the type itself is made anew.
    pub(super) fn retyped(&self, before: &Table, after: &Table) -> Names {
        let mut retyped = BTreeSet::new();
        for column in &before.columns {
            let new = after.columns.iter().find(|new| self.pair.is_same_name(&new.name, &column.name));
            let is_replaced = |made: &crate::schema::ObjectName| {
                self.replaced_enums.contains(&made.id(Space::Type, self.dialect()))
            };
            if new.is_some_and(|new| {
                new.data_type != column.data_type
                    || !self.pair.may_be_one(&column.collation, &new.collation)
                    || !self.pair.may_be_one(&column.charset, &new.charset)
                    || column.data_type.made().is_some_and(is_replaced)
            }) {
                retyped.insert(column.name.clone());
            }
        }
        retyped
    }

    /// The columns that go and come back.
    fn remade_columns(&self, before: &Table, after: &Table) -> Names {
        let retyped = self.retyped(before, after);
        let is_remade = |old: &&crate::schema::Column| {
            let new = after.columns.iter().find(|new| self.pair.is_same_name(&new.name, &old.name));
            new.is_some_and(|new| self.is_remade(old, new, &retyped))
        };
        before.columns.iter().filter(is_remade).map(|column| column.name.clone()).collect()
    }

    /// The columns that a foreign key cannot rest on while they are changed.
    fn touched(&self, before: &Table, after: &Table) -> Names {
        let mut touched = self.retyped(before, after);
        touched.extend(self.remade_columns(before, after));
        touched
    }

    /// Routines that take or give values of an enum that is made anew.
    fn clear_routines_of_enums(&mut self) {
        let pair = self.pair;
        let mut all: Vec<ObjectId> = Vec::new();
        for of in &self.replaced_enums {
            let routines = pair.before.dependents(of).filter(|(id, _)| id.space == Space::Routine);
            all.extend(routines.map(|(id, _)| id.clone()));
        }
        all.sort();
        all.dedup();
        for id in all {
            let (Some(before), Some(after)) = (pair.before.get(&id), pair.after.get(&id)) else { continue };
            let name = before.name.clone();
            // All of its name go and come back, whatever else was to become of some of them.
            let is_other = |operation: &Operation| {
                !matches!(operation, Operation::Object { name: own, change }
                    if *own == name && [&change.before, &change.after].into_iter().flatten()
                        .any(|body| matches!(body, ObjectBody::Routines(_))))
            };
            let phases = &mut self.phases;
            let all = [
                &mut phases.drop_early_routines,
                &mut phases.drop_routines,
                &mut phases.make_tables,
                &mut phases.make_views,
            ];
            all.into_iter().for_each(|phase| phase.retain(is_other));
            let drop = Operation::Object { name: name.clone(), change: Change::drop(before.body.clone()) };
            self.phases.drop_early_routines.push(drop);
            let make = Operation::Object { name, change: Change::make(after.body.clone()) };
            self.phases.make_views.push(make);
            self.remade_routines.push(id);
        }
    }

    /// PostgreSQL's views of columns that get another type or go, if only to come back, and views of those views.
    fn clear_views(&mut self, ids: &[ObjectId], dropped: &[ObjectId]) {
        let mut touched: Vec<(ObjectId, Option<Names>)> =
            std::mem::take(&mut self.remade).into_iter().map(|id| (id, None)).collect();
        for id in ids {
            match (self.pair.before.get(id).map(|object| &object.body), self.pair.after.table(id)) {
                (Some(ObjectBody::Table(before)), Some(after)) => {
                    let mut columns = self.touched(before, after);
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

    /// Views and routines go before what they need, and come after it.
    pub(super) fn order_views(&mut self) {
        let dialect = self.dialect();
        let id_of = |operation: &Operation| match operation {
            Operation::Object { name, change } => {
                let is_routine = [&change.before, &change.after]
                    .into_iter()
                    .flatten()
                    .any(|body| matches!(body, ObjectBody::Routines(_)));
                Some(name.id(if is_routine { Space::Routine } else { Space::Relation }, dialect))
            }
            Operation::Index { table, .. } => Some(table.id(Space::Relation, dialect)),
            _ => None,
        };
        let ranks = |schema: &Schema, operations: &[Operation]| -> BTreeMap<ObjectId, usize> {
            let mut ids: Vec<ObjectId> = operations.iter().filter_map(id_of).collect();
            ids.sort();
            ids.dedup();
            let order = super::order::needed_first(&ids, |id| super::plan::needs(schema, id));
            order.into_iter().enumerate().map(|(place, id)| (id, place)).collect()
        };
        let place = |ranks: &BTreeMap<ObjectId, usize>, operation: &Operation| {
            id_of(operation).and_then(|id| ranks.get(&id).copied()).unwrap_or(0)
        };
        let order = ranks(self.pair.before, &self.phases.drop_views);
        self.phases.drop_views.sort_by_key(|operation| std::cmp::Reverse(place(&order, operation)));
        let order = ranks(self.pair.after, &self.phases.make_views);
        self.phases.make_views.sort_by_key(|operation| place(&order, operation));
    }
}
