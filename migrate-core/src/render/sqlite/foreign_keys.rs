//! Whether SQLite may look at foreign keys while a table goes or is made anew.
//!
//! It deletes the rows of a table before it drops it, and does to those that lead there what their keys say: with `CASCADE` they
//! are gone. A table that is made anew is dropped, too.

use std::collections::{BTreeMap, BTreeSet};

use crate::change::{Change, Operation};
use crate::ddl::ReferentialAction;
use crate::dialect::Dialect;
use crate::schema::{ConstraintBody, ForeignKey, Index, ObjectBody, ObjectId, Schema, Space};

/// Whether it may during these operations.
pub(in crate::render) fn may_be_looked_at(operations: &[Operation], before: &Schema, after: &Schema) -> bool {
    let is_about = |operation: &&Operation| {
        matches!(
            operation,
            Operation::Rebuild { .. }
                | Operation::Object {
                    change: Change { before: Some(ObjectBody::Table(_)), after: None },
                    ..
                }
        )
    };
    if !operations.iter().any(|operation| is_about(&operation)) {
        return true;
    }
    let keys = [Keys::of(before), Keys::of(after)];
    let id = |name: &crate::schema::ObjectName| name.id(Space::Relation, Dialect::Sqlite);
    let of_indexes = |is_meant: fn(&Change<Index>) -> bool| -> BTreeSet<ObjectId> {
        let all = operations.iter().filter_map(|operation| match operation {
            Operation::Index { table, change } if is_meant(change) => Some(id(table)),
            _ => None,
        });
        all.collect()
    };
    let indexed = of_indexes(|change| change.after.is_some());
    // Indexes go first. SQLite refuses to delete what leads to a table by a key that is none any more.
    let unindexed = of_indexes(|change| change.before.as_ref().is_some_and(|index| index.is_unique));
    let leads_to_none = |table: &ObjectId| {
        let mut own = keys_of(before, table);
        own.any(|key| unindexed.contains(&id(&key.table)))
    };
    let mut gone: BTreeSet<ObjectId> = BTreeSet::new();
    for operation in operations.iter().filter(is_about) {
        match operation {
            Operation::Object { name, .. } => {
                let table = id(name);
                let is_hurt = |owner: &ObjectId, key: &ForeignKey| match *owner == table {
                    // All rows go, and those that lead to others with them.
                    true => {
                        !matches!(key.on_delete, ReferentialAction::NoAction | ReferentialAction::Cascade)
                    }
                    false => !gone.contains(owner),
                };
                let mut all = keys.iter().flat_map(|keys| keys.to(&table));
                if all.any(|(owner, key)| is_hurt(owner, key)) || leads_to_none(&table) {
                    return false;
                }
                gone.insert(table);
            }
            Operation::Rebuild { table, .. } => {
                let table = id(table);
                let is_led_to = keys.iter().any(|keys| keys.to(&table).next().is_some());
                // What its rows lead to has to be there in full when they are put in.
                let is_open = |key: &ForeignKey| {
                    let target = id(&key.table);
                    indexed.contains(&target) || after.table(&target).is_none()
                };
                if is_led_to || leads_to_none(&table) || keys_of(after, &table).any(is_open) {
                    return false;
                }
            }
            _ => {}
        }
    }
    true
}

/// The foreign keys of a table.
fn keys_of<'s>(schema: &'s Schema, table: &ObjectId) -> impl Iterator<Item = &'s ForeignKey> + use<'s> {
    let constraints = schema.table(table).into_iter().flat_map(|table| &table.constraints);
    constraints.filter_map(|constraint| match &constraint.body {
        ConstraintBody::ForeignKey(key) => Some(key),
        _ => None,
    })
}

/// The foreign keys of a schema, by the table that they lead to.
struct Keys<'s>(BTreeMap<ObjectId, Vec<(&'s ObjectId, &'s ForeignKey)>>);

impl<'s> Keys<'s> {
    fn of(schema: &'s Schema) -> Self {
        let mut all = BTreeMap::<_, Vec<_>>::new();
        for (id, object) in schema.objects().iter() {
            let ObjectBody::Table(table) = &object.body else { continue };
            for constraint in &table.constraints {
                if let ConstraintBody::ForeignKey(key) = &constraint.body {
                    all.entry(key.table.id(Space::Relation, Dialect::Sqlite)).or_default().push((id, key));
                }
            }
        }
        Self(all)
    }

    fn to(&self, table: &ObjectId) -> impl Iterator<Item = (&'s ObjectId, &'s ForeignKey)> + use<'_, 's> {
        self.0.get(table).into_iter().flatten().copied()
    }
}
