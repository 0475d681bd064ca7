//! A declared table as SQL, replayed: what the database would make of it.
//!
//! Nobody sees this SQL. It brings texts into the form in which schemas have them, and the interpreter says what is wrong with
//! them.

use std::collections::BTreeSet;
use std::ops::Range;

use migrate_core::dialect::Dialect;
use migrate_core::interpret::{Interpreter, Proof};
use migrate_core::replay::{Effect, pieces_of, run};
use migrate_core::schema::{Object, ObjectBody, ObjectId, ObjectName, Schema, Space, Table};

use crate::models::Unread;
use crate::naming::{Named, NamingConvention, name as named};
use crate::superset::{Counts, Key, Part, PartKind, Variants};

/// SQL, and from where in the models its parts come.
#[derive(Default)]
pub(super) struct Sql {
    pub(super) text: String,
    places: Vec<(usize, Range<usize>)>,
}

impl Sql {
    /// From here on the text comes from there.
    fn from(&mut self, place: &Range<usize>) {
        self.places.push((self.text.len(), place.clone()));
    }

    /// Where something at a place of the text comes from.
    fn origin(&self, at: usize) -> Range<usize> {
        let before = self.places.iter().rev().find(|(start, _)| *start <= at);
        before.or(self.places.first()).map_or(0..0, |(_, place)| place.clone())
    }
}

/// A column that is written.
pub(super) struct DraftColumn<'a> {
    pub(super) name: &'a str,
    pub(super) data_type: String,
    pub(super) not_null: bool,
    pub(super) default: Option<&'a str>,
    pub(super) generated: Option<(&'a str, bool)>,
    pub(super) counts: Option<Counts>,
    pub(super) collation: Option<&'a str>,
    pub(super) at: Range<usize>,
}

/// A table that is written.
pub(super) struct DraftTable<'a> {
    pub(super) name: &'a ObjectName,
    pub(super) columns: Vec<DraftColumn<'a>>,
    pub(super) primary_key: Vec<&'a str>,
    pub(super) parts: Vec<&'a Part>,
    /// The checks that the labels of enums come to.
    pub(super) checks: Vec<(String, Range<usize>)>,
    /// The name in the database of a column.
    pub(super) column_name: &'a dyn Fn(&str) -> String,
    pub(super) naming: &'a NamingConvention,
    pub(super) at: Range<usize>,
}

/// What the database would make of a table.
pub(super) struct Draft {
    /// The schema with it.
    pub(super) schema: Schema,
    pub(super) table: Table,
    /// The names that are given and not made up.
    pub(super) given: BTreeSet<String>,
    /// The indexes that have a name of their own.
    pub(super) named_indexes: BTreeSet<String>,
}

/// The path of an object in SQL.
pub(super) fn path(name: &ObjectName, dialect: Dialect) -> String {
    match (&*name.schema, dialect) {
        ("", _) | ("main", Dialect::Sqlite) => dialect.quote_identifier(&name.name),
        (schema, _) => {
            format!("{}.{}", dialect.quote_identifier(schema), dialect.quote_identifier(&name.name))
        }
    }
}

/// Replays statements; each flaw with its place in the text.
pub(super) fn replay(schema: Schema, text: &str) -> Result<Schema, Vec<(usize, String)>> {
    let dialect = schema.dialect();
    let pieces = pieces_of(text, dialect);
    let mut flaws = Vec::new();
    if pieces.len() > 1 {
        flaws.push((pieces[1].start, "expected one statement".to_owned()));
    }
    for piece in &pieces {
        if matches!(piece.effect, Effect::Unknown) {
            flaws.push((piece.start, "this is not understood".to_owned()));
        }
    }
    let mut interpreter = Interpreter::on(schema);
    for (place, finding) in run(&mut interpreter, &pieces) {
        if finding.proof == Proof::Certain {
            let message = match finding.label.is_empty() {
                true => finding.message,
                false => format!("{}: {}", finding.message, finding.label),
            };
            flaws.push((pieces[place].start + finding.at.start as usize, message));
        }
    }
    if flaws.is_empty() { Ok(interpreter.into_schema()) } else { Err(flaws) }
}

