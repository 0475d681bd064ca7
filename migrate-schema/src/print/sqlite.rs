//! SQLite's types, which diesel guesses from what is declared.

use migrate_core::dialect::Dialect;
use migrate_core::schema::{BaseType, Column, ConstraintBody, ObjectId, Schema, Space};

use super::columns::{ColumnType, Problem};
use super::found::{Finder, Key, Owner, primary_key};
use super::names::rust_name;

pub(super) fn data_type(
    finder: &Finder<'_>,
    owner: &Owner<'_>,
    column: &Column,
) -> Result<ColumnType, Problem> {
    let BaseType::BuiltIn(declared) = &column.data_type.base else { return Err(Problem::Unknown) };
    let name = declared.to_lowercase();
    let name = if name == "generated always" { "" } else { name.as_str() };
    let has = |part: &str| name.contains(part);
    let is_big = || {
        finder.settings.sqlite_integer_primary_key_is_bigint
            && (name == "integer" && is_row_id(finder.schema, owner, &column.name)
                || refers_to_row_id(finder.schema, owner, &column.name))
    };
    let guess = match () {
        () if name == "boolean" || name == "bool" || has("tiny") && has("int") => "Bool",
        () if name == "int2" || has("small") && has("int") => "SmallInt",
        () if name == "int8" || has("big") && has("int") => "BigInt",
        () if has("int") && is_big() => "BigInt",
        () if has("int") => "Integer",
        () if has("char") || has("clob") || has("text") => "Text",
        () if has("blob") || has("binary") || name.is_empty() => "Binary",
        () if has("float") || has("real") => "Float",
        () if has("double") || has("num") || has("dec") => "Double",
        () if name == "datetime" || name == "timestamp" => "Timestamp",
        () if name == "date" => "Date",
        () if name == "time" => "Time",
        () => return Err(Problem::None(declared.to_string())),
    };
    Ok(ColumnType { is_nullable: !column.not_null, ..ColumnType::new(guess) })
}

/// Whether the rows of a table have numbers.
pub(super) fn has_row_id(schema: &Schema, id: &ObjectId) -> bool {
    schema.table(id).is_some_and(|table| !table.options.contains_key("without rowid"))
}

fn is_row_id(schema: &Schema, owner: &Owner<'_>, column: &str) -> bool {
    let Some(Key::Columns(key)) = primary_key(owner.table, Dialect::Sqlite) else { return false };
    key == [column] && has_row_id(schema, owner.id)
}

/// Whether the last of the foreign keys of a column leads to a table whose only key may be the number of the row.
fn refers_to_row_id(schema: &Schema, owner: &Owner<'_>, column: &str) -> bool {
    // diesel looks for the key under the column's name in Rust.
    if rust_name(column, Some(&owner.name.rust)) != column {
        return false;
    }
    let parent = owner.table.constraints.iter().filter_map(|constraint| match &constraint.body {
        ConstraintBody::ForeignKey(key) => {
            key.columns.iter().any(|name| **name == *column).then_some(&key.table)
        }
        _ => None,
    });
    let Some(parent) = parent.max() else { return false };
    let id = parent.id(Space::Relation, Dialect::Sqlite);
    if schema.get(&id).is_none_or(|made| made.name.name != parent.name) {
        return false;
    }
    let Some(table) = schema.table(&id) else { return false };
    let key = primary_key(table, Dialect::Sqlite);
    let is_one = match &key {
        Some(Key::Columns(columns)) => columns.len() == 1,
        Some(Key::Hidden(_)) => true,
        None => false,
    };
    is_one && has_row_id(schema, &id)
}
