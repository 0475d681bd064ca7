//! Rows of the catalog as parts of tables.

use std::collections::BTreeMap;
use std::collections::HashMap;
use std::sync::Arc;

use migrate_core::dialect::Dialect;
use migrate_core::schema::mysql as spelling;
use migrate_core::schema::{
    Column, Constraint, ConstraintBody, ForeignKey, Generated, Index, IndexPart, ObjectName, SqlText, Table,
    Type,
};

use super::shared;
use crate::reflect::text::action;

/// A row of the columns.
pub(super) fn column(row: [Option<String>; 10], is_mariadb: bool) -> Column {
    let [_, name, data_type, nullable, default, extra, generated, charset, collation, comment] = row;
    let extra = extra.unwrap_or_default();
    let mut column = Column::new(
        name.unwrap_or_default().into(),
        Type::printed(&data_type.unwrap_or_default(), Dialect::Mysql, |_| None),
    );
    column.not_null = nullable.as_deref() == Some("NO");
    column.auto_increment = extra.contains("auto_increment");
    column.charset = charset.map(|name| spelling::name(&name).into());
    column.collation = collation.map(|name| spelling::name(&name).into());
    column.comment = comment.map(Into::into);
    column.generated = generated.map(|text| Generated {
        expr: SqlText::printed(&unescaped(&text, is_mariadb), Dialect::Mysql),
        is_stored: extra.contains("stored"),
    });
    column.on_update = extra
        .split_once("on update ")
        .map(|(_, text)| SqlText::printed(text.split(' ').next().unwrap_or_default(), Dialect::Mysql));
    // What MariaDB gives a moment that only follows changes.
    let is_made_up = |text: &str| column.on_update.is_some() && text.starts_with("'0000-00-00 ");
    column.default = default
        .filter(|text| column.generated.is_none() && !(is_mariadb && text.eq_ignore_ascii_case("null")))
        .filter(|text| !(is_mariadb && is_made_up(text)))
        .map(|text| match is_mariadb || extra.contains("default_generated") {
            true => SqlText::printed(&unescaped(&text, is_mariadb), Dialect::Mysql),
            // MySQL shows texts without their quotes; bits and bytes as they are written.
            false if text.starts_with("b'") || text.starts_with("0x") => {
                SqlText::printed(&text, Dialect::Mysql)
            }
            false => SqlText::printed(&Dialect::Mysql.quote_literal(&text), Dialect::Mysql),
        })
        .map(|text| spelling::default(text, &column.data_type));
    column
}

/// MySQL writes quotes inside of expressions with a backslash, as if they stood in a text, and the character set before each.
fn unescaped(text: &str, is_mariadb: bool) -> String {
    if is_mariadb {
        return text.to_owned();
    }
    let mut plain = String::new();
    for piece in text.replace("\\'", "'").split_inclusive('\'') {
        let start = piece.strip_suffix('\'').and_then(|start| start.rsplit_once('_'));
        match start {
            Some((start, charset))
                if is_charset(charset) && !start.ends_with(|c: char| c.is_alphanumeric()) =>
            {
                plain.push_str(start);
                plain.push('\'');
            }
            _ => plain.push_str(piece),
        }
    }
    plain
}

/// Whether that is a character set that MySQL writes before texts.
fn is_charset(name: &str) -> bool {
    matches!(name, "utf8mb4" | "utf8mb3" | "utf8" | "latin1" | "ascii" | "binary")
}

