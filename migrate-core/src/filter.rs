//! Which objects of a schema are a project's own business.
//!
//! A pattern is a name in which `*` stands for anything and `?` for one character: `posts`, `audit.*` (all of a schema),
//! `users.cache` (a column), or a kind and a name: `view:*`, `index:*_trgm`, `index:posts.*`. Case does not count.

use std::fmt;

use crate::nearest::nearest;
use crate::schema::{
    Column, Constraint, ConstraintBody, Index, Object, ObjectBody, ObjectId, ObjectName, Schema, Space,
    Table, Trigger,
};

/// The objects that count: those that a pattern of `include` names, or all if there is none, without those that a pattern of
/// `exclude` names. `exclude` may name parts of tables, too.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    include: Vec<Pattern>,
    exclude: Vec<Pattern>,
}

/// A pattern that cannot be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadPattern {
    /// The pattern.
    pub pattern: String,
    /// What is wrong with it.
    pub wrong: String,
}

impl fmt::Display for BadPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`: {}", self.pattern, self.wrong)
    }
}

impl std::error::Error for BadPattern {}

impl Filter {
    /// A filter of these patterns.
    ///
    /// # Errors
    ///
    /// - A pattern has an unknown kind, an empty name, or too many of them.
    /// - `include` names a kind of part: only whole objects can be what counts.
    pub fn new(include: &[String], exclude: &[String]) -> Result<Self, BadPattern> {
        let read = |patterns: &[String]| -> Result<Vec<Pattern>, BadPattern> {
            patterns.iter().map(|pattern| Pattern::read(pattern)).collect()
        };
        let filter = Self { include: read(include)?, exclude: read(exclude)? };
        match filter.include.iter().position(|pattern| pattern.kind.is_some_and(Kind::is_part)) {
            Some(place) => Err(BadPattern {
                pattern: include[place].clone(),
                wrong: "what counts are whole objects; parts can be left out with `exclude`".to_owned(),
            }),
            None => Ok(filter),
        }
    }

    /// Whether everything counts.
    pub fn is_empty(&self) -> bool {
        self.include.is_empty() && self.exclude.is_empty()
    }

    /// Whether an object counts. What belongs to a table counts with it.
    pub fn counts(&self, object: &Object) -> bool {
        match &object.body {
            ObjectBody::Index { table } => {
                self.counts_object(Kind::Table, table)
                    && self.counts_part(Kind::Index, table, &object.name.name)
            }
            ObjectBody::Sequence(sequence) if sequence.owned_by.is_some() => {
                let table = sequence.owned_by.as_ref().map(|(table, _)| table);
                table.is_none_or(|table| self.counts_object(Kind::Table, table))
                    && self.counts_object(Kind::Sequence, &object.name)
            }
            body => self.counts_object(Kind::of(body), &object.name),
        }
    }

    /// Takes out of a schema what does not count. What belongs to a table that counts stays.
    pub fn retain(&self, schema: &mut Schema) {
        if self.is_empty() {
            return;
        }
        let all = schema.objects().iter();
        let is_part = |object: &Object| matches!(object.body, ObjectBody::Index { .. });
        let others: Vec<ObjectId> = all
            .filter(|(_, object)| match &object.body {
                ObjectBody::Index { table } => !self.counts_object(Kind::Table, table),
                _ => !is_part(object) && !self.counts(object),
            })
            .map(|(id, _)| id.clone())
            .collect();
        for id in &others {
            schema.remove(id);
        }
    }

    /// The schema that is wanted, where what does not count is as it is in `base`.
    pub fn apply(&self, base: &Schema, wanted: &Schema) -> Schema {
        let mut out = wanted.clone();
        if self.is_empty() {
            return out;
        }
        for id in base.changed(wanted) {
            let (old, new) = (base.get(&id), wanted.get(&id));
            if [old, new].into_iter().flatten().any(|object| !self.counts(object)) {
                match old {
                    Some(object) => out.insert(id, object.clone()),
                    None => drop(out.remove(&id)),
                }
                continue;
            }
            let Some(Object { body: ObjectBody::Table(wanted), name, .. }) = new else { continue };
            let old = old.and_then(|object| match &object.body {
                ObjectBody::Table(table) => Some(table),
                _ => None,
            });
            if self.exclude.iter().any(Pattern::may_be_part) {
                self.keep_parts(name, &id, old, wanted, &mut out);
            }
        }
        out
    }

    /// The parts of a table that do not count are as they were.
    fn keep_parts(
        &self,
        name: &ObjectName,
        id: &ObjectId,
        before: Option<&Table>,
        wanted: &Table,
        out: &mut Schema,
    ) {
        let nothing = Table::default();
        let before = before.unwrap_or(&nothing);
        let is_column = |column: &str| self.counts_part(Kind::Column, name, column);
        // What rests on a column that does not count stays with it.
        let is_index = |index: &Index| {
            self.counts_part(Kind::Index, name, &index.name)
                && index.columns.iter().all(|column| is_column(column))
        };
        let is_constraint = |constraint: &Constraint| {
            let own = constraint.name.as_deref().unwrap_or_default();
            self.counts_part(Kind::Constraint, name, own)
                && columns_of(&constraint.body).iter().all(|column| is_column(column))
        };
        let is_trigger = |trigger: &Trigger| self.counts_part(Kind::Trigger, name, &trigger.name);
        let table = Table {
            columns: kept(&before.columns, &wanted.columns, |column: &Column| is_column(&column.name)),
            constraints: kept(&before.constraints, &wanted.constraints, is_constraint),
            indexes: kept(&before.indexes, &wanted.indexes, is_index),
            triggers: kept(&before.triggers, &wanted.triggers, is_trigger),
            ..wanted.clone()
        };
        if table == *wanted {
            return;
        }
        out.change(id, |object| object.body = ObjectBody::Table(table));
        // PostgreSQL and SQLite have indexes among the relations, which follow their table.
        let dialect = out.dialect();
        let at = |index: &Index| {
            ObjectName::new(name.schema.clone(), index.name.clone()).id(Space::Relation, dialect)
        };
        for index in wanted.indexes.iter().filter(|index| !is_index(index)) {
            out.remove(&at(index));
        }
    }

    fn counts_object(&self, kind: Kind, name: &ObjectName) -> bool {
        let is_named = |pattern: &Pattern| pattern.names_object(kind, name);
        (self.include.is_empty() || self.include.iter().any(is_named)) && !self.exclude.iter().any(is_named)
    }

    fn counts_part(&self, kind: Kind, table: &ObjectName, own: &str) -> bool {
        !self.exclude.iter().any(|pattern| pattern.names_part(kind, table, own))
    }
}

/// What counts as it is wanted, and what does not as it was.
fn kept<T: Clone>(before: &[T], wanted: &[T], counts: impl Fn(&T) -> bool) -> Vec<T> {
    let new = wanted.iter().filter(|part| counts(part));
    new.chain(before.iter().filter(|part| !counts(part))).cloned().collect()
}

fn columns_of(body: &ConstraintBody) -> &[std::sync::Arc<str>] {
    match body {
        ConstraintBody::PrimaryKey(columns)
        | ConstraintBody::Unique { columns, .. }
        | ConstraintBody::Check { columns, .. } => columns,
        ConstraintBody::ForeignKey(key) => &key.columns,
        ConstraintBody::NotNull(column) => std::slice::from_ref(column),
        ConstraintBody::Exclude(_) => &[],
    }
}

/// What a pattern can be about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Table,
    View,
    Sequence,
    Enum,
    Domain,
    Type,
    Function,
    Schema,
    Extension,
    Other,
    Column,
    Index,
    Constraint,
    Trigger,
}

impl Kind {
    const ALL: [(&'static str, Self); 13] = [
        ("table", Self::Table),
        ("view", Self::View),
        ("sequence", Self::Sequence),
        ("enum", Self::Enum),
        ("domain", Self::Domain),
        ("type", Self::Type),
        ("function", Self::Function),
        ("schema", Self::Schema),
        ("extension", Self::Extension),
        ("column", Self::Column),
        ("index", Self::Index),
        ("constraint", Self::Constraint),
        ("trigger", Self::Trigger),
    ];

    fn is_part(self) -> bool {
        matches!(self, Self::Column | Self::Index | Self::Constraint | Self::Trigger)
    }

    fn of(body: &ObjectBody) -> Self {
        match body {
            ObjectBody::Table(_) => Self::Table,
            ObjectBody::View(_) => Self::View,
            ObjectBody::Index { .. } => Self::Index,
            ObjectBody::Sequence(_) => Self::Sequence,
            ObjectBody::Enum(_) => Self::Enum,
            ObjectBody::Domain(_) => Self::Domain,
            ObjectBody::Composite(_) | ObjectBody::OtherType => Self::Type,
            ObjectBody::Routines(_) => Self::Function,
            ObjectBody::Namespace => Self::Schema,
            ObjectBody::Extension(_) => Self::Extension,
            ObjectBody::Other(..) => Self::Other,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Pattern {
    kind: Option<Kind>,
    /// The name, and in front of it what it is in.
    names: Vec<String>,
}

impl Pattern {
    fn read(text: &str) -> Result<Self, BadPattern> {
        let bad = |wrong: String| BadPattern { pattern: text.to_owned(), wrong };
        let (kind, name) = match text.split_once(':') {
            None => (None, text),
            Some((word, name)) => {
                let word = word.trim().to_ascii_lowercase();
                let known = Kind::ALL.iter().find(|(known, _)| *known == word);
                let names = Kind::ALL.iter().map(|(known, _)| *known);
                let known = known.ok_or_else(|| match nearest(&word, names.clone()) {
                    Some(near) => bad(format!("`{word}` is no kind of object; the nearest is `{near}`")),
                    None => {
                        let names = names.clone().collect::<Vec<_>>().join("`, `");
                        bad(format!("`{word}` is no kind of object; the kinds are `{names}`"))
                    }
                })?;
                (Some(known.1), name)
            }
        };
        let names: Vec<String> = name.trim().split('.').map(str::to_ascii_lowercase).collect();
        let most = if kind.is_none_or(Kind::is_part) { 3 } else { 2 };
        if names.iter().any(String::is_empty) {
            return Err(bad("a name is missing".to_owned()));
        }
        if names.len() > most {
            return Err(bad(format!("at most {most} names can be joined by dots")));
        }
        Ok(Self { kind, names })
    }

    /// Whether it may name a part of a table.
    fn may_be_part(&self) -> bool {
        self.kind.map_or(self.names.len() > 1, Kind::is_part)
    }

    fn names_object(&self, kind: Kind, name: &ObjectName) -> bool {
        if self.kind.is_some_and(|own| own != kind) {
            return false;
        }
        let schema = || self.names.first().is_some_and(|own| is_like(own, &name.schema));
        match &self.names[..] {
            // What is all of a schema is the schema, too.
            [own, all] if kind == Kind::Schema => all == "*" && is_like(own, &name.name),
            [own] => is_like(own, &name.name),
            [_, own] => schema() && is_like(own, &name.name),
            _ => false,
        }
    }

    fn names_part(&self, kind: Kind, table: &ObjectName, own: &str) -> bool {
        // Without a kind it is a column.
        if self.kind.unwrap_or(Kind::Column) != kind {
            return false;
        }
        match &self.names[..] {
            [part] => self.kind.is_some() && is_like(part, own),
            [name, part] => is_like(name, &table.name) && is_like(part, own),
            [schema, name, part] => {
                is_like(schema, &table.schema) && is_like(name, &table.name) && is_like(part, own)
            }
            _ => false,
        }
    }
}

/// Whether a name is like a pattern in lower case.
fn is_like(pattern: &str, name: &str) -> bool {
    let (pattern, name): (Vec<char>, Vec<char>) = (pattern.chars().collect(), name.chars().collect());
    let (mut at, mut place) = (0, 0);
    // The last `*`, and how much of the name it stood for.
    let mut star: Option<(usize, usize)> = None;
    while place < name.len() {
        match pattern.get(at) {
            Some('*') => {
                star = Some((at, place));
                at += 1;
            }
            Some(&c) if c == '?' || c == name[place].to_ascii_lowercase() => {
                at += 1;
                place += 1;
            }
            _ => match star {
                Some((back, taken)) => {
                    star = Some((back, taken + 1));
                    at = back + 1;
                    place = taken + 1;
                }
                None => return false,
            },
        }
    }
    pattern[at..].iter().all(|c| *c == '*')
}

#[cfg(test)]
mod tests;
