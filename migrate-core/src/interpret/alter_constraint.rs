//! What `ALTER TABLE` does to a constraint that is there.

use std::sync::Arc;

use super::run::Run;
use crate::ddl::{Extent, Ident, Kind};
use crate::dialect::Dialect;
use crate::schema::{ConstraintBody, ObjectId, ObjectName, Space};

impl Run<'_> {
    pub(super) fn with_constraint(
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

    pub(super) fn rename_constraint(&mut self, id: &ObjectId, old: &Ident, new: &Ident) {
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

    pub(super) fn rename_own_index(&mut self, id: &ObjectId, old: &Ident, new: &Ident) {
        let names: Vec<Arc<str>> = self.indexes(id).iter().map(|index| index.name.clone()).collect();
        let has = |wanted: &Ident| names.iter().any(|name| self.same_name(name, &wanted.text));
        if !has(old) {
            if !self.is_uncertain(id) {
                let message = format!("table `{}` has no index `{}`", self.shown(id), old.text);
                self.wrong("missing-index", old.at, message);
            }
        } else if has(new) && !self.same_name(&old.text, &new.text) && !self.is_uncertain(id) {
            let message = format!("table `{}` has an index `{}` already", self.shown(id), new.text);
            self.wrong("duplicate-index", new.at, message);
        } else {
            self.rename_index(id, &old.text, &new.text);
        }
    }

    pub(super) fn drop_constraint(
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
            let is_check = matches!(constraint.body, ConstraintBody::Check { .. });
            self.change_table(id, |table| table.constraints.retain(|other| other.name != own));
            if is_check {
                self.take_check_from_children(id, own.as_ref());
            }
        }
    }

    /// Children lose a check with their parent, unless they say it themselves or have it from another parent.
    fn take_check_from_children(&mut self, id: &ObjectId, name: Option<&Arc<str>>) {
        for child in self.children(id) {
            let parents = self.schema.table(&child).map(|table| table.inherits.clone()).unwrap_or_default();
            let has = |parent: &ObjectName| {
                let table = self.schema.table(&self.id(parent, Space::Relation));
                table.is_some_and(|table| table.constraints.iter().any(|own| own.name.as_ref() == name))
            };
            if !parents.iter().any(has) {
                self.change_table(&child, |table| {
                    table.constraints.retain(|own| own.is_local || own.name.as_ref() != name);
                });
            }
        }
    }
}
