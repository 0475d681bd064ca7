//! `ALTER COLUMN`, and the forms that write a column anew.

use std::sync::Arc;

use super::create_table::options;
use super::run::Run;
use crate::ddl::{ColumnChange, ColumnDef, Ident};
use crate::dialect::Dialect;
use crate::schema::{
    BaseType, Certainty, Column, Generated, Identity, Object, ObjectBody, ObjectId, ObjectName, Sequence,
    Space, Type,
};

impl Run<'_> {
    pub(super) fn alter_column(
        &mut self,
        id: &ObjectId,
        name: &Ident,
        if_exists: bool,
        change: &ColumnChange,
    ) {
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
                let new = self.known_type(data_type);
                if self.refuses_type(id, &column, &new, using.is_some(), name) {
                    return;
                }
                if column.identity.is_some() && self.cannot_count(&new) && !self.is_uncertain(id) {
                    let message =
                        format!("column `{}` is an identity, and `{new}` cannot count", column.name);
                    self.wrong("wrong-kind", name.at, message);
                    return;
                }
                // A constant that was a value of a made type is converted from it from now on, and needs it.
                let is_constant = |default: &crate::schema::SqlText| default.normal.starts_with('\'');
                if let Some(made) = column.data_type.made().filter(|made| new.made() != Some(*made))
                    && self.dialect == Dialect::Postgres
                    && column.default.as_ref().is_some_and(is_constant)
                {
                    column.uses.push(self.id(made, Space::Type));
                }
                if column.identity.is_some() {
                    self.retype_sequences(id, &column.name, &new);
                }
                column.data_type = new;
                column.collation = collation.as_ref().and_then(|path| self.collation(path));
            }
            ColumnChange::SetDefault(_) if self.dialect == Dialect::Mysql && column.generated.is_some() => {
                return;
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
                if self.cannot_count(&column.data_type) && !self.is_uncertain(id) {
                    let message =
                        format!("column `{}` is `{}`, which cannot count", column.name, column.data_type);
                    self.wrong("wrong-kind", name.at, message);
                    return;
                }
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
                if column.identity.is_none() && !self.is_uncertain(id) {
                    let message = format!("column `{}` is not an identity column", column.name);
                    self.wrong("wrong-kind", name.at, message);
                    return;
                }
                if let Some(identity) = &mut column.identity {
                    identity.is_always = is_always.unwrap_or(identity.is_always);
                    let of = &column.data_type;
                    identity.options = Sequence::altered(of, &identity.options, of, options(changed));
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
            ColumnChange::SetVisible(is_visible) => {
                column.attributes.retain(|attribute| !attribute.eq_ignore_ascii_case("invisible"));
                if !is_visible {
                    column.attributes.push("INVISIBLE".into());
                }
            }
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
        if let ColumnChange::Type { .. } = change {
            self.settle_keys(id);
        }
    }

    /// The sequence of an identity has its column's type.
    fn retype_sequences(&mut self, id: &ObjectId, column: &Arc<str>, new: &Type) {
        for sequence in self.belongings(id, column) {
            self.schema.change(&sequence, |object| {
                if let ObjectBody::Sequence(sequence) = &mut object.body {
                    sequence.data_type = new.clone();
                }
            });
        }
    }

    /// MySQL's `MODIFY` and `CHANGE`: all that is not said again is gone, but for keys.
    pub(super) fn replace_column(
        &mut self,
        id: &ObjectId,
        old: &Ident,
        written: &ColumnDef,
        if_exists: bool,
    ) {
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
        } else if before.name != written.name.text.as_ref().into() {
            self.rename_column(id, old, &written.name);
        }
        let mut column = self.column_of(id, &name, written);
        if let Some(table) = self.schema.table(id) {
            super::mysql::settle_column(&mut column, written, &table.options);
            self.key_keeps_type(id, &before, &column, written.at);
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
        self.settle_parts_of(id, &written.name.text);
        self.replaced_constraints(id, written);
    }

    /// A finding if a column is a parent's, which alone changes it.
    pub(super) fn refuses_inherited(&mut self, id: &ObjectId, column: &Column, at: &Ident) -> bool {
        let Some(parent) = self.parent_with(id, &column.name).filter(|_| !self.is_uncertain(id)) else {
            return false;
        };
        let message = format!("column `{}` is inherited from `{parent}`", column.name);
        self.wrong("still-needed", at.at, message).helps.push(format!("change it in `{parent}`"));
        true
    }

    /// The table from which a table has a column.
    pub(super) fn parent_with(&self, id: &ObjectId, column: &str) -> Option<ObjectName> {
        let has_column = |parent: &&ObjectName| {
            let object = self.schema.get(&self.id(parent, Space::Relation));
            object.is_some_and(|object| match &object.body {
                ObjectBody::Table(parent) => {
                    object.certainty == Certainty::Certain
                        && parent.columns.iter().any(|own| *own.name == *column)
                }
                _ => false,
            })
        };
        self.schema.table(id)?.inherits.iter().find(has_column).cloned()
    }

    /// A finding if PostgreSQL certainly does not turn a column, or its default, into another type.
    fn refuses_type(
        &mut self,
        id: &ObjectId,
        column: &Column,
        new: &Type,
        is_told_how: bool,
        at: &Ident,
    ) -> bool {
        if self.is_uncertain(id) {
            return false;
        }
        let old = &column.data_type;
        // A default's own type is that of its constant.
        let is_constant = column.default.as_ref().is_some_and(|default| default.normal.starts_with('\''));
        let (what, help) = if !is_told_how && column.generated.is_none() && self.never_becomes(old, new) {
            ("column", format!("say how: `USING {}::{new}`", column.name))
        } else if is_constant && self.never_becomes(old, new) {
            ("the default of", "drop the default first, and set it anew afterwards".to_owned())
        } else {
            return false;
        };
        let message = format!("{what} `{}` does not turn from `{old}` into `{new}` by itself", column.name);
        self.wrong("types-do-not-fit", at.at, message).helps.push(help);
        true
    }

    /// Whether a type is certainly none of the whole numbers that an identity column takes.
    pub(super) fn cannot_count(&self, data_type: &Type) -> bool {
        let is_number = ["smallint", "integer", "bigint"].contains(&&*data_type.to_string());
        let is_made = matches!(data_type.base, BaseType::Made(_));
        self.dialect == Dialect::Postgres && !is_number && !is_made && !data_type.is_unknown()
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
