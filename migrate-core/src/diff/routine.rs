//! Functions, procedures and aggregates.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::plan::Plan;
use crate::change::{Change, Operation};
use crate::dialect::Dialect;
use crate::schema::{Column, Index, Object, ObjectBody, ObjectId, Parameter, Routine, Space, Table, Type};

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
                Some(old) if can_be_replaced(&old, routine) => {
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
            let change = Change::drop(routines(first.clone()));
            self.phases.drop_early_routines.push(operation(change));
            self.remade_routines.push(id.clone());
        }
        if !gone.is_empty() {
            self.phases.drop_routines.push(operation(Change::drop(routines(gone))));
        }
        let is_early = self.early_routines.contains(id) || !first.is_empty() && self.is_used_by_table(id);
        let phases = &mut self.phases;
        let phase = if is_early { &mut phases.make_tables } else { &mut phases.make_views };
        if !after.is_empty() {
            phase.push(operation(Change::alter(routines(before), routines(after))));
        }
        if !made.is_empty() {
            phase.push(operation(Change::make(routines(made))));
        }
    }

    /// A routine goes before the types and tables in its signature, also if they are made anew, and otherwise after all that may call it.
    pub(super) fn drop_routine(&mut self, object: &Object, dropped: &BTreeSet<&ObjectId>) {
        let change = Change::drop(object.body.clone());
        let operation = Operation::Object { name: object.name.clone(), change };
        let goes = |need: &ObjectId| dropped.contains(need) || self.replaced_enums.contains(need);
        let is_in_the_way = object.needs.iter().any(|need| goes(&need.object));
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
            let all = used_by(table).filter(|used| used.space == Space::Routine);
            self.early_routines.extend(all.cloned());
        }
    }

    /// Whether a column, a check or an index of a table that stays calls a routine.
    fn is_used_by_table(&self, routine: &ObjectId) -> bool {
        let mut all = self.pair.after.dependents(routine);
        all.any(|(_, object)| match &object.body {
            ObjectBody::Table(table) => used_by(table).any(|used| used == routine),
            _ => false,
        })
    }

    /// What of tables calls a routine that is made anew: triggers, defaults, checks and indexes.
    pub(super) fn clear_users_of_routines(&mut self) {
        for routine in std::mem::take(&mut self.remade_routines) {
            let owners: Vec<ObjectId> =
                self.pair.before.dependents(&routine).map(|(id, _)| id.clone()).collect();
            for owner in owners {
                self.clear_uses(&owner, &routine);
                let calls = |trigger: &crate::schema::Trigger| {
                    let name = trigger.function.as_ref();
                    name.is_some_and(|name| name.id(Space::Routine, Dialect::Postgres) == routine)
                };
                self.remake_triggers(&owner, calls);
            }
            self.remade.push(routine);
        }
    }

    fn clear_uses(&mut self, owner: &ObjectId, routine: &ObjectId) {
        let pair = self.pair;
        let Some(Object { name, body: ObjectBody::Table(table), .. }) = pair.before.get(owner) else {
            return;
        };
        for constraint in table.constraints.iter().filter(|one| one.uses.contains(routine)) {
            self.remake_constraint(owner, constraint);
        }
        let is_free = |index: &&Index| index.constraint.is_none() && index.uses.contains(routine);
        for index in table.indexes.iter().filter(is_free) {
            self.remake_index(owner, index);
        }
        let after = pair.after.table(owner).map_or(&[][..], |table| &table.columns);
        for column in table.columns.iter().filter(|column| column.uses.contains(routine)) {
            let Some(new) = after.iter().find(|new| new.name == column.name) else { continue };
            if column.default.is_none() || !column.is_local {
                continue;
            }
            let bare = Column { default: None, uses: vec![], ..column.clone() };
            let operation = |change| Operation::Column { table: name.clone(), change };
            self.phases.drop_defaults.push(operation(Change::alter(column.clone(), bare.clone())));
            // What is changed in the column begins from there.
            let is_own = |operation: &&mut Operation| match operation {
                Operation::Column { table, change: Change { before: Some(before), .. } } => {
                    table == name && before.name == column.name
                }
                _ => false,
            };
            match self.phases.columns.iter_mut().find(is_own) {
                Some(Operation::Column { change, .. }) => change.before = Some(bare),
                _ if new.default.is_some() => {
                    self.phases.columns.push(operation(Change::alter(bare, new.clone())));
                }
                _ => {}
            }
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

/// What the columns, checks and indexes of a table call and count with.
fn used_by(table: &Table) -> impl Iterator<Item = &ObjectId> {
    let of_columns = table.columns.iter().flat_map(|column| &column.uses);
    let of_constraints = table.constraints.iter().flat_map(|constraint| &constraint.uses);
    of_columns.chain(of_constraints).chain(table.indexes.iter().flat_map(|index| &index.uses))
}

/// Whether two routines are one, as far as both are known.
fn is_same(before: &Routine, after: &Routine) -> bool {
    let is_unknown = |routine: &Routine| routine.returns.as_ref().is_some_and(Type::is_unknown);
    let same_result = before.returns == after.returns || is_unknown(before) || is_unknown(after);
    let same_options = before.options == after.options || before.options.is_none() || after.options.is_none();
    let same_comment = before.comment == after.comment;
    same_result
        && same_options
        && same_comment
        && has_same_body(before, after)
        && has_same_parameters(before, after)
}

fn has_same_body(before: &Routine, after: &Routine) -> bool {
    before.digest == after.digest || before.digest.is_none() || after.digest.is_none()
}

/// Whether the same goes in and out, by the same names.
fn has_same_parameters(before: &Routine, after: &Routine) -> bool {
    let (Some(old), Some(new)) = (&before.parameters, &after.parameters) else { return true };
    let is_same = |(old, new): (&Parameter, &Parameter)| {
        let is_known = |parameter: &Parameter| !parameter.data_type.is_unknown();
        old.name == new.name
            && old.default == new.default
            && (old.is_input, old.is_output) == (new.is_input, new.is_output)
            && (old.data_type == new.data_type || !is_known(old) || !is_known(new))
    };
    old.len() == new.len() && old.iter().zip(new).all(is_same)
}

/// Whether `CREATE OR REPLACE` takes the new one for the old one: what goes in and out has its names and types.
fn can_be_replaced(before: &Routine, after: &Routine) -> bool {
    // A function over a window is of another kind.
    let kind = |routine: &Routine| {
        routine.options.as_ref().map(|options| ["window", "returns"].map(|key| options.contains_key(key)))
    };
    let is_of_kind = kind(before) == kind(after) || kind(before).is_none() || kind(after).is_none();
    if before.returns != after.returns || after.optional < before.optional || !is_of_kind {
        return false;
    }
    let (Some(old), Some(new)) = (&before.parameters, &after.parameters) else { return true };
    let inputs = |list: &[Parameter]| -> Vec<Option<Arc<str>>> {
        list.iter().filter(|of| of.is_input).map(|of| of.name.clone()).collect()
    };
    let outputs = |list: &[Parameter]| -> Vec<(Option<Arc<str>>, Type)> {
        list.iter().filter(|of| of.is_output).map(|of| (of.name.clone(), of.data_type.clone())).collect()
    };
    let keeps_name = |(old, new): (&Option<Arc<str>>, &Option<Arc<str>>)| old.is_none() || old == new;
    inputs(old).iter().zip(&inputs(new)).all(keeps_name) && outputs(old) == outputs(new)
}
