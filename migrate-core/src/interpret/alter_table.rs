//! `ALTER TABLE`

use std::borrow::Cow;
use std::sync::Arc;

use super::Proof;
use super::constraint::{NewConstraint, of_columns};
use super::create_table::options;
use super::lookup::Found;
use super::run::Run;
use crate::ddl::{
    AlterAction, AlterTable, ColumnChange, ColumnConstraintKind, ColumnDef, Extent, Ident, Kind,
    PartPosition, Path,
};
use crate::dialect::Dialect;
use crate::schema::{
    Certainty, Column, ConstraintBody, Generated, Identity, Object, ObjectBody, ObjectId, ObjectName,
    Partition, Sequence, Space, SqlText,
};

impl Run<'_> {
    pub(super) fn alter_table(&mut self, alter: &AlterTable) {
        let id = match self.find(&alter.name, Space::Relation) {
            Found::Known(id) => id,
            Found::Unknown => return,
            Found::Missing if alter.if_exists => return,
            Found::Missing => {
                self.relation(&alter.name, "table");
                return;
            }
        };
        let mut id = id;
        self.only = alter.only;
        let is_mysql = self.dialect == Dialect::Mysql;
        let before = is_mysql.then(|| self.schema.clone());
        let actions = match is_mysql {
            true => super::mysql::in_order(&alter.actions),
            false => alter.actions.iter().map(Cow::Borrowed).collect(),
        };
        for action in &actions {
            match &self.schema.get(&id).map(|object| &object.body) {
                Some(ObjectBody::Table(_)) => self.alter(&mut id, action, alter.name.at()),
                Some(_) => self.alter_other(&mut id, action),
                None => return,
            }
        }
        if let Some(before) = before {
            self.check_mysql_table(&id, &before, alter.name.at());
            if super::mysql::replaces_by_name(&alter.actions) {
                self.lose(&id);
            }
        }
    }

    /// What `ALTER TABLE` may do to views, sequences and indexes.
    fn alter_other(&mut self, id: &mut ObjectId, action: &AlterAction) {
        match action {
            AlterAction::RenameTo(path) => match self.index_table(&Found::Known(id.clone())) {
                Some(table) => self.rename_index(&table, &id.name.clone(), &path.name.text),
                None => self.rename_relation(id, path),
            },
            AlterAction::SetSchema(schema) => self.move_relation(id, schema),
            AlterAction::Opaque => self.lose(id),
            _ => {}
        }
    }

    pub(super) fn alter(&mut self, id: &mut ObjectId, action: &AlterAction, at: Extent) {
        match action {
            AlterAction::AddColumn { column, if_not_exists } => self.add_column(id, column, *if_not_exists),
            AlterAction::DropColumn { name, if_exists, cascade } => {
                self.drop_column(id, name, *if_exists, *cascade);
            }
            AlterAction::AlterColumn { name, if_exists, change } => {
                self.alter_column(id, name, *if_exists, change);
            }
            AlterAction::ReplaceColumn { old, column, if_exists } => {
                self.replace_column(id, old, column, *if_exists);
            }
            AlterAction::AddConstraint { constraint, if_not_exists } => {
                let is_there = constraint.name.as_ref().is_some_and(|name| {
                    self.schema.table(id).is_some_and(|table| {
                        table.constraints.iter().any(|other| {
                            other.name.as_ref().is_some_and(|other| self.same_name(other, &name.text))
                        }) || table.indexes.iter().any(|index| self.same_name(&index.name, &name.text))
                    })
                });
                if !(*if_not_exists && is_there) {
                    self.add_constraint(id, &NewConstraint::of_table(constraint));
                }
            }
            AlterAction::DropConstraint { name, kind, if_exists, cascade } => {
                self.drop_constraint(id, name.as_ref(), *kind, *if_exists, *cascade, at);
            }
            AlterAction::AlterConstraint { name, deferrable } => {
                let deferrable = *deferrable;
                self.with_constraint(id, name, |constraint| constraint.deferrable = deferrable);
            }
            AlterAction::ValidateConstraint(name) => {
                self.with_constraint(id, name, |constraint| constraint.is_validated = true);
            }
            AlterAction::RenameColumn { old, new } => self.rename_column(id, old, new),
            AlterAction::RenameConstraint { old, new } => self.rename_constraint(id, old, new),
            AlterAction::RenameIndex { old, new } => self.rename_own_index(id, old, new),
            AlterAction::RenameTo(path) => self.rename_relation(id, path),
            AlterAction::SetSchema(schema) => self.move_relation(id, schema),
            AlterAction::AttachPartition { table, bounds } => self.attach(id, table, *bounds),
            AlterAction::DetachPartition(table) => self.detach(id, table),
            AlterAction::Inherit(parent) => self.inherit_from(id, parent),
            AlterAction::NoInherit(path) => {
                if let Some(parent) = self.relation(path, "table")
                    && let Some(name) = self.schema.get(&parent).map(|object| object.name.clone())
                {
                    let has = self.schema.table(id).is_some_and(|table| table.inherits.contains(&name));
                    if !has && !self.is_uncertain(id) {
                        let message = format!("table `{}` does not inherit from `{name}`", self.shown(id));
                        self.wrong("missing-object", path.at(), message);
                    }
                    self.change_table(id, |table| table.inherits.retain(|other| *other != name));
                }
            }
            AlterAction::OfType(_) | AlterAction::Opaque => self.lose(id),
            AlterAction::Set(key, value) if self.dialect == Dialect::Mysql => {
                self.set_mysql_option(id, key, value);
            }
            AlterAction::Set(key, value) => {
                let is_usual = matches!(&**value, "disable" | "false" | "default");
                self.change_table(id, |table| {
                    if is_usual {
                        table.options.remove(&**key);
                    } else {
                        table.options.insert((&**key).into(), (&**value).into());
                    }
                });
            }
            AlterAction::Other => {}
        }
    }

    fn add_column(&mut self, id: &ObjectId, written: &ColumnDef, if_not_exists: bool) {
        let Some(object) = self.schema.get(id) else { return };
        let (name, is_uncertain) = (object.name.clone(), self.is_uncertain(id));
        let ObjectBody::Table(table) = &object.body else { return };
        if let Some(place) = self.column_place(table, &written.name.text) {
            if is_uncertain {
                // It is there now, as it is said here or as it was.
                let _ = place;
            } else if !if_not_exists {
                let message = format!("table `{name}` has a column `{}` already", written.name.text);
                self.wrong("duplicate-column", written.name.at, message);
            }
            return;
        }
        if self.dialect == Dialect::Sqlite {
            self.check_added(id, written);
            self.read_indexes_anew(id, &written.name);
        }
        if self.schema.table(id).is_some_and(crate::schema::Table::is_part) && !is_uncertain {
            let message = format!("`{name}` is a part of another table, which decides on its columns");
            self.wrong("wrong-kind", written.name.at, message);
            return;
        }
        let mut column = self.column_of(id, &name, written);
        for constraint in &written.constraints {
            if let ColumnConstraintKind::Default(expr) = &constraint.kind {
                self.names_no_column(expr);
            }
        }
        if self.dialect == Dialect::Mysql
            && let Some(table) = self.schema.table(id)
        {
            super::mysql::settle_column(&mut column, written, &table.options);
        }
        let has_value = column.default.is_some() || column.generated.is_some() || column.identity.is_some();
        // MySQL takes the type's own zero.
        if column.not_null && !has_value && self.dialect != Dialect::Mysql && !self.made.contains(id) {
            let message = format!("column `{}` is NOT NULL and has no default", column.name);
            let finding = self.wrong("needs-empty-table", written.at, message);
            finding.proof = Proof::Likely;
            finding.label = "fails if the table has rows".to_owned();
            finding.helps.push("give it a default, or fill it before it becomes NOT NULL".to_owned());
        }
        let children = self.children(id);
        for child in &children {
            let column = Column { is_local: false, ..column.clone() };
            self.change_table(child, |table| {
                if !table.columns.iter().any(|own| own.name == column.name) {
                    table.columns.push(column);
                }
            });
        }
        let place = self.place_of(id, written.position.as_ref());
        self.change_table(id, |table| table.columns.insert(place.min(table.columns.len()), column));
        if self.dialect == Dialect::Sqlite {
            self.check_computed(id, written);
        }
        let constraints = of_columns(written, self.dialect);
        for constraint in self.merged(super::constraint::in_order(constraints, self.dialect)) {
            self.add_constraint(id, &constraint);
        }
    }

    /// Where MySQL puts a column.
    fn place_of(&mut self, id: &ObjectId, position: Option<&PartPosition>) -> usize {
        match position {
            None => usize::MAX,
            Some(PartPosition::First) => 0,
            Some(PartPosition::After(name)) => {
                drop(self.column(id, name));
                let table = self.schema.table(id);
                let place = table.and_then(|table| self.column_place(table, &name.text));
                place.map_or(usize::MAX, |place| place + 1)
            }
        }
    }

    /// The tables that inherit from a table, directly or not.
    pub(super) fn children(&self, id: &ObjectId) -> Vec<ObjectId> {
        let mut all: Vec<ObjectId> = Vec::new();
        if self.only {
            return all;
        }
        let mut next = vec![id.clone()];
        while let Some(parent) = next.pop() {
            for (child, object) in self.schema.dependents(&parent) {
                let ObjectBody::Table(table) = &object.body else { continue };
                let inherits = table.inherits.iter().any(|name| self.id(name, Space::Relation) == parent);
                if inherits && !all.contains(child) {
                    all.push(child.clone());
                    next.push(child.clone());
                }
            }
        }
        all
    }

    fn alter_column(&mut self, id: &ObjectId, name: &Ident, if_exists: bool, change: &ColumnChange) {
        if if_exists
            && self.schema.table(id).is_some_and(|table| self.column_place(table, &name.text).is_none())
        {
            return;
        }
        let Some(mut column) = self.column(id, name) else { return };
        let before = column.clone();
        if let ColumnChange::SetDefault(_) | ColumnChange::DropDefault = change
            && (column.identity.is_some() || column.generated.is_some())
            && self.dialect == Dialect::Postgres
            && !self.is_uncertain(id)
        {
            let message = format!("column `{}` gets its value in another way than by a default", column.name);
            self.wrong("wrong-kind", name.at, message);
            return;
        }
        match change {
            ColumnChange::Type { data_type, collation, using } => {
                if self.refuses_inherited(id, &column, name) || self.is_seen_by_view(id, &column, name) {
                    return;
                }
                if let Some(using) = using {
                    self.columns_must_be_there(id, using);
                }
                column.data_type = self.data_type(data_type);
                column.collation = collation.as_ref().map(|path| self.collation(path));
            }
            ColumnChange::SetDefault(expr) => {
                self.names_no_column(expr);
                self.set_default(&mut column, expr);
                if self.dialect == Dialect::Mysql {
                    super::mysql::settle_default(&mut column);
                }
            }
            ColumnChange::DropDefault => (column.default, column.uses) = (None, vec![]),
            ColumnChange::SetNotNull => column.not_null = true,
            ColumnChange::DropNotNull => {
                let table = self.schema.table(id);
                let is_key =
                    table.and_then(|table| table.primary_key()).is_some_and(|key| key.contains(&column.name));
                if (is_key || column.identity.is_some()) && !self.is_uncertain(id) {
                    let what = if is_key { "is in a primary key" } else { "is an identity column" };
                    let message = format!("column `{}` {what} and has to be NOT NULL", column.name);
                    self.wrong("not-null-needed", name.at, message);
                    return;
                }
                column.not_null = false;
            }
            ColumnChange::AddIdentity(identity) => {
                let is_free = column.identity.is_none() && column.default.is_none() && column.not_null;
                if !is_free && !self.is_uncertain(id) {
                    let message = format!(
                        "column `{}` cannot count: it has to be NOT NULL, without a default and without an identity",
                        column.name
                    );
                    self.wrong("wrong-kind", name.at, message);
                    return;
                }
                if let Some(table) = self.schema.get(id).map(|object| object.name.clone()) {
                    self.own_sequence(id, &table, &mut column);
                }
                let settled = Sequence::settled(&column.data_type, &options(&identity.options));
                column.identity = Some(Identity { is_always: identity.is_always, options: settled });
            }
            ColumnChange::SetIdentity { is_always, options: changed } => {
                if let Some(identity) = &mut column.identity {
                    identity.is_always = is_always.unwrap_or(identity.is_always);
                    identity.options.extend(options(changed));
                    identity.options = Sequence::settled(&column.data_type, &identity.options);
                }
            }
            ColumnChange::DropIdentity { if_exists } => {
                if column.identity.is_none() {
                    if !if_exists && !self.is_uncertain(id) {
                        let message = format!("column `{}` is not an identity column", column.name);
                        self.wrong("wrong-kind", name.at, message);
                    }
                    return;
                }
                column.identity = None;
                self.take_own_sequences(id, &column.name);
            }
            ColumnChange::SetExpression(expr) => {
                let is_stored = column.generated.as_ref().is_none_or(|generated| generated.is_stored);
                column.generated = Some(Generated { expr: self.text(expr), is_stored });
            }
            ColumnChange::DropExpression { .. } => column.generated = None,
            ColumnChange::Other => return,
        }
        for child in self.children(id) {
            self.change_table(&child, |table| {
                if let Some(own) = table.columns.iter_mut().find(|own| own.name == column.name) {
                    follow_parent(own, &before, &column);
                }
            });
        }
        self.change_table(id, |table| {
            if let Some(own) = table.columns.iter_mut().find(|own| own.name == column.name) {
                *own = column;
            }
        });
    }

    /// MySQL's `MODIFY` and `CHANGE`: all that is not said again is gone, but for keys.
    fn replace_column(&mut self, id: &ObjectId, old: &Ident, written: &ColumnDef, if_exists: bool) {
        if if_exists
            && self.schema.table(id).is_some_and(|table| self.column_place(table, &old.text).is_none())
        {
            return;
        }
        let Some(before) = self.column(id, old) else { return };
        let Some(name) = self.schema.get(id).map(|object| object.name.clone()) else { return };
        if !self.same_name(&old.text, &written.name.text) {
            let Some(table) = self.schema.table(id) else { return };
            if self.column_place(table, &written.name.text).is_some() && !self.is_uncertain(id) {
                let message = format!("table `{name}` has a column `{}` already", written.name.text);
                self.wrong("duplicate-column", written.name.at, message);
                return;
            }
            self.rename_column(id, old, &written.name);
        }
        let mut column = self.column_of(id, &name, written);
        if let Some(table) = self.schema.table(id) {
            super::mysql::settle_column(&mut column, written, &table.options);
        }
        let place = written.position.as_ref().map(|position| self.place_of(id, Some(position)));
        self.change_table(id, |table| {
            let is_key = table
                .primary_key()
                .is_some_and(|key| key.iter().any(|part| part.eq_ignore_ascii_case(&written.name.text)));
            column.not_null |= is_key;
            let is_old =
                |own: &Column| own.name.eq_ignore_ascii_case(&written.name.text) || own.name == before.name;
            let Some(at) = table.columns.iter().position(is_old) else { return };
            table.columns.remove(at);
            let place = match place {
                None => at,
                Some(place) if place > at && place != usize::MAX => place - 1,
                Some(place) => place,
            };
            table.columns.insert(place.min(table.columns.len()), column);
        });
        self.replaced_constraints(id, written);
    }

    /// `INHERIT`: a table that has all that its parent has becomes its child.
    fn inherit_from(&mut self, id: &ObjectId, path: &Path) {
        let Some(parent_id) = self.relation(path, "table") else { return };
        let Some(parent) = self.schema.get(&parent_id).cloned() else { return };
        let (ObjectBody::Table(whole), Some(table)) = (&parent.body, self.schema.table(id)) else { return };
        let are_certain = parent.certainty == Certainty::Certain && !self.is_uncertain(id);
        let refusal = if parent_id == *id || self.children(id).contains(&parent_id) {
            Some(format!("`{}` inherits from this table itself", parent.name))
        } else if table.inherits.contains(&parent.name) {
            Some(format!("the table inherits from `{}` already", parent.name))
        } else {
            whole.columns.iter().find_map(|column| {
                let own = table.columns.iter().find(|own| own.name == column.name);
                match own {
                    None => {
                        Some(format!("the table has no column `{}`, as `{}` has", column.name, parent.name))
                    }
                    Some(own)
                        if own.data_type != column.data_type
                            && !own.data_type.is_unknown()
                            && !column.data_type.is_unknown() =>
                    {
                        Some(format!("column `{}` has another type in `{}`", column.name, parent.name))
                    }
                    Some(own) if column.not_null && !own.not_null => {
                        Some(format!("column `{}` is NOT NULL in `{}`", column.name, parent.name))
                    }
                    Some(_) => None,
                }
            })
        };
        if let Some(message) = refusal.filter(|_| are_certain) {
            self.wrong("wrong-kind", path.at(), message);
            return;
        }
        self.change_table(id, |table| table.inherits.push(parent.name));
    }

    /// A finding if a column is a parent's, which alone changes it.
    pub(super) fn refuses_inherited(&mut self, id: &ObjectId, column: &Column, at: &Ident) -> bool {
        let Some(table) = self.schema.table(id) else { return false };
        let is_parents = |parent: &ObjectName| {
            let object = self.schema.get(&self.id(parent, Space::Relation));
            object.is_some_and(|object| match &object.body {
                ObjectBody::Table(parent) => {
                    object.certainty == Certainty::Certain
                        && parent.columns.iter().any(|own| own.name == column.name)
                }
                _ => false,
            })
        };
        let Some(parent) = table.inherits.iter().find(|parent| is_parents(parent)).cloned() else {
            return false;
        };
        if self.is_uncertain(id) {
            return false;
        }
        let message = format!("column `{}` is inherited from `{parent}`", column.name);
        self.wrong("still-needed", at.at, message).helps.push(format!("change it in `{parent}`"));
        true
    }

    /// A finding if a view shows a column, whose type PostgreSQL does not change then.
    fn is_seen_by_view(&mut self, id: &ObjectId, column: &Column, at: &Ident) -> bool {
        if self.dialect != Dialect::Postgres || self.is_uncertain(id) {
            return false;
        }
        let sees = |object: &Object| {
            matches!(object.body, ObjectBody::View(_))
                && object.certainty == Certainty::Certain
                && object
                    .needs
                    .iter()
                    .any(|need| need.object == *id && need.part.as_ref() == Some(&column.name))
        };
        let view = self.schema.dependents(id).find(|(_, object)| sees(object));
        let Some(view) = view.map(|(_, object)| object.name.to_string()) else { return false };
        let message = format!("the type of `{}` cannot be changed: the view `{view}` shows it", column.name);
        self.wrong("still-needed", at.at, message)
            .helps
            .push("drop the view first, and make it anew afterwards".to_owned());
        true
    }

    pub(super) fn rename_column(&mut self, id: &ObjectId, old: &Ident, new: &Ident) {
        let Some(column) = self.column(id, old) else { return };
        if self.refuses_inherited(id, &column, old) {
            return;
        }
        let Some(table) = self.schema.table(id) else { return };
        let is_same = self.same_name(&old.text, &new.text);
        if !is_same && self.column_place(table, &new.text).is_some() && !self.is_uncertain(id) {
            let message = format!("table `{}` has a column `{}` already", self.shown(id), new.text);
            self.wrong("duplicate-column", new.at, message);
            return;
        }
        if !self.kept_texts_hold(id, new.at) {
            return;
        }
        let (old, new): (Arc<str>, Arc<str>) = (column.name.clone(), (&*new.text).into());
        let texts = self.renamed_texts(id, Some(&old), &new);
        let dialect = self.dialect;
        for table in self.children(id).iter().chain([id]) {
            self.change_table(table, |table| rename_in_table(table, &old, &new, dialect));
        }
        self.rename_in_keys(id, &old, &new);
        self.put_texts(texts, id, id);
        self.rename_in_needs(id, &old, &new);
    }

    /// Foreign keys of other tables follow a column's new name.
    fn rename_in_keys(&mut self, id: &ObjectId, old: &Arc<str>, new: &Arc<str>) {
        let dialect = self.dialect;
        let others: Vec<ObjectId> =
            self.schema.dependents(id).map(|(other, _)| other.clone()).chain([id.clone()]).collect();
        for other in others {
            if self.schema.table(&other).is_none() {
                continue;
            }
            self.change_table(&other, |table| {
                for constraint in &mut table.constraints {
                    if let ConstraintBody::ForeignKey(key) = &mut constraint.body
                        && key.table.id(Space::Relation, dialect) == *id
                    {
                        replace(&mut key.referenced, old, new);
                    }
                }
            });
        }
    }

    /// What needs a column, or belongs to it, follows its new name.
    fn rename_in_needs(&mut self, id: &ObjectId, old: &Arc<str>, new: &Arc<str>) {
        let others: Vec<ObjectId> = self.schema.dependents(id).map(|(other, _)| other.clone()).collect();
        for other in others {
            self.schema.change(&other, |object| {
                if let ObjectBody::Sequence(Sequence { owned_by: Some((_, column)), .. }) = &mut object.body
                    && column == old
                {
                    *column = new.clone();
                }
                let needs = std::mem::take(&mut object.needs).into_iter();
                object.needs = needs
                    .map(|mut need| {
                        if need.object == *id && need.part.as_ref() == Some(old) {
                            need.part = Some(new.clone());
                        }
                        need
                    })
                    .collect();
            });
        }
    }

    fn with_constraint(
        &mut self,
        id: &ObjectId,
        name: &Ident,
        change: impl FnOnce(&mut crate::schema::Constraint),
    ) {
        let Some(place) = self.constraint_place(id, name) else { return };
        self.change_table(id, |table| change(&mut table.constraints[place]));
    }

    /// The place of a constraint, or a finding that there is none.
    pub(super) fn constraint_place(&mut self, id: &ObjectId, name: &Ident) -> Option<usize> {
        let table = self.schema.table(id)?;
        let place = table.constraints.iter().position(|constraint| {
            constraint.name.as_ref().is_some_and(|own| self.same_name(own, &name.text))
        });
        // PostgreSQL 18 gives names to NOT NULL, which earlier versions do not have.
        let may_be_not_null = self.dialect == Dialect::Postgres && super::naming::is_of_not_null(&name.text);
        if place.is_none() && !self.is_uncertain(id) && !may_be_not_null {
            let names = table.constraints.iter().filter_map(|constraint| constraint.name.as_deref());
            let near =
                crate::nearest::nearest(&name.text, names).map(|near| format!("the nearest is `{near}`"));
            let message = format!("table `{}` has no constraint `{}`", self.shown(id), name.text);
            self.wrong("missing-constraint", name.at, message).helps.extend(near);
        }
        place
    }

    fn rename_constraint(&mut self, id: &ObjectId, old: &Ident, new: &Ident) {
        let Some(place) = self.constraint_place(id, old) else { return };
        let children = self.children(id);
        let Some(table) = self.schema.table(id) else { return };
        if !table.constraints[place].is_local && self.dialect == Dialect::Postgres && !self.is_uncertain(id) {
            self.wrong("still-needed", old.at, format!("constraint `{}` is inherited", old.text));
            return;
        }
        let is_taken = table.constraints.iter().enumerate().any(|(other, constraint)| {
            other != place && constraint.name.as_ref().is_some_and(|own| self.same_name(own, &new.text))
        });
        if is_taken {
            let message = format!("table `{}` has a constraint `{}` already", self.shown(id), new.text);
            self.wrong("duplicate-constraint", new.at, message);
            return;
        }
        let Some(name) = table.constraints[place].name.clone() else { return };
        let has_index = table.indexes.iter().any(|index| index.constraint.as_ref() == Some(&name));
        if has_index {
            self.rename_index(id, &name, &new.text);
        } else {
            self.change_table(id, |table| {
                table.constraints[place].name = Some((&*new.text).into());
                table.constraints[place].is_name_made_up = false;
            });
            for child in children {
                self.change_table(&child, |table| {
                    let inherited = table
                        .constraints
                        .iter_mut()
                        .filter(|own| !own.is_local && own.name.as_ref() == Some(&name));
                    inherited.for_each(|own| own.name = Some((&*new.text).into()));
                });
            }
        }
    }

    fn rename_own_index(&mut self, id: &ObjectId, old: &Ident, new: &Ident) {
        let names: Vec<Arc<str>> = self.indexes(id).iter().map(|index| index.name.clone()).collect();
        let has = |wanted: &Ident| names.iter().any(|name| self.same_name(name, &wanted.text));
        if !has(old) {
            if !self.is_uncertain(id) {
                let message = format!("table `{}` has no index `{}`", self.shown(id), old.text);
                self.wrong("missing-index", old.at, message);
            }
        } else if has(new) && !self.same_name(&old.text, &new.text) {
            let message = format!("table `{}` has an index `{}` already", self.shown(id), new.text);
            self.wrong("duplicate-index", new.at, message);
        } else {
            self.rename_index(id, &old.text, &new.text);
        }
    }

    pub(super) fn rename_relation(&mut self, id: &mut ObjectId, to: &Path) {
        let Some(object) = self.schema.get(id) else { return };
        let schema =
            to.schema.as_ref().map_or_else(|| object.name.schema.clone(), |schema| (&*schema.text).into());
        let name = ObjectName { schema, name: (&*to.name.text).into() };
        self.relocate(id, name, to.at());
    }

    pub(super) fn move_relation(&mut self, id: &mut ObjectId, schema: &Ident) {
        let Some(object) = self.schema.get(id) else { return };
        let name = ObjectName { schema: (&*schema.text).into(), name: object.name.name.clone() };
        self.schema_must_be_there(schema);
        if self.id(&name, Space::Relation) != *id {
            self.relocate(id, name, schema.at);
        }
    }

    fn attach(&mut self, id: &ObjectId, table: &Path, bounds: Extent) {
        let Some(part) = self.relation(table, "table") else { return };
        let Some(whole) = self.schema.get(id).map(|object| object.name.clone()) else { return };
        let bounds = SqlText::tokens(bounds.of(self.sql), self.dialect);
        self.change_table(&part, |table| {
            table.inherits.push(whole);
            table.partition.get_or_insert(Partition { by: None, bounds: None }).bounds = Some(bounds);
        });
        // The part gets the keys and indexes of its whole, which is not followed.
        self.lose(&part);
    }

    fn detach(&mut self, id: &ObjectId, table: &Path) {
        let Some(part) = self.relation(table, "table") else { return };
        let Some(whole) = self.schema.get(id).map(|object| object.name.clone()) else { return };
        self.change_table(&part, |table| {
            table.inherits.retain(|parent| *parent != whole);
            if let Some(partition) = &mut table.partition {
                partition.bounds = None;
            }
            table.columns.iter_mut().for_each(|column| column.is_local = true);
        });
    }

    fn drop_constraint(
        &mut self,
        id: &ObjectId,
        name: Option<&Ident>,
        kind: Option<Kind>,
        if_exists: bool,
        cascade: bool,
        at: Extent,
    ) {
        if self.dialect == Dialect::Mysql {
            return self.drop_mysql_constraint(id, name, kind, if_exists, at);
        }
        let Some(table) = self.schema.table(id).cloned() else { return };
        let Some(name) = name else { return };
        let named = |own: &Option<Arc<str>>| own.as_ref().is_some_and(|own| self.same_name(own, &name.text));
        let Some(constraint) = table.constraints.iter().find(|constraint| named(&constraint.name)) else {
            if !if_exists {
                self.constraint_place(id, name);
            }
            return;
        };
        if !constraint.is_local && !self.is_uncertain(id) && self.dialect == Dialect::Postgres {
            let message = format!("constraint `{}` is inherited", name.text);
            self.wrong("still-needed", name.at, message)
                .helps
                .push("drop it from the table that it comes from".to_owned());
            return;
        }
        let body = constraint.body.clone();
        if self.dialect == Dialect::Postgres && !self.free_of_keys(id, &body, name, cascade) {
            return;
        }
        let own = constraint.name.clone();
        if table.indexes.iter().any(|index| index.constraint.is_some() && index.constraint == own) {
            self.remove_index(id, &name.text);
        } else {
            self.change_table(id, |table| table.constraints.retain(|other| other.name != own));
        }
    }
}

