//! What looks as if it had another name.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::Rename;
use crate::change::{Change, Operation};
use crate::schema::{
    BaseType, Column, Object, ObjectBody, ObjectId, ObjectName, Schema, Table, TableKind, Type,
};

/// Something that looks as if it had another name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// What would be renamed.
    pub rename: Rename,
    /// What is said of it: the types of columns, how many columns tables share.
    pub because: String,
}

/// How many tables that go and come are compared with each other one by one.
const MANY: usize = 2_500;

/// What is gone and what is new and may be the same: columns of one table, with types that are alike, and tables with mostly the
/// same columns. The likelier ones come first.
pub fn candidates(before: &Schema, wanted: &Schema) -> Vec<Candidate> {
    let mut out = Vec::new();
    let (mut gone, mut new) = (Vec::new(), Vec::new());
    for id in before.changed(wanted) {
        match (plain_table(before, &id), plain_table(wanted, &id)) {
            (Some(old), Some(table)) => columns(&old.0, old.1, table.1, &mut out),
            (Some(old), None) if wanted.get(&id).is_none() => gone.push(old),
            (None, Some(table)) if before.get(&id).is_none() => new.push(table),
            _ => {}
        }
    }
    tables(&gone, &new, &mut out);
    out
}

/// What a reader has to know of an operation that takes something away which may have another name.
pub(super) fn suggestions(operation: &Operation, candidates: &[Candidate]) -> Vec<String> {
    let is_gone = |rename: &Rename| match operation {
        Operation::Object { name, change: Change { before: Some(_), after: None } } => {
            rename.column.is_none() && rename.table == *name
        }
        Operation::Column { table, change: Change { before: Some(column), after: None } } => {
            rename.table == *table && rename.column.as_ref() == Some(&column.name)
        }
        Operation::Rebuild { table, .. } => rename.table == *table && rename.column.is_some(),
        _ => false,
    };
    let gone = candidates.iter().filter(|candidate| is_gone(&candidate.rename));
    gone.map(|candidate| format!("or is it a rename? `--rename {}` keeps the data", candidate.rename))
        .collect()
}

fn plain_table<'s>(schema: &'s Schema, id: &ObjectId) -> Option<(ObjectName, &'s Table)> {
    match schema.get(id)? {
        Object { name, body: ObjectBody::Table(table), .. } if table.kind == TableKind::Plain => {
            Some((name.clone(), table))
        }
        _ => None,
    }
}

fn columns(name: &ObjectName, before: &Table, wanted: &Table, out: &mut Vec<Candidate>) {
    let has = |table: &Table, own: &Column| {
        table.columns.iter().any(|column| column.name.eq_ignore_ascii_case(&own.name))
    };
    let is_given = |column: &&Column| column.generated.is_none() && column.is_local;
    let gone: Vec<&Column> =
        before.columns.iter().filter(is_given).filter(|column| !has(wanted, column)).collect();
    let new: Vec<&Column> =
        wanted.columns.iter().filter(is_given).filter(|column| !has(before, column)).collect();
    for old in gone {
        let mut alike: Vec<&Column> =
            new.iter().copied().filter(|column| are_alike(&old.data_type, &column.data_type)).collect();
        alike.sort_by_key(|column| (column.data_type != old.data_type, column.not_null != old.not_null));
        // Nobody answers more questions than that.
        for column in alike.into_iter().take(3) {
            let because = match old.data_type == column.data_type {
                true => format!("both are {}", old.data_type),
                false => format!("{} and {}", old.data_type, column.data_type),
            };
            let rename = Rename {
                table: name.clone(),
                column: Some(Arc::clone(&old.name)),
                to: Arc::clone(&column.name),
            };
            out.push(Candidate { rename, because });
        }
    }
}

fn tables(gone: &[(ObjectName, &Table)], new: &[(ObjectName, &Table)], out: &mut Vec<Candidate>) {
    let shape = |table: &Table| -> BTreeSet<(String, Type)> {
        table.columns.iter().map(|own| (own.name.to_ascii_lowercase(), own.data_type.clone())).collect()
    };
    let mut by_shape = BTreeMap::<_, Vec<usize>>::new();
    let shapes: Vec<_> = new.iter().map(|(_, table)| shape(table)).collect();
    for (place, shape) in shapes.iter().enumerate() {
        by_shape.entry(shape).or_default().push(place);
    }
    for (name, table) in gone {
        let own = shape(table);
        // Of many tables only those with the very same columns.
        let places: Vec<usize> = match gone.len() * new.len() <= MANY {
            true => (0..new.len()).collect(),
            false => by_shape.get(&own).cloned().unwrap_or_default(),
        };
        let mut alike: Vec<(usize, usize, usize)> = Vec::new();
        for place in places {
            let all = own.len().max(shapes[place].len());
            let same = own.intersection(&shapes[place]).count();
            if new[place].0.schema == name.schema && same * 2 > all {
                alike.push((all - same, same, place));
            }
        }
        alike.sort_unstable();
        for (_, same, place) in alike.into_iter().take(3) {
            let because = format!("{same} of {} columns are the same", own.len().max(shapes[place].len()));
            let to = Arc::clone(&new[place].0.name);
            out.push(Candidate { rename: Rename { table: name.clone(), column: None, to }, because });
        }
    }
}

/// Whether values of one type may well become values of the other.
fn are_alike(one: &Type, other: &Type) -> bool {
    let is_text = |data_type: &Type| match &data_type.base {
        BaseType::BuiltIn(name) => {
            ["char", "text", "clob"].iter().any(|word| name.contains(word)) && !data_type.is_array
        }
        _ => false,
    };
    one.base == other.base && one.is_array == other.is_array || is_text(one) && is_text(other)
}
