//! MySQL and MariaDB: what one table needs comes together, so that it can be one statement; what may fail on the rows that are
//! there comes before what loses some; and what a server does by itself is no difference.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::compare::Pair;
use super::plan::{Phases, Plan, keys_to};
use crate::change::{Change, Operation};
use crate::schema::{
    Column, Constraint, ConstraintBody, Index, IndexPart, ObjectBody, ObjectId, ObjectName, Table,
};

impl Phases {
    /// Table by table between what stands in the way and what comes at last.
    pub(super) fn by_table(self) -> Vec<Operation> {
        let mut places = BTreeMap::new();
        let mut tables: Vec<Vec<Operation>> = Vec::new();
        let (comments, others): (Vec<_>, Vec<_>) = self
            .comments
            .into_iter()
            .partition(|one| matches!(one, Operation::Comment { body: ObjectBody::Table(_), .. }));
        let own = [
            self.make_tables,
            self.drop_constraints,
            self.drop_indexes,
            self.drop_remade,
            self.columns,
            self.options,
            comments,
            self.make_constraints,
            self.make_indexes,
        ];
        let (first, last): (Vec<_>, Vec<_>) = self.drop_columns.into_iter().partition(must_go_at_once);
        for operation in own.into_iter().flatten().chain(first) {
            let Some(table) = table_of(&operation) else { continue };
            let next = tables.len();
            let place = *places.entry(table.clone()).or_insert(next);
            if place == next {
                tables.push(Vec::new());
            }
            tables[place].push(operation);
        }
        [
            self.drop_views,
            self.drop_early_routines,
            self.drop_triggers,
            self.drop_keys,
            self.drop_replaced,
            self.make_sequences,
            tables.concat(),
            self.make_keys,
            last,
            self.drop_tables,
            self.drop_sequences,
            self.drop_routines,
            self.make_views,
            self.make_triggers,
            others,
        ]
        .concat()
    }
}

/// Whether a column cannot stay until the end: one that counts, without the key that goes; one that is computed, whose source
/// cannot have every foreign key. Neither is a loss before the rest is done.
fn must_go_at_once(operation: &Operation) -> bool {
    match operation {
        Operation::Column { change, .. } => {
            change.before.as_ref().is_some_and(|column| column.auto_increment || column.generated.is_some())
        }
        _ => false,
    }
}

fn table_of(operation: &Operation) -> Option<&ObjectName> {
    match operation {
        Operation::Object { name, .. } | Operation::Comment { name, .. } => Some(name),
        Operation::Column { table, .. }
        | Operation::Constraint { table, .. }
        | Operation::Index { table, .. }
        | Operation::Options { table, .. } => Some(table),
        _ => None,
    }
}

impl Pair<'_> {
    /// Whether two indexes are the same but for their names.
    pub(super) fn is_like_index_of_mysql(&self, before: &Index, after: &Index) -> bool {
        let is_same = |(one, other): (&IndexPart, &IndexPart)| {
            let name = match one.is_column {
                true => self.is_same_name(&one.expr.written, &other.expr.written),
                false => one.expr == other.expr,
            };
            name && one.is_column == other.is_column
                && one.descending == other.descending
                // A server takes as much of a text as it can.
                && (one.length == other.length || one.may_be_cut || other.may_be_cut)
        };
        before.is_unique == after.is_unique
            && before.method == after.method
            && before.comment == after.comment
            && before.parts.len() == after.parts.len()
            && before.parts.iter().zip(&after.parts).all(is_same)
    }
}

/// Whether a column has a value that no row keeps.
fn is_virtual(column: &Column) -> bool {
    column.generated.as_ref().is_some_and(|generated| !generated.is_stored)
}

/// Whether a column has to be made anew: what is computed when it is read does not become what is kept, nor the other way
/// round.
pub(super) fn is_remade(old: &Column, new: &Column) -> bool {
    is_virtual(old) != is_virtual(new)
}

