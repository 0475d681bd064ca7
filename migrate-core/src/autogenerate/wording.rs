//! A database prints expressions in its own way.

use std::collections::BTreeMap;

use crate::schema::{Difference, ObjectBody, ObjectId, Routine, Schema, Table};

/// A database's schema in the words of its history: where the two differ in nothing but how an expression is spelled, it is
/// spelled as the history has it. Such a difference is nothing to change.
pub fn as_written(database: &Schema, history: &Schema) -> Schema {
    let mut by_object = BTreeMap::<ObjectId, Vec<Difference>>::new();
    for difference in history.differences(database) {
        by_object.entry(difference.id.clone()).or_default().push(difference);
    }
    let mut out = database.clone();
    for (id, differences) in by_object {
        let Some(written) = history.get(&id).filter(|_| database.get(&id).is_some()) else { continue };
        let is_same_body = || match (&written.body, database.get(&id).map(|object| &object.body)) {
            (ObjectBody::Routines(written), Some(ObjectBody::Routines(found))) => {
                have_same_bodies(written, found)
            }
            _ => true,
        };
        if differences.iter().all(|difference| difference.is_text_only) && is_same_body() {
            out.insert(id, written.clone());
            continue;
        }
        let ObjectBody::Table(written) = &written.body else { continue };
        out.change(&id, |object| {
            if let ObjectBody::Table(table) = &mut object.body {
                let of_text = differences.iter().filter(|difference| difference.is_text_only);
                of_text.for_each(|difference| take(table, written, &difference.about));
            }
        });
    }
    out
}

/// Whether routines do the same: a body that is kept as a text is kept as it was written.
fn have_same_bodies(written: &[Routine], found: &[Routine]) -> bool {
    let is_other = |own: &Routine| {
        found.iter().any(|other| {
            own.arguments == other.arguments
                && own.digest.zip(other.digest).is_some_and(|(own, other)| own != other)
        })
    };
    !written.iter().any(is_other)
}

/// Takes over a part of a table: `column name`.
fn take(table: &mut Table, written: &Table, about: &str) {
    let Some((kind, own)) = about.split_once(' ') else { return };
    match kind {
        "column" => {
            let old = written.columns.iter().find(|column| *column.name == *own);
            let new = table.columns.iter_mut().find(|column| column.name.eq_ignore_ascii_case(own));
            if let (Some(old), Some(new)) = (old, new) {
                new.default.clone_from(&old.default);
                new.generated.clone_from(&old.generated);
                new.on_update.clone_from(&old.on_update);
            }
        }
        "constraint" => {
            let old = written.constraints.iter().find(|own_| own_.name.as_deref() == Some(own));
            let new = table.constraints.iter_mut().find(|own_| own_.name.as_deref() == Some(own));
            if let (Some(old), Some(new)) = (old, new) {
                new.body.clone_from(&old.body);
            }
        }
        "index" => {
            let old = written.indexes.iter().find(|index| *index.name == *own);
            let new = table.indexes.iter_mut().find(|index| *index.name == *own);
            if let (Some(old), Some(new)) = (old, new) {
                new.parts.clone_from(&old.parts);
                new.predicate.clone_from(&old.predicate);
            }
        }
        "trigger" => {
            let old = written.triggers.iter().find(|trigger| *trigger.name == *own);
            let new = table.triggers.iter_mut().find(|trigger| *trigger.name == *own);
            if let (Some(old), Some(new)) = (old, new) {
                new.text.clone_from(&old.text);
            }
        }
        _ => {}
    }
}
