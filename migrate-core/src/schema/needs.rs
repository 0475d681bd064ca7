//! What a table cannot be without.

use std::collections::BTreeSet;

use super::{BaseType, ConstraintBody, Need, ObjectName, Space, Table, Type};
use crate::dialect::Dialect;

impl Table {
    /// What it needs by its shape: types, other tables, the functions of its triggers.
    pub fn needs(&self, dialect: Dialect) -> BTreeSet<Need> {
        let mut needs = BTreeSet::new();
        let need = |name: &ObjectName, space: Space| name.id(space, dialect);
        for column in &self.columns {
            let by = Some(column.name.clone());
            if let Some(name) = column.data_type.made() {
                // The rows of a table are a type, too.
                for space in [Space::Type, Space::Relation] {
                    let object = need(name, space);
                    needs.insert(Need { object, part: None, by: by.clone(), is_automatic: false });
                }
            }
            for name in &column.uses {
                needs.insert(Need { object: name.clone(), part: None, by: by.clone(), is_automatic: false });
            }
        }
        for constraint in &self.constraints {
            if let ConstraintBody::ForeignKey(key) = &constraint.body {
                let (object, by) = (need(&key.table, Space::Relation), constraint.name.clone());
                // MySQL and PostgreSQL refuse to drop what a key leads to.
                needs.insert(Need { object, part: None, by, is_automatic: false });
            }
        }
        let of_constraints = self.constraints.iter().map(|constraint| (&constraint.name, &constraint.uses));
        let names: Vec<_> =
            self.indexes.iter().map(|index| (Some(index.name.clone()), &index.uses)).collect();
        for (by, uses) in of_constraints.chain(names.iter().map(|(name, uses)| (name, *uses))) {
            for used in uses {
                needs.insert(Need { object: used.clone(), part: None, by: by.clone(), is_automatic: false });
            }
        }
        for parent in &self.inherits {
            let object = need(parent, Space::Relation);
            needs.insert(Need { object, part: None, by: None, is_automatic: self.is_part() });
        }
        for trigger in &self.triggers {
            if let Some(function) = &trigger.function {
                let object = need(function, Space::Routine);
                needs.insert(Need {
                    object,
                    part: None,
                    by: Some(trigger.name.clone()),
                    is_automatic: false,
                });
            }
        }
        needs
    }
}

impl Type {
    /// The name of the type that was made, if it is one.
    pub fn made(&self) -> Option<&ObjectName> {
        match &self.base {
            BaseType::Made(name) => Some(name),
            BaseType::BuiltIn(_) | BaseType::Unknown(_) => None,
        }
    }
}
