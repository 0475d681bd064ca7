//! Attributes in front of a type, a table or a column.

use migrate_core::dialect::DialectSet;

use super::cursor::Cursor;
use super::superset;
use super::{both, dialects_of};
use crate::models::{PostgresType, Unread};
use crate::superset::{ColumnMore, TableMore, unknown_attribute};
use crate::token::{Group, Kind, Tree};

/// In front of what an attribute stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Of {
    #[default]
    Item,
    Table,
    Column,
}

/// Attributes in front of something.
#[derive(Default)]
pub(super) struct Attributes {
    pub(super) of: Of,
    pub(super) sql_name: Option<String>,
    pub(super) max_length: Option<u64>,
    pub(super) dialects: Option<DialectSet>,
    pub(super) postgres: Option<PostgresType>,
    pub(super) is_type: bool,
    /// What `migrate::table!` says of a table, or of the table of a column.
    pub(super) table: TableMore,
    /// What it says of a column.
    pub(super) column: ColumnMore,
    /// Whether there is anything of that kind.
    pub(super) is_superset: bool,
    /// What could not be read.
    pub(super) unread: Vec<Unread>,
    /// What `migrate::table!` does not know.
    pub(super) unknown: Vec<Unread>,
}

impl Cursor<'_, '_> {
    /// `#[…]` or `#![…]`; whether it is one.
    pub(super) fn attribute(&mut self, attributes: &mut Attributes) -> bool {
        let is_inner = self.is_sign(1, "!");
        let start = self.place().start;
        let Some(Tree::Group(group)) = self.peek(if is_inner { 2 } else { 1 }) else { return false };
        self.at += if is_inner { 3 } else { 2 };
        let mut inside = Cursor::of(group);
        let place = inside.place();
        let mut path = inside.path();
        let is_path = path.len() > 1;
        let name = path.pop();
        if let Some(name) = &name {
            if superset::take(name, &mut inside, &(start..group.end), attributes) {
                return true;
            }
            if attributes.of != Of::Item && !is_path {
                let why = unknown_attribute(name, attributes.of == Of::Column);
                attributes.unknown.extend(why.map(|why| Unread { at: place, why }));
            }
        }
        match name.as_deref() {
            Some("sql_name") if inside.sign("=") => {
                attributes.sql_name = inside.token(Kind::Text).map(|text| text.text.to_owned());
            }
            Some("max_length") if inside.sign("=") => {
                let number = inside.token(Kind::Number).map(|number| number.text.replace('_', ""));
                attributes.max_length = number.and_then(|number| number.parse().ok());
            }
            Some("cfg") => {
                let said = inside.group("(").and_then(|group| condition(&group.trees));
                if let Some(said) = said {
                    attributes.dialects =
                        Some(both(attributes.dialects.unwrap_or(DialectSet::ALL), Some(said)));
                }
            }
            Some("diesel") => {
                attributes.is_type |= inside.group("(").is_some_and(|group| sql_type(group, attributes));
            }
            Some("postgres") => {
                attributes.is_type = true;
                if let Some(group) = inside.group("(") {
                    attributes.postgres = postgres_type(group);
                }
            }
            Some("sqlite_type" | "mysql_type") => attributes.is_type = true,
            _ => {}
        }
        true
    }
}

/// `postgres_type(name = "…", schema = "…")` among the options of `#[diesel(…)]`; whether it names any database's type.
fn sql_type(options: &Group<'_>, attributes: &mut Attributes) -> bool {
    let mut cursor = Cursor::of(options);
    let mut is_type = false;
    while cursor.peek(0).is_some() {
        match cursor.word().map(|word| word.text) {
            Some("postgres_type") => {
                is_type = true;
                if let Some(group) = cursor.group("(") {
                    attributes.postgres = postgres_type(group);
                }
            }
            Some("sqlite_type" | "mysql_type") => is_type = true,
            _ => {}
        }
        cursor.skip_past(",");
    }
    is_type
}

fn postgres_type(options: &Group<'_>) -> Option<PostgresType> {
    let mut cursor = Cursor::of(options);
    let (mut name, mut schema) = (None, None);
    while cursor.peek(0).is_some() {
        let key = cursor.word().map_or("", |key| key.text);
        if cursor.sign("=") {
            let value = cursor.token(Kind::Text).map(|text| text.text.to_owned());
            match key {
                "name" | "type_name" => name = value,
                "schema" | "type_schema" => schema = value,
                _ => {}
            }
        }
        cursor.skip_past(",");
    }
    Some(PostgresType { schema, name: name? })
}

/// The databases for which a `cfg` holds; `None` where it speaks of something else.
fn condition(trees: &[Tree<'_>]) -> Option<DialectSet> {
    let mut cursor = Cursor { trees, at: 0, end: 0 };
    let word = cursor.word()?.text;
    if let Some(group) = cursor.group("(") {
        let parts: Vec<Option<DialectSet>> = group
            .trees
            .split(|tree| matches!(tree, Tree::Token(token) if token.text == ","))
            .filter(|part| !part.is_empty())
            .map(condition)
            .collect();
        return match word {
            "any" => parts.into_iter().try_fold(DialectSet::EMPTY, |set, part| Some(set.union(part?))),
            "all" => parts.into_iter().flatten().reduce(|set, part| both(set, Some(part))),
            "not" => Some(DialectSet::ALL.difference(parts.into_iter().next()??)),
            _ => None,
        };
    }
    match cursor.sign("=") {
        true => dialects_of(cursor.token(Kind::Text)?.text),
        false => dialects_of(word),
    }
}
