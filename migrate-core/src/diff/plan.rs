//! The operations, by the time at which they are due.

use std::collections::BTreeSet;

use super::compare::{Pair, is_certain};
use super::order::needed_first;
use crate::change::{Change, Operation};
use crate::dialect::Dialect;
use crate::schema::{
    Column, ConstraintBody, Object, ObjectBody, ObjectId, ObjectName, Schema, Sequence, Space, SqlText, Table,
};

/// What is to be done, in the order of its fields.
#[derive(Default)]
pub(super) struct Phases {
    pub(super) drop_views: Vec<Operation>,
    pub(super) drop_triggers: Vec<Operation>,
    pub(super) drop_keys: Vec<Operation>,
    pub(super) drop_constraints: Vec<Operation>,
    pub(super) drop_indexes: Vec<Operation>,
    pub(super) drop_defaults: Vec<Operation>,
    pub(super) drop_early_routines: Vec<Operation>,
    pub(super) drop_remade: Vec<Operation>,
    pub(super) drop_replaced: Vec<Operation>,
    pub(super) make_others: Vec<Operation>,
    pub(super) make_types: Vec<Operation>,
    pub(super) make_sequences: Vec<Operation>,
    pub(super) make_tables: Vec<Operation>,
    pub(super) columns: Vec<Operation>,
    pub(super) options: Vec<Operation>,
    pub(super) own_sequences: Vec<Operation>,
    pub(super) make_constraints: Vec<Operation>,
    pub(super) make_indexes: Vec<Operation>,
    pub(super) make_keys: Vec<Operation>,
    pub(super) drop_columns: Vec<Operation>,
    pub(super) drop_tables: Vec<Operation>,
    pub(super) drop_routines: Vec<Operation>,
    pub(super) drop_sequences: Vec<Operation>,
    pub(super) change_types: Vec<Operation>,
    pub(super) drop_types: Vec<Operation>,
    pub(super) make_views: Vec<Operation>,
    pub(super) make_triggers: Vec<Operation>,
    pub(super) comments: Vec<Operation>,
    pub(super) drop_others: Vec<Operation>,
}

impl Phases {
    fn in_order(self) -> Vec<Operation> {
        [
            self.drop_views,
            self.drop_triggers,
            self.drop_keys,
            self.drop_constraints,
            self.drop_indexes,
            self.drop_defaults,
            self.drop_early_routines,
            self.drop_remade,
            self.drop_replaced,
            self.make_others,
            self.make_types,
            self.make_sequences,
            self.make_tables,
            self.columns,
            self.options,
            self.own_sequences,
            self.make_constraints,
            self.make_indexes,
            self.make_keys,
            self.drop_columns,
            self.drop_tables,
            self.drop_routines,
            self.drop_sequences,
            self.change_types,
            self.drop_types,
            self.make_views,
            self.make_triggers,
            self.comments,
            self.drop_others,
        ]
        .concat()
    }
}

pub(super) struct Plan<'a> {
    pub(super) pair: Pair<'a>,
    pub(super) phases: Phases,
    /// The tables of SQLite that are made anew.
    pub(super) rebuilt: BTreeSet<ObjectId>,
    /// Whether something else gets the name of a table.
    pub(super) is_replaced: bool,
    /// The enums of PostgreSQL that are made anew.
    pub(super) replaced_enums: BTreeSet<ObjectId>,
    /// The routines that have to be there before tables.
    pub(super) early_routines: BTreeSet<ObjectId>,
    /// The routines that go and come back, and those of them whose triggers are seen to.
    pub(super) remade_routines: Vec<ObjectId>,
    pub(super) remade: Vec<ObjectId>,
}

impl<'a> Plan<'a> {
    pub(super) fn new(before: &'a Schema, after: &'a Schema, is_back: bool) -> Self {
        Self {
            pair: Pair { before, after, is_back },
            phases: Phases::default(),
            rebuilt: BTreeSet::new(),
            is_replaced: false,
            replaced_enums: BTreeSet::new(),
            early_routines: BTreeSet::new(),
            remade_routines: vec![],
            remade: vec![],
        }
    }