/// The schema without a table and what bears its name with it: its indexes and the sequences of its columns.
pub(super) fn without(schema: &Schema, id: &ObjectId) -> Schema {
    let mut bare = schema.clone();
    let Some(object) = schema.get(id) else { return bare };
    let mut gone: Vec<ObjectId> = Vec::new();
    if let ObjectBody::Table(table) = &object.body {
        gone.extend(table.indexes.iter().map(|index| index_id(&object.name, &index.name, schema.dialect())));
    }
    for (other, dependent) in schema.dependents(id) {
        if matches!(&dependent.body, ObjectBody::Sequence(sequence) if sequence.owned_by.as_ref().is_some_and(|(owner, _)| *owner == object.name))
        {
            gone.push(other.clone());
        }
    }
    gone.push(id.clone());
    for id in gone {
        bare.remove(&id);
    }
    bare
}

/// Where an index of a table is in the schema.
pub(super) fn index_id(table: &ObjectName, index: &str, dialect: Dialect) -> ObjectId {
    ObjectName::new(table.schema.clone(), index).id(Space::Relation, dialect)
}

impl DraftTable<'_> {
    /// What the database would make of it. The schema has no such table.
    pub(super) fn replay(&self, schema: Schema) -> Result<Draft, Vec<Unread>> {
        let dialect = schema.dialect();
        let told = |sql: &Sql, flaws: Vec<(usize, String)>| -> Vec<Unread> {
            flaws.into_iter().map(|(at, why)| Unread { at: sql.origin(at), why }).collect()
        };
        let mut given = BTreeSet::new();
        let create = self.create(dialect, &mut given);
        let mut schema = replay(schema, &create.text).map_err(|flaws| told(&create, flaws))?;
        let id = self.name.id(Space::Relation, dialect);
        let mut named_indexes = BTreeSet::new();
        for part in self.parts.iter().filter(|part| part.dialects.contains(dialect)) {
            let PartKind::Index { keys, include, .. } = &part.kind else { continue };
            let keys = keys.iter().filter_map(|key| match key {
                Key::Column { name, .. } => Some(name),
                Key::Text(_) => None,
            });
            // SQLite takes a name in quotes that is no column for a text.
            if let Some(name) = keys.chain(include).find(|name| !self.has_column(name, dialect)) {
                let why = format!("`{}` has no column `{}`", self.name, (self.column_name)(name));
                return Err(vec![Unread { at: part.at.clone(), why }]);
            }
            let (index, name) = self.index(part, dialect, &schema);
            schema = replay(schema, &index.text).map_err(|flaws| told(&index, flaws))?;
            if part.name.is_some() {
                named_indexes.extend(name);
            }
        }
        let unknown = || vec![Unread { at: self.at.clone(), why: "this is not understood".to_owned() }];
        let table = schema.table(&id).cloned().ok_or_else(unknown)?;
        Ok(Draft { schema, table, given, named_indexes })
    }

    fn has_column(&self, rust: &str, dialect: Dialect) -> bool {
        let name = (self.column_name)(rust);
        self.columns.iter().any(|column| match dialect {
            Dialect::Postgres => column.name == name,
            Dialect::Mysql | Dialect::Sqlite => column.name.eq_ignore_ascii_case(&name),
        })
    }

    fn create(&self, dialect: Dialect, given: &mut BTreeSet<String>) -> Sql {
        let quoted = |name: &str| dialect.quote_identifier(name);
        let mut sql = Sql::default();
        sql.from(&self.at);
        sql.text.push_str(&format!("CREATE TABLE {} (", path(self.name, dialect)));
        let mut is_first = true;
        let mut begin = |sql: &mut Sql, at: &Range<usize>| {
            sql.text.push_str(if std::mem::take(&mut is_first) { "\n" } else { ",\n" });
            sql.from(at);
        };
        let mut key_is_written = self.primary_key.is_empty();
        for column in &self.columns {
            begin(&mut sql, &column.at);
            let is_key = self.primary_key == [column.name];
            sql.text.push_str(&column.text(dialect, is_key));
            key_is_written |= is_key && column.is_row_number(dialect, is_key);
        }
        if !key_is_written {
            begin(&mut sql, &self.at);
            let columns: Vec<String> = self.primary_key.iter().map(|column| quoted(column)).collect();
            sql.text.push_str(&format!("PRIMARY KEY ({})", columns.join(", ")));
        }
        for part in self.parts.iter().filter(|part| part.dialects.contains(dialect)) {
            let (body, pattern, columns) = match &part.kind {
                PartKind::Unique { columns, nulls_not_distinct } => {
                    let columns: Vec<String> =
                        columns.iter().map(|column| (self.column_name)(column)).collect();
                    let list: Vec<String> = columns.iter().map(|column| quoted(column)).collect();
                    let nulls = if *nulls_not_distinct { " NULLS NOT DISTINCT" } else { "" };
                    (format!("UNIQUE{nulls} ({})", list.join(", ")), &self.naming.unique, columns)
                }
                PartKind::Check(expr) => {
                    let Some(expr) = expr.get(dialect) else { continue };
                    (format!("CHECK ({expr}\n)"), &self.naming.check, vec![])
                }
                PartKind::Index { .. } | PartKind::ForeignKey(_) => continue,
            };
            begin(&mut sql, &part.at);
            if part.name.is_some() {
                let facts = Named {
                    table: &self.name.name,
                    columns: &columns,
                    given: part.name.as_deref(),
                    ..Named::default()
                };
                if let Some(name) = named(pattern.as_deref(), &facts, dialect) {
                    sql.text.push_str(&format!("CONSTRAINT {} ", quoted(&name)));
                    given.insert(name);
                }
            }
            sql.text.push_str(&body);
        }
        for (check, at) in &self.checks {
            begin(&mut sql, at);
            sql.text.push_str(&format!("CHECK ({check})"));
        }
        sql.text.push_str("\n)");
        sql
    }

    /// `CREATE INDEX`, and its name.
    fn index(&self, part: &Part, dialect: Dialect, schema: &Schema) -> (Sql, Option<String>) {
        let PartKind::Index { keys, is_unique, predicate, method, include } = &part.kind else {
            return (Sql::default(), None);
        };
        let quoted = |name: &str| dialect.quote_identifier(name);
        let columns: Vec<String> = keys
            .iter()
            .map(|key| match key {
                Key::Column { name, .. } => (self.column_name)(name),
                Key::Text(_) => "expr".to_owned(),
            })
            .collect();
        let facts = Named {
            table: &self.name.name,
            columns: &columns,
            given: part.name.as_deref(),
            ..Named::default()
        };
        let given = part.name.is_some();
        let name = named(self.naming.index.as_deref().filter(|_| given), &facts, dialect);
        // PostgreSQL makes one up, the others ask for one.
        let name = match (name, dialect) {
            (None, Dialect::Mysql | Dialect::Sqlite) => Some(self.free_name(&columns, schema)),
            (name, _) => name,
        };
        let mut sql = Sql::default();
        sql.from(&part.at);
        let method = method.as_deref().map(str::to_ascii_lowercase);
        let kind = match (dialect, method.as_deref()) {
            (Dialect::Mysql, Some("fulltext")) => "FULLTEXT ",
            (Dialect::Mysql, Some("spatial")) => "SPATIAL ",
            _ if *is_unique => "UNIQUE ",
            _ => "",
        };
        sql.text.push_str(&format!("CREATE {kind}INDEX "));
        if let Some(name) = &name {
            sql.text.push_str(&format!("{} ", quoted(name)));
        }
        sql.text.push_str(&format!("ON {} ", path(self.name, dialect)));
        if let (Dialect::Postgres, Some(method)) = (dialect, &method) {
            sql.text.push_str(&format!("USING {method} "));
        }
        let keys: Vec<String> = keys
            .iter()
            .map(|key| match key {
                Key::Text(text) => text.clone(),
                Key::Column { name, descending, nulls_first } => {
                    let order = if *descending { " DESC" } else { "" };
                    let nulls = match nulls_first {
                        Some(true) => " NULLS FIRST",
                        Some(false) => " NULLS LAST",
                        None => "",
                    };
                    format!("{}{order}{nulls}", quoted(&(self.column_name)(name)))
                }
            })
            .collect();
        sql.text.push_str(&format!("({}\n)", keys.join(", ")));
        if !include.is_empty() && dialect == Dialect::Postgres {
            let include: Vec<String> = include.iter().map(|name| quoted(&(self.column_name)(name))).collect();
            sql.text.push_str(&format!(" INCLUDE ({})", include.join(", ")));
        }
        if let Some(predicate) = predicate.as_ref().and_then(|predicate| predicate.get(dialect)) {
            sql.text.push_str(&format!(" WHERE {predicate}"));
        }
        (sql, name)
    }

    /// A name for an index as PostgreSQL would make one up.
    fn free_name(&self, columns: &[String], schema: &Schema) -> String {
        let dialect = schema.dialect();
        let id = self.name.id(Space::Relation, dialect);
        let is_taken = |name: &str| {
            schema.get(&index_id(self.name, name, dialect)).is_some()
                || schema.table(&id).is_some_and(|table| {
                    table.indexes.iter().any(|index| index.name.eq_ignore_ascii_case(name))
                })
        };
        let mut base: String = format!("{}_{}", self.name.name, columns.join("_"));
        // MySQL's names have 64 characters at most.
        while base.chars().count() > 56 {
            base.pop();
        }
        let mut name = format!("{base}_idx");
        let mut number = 0;
        while is_taken(&name) {
            number += 1;
            name = format!("{base}_idx{number}");
        }
        name
    }
}

