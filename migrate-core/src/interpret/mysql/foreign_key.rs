//! What MySQL and MariaDB make of foreign keys, and what they refuse.

use std::sync::Arc;

use crate::ddl::{ConstraintKind, References, ReferentialAction, TableConstraint};
use crate::interpret::constraint::NewConstraint;
use crate::interpret::run::Run;
use crate::schema::mysql as spelling;
use crate::schema::{Column, Constraint, ConstraintBody, ForeignKey, ObjectBody, ObjectId, Space, Table};

/// Whether tables of this one's engine have foreign keys; `None` where that is not known. Others read them and make no more
/// than the index.
fn has_keys(table: &Table) -> Option<bool> {
    match table.options.get("engine").map(|engine| &**engine) {
        None | Some("innodb") => Some(true),
        Some(
            "myisam" | "aria" | "memory" | "heap" | "archive" | "csv" | "merge" | "mrg_myisam" | "blackhole",
        ) => Some(false),
        Some(_) => None,
    }
}

/// Whether tables of this one's engine have foreign keys.
pub(super) fn has_keys_for_sure(table: &Table) -> bool {
    has_keys(table) == Some(true)
}

/// Whether every server makes a foreign key of it. Before version 9 MySQL made none of what stands behind a column.
pub(in crate::interpret) fn makes_key(table: &Table, new: &NewConstraint) -> bool {
    new.column.is_none() && has_keys_for_sure(table)
}

/// The columns of a table by these names.
fn columns<'t>(table: &'t Table, names: &'t [Arc<str>]) -> impl Iterator<Item = &'t Column> {
    let find = |name: &Arc<str>| table.columns.iter().find(|column| column.name.eq_ignore_ascii_case(name));
    names.iter().filter_map(find)
}

impl Run<'_> {
    /// Gives a table a foreign key, if its engine has some, and the index that goes with it.
    pub(in crate::interpret) fn add_mysql_key(
        &mut self,
        id: &ObjectId,
        table: &Table,
        written: &TableConstraint,
        mut made: Constraint,
    ) {
        let has_keys = has_keys(table);
        made.may_be_missing =
            made.column.is_some() || has_keys.is_none() || self.leads_elsewhere(&made, written);
        if has_keys != Some(false) {
            self.change_table(id, |table| table.constraints.push(made.clone()));
        }
        self.index_for_foreign_key(id, &made, written.name.is_some());
        // `FOREIGN KEY name` names the key in MariaDB, and only its index in MySQL.
        let text = written.at.of(self.sql);
        let has_constraint = text.get(..10).is_some_and(|word| word.eq_ignore_ascii_case("constraint"));
        if written.name.is_some() && !has_constraint {
            self.lose(id);
        }
    }

    /// Whether a key leads to a table by a name that is only the table's where case does not count, or to one whose engine has
    /// no keys.
    fn leads_elsewhere(&self, made: &Constraint, written: &TableConstraint) -> bool {
        let ConstraintBody::ForeignKey(key) = &made.body else { return false };
        let ConstraintKind::ForeignKey { references, .. } = &written.kind else { return false };
        let target = key.table.id(Space::Relation, self.dialect);
        self.is_spelt_otherwise(&target, &references.table.name.text)
            || self.schema.table(&target).is_some_and(|target| !has_keys_for_sure(target))
    }

    /// What InnoDB refuses of a key whose columns are all there.
    pub(in crate::interpret) fn check_mysql_key(
        &mut self,
        id: &ObjectId,
        table: &Table,
        target: &ObjectId,
        other: &Table,
        (own, referenced): (&[Arc<str>], &[Arc<str>]),
        references: &References,
    ) {
        if self.is_uncertain(id) || self.is_uncertain(target) {
            return;
        }
        let at = references.table.at();
        let sets_null = [references.on_delete, references.on_update].contains(&ReferentialAction::SetNull);
        if let Some(column) = columns(table, own).find(|column| column.not_null).filter(|_| sets_null) {
            let message = format!("column `{}` is NOT NULL, and the foreign key sets it NULL", column.name);
            self.wrong("refused-key", at, message);
            return;
        }
        if has_keys(other) == Some(false) {
            let message =
                format!("no foreign key can lead to `{}`, whose engine has none", self.shown(target));
            self.wrong("refused-key", at, message);
            return;
        }
        let mut pairs = columns(table, own).zip(columns(other, referenced));
        if let Some((one, two)) = pairs.find(|(one, two)| spelling::are_other_keys(one, two)) {
            let type_of = |column: &Column| match &column.collation.as_ref().or(column.charset.as_ref()) {
                Some(collation) => format!("{} {collation}", column.data_type),
                None => column.data_type.to_string(),
            };
            let message = format!(
                "column `{}` is `{}`, and `{}` of `{}` is `{}`",
                one.name,
                type_of(one),
                two.name,
                self.shown(target),
                type_of(two)
            );
            self.wrong("refused-key", at, message).helps.push("give both the same type".to_owned());
        }
    }

    /// A finding if a foreign key keeps a column from getting another type.
    pub(in crate::interpret) fn key_keeps_type(
        &mut self,
        id: &ObjectId,
        before: &Column,
        after: &Column,
        at: crate::ddl::Extent,
    ) {
        let are_checked = self.session.checks_foreign_keys != Some(false);
        if !are_checked || self.is_uncertain(id) || !spelling::are_other_keys(before, after) {
            return;
        }
        let has = |names: &[Arc<str>]| names.iter().any(|name| name.eq_ignore_ascii_case(&after.name));
        let own = self.schema.get(id).map(|object| (id, object));
        let mut needed = None;
        for (other, object) in self.schema.dependents(id).chain(own) {
            let ObjectBody::Table(table) = &object.body else { continue };
            let keeps = |key: &ForeignKey| {
                other == id && has(&key.columns)
                    || key.table.id(Space::Relation, self.dialect) == *id && has(&key.referenced)
            };
            let found = super::keys(table).find(|(_, key)| keys_can_be_told(object) && keeps(key));
            if let Some((constraint, _)) = found {
                needed = Some((constraint.name.clone().unwrap_or_default(), object.name.to_string()));
            }
        }
        let Some((key, of)) = needed else { return };
        let message = format!(
            "column `{}` cannot get another type: the foreign key `{key}` of `{of}` needs it",
            before.name
        );
        let from = self.findings.len();
        self.wrong("still-needed", at, message).helps.push(format!("drop the foreign key `{key}` first"));
        self.only_if_keys_are_checked(from);
    }
}

fn keys_can_be_told(object: &crate::schema::Object) -> bool {
    object.certainty == crate::schema::Certainty::Certain
}
