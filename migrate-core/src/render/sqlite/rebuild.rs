//! A new table takes the place of the old one, with its rows.
//!
//! Values go over as they are: the new column's affinity makes of them what loses nothing, where a `CAST` would make 0 of a word.
//! Rows keep their numbers, by which full-text indexes know them, and `AUTOINCREMENT` goes on counting where it was.

use crate::dialect::Dialect;
use crate::render::{Renderer, Script, note, table, types};
use crate::schema::{Column, Constraint, ConstraintBody, ObjectName, Space, Table, TableKind};

impl Renderer<'_> {
    pub(super) fn rebuild(&self, own: &ObjectName, before: &Table, after: &Table, out: &mut Script) {
        let aside = ObjectName::new(own.schema.clone(), self.free_name(own));
        out.push(self.create_table(&aside, after));
        let counts = |table: &Table| table.columns.iter().any(|column| column.auto_increment);
        if counts(before) && counts(after) {
            out.push(self.take_over_counter(own, &aside));
        }
        let Copied { mut into, mut from, mut notes } = self.copied(before, after);
        if let Some(number) = row_number(before, after) {
            into.insert(0, number.to_owned());
            from.insert(0, number.to_owned());
        }
        if let (true, Some(first)) = (into.is_empty(), after.columns.iter().find(|own| is_given(own))) {
            into.push(self.name(&first.name));
            from.push(
                first
                    .default
                    .as_ref()
                    .map_or("NULL".to_owned(), |text| table::default_text(text, Dialect::Sqlite)),
            );
        }
        let (into, from) = (into.join(", "), from.join(", "));
        let (old, new) = (self.path(own), self.path(&aside));
        // What constraints say of rows that break them would leave out some without a word.
        let insert = if has_own_ways(after) { "INSERT OR ABORT INTO" } else { "INSERT INTO" };
        out.push(format!("{insert} {new} ({into})\nSELECT {from} FROM {old}"));
        notes.extend(of_constraints(before, after));
        out.note(notes);
        out.push(format!("DROP TABLE {old}"));
        out.push(self.alter(&aside, &[format!("RENAME TO {}", self.name(&own.name))]));
    }

    /// A name that nothing has.
    fn free_name(&self, own: &ObjectName) -> String {
        let is_taken = |name: &String| {
            let id = ObjectName::new(own.schema.clone(), name.as_str()).id(Space::Relation, Dialect::Sqlite);
            self.before.get(&id).is_some() || self.after.get(&id).is_some()
        };
        let first = format!("__new_{}", own.name);
        let mut name = first.clone();
        for number in 2.. {
            if !is_taken(&name) {
                break;
            }
            name = format!("{first}_{number}");
        }
        name
    }

    /// Before there are rows: those that come make it no less.
    fn take_over_counter(&self, own: &ObjectName, aside: &ObjectName) -> String {
        let sequence = self.path(&ObjectName::new(own.schema.clone(), "sqlite_sequence"));
        let id = own.id(Space::Relation, Dialect::Sqlite);
        let old = self.before.get(&id).map_or(own, |object| &object.name);
        let [old, new] = [old, aside].map(|table| Dialect::Sqlite.quote_literal(&table.name));
        format!("INSERT INTO {sequence} (name, seq)\nSELECT {new}, seq FROM {sequence} WHERE name = {old}")
    }

    /// The columns that get values, what they get, and what may go wrong with it.
    fn copied(&self, before: &Table, after: &Table) -> Copied {
        let mut copied = Copied::default();
        let is_strict = |table: &Table| table.options.contains_key("strict");
        for column in after.columns.iter().filter(|column| is_given(column)) {
            let old = before.columns.iter().find(|old| old.name.eq_ignore_ascii_case(&column.name));
            let numbers_rows = is_row_number(after, column);
            let Some(old) = old else {
                if column.not_null && column.default.is_none() && !numbers_rows {
                    copied.into.push(self.name(&column.name));
                    copied.from.push("NULL".to_owned());
                    copied.notes.push(format!(
                        "Fails where there are rows: write what `{}` is for them in place of NULL.",
                        column.name
                    ));
                }
                continue;
            };
            let own = self.name(&old.name);
            let refuses_null = column.not_null && !old.not_null && !is_row_number(before, old);
            let value = match &column.default {
                Some(default) if refuses_null => {
                    format!("coalesce({own}, {})", table::default_text(default, Dialect::Sqlite))
                }
                _ => own,
            };
            if refuses_null && column.default.is_none() && !numbers_rows {
                copied.notes.push(format!(
                    "{} `coalesce({value}, ...)` says what it is there.",
                    note::has_null(&column.name)
                ));
            }
            let is_retyped = old.data_type != column.data_type;
            let takes_one_type = is_strict(after) && !is_any(column) && (is_retyped || !is_strict(before));
            if (takes_one_type || numbers_rows) && !is_row_number(before, old) {
                copied.notes.push(note::values_refused(
                    &column.name,
                    &types::data_type(&column.data_type, Dialect::Sqlite),
                ));
            }
            copied.into.push(self.name(&column.name));
            copied.from.push(value);
        }
        // What is computed may be NULL, too.
        for column in after.columns.iter().filter(|column| column.generated.is_some() && column.not_null) {
            let is_as_before = |old: &Column| {
                old.name.eq_ignore_ascii_case(&column.name)
                    && old.not_null
                    && old.generated == column.generated
            };
            if !before.columns.iter().any(is_as_before) {
                copied.notes.push(note::has_null(&column.name));
            }
        }
        copied
    }
}

