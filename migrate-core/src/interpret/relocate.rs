//! New names and other schemas for what is there, and everything that knows it by the old one.

use std::sync::Arc;

use super::run::Run;
use crate::ddl::{Extent, Ident, Kind, TypeName};
use crate::dialect::Dialect;
use crate::schema::{
    BaseType, Certainty, ConstraintBody, Need, Object, ObjectBody, ObjectId, ObjectName, Routine, Space,
    Table, Type,
};

impl Run<'_> {
    /// Gives a relation another name, unless that is taken.
    pub(super) fn relocate(&mut self, id: &mut ObjectId, name: ObjectName, at: Extent) {
        let new_id = self.id(&name, Space::Relation);
        // MySQL takes a table's own name for a new one.
        let is_other = new_id != *id || self.dialect != Dialect::Mysql;
        if new_id != *id && self.is_there(&new_id) && self.is_spelt_otherwise(&new_id, &name.name) {
            self.doubt(&new_id);
            self.schema.remove(id);
            *id = new_id;
            return;
        }
        if is_other && self.is_there(&new_id) {
            self.wrong("duplicate-table", at, format!("there is a relation `{name}` already"));
            return;
        }
        if !self.kept_texts_hold(id, at) {
            return;
        }
        let texts = self.renamed_texts(id, None, &name.name);
        let old = id.clone();
        *id = self.give_name(id, name);
        self.put_texts(texts, &old, id);
    }

    /// Gives a type another name, unless that is taken.
    pub(super) fn move_type(&mut self, id: &ObjectId, name: ObjectName, at: Extent) {
        let new_id = self.id(&name, Space::Type);
        if new_id != *id && self.is_there(&new_id) {
            self.wrong("duplicate-type", at, format!("there is a type `{name}` already"));
            return;
        }
        self.give_name(id, name);
    }

    fn is_there(&self, id: &ObjectId) -> bool {
        self.schema.get(id).is_some_and(|object| object.certainty != Certainty::Doubtful)
    }

    /// Gives the routines of a name another one, or the one with these arguments.
    pub(super) fn move_routines(&mut self, id: &ObjectId, arguments: Option<&[TypeName]>, name: ObjectName) {
        let Some(ObjectBody::Routines(all)) = self.schema.get(id).map(|object| object.body.clone()) else {
            return;
        };
        let new_id = self.id(&name, Space::Routine);
        if all.len() == 1 && self.schema.get(&new_id).is_none() {
            self.give_name(id, name);
            return;
        }
        let wanted: Option<Vec<Type>> =
            arguments.map(|names| names.iter().map(|name| self.type_of_routine(name)).collect());
        let moves = |routine: &Routine| wanted.as_ref().is_none_or(|wanted| routine.arguments == *wanted);
        let (moved, stay): (Vec<Routine>, Vec<Routine>) = all.into_iter().partition(moves);
        let mut there = match self.schema.get(&new_id).map(|object| &object.body) {
            Some(ObjectBody::Routines(routines)) => routines.clone(),
            _ => vec![],
        };
        there.extend(moved.into_iter().map(|mut routine| {
            if self.dialect == Dialect::Postgres {
                routine.is_called(&name);
            }
            routine
        }));
        self.put_routines(name, there);
        if let Some(old) = self.schema.get(id).map(|object| object.name.clone()) {
            match stay.is_empty() {
                true => drop(self.schema.remove(id)),
                false => self.put_routines(old, stay),
            }
        }
    }

    /// Puts the routines of a name into the schema, with the types that they need.
    pub(super) fn put_routines(&mut self, name: ObjectName, routines: Vec<Routine>) {
        let mut needs = std::collections::BTreeSet::new();
        for routine in &routines {
            let by = Some(routine.signature().into());
            for made in routine.arguments.iter().chain(&routine.returns).filter_map(Type::made) {
                for space in [Space::Type, Space::Relation] {
                    let object = self.id(made, space);
                    needs.insert(Need { object, part: None, by: Clone::clone(&by), is_automatic: false });
                }
            }
        }
        self.put(name, Space::Routine, ObjectBody::Routines(routines), needs);
    }

    /// `ALTER SCHEMA RENAME`: everything in it is called otherwise.
    pub(super) fn rename_schema(&mut self, old: &Ident, new: &Ident) {
        let old_name = ObjectName::new("", &*old.text);
        let id = self.id(&old_name, Space::Namespace);
        if self.schema.get(&id).is_none() {
            // One that this history did not make.
            self.schema.may_have_others = true;
            return;
        }
        let new_name = ObjectName::new("", &*new.text);
        if self.is_there(&self.id(&new_name, Space::Namespace)) || &*new.text == "public" {
            self.wrong("duplicate-object", new.at, format!("there is a schema `{}` already", new.text));
            return;
        }
        self.give_name(&id, new_name);
        let inside: Vec<ObjectId> = self
            .schema
            .objects()
            .iter()
            .filter(|(id, _)| *id.schema == *old.text)
            .map(|(id, _)| id.clone())
            .collect();
        let extensions: Vec<ObjectId> =
            self.schema.objects_in(Space::Extension).map(|(id, _)| id.clone()).collect();
        for id in extensions {
            self.schema.change(&id, |object| match &mut object.body {
                ObjectBody::Extension(Some(schema)) if **schema == *old.text => *schema = (&*new.text).into(),
                _ => {}
            });
        }
        for id in inside {
            // Some have gone there with their table.
            if let Some(object) = self.schema.get(&id) {
                let name = ObjectName { schema: (&*new.text).into(), name: object.name.name.clone() };
                self.give_name(&id, name);
            }
        }
    }

    /// Whether a schema is one that can be moved to; a finding if it certainly is not there.
    pub(super) fn schema_must_be_there(&mut self, schema: &Ident) {
        let name = ObjectName::new("", &*schema.text);
        let id = self.id(&name, Space::Namespace);
        if self.dropped.contains(&id) && self.schema.get(&id).is_none() && !self.schema.may_have_others {
            self.wrong("missing-object", schema.at, format!("there is no schema `{}`", schema.text));
        }
    }

    /// Gives an object another name, and everything that knows it the new one.
    fn give_name(&mut self, id: &ObjectId, name: ObjectName) -> ObjectId {
        let new_id = self.id(&name, id.space);
        let Some(object) = self.schema.remove(id) else { return new_id };
        let mut object = Arc::unwrap_or_clone(object);
        let old = std::mem::replace(&mut object.name, name.clone());
        let dependents: Vec<ObjectId> = self.schema.dependents(id).map(|(other, _)| other.clone()).collect();
        self.schema.insert(new_id.clone(), object);
        self.touched.push(new_id.clone());
        if self.made.remove(id) {
            self.made.insert(new_id.clone());
        }
        let change = Change { old: &old, new: &name, old_id: id, new_id: &new_id, dialect: self.dialect };
        // SQLite's older rules leave keys of other tables as they are, if keys are not checked.
        let keys_follow = match (self.dialect, self.session.legacy_rename, self.session.checks_foreign_keys) {
            (Dialect::Sqlite, Some(true), checks) => checks,
            (Dialect::Sqlite, None, _) => None,
            _ => Some(true),
        };
        for other in dependents.iter().chain([&new_id]) {
            let has_key = self.schema.table(other).is_some_and(|table| leads_to(table, id, self.dialect));
            match keys_follow {
                Some(false) if has_key => continue,
                None if has_key => self.lose(other),
                _ => {}
            }
            self.schema.change(other, |object| change.follow(object));
        }
        for other in dependents {
            let Some(object) = self.schema.get(&other) else { continue };
            let own = match &object.body {
                // Indexes and sequences of a table go to its new schema with it.
                ObjectBody::Index { .. } | ObjectBody::Sequence(_) if old.schema != name.schema => {
                    let belongs = object.needs.iter().any(|need| need.object == new_id && need.is_automatic);
                    belongs
                        .then(|| ObjectName { schema: name.schema.clone(), name: object.name.name.clone() })
                }
                // The name of its table is part of its own.
                ObjectBody::Other(kind @ (Kind::Policy | Kind::Rule), _) => {
                    let prefix = ObjectName::other(*kind, "", Some(&old.name), "");
                    let plain = object.name.name.strip_prefix(&*prefix.name);
                    plain.map(|plain| ObjectName::other(*kind, name.schema.clone(), Some(&name.name), plain))
                }
                _ => None,
            };
            if let Some(own) = own {
                self.give_name(&other, own);
            }
        }
        new_id
    }
}

