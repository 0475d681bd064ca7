//! Foreign keys: those that `migrate::table!` declares, and those that `joinable!` implies of what is new.

use std::ops::Range;
use std::sync::Arc;

use migrate_core::ddl::{Deferrable, ReferentialAction};
use migrate_core::diagnostic::{Code, Diagnostic};
use migrate_core::dialect::Dialect;
use migrate_core::schema::{Constraint, ConstraintBody, ForeignKey, ObjectName, Space, Table};
use migrate_core::source::Span;

use super::draft::path;
use super::{Builder, Declared, Outcome};
use crate::compare::default_schema;
use crate::naming::{Named, name as named};
use crate::superset::{Part, PartKind, References};

/// A foreign key that is wanted.
struct Wanted<'p> {
    name: Option<&'p str>,
    columns: Vec<String>,
    table: ObjectName,
    referenced: Vec<String>,
    on_delete: ReferentialAction,
    on_update: ReferentialAction,
    deferrable: Deferrable,
    at: Range<usize>,
}

impl Builder<'_> {
    /// Gives a table the foreign keys that are declared, and takes those away that are not.
    pub(super) fn keys(&mut self, one: &Declared<'_>, all: &[Declared<'_>]) {
        let Some(more) = one.table.more.as_deref().filter(|_| !one.table.is_ignored) else { return };
        let Some(table) = self.certain_table(&one.id).cloned() else { return };
        let wanted: Vec<Wanted<'_>> = more
            .parts
            .iter()
            .filter(|part| part.dialects.contains(self.dialect))
            .filter_map(|part| match &part.kind {
                PartKind::ForeignKey(references) => Some(self.wanted(one, all, part, references)),
                _ => None,
            })
            .collect();
        let mut kept: Vec<bool> = table.constraints.iter().map(|_| false).collect();
        let mut new = Vec::new();
        for key in wanted {
            let found = table
                .constraints
                .iter()
                .enumerate()
                .position(|(place, constraint)| !kept[place] && self.is_wanted(&table, constraint, &key));
            match found {
                Some(place) => kept[place] = true,
                None => new.push(key),
            }
        }
        if one.is_asserted() {
            let mut place = 0;
            let mut left = table.clone();
            left.constraints.retain(|constraint| {
                place += 1;
                let ConstraintBody::ForeignKey(key) = &constraint.body else { return true };
                kept[place - 1] || !constraint.is_local || self.is_joinable(one, all, key)
            });
            self.put(&one.id, left);
        }
        for key in new {
            self.add_key(one, &key);
        }
    }

    /// A key without actions for each `joinable!` of a new column. Where there is none and none is made, this is told: what it says
    /// of the schema is a hint.
    pub(super) fn joinables(&mut self, one: &Declared<'_>, all: &[Declared<'_>], outcome: &Outcome) {
        let dialect = self.dialect;
        let joinables =
            one.file.models.joinables.iter().filter(|joinable| {
                joinable.child == one.table.rust_name && joinable.dialects.contains(dialect)
            });
        for joinable in joinables {
            let is_new = match outcome {
                Outcome::Left => false,
                Outcome::Made => true,
                Outcome::Changed(columns) => columns.contains(&joinable.column),
            };
            let parent = all
                .iter()
                .find(|other| std::ptr::eq(other.file, one.file) && other.table.rust_name == joinable.parent);
            let Some(parent) = parent.filter(|_| !one.file.touched.has_added(joinable.at.start)) else {
                continue;
            };
            let (Some(table), Some(made)) = (self.certain_table(&one.id), self.certain_table(&parent.id))
            else {
                continue;
            };
            let column = one.column_name(&joinable.column);
            let is_there = table.constraints.iter().any(|constraint| match &constraint.body {
                ConstraintBody::ForeignKey(key) => {
                    key.table.id(Space::Relation, self.dialect) == parent.id
                        && key.columns.iter().any(|own| self.same(own, &column))
                }
                _ => false,
            });
            let is_ignored = one.table.is_ignored || parent.table.is_ignored;
            if is_there || is_ignored || self.column_of(table, &column).is_none() {
                continue;
            }
            let referenced: Vec<String> =
                made.primary_key().unwrap_or_default().iter().map(ToString::to_string).collect();
            let why = match (is_new, referenced.len()) {
                (false, _) => "of a column that is there it makes no foreign key",
                (true, 1) => "",
                (true, 0) => "it makes no foreign key to a table without a primary key",
                (true, _) => "it makes no foreign key to a primary key of several columns",
            };
            if !why.is_empty() {
                let message =
                    format!("no foreign key leads from `{}.{column}` to `{}`", one.name, parent.name);
                let place = Span::new(one.file.source, joinable.at.start, joinable.at.end);
                let help = format!(
                    "`#[references({})]` of the column in `migrate::table!` makes one, and so does a revision by hand",
                    parent.table.rust_name
                );
                let finding = Diagnostic::warning(Code("joinable"), message).label(place, why).help(help);
                self.findings.push(finding);
                continue;
            }
            let key = Wanted {
                name: None,
                columns: vec![column],
                table: parent.name.clone(),
                referenced,
                on_delete: ReferentialAction::NoAction,
                on_update: ReferentialAction::NoAction,
                deferrable: Deferrable::default(),
                at: joinable.at.clone(),
            };
            self.add_key(one, &key);
        }
    }

    fn wanted<'p>(
        &self,
        one: &Declared<'_>,
        all: &[Declared<'_>],
        part: &'p Part,
        references: &References,
    ) -> Wanted<'p> {
        let by_rust_name = |name: &str| {
            let same = |other: &&Declared<'_>| other.table.rust_name == *name;
            let own = all.iter().filter(|other| std::ptr::eq(other.file, one.file)).find(same);
            own.or_else(|| all.iter().find(same))
        };
        let (target, table) = match &references.table[..] {
            [name] => match by_rust_name(name) {
                Some(target) => (Some(target), target.name.clone()),
                None => (None, self.plain_name(one, name)),
            },
            [.., schema, name] => {
                let name = ObjectName::new(schema.as_str(), name.as_str());
                let id = name.id(Space::Relation, self.dialect);
                (all.iter().find(|other| other.id == id), name)
            }
            [] => (None, one.name.clone()),
        };
        let mut referenced: Vec<String> = references
            .referenced
            .iter()
            .map(|name| target.map_or_else(|| name.clone(), |target| target.column_name(name)))
            .collect();
        if referenced.is_empty() {
            let made = self.certain_table(&table.id(Space::Relation, self.dialect));
            let key = made.and_then(Table::primary_key).unwrap_or_default();
            referenced = key.iter().map(ToString::to_string).collect();
        }
        Wanted {
            name: part.name.as_deref(),
            columns: references.columns.iter().map(|name| one.column_name(name)).collect(),
            table,
            referenced,
            on_delete: references.on_delete,
            on_update: references.on_update,
            deferrable: Deferrable {
                is_deferrable: references.deferrable.is_some(),
                is_initially_deferred: references.deferrable == Some(true),
            },
            at: part.at.clone(),
        }
    }

    /// The table of this name in the database: in the schema of the table at hand, or in the usual one.
    fn plain_name(&self, one: &Declared<'_>, name: &str) -> ObjectName {
        let near = ObjectName::new(one.name.schema.clone(), name);
        match self.schema.get(&near.id(Space::Relation, self.dialect)) {
            Some(object) => object.name.clone(),
            None => ObjectName::new(default_schema(self.dialect), name),
        }
    }

    fn is_wanted(&self, table: &Table, constraint: &Constraint, key: &Wanted<'_>) -> bool {
        let ConstraintBody::ForeignKey(old) = &constraint.body else { return false };
        let same = |some: &[Arc<str>], others: &[String]| {
            some.len() == others.len() && some.iter().zip(others).all(|(one, other)| self.same(one, other))
        };
        let target = old.table.id(Space::Relation, self.dialect);
        let referenced = match old.referenced.is_empty() {
            false => old.referenced.clone(),
            true => {
                let made = self.schema.table(&target).unwrap_or(table);
                made.primary_key().unwrap_or_default().to_vec()
            }
        };
        let has_name = |name: &str| constraint.name.as_ref().is_some_and(|own| self.same(own, name));
        // MySQL takes the one for the other.
        let action = |action: ReferentialAction| match (self.dialect, action) {
            (Dialect::Mysql, ReferentialAction::Restrict) => ReferentialAction::NoAction,
            (_, action) => action,
        };
        same(&old.columns, &key.columns)
            && target == key.table.id(Space::Relation, self.dialect)
            && same(&referenced, &key.referenced)
            && action(old.on_delete) == action(key.on_delete)
            && action(old.on_update) == action(key.on_update)
            && constraint.deferrable == key.deferrable
            && key.name.is_none_or(has_name)
    }

    /// Whether a `joinable!` speaks of a key.
    fn is_joinable(&self, one: &Declared<'_>, all: &[Declared<'_>], key: &ForeignKey) -> bool {
        one.file.models.joinables.iter().any(|joinable| {
            let parent = all
                .iter()
                .find(|other| std::ptr::eq(other.file, one.file) && other.table.rust_name == joinable.parent);
            joinable.child == one.table.rust_name
                && joinable.dialects.contains(self.dialect)
                && key.columns.len() == 1
                && self.same(&key.columns[0], &one.column_name(&joinable.column))
                && parent.is_some_and(|parent| parent.id == key.table.id(Space::Relation, self.dialect))
        })
    }

    fn add_key(&mut self, one: &Declared<'_>, key: &Wanted<'_>) {
        let facts = Named {
            table: &one.name.name,
            columns: &key.columns,
            referred_table: &key.table.name,
            referred_columns: &key.referenced,
            given: key.name,
        };
        let name = named(self.options.naming.foreign_key.as_deref(), &facts, self.dialect);
        if self.dialect == Dialect::Sqlite {
            return self.add_sqlite_key(one, key, name);
        }
        let quoted = |names: &[String]| {
            names.iter().map(|name| self.dialect.quote_identifier(name)).collect::<Vec<_>>().join(", ")
        };
        let mut sql = format!("ALTER TABLE {} ADD ", path(&one.name, self.dialect));
        if let Some(name) = name {
            sql.push_str(&format!("CONSTRAINT {} ", self.dialect.quote_identifier(&name)));
        }
        sql.push_str(&format!(
            "FOREIGN KEY ({}) REFERENCES {}",
            quoted(&key.columns),
            path(&key.table, self.dialect)
        ));
        if !key.referenced.is_empty() {
            sql.push_str(&format!(" ({})", quoted(&key.referenced)));
        }
        for (event, action) in [("DELETE", key.on_delete), ("UPDATE", key.on_update)] {
            if let Some(action) = words(action) {
                sql.push_str(&format!(" ON {event} {action}"));
            }
        }
        if self.dialect == Dialect::Postgres && key.deferrable.is_deferrable {
            let initially = if key.deferrable.is_initially_deferred { "DEFERRED" } else { "IMMEDIATE" };
            sql.push_str(&format!(" DEFERRABLE INITIALLY {initially}"));
        }
        let what = format!("no foreign key can lead from `{}` to `{}`", one.name, key.table);
        self.run_or_tell(&sql, one.file, &key.at, &what);
    }

    /// SQLite does not ask whether the key can be, and has no statement that adds one.
    fn add_sqlite_key(&mut self, one: &Declared<'_>, key: &Wanted<'_>, name: Option<String>) {
        let target = key.table.id(Space::Relation, self.dialect);
        let (Some(table), Some(_)) = (self.certain_table(&one.id), self.schema.get(&target)) else {
            let message = format!(
                "no foreign key can lead from `{}` to `{}`: there is no such table",
                one.name, key.table
            );
            return self.conflict(one.file, &key.at, message, "");
        };
        let mut table = table.clone();
        let all =
            |names: &[String]| names.iter().map(|name| Arc::from(name.as_str())).collect::<Vec<Arc<str>>>();
        let missing = key.columns.iter().find(|column| self.column_of(&table, column).is_none());
        if let Some(missing) = missing {
            let message = format!("`{}` has no column `{missing}`", one.name);
            return self.conflict(one.file, &key.at, message, "");
        }
        let body = ConstraintBody::ForeignKey(ForeignKey {
            columns: all(&key.columns),
            table: key.table.clone(),
            referenced: all(&key.referenced),
            on_delete: key.on_delete,
            on_update: key.on_update,
            on_delete_columns: vec![],
            match_full: false,
        });
        let mut constraint = Constraint::named(name.clone().unwrap_or_default().into(), body);
        constraint.name = name.map(Arc::from);
        constraint.deferrable = key.deferrable;
        table.constraints.push(constraint);
        self.put(&one.id, table);
    }
}

fn words(action: ReferentialAction) -> Option<&'static str> {
    Some(match action {
        ReferentialAction::NoAction => return None,
        ReferentialAction::Restrict => "RESTRICT",
        ReferentialAction::Cascade => "CASCADE",
        ReferentialAction::SetNull => "SET NULL",
        ReferentialAction::SetDefault => "SET DEFAULT",
    })
}