#[derive(Default)]
struct Copied {
    into: Vec<String>,
    from: Vec<String>,
    notes: Vec<String>,
}

/// Whether something of a table says what becomes of a row that breaks it.
fn has_own_ways(table: &Table) -> bool {
    table.columns.iter().any(|column| column.on_null.is_some())
        || table.constraints.iter().any(|constraint| constraint.on_conflict.is_some())
}

fn is_given(column: &Column) -> bool {
    column.generated.is_none()
}

/// Whether a column of a strict table takes everything all the same.
fn is_any(column: &Column) -> bool {
    column.data_type.to_string().eq_ignore_ascii_case("any")
}

/// Whether a column is the number of its row under another name.
fn is_row_number(table: &Table, column: &Column) -> bool {
    let is_key =
        table.primary_key().is_some_and(|key| key.len() == 1 && key[0].eq_ignore_ascii_case(&column.name));
    is_key && has_row_numbers(table) && column.data_type.to_string().eq_ignore_ascii_case("integer")
}

fn has_row_numbers(table: &Table) -> bool {
    table.kind == TableKind::Plain && !table.options.contains_key("without rowid")
}

/// What the number of a row is called, where no column is it.
fn row_number(before: &Table, after: &Table) -> Option<&'static str> {
    if ![before, after].into_iter().all(has_row_numbers)
        || after.columns.iter().any(|column| is_row_number(after, column))
    {
        return None;
    }
    let is_taken = |name: &str| {
        let mut all = before.columns.iter().chain(&after.columns);
        all.any(|column| column.name.eq_ignore_ascii_case(name))
    };
    ["rowid", "_rowid_", "oid"].into_iter().find(|name| !is_taken(name))
}

/// What a reader has to know about constraints that the rows have not been under.
fn of_constraints(before: &Table, after: &Table) -> Vec<String> {
    let is_as_before = |name: &str| {
        let find = |table: &Table| {
            table.columns.iter().find(|column| column.name.eq_ignore_ascii_case(name)).cloned()
        };
        match (find(before), find(after)) {
            (Some(old), Some(new)) => {
                // Where NULL gets a default, there may be more of that, and nothing that it leads to.
                let is_filled = new.not_null && !old.not_null && new.default.is_some();
                !is_filled && (old.data_type, old.collation) == (new.data_type, new.collation)
            }
            _ => false,
        }
    };
    let mut notes = Vec::new();
    for constraint in &after.constraints {
        let was_there = before.constraints.iter().any(|old| old.body == constraint.body);
        match &constraint.body {
            ConstraintBody::PrimaryKey(columns) | ConstraintBody::Unique { columns, .. }
                if !was_there || !columns.iter().all(|column| is_as_before(column)) =>
            {
                notes.push(note::repeated(columns));
            }
            ConstraintBody::Check { .. } | ConstraintBody::ForeignKey(_) if !was_there => {
                notes.extend(broken(constraint));
            }
            ConstraintBody::Check { columns, .. } if !columns.iter().all(|column| is_as_before(column)) => {
                notes.extend(broken(constraint));
            }
            ConstraintBody::ForeignKey(key) if !key.columns.iter().all(|column| is_as_before(column)) => {
                notes.extend(broken(constraint));
            }
            _ => {}
        }
    }
    notes
}

/// What a reader has to know about the constraints of a column that is added.
pub(super) fn of_new_column(constraints: &[&Constraint]) -> Vec<String> {
    let checks = constraints.iter().filter(|one| matches!(one.body, ConstraintBody::Check { .. }));
    checks.filter_map(|check| broken(check)).collect()
}

fn broken(constraint: &Constraint) -> Option<String> {
    match &constraint.body {
        ConstraintBody::Check { expr, .. } => Some(note::not_held(expr)),
        ConstraintBody::ForeignKey(key) => Some(note::leads_nowhere(&key.columns, &key.table.name)),
        _ => None,
    }
}