    pub(super) fn dialect(&self) -> Dialect {
        self.pair.after.dialect()
    }

    pub(super) fn operations(mut self) -> Vec<Operation> {
        let mut ids = self.pair.before.changed(self.pair.after);
        ids.retain(|id| {
            let both = [self.pair.before.get(id), self.pair.after.get(id)];
            both.into_iter().all(is_certain)
        });
        self.find_early_routines(&ids);
        let others = self.find_replaced_enums(&ids);
        ids.extend(others);
        let (mut made, mut dropped) = (Vec::new(), Vec::new());
        for id in &ids {
            match (self.pair.before.get(id), self.pair.after.get(id)) {
                (None, Some(_)) => made.push(id.clone()),
                (Some(_), None) => dropped.push(id.clone()),
                (Some(before), Some(after)) if is_one_kind(before, after) => self.keep(id, before, after),
                // Another kind of thing has its name.
                (Some(before), Some(_)) => {
                    let is_relation = matches!(before.body, ObjectBody::Table(_) | ObjectBody::View(_));
                    if is_relation && self.dialect() == Dialect::Postgres {
                        dropped.push(id.clone());
                        self.is_replaced |= matches!(before.body, ObjectBody::Table(_));
                    } else {
                        if self.dialect() != Dialect::Sqlite {
                            self.drop_keys_to(id);
                        }
                        let (name, change) = (before.name.clone(), Change::drop(plain(&before.body)));
                        self.phases.drop_replaced.push(Operation::Object { name, change });
                    }
                    made.push(id.clone());
                }
                (None, None) => {}
            }
        }
        self.make(&made, &ids);
        self.drop(&dropped);
        self.free_names(&dropped);
        let ids: Vec<ObjectId> = ids.into_iter().collect();
        self.clear_the_way(&ids, &dropped);
        match self.dialect() {
            Dialect::Mysql => {
                self.free_constraint_names(&dropped);
                self.phases.by_table()
            }
            Dialect::Postgres | Dialect::Sqlite => self.phases.in_order(),
        }
    }

    /// An object that is there before and after.
    fn keep(&mut self, id: &ObjectId, before: &Object, after: &Object) {
        let name = after.name.clone();
        match (&before.body, &after.body) {
            (ObjectBody::Table(old), ObjectBody::Table(new)) => self.alter_table(id, &name, old, new),
            (ObjectBody::View(old), ObjectBody::View(new)) => {
                let has_options = self.pair.are_same_view_options(old, new);
                let is_same = self.pair.is_same_view(old, new);
                if is_same && (has_options || self.dialect() == Dialect::Postgres) {
                    if !has_options || old.said != new.said {
                        let change = Change::alter(plain(&before.body), plain(&after.body));
                        self.phases.make_views.push(Operation::Object { name: name.clone(), change });
                    }
                    self.indexes(&name, &old.indexes, &new.indexes);
                    self.triggers(&name, &old.triggers, &new.triggers);
                } else {
                    self.remake_view(before, after);
                }
            }
            (ObjectBody::Enum(_) | ObjectBody::Domain(_) | ObjectBody::Composite(_), _)
                if before.body != after.body =>
            {
                let change = Change::alter(before.body.clone(), after.body.clone());
                // A type of rows cannot be changed while a column has it, and such columns may go.
                let is_in_use = matches!(before.body, ObjectBody::Composite(_))
                    && self
                        .pair
                        .before
                        .dependents(id)
                        .any(|(_, object)| matches!(object.body, ObjectBody::Table(_)));
                let phases = &mut self.phases;
                let phase = if is_in_use { &mut phases.change_types } else { &mut phases.make_types };
                phase.push(Operation::Object { name: name.clone(), change });
            }
            (ObjectBody::Extension(Some(old)), ObjectBody::Extension(Some(new))) if old != new => {
                let change = Change::alter(before.body.clone(), after.body.clone());
                self.phases.make_others.push(Operation::Object { name: name.clone(), change });
            }
            (ObjectBody::Routines(old), ObjectBody::Routines(new)) => self.keep_routines(id, after, old, new),
            (ObjectBody::Sequence(old), ObjectBody::Sequence(new))
                if old != new && !is_implied(self.pair.after, &name, new) =>
            {
                let change = Change::alter(before.body.clone(), after.body.clone());
                self.phases.own_sequences.push(Operation::Object { name: name.clone(), change });
            }
            _ => {}
        }
        if before.comment != after.comment {
            let change = Change { before: before.comment.clone(), after: after.comment.clone() };
            self.phases.comments.push(Operation::Comment { name, body: plain(&after.body), change });
        }
    }

