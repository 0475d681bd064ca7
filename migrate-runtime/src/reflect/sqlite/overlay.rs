//! What the pragmas say of a table, put in the place of what its text was taken to say.

use std::sync::Arc;

use migrate_core::dialect::Dialect;
use migrate_core::schema::{
    Column, Constraint, ConstraintBody, ForeignKey, Generated, ObjectBody, ObjectId, ObjectName, Schema,
    SqlText, Table, Type,
};

use crate::reflect::text::{action, expression};

/// The rows of the pragmas about one table.
#[derive(Debug, Default)]
pub(super) struct TableRows {
    pub(super) columns: Vec<ColumnRow>,
    pub(super) keys: Vec<KeyRow>,
    pub(super) indexes: Vec<IndexRow>,
}

/// A row of `table_xinfo`.
#[derive(Debug)]
pub(super) struct ColumnRow {
    pub(super) name: Arc<str>,
    pub(super) data_type: Type,
    pub(super) not_null: bool,
    /// Other than NULL.
    pub(super) default: Option<String>,
    /// Its place in the primary key, from 1; 0 outside.
    pub(super) key: usize,
    /// For a computed column, whether it is stored.
    pub(super) generated: Option<bool>,
}

/// The rows of `foreign_key_list` about one key.
#[derive(Debug)]
pub(super) struct KeyRow {
    pub(super) id: usize,
    pub(super) parent: ObjectName,
    pub(super) columns: Vec<Arc<str>>,
    /// Empty where the primary key is meant.
    pub(super) referenced: Vec<Arc<str>>,
    pub(super) on_update: String,
    pub(super) on_delete: String,
}

/// The rows of `index_list` and `index_xinfo` about one index.
#[derive(Debug)]
pub(super) struct IndexRow {
    pub(super) name: Arc<str>,
    pub(super) is_unique: bool,
    pub(super) is_of_constraint: bool,
    pub(super) is_partial: bool,
    /// Columns, `None` for an expression, and whether they descend.
    pub(super) parts: Vec<(Option<Arc<str>>, bool)>,
}

/// Corrects a table by what the pragmas say of it.
pub(super) fn correct(schema: &mut Schema, id: &ObjectId, options: &str, rows: &TableRows) {
    schema.change(id, |object| {
        let ObjectBody::Table(table) = &mut object.body else { return };
        for option in ["without rowid", "strict"] {
            match options.contains(option) {
                true => drop(table.options.insert(option.into(), "".into())),
                false => drop(table.options.remove(option)),
            }
        }
        columns(table, &rows.columns);
        primary_key(table, &rows.columns);
        foreign_keys(table, &rows.keys);
        uniques(table, &rows.indexes);
        indexes(table, &rows.indexes);
    });
}

fn columns(table: &mut Table, rows: &[ColumnRow]) {
    let mut written = std::mem::take(&mut table.columns);
    for row in rows {
        let place = written.iter().position(|column| column.name.eq_ignore_ascii_case(&row.name));
        let mut column = match place {
            Some(place) => written.swap_remove(place),
            None => Column::new(row.name.clone(), row.data_type.clone()),
        };
        column.name = row.name.clone();
        column.data_type = row.data_type.clone();
        column.not_null = row.not_null;
        let default = row.default.as_ref().map(|default| expression(default, Dialect::Sqlite));
        column.default = default.map(|default| column.default.take().unwrap_or(default));
        column.generated = row.generated.map(|is_stored| match column.generated.take() {
            Some(generated) => Generated { is_stored, ..generated },
            None => Generated { expr: SqlText::name("?"), is_stored },
        });
        table.columns.push(column);
    }
}

fn primary_key(table: &mut Table, rows: &[ColumnRow]) {
    let mut key: Vec<&ColumnRow> = rows.iter().filter(|row| row.key > 0).collect();
    key.sort_by_key(|row| row.key);
    let key: Vec<Arc<str>> = key.iter().map(|row| row.name.clone()).collect();
    let is_key = |constraint: &Constraint| matches!(constraint.body, ConstraintBody::PrimaryKey(_));
    match table.constraints.iter_mut().find(|constraint| is_key(constraint)) {
        Some(constraint) if !key.is_empty() => constraint.body = ConstraintBody::PrimaryKey(key),
        Some(_) => table.constraints.retain(|constraint| !is_key(constraint)),
        None if key.is_empty() => {}
        None => table.constraints.push(unnamed(ConstraintBody::PrimaryKey(key))),
    }
}

/// The keys come in the order in which the text has them.
fn foreign_keys(table: &mut Table, rows: &[KeyRow]) {
    let is_key = |constraint: &Constraint| matches!(constraint.body, ConstraintBody::ForeignKey(_));
    let (written, mut constraints): (Vec<_>, Vec<_>) =
        std::mem::take(&mut table.constraints).into_iter().partition(is_key);
    let mut written = written.into_iter();
    for row in rows {
        let key = ForeignKey {
            columns: row.columns.clone(),
            table: row.parent.clone(),
            referenced: row.referenced.clone(),
            on_delete: action(&row.on_delete),
            on_update: action(&row.on_update),
            on_delete_columns: vec![],
            match_full: false,
        };
        let body = ConstraintBody::ForeignKey(key);
        constraints.push(match written.next() {
            Some(constraint) => Constraint { body, ..constraint },
            None => unnamed(body),
        });
    }
    table.constraints = constraints;
}

/// SQLite makes one index for constraints on the same columns.
fn uniques(table: &mut Table, rows: &[IndexRow]) {
    let mut rest: Vec<Vec<Arc<str>>> = rows
        .iter()
        .filter(|row| row.is_of_constraint)
        .map(|row| row.parts.iter().filter_map(|(name, _)| name.clone()).collect())
        .collect();
    table.constraints.retain(|constraint| match &constraint.body {
        ConstraintBody::Unique { columns, .. } => {
            let place = rest.iter().position(|own| same(own, columns));
            place.map(|place| rest.swap_remove(place)).is_some()
        }
        _ => true,
    });
    let missing =
        rest.into_iter().map(|columns| ConstraintBody::Unique { columns, nulls_not_distinct: false });
    table.constraints.extend(missing.map(unnamed));
}

fn indexes(table: &mut Table, rows: &[IndexRow]) {
    for index in table.indexes.iter_mut().filter(|index| index.constraint.is_none()) {
        let Some(row) = rows.iter().find(|row| row.name.eq_ignore_ascii_case(&index.name)) else { continue };
        index.name = row.name.clone();
        index.is_unique = row.is_unique;
        if !row.is_partial {
            index.predicate = None;
        }
        for (part, (name, descending)) in index.parts.iter_mut().zip(&row.parts) {
            part.descending = *descending;
            part.is_column = name.is_some();
            if let Some(name) = name {
                part.expr = SqlText::name(name);
            }
        }
    }
}

fn same(one: &[Arc<str>], other: &[Arc<str>]) -> bool {
    one.len() == other.len() && one.iter().zip(other).all(|(one, other)| one.eq_ignore_ascii_case(other))
}

fn unnamed(body: ConstraintBody) -> Constraint {
    Constraint {
        name: None,
        is_name_made_up: true,
        mysql_name: None,
        body,
        deferrable: Default::default(),
        on_conflict: None,
        is_validated: true,
        comment: None,
        is_local: true,
        column: None,
        uses: vec![],
        may_be_missing: false,
    }
}