/// A child's column changes as its parent's did; how it counts is its own business.
fn follow_parent(own: &mut Column, before: &Column, after: &Column) {
    if before.data_type != after.data_type {
        own.data_type = after.data_type.clone();
    }
    if before.collation != after.collation {
        own.collation.clone_from(&after.collation);
    }
    if before.not_null != after.not_null && after.identity == before.identity {
        own.not_null = after.not_null;
    }
    if before.default != after.default {
        (own.default, own.uses) = (after.default.clone(), after.uses.clone());
    }
    if before.generated != after.generated {
        own.generated.clone_from(&after.generated);
    }
}

/// Renames a column in all that belongs to its table.
fn rename_in_table(table: &mut crate::schema::Table, old: &Arc<str>, new: &Arc<str>, dialect: Dialect) {
    for column in &mut table.columns {
        if column.name == *old {
            column.name = new.clone();
        }
        if let Some(generated) = &mut column.generated {
            rename_in_text(&mut generated.expr, old, new, dialect);
        }
    }
    for constraint in &mut table.constraints {
        replace(constraint.column.as_mut_slice(), old, new);
        match &mut constraint.body {
            ConstraintBody::PrimaryKey(columns) | ConstraintBody::Unique { columns, .. } => {
                replace(columns, old, new)
            }
            ConstraintBody::ForeignKey(key) => {
                replace(&mut key.columns, old, new);
                replace(&mut key.on_delete_columns, old, new);
            }
            ConstraintBody::Check { expr, columns, .. } => {
                replace(columns, old, new);
                rename_in_text(expr, old, new, dialect);
            }
            ConstraintBody::NotNull(column) => {
                if column == old {
                    *column = new.clone();
                }
            }
            ConstraintBody::Exclude(text) => rename_in_text(text, old, new, dialect),
        }
    }
    for index in &mut table.indexes {
        replace(&mut index.columns, old, new);
        replace(&mut index.include, old, new);
        for part in &mut index.parts {
            if part.is_column && part.expr.written.eq_ignore_ascii_case(old) {
                part.expr = SqlText::name(new);
            } else if !part.is_column {
                rename_in_text(&mut part.expr, old, new, dialect);
            }
        }
        if let Some(predicate) = &mut index.predicate {
            rename_in_text(predicate, old, new, dialect);
        }
    }
}

