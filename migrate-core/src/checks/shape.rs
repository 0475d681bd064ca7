//! Sections of one revision that make different tables of different databases.
//!
//! One history for several databases is of use only as long as their tables are alike. What is compared is what an application
//! sees: tables, columns, whether they may be NULL, and keys. Types are compared by a loose class, since each database has its
//! own; what is not certain is left out.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::{Code, Diagnostic};
use crate::dialect::Dialect;
use crate::history::History;
use crate::proof::Proved;
use crate::replay::name;
use crate::revision::{Direction, Revision, Section};
use crate::schema::{
    BaseType, Certainty, Column, ConstraintBody, ObjectBody, ObjectName, Schema, Space, Table, TableKind,
    Type,
};
use crate::source::Span;

/// A revision after which the tables of two databases are less alike than before.
pub(super) struct Difference<'h> {
    pub(super) revision: usize,
    /// The sections that made it so.
    pub(super) sections: [&'h Section; 2],
    dialects: [Dialect; 2],
    lines: Vec<String>,
}

/// Whether a revision has upgrades of its own for some databases.
pub(super) fn is_told_apart(revision: &Revision) -> bool {
    revision.sections.iter().filter(|section| section.direction == Direction::Upgrade).count() > 1
}

/// Compares the first database with each of the others.
pub(super) fn differences<'h>(history: &'h History, proved: &[(Dialect, Proved)]) -> Vec<Difference<'h>> {
    let Some(((first, ours), others)) = proved.split_first() else { return vec![] };
    let mut all = Vec::new();
    for (node, (before, after)) in &ours.kept {
        let revision = history.revision(*node);
        for (other, theirs) in others {
            let Some((their_before, their_after)) = theirs.kept.get(node) else { continue };
            let sections = [*first, *other].map(|it| revision.section(Direction::Upgrade, it));
            let [Some(mine), Some(their)] = sections else { continue };
            if mine.first_line == their.first_line {
                continue;
            }
            let mut names = changed(before, after);
            names.extend(changed(their_before, their_after));
            let unlike = |one: &Schema, two: &Schema| -> BTreeSet<String> {
                names.iter().flat_map(|name| unlike(name, one, two)).collect()
            };
            let known = unlike(before, their_before);
            let lines: Vec<String> = unlike(after, their_after).difference(&known).cloned().collect();
            if !lines.is_empty() {
                let (sections, dialects) = ([mine, their], [*first, *other]);
                all.push(Difference { revision: *node, sections, dialects, lines });
            }
        }
    }
    all
}

impl Difference<'_> {
    /// The finding; `marker` is where a section begins.
    pub(super) fn describe(&self, marker: impl Fn(&Section) -> Span) -> Diagnostic {
        let [one, other] = self.dialects.map(name);
        let message = format!("the sections for {one} and {other} make different tables");
        let [mine, their] = self.sections;
        let mut finding = Diagnostic::warning(Code("dialects-differ"), message)
            .label(marker(their), format!("what {other} gets"))
            .label(marker(mine), format!("what {one} gets"));
        const MOST: usize = 8;
        for line in self.lines.iter().take(MOST) {
            finding = finding.note(line.clone());
        }
        match self.lines.len().saturating_sub(MOST) {
            0 => finding,
            more => finding.note(format!("and {more} more")),
        }
    }
}

/// The names of the tables that differ between two schemas.
fn changed(before: &Schema, after: &Schema) -> BTreeSet<String> {
    let ids = before.changed(after).into_iter();
    ids.filter(|id| id.space == Space::Relation && &*id.schema == default_schema(before.dialect()))
        .map(|id| id.name.to_lowercase())
        .collect()
}

fn default_schema(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Postgres => "public",
        Dialect::Mysql => "",
        Dialect::Sqlite => "main",
    }
}

/// What stands under a name.
enum Named<'s> {
    Nothing,
    Table(&'s Table),
    /// Something that is not compared.
    Other,
}

fn named<'s>(name: &str, schema: &'s Schema) -> Named<'s> {
    let dialect = schema.dialect();
    let id = ObjectName::new(default_schema(dialect), name).id(Space::Relation, dialect);
    match schema.get(&id) {
        None if schema.may_have_others => Named::Other,
        None => Named::Nothing,
        Some(object) => match &object.body {
            ObjectBody::Table(table)
                if object.certainty == Certainty::Certain
                    && table.kind == TableKind::Plain
                    && !table.is_part() =>
            {
                Named::Table(table)
            }
            _ => Named::Other,
        },
    }
}

