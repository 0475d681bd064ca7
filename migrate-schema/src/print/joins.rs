//! Which tables diesel's command says can be joined.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use migrate_core::dialect::Dialect;
use migrate_core::schema::{Constraint, ConstraintBody, Space};

use super::Server;
use super::found::{Finder, Key, Listed, Table, primary_key, whole};
use super::names::{Name, rust_name};
use crate::diesel_toml::Together;

/// A foreign key.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct ForeignKey {
    pub(super) child: Name,
    pub(super) parent: Name,
    columns: Vec<String>,
    referenced: Vec<String>,
}

impl ForeignKey {
    /// The column as Rust has it.
    pub(super) fn column(&self) -> String {
        self.columns.first().map(|column| rust_name(column, Some(&self.child.rust))).unwrap_or_default()
    }

    /// Both tables, whichever has the key.
    fn tables(&self) -> (&Name, &Name) {
        if self.child < self.parent { (&self.child, &self.parent) } else { (&self.parent, &self.child) }
    }
}

/// The foreign keys by which one would join, in their order: those of one column that lead to the primary key of another
/// table, the only ones between the two.
pub(super) fn joins(finder: &Finder<'_>, listed: &[Listed<'_>], tables: &[Table<'_>]) -> Vec<ForeignKey> {
    let mut all: Vec<ForeignKey> = listed.iter().flat_map(|child| foreign_keys(finder, child)).collect();
    all.sort();
    let mut between: BTreeMap<(&Name, &Name), usize> = BTreeMap::new();
    for key in &all {
        *between.entry(key.tables()).or_default() += 1;
    }
    let printed: BTreeSet<&Name> = tables.iter().map(|table| &table.name).collect();
    let keys: BTreeMap<&str, Key<'_>> = listed
        .iter()
        .filter_map(|listed| Some((&*listed.object.name.name, primary_key(listed.table, finder.dialect())?)))
        .collect();
    let leads_to_key = |key: &ForeignKey| match (keys.get(key.parent.sql.as_str()), key.referenced.first()) {
        (Some(Key::Columns(columns)), Some(referenced)) => columns[..] == [referenced.as_str()],
        (Some(Key::Hidden(hidden)), Some(referenced)) => hidden == referenced,
        _ => false,
    };
    let is_safe = |key: &&ForeignKey| {
        key.child != key.parent
            && printed.contains(&key.child)
            && printed.contains(&key.parent)
            && key.columns.len() == 1
            && leads_to_key(key)
            && between.get(&key.tables()) == Some(&1)
    };
    all.iter().filter(is_safe).cloned().collect()
}

fn foreign_keys(finder: &Finder<'_>, child: &Listed<'_>) -> Vec<ForeignKey> {
    let dialect = finder.dialect();
    let is_there =
        |constraint: &&Constraint| !constraint.may_be_missing || finder.options.server != Some(Server::Mysql);
    let whole = whole(finder.schema, child.table).map(|whole| whole.constraints.as_slice());
    let constraints = child.table.constraints.iter().chain(whole.unwrap_or_default());
    let keys = constraints.filter(is_there).filter_map(|constraint| match &constraint.body {
        ConstraintBody::ForeignKey(key) if *key.table.schema == *finder.namespace() => Some(key),
        _ => None,
    });
    let texts = |names: &[Arc<str>]| names.iter().map(ToString::to_string).collect::<Vec<_>>();
    let mut all: Vec<ForeignKey> = Vec::new();
    for key in keys {
        let new = ForeignKey {
            child: finder.name(&child.object.name.name),
            parent: finder.name(&key.table.name),
            columns: texts(&key.columns),
            referenced: texts(&key.referenced),
        };
        match dialect {
            // All keys between two tables are taken for one.
            Dialect::Postgres => match all.iter_mut().find(|other| other.parent == new.parent) {
                Some(other) => {
                    other.columns.extend(new.columns);
                    other.referenced.extend(new.referenced);
                }
                None => all.push(new),
            },
            Dialect::Mysql => all.push(new),
            // Each column is taken for a key.
            Dialect::Sqlite => {
                let referenced = match key.referenced.is_empty() {
                    false => new.referenced.into_iter().map(|column| vec![column]).collect(),
                    true => vec![implied(finder, key); new.columns.len()],
                };
                all.extend(new.columns.into_iter().zip(referenced).map(|(column, referenced)| ForeignKey {
                    child: new.child.clone(),
                    parent: new.parent.clone(),
                    columns: vec![column],
                    referenced,
                }));
            }
        }
    }
    all
}

/// The columns that a key of SQLite means that names none.
fn implied(finder: &Finder<'_>, key: &migrate_core::schema::ForeignKey) -> Vec<String> {
    let table = finder.schema.table(&key.table.id(Space::Relation, Dialect::Sqlite));
    match table.and_then(|table| primary_key(table, Dialect::Sqlite)) {
        Some(Key::Columns(columns)) => columns.into_iter().map(str::to_owned).collect(),
        Some(Key::Hidden(hidden)) => vec![hidden.to_owned()],
        None => vec![],
    }
}

/// The tables that are said to appear in one query, group by group.
pub(super) fn together<'t>(
    how: Together,
    tables: &'t [Table<'_>],
    keys: &'t [ForeignKey],
) -> Vec<Vec<&'t Name>> {
    let mut groups = match how {
        Together::None => vec![],
        Together::All => vec![tables.iter().map(|table| &table.name).collect()],
        Together::Related => related(tables, keys),
    };
    groups.retain(|group: &Vec<&Name>| group.len() >= 2);
    groups
}

/// The tables that foreign keys join, sorted, and the groups by their first tables.
fn related<'t>(tables: &'t [Table<'_>], keys: &'t [ForeignKey]) -> Vec<Vec<&'t Name>> {
    let mut near: BTreeMap<&Name, Vec<&Name>> = BTreeMap::new();
    for key in keys {
        near.entry(&key.child).or_default().push(&key.parent);
        near.entry(&key.parent).or_default().push(&key.child);
    }
    let mut seen: BTreeSet<&Name> = BTreeSet::new();
    let mut groups = Vec::new();
    for table in tables {
        let mut group = Vec::new();
        let mut open = vec![&table.name];
        while let Some(name) = open.pop() {
            if seen.insert(name) {
                group.push(name);
                open.extend(near.get(name).into_iter().flatten());
            }
        }
        group.sort();
        groups.push(group);
    }
    groups.sort();
    groups
}