fn replace(names: &mut [Arc<str>], old: &Arc<str>, new: &Arc<str>) {
    for name in names {
        if name.eq_ignore_ascii_case(old) {
            *name = new.clone();
        }
    }
}

/// Renames a word in a text: the database does it in the tree, and what it prints then has the new name.
fn rename_in_text(text: &mut SqlText, old: &str, new: &str, dialect: Dialect) {
    let swap = |text: &str, old: &str, new: &str| {
        let is_word = |c: char| c.is_alphanumeric() || c == '_' || c == '$';
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        let mut is_in_quotes = false;
        while let Some(at) = rest.find(old) {
            let before = rest[..at].chars().next_back().or(out.chars().next_back()).is_some_and(is_word);
            let after = rest[at + old.len()..].chars().next().is_some_and(is_word);
            out.push_str(&rest[..at]);
            is_in_quotes ^= rest[..at].matches('\'').count() % 2 == 1;
            out.push_str(if before || after || is_in_quotes { old } else { new });
            rest = &rest[at + old.len()..];
        }
        out.push_str(rest);
        Arc::from(out)
    };
    let written = swap(&text.written, old, new);
    let normal = match dialect {
        Dialect::Postgres => swap(&text.normal, old, new),
        Dialect::Sqlite | Dialect::Mysql => {
            swap(&text.normal, &old.to_ascii_lowercase(), &new.to_ascii_lowercase())
        }
    };
    *text = SqlText { written, normal };
}