    /// `changed` are all objects that differ.
    fn make(&mut self, made: &[ObjectId], changed: &BTreeSet<ObjectId>) {
        let after = self.pair.after;
        let made = needed_first(made, |id| needs(after, id));
        let mut there: BTreeSet<ObjectId> = BTreeSet::new();
        for id in &made {
            let Some(object) = after.get(id) else { continue };
            let name = object.name.clone();
            let make =
                |body: ObjectBody| Operation::Object { name: name.clone(), change: Change::make(body) };
            match &object.body {
                ObjectBody::Table(table) => {
                    let (body, later) = self.without_keys(table, |target| {
                        target == id || there.contains(target) || !changed.contains(target)
                    });
                    self.phases.make_tables.push(make(ObjectBody::Table(body)));
                    for constraint in later {
                        let change = Change::make(constraint);
                        self.phases.make_keys.push(Operation::Constraint { table: name.clone(), change });
                    }
                    self.make_parts(&name, table);
                }
                ObjectBody::View(view) => {
                    self.phases.make_views.push(make(plain(&object.body)));
                    for index in &view.indexes {
                        let change = Change::make(index.clone());
                        self.phases.make_views.push(Operation::Index { table: name.clone(), change });
                    }
                    for trigger in &view.triggers {
                        let change = Change::make(trigger.clone());
                        self.phases.make_triggers.push(Operation::Trigger { table: name.clone(), change });
                    }
                }
                ObjectBody::Sequence(sequence) if !is_implied(after, &name, sequence) => {
                    let free = Sequence { owned_by: None, ..sequence.clone() };
                    self.phases.make_sequences.push(make(ObjectBody::Sequence(free.clone())));
                    if sequence.owned_by.is_some() {
                        let change = Change::alter(ObjectBody::Sequence(free), object.body.clone());
                        self.phases.own_sequences.push(Operation::Object { name: name.clone(), change });
                    }
                }
                ObjectBody::Enum(_) | ObjectBody::Domain(_) | ObjectBody::Composite(_) => {
                    self.phases.make_types.push(make(object.body.clone()));
                }
                ObjectBody::Routines(_) => {
                    let is_early = self.early_routines.contains(id);
                    let phases = &mut self.phases;
                    let phase = if is_early { &mut phases.make_tables } else { &mut phases.make_views };
                    phase.push(make(object.body.clone()));
                }
                ObjectBody::Namespace | ObjectBody::Extension(_) => {
                    self.phases.make_others.push(make(object.body.clone()))
                }
                _ => {}
            }
            if object.comment.is_some() && !matches!(object.body, ObjectBody::Index { .. }) {
                let change = Change { before: None, after: object.comment.clone() };
                self.phases.comments.push(Operation::Comment { name, body: plain(&object.body), change });
            }
            there.insert(id.clone());
        }
    }

    /// The indexes and triggers of a new table.
    pub(super) fn make_parts(&mut self, name: &ObjectName, table: &Table) {
        for index in table.indexes.iter().filter(|index| index.constraint.is_none() && !index.is_implicit) {
            let change = Change::make(index.clone());
            self.phases.make_indexes.push(Operation::Index { table: name.clone(), change });
        }
        for trigger in &table.triggers {
            let change = Change::make(trigger.clone());
            self.phases.make_triggers.push(Operation::Trigger { table: name.clone(), change });
        }
    }

