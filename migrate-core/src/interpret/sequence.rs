//! Sequences.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::create_table::options;
use super::lookup::Found;
use super::run::Run;
use crate::ddl::{AlterSequence, CreateSequence, Ident, Path};
use crate::schema::{Need, Object, ObjectBody, ObjectId, ObjectName, Sequence, Space, Type};

impl Run<'_> {
    pub(super) fn create_sequence(&mut self, create: &CreateSequence) {
        let Some(name) = self.fresh(&create.name, Space::Relation, create.if_not_exists, "duplicate-table")
        else {
            return;
        };
        let data_type =
            create.data_type.as_ref().map_or_else(|| Type::built_in("bigint"), |name| self.data_type(name));
        let owned_by = create.owned_by.as_ref().and_then(|(table, column)| self.owner(table, column));
        let needs = self.need_of_owner(owned_by.as_ref());
        let sequence = Sequence {
            options: Sequence::settled(&data_type, &options(&create.options)),
            data_type,
            owned_by,
            is_temporary: create.is_temporary,
        };
        self.put(name, Space::Relation, ObjectBody::Sequence(sequence), needs);
    }

    fn owner(&mut self, table: &Path, column: &Ident) -> Option<(ObjectName, Arc<str>)> {
        let id = self.relation(table, "table")?;
        let column = self.column(&id, column)?;
        Some((self.schema.get(&id)?.name.clone(), column.name))
    }

    fn need_of_owner(&self, owner: Option<&(ObjectName, Arc<str>)>) -> BTreeSet<Need> {
        let need = |(table, column): &(ObjectName, Arc<str>)| Need {
            object: self.id(table, Space::Relation),
            part: Some(column.clone()),
            by: None,
            is_automatic: true,
        };
        owner.map(need).into_iter().collect()
    }

    pub(super) fn alter_sequence(&mut self, alter: &AlterSequence) {
        let id = match self.find(&alter.name, Space::Relation) {
            Found::Known(id) => id,
            Found::Missing if !alter.if_exists => return drop(self.relation(&alter.name, "sequence")),
            Found::Unknown | Found::Missing => return,
        };
        let identity = self.identity_of(&id);
        if let (Some((table, column)), true) = (&identity, alter.owned_by.is_some()) {
            let message = format!("the sequence belongs to the identity column `{column}` of `{table}`");
            self.wrong("still-needed", alter.name.at(), message);
            return;
        }
        let owned_by = alter
            .owned_by
            .as_ref()
            .map(|owner| owner.as_ref().and_then(|(table, column)| self.owner(table, column)));
        let needs = owned_by.as_ref().map(|owner| self.need_of_owner(owner.as_ref()));
        let data_type = alter.data_type.as_ref().map(|name| self.data_type(name));
        let changed = options(&alter.options);
        if let Some((table, column)) = &identity {
            // Told with the column.
            let table = self.id(table, Space::Relation);
            self.schema.change(&id, |object| {
                if let (ObjectBody::Sequence(sequence), Some(data_type)) = (&mut object.body, data_type) {
                    sequence.data_type = data_type;
                }
            });
            return self.change_table(&table, |table| {
                for own in table.columns.iter_mut().filter(|own| own.name == *column) {
                    if let Some(identity) = &mut own.identity {
                        let of = &own.data_type;
                        identity.options = Sequence::altered(of, &identity.options, of, changed.clone());
                    }
                }
            });
        }
        self.schema.change(&id, |object| {
            if let ObjectBody::Sequence(sequence) = &mut object.body {
                let data_type = data_type.unwrap_or_else(|| sequence.data_type.clone());
                sequence.options =
                    Sequence::altered(&sequence.data_type, &sequence.options, &data_type, changed);
                sequence.data_type = data_type;
                if let (Some(owned_by), Some(needs)) = (owned_by, needs) {
                    sequence.owned_by = owned_by;
                    object.needs = needs;
                }
            }
        });
        self.touched.push(id);
    }

    /// The identity column whose sequence this is. If it owns several, nobody knows which of them it counts with.
    pub(super) fn identity_of(&self, id: &ObjectId) -> Option<(ObjectName, Arc<str>)> {
        let ObjectBody::Sequence(sequence) = &self.schema.get(id)?.body else { return None };
        let (table, column) = sequence.owned_by.as_ref()?;
        let of = self.schema.table(&self.id(table, Space::Relation))?;
        let counts = of.columns.iter().any(|own| own.name == *column && own.identity.is_some());
        let is_owned = |object: &Object| matches!(&object.body, ObjectBody::Sequence(other) if other.owned_by == sequence.owned_by);
        let table_id = self.id(table, Space::Relation);
        let owned = self.schema.dependents(&table_id);
        let is_only = owned.filter(|(_, object)| is_owned(object)).count() == 1;
        (counts && is_only).then(|| (table.clone(), column.clone()))
    }
}
