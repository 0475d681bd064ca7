//! Uniques, checks and indexes of a table that is there.
//!
//! What is declared without a name is the one of its columns, whatever that is called. What `migrate::table!` does not declare
//! goes, unless the table is `#[partial]`.

use std::sync::Arc;

use migrate_core::dialect::Dialect;
use migrate_core::schema::{Constraint, ConstraintBody, Index, SqlText, Table};

use super::draft::Draft;
use super::{Builder, Declared};
use crate::naming::{Named, name as named};

/// What of a table is declared.
struct Kept {
    constraints: Vec<bool>,
    indexes: Vec<bool>,
}

impl Builder<'_> {
    pub(super) fn merge_parts(&self, one: &Declared<'_>, table: &mut Table, draft: &Draft) {
        if one.table.more.is_none() {
            return;
        }
        let mut kept = Kept {
            constraints: vec![false; table.constraints.len()],
            indexes: vec![false; table.indexes.len()],
        };
        let mut new_constraints: Vec<Constraint> = Vec::new();
        for wanted in draft.table.constraints.iter().filter(|constraint| is_part(constraint)) {
            let is_named = wanted.name.as_ref().is_some_and(|name| draft.given.contains(&**name));
            if !self.keep_constraint(table, wanted, is_named, &mut kept) {
                new_constraints.push(wanted.clone());
            }
        }
        let mut new_indexes: Vec<Index> = Vec::new();
        for wanted in draft.table.indexes.iter().filter(|index| is_free(index)) {
            let is_named = draft.named_indexes.contains(&*wanted.name);
            if !self.keep_index(table, wanted, is_named, &mut kept) {
                new_indexes.push(wanted.clone());
            }
        }
        if one.is_asserted() {
            self.drop_parts(table, &kept, &new_indexes);
        }
        for constraint in new_constraints {
            let own = constraint.name.clone();
            let own = draft
                .table
                .indexes
                .iter()
                .filter(|index| index.constraint.is_some() && index.constraint == own);
            self.add_constraint(one, table, constraint, own.cloned().collect(), draft);
        }
        for mut index in new_indexes {
            if !draft.named_indexes.contains(&*index.name) {
                index.name = self.index_name(one, table, &index);
            }
            self.make_room(table, &index);
            table.indexes.push(index);
        }
    }

    /// Names what a new table has without a name, as the convention wants it.
    pub(super) fn name_parts(&self, one: &Declared<'_>, table: &mut Table, draft: &Draft) {
        let constraints = std::mem::take(&mut table.constraints);
        for constraint in constraints {
            let own = constraint.name.clone();
            let is_own = |index: &Index| index.constraint.is_some() && index.constraint == own;
            let indexes: Vec<Index> = table.indexes.iter().filter(|index| is_own(index)).cloned().collect();
            table.indexes.retain(|index| !is_own(index));
            self.add_constraint(one, table, constraint, indexes, draft);
        }
        let indexes = std::mem::take(&mut table.indexes);
        for mut index in indexes {
            if is_free(&index) && !draft.named_indexes.contains(&*index.name) {
                index.name = self.index_name(one, table, &index);
            }
            table.indexes.push(index);
        }
    }

    fn same_names(&self, some: &[Arc<str>], others: &[Arc<str>]) -> bool {
        some.len() == others.len() && some.iter().zip(others).all(|(one, other)| self.same(one, other))
    }

    fn keep_constraint(&self, table: &Table, wanted: &Constraint, is_named: bool, kept: &mut Kept) -> bool {
        let is_same = |old: &Constraint| match (&old.body, &wanted.body) {
            (
                ConstraintBody::Unique { columns: old, nulls_not_distinct: nulls },
                ConstraintBody::Unique { columns, nulls_not_distinct },
            ) => self.same_names(old, columns) && nulls == nulls_not_distinct,
            (ConstraintBody::Check { expr: old, .. }, ConstraintBody::Check { expr, .. }) => {
                // What SQLite has in quotes may be a text, and is a column if there is one.
                let bare = |text: &SqlText| text.normal.replace('"', "");
                old == expr || self.dialect == Dialect::Sqlite && bare(old) == bare(expr)
            }
            _ => false,
        };
        let has_name = |old: &Constraint| match (&old.name, &wanted.name) {
            (Some(old), Some(wanted)) => self.same(old, wanted),
            _ => false,
        };
        let found = table.constraints.iter().enumerate().position(|(place, old)| {
            !kept.constraints[place] && is_same(old) && (!is_named || has_name(old))
        });
        if let Some(place) = found {
            kept.constraints[place] = true;
            return true;
        }
        let ConstraintBody::Unique { columns, .. } = &wanted.body else { return false };
        let found = table.indexes.iter().enumerate().position(|(place, index)| {
            !kept.indexes[place] && is_free(index) && self.is_plain_unique(index, columns) && !is_named
        });
        found.inspect(|place| kept.indexes[*place] = true).is_some()
    }

    fn keep_index(&self, table: &Table, wanted: &Index, is_named: bool, kept: &mut Kept) -> bool {
        let is_same = |old: &Index| {
            old.is_unique == wanted.is_unique
                && old.method == wanted.method
                && old.parts == wanted.parts
                && old.include == wanted.include
                && old.predicate == wanted.predicate
                && old.nulls_not_distinct == wanted.nulls_not_distinct
        };
        let found = table.indexes.iter().enumerate().position(|(place, old)| {
            !kept.indexes[place]
                && is_free(old)
                && is_same(old)
                && (!is_named || self.same(&old.name, &wanted.name))
        });
        if let Some(place) = found {
            kept.indexes[place] = true;
            return true;
        }
        // MySQL made one by itself, or it is a unique constraint.
        let is_implicit = |old: &Index| old.is_implicit && is_same(old) && !is_named;
        if table.indexes.iter().any(is_implicit) {
            return true;
        }
        let found = table.constraints.iter().enumerate().position(|(place, old)| {
            let ConstraintBody::Unique { columns, .. } = &old.body else { return false };
            !kept.constraints[place] && !is_named && self.is_plain_unique(wanted, columns)
        });
        found.inspect(|place| kept.constraints[*place] = true).is_some()
    }

    fn is_plain_unique(&self, index: &Index, columns: &[Arc<str>]) -> bool {
        let names: Vec<Arc<str>> = index
            .parts
            .iter()
            .filter(|part| part.is_column && !part.descending && part.length.is_none())
            .map(|part| Arc::clone(&part.expr.written))
            .collect();
        index.is_unique
            && index.predicate.is_none()
            && index.include.is_empty()
            && names.len() == index.parts.len()
            && self.same_names(&names, columns)
    }

    fn drop_parts(&self, table: &mut Table, kept: &Kept, new: &[Index]) {
        let mut gone: Vec<Arc<str>> = Vec::new();
        let mut place = 0;
        table.constraints.retain(|constraint| {
            place += 1;
            let goes = is_part(constraint) && constraint.is_local && !kept.constraints[place - 1];
            if goes {
                gone.extend(constraint.name.clone());
            }
            !goes
        });
        let keys: Vec<Vec<Arc<str>>> = table
            .constraints
            .iter()
            .filter_map(|constraint| match &constraint.body {
                ConstraintBody::ForeignKey(key) if self.dialect == Dialect::Mysql => {
                    Some(key.columns.clone())
                }
                _ => None,
            })
            .collect();
        let all = table.indexes.clone();
        let goes = |place: usize, index: &Index| match &index.constraint {
            Some(constraint) => gone.contains(constraint),
            None => !index.is_implicit && !kept.indexes[place],
        };
        let stays = |place: &usize| !goes(*place, &all[*place]);
        let mut place = 0;
        table.indexes.retain(|index| {
            let own = place;
            place += 1;
            if !goes(own, index) {
                return true;
            }
            // MySQL has to have one for each foreign key.
            let serves = |index: &Index, key: &[Arc<str>]| {
                index.parts.len() >= key.len()
                    && index.parts.iter().zip(key).all(|(part, column)| self.same(&part.expr.written, column))
            };
            keys.iter().any(|key| {
                serves(index, key)
                    && !(0..all.len()).filter(|place| stays(place)).any(|place| serves(&all[place], key))
                    && !new.iter().any(|new| serves(new, key))
            })
        });
    }

    /// Gives a table a constraint with its indexes, under the name that the convention wants or that is free.
    fn add_constraint(
        &self,
        one: &Declared<'_>,
        table: &mut Table,
        mut constraint: Constraint,
        mut indexes: Vec<Index>,
        draft: &Draft,
    ) {
        let is_named = constraint.name.as_ref().is_some_and(|name| draft.given.contains(&**name));
        let columns: Vec<String> = match &constraint.body {
            ConstraintBody::PrimaryKey(columns) | ConstraintBody::Unique { columns, .. } => {
                columns.iter().map(ToString::to_string).collect()
            }
            _ => vec![],
        };
        let naming = &self.options.naming;
        let pattern = match &constraint.body {
            // MySQL's has no name, and SQLite's number of the row is a word of its column.
            ConstraintBody::PrimaryKey(_) => {
                naming.primary_key.as_deref().filter(|_| self.dialect == Dialect::Postgres)
            }
            ConstraintBody::Unique { .. } => naming.unique.as_deref(),
            ConstraintBody::Check { .. } => naming.check.as_deref(),
            _ => None,
        };
        let facts = Named { table: &one.name.name, columns: &columns, ..Named::default() };
        let wanted =
            pattern.filter(|_| !is_named).and_then(|pattern| named(Some(pattern), &facts, self.dialect));
        let mut name = match (&wanted, &constraint.name) {
            (Some(wanted), _) => Arc::from(wanted.as_str()),
            (None, Some(name)) => Arc::clone(name),
            (None, None) => {
                table.indexes.append(&mut indexes);
                table.constraints.push(constraint);
                return;
            }
        };
        if !is_named {
            let is_taken = |name: &str| {
                let of_constraint =
                    |other: &Constraint| other.name.as_ref().is_some_and(|other| self.same(other, name));
                table.constraints.iter().any(of_constraint)
                    || table.indexes.iter().any(|index| self.same(&index.name, name))
            };
            let first = Arc::clone(&name);
            let mut number = 0;
            while is_taken(&name) {
                number += 1;
                name = format!("{first}{number}").into();
            }
        }
        for index in &mut indexes {
            index.constraint = Some(Arc::clone(&name));
            index.name = Arc::clone(&name);
            self.make_room(table, index);
        }
        constraint.is_name_made_up = constraint.is_name_made_up && wanted.is_none();
        constraint.name = Some(name);
        table.indexes.append(&mut indexes);
        table.constraints.push(constraint);
    }

    fn index_name(&self, one: &Declared<'_>, table: &Table, index: &Index) -> Arc<str> {
        let columns: Vec<String> = index
            .parts
            .iter()
            .map(|part| if part.is_column { part.expr.written.to_string() } else { "expr".to_owned() })
            .collect();
        let facts = Named { table: &one.name.name, columns: &columns, ..Named::default() };
        let wanted = self.options.naming.index.as_deref();
        let wanted = wanted.and_then(|pattern| named(Some(pattern), &facts, self.dialect));
        let first = wanted.unwrap_or_else(|| index.name.to_string());
        let is_taken = |name: &str| table.indexes.iter().any(|other| self.same(&other.name, name));
        let mut name = first.clone();
        let mut number = 0;
        while is_taken(&name) {
            number += 1;
            name = format!("{first}{number}");
        }
        name.into()
    }

    /// MySQL takes the index away that it made for a foreign key, once another one serves it.
    fn make_room(&self, table: &mut Table, new: &Index) {
        if self.dialect != Dialect::Mysql {
            return;
        }
        table.indexes.retain(|old| {
            let is_start = old.parts.len() <= new.parts.len()
                && old.parts.iter().zip(&new.parts).all(|(old, new)| {
                    self.same(&old.expr.written, &new.expr.written) && new.length.is_none()
                });
            !(old.is_implicit && is_start)
        });
    }
}

/// Whether it is a constraint that is declared as a part of its table.
fn is_part(constraint: &Constraint) -> bool {
    matches!(constraint.body, ConstraintBody::Unique { .. } | ConstraintBody::Check { .. })
}

/// Whether it is an index of its own.
fn is_free(index: &Index) -> bool {
    index.constraint.is_none() && !index.is_implicit
}
