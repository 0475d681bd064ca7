//! SQLite: four queries over `sqlite_master` and the pragmas that are tables.
//!
//! SQLite keeps the text of each object, and edits it when the object is altered. The texts are run by the interpreter on an
//! empty schema, which gives what only they know: expressions, collations, names of constraints, views, triggers. What the
//! pragmas know as well is then taken from them, because they are what SQLite itself made of the text.

mod overlay;

use std::collections::HashMap;

use diesel::QueryResult;
use migrate_core::ddl::{Extent, TypeName};
use migrate_core::dialect::Dialect;
use migrate_core::interpret::Interpreter;
use migrate_core::parse::{Parsed, parse};
use migrate_core::schema::{Certainty, ObjectId, ObjectName, Schema, Space, Type};

use super::{Answers, Reader};
use overlay::{ColumnRow, IndexRow, KeyRow, TableRows};

const QUERIES: [&str; 4] = [
    include_str!("sqlite/objects.sql"),
    include_str!("sqlite/columns.sql"),
    include_str!("sqlite/foreign_keys.sql"),
    include_str!("sqlite/indexes.sql"),
];

pub(super) fn read(reader: &mut Reader<'_>) -> QueryResult<Schema> {
    reader.queries(&QUERIES.map(str::to_owned), catalog)
}

fn catalog(answers: &Answers) -> Schema {
    let mut interpreter = Interpreter::new(Dialect::Sqlite);
    let mut options = HashMap::<ObjectId, String>::new();
    let mut unread = Vec::new();
    for [kind, name, table_options, sql] in answers.rows() {
        let (Some(name), Some(sql)) = (name, sql) else { continue };
        let id = id(&name);
        match parse(&sql, Dialect::Sqlite) {
            Parsed::Statement(statement) => drop(interpreter.run(&statement, &sql)),
            Parsed::Wrong(_) | Parsed::Unknown => unread.push(id.clone()),
        }
        if kind.as_deref() == Some("table") {
            options.insert(id, table_options.unwrap_or_default());
        }
    }
    let mut schema = interpreter.into_schema();
    for id in unread {
        schema.change(&id, |object| object.certainty = Certainty::Uncertain);
    }
    let mut tables = HashMap::<ObjectId, TableRows>::new();
    for [table, name, data_type, not_null, default, key, hidden] in answers.rows() {
        let rows = tables.entry(id(&table.unwrap_or_default())).or_default();
        rows.columns.push(ColumnRow {
            name: name.unwrap_or_default().into(),
            data_type: declared(&data_type.unwrap_or_default()),
            not_null: is_set(&not_null),
            default: default.filter(|default| !default.eq_ignore_ascii_case("null")),
            key: number(&key),
            generated: match number(&hidden) {
                2 => Some(false),
                3 => Some(true),
                _ => None,
            },
        });
    }
    for [table, key, parent, from, to, on_update, on_delete] in answers.rows() {
        let rows = tables.entry(id(&table.unwrap_or_default())).or_default();
        let key = number(&key);
        if rows.keys.last().is_none_or(|last| last.id != key) {
            rows.keys.push(KeyRow {
                id: key,
                parent: ObjectName::new("main", parent.unwrap_or_default()),
                columns: vec![],
                referenced: vec![],
                on_update: on_update.unwrap_or_default(),
                on_delete: on_delete.unwrap_or_default(),
            });
        }
        if let Some(last) = rows.keys.last_mut() {
            last.columns.extend(from.map(Into::into));
            last.referenced.extend(to.map(Into::into));
        }
    }
    for [table, name, unique, origin, column, descending, partial] in answers.rows() {
        let rows = tables.entry(id(&table.unwrap_or_default())).or_default();
        let name = name.unwrap_or_default();
        if rows.indexes.last().is_none_or(|last| *last.name != *name) {
            rows.indexes.push(IndexRow {
                name: name.into(),
                is_unique: is_set(&unique),
                is_of_constraint: origin.as_deref() == Some("u"),
                is_partial: is_set(&partial),
                parts: vec![],
            });
        }
        if let Some(last) = rows.indexes.last_mut() {
            last.parts.push((column.map(Into::into), is_set(&descending)));
        }
    }
    for (id, options) in &options {
        let rows = tables.remove(id).unwrap_or_default();
        overlay::correct(&mut schema, id, options, &rows);
    }
    schema
}

fn id(name: &str) -> ObjectId {
    ObjectName::new("main", name).id(Space::Relation, Dialect::Sqlite)
}

fn declared(text: &str) -> Type {
    Type::built_in(&TypeName::declared(text, Extent::default()).name)
}

fn is_set(value: &Option<String>) -> bool {
    value.as_deref().is_some_and(|value| value == "1")
}

fn number(value: &Option<String>) -> usize {
    value.as_deref().and_then(|value| value.parse().ok()).unwrap_or_default()
}
