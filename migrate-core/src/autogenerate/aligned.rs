//! Names that nobody chose.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::dialect::Dialect;
use crate::diff::is_same_constraint;
use crate::schema::{
    Certainty, Constraint, Need, Object, ObjectBody, ObjectId, ObjectName, Schema, Space, SqlText, Table,
};

/// The schema that is wanted, where what its author left to the database keeps the names that it has in `base`: those of
/// constraints, with their indexes, and of the sequences of columns that count.
pub fn aligned(base: &Schema, wanted: &Schema) -> Schema {
    let mut out = wanted.clone();
    for id in base.changed(wanted) {
        let (Some(before), Some(after)) = (base.table(&id), wanted.table(&id)) else { continue };
        let Some(object) = wanted.get(&id) else { continue };
        let mut table = after.clone();
        let renamed = constraints(base, wanted, before, &mut table);
        let sequences = sequences(base, wanted, &object.name, before, &mut table);
        // The sequence of an identity is in no default.
        if table == *after && sequences.is_empty() {
            continue;
        }
        let schema = &object.name.schema;
        let at = |name: &Arc<str>| ObjectName::new(Arc::clone(schema), Arc::clone(name));
        // What PostgreSQL's indexes are called, no table is.
        let has_relations = base.dialect() == Dialect::Postgres;
        let taken: Vec<(ObjectName, Option<Arc<Object>>)> = renamed
            .iter()
            .filter(|_| has_relations)
            .map(|(old, new)| (at(new), out.remove(&at(old).id(Space::Relation, base.dialect()))))
            .collect();
        out.change(&id, |object| object.body = ObjectBody::Table(table));
        for (name, index) in taken {
            if let Some(index) = index {
                let index = Object { name: name.clone(), ..Object::clone(&index) };
                out.insert(name.id(Space::Relation, base.dialect()), index);
            }
        }
        for (old, new) in sequences {
            out.remove(&old);
            if let Some(sequence) = base.get(&new) {
                out.insert(new, sequence.clone());
            }
        }
    }
    if base.dialect() == Dialect::Postgres {
        name_new_keys(base, &mut out);
    }
    out
}

/// The keys of new tables get other names where tables that are there keep the ones that would be made up for them.
fn name_new_keys(base: &Schema, out: &mut Schema) {
    for id in base.changed(out) {
        if base.get(&id).is_some() || out.table(&id).is_none() {
            continue;
        }
        let Some(object) = out.get(&id).cloned() else { continue };
        let ObjectBody::Table(mut table) = object.body else { continue };
        let at = |name: &str| ObjectName::new(Arc::clone(&object.name.schema), name);
        let mut made = vec![];
        for constraint in table.constraints.iter_mut().filter(|constraint| constraint.is_name_made_up) {
            let Some(index) = table.indexes.iter_mut().find(|index| index.constraint == constraint.name)
            else {
                continue;
            };
            let relation = |name: &str| out.get(&at(name).id(Space::Relation, Dialect::Postgres));
            let is_others = matches!(relation(&index.name), Some(Object { body: ObjectBody::Index { table }, .. })
                if *table != object.name);
            if !is_others {
                continue;
            }
            let mut numbered = (1_u32..).map(|number| format!("{}{number}", index.name));
            let Some(free) = numbered.find(|name| relation(name).is_none() && !made.contains(name)) else {
                continue;
            };
            index.name = free.as_str().into();
            index.constraint = Some(Arc::clone(&index.name));
            constraint.name = Some(Arc::clone(&index.name));
            made.push(free);
        }
        if made.is_empty() {
            continue;
        }
        out.change(&id, |object| object.body = ObjectBody::Table(table));
        for name in made {
            let need = Need { object: id.clone(), part: None, by: None, is_automatic: true };
            let index = Object {
                name: at(&name),
                body: ObjectBody::Index { table: object.name.clone() },
                comment: None,
                certainty: Certainty::Certain,
                needs: [need].into(),
            };
            out.insert(index.name.id(Space::Relation, Dialect::Postgres), index);
        }
    }
}

/// Gives constraints whose names were made up those of the same ones in the base: old and new names.
fn constraints(
    base: &Schema,
    wanted: &Schema,
    before: &Table,
    table: &mut Table,
) -> BTreeMap<Arc<str>, Arc<str>> {
    let mut renamed = BTreeMap::new();
    let has = |list: &[Constraint], own: &Constraint| {
        own.name.is_some() && list.iter().any(|other| other.name == own.name)
    };
    // Those that have their own name in both are the same, and nobody else's.
    let mut free: Vec<&Constraint> =
        before.constraints.iter().filter(|own| !has(&table.constraints, own)).collect();
    for constraint in &mut table.constraints {
        if !constraint.is_name_made_up || has(&before.constraints, constraint) {
            continue;
        }
        let is_same = |own: &&Constraint| is_same_constraint(base, wanted, own, constraint);
        // SQLite may have several without a name.
        let unnamed = free.iter().position(|own| own.name == constraint.name && is_same(own));
        let Some(place) = unnamed.or_else(|| free.iter().position(is_same)) else { continue };
        let own = free.remove(place);
        if let (Some(old), Some(new)) = (&constraint.name, &own.name) {
            renamed.insert(Arc::clone(old), Arc::clone(new));
        }
        constraint.name.clone_from(&own.name);
        constraint.is_name_made_up = own.is_name_made_up;
    }
    for index in &mut table.indexes {
        if let Some(new) = index.constraint.as_ref().and_then(|own| renamed.get(own)) {
            index.name = Arc::clone(new);
            index.constraint = Some(Arc::clone(new));
        }
    }
    renamed
}

/// Gives columns that count their sequences of the base: where the ones and the others are.
fn sequences(
    base: &Schema,
    wanted: &Schema,
    name: &ObjectName,
    before: &Table,
    table: &mut Table,
) -> Vec<(ObjectId, ObjectId)> {
    let mut all = Vec::new();
    for column in &mut table.columns {
        let Some(old) = before.columns.iter().find(|old| old.name == column.name) else { continue };
        let made_up = ObjectName::new(Arc::clone(&name.schema), format!("{}_{}_seq", name.name, column.name));
        let is_own = |schema: &Schema, id: &ObjectId| {
            matches!(schema.get(id), Some(Object { body: ObjectBody::Sequence(sequence), .. })
                if sequence.owned_by.as_ref().is_some_and(|(owner, own)| owner == name && *own == column.name))
        };
        let made_up_id = made_up.id(Space::Relation, base.dialect());
        if !is_own(wanted, &made_up_id) || is_own(base, &made_up_id) {
            continue;
        }
        let counts =
            column.default.as_ref() == Some(&SqlText::sequence(&made_up)) || column.identity.is_some();
        // The sequence that the column of the base counts with.
        let own = base.dependents(&name.id(Space::Relation, base.dialect())).find(|(id, _)| is_own(base, id));
        let Some((own, object)) = own.filter(|_| counts) else { continue };
        let has = old.default.as_ref() == Some(&SqlText::sequence(&object.name));
        if has && column.identity.is_none() || old.identity.is_some() && column.identity.is_some() {
            column.default.clone_from(&old.default);
            column.uses.clone_from(&old.uses);
            all.push((made_up_id, own.clone()));
        }
    }
    all
}
