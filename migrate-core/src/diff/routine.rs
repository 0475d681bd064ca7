//! Functions, procedures and aggregates.

use std::collections::BTreeSet;

use super::plan::Plan;
use crate::change::{Change, Operation};
use crate::ddl::{CreateFunction, Statement};
use crate::dialect::Dialect;
use crate::parse::{Parsed, parse};
use crate::schema::{Object, ObjectBody, ObjectId, Routine, Space};

impl Plan<'_> {
    /// Routines of a name that is there before and after.
    pub(super) fn keep_routines(&mut self, id: &ObjectId, object: &Object, old: &[Routine], new: &[Routine]) {
        let (mut gone, mut first, mut made, mut before, mut after) = (vec![], vec![], vec![], vec![], vec![]);
        let find = |list: &[Routine], one: &Routine| -> Option<Routine> {
            list.iter().find(|other| other.arguments == one.arguments && other.kind == one.kind).cloned()
        };
        for routine in new {
            match find(old, routine) {
                None => made.push(routine.clone()),
                Some(old) if is_same(&old, routine) => {}
                Some(old) if can_be_replaced(&old, routine, self.dialect()) => {
                    before.push(old);
                    after.push(routine.clone());
                }
                Some(old) => {
                    first.push(old);
                    made.push(routine.clone());
                }
            }
        }
        gone.extend(old.iter().filter(|old| find(new, old).is_none()).cloned());
        let operation = |change| Operation::Object { name: object.name.clone(), change };
        let routines = ObjectBody::Routines;
        if !first.is_empty() {
            self.phases.drop_early_routines.push(operation(Change::drop(routines(first))));
            self.remade_routines.push(id.clone());
        }
        if !gone.is_empty() {
            self.phases.drop_routines.push(operation(Change::drop(routines(gone))));
        }
        if !after.is_empty() {
            let change = Change::alter(routines(before), routines(after));
            self.phases.make_views.push(operation(change));
        }
        if !made.is_empty() {
            let is_early = self.early_routines.contains(id);
            let phase = if is_early { &mut self.phases.make_tables } else { &mut self.phases.make_views };
            phase.push(operation(Change::make(routines(made))));
        }
    }

    /// A routine goes before the types and tables in its signature, and otherwise after all that may call it.
    pub(super) fn drop_routine(&mut self, object: &Object, dropped: &BTreeSet<&ObjectId>) {
        let change = Change::drop(object.body.clone());
        let operation = Operation::Object { name: object.name.clone(), change };
        let is_in_the_way = object.needs.iter().any(|need| dropped.contains(&need.object));
        match is_in_the_way {
            true => self.phases.drop_early_routines.push(operation),
            false => self.phases.drop_routines.push(operation),
        }
    }

    /// The routines that columns, checks and indexes call, so that they must be there before tables are made and changed. Those
    /// of triggers and views come after the tables, of which they may speak.
    pub(super) fn find_early_routines(&mut self, changed: &BTreeSet<ObjectId>) {
        for id in changed {
            let Some(ObjectBody::Table(table)) = self.pair.after.get(id).map(|object| &object.body) else {
                continue;
            };
            let of_columns = table.columns.iter().flat_map(|column| &column.uses);
            let of_constraints = table.constraints.iter().flat_map(|constraint| &constraint.uses);
            let of_indexes = table.indexes.iter().flat_map(|index| &index.uses);
            let all = of_columns.chain(of_constraints).chain(of_indexes);
            self.early_routines.extend(all.filter(|used| used.space == Space::Routine).cloned());
        }
    }

    /// Triggers that call a function which is made anew.
    pub(super) fn clear_triggers_of_routines(&mut self) {
        for routine in std::mem::take(&mut self.remade_routines) {
            let owners: Vec<ObjectId> =
                self.pair.before.dependents(&routine).map(|(id, _)| id.clone()).collect();
            for owner in owners {
                let calls = |trigger: &crate::schema::Trigger| {
                    let name = trigger.function.as_ref();
                    name.is_some_and(|name| name.id(Space::Routine, Dialect::Postgres) == routine)
                };
                self.remake_triggers(&owner, calls);
            }
            self.remade.push(routine);
        }
    }

    /// Takes away triggers that stay, and puts them back.
    pub(super) fn remake_triggers(
        &mut self,
        owner: &ObjectId,
        is_meant: impl Fn(&crate::schema::Trigger) -> bool,
    ) {
        let pair = self.pair;
        let (Some(before), Some(after)) = (pair.before.get(owner), pair.after.get(owner)) else { return };
        for trigger in before.triggers().iter().filter(|trigger| is_meant(trigger)) {
            let table = before.name.clone();
            let drop = Operation::Trigger { table: table.clone(), change: Change::drop(trigger.clone()) };
            if self.phases.drop_triggers.contains(&drop) {
                continue;
            }
            self.phases.drop_triggers.push(drop);
            if let Some(stays) = after.triggers().iter().find(|new| pair.is_same_trigger(trigger, new)) {
                let change = Change::make(stays.clone());
                self.phases.make_triggers.push(Operation::Trigger { table, change });
            }
        }
    }
}

/// Whether two routines are one, as far as both are known.
fn is_same(before: &Routine, after: &Routine) -> bool {
    let is_unknown = |routine: &Routine| routine.returns.as_ref().is_some_and(|of| of.is_unknown());
    let same_result = before.returns == after.returns || is_unknown(before) || is_unknown(after);
    let same_body = before.digest == after.digest || before.digest.is_none() || after.digest.is_none();
    same_result && same_body
}

/// Whether `CREATE OR REPLACE` takes the new one for the old one: what goes in and out has its names and types.
fn can_be_replaced(before: &Routine, after: &Routine, dialect: Dialect) -> bool {
    let read = |routine: &Routine| -> Option<CreateFunction> {
        match parse(routine.text.as_deref()?, dialect) {
            Parsed::Statement(statement) => match *statement {
                Statement::CreateFunction(create) => Some(create),
                _ => None,
            },
            _ => None,
        }
    };
    if before.returns != after.returns || after.optional < before.optional {
        return false;
    }
    let (Some(old), Some(new)) = (read(before), read(after)) else { return true };
    let name = |of: &crate::ddl::Argument| of.name.as_ref().map(|name| name.text.clone());
    let inputs = |create: &CreateFunction| -> Vec<Option<Box<str>>> {
        create.arguments.iter().filter(|of| of.is_input).map(name).collect()
    };
    let outputs = |create: &CreateFunction| -> Vec<(Option<Box<str>>, Box<str>)> {
        let named = create.arguments.iter().filter(|of| of.is_output);
        let named = named.map(|of| (name(of), of.data_type.name.clone()));
        let listed = create.returns_table.iter().map(|(name, of)| (Some(name.text.clone()), of.name.clone()));
        named.chain(listed).collect()
    };
    let keeps_name = |(old, new): (&Option<Box<str>>, &Option<Box<str>>)| old.is_none() || old == new;
    inputs(&old).iter().zip(&inputs(&new)).all(keeps_name) && outputs(&old) == outputs(&new)
}
