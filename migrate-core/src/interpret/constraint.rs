//! Constraints: what they need, what they are called, which index they bring.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::constraint_name::{naming_of, next_check_of_mysql};
use super::naming;
use super::run::Run;
use crate::ddl::{
    ColumnConstraint, ColumnConstraintKind, ColumnDef, ConstraintKind, Deferrable, Expr, ExprKind, Ident,
    IndexPart as WrittenPart, TableConstraint,
};
use crate::dialect::Dialect;
use crate::schema::{Constraint, ConstraintBody, Index, ObjectId, SqlText, Table, Type, columns_of};

/// A constraint that is to be made.
pub(super) struct NewConstraint {
    /// The column in whose definition it stands.
    pub(super) column: Option<Arc<str>>,
    pub(super) constraint: TableConstraint,
    /// Whether only some of the servers that speak MySQL make it.
    pub(super) may_be_missing: bool,
}

impl NewConstraint {
    /// One of the table.
    pub(super) fn of_table(constraint: &TableConstraint) -> Self {
        Self { column: None, constraint: constraint.clone(), may_be_missing: false }
    }
}

/// A constraint of a column as one of its table; `None` for what is a property of the column.
pub(super) fn of_column(column: &Ident, constraint: &ColumnConstraint) -> Option<NewConstraint> {
    let part = |descending| WrittenPart {
        expr: Expr { at: column.at, kind: ExprKind::Column(vec![column.clone()]) },
        descending,
        nulls_first: None,
        opclass: None,
        collation: None,
        length: None,
    };
    let none = Deferrable::default();
    let (kind, deferrable) = match &constraint.kind {
        ColumnConstraintKind::PrimaryKey { descending, deferrable, .. } => {
            (ConstraintKind::PrimaryKey(vec![part(*descending)]), *deferrable)
        }
        ColumnConstraintKind::Unique { nulls_not_distinct, deferrable } => {
            let parts = vec![part(false)];
            let nulls_not_distinct = *nulls_not_distinct;
            (ConstraintKind::Unique { parts, nulls_not_distinct, include: vec![] }, *deferrable)
        }
        ColumnConstraintKind::Check { expr, no_inherit } => {
            (ConstraintKind::Check { expr: expr.clone(), no_inherit: *no_inherit }, none)
        }
        ColumnConstraintKind::References(references) => {
            let deferrable = references.deferrable;
            let (columns, references) = (vec![column.clone()], references.clone());
            (ConstraintKind::ForeignKey { columns, references }, deferrable)
        }
        _ => return None,
    };
    let name = constraint.name.clone();
    let (on_conflict, at) = (constraint.on_conflict, constraint.at);
    let constraint =
        TableConstraint { name, kind, deferrable, not_valid: false, on_conflict, comment: None, at };
    Some(NewConstraint { column: Some((&*column.text).into()), constraint, may_be_missing: false })
}

/// The constraints of a column that is written; MySQL's `SERIAL` has one of its own.
pub(super) fn of_columns(written: &ColumnDef, dialect: Dialect) -> Vec<NewConstraint> {
    let is_serial = dialect == Dialect::Mysql
        && written.data_type.as_ref().is_some_and(|data_type| Type::serial(data_type, dialect));
    let unique =
        ColumnConstraintKind::Unique { nulls_not_distinct: false, deferrable: Deferrable::default() };
    let is_primary = |one: &ColumnConstraint| matches!(one.kind, ColumnConstraintKind::PrimaryKey { .. });
    let unique =
        is_serial.then_some(ColumnConstraint { name: None, kind: unique, on_conflict: None, at: written.at });
    let all = unique.iter().chain(&written.constraints);
    let mut all: Vec<_> = all.filter_map(|constraint| of_column(&written.name, constraint)).collect();
    if dialect == Dialect::Mysql && written.constraints.iter().any(is_primary) {
        // MariaDB leaves a unique out that is on the primary key.
        let is_unique = |new: &NewConstraint| matches!(new.constraint.kind, ConstraintKind::Unique { .. });
        all.iter_mut().for_each(|new| new.may_be_missing = is_unique(new));
    }
    all
}

