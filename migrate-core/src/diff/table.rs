//! What differs in one table.

use std::collections::BTreeSet;
use std::mem::discriminant;
use std::sync::Arc;

use super::plan::Plan;
use crate::change::{Change, Operation};
use crate::dialect::Dialect;
use crate::schema::{
    Column, Constraint, ConstraintBody, Generated, Index, ObjectId, ObjectName, Table, Trigger,
};

impl Plan<'_> {
    pub(super) fn alter_table(&mut self, id: &ObjectId, name: &ObjectName, before: &Table, after: &Table) {
        if self.dialect() == Dialect::Sqlite && self.must_be_rebuilt(before, after) {
            self.rebuild(id, name, before, after);
            return;
        }
        self.columns(name, before, after);
        self.constraints(name, before, after);
        match self.dialect() {
            Dialect::Mysql => self.mysql_indexes(name, before, after),
            _ => self.indexes(name, &before.indexes, &after.indexes),
        }
        self.triggers(name, &before.triggers, &after.triggers);
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
        let (mut first, mut freed, mut then, mut last) = (vec![], vec![], vec![], vec![]);
        for column in after.columns.iter().filter(|column| column.is_local) {
            let operation = |change| Operation::Column { table: name.clone(), change };
            match find(before, &column.name) {
                None if column.generated.is_some() => last.push(operation(Change::make(column.clone()))),
                None => then.push(operation(Change::make(column.clone()))),
                Some(old) if self.is_remade(&old, column, &retyped) => {
                    first.push(operation(Change::drop(old)));
                    last.push(operation(Change::make(column.clone())));
                }
                Some(old) if pair.is_same_column(&old, column) => {}
                // What it is computed from can be changed only once it is not computed any more.
                Some(old) if old.generated.is_some() && column.generated.is_none() => {
                    freed.push(operation(Change::alter(old, column.clone())));
                }
                Some(old) => then.push(operation(Change::alter(old, column.clone()))),
            }
        }
        self.phases.columns.extend([freed, then, last].concat());
        let mut gone: Vec<&Column> = before.columns.iter().filter(|column| column.is_local).collect();
        gone.retain(|column| find(after, &column.name).is_none());
        let is_in_the_way = |column: &mut &Column| self.keeps_type(column.generated.as_ref(), &retyped);
        first.extend(gone.extract_if(.., is_in_the_way).map(|column| {
            let change = Change::drop(column.clone());
            Operation::Column { table: name.clone(), change }
        }));
        self.phases.drop_remade.extend(first);
        // What is computed goes before what it is computed from.
        gone.sort_by_key(|column| column.generated.is_none());
        for column in gone {
            let change = Change::drop(column.clone());
            self.phases.drop_columns.push(Operation::Column { table: name.clone(), change });
        }
    }

    /// Whether a column goes and comes back: from what it is computed cannot be changed where it stands, nor can the type of
    /// what it is computed from. What was computed can be kept as it is.
    pub(super) fn is_remade(&self, old: &Column, new: &Column, retyped: &BTreeSet<Arc<str>>) -> bool {
        if self.dialect() == Dialect::Mysql {
            return super::mysql::is_remade(old, new);
        }
        match (&old.generated, &new.generated) {
            (Some(old), None) if self.dialect() == Dialect::Postgres && old.is_stored => false,
            (old, new) => old != new || self.keeps_type(new.as_ref(), retyped),
        }
    }

    /// Whether what a column is computed from cannot get another type as long as the column is there.
    fn keeps_type(&self, generated: Option<&Generated>, retyped: &BTreeSet<Arc<str>>) -> bool {
        let rests_on =
            |generated: &Generated| retyped.iter().any(|own| generated.expr.normal.contains(&**own));
        self.dialect() == Dialect::Postgres && generated.is_some_and(rests_on)
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
            // What another one is called by name is no match for one whose name nobody chose.
            let is_others = |old: &Constraint| {
                let mut others = after.constraints.iter().filter(|other| !std::ptr::eq(*other, constraint));
                // A key of MySQL's is called like the check of its column.
                let is_kind =
                    |other: &Constraint| !is_mysql || discriminant(&other.body) == discriminant(&old.body);
                old.name.is_some() && others.any(|other| other.name == old.name && is_kind(other))
            };
            match old.iter().position(|old| !is_others(old) && pair.is_same_constraint(old, constraint)) {
                Some(place) => {
                    let old = old.remove(place);
                    if old.comment != constraint.comment && self.dialect() == Dialect::Postgres {
                        // It is known by the name that it has.
                        let new = Constraint { name: old.name.clone(), ..constraint.clone() };
                        let change = Change::alter(old.clone(), new);
                        self.phases.comments.push(Operation::Constraint { table: name.clone(), change });
                    }
                }
                None if is_of_new_column(self.dialect(), constraint, before, after) => {}
                None => self.make_constraint(name, constraint),
            }
        }
        for constraint in old {
            if !(is_mysql && self.goes_by_itself(constraint, before, after)) {
                self.drop_constraint(name, constraint);
            }
        }
    }

    pub(super) fn make_constraint(&mut self, table: &ObjectName, constraint: &Constraint) {
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

    pub(super) fn drop_constraint(&mut self, table: &ObjectName, constraint: &Constraint) {
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
        let is_free = |index: &&Index| index.constraint.is_none();
        let mut old: Vec<&Index> = before.iter().filter(is_free).collect();
        for index in after.iter().filter(is_free) {
            match old.iter().position(|old| pair.is_same_index(old, index)) {
                Some(place) => {
                    let old = old.remove(place);
                    if old.comment != index.comment {
                        let change = Change::alter(old.clone(), index.clone());
                        self.phases.comments.push(Operation::Index { table: table.clone(), change });
                    }
                }
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

    pub(super) fn triggers(&mut self, table: &ObjectName, before: &[Trigger], after: &[Trigger]) {
        let pair = self.pair;
        for trigger in after {
            let operation = |change| Operation::Trigger { table: table.clone(), change };
            match before.iter().find(|old| pair.is_same_trigger(old, trigger)) {
                None => self.phases.make_triggers.push(operation(Change::make(trigger.clone()))),
                Some(old) if old.comment != trigger.comment => {
                    let change = Change::alter(old.clone(), trigger.clone());
                    self.phases.comments.push(operation(change));
                }
                Some(_) => {}
            }
        }
        for trigger in before {
            if !after.iter().any(|new| pair.is_same_trigger(trigger, new)) {
                let change = Change::drop(trigger.clone());
                self.phases.drop_triggers.push(Operation::Trigger { table: table.clone(), change });
            }
        }
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
