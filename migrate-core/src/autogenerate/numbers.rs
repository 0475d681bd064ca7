//! The numbers of MySQL's foreign keys, which a later revision may name.
//!
//! Whoever leaves the name of a key to the server gets the table's with a number: the next one, also for a key that goes and comes
//! back. A revision that drops the key by its old name would then fail when it is run for the second time. So on the way back such
//! a key is given the name that it had. Its index, which follows that name, gets its own again.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::change::{Change, Operation};
use crate::dialect::Dialect;
use crate::diff::is_same_constraint;
use crate::schema::{Constraint, ConstraintBody, ObjectBody, ObjectId, ObjectName, Schema, Table};

/// The names of foreign keys that another schema has under other numbers.
pub(super) fn of_keys(returned: &Schema, wanted: &Schema) -> BTreeSet<Arc<str>> {
    let mut names = BTreeSet::new();
    for (before, _, after) in tables(returned, wanted) {
        let keys = |table: &Table| -> Vec<Constraint> {
            let is_key = |own: &&Constraint| matches!(own.body, ConstraintBody::ForeignKey(_));
            table.constraints.iter().filter(is_key).cloned().collect()
        };
        let there = keys(before);
        for key in keys(after).into_iter().filter(|key| key.is_name_made_up) {
            let is_same = |own: &&Constraint| is_same_constraint(returned, wanted, own, &key);
            let has_name = |own: &Constraint| own.name == key.name;
            let mut same = there.iter().filter(is_same).peekable();
            if same.peek().is_some() && !same.any(has_name) {
                names.extend(key.name);
            }
        }
    }
    names
}

/// What gives the indexes of these foreign keys the names that they are to have.
pub(super) fn of_indexes(keys: &BTreeSet<Arc<str>>, returned: &Schema, wanted: &Schema) -> Vec<Operation> {
    let mut all = vec![];
    for (before, name, after) in tables(returned, wanted) {
        for index in before.indexes.iter().filter(|index| index.is_implicit && keys.contains(&index.name)) {
            let has = |own: &str| before.indexes.iter().any(|other| other.name.eq_ignore_ascii_case(own));
            let new = after.indexes.iter().find(|new| new.columns == index.columns && !has(&new.name));
            all.extend(new.map(|new| Operation::Index {
                table: name.clone(),
                change: Change::alter(index.clone(), new.clone()),
            }));
        }
    }
    all
}

/// The tables that MySQL has in both and that are not the same.
fn tables<'s>(
    before: &'s Schema,
    after: &'s Schema,
) -> impl Iterator<Item = (&'s Table, &'s ObjectName, &'s Table)> {
    let changed: Vec<ObjectId> = match after.dialect() {
        Dialect::Mysql => before.changed(after).into_iter().collect(),
        Dialect::Postgres | Dialect::Sqlite => vec![],
    };
    changed.into_iter().filter_map(|id| match (before.table(&id), after.get(&id)) {
        (Some(before), Some(object)) => match &object.body {
            ObjectBody::Table(after) => Some((before, &object.name, after)),
            _ => None,
        },
        _ => None,
    })
}