/// PostgreSQL makes checks with the table, then keys and uniques, then foreign keys; that decides who gets which name.
pub(super) fn in_order(mut constraints: Vec<NewConstraint>, dialect: Dialect) -> Vec<NewConstraint> {
    // MySQL makes all keys as they come, and foreign keys at last.
    if dialect == Dialect::Mysql {
        constraints.sort_by_key(|new| matches!(new.constraint.kind, ConstraintKind::ForeignKey { .. }));
        return constraints;
    }
    constraints.sort_by_key(|new| match new.constraint.kind {
        ConstraintKind::Check { .. } | ConstraintKind::NotNull(_) => 0,
        ConstraintKind::PrimaryKey(_) => 1,
        ConstraintKind::Unique { .. }
        | ConstraintKind::UsingIndex { .. }
        | ConstraintKind::Exclude { .. }
        | ConstraintKind::Index { .. } => 2,
        ConstraintKind::ForeignKey { .. } => 3,
    });
    constraints
}

impl Run<'_> {
    /// PostgreSQL makes one index for keys of one statement that are the same, under the name that any of them has.
    pub(super) fn merged(&self, constraints: Vec<NewConstraint>) -> Vec<NewConstraint> {
        if self.dialect != Dialect::Postgres {
            return constraints;
        }
        let mut kept: Vec<NewConstraint> = Vec::new();
        for new in constraints {
            let same = kept.iter_mut().find(|other| {
                let (other, own) = (&other.constraint, &new.constraint);
                key_of(other).is_some_and(|key| Some(key) == key_of(own))
                    && other.deferrable == own.deferrable
            });
            match same {
                // Two primary keys are refused.
                Some(other) if !matches!(new.constraint.kind, ConstraintKind::PrimaryKey(_)) => {
                    if other.constraint.name.is_none() {
                        other.constraint.name = new.constraint.name;
                    }
                }
                _ => kept.push(new),
            }
        }
        kept
    }

    /// Adds a constraint to a table.
    pub(super) fn add_constraint(&mut self, id: &ObjectId, new: &NewConstraint) {
        let constraint = &new.constraint;
        let Some(table) = self.schema.table(id).cloned() else { return };
        let added = match &constraint.kind {
            ConstraintKind::PrimaryKey(parts) => self.primary_key(id, &table, constraint, parts),
            ConstraintKind::Unique { parts, nulls_not_distinct, include } => {
                self.unique(id, constraint, parts, *nulls_not_distinct, include)
            }
            ConstraintKind::UsingIndex { index, is_primary } => {
                return self.using_index(id, &table, constraint, index, *is_primary);
            }
            ConstraintKind::ForeignKey { columns, references } => {
                self.foreign_key(id, &table, new, columns, references)
            }
            ConstraintKind::Check { expr, no_inherit } => {
                self.check(id, &table, constraint, expr, *no_inherit)
            }
            ConstraintKind::Exclude { method, parts, .. } => {
                let name = self.constraint_name(id, constraint, "excl", &self.part_names(parts));
                let text = SqlText::exclusion(constraint.at.of(self.sql), self.dialect);
                let mut index = self.index(id, &name, parts, &[], true);
                index.is_unique = false;
                index.method = method.as_deref().unwrap_or("gist").into();
                Some((name, ConstraintBody::Exclude(text), Some(index)))
            }
            ConstraintKind::NotNull(column) => {
                let known = self.column(id, column).is_some();
                if known {
                    let name = column.text.clone();
                    self.change_table(id, |table| {
                        if let Some(column) = table.columns.iter_mut().find(|column| *column.name == *name) {
                            column.not_null = true;
                        }
                    });
                }
                return;
            }
            ConstraintKind::Index { kind, parts } => {
                return self.mysql_index(id, &table, constraint, *kind, parts);
            }
        };
        let Some((mut name, body, mut index)) = added else { return };
        let mut column = new.column.clone();
        let mut is_name_made_up = constraint.name.is_none();
        if self.dialect == Dialect::Mysql {
            if let (Some(of), ConstraintBody::Check { expr, .. }, true) = (&column, &body, is_name_made_up) {
                if self.is_mysql_json(id, of, expr) {
                    return;
                }
                name = of.to_string();
            } else {
                // MySQL reads what stands behind a column, and makes no key of it.
                column = column.filter(|_| matches!(body, ConstraintBody::ForeignKey(_)));
                is_name_made_up = crate::schema::mysql::is_made_up(&self.shown(id), &name);
            }
        }
        let is_check = matches!(body, ConstraintBody::Check { .. });
        let made = Constraint {
            is_name_made_up,
            mysql_name: (self.dialect == Dialect::Mysql && is_check && constraint.name.is_none())
                .then(|| next_check_of_mysql(&table, &id.name)),
            name: (!name.is_empty()).then(|| name.as_str().into()),
            body,
            deferrable: constraint.deferrable,
            on_conflict: constraint.on_conflict,
            is_validated: !constraint.not_valid,
            comment: None,
            is_local: true,
            column,
            uses: match &constraint.kind {
                ConstraintKind::Check { expr, .. } => self.used_by(expr),
                _ => vec![],
            },
            may_be_missing: new.may_be_missing,
        };
        if self.dialect == Dialect::Mysql {
            index.iter_mut().for_each(|index| {
                index.may_be_missing = new.may_be_missing;
                index.comment = constraint.comment.as_deref().map(Into::into);
            });
            if let ConstraintBody::ForeignKey(_) = &made.body {
                return self.add_mysql_key(id, &table, constraint, made);
            }
        }
        // SQLite's keys take NULL, but for tables that are kept by their key.
        let dialect = self.dialect;
        let refuses_nulls = self.dialect != Dialect::Sqlite
            || ["without rowid", "strict"].iter().any(|option| table.options.contains_key(*option));
        if let ConstraintBody::Unique { columns, .. } = &made.body
            && self.dialect == Dialect::Sqlite
            && let Some(place) = self.unique_already(&table, columns)
        {
            return self.share_index(id, place, constraint);
        }
        if let Some(index) = index {
            self.add_index(id, index);
        }
        self.change_table(id, |table| {
            table.constraints.push(made.clone());
            if let (ConstraintBody::PrimaryKey(columns), true) = (&made.body, refuses_nulls) {
                let is_rowid = matches!(columns.as_slice(), [one] if super::sqlite::is_rowid(table, one));
                if dialect != Dialect::Sqlite || !is_rowid {
                    refuse_nulls(table, columns);
                }
            }
        });
        if self.dialect == Dialect::Postgres {
            self.pass_on(id, &made);
        }
    }

    /// What children get of a new constraint: a check, the NOT NULL of a key; parts get keys of their own, which is not
    /// followed.
    fn pass_on(&mut self, id: &ObjectId, made: &Constraint) {
        for child in self.children(id) {
            match &made.body {
                ConstraintBody::Check { no_inherit: false, .. } => self.change_table(&child, |table| {
                    if !table.constraints.iter().any(|own| own.name == made.name) {
                        let inherited = Constraint { is_local: false, comment: None, ..made.clone() };
                        table.constraints.push(inherited);
                    }
                }),
                ConstraintBody::Check { .. } => {}
                _ if self.schema.table(&child).is_some_and(Table::is_part) => self.lose(&child),
                ConstraintBody::PrimaryKey(columns) => {
                    self.change_table(&child, |table| refuse_nulls(table, columns));
                }
                _ => {}
            }
        }
    }

    fn primary_key(
        &mut self,
        id: &ObjectId,
        table: &Table,
        constraint: &TableConstraint,
        parts: &[WrittenPart],
    ) -> Option<(String, ConstraintBody, Option<Index>)> {
        if table.primary_key().is_some() && self.is_uncertain(id) {
            return None;
        }
        if table.primary_key().is_some() {
            let message = format!("table `{}` has a primary key already", self.shown(id));
            self.wrong("duplicate-constraint", constraint.at, message);
            return None;
        }
        let mut columns = self.part_columns(id, parts);
        if self.dialect == Dialect::Sqlite {
            // One that is named again is forgotten.
            let mut named = BTreeSet::new();
            columns.retain(|column| named.insert(column.to_ascii_lowercase()));
        }
        let name = match self.dialect {
            Dialect::Mysql => "PRIMARY".to_owned(),
            Dialect::Postgres if constraint.name.is_none() => {
                naming::free_name(&id.name, None, "pkey", |name| self.is_relation(&id.schema, name))
            }
            _ => self.constraint_name(id, constraint, "pkey", &[]),
        };
        let mut index = self.index(id, &name, parts, &[], true);
        index.is_unique = true;
        Some((name, ConstraintBody::PrimaryKey(columns), Some(index)))
    }

    fn unique(
        &mut self,
        id: &ObjectId,
        constraint: &TableConstraint,
        parts: &[WrittenPart],
        nulls_not_distinct: bool,
        include: &[Ident],
    ) -> Option<(String, ConstraintBody, Option<Index>)> {
        let columns = self.part_columns(id, parts);
        include.iter().for_each(|name| drop(self.column(id, name)));
        let mut names = self.part_names(parts);
        names.extend(include.iter().map(|name| &*name.text));
        if self.dialect == Dialect::Mysql {
            self.make_room(id, &columns, !parts.iter().any(|part| part.descending));
        }
        let name = self.constraint_name(id, constraint, "key", &names);
        let mut index = self.index(id, &name, parts, include, true);
        index.nulls_not_distinct = nulls_not_distinct;
        Some((name, ConstraintBody::Unique { columns, nulls_not_distinct }, Some(index)))
    }

    /// An index that is there becomes a constraint, and takes its name.
    fn using_index(
        &mut self,
        id: &ObjectId,
        table: &Table,
        constraint: &TableConstraint,
        index: &Ident,
        is_primary: bool,
    ) {
        let Some(found) = table.indexes.iter().find(|found| *found.name == *index.text) else {
            if !self.is_uncertain(id) {
                let message = format!("table `{}` has no index `{}`", self.shown(id), index.text);
                self.wrong("missing-index", index.at, message);
            }
            return;
        };
        let columns: Vec<Arc<str>> = found.parts.iter().map(|part| part.expr.written.clone()).collect();
        let name: Arc<str> = constraint.name.as_ref().map_or(&*index.text, |name| &name.text).into();
        let body = match is_primary {
            true => ConstraintBody::PrimaryKey(columns.clone()),
            false => ConstraintBody::Unique {
                columns: columns.clone(),
                nulls_not_distinct: found.nulls_not_distinct,
            },
        };
        let made = Constraint {
            name: Some(name.clone()),
            is_name_made_up: false,
            mysql_name: None,
            body,
            deferrable: constraint.deferrable,
            on_conflict: None,
            is_validated: true,
            comment: None,
            is_local: true,
            column: None,
            uses: vec![],
            may_be_missing: false,
        };
        self.rename_index(id, &index.text, &name);
        self.change_table(id, |table| {
            if is_primary {
                refuse_nulls(table, &columns);
            }
            if let Some(index) = table.indexes.iter_mut().find(|index| index.name == name) {
                index.constraint = Some(name.clone());
            }
            table.constraints.push(made);
        });
    }

    fn check(
        &mut self,
        id: &ObjectId,
        table: &Table,
        constraint: &TableConstraint,
        expr: &Expr,
        no_inherit: bool,
    ) -> Option<(String, ConstraintBody, Option<Index>)> {
        self.functions_must_be_there(expr);
        let mut used = Vec::new();
        columns_of(expr, &mut used);
        let mut columns: Vec<Arc<str>> = Vec::new();
        for name in used {
            if let Some(place) = self.column_place(table, &name.text) {
                let name = &table.columns[place].name;
                if !columns.contains(name) {
                    columns.push(name.clone());
                }
            } else if self.dialect != Dialect::Sqlite || !self.is_text_if_missing(name) {
                drop(self.column(id, name));
            }
        }
        // One column gives its name.
        let names: Vec<&str> = match columns.as_slice() {
            [one] => vec![one],
            _ => vec![],
        };
        let name = self.constraint_name(id, constraint, "check", &names);
        let body = ConstraintBody::Check { expr: self.text(expr), columns, no_inherit };
        Some((name, body, None))
    }

    /// A finding if MySQL's index names a column twice.
    pub(super) fn parts_must_differ(&mut self, parts: &[WrittenPart]) {
        if self.dialect != Dialect::Mysql {
            return;
        }
        let mut names: Vec<&str> = Vec::new();
        for part in parts {
            let ExprKind::Column(path) = &part.expr.kind else { continue };
            let Some(name) = path.last() else { continue };
            if names.iter().any(|other| self.same_name(other, &name.text)) {
                let message = format!("column `{}` is there twice", name.text);
                self.wrong("duplicate-column", name.at, message);
            }
            names.push(&name.text);
        }
    }

    /// The columns that the parts name, each of which must be there.
    fn part_columns(&mut self, id: &ObjectId, parts: &[WrittenPart]) -> Vec<Arc<str>> {
        self.parts_must_differ(parts);
        let mut columns = Vec::new();
        for part in parts {
            let name = match &part.expr.kind {
                ExprKind::Column(path) => path.last(),
                ExprKind::ColumnOrText(name) => Some(name),
                _ => None,
            };
            if let Some(name) = name {
                let found = self.column(id, name);
                columns.push(found.map_or_else(|| (&*name.text).into(), |found| found.name));
            }
        }
        columns
    }

    pub(super) fn part_names<'p>(&self, parts: &'p [WrittenPart]) -> Vec<&'p str> {
        parts.iter().map(|part| naming_of(&part.expr)).collect()
    }

    pub(super) fn shown(&self, id: &ObjectId) -> String {
        self.schema.get(id).map_or_else(|| id.name.to_string(), |object| object.name.to_string())
    }

    pub(super) fn is_uncertain(&self, id: &ObjectId) -> bool {
        self.schema.get(id).is_none_or(|object| object.certainty != crate::schema::Certainty::Certain)
    }

    /// An index on parts as they are written.
    pub(super) fn index(
        &self,
        id: &ObjectId,
        name: &str,
        parts: &[WrittenPart],
        include: &[Ident],
        is_of_constraint: bool,
    ) -> Index {
        let mut index = Index::of_parts(name, parts, include, self.sql, self.dialect);
        self.settle(id, parts, &mut index);
        if is_of_constraint {
            (index.is_unique, index.constraint) = (true, Some(name.into()));
        }
        index
    }

    /// Gives an index the names that its table's columns have, where case does not count. What is in double quotes and no
    /// column is a text of SQLite.
    pub(super) fn settle(&self, id: &ObjectId, parts: &[WrittenPart], index: &mut Index) {
        let Some(table) = self.schema.table(id).filter(|_| self.dialect != Dialect::Postgres) else { return };
        let named =
            |name: &str| self.column_place(table, name).map(|place| table.columns[place].name.clone());
        for (part, written) in index.parts.iter_mut().zip(parts) {
            let name = match &written.expr.kind {
                ExprKind::Column(path) => path.last(),
                ExprKind::ColumnOrText(name) => Some(name),
                _ => None,
            };
            let Some(name) = name else { continue };
            match named(&name.text) {
                Some(column) => {
                    if self.dialect == Dialect::Mysql {
                        super::mysql::settle_length(table, &column, part);
                    }
                    (part.is_column, part.expr) = (true, SqlText::name(&column));
                }
                None if self.dialect == Dialect::Sqlite && self.is_text_if_missing(name) => {
                    (part.is_column, part.expr) = (false, self.text(&written.expr));
                }
                None => {}
            }
        }
        if &*index.method == "fulltext" {
            // Lengths and directions mean nothing there.
            for part in &mut index.parts {
                (part.length, part.may_be_cut) = (None, false);
                (part.descending, part.nulls_first) = (false, false);
            }
        }
        for column in &mut index.columns {
            *column = named(column).unwrap_or_else(|| column.clone());
        }
    }
}

/// What a key is on, with all that makes it another key: the columns, what it carries, how it treats NULL.
fn key_of(constraint: &TableConstraint) -> Option<(Vec<&str>, Vec<&str>, bool)> {
    match &constraint.kind {
        ConstraintKind::PrimaryKey(parts) => {
            Some((parts.iter().map(|part| naming_of(&part.expr)).collect(), vec![], false))
        }
        ConstraintKind::Unique { parts, nulls_not_distinct, include } => Some((
            parts.iter().map(|part| naming_of(&part.expr)).collect(),
            include.iter().map(|name| &*name.text).collect(),
            *nulls_not_distinct,
        )),
        _ => None,
    }
}

fn refuse_nulls(table: &mut Table, columns: &[Arc<str>]) {
    for column in &mut table.columns {
        if columns.contains(&column.name) {
            column.not_null = true;
        }
    }
}
