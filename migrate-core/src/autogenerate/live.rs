//! A live database as what a revision begins with.

use crate::schema::{Certainty, Object, ObjectBody, ObjectId, ObjectName, Schema, Space};

/// What the history makes, where it does not know it for sure as the live database has it.
pub fn known(chain: &Schema, live: &Schema) -> Schema {
    let mut out = chain.clone();
    let all: Vec<ObjectId> = chain.objects().iter().map(|(id, _)| id.clone()).collect();
    for id in all {
        if chain.get(&id).is_none_or(|object| object.certainty == Certainty::Certain) {
            continue;
        }
        match live.get(&id) {
            Some(object) => out.insert(id, object.clone()),
            None => drop(out.remove(&id)),
        }
    }
    // The indexes of tables that were taken over are among the relations, too.
    for (id, object) in live.objects().iter() {
        if let ObjectBody::Index { table } = &object.body
            && out.get(id).is_none()
            && out
                .table(&table.id(Space::Relation, out.dialect()))
                .is_some_and(|table| table.indexes.iter().any(|index| index.name == object.name.name))
        {
            out.insert(id.clone(), object.clone());
        }
    }
    out.may_have_others = false;
    out
}

/// The objects of a live database that neither of two schemas knows: nobody here made them, and nobody wants them. What hangs on
/// a table or view that one of them knows is that one's business.
pub fn strangers(live: &Schema, chain: &Schema, wanted: &Schema) -> Vec<ObjectId> {
    let is_known = |id: &ObjectId| chain.get(id).is_some() || wanted.get(id).is_some();
    let hangs_on_known = |object: &Object| {
        match &object.body {
            ObjectBody::Index { table } | ObjectBody::Other(_, Some(table)) => Some(table),
            ObjectBody::Sequence(sequence) => sequence.owned_by.as_ref().map(|(table, _)| table),
            _ => None,
        }
        .is_some_and(|owner: &ObjectName| is_known(&owner.id(Space::Relation, live.dialect())))
    };
    let all = live.objects().iter().filter(|(id, object)| !is_known(id) && !hangs_on_known(object));
    all.map(|(id, _)| id.clone()).collect()
}