/// Whether a foreign key of the table leads there.
fn leads_to(table: &Table, id: &ObjectId, dialect: Dialect) -> bool {
    table.constraints.iter().any(|constraint| {
        matches!(&constraint.body, ConstraintBody::ForeignKey(key)
            if key.table.id(Space::Relation, dialect) == *id)
    })
}

/// A name that has changed.
struct Change<'c> {
    old: &'c ObjectName,
    new: &'c ObjectName,
    old_id: &'c ObjectId,
    new_id: &'c ObjectId,
    dialect: Dialect,
}

impl Change<'_> {
    /// An object that names another one follows its new name.
    fn follow(&self, object: &mut Object) {
        let needs = std::mem::take(&mut object.needs).into_iter();
        let moved = |need: Need| match need.object == *self.old_id {
            true => Need { object: self.new_id.clone(), ..need },
            false => need,
        };
        object.needs = needs.map(moved).collect();
        match &mut object.body {
            ObjectBody::Table(table) => {
                let is_own = self.old_id.space == Space::Relation && object.name == *self.new;
                if is_own && self.dialect == Dialect::Postgres {
                    table.triggers.iter_mut().for_each(|trigger| trigger.moves_to(self.new));
                }
                if self.dialect == Dialect::Mysql && object.name == *self.new {
                    super::mysql::rename_made_up(table, &self.old.name, &self.new.name);
                }
                self.follow_in_table(table);
            }
            ObjectBody::View(view) => {
                for (_, data_type) in view.columns.iter_mut().flatten() {
                    data_type.iter_mut().for_each(|data_type| self.follow_in_type(data_type));
                }
                self.follow_in_triggers(&mut view.triggers);
            }
            ObjectBody::Index { table } | ObjectBody::Other(_, Some(table)) => self.swap_relation(table),
            ObjectBody::Sequence(sequence) => {
                if let Some((table, _)) = &mut sequence.owned_by {
                    self.swap_relation(table);
                }
            }
            ObjectBody::Domain(domain) => self.follow_in_type(&mut domain.data_type),
            ObjectBody::Composite(attributes) => {
                attributes.iter_mut().for_each(|(_, data_type)| self.follow_in_type(data_type));
            }
            ObjectBody::Routines(routines) => {
                let is_own = self.old_id.space == Space::Routine && object.name == *self.new;
                for routine in routines {
                    if is_own && self.dialect == Dialect::Postgres {
                        routine.is_called(self.new);
                    }
                    let before = (routine.arguments.clone(), routine.returns.clone());
                    let types = routine.arguments.iter_mut().chain(&mut routine.returns);
                    types.for_each(|of| self.follow_in_type(of));
                    if before != (routine.arguments.clone(), routine.returns.clone()) {
                        // The text has the old name of a type.
                        routine.text = None;
                    }
                }
            }
            _ => {}
        }
    }

    fn swap_relation(&self, name: &mut ObjectName) {
        if self.old_id.space == Space::Relation && name.id(Space::Relation, self.dialect) == *self.old_id {
            *name = self.new.clone();
        }
    }

    /// Types and tables are types of columns.
    fn follow_in_type(&self, data_type: &mut Type) {
        if let BaseType::Made(name) = &mut data_type.base
            && *name == *self.old
        {
            *name = self.new.clone();
        }
    }

    fn follow_in_table(&self, table: &mut crate::schema::Table) {
        for column in &mut table.columns {
            self.follow_in_type(&mut column.data_type);
            for used in column.uses.iter_mut().filter(|used| **used == *self.old_id) {
                *used = self.new_id.clone();
                if let Some(default) = &mut column.default {
                    default.rename_sequence(self.old, self.new);
                }
            }
        }
        table.inherits.iter_mut().for_each(|parent| self.swap_relation(parent));
        for constraint in &mut table.constraints {
            self.follow_in_uses(&mut constraint.uses);
            if let crate::schema::ConstraintBody::ForeignKey(key) = &mut constraint.body {
                self.swap_relation(&mut key.table);
            }
        }
        table.indexes.iter_mut().for_each(|index| self.follow_in_uses(&mut index.uses));
        self.follow_in_triggers(&mut table.triggers);
    }

    fn follow_in_triggers(&self, triggers: &mut [crate::schema::Trigger]) {
        if self.old_id.space == Space::Routine {
            let call = triggers.iter_mut().filter(|trigger| trigger.function.as_ref() == Some(self.old));
            call.for_each(|trigger| trigger.calls(self.new));
        }
    }

    fn follow_in_uses(&self, uses: &mut [ObjectId]) {
        for used in uses.iter_mut().filter(|used| **used == *self.old_id) {
            *used = self.new_id.clone();
        }
    }
}
