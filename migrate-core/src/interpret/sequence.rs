//! Sequences.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::create_table::options;
use super::lookup::Found;
use super::run::Run;
use crate::ddl::{AlterSequence, CreateSequence, Ident, Path};
use crate::schema::{Need, ObjectBody, ObjectName, Sequence, Space, Type};

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
        let owned_by = alter
            .owned_by
            .as_ref()
            .map(|owner| owner.as_ref().and_then(|(table, column)| self.owner(table, column)));
        let needs = owned_by.as_ref().map(|owner| self.need_of_owner(owner.as_ref()));
        let data_type = alter.data_type.as_ref().map(|name| self.data_type(name));
        let changed = options(&alter.options);
        self.schema.change(&id, |object| {
            if let ObjectBody::Sequence(sequence) = &mut object.body {
                sequence.data_type = data_type.unwrap_or_else(|| sequence.data_type.clone());
                sequence.options.extend(changed);
                sequence.options = Sequence::settled(&sequence.data_type, &sequence.options);
                if let (Some(owned_by), Some(needs)) = (owned_by, needs) {
                    sequence.owned_by = owned_by;
                    object.needs = needs;
                }
            }
        });
        self.touched.push(id);
    }
}