/// What is not alike in the tables of a name.
fn unlike(name: &str, one: &Schema, other: &Schema) -> Vec<String> {
    let names = [one, other].map(|schema| self::name(schema.dialect()));
    let only = |what: String, place: usize| format!("only {} has {what}", names[place]);
    let (one, other) = match (named(name, one), named(name, other)) {
        (Named::Table(one), Named::Table(other)) => (one, other),
        (Named::Table(_), Named::Nothing) => return vec![only(format!("table `{name}`"), 0)],
        (Named::Nothing, Named::Table(_)) => return vec![only(format!("table `{name}`"), 1)],
        _ => return vec![],
    };
    let mut lines = Vec::new();
    let columns = [one, other].map(|table| -> BTreeMap<String, &Column> {
        table.columns.iter().map(|column| (column.name.to_lowercase(), column)).collect()
    });
    let keys = [one, other].map(primary_key);
    let all: BTreeSet<&String> = columns.iter().flat_map(BTreeMap::keys).collect();
    for column in all {
        match (columns[0].get(column), columns[1].get(column)) {
            (Some(mine), Some(their)) => {
                // A key of SQLite may be NULL unless it says otherwise, and nobody means that.
                let is_key = keys.iter().flatten().flatten().any(|key| key == column);
                if mine.not_null != their.not_null && !is_key {
                    let place = usize::from(their.not_null);
                    lines.push(only(format!("NOT NULL on `{name}.{column}`"), place));
                }
                if are_unlike(&mine.data_type, &their.data_type) {
                    let (mine, their) = (&mine.data_type, &their.data_type);
                    lines.push(format!(
                        "`{name}.{column}` is `{mine}` on {} and `{their}` on {}",
                        names[0], names[1]
                    ));
                }
            }
            (mine, _) => lines.push(only(format!("column `{name}.{column}`"), usize::from(mine.is_none()))),
        }
    }
    if keys[0] != keys[1] {
        let shown = |key: &Option<Vec<String>>| match key {
            Some(columns) => format!("({})", columns.join(", ")),
            None => "none".to_owned(),
        };
        lines.push(format!(
            "the primary key of `{name}` is {} on {} and {} on {}",
            shown(&keys[0]),
            names[0],
            shown(&keys[1]),
            names[1]
        ));
    }
    let foreign = [one, other].map(foreign_keys);
    for (place, mine) in foreign.iter().enumerate() {
        for key in mine.difference(&foreign[1 - place]) {
            lines.push(only(format!("the foreign key of `{name}` {key}"), place));
        }
    }
    let unique = [unique_keys(one), unique_keys(other)];
    for (place, (plain, _)) in unique.iter().enumerate() {
        for key in plain.difference(&unique[1 - place].1) {
            lines.push(only(format!("uniqueness of `{name}` ({})", key.join(", ")), place));
        }
    }
    lines
}

fn lower(names: &[std::sync::Arc<str>]) -> Vec<String> {
    names.iter().map(|name| name.to_lowercase()).collect()
}

fn primary_key(table: &Table) -> Option<Vec<String>> {
    table.primary_key().map(lower)
}

fn foreign_keys(table: &Table) -> BTreeSet<String> {
    let keys = table.constraints.iter().filter_map(|constraint| match &constraint.body {
        ConstraintBody::ForeignKey(key) => Some(key),
        _ => None,
    });
    keys.map(|key| format!("({}) to `{}`", lower(&key.columns).join(", "), key.table.name.to_lowercase()))
        .collect()
}

/// The columns that are unique together for all rows; and these with those that are unique for some rows, or in some form.
fn unique_keys(table: &Table) -> (BTreeSet<Vec<String>>, BTreeSet<Vec<String>>) {
    let (mut plain, mut all) = (BTreeSet::new(), BTreeSet::new());
    all.extend(primary_key(table));
    for index in table.indexes.iter().filter(|index| index.is_unique) {
        let columns = lower(&index.columns);
        let is_plain = index.predicate.is_none() && index.parts.iter().all(|part| part.is_column);
        if is_plain && !columns.is_empty() {
            plain.insert(columns.clone());
        }
        all.insert(columns);
    }
    for constraint in &table.constraints {
        if let ConstraintBody::Unique { columns, .. } = &constraint.body {
            plain.insert(lower(columns));
            all.insert(lower(columns));
        }
    }
    if let Some(key) = primary_key(table) {
        plain.remove(&key);
    }
    (plain, all)
}

/// Numbers and texts are told apart; dates, UUIDs, JSON and the like may be kept as either.
fn are_unlike(one: &Type, other: &Type) -> bool {
    matches!((class(one), class(other)), (Some(one), Some(other)) if one != other)
}

#[derive(PartialEq)]
enum Class {
    Number,
    Text,
}

fn class(data_type: &Type) -> Option<Class> {
    let BaseType::BuiltIn(name) = &data_type.base else { return None };
    if data_type.is_array {
        return None;
    }
    let name = name.to_lowercase();
    let word = name.split(['(', ' ']).next().unwrap_or_default();
    match word {
        "int" | "integer" | "bigint" | "smallint" | "mediumint" | "tinyint" | "boolean" | "bool" | "int2"
        | "int4" | "int8" => Some(Class::Number),
        "text" | "varchar" | "char" | "character" | "tinytext" | "mediumtext" | "longtext" | "nvarchar"
        | "citext" | "clob" => Some(Class::Text),
        _ => None,
    }
}