impl DraftColumn<'_> {
    /// Whether it is SQLite's own number of the row.
    fn is_row_number(&self, dialect: Dialect, is_key: bool) -> bool {
        dialect == Dialect::Sqlite && is_key && self.data_type.eq_ignore_ascii_case("integer")
    }

    fn text(&self, dialect: Dialect, is_key: bool) -> String {
        let mut out = format!("{} {}", dialect.quote_identifier(self.name), self.data_type);
        if let Some(collation) = self.collation {
            match dialect {
                Dialect::Postgres => {
                    out.push_str(&format!(" COLLATE {}", dialect.quote_identifier(collation)))
                }
                Dialect::Mysql | Dialect::Sqlite => out.push_str(&format!(" COLLATE {collation}")),
            }
        }
        if let Some((expr, is_stored)) = self.generated {
            // PostgreSQL has kept values only, up to its version 17.
            let kind = if is_stored || dialect == Dialect::Postgres { "STORED" } else { "VIRTUAL" };
            out.push_str(&format!(" GENERATED ALWAYS AS ({expr}\n) {kind}"));
        }
        if self.not_null {
            out.push_str(" NOT NULL");
        } else if dialect == Dialect::Mysql && self.generated.is_none() {
            out.push_str(" NULL");
        }
        if let Some(default) = self.default {
            out.push_str(&format!(" DEFAULT {default}\n"));
        }
        match (dialect, self.counts) {
            (Dialect::Postgres, Some(Counts::Identity { is_always })) => {
                let kind = if is_always { "ALWAYS" } else { "BY DEFAULT" };
                out.push_str(&format!(" GENERATED {kind} AS IDENTITY"));
            }
            (Dialect::Mysql, Some(_)) => out.push_str(" AUTO_INCREMENT"),
            _ => {}
        }
        if self.is_row_number(dialect, is_key) {
            out.push_str(" PRIMARY KEY");
            if self.counts == Some(Counts::AutoIncrement) {
                out.push_str(" AUTOINCREMENT");
            }
        }
        out
    }
}

/// The text for a database, where there is one.
pub(super) fn said(variants: Option<&Variants>, dialect: Dialect) -> Option<&str> {
    variants.and_then(|variants| variants.get(dialect))
}

/// Whether an object is there and known in all.
pub(super) fn is_certain(object: &Object) -> bool {
    object.certainty == migrate_core::schema::Certainty::Certain
}
