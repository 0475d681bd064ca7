//! What a table cannot be without.

use std::collections::BTreeSet;

use crate::dialect::Dialect;
use crate::schema::{BaseType, ConstraintBody, Need, ObjectName, Space, Table, Type};

/// The needs of a table that follow from its shape: types, other tables, the functions of its triggers.
pub(super) fn of_table(table: &Table, dialect: Dialect) -> BTreeSet<Need> {
    let mut needs = BTreeSet::new();
    let need = |name: &ObjectName, space: Space| name.id(space, dialect);
    for column in &table.columns {
        let by = Some(column.name.clone());
        if let Some(name) = made(&column.data_type) {
            let object = need(name, Space::Type);
            needs.insert(Need { object, part: None, by: by.clone(), is_automatic: false });
        }
        for name in &column.uses {
            needs.insert(Need { object: name.clone(), part: None, by: by.clone(), is_automatic: false });
        }
    }
    for constraint in &table.constraints {
        if let ConstraintBody::ForeignKey(key) = &constraint.body {
            let (object, by) = (need(&key.table, Space::Relation), constraint.name.clone());
            // MySQL and PostgreSQL refuse to drop what a key leads to.
            needs.insert(Need { object, part: None, by, is_automatic: false });
        }
    }
    for parent in &table.inherits {
        let object = need(parent, Space::Relation);
        needs.insert(Need { object, part: None, by: None, is_automatic: table.is_part() });
    }
    for trigger in &table.triggers {
        if let Some(function) = &trigger.function {
            let object = need(function, Space::Routine);
            needs.insert(Need { object, part: None, by: Some(trigger.name.clone()), is_automatic: false });
        }
    }
    needs
}

/// The type's name, if the schema has it.
pub(super) fn made(data_type: &Type) -> Option<&ObjectName> {
    match &data_type.base {
        BaseType::Made(name) => Some(name),
        BaseType::BuiltIn(_) | BaseType::Unknown(_) => None,
    }
}
