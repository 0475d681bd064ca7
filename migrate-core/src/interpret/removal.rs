//! Taking an object or a part of one out of the schema, with all that goes with it.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::run::Run;
use crate::ddl::Ident;
use crate::dialect::Dialect;
use crate::schema::{ConstraintBody, Need, Object, ObjectBody, ObjectId, Space};

impl Run<'_> {
    /// Takes an object out with all that cannot be without it.
    pub(super) fn take_out(&mut self, id: &ObjectId, cascade: bool) {
        if let Some(ObjectBody::Index { table }) = self.schema.get(id).map(|object| object.body.clone()) {
            let table = self.id(&table, Space::Relation);
            self.remove_index(&table, &id.name);
            // Its table may have gone before it.
            self.schema.remove(id);
            return;
        }
        if let Some(ObjectBody::Namespace) = self.schema.get(id).map(|object| &object.body) {
            let inside: Vec<ObjectId> = self
                .schema
                .objects()
                .iter()
                .filter(|(other, _)| other.schema == id.name)
                .map(|(other, _)| other.clone())
                .collect();
            inside.iter().for_each(|other| self.take_out(other, true));
        }
        let dependents: Vec<(ObjectId, Vec<Need>)> = self
            .schema
            .dependents(id)
            .map(|(other, object)| {
                (other.clone(), object.needs.iter().filter(|need| need.object == *id).cloned().collect())
            })
            .collect();
        if id.space == Space::Extension && cascade {
            self.lose_what_extensions_gave();
        }
        self.schema.remove(id);
        self.touched.push(id.clone());
        if matches!(id.space, Space::Namespace | Space::Extension) {
            self.dropped.insert(id.clone());
        }
        // Views of SQLite and MySQL stay, and fail when they are used.
        let cascades = cascade && self.dialect == Dialect::Postgres;
        for (other, needs) in dependents {
            for need in needs {
                match &need.by {
                    _ if !need.is_automatic && !cascades => {}
                    None => self.take_out(&other, cascade),
                    Some(part) => self.remove_part(&other, part),
                }
            }
        }
    }

    /// What an extension gave is not known: whatever may have used it is uncertain when it goes.
    fn lose_what_extensions_gave(&mut self) {
        let may_use = |object: &Object| match &object.body {
            ObjectBody::Table(table) => {
                table.columns.iter().any(|column| {
                    column.data_type.is_unknown() || column.default.is_some() || column.generated.is_some()
                }) || table.indexes.iter().any(|index| {
                    &*index.method != "btree"
                        || index.parts.iter().any(|part| part.opclass.is_some() || !part.is_column)
                })
            }
            ObjectBody::View(_)
            | ObjectBody::Composite(_)
            | ObjectBody::Domain(_)
            | ObjectBody::Routines(_) => true,
            _ => false,
        };
        let all = self.schema.objects().iter().filter(|(_, object)| may_use(object));
        let ids: Vec<ObjectId> = all.map(|(id, _)| id.clone()).collect();
        ids.iter().for_each(|id| self.lose(id));
    }

    /// Takes a part out of an object: a trigger, a foreign key, the default of a column or, where its type goes, a column.
    pub(super) fn remove_part(&mut self, id: &ObjectId, part: &str) {
        let is_view = matches!(self.schema.get(id).map(|object| &object.body), Some(ObjectBody::View(_)));
        if is_view {
            self.schema.change(id, |object| {
                if let ObjectBody::View(view) = &mut object.body {
                    view.triggers.retain(|trigger| !trigger.name.eq_ignore_ascii_case(part));
                }
            });
            return;
        }
        if let Some(ObjectBody::Composite(_)) = self.schema.get(id).map(|object| &object.body) {
            self.schema.change(id, |object| {
                object.needs.retain(|need| need.by.as_deref() != Some(part));
                if let ObjectBody::Composite(attributes) = &mut object.body {
                    attributes.retain(|(name, _)| **name != *part);
                }
            });
            return;
        }
        if let Some(ObjectBody::Routines(routines)) = self.schema.get(id).map(|object| &object.body) {
            let (name, mut rest) = (self.schema.get(id).map(|object| object.name.clone()), routines.clone());
            rest.retain(|routine| routine.signature() != part);
            match (rest.is_empty(), name) {
                (false, Some(name)) => self.put_routines(name, rest),
                _ => self.take_out(id, true),
            }
            return;
        }
        if self.indexes(id).iter().any(|index| *index.name == *part && index.constraint.is_none()) {
            self.remove_index(id, part);
            return;
        }
        let dialect = self.dialect;
        let columns = self.schema.table(id).map_or(&[][..], |table| &table.columns);
        let named = columns.iter().flat_map(|column| {
            let made = column.data_type.made().into_iter();
            let made =
                made.flat_map(|name| [Space::Type, Space::Relation].map(|space| name.id(space, dialect)));
            made.chain(column.uses.iter().cloned())
        });
        let ids: BTreeSet<ObjectId> = named.filter(|id| self.schema.get(id).is_some()).collect();
        let mut gone = None;
        self.change_table(id, |table| {
            table.triggers.retain(|trigger| !trigger.name.eq_ignore_ascii_case(part));
            table.constraints.retain(|constraint| constraint.name.as_deref() != Some(part));
            let column = table.columns.iter().position(|column| *column.name == *part);
            let Some(place) = column else { return };
            let column = &mut table.columns[place];
            let is_gone = column.data_type.made().is_some_and(|name| {
                !ids.contains(&name.id(Space::Type, dialect))
                    && !ids.contains(&name.id(Space::Relation, dialect))
            });
            let uses_gone = column.uses.iter().any(|used| !ids.contains(used));
            if is_gone || column.generated.is_some() && uses_gone {
                gone = Some(Ident::new(&*column.name, crate::ddl::Extent::default()));
            } else {
                column.uses.retain(|used| ids.contains(used));
                column.default = None;
            }
        });
        let Some(column) = gone else { return };
        if self.parent_with(id, &column.text).is_some() {
            // It goes with the parent's, which is of the same type.
            self.change_table(id, |table| {
                let own = table.columns.iter_mut().filter(|own| *own.name == *column.text);
                own.for_each(|own| own.is_local = false);
            });
            return;
        }
        // With its indexes and constraints.
        self.drop_column(id, &column, true, true);
    }

    /// What belongs to a column goes with it: its sequences, statistics on it.
    pub(super) fn take_own_sequences(&mut self, id: &ObjectId, column: &Arc<str>) {
        self.belongings(id, column).iter().for_each(|other| self.take_out(other, true));
    }

    /// What belongs to a column.
    pub(super) fn belongings(&self, id: &ObjectId, column: &Arc<str>) -> Vec<ObjectId> {
        let belongs = |object: &Object| {
            object
                .needs
                .iter()
                .any(|need| need.is_automatic && need.object == *id && need.part.as_ref() == Some(column))
        };
        let all = self.schema.dependents(id).filter(|(_, object)| belongs(object));
        all.map(|(other, _)| other.clone()).collect()
    }

    pub(super) fn take_dependents_of_part(&mut self, id: &ObjectId, part: &Arc<str>) {
        let dependents: Vec<(ObjectId, Option<Arc<str>>)> = self
            .schema
            .dependents(id)
            .flat_map(|(other, object)| {
                let needs =
                    object.needs.iter().filter(|need| need.object == *id && need.part.as_ref() == Some(part));
                needs.map(|need| (other.clone(), need.by.clone())).collect::<Vec<_>>()
            })
            .collect();
        for (other, by) in dependents {
            match by {
                None => self.take_out(&other, true),
                Some(by) => self.remove_part(&other, &by),
            }
        }
    }

    /// Whether no foreign key leads to a key that is to go.
    pub(super) fn free_of_keys(
        &mut self,
        id: &ObjectId,
        body: &ConstraintBody,
        name: &Ident,
        cascade: bool,
    ) -> bool {
        let (ConstraintBody::PrimaryKey(columns) | ConstraintBody::Unique { columns, .. }) = body else {
            return true;
        };
        let dialect = self.dialect;
        let wanted: BTreeSet<&Arc<str>> = columns.iter().collect();
        let leads_here = |constraint: &crate::schema::Constraint| {
            matches!(&constraint.body, ConstraintBody::ForeignKey(key)
                if key.table.id(Space::Relation, dialect) == *id && key.referenced.iter().collect::<BTreeSet<_>>() == wanted)
        };
        // Another key on the same columns may be the one that is used.
        let others = self.indexes(id).iter().filter(|index| {
            index.is_unique
                && index.parts.iter().map(|part| &part.expr.written).collect::<BTreeSet<_>>() == wanted
        });
        if others.count() > 1 {
            return true;
        }
        let mut keys = Vec::new();
        let own = self.schema.get(id).map(|object| (id, object));
        for (other, object) in self.schema.dependents(id).chain(own) {
            if let ObjectBody::Table(table) = &object.body {
                let found = table.constraints.iter().filter(|constraint| leads_here(constraint));
                keys.extend(found.filter_map(|key| Some((other.clone(), key.name.clone()?))));
            }
        }
        if cascade {
            keys.iter().for_each(|(other, key)| self.remove_part(other, key));
            return true;
        }
        let Some((other, key)) = keys.first() else { return true };
        let message = format!(
            "constraint `{}` cannot be dropped: the foreign key `{key}` of `{}` needs it",
            name.text,
            self.shown(other)
        );
        self.wrong("still-needed", name.at, message)
            .helps
            .push("drop that first, or both with `CASCADE`".to_owned());
        false
    }
}

/// Whether a need is that of a foreign key.
pub(super) fn is_key(object: &Object, need: &Need) -> bool {
    let ObjectBody::Table(table) = &object.body else { return false };
    table.constraints.iter().any(|constraint| {
        matches!(constraint.body, ConstraintBody::ForeignKey(_))
            && constraint.name == need.by
            && !constraint.may_be_missing
    })
}