    /// A table as it is made, and the foreign keys whose tables are not there yet.
    fn without_keys(
        &self,
        table: &Table,
        is_there: impl Fn(&ObjectId) -> bool,
    ) -> (Table, Vec<crate::schema::Constraint>) {
        let mut body = Table { triggers: vec![], ..table.clone() };
        // What a constraint brings is told with it.
        body.indexes.retain(|index| index.constraint.is_some());
        let mut later = Vec::new();
        // SQLite does not ask.
        if self.dialect() != Dialect::Sqlite {
            body.constraints.retain(|constraint| match &constraint.body {
                ConstraintBody::ForeignKey(key)
                    if !is_there(&key.table.id(Space::Relation, self.dialect())) =>
                {
                    later.push(constraint.clone());
                    false
                }
                _ => true,
            });
        }
        (body, later)
    }

    /// The foreign keys of other tables that lead to one that goes before they do.
    fn drop_keys_to(&mut self, id: &ObjectId) {
        for (other, constraint) in keys_to(self.pair.before, id).into_iter().filter(|(other, _)| other != id)
        {
            let Some(owner) = self.pair.before.get(&other) else { continue };
            self.drop_constraint(&owner.name, &constraint);
        }
    }

    fn drop(&mut self, dropped: &[ObjectId]) {
        let before = self.pair.before;
        let mut order = needed_first(dropped, |id| needs(before, id));
        order.reverse();
        let all: BTreeSet<&ObjectId> = dropped.iter().collect();
        let mut gone: BTreeSet<ObjectId> = BTreeSet::new();
        for id in &order {
            let Some(object) = before.get(id) else { continue };
            let name = object.name.clone();
            let operation =
                Operation::Object { name: name.clone(), change: Change::drop(plain(&object.body)) };
            match &object.body {
                ObjectBody::Table(_) => {
                    // Another table that goes later still leads here.
                    for (other, own) in keys_to(before, id) {
                        if other != *id
                            && all.contains(&other)
                            && !gone.contains(&other)
                            && self.dialect() != Dialect::Sqlite
                        {
                            let Some(owner) = before.get(&other) else { continue };
                            self.drop_constraint(&owner.name, &own);
                        }
                    }
                    self.phases.drop_tables.push(operation);
                }
                ObjectBody::View(_) => self.phases.drop_views.push(operation),
                ObjectBody::Sequence(sequence) if !self.goes_with_column(&name, sequence) => {
                    self.phases.drop_sequences.push(operation);
                }
                ObjectBody::Enum(_) | ObjectBody::Domain(_) | ObjectBody::Composite(_) => {
                    self.phases.drop_types.push(operation);
                }
                ObjectBody::Routines(_) => self.drop_routine(object, &all),
                ObjectBody::Namespace | ObjectBody::Extension(_) => self.phases.drop_others.push(operation),
                _ => {}
            }
            gone.insert(id.clone());
        }
    }

    /// Whether a sequence goes when its column does, or counts in another way.
    fn goes_with_column(&self, name: &ObjectName, sequence: &Sequence) -> bool {
        let Some((table, own)) = &sequence.owned_by else { return false };
        let column = |schema: &Schema| {
            let table = schema.table(&table.id(Space::Relation, schema.dialect()));
            table.and_then(|table| table.columns.iter().find(|column| column.name == *own)).cloned()
        };
        let counts = |column: Column| {
            column.identity.is_some() || column.default.as_ref() == Some(&SqlText::sequence(name))
        };
        column(self.pair.after).is_none() || column(self.pair.before).is_some_and(counts)
    }

