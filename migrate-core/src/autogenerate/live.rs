//! A live database beside a history: what it adds to that, and what in it is somebody else's.

use crate::schema::{Certainty, Object, ObjectBody, ObjectId, ObjectName, Schema, Space};

/// What the history makes; where it does not know it for sure, what the live database has.
pub fn known(history: &Schema, live: &Schema) -> Schema {
    let is_certain = |object: &Object| object.certainty == Certainty::Certain;
    let unknown: Vec<ObjectId> = history
        .objects()
        .iter()
        .filter(|(_, object)| !is_certain(object))
        .map(|(id, _)| id.clone())
        .collect();
    let mut out = history.clone();
    for id in unknown {
        match live.get(&id) {
            Some(object) => out.insert(id, object.clone()),
            None => drop(out.remove(&id)),
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