/// The rows of the indexes, with the constraints that go with them.
pub(super) fn indexes(tables: &mut HashMap<String, Table>, rows: impl Iterator<Item = [Option<String>; 9]>) {
    for [table, name, unique, method, column, expr, length, order, comment] in rows {
        let table = tables.entry(table.unwrap_or_default()).or_default();
        let name = shared(&name);
        if table.indexes.last().is_none_or(|last| last.name != name) {
            let is_unique = unique.is_some();
            table.indexes.push(Index {
                name: name.clone(),
                is_unique,
                method: match method.as_deref() {
                    Some("fulltext") => "fulltext",
                    Some("spatial") => "spatial",
                    _ => "btree",
                }
                .into(),
                parts: vec![],
                include: vec![],
                predicate: None,
                nulls_not_distinct: false,
                constraint: is_unique.then(|| name.clone()),
                is_implicit: false,
                columns: vec![],
                uses: vec![],
                may_be_missing: false,
                options: BTreeMap::new(),
                comment: comment.map(Into::into),
            });
            if is_unique {
                let body = match &*name {
                    "PRIMARY" => ConstraintBody::PrimaryKey(vec![]),
                    _ => ConstraintBody::Unique { columns: vec![], nulls_not_distinct: false },
                };
                table.constraints.push(Constraint::named(name, body));
            }
        }
        let Some(index) = table.indexes.last_mut() else { continue };
        let descending = order.as_deref() == Some("D");
        // What a spatial index shows as a length is its own business.
        let length = length.filter(|_| &*index.method != "spatial");
        index.parts.push(IndexPart {
            expr: match (&column, &expr) {
                (None, Some(text)) => SqlText::printed(&unescaped(text, false), Dialect::Mysql),
                _ => SqlText::name(column.as_deref().unwrap_or_default()),
            },
            is_column: column.is_some(),
            descending,
            nulls_first: descending,
            opclass: None,
            collation: None,
            length: length.map(Into::into),
            may_be_cut: false,
        });
        let Some(column) = column.map(Arc::<str>::from) else { continue };
        index.columns.push(column.clone());
        if index.constraint.is_some()
            && let Some(ConstraintBody::PrimaryKey(columns) | ConstraintBody::Unique { columns, .. }) =
                table.constraints.last_mut().map(|last| &mut last.body)
        {
            columns.push(column);
        }
    }
}

/// The rows of the foreign keys.
pub(super) fn foreign_keys(
    tables: &mut HashMap<String, Table>,
    rows: impl Iterator<Item = [Option<String>; 4]>,
) {
    for [table, name, on_update, on_delete] in rows {
        let table_name = table.unwrap_or_default();
        let name = shared(&name);
        let is_made_up = spelling::is_made_up(&table_name, &name);
        let body = ConstraintBody::ForeignKey(ForeignKey {
            columns: vec![],
            table: ObjectName::new("", ""),
            referenced: vec![],
            on_delete: action(on_delete.as_deref().unwrap_or_default()),
            on_update: action(on_update.as_deref().unwrap_or_default()),
            on_delete_columns: vec![],
            match_full: false,
        });
        let made = Constraint { is_name_made_up: is_made_up, ..Constraint::named(name, body) };
        tables.entry(table_name).or_default().constraints.push(made);
    }
}

/// The rows of their columns.
pub(super) fn foreign_key_columns(
    tables: &mut HashMap<String, Table>,
    rows: impl Iterator<Item = [Option<String>; 6]>,
) {
    for [table, name, column, schema, target, referenced] in rows {
        let Some(table) = table.and_then(|table| tables.get_mut(&table)) else { continue };
        let key = table.constraints.iter_mut().find_map(|constraint| match &mut constraint.body {
            ConstraintBody::ForeignKey(key) if constraint.name.as_deref() == name.as_deref() => Some(key),
            _ => None,
        });
        let Some(key) = key else { continue };
        key.table = ObjectName::new(schema.unwrap_or_default(), target.unwrap_or_default());
        key.columns.push(shared(&column));
        key.referenced.push(shared(&referenced));
    }
}

/// A row of the checks; the one that MariaDB makes of a JSON column is a part of its type.
pub(super) fn check(
    table: &mut Table,
    table_name: &str,
    [_, name, text, level]: &[Option<String>; 4],
    is_mariadb: bool,
) {
    let (name, text) = (shared(name), text.as_deref().unwrap_or_default());
    let expr = SqlText::printed(&unescaped(text, is_mariadb), Dialect::Mysql);
    let named = spelling::quoted_names(text);
    // Its name stays that of the column when that gets another one, until it is changed.
    let is_named = |column: &Column| named.iter().any(|name| column.name.eq_ignore_ascii_case(name));
    let place = (level.as_deref() == Some("column")).then(|| {
        let by_name = |column: &Column| column.name.eq_ignore_ascii_case(&name) && is_named(column);
        let by_name = table.columns.iter().position(by_name);
        by_name.or_else(|| table.columns.iter().position(is_named))
    });
    let of = place.flatten().and_then(|place| table.columns.get_mut(place));
    let column = of.as_ref().map(|column| column.name.clone());
    if of.is_some_and(|column| spelling::make_json(column, &expr)) {
        return;
    }
    let own = table.columns.iter().map(|column| column.name.clone());
    let columns = own.filter(|own| named.iter().any(|name| own.eq_ignore_ascii_case(name))).collect();
    let is_made_up = column.is_some() || spelling::is_made_up(table_name, &name);
    let body = ConstraintBody::Check { expr, columns, no_inherit: false };
    let constraint = Constraint { is_name_made_up: is_made_up, column, ..Constraint::named(name, body) };
    table.constraints.push(constraint);
}
