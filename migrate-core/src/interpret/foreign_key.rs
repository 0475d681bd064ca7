//! Foreign keys: what they refer to, and whether they may.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::Proof;
use super::constraint::NewConstraint;
use super::lookup::Found;
use super::run::Run;
use crate::ddl::{Ident, References};
use crate::dialect::Dialect;
use crate::schema::{ConstraintBody, ForeignKey, Index, ObjectId, ObjectName, Table};

impl Run<'_> {
    pub(super) fn foreign_key(
        &mut self,
        id: &ObjectId,
        table: &Table,
        new: &NewConstraint,
        columns: &[Ident],
        references: &References,
    ) -> Option<(String, ConstraintBody, Option<Index>)> {
        let names: Vec<&str> = columns.iter().map(|column| &*column.text).collect();
        let own: Vec<Arc<str>> = columns
            .iter()
            .map(|column| self.column(id, column).map_or_else(|| (&*column.text).into(), |found| found.name))
            .collect();
        // SQLite looks at the other table when rows come; MySQL when it is told to look at all.
        let must_be_there = match self.dialect {
            Dialect::Postgres => true,
            Dialect::Mysql => {
                self.session.checks_foreign_keys != Some(false) && super::mysql::makes_key(table, new)
            }
            Dialect::Sqlite => false,
        };
        let before = self.findings.len();
        // A key never leads to a temporary table, which hides the one that is meant.
        let is_hidden = |found: &Found| matches!(found, Found::Known(id) if self.is_mysql_temporary(id));
        let is_hidden = is_hidden(&self.find(&references.table, crate::schema::Space::Relation));
        let must_be_there = must_be_there && !is_hidden;
        let target = match must_be_there {
            _ if is_hidden => None,
            true => self.relation(&references.table, "table"),
            false => match self.find(&self.key_target(id, references), crate::schema::Space::Relation) {
                Found::Known(target) => Some(target),
                Found::Unknown | Found::Missing => None,
            },
        };
        let target_name = match &target {
            Some(target) => self.schema.get(target).map(|object| object.name.clone()),
            None => self.new_name(&self.key_target(id, references), false),
        };
        let target_name = target_name.unwrap_or_else(|| ObjectName::new("", &*references.table.name.text));
        let mut referenced: Vec<Arc<str>> =
            references.columns.iter().map(|column| (&*column.text).into()).collect();
        let is_misfit = !references.columns.is_empty() && references.columns.len() != columns.len();
        if is_misfit && self.dialect == Dialect::Sqlite {
            let message = format!(
                "the foreign key has {} and refers to {}",
                count(columns.len()),
                count(references.columns.len())
            );
            self.wrong("no-unique-target", references.table.at(), message);
        }
        if let Some(target) = &target {
            if must_be_there {
                for column in &references.columns {
                    drop(self.column(target, column));
                }
            }
            let other = if target == id { Some(table.clone()) } else { self.schema.table(target).cloned() };
            if let Some(other) = other {
                if references.columns.is_empty() && self.dialect != Dialect::Sqlite {
                    referenced = other.primary_key().map(<[_]>::to_vec).unwrap_or_default();
                }
                let findings = self.findings.len();
                self.check_target((id, target), &other, &referenced, columns, references, must_be_there);
                if self.findings.len() == findings
                    && !self.is_uncertain(target)
                    && self.dialect == Dialect::Postgres
                {
                    self.check_types(table, &other, &own, &referenced, columns);
                }
                if self.dialect == Dialect::Mysql && must_be_there && self.findings.len() == before {
                    self.check_mysql_key(id, table, target, &other, (&own, &referenced), references);
                }
            }
        }
        self.only_if_keys_are_checked(before);
        let name = self.constraint_name(id, &new.constraint, "fkey", &names);
        let key = ForeignKey {
            columns: own,
            table: target_name,
            referenced,
            on_delete: references.on_delete,
            on_update: references.on_update,
            on_delete_columns: references.on_delete_columns.iter().map(|name| (&*name.text).into()).collect(),
            match_full: references.match_full,
        };
        Some((name, ConstraintBody::ForeignKey(key), None))
    }

    /// A key is compared with what it refers to.
    fn check_types(
        &mut self,
        table: &Table,
        other: &Table,
        own: &[Arc<str>],
        referenced: &[Arc<str>],
        columns: &[Ident],
    ) {
        for ((name, target), column) in own.iter().zip(referenced).zip(columns) {
            let of = |table: &Table, name: &str| {
                self.column_place(table, name).map(|place| table.columns[place].data_type.clone())
            };
            let (Some(key), Some(target)) = (of(table, name), of(other, target)) else { continue };
            if self.never_compares(&key, &target) {
                let message =
                    format!("`{name}` is `{key}` and refers to `{target}`: they cannot be compared");
                self.wrong("types-do-not-fit", column.at, message);
                return;
            }
        }
    }

    /// SQLite's keys never leave their file.
    fn key_target(&self, id: &ObjectId, references: &References) -> crate::ddl::Path {
        let mut path = references.table.clone();
        if self.dialect == Dialect::Sqlite {
            path.schema = Some(Ident::new(&*id.schema, path.name.at));
        }
        path
    }

    /// What was found from there on holds only where MySQL checks foreign keys, which the application may have switched off.
    pub(super) fn only_if_keys_are_checked(&mut self, from: usize) {
        if self.dialect == Dialect::Mysql && self.session.checks_foreign_keys.is_none() {
            for finding in &mut self.findings[from..] {
                finding.proof = Proof::Likely;
                finding.notes.push("unless the session has `foreign_key_checks = 0`".to_owned());
            }
        }
    }

    /// A foreign key leads to as many columns as it has, and they tell one row from another.
    fn check_target(
        &mut self,
        (id, target): (&ObjectId, &ObjectId),
        other: &Table,
        referenced: &[Arc<str>],
        columns: &[Ident],
        references: &References,
        must_be_there: bool,
    ) {
        if !must_be_there || self.is_uncertain(target) {
            return;
        }
        // The index that a key of MySQL's brings serves itself as well.
        let leads_to_itself =
            columns.iter().zip(referenced).all(|(own, other)| self.same_name(&own.text, other));
        if self.dialect == Dialect::Mysql && target == id && leads_to_itself {
            return;
        }
        let of = self.shown(target);
        let at = references.table.at();
        if referenced.is_empty() {
            self.wrong("no-unique-target", at, format!("table `{of}` has no primary key to refer to"));
            return;
        }
        if referenced.len() != columns.len() {
            let message = format!(
                "the foreign key has {} and refers to {}",
                count(columns.len()),
                count(referenced.len())
            );
            self.wrong("no-unique-target", at, message);
            return;
        }
        let wanted: BTreeSet<String> = referenced.iter().map(|name| name.to_ascii_lowercase()).collect();
        let tells_rows = |index: &Index| {
            let keys: BTreeSet<String> =
                index.parts.iter().map(|part| part.expr.written.to_ascii_lowercase()).collect();
            match self.dialect {
                Dialect::Postgres => {
                    index.is_unique
                        && index.predicate.is_none()
                        && keys == wanted
                        && index.parts.len() == wanted.len()
                }
                // Any index will do that begins with them.
                _ => {
                    index
                        .parts
                        .iter()
                        .take(wanted.len())
                        .all(|part| wanted.contains(&part.expr.written.to_ascii_lowercase()))
                        && index.parts.len() >= wanted.len()
                }
            }
        };
        if !other.indexes.iter().any(tells_rows) {
            let list: Vec<String> = referenced.iter().map(|name| format!("`{name}`")).collect();
            let message = format!("no unique constraint of table `{of}` is on {}", list.join(", "));
            self.wrong("no-unique-target", at, message);
        }
    }
}

fn count(columns: usize) -> String {
    if columns == 1 { "1 column".to_owned() } else { format!("{columns} columns") }
}