    pub(super) fn remake_view(&mut self, before: &Object, after: &Object) {
        if self.dialect() == Dialect::Mysql {
            // Nothing is in its way, and it is replaced as a whole.
            let change = Change::alter(plain(&before.body), plain(&after.body));
            self.phases.make_views.push(Operation::Object { name: after.name.clone(), change });
            return;
        }
        let drop = Operation::Object { name: before.name.clone(), change: Change::drop(plain(&before.body)) };
        let make = Operation::Object { name: after.name.clone(), change: Change::make(plain(&after.body)) };
        if self.phases.drop_views.contains(&drop) {
            return;
        }
        self.phases.drop_views.push(drop);
        // It is made with the options that it would get otherwise.
        self.phases.make_views.retain(|operation| {
            !matches!(operation, Operation::Object { name, change } if *name == after.name && change.before.is_some())
        });
        self.phases.make_views.push(make);
        if let ObjectBody::View(view) = &after.body {
            for index in &view.indexes {
                let change = Change::make(index.clone());
                self.phases.make_views.push(Operation::Index { table: after.name.clone(), change });
            }
            for trigger in &view.triggers {
                let change = Change::make(trigger.clone());
                self.phases.make_triggers.push(Operation::Trigger { table: after.name.clone(), change });
            }
            if after.comment.is_some() && before.comment == after.comment {
                let change = Change { before: None, after: after.comment.clone() };
                let body = plain(&after.body);
                self.phases.comments.push(Operation::Comment { name: after.name.clone(), body, change });
            }
        }
    }
}

fn is_one_kind(before: &Object, after: &Object) -> bool {
    std::mem::discriminant(&before.body) == std::mem::discriminant(&after.body)
}

/// An object without the parts that are operations of their own.
pub(super) fn plain(body: &ObjectBody) -> ObjectBody {
    match body {
        ObjectBody::Table(table) => {
            ObjectBody::Table(Table { indexes: vec![], triggers: vec![], ..table.clone() })
        }
        ObjectBody::View(view) => {
            ObjectBody::View(crate::schema::View { indexes: vec![], triggers: vec![], ..view.clone() })
        }
        other => other.clone(),
    }
}

/// The objects that have to be there before this one.
pub(super) fn needs(schema: &Schema, id: &ObjectId) -> Vec<ObjectId> {
    let Some(object) = schema.get(id) else { return vec![] };
    let mut needs: Vec<ObjectId> =
        object.needs.iter().map(|need| need.object.clone()).filter(|other| other != id).collect();
    let dialect = schema.dialect();
    if let ObjectBody::Table(table) = &object.body {
        for constraint in &table.constraints {
            if let ConstraintBody::ForeignKey(key) = &constraint.body {
                needs.push(key.table.id(Space::Relation, dialect));
            }
        }
        needs.extend(table.inherits.iter().map(|parent| parent.id(Space::Relation, dialect)));
    }
    needs.retain(|other| other != id);
    needs
}

/// The foreign keys that lead to a table.
pub(super) fn keys_to(schema: &Schema, id: &ObjectId) -> Vec<(ObjectId, crate::schema::Constraint)> {
    let mut found = Vec::new();
    let dependents = schema.dependents(id).map(|(other, object)| (other.clone(), object));
    for (other, object) in dependents.chain(schema.get(id).map(|own| (id.clone(), own))) {
        let ObjectBody::Table(table) = &object.body else { continue };
        for constraint in &table.constraints {
            if let ConstraintBody::ForeignKey(key) = &constraint.body
                && key.table.id(Space::Relation, schema.dialect()) == *id
            {
                found.push((other.clone(), constraint.clone()));
            }
        }
    }
    found
}

/// Whether a sequence comes with its column: that of an identity, or one that `serial` makes.
pub(super) fn is_implied(schema: &Schema, name: &ObjectName, sequence: &Sequence) -> bool {
    let Some((table, column)) = &sequence.owned_by else { return false };
    let Some(table) = schema.table(&table.id(Space::Relation, schema.dialect())) else { return false };
    let Some(column) = table.columns.iter().find(|own| own.name == *column) else { return false };
    let is_serial = || {
        column.default.as_ref() == Some(&SqlText::sequence(name))
            && sequence.options.is_empty()
            && sequence.data_type == column.data_type
            && column.not_null
            && sequence
                .owned_by
                .as_ref()
                .is_some_and(|(table, column)| *name.name == *format!("{}_{column}_seq", table.name))
    };
    column.identity.is_some() || is_serial()
}