impl Plan<'_> {
    /// The columns that are made anew.
    fn remade(&self, before: &Table, after: &Table) -> BTreeSet<Arc<str>> {
        let find = |own: &str| after.columns.iter().find(|new| self.pair.is_same_name(&new.name, own));
        let remade =
            before.columns.iter().filter(|old| find(&old.name).is_some_and(|new| is_remade(old, new)));
        remade.map(|column| column.name.clone()).collect()
    }

    /// Indexes and uniques, which are the same here.
    pub(super) fn mysql_indexes(&mut self, table: &ObjectName, before: &Table, after: &Table) {
        let pair = self.pair;
        let remade = self.remade(before, after);
        let is_free = |index: &&Index| !index.name.eq_ignore_ascii_case("primary");
        let stays = |index: &Index| !index.columns.iter().any(|column| remade.contains(column));
        let mut old: Vec<&Index> = before.indexes.iter().filter(is_free).collect();
        let mut new: Vec<&Index> = after.indexes.iter().filter(is_free).collect();
        // MariaDB may have dropped what a foreign key brought, and needs it again without what took its place.
        for index in old.iter().filter(|index| index.is_implicit && index.may_be_missing) {
            let is_same =
                |new: &&&Index| pair.is_same_name(&new.name, &index.name) && new.columns == index.columns;
            if let Some(new) = new.iter().find(is_same).filter(|new| !new.may_be_missing) {
                let change = Change::alter(Index::clone(index), Index::clone(new));
                self.phases.drop_indexes.push(Operation::Index { table: table.clone(), change });
            }
        }
        new.retain(|index| {
            let place = old.iter().position(|old| {
                pair.is_same_name(&old.name, &index.name)
                    && pair.is_like_index_of_mysql(old, index)
                    && stays(old)
            });
            place.map(|place| old.remove(place)).is_none()
        });
        // One that nothing but a name makes another gets that name.
        let has =
            |list: &Table, name: &str| list.indexes.iter().any(|index| pair.is_same_name(&index.name, name));
        new.retain(|index| {
            let place = old.iter().position(|old| {
                pair.is_like_index_of_mysql(old, index)
                    && stays(old)
                    // One that a foreign key brought goes where another one serves.
                    && !old.is_implicit
                    && !old.may_be_missing
                    && !index.may_be_missing
                    && !has(after, &old.name)
                    && !has(before, &index.name)
            });
            let Some(place) = place else { return true };
            let change = Change::alter(old.remove(place).clone(), Index::clone(index));
            self.phases.make_indexes.push(Operation::Index { table: table.clone(), change });
            false
        });
        for index in new {
            // It comes with its foreign key, or is there where the server makes it.
            if index.is_implicit && self.makes_key_on(table, index)
                || index.may_be_missing && !index.is_implicit
            {
                continue;
            }
            let change = Change::make(index.clone());
            self.phases.make_indexes.push(Operation::Index { table: table.clone(), change });
        }
        for index in old.into_iter().filter(|index| !index.may_be_missing) {
            let change = Change::drop(index.clone());
            self.phases.drop_indexes.push(Operation::Index { table: table.clone(), change });
        }
    }

    /// Whether a foreign key is made that brings the index.
    fn makes_key_on(&self, table: &ObjectName, index: &Index) -> bool {
        self.phases.make_keys.iter().any(|operation| match operation {
            Operation::Constraint { table: own, change: Change { after: Some(constraint), .. } } => {
                own == table
                    && match &constraint.body {
                        ConstraintBody::ForeignKey(key) => {
                            key.columns == index.columns && is_named_by(index, constraint)
                        }
                        _ => false,
                    }
            }
            _ => false,
        })
    }

    /// Foreign keys that are in the way of a table's changes besides those whose columns get another type: of columns that are
    /// made anew or count from now on, and to columns whose last index goes, if only to come back.
    pub(super) fn keys_in_the_way_of_mysql(
        &self,
        id: &ObjectId,
        before: &Table,
        after: &Table,
    ) -> Vec<(ObjectId, Constraint)> {
        let mut remade = self.remade(before, after);
        let find = |own: &str| after.columns.iter().find(|new| self.pair.is_same_name(&new.name, own));
        let counts = before
            .columns
            .iter()
            .filter(|old| find(&old.name).is_some_and(|new| new.auto_increment != old.auto_increment));
        remade.extend(counts.map(|column| column.name.clone()));
        let mut found = Vec::new();
        for (owner, constraint) in keys_to(self.pair.before, id) {
            let ConstraintBody::ForeignKey(key) = &constraint.body else { continue };
            let columns = self.pair.before.referenced(key);
            let serves = |index: &&Index| begins_with(index, columns);
            let is_kept = |index: &Index| {
                after.indexes.iter().any(|new| {
                    self.pair.is_same_name(&new.name, &index.name)
                        && self.pair.is_like_index_of_mysql(index, new)
                })
            };
            let mut serving = before.indexes.iter().filter(serves).peekable();
            let is_lost = serving.peek().is_some() && !serving.any(is_kept);
            if is_lost || columns.iter().any(|column| remade.contains(column)) {
                found.push((owner, constraint));
            }
        }
        let own = before.constraints.iter().filter(|constraint| match &constraint.body {
            ConstraintBody::ForeignKey(key) => key.columns.iter().any(|column| remade.contains(column)),
            _ => false,
        });
        found.extend(own.map(|constraint| (id.clone(), constraint.clone())));
        found
    }

    /// Whether a constraint that is not wanted any more goes by itself, or was perhaps never there.
    pub(super) fn goes_by_itself(&self, constraint: &Constraint, before: &Table, after: &Table) -> bool {
        let goes = |own: &Arc<str>| {
            let has =
                |table: &Table| table.columns.iter().any(|column| self.pair.is_same_name(&column.name, own));
            has(before) && !has(after)
        };
        match &constraint.body {
            ConstraintBody::Check { columns, .. } => {
                constraint.may_be_missing
                    || constraint.column.as_ref().is_some_and(goes)
                    || constraint.is_name_made_up && columns.len() == 1 && goes(&columns[0])
            }
            ConstraintBody::ForeignKey(_) => constraint.may_be_missing,
            _ => false,
        }
    }
}

