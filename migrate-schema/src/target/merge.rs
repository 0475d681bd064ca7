//! A declared table, and the one that is there.

use std::sync::Arc;

use migrate_core::dialect::Dialect;
use migrate_core::schema::{self, ConstraintBody, ObjectBody, ObjectId, Table, TableKind};

use super::draft::{Draft, DraftTable, said, without};
use super::{Builder, Declared, Outcome};
use crate::compare::{is_hidden, is_of_tool, may_refuse_null, refuses_null};
use crate::models::{Column, Unread};

impl Builder<'_> {
    /// Makes a table what its declaration asserts, but for foreign keys and what goes.
    pub(super) fn table(&mut self, one: &Declared<'_>) -> Outcome {
        if one.table.is_ignored || one.table.is_view {
            return Outcome::Left;
        }
        match self.schema.get(&one.id) {
            None => self.make(one),
            Some(_) => match self.certain_table(&one.id) {
                Some(table) if matches!(table.kind, TableKind::Plain) => {
                    let table = table.clone();
                    self.merge(one, table)
                }
                _ => Outcome::Left,
            },
        }
    }

    fn make(&mut self, one: &Declared<'_>) -> Outcome {
        // MySQL's and SQLite's other schemas are other databases.
        let is_elsewhere = one.table.schema.is_some() && self.dialect != Dialect::Postgres;
        let is_patched = one.file.touched.has_table(Some(one.table.name_at.start), &one.table.name);
        if is_elsewhere || is_patched || !one.is_whole || is_of_tool(&one.name.name) {
            return Outcome::Left;
        }
        let Some(mut draft) = self.draft(one, None) else { return Outcome::Left };
        let mut table = std::mem::take(&mut draft.table);
        self.schema = draft.schema.clone();
        self.name_parts(one, &mut table, &draft);
        self.comment_columns(one, &mut table);
        self.put(&one.id, table);
        self.comment_table(one);
        Outcome::Made
    }

    /// What the database would make of the declaration; what is wrong with it is told.
    fn draft(&mut self, one: &Declared<'_>, base: Option<&Table>) -> Option<Draft> {
        let mut untold = Vec::new();
        let columns = self.draft_columns(one, base, &mut untold);
        let is_complete = untold.is_empty();
        let more = one.table.more.as_deref();
        let key: Vec<String> = one.table.primary_key.iter().map(|rust| one.column_name(rust)).collect();
        let mut checks = Vec::new();
        if self.dialect == Dialect::Sqlite {
            for column in one.columns(self.dialect) {
                let Some(labels) = &column.more.labels else { continue };
                let labels: Vec<String> =
                    labels.iter().map(|label| self.dialect.quote_literal(label)).collect();
                let name = self.dialect.quote_identifier(&column.name);
                checks.push((format!("{name} IN ({})", labels.join(", ")), column.name_at.clone()));
            }
        }
        let draft = DraftTable {
            name: &one.name,
            columns,
            primary_key: key.iter().map(String::as_str).collect(),
            parts: more.map_or(vec![], |more| more.parts.iter().collect()),
            checks,
            column_name: &|rust| one.column_name(rust),
            naming: &self.options.naming,
            at: one.table.name_at.clone(),
        };
        // A table without one of its columns is not made, and one that is there does without it for now.
        let draft = match is_complete || base.is_some() {
            true => draft.replay(without(&self.schema, &one.id)).map_err(|flaws| untold.extend(flaws)).ok(),
            false => None,
        };
        for Unread { at, why } in untold {
            let message = format!("`{}` cannot be what it is declared as", one.name);
            self.conflict(one.file, &at, message, &why);
        }
        draft
    }

    fn merge(&mut self, one: &Declared<'_>, base: Table) -> Outcome {
        let dialect = self.dialect;
        let columns: Vec<&Column> = one.columns(dialect).filter(|column| !column.is_ignored).collect();
        let is_new = |builder: &Self, column: &Column| {
            builder.column_of(&base, &column.name).is_none()
                && !builder.is_patched(one, column)
                && !is_hidden(dialect, &column.name)
        };
        for column in &columns {
            if let Some(old) = self.column_of(&base, &column.name)
                && let Some(finding) = self.unknown_type(one, column, old)
            {
                self.findings.push(finding);
            }
        }
        let key = self.wanted_key(one, &base);
        let needs_draft = key.is_some()
            || one.table.more.is_some()
            || columns.iter().any(|column| match self.column_of(&base, &column.name) {
                None => is_new(self, column),
                Some(old) => self.wants_type(one, column, old),
            });
        let draft = match needs_draft {
            false => None,
            true => match self.draft(one, Some(&base)) {
                Some(draft) => Some(draft),
                None => return Outcome::Left,
            },
        };
        let mut table = base.clone();
        let mut new = Vec::new();
        for column in columns {
            let drafted = draft.as_ref().and_then(|draft| self.column_of(&draft.table, &column.name));
            let place = table.columns.iter().position(|old| self.same(&old.name, &column.name));
            match (place, drafted) {
                (None, Some(drafted)) if is_new(self, column) => {
                    table.columns.push(drafted.clone());
                    new.push(column.rust_name.clone());
                    if let Some(draft) = &draft {
                        self.take_sequence(one, &drafted.name, draft);
                    }
                }
                (None, _) => {}
                (Some(place), drafted) => {
                    let old = table.columns[place].clone();
                    let now = self.changed(one, column, &base, old, drafted, (draft.as_ref(), key.is_some()));
                    if !now.not_null {
                        let name = now.name.clone();
                        table.constraints.retain(|constraint| {
                            !matches!(&constraint.body, ConstraintBody::NotNull(own) if *own == name)
                        });
                    }
                    table.columns[place] = now;
                }
            }
        }
        if let Some(draft) = &draft {
            if key.is_some() {
                replace_key(&mut table, &draft.table);
            }
            self.merge_parts(one, &mut table, draft);
        }
        self.comment_columns(one, &mut table);
        self.put(&one.id, table);
        self.comment_table(one);
        Outcome::Changed(new)
    }

    /// The primary key, if it becomes another one. A table without one may well be declared with what diesel shall take for
    /// it.
    fn wanted_key(&mut self, one: &Declared<'_>, base: &Table) -> Option<Vec<String>> {
        if one.file.touched.has_table(Some(one.table.name_at.start), &one.table.name) {
            return None;
        }
        let model: Vec<String> = one.table.primary_key.iter().map(|rust| one.column_name(rust)).collect();
        let is_known = model.iter().all(|name| one.columns(self.dialect).any(|column| column.name == *name));
        let agrees = |columns: &[Arc<str>]| {
            columns.len() == model.len()
                && columns.iter().all(|name| model.iter().any(|column| self.same(name, column)))
        };
        match base.primary_key() {
            Some(columns) => (is_known && !agrees(columns)).then_some(model),
            None => (is_known && one.is_asserted()).then_some(model),
        }
    }

    /// A column that is there, as the declaration wants it.
    fn changed(
        &mut self,
        one: &Declared<'_>,
        column: &Column,
        base: &Table,
        mut old: schema::Column,
        drafted: Option<&schema::Column>,
        (draft, key_changes): (Option<&Draft>, bool),
    ) -> schema::Column {
        if self.is_patched(one, column) {
            return old;
        }
        if let Some(drafted) = drafted
            && drafted.data_type != old.data_type
            && self.wants_type(one, column, &old)
        {
            self.retype_sequence(one, &old, &drafted.data_type);
            old.data_type = drafted.data_type.clone();
            old.charset = None;
            old.collation = old.collation.filter(|_| is_text(&drafted.data_type));
        }
        let is_key = self.is_in_key(one, column);
        // Keys of SQLite may take NULL, and the number of the row never does, whatever is said.
        let may_be_either = self.dialect == Dialect::Sqlite && is_key && !key_changes;
        if !may_be_either && !may_refuse_null(self.dialect, base, &old) {
            let is_nullable = column.data_type.nullable().0;
            match (is_nullable && !is_key, refuses_null(&self.schema, &old)) {
                (true, true) => old.not_null = false,
                (false, false) => old.not_null = true,
                _ => {}
            }
        }
        let (Some(drafted), Some(draft), Some(_)) = (drafted, draft, one.table.more.as_ref()) else {
            return old;
        };
        let more = &column.more;
        let counts = old.identity.is_some() || old.auto_increment || self.is_serial(&old);
        match (said(more.default.as_ref(), self.dialect), &old.default) {
            (Some(_), default) if default != &drafted.default => {
                old.default.clone_from(&drafted.default);
                old.uses.clone_from(&drafted.uses);
                old.identity = None;
            }
            (Some(_), _) => {}
            (None, Some(_)) if one.is_asserted() && !counts && more.default.is_none() => {
                old.default = None;
                old.uses = vec![];
            }
            (None, _) => {}
        }
        if more.generated.is_some() && old.generated != drafted.generated {
            old.generated.clone_from(&drafted.generated);
            old.uses.clone_from(&drafted.uses);
        }
        if said(more.collation.as_ref(), self.dialect).is_some() {
            old.collation.clone_from(&drafted.collation);
        }
        if more.counts.is_some() && self.counts_otherwise(&old, drafted) {
            old.identity.clone_from(&drafted.identity);
            old.auto_increment = drafted.auto_increment;
            old.default.clone_from(&drafted.default);
            old.uses.clone_from(&drafted.uses);
            self.take_sequence(one, &old.name, draft);
        }
        old
    }

    /// Whether its default comes from a sequence.
    fn is_serial(&self, column: &schema::Column) -> bool {
        column
            .uses
            .iter()
            .any(|id| matches!(self.schema.get(id).map(|object| &object.body), Some(ObjectBody::Sequence(_))))
    }

    fn counts_otherwise(&self, old: &schema::Column, drafted: &schema::Column) -> bool {
        let kind = |column: &schema::Column| {
            (column.identity.as_ref().map(|identity| identity.is_always), column.auto_increment)
        };
        let drafted_is_serial = drafted.identity.is_none() && drafted.default.is_some();
        kind(old) != kind(drafted) || drafted_is_serial && !self.is_serial(old)
    }

    /// The sequence of a column that counts, as the draft has it.
    fn take_sequence(&mut self, one: &Declared<'_>, column: &str, draft: &Draft) {
        let of_column = draft.schema.dependents(&one.id).find(|(_, object)| {
            matches!(&object.body, ObjectBody::Sequence(sequence) if sequence.owned_by.as_ref().is_some_and(|(_, own)| **own == *column))
        });
        if let Some((id, object)) = of_column {
            let (id, object) = (id.clone(), object.clone());
            self.schema.insert(id, object);
        }
    }

    /// The sequence of an identity has its column's type.
    fn retype_sequence(&mut self, one: &Declared<'_>, column: &schema::Column, data_type: &schema::Type) {
        if column.identity.is_none() {
            return;
        }
        let own: Vec<ObjectId> = self
            .schema
            .dependents(&one.id)
            .filter(|(_, object)| {
                matches!(&object.body, ObjectBody::Sequence(sequence) if sequence.owned_by.as_ref().is_some_and(|(_, own)| *own == column.name))
            })
            .map(|(id, _)| id.clone())
            .collect();
        for id in own {
            self.schema.change(&id, |object| {
                if let ObjectBody::Sequence(sequence) = &mut object.body {
                    sequence.data_type = data_type.clone();
                }
            });
        }
    }

    fn comment_columns(&self, one: &Declared<'_>, table: &mut Table) {
        if self.dialect == Dialect::Sqlite {
            return;
        }
        for column in one.columns(self.dialect) {
            let Some(comment) = said(column.more.comment.as_ref(), self.dialect) else { continue };
            if let Some(own) = table.columns.iter_mut().find(|own| *own.name == *column.name) {
                own.comment = Some(Arc::from(comment)).filter(|text: &Arc<str>| !text.is_empty());
            }
        }
    }

    fn comment_table(&mut self, one: &Declared<'_>) {
        let more = one.table.more.as_deref();
        let comment = said(more.and_then(|more| more.comment.as_ref()), self.dialect);
        if let Some(comment) = comment.filter(|_| self.dialect != Dialect::Sqlite) {
            let comment = Some(Arc::from(comment)).filter(|text: &Arc<str>| !text.is_empty());
            if self.schema.get(&one.id).is_some_and(|object| object.comment != comment) {
                self.schema.change(&one.id, |object| object.comment = comment);
            }
        }
    }
}

/// Puts the primary key of one table in the place of another's.
fn replace_key(table: &mut Table, draft: &Table) {
    let is_key = |constraint: &schema::Constraint| matches!(constraint.body, ConstraintBody::PrimaryKey(_));
    let old = table.constraints.iter().find(|one| is_key(one)).and_then(|key| key.name.clone());
    table.constraints.retain(|constraint| !is_key(constraint));
    table.indexes.retain(|index| index.constraint.is_none() || index.constraint != old);
    let Some(key) = draft.constraints.iter().find(|one| is_key(one)) else { return };
    table.indexes.extend(
        draft
            .indexes
            .iter()
            .filter(|index| index.constraint.is_some() && index.constraint == key.name)
            .cloned(),
    );
    table.constraints.push(key.clone());
}

fn is_text(data_type: &schema::Type) -> bool {
    let name = data_type.to_string();
    name.contains("char") || name.contains("text")
}