impl Plan<'_> {
    /// Foreign keys and checks have names in the schema: those that go give theirs up before others get them.
    pub(super) fn free_constraint_names(&mut self, dropped: &[ObjectId]) {
        let is_named = |constraint: &&Constraint| {
            matches!(constraint.body, ConstraintBody::ForeignKey(_) | ConstraintBody::Check { .. })
        };
        let name_of =
            |constraint: &Constraint| constraint.name.as_ref().map(|name| name.to_ascii_lowercase());
        let phases = &self.phases;
        let made = [&phases.make_tables, &phases.make_constraints, &phases.make_keys];
        let mut names: BTreeMap<String, BTreeSet<ObjectName>> = BTreeMap::new();
        for operation in made.into_iter().flatten() {
            let (table, constraints) = match operation {
                Operation::Object { name, change: Change { after: Some(ObjectBody::Table(table)), .. } } => {
                    (name, table.constraints.iter().collect())
                }
                Operation::Constraint { table, change } => (table, change.after.iter().collect::<Vec<_>>()),
                _ => continue,
            };
            for name in constraints.into_iter().filter(is_named).filter_map(name_of) {
                names.entry(name).or_default().insert(table.clone());
            }
        }
        let is_taken = |table: &ObjectName, constraint: &Constraint| {
            let by = name_of(constraint).and_then(|name| names.get(&name));
            by.is_some_and(|by| by.iter().any(|other| other != table))
        };
        let mut first = Vec::new();
        for object in dropped.iter().filter_map(|id| self.pair.before.get(id)) {
            let ObjectBody::Table(table) = &object.body else { continue };
            let own = table.constraints.iter().filter(is_named).filter(|own| own.column.is_none());
            first.extend(
                own.filter(|own| is_taken(&object.name, own)).map(|own| (object.name.clone(), own.clone())),
            );
        }
        let drops = std::mem::take(&mut self.phases.drop_constraints);
        for operation in drops {
            match &operation {
                Operation::Constraint { table, change: Change { before: Some(constraint), .. } }
                    if is_named(&constraint) && is_taken(table, constraint) =>
                {
                    first.push((table.clone(), constraint.clone()));
                }
                _ => self.phases.drop_constraints.push(operation),
            }
        }
        for (table, constraint) in first {
            let operation = Operation::Constraint { table, change: Change::drop(constraint) };
            if !self.phases.drop_keys.contains(&operation) {
                self.phases.drop_keys.push(operation);
            }
        }
    }
}

/// Whether an index has the name that it gets from a foreign key: that of the key, or of its first column, perhaps with a number.
fn is_named_by(index: &Index, key: &Constraint) -> bool {
    if !key.is_name_made_up {
        return key.name.as_ref().is_some_and(|name| name.eq_ignore_ascii_case(&index.name));
    }
    let Some(first) = index.columns.first() else { return false };
    let (start, rest) = match index.name.get(..first.len()) {
        Some(start) => (start, &index.name[first.len()..]),
        None => return false,
    };
    let is_number = |rest: &str| rest.strip_prefix('_').is_some_and(|rest| rest.parse::<u32>().is_ok());
    start.eq_ignore_ascii_case(first) && (rest.is_empty() || is_number(rest))
}

/// Whether an index begins with these columns.
fn begins_with(index: &Index, columns: &[Arc<str>]) -> bool {
    index.parts.len() >= columns.len()
        && columns
            .iter()
            .zip(&index.parts)
            .all(|(column, part)| part.expr.written.eq_ignore_ascii_case(column))
}
