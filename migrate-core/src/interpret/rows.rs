//! Statements that change rows.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::run::Run;
use super::scope::{Fields, Scope, Source};
use crate::ddl::{
    Assignment, ConflictTarget, Delete, ExprKind, FromItem, Ident, Insert, Path, Statement, Update,
};
use crate::dialect::Dialect;
use crate::schema::{ObjectBody, ObjectId};

impl Run<'_> {
    /// Looks up all names of a statement that changes rows; what its `RETURNING` gives.
    pub(super) fn rows_of(&mut self, statement: &Statement, outer: &Scope<'_>) -> Fields {
        match statement {
            Statement::Insert(insert) => self.insert(insert, outer),
            Statement::Update(update) => self.update(update, outer),
            Statement::Delete(delete) => self.delete(delete, outer),
            Statement::Merge { table, source, exprs, columns, returning, with } => {
                let mut scope = Scope::inside(outer);
                let waiting = self.with(with, true, &mut scope);
                self.enter(table, &mut scope);
                if let FromItem::Table { path, .. } = table {
                    self.written_columns(path, columns);
                }
                self.enter(source, &mut scope);
                exprs.iter().for_each(|expr| drop(self.expr(expr, &scope)));
                let given = self.outputs(returning, &scope);
                self.judge_expressions(waiting);
                given
            }
            _ => None,
        }
    }

    fn insert(&mut self, insert: &Insert, outer: &Scope<'_>) -> Fields {
        let mut around = Scope::inside(outer);
        let waiting = self.with(&insert.with, true, &mut around);
        let id = self.written_columns(&insert.table, &insert.columns);
        let given = insert.source.as_ref().and_then(|source| self.query(source, &around));
        if let Some(given) = &given {
            self.count_columns(insert, id.as_ref(), given.len());
        }
        self.conflict(insert, id.as_ref());
        let mut scope = Scope::inside(&around);
        scope.sources.push(self.source_of(id.as_ref(), &insert.table, insert.alias.as_ref()));
        let assigned = Scope {
            sources: {
                let mut sources = scope.sources.clone();
                let excluded =
                    Source { name: Some("excluded".into()), is_qualified: true, ..sources[0].clone() };
                // Named only with the word before it.
                sources.push(excluded);
                sources
            },
            // MySQL's `VALUES(column)` and row aliases.
            is_open: self.dialect == Dialect::Mysql,
            ..scope.clone()
        };
        let findings = self.findings.len();
        self.assignments(&insert.set, id.as_ref(), &assigned);
        for expr in &insert.rest {
            self.expr(expr, &assigned);
        }
        if !self.reads_upsert(insert, id.as_ref()) {
            self.findings.truncate(findings);
        }
        let given = self.outputs(&insert.returning, &scope);
        self.judge_expressions(waiting);
        given
    }

    /// As many values as columns.
    fn count_columns(&mut self, insert: &Insert, id: Option<&ObjectId>, values: usize) {
        let table = id.filter(|id| !self.is_uncertain(id)).and_then(|id| self.schema.table(id));
        let columns = match (insert.columns.len(), table) {
            (0, Some(table)) if self.dialect == Dialect::Sqlite => {
                table.columns.iter().filter(|column| column.generated.is_none()).count()
            }
            (0, Some(table)) if self.dialect == Dialect::Postgres && values > table.columns.len() => {
                table.columns.len()
            }
            (0, _) => return,
            (columns, _) => columns,
        };
        // PostgreSQL and MariaDB take fewer values in no case; more in none.
        if columns != values && self.dialect != Dialect::Mysql {
            let at = insert.source.as_ref().map_or(insert.table.at(), |source| source.at);
            let message = format!("there are {columns} columns and {values} values");
            self.wrong("values-do-not-fit", at, message);
        }
    }

    /// `ON CONFLICT` needs a key that tells what a conflict is.
    fn conflict(&mut self, insert: &Insert, id: Option<&ObjectId>) {
        let Some(id) = id.filter(|id| self.dialect == Dialect::Postgres && !self.is_uncertain(id)) else {
            return;
        };
        let Some(table) = self.schema.table(id) else { return };
        match &insert.conflict {
            Some(ConflictTarget::Constraint(name)) => {
                let mut names = table.constraints.iter().filter_map(|constraint| constraint.name.as_deref());
                if !names.any(|own| own == &*name.text) {
                    let message = format!("table `{}` has no constraint `{}`", self.shown(id), name.text);
                    self.wrong("missing-constraint", name.at, message);
                }
            }
            Some(ConflictTarget::Parts(parts)) => {
                let mut wanted = BTreeSet::new();
                for part in parts {
                    let ExprKind::Column(path) = &part.expr.kind else { return };
                    let Some(name) = path.last() else { return };
                    wanted.insert(&*name.text);
                }
                let missing = wanted.iter().any(|name| self.column_place(table, name).is_none());
                let serves = |index: &crate::schema::Index| {
                    index.is_unique
                        && index.parts.iter().all(|part| part.is_column)
                        && index.parts.iter().map(|part| &*part.expr.written).collect::<BTreeSet<_>>()
                            == wanted
                };
                if missing {
                    for part in parts {
                        self.columns_must_be_there(id, &part.expr);
                    }
                } else if !table.indexes.iter().any(serves) {
                    let message = format!("no key of table `{}` is on these columns", self.shown(id));
                    let at = parts.first().map_or(insert.table.at(), |part| part.expr.at);
                    self.wrong("no-unique-target", at, message);
                }
            }
            Some(ConflictTarget::Any) | None => {}
        }
    }

    /// The columns that are written; the table.
    fn written_columns(&mut self, path: &Path, columns: &[Ident]) -> Option<ObjectId> {
        let id = self.relation(path, "table")?;
        if matches!(self.schema.get(&id).map(|object| &object.body), Some(ObjectBody::Table(_))) {
            let findings = self.findings.len();
            for column in columns {
                let found = self.column(&id, column);
                self.refuse_computed(found.as_ref(), column.at);
            }
            // SQLite does not look at them in what it keeps.
            if self.depth > 0 {
                self.findings.truncate(findings);
            }
        }
        Some(id)
    }

    fn assignments(&mut self, set: &[Assignment], id: Option<&ObjectId>, scope: &Scope<'_>) {
        for assignment in set {
            for column in &assignment.columns {
                let findings = self.findings.len();
                match (column.as_slice(), id) {
                    ([name], Some(id)) if self.schema.table(id).is_some() => {
                        let found = self.column(id, name);
                        self.refuse_computed(found.as_ref(), name.at);
                    }
                    // With the table before it, in MySQL; a field of a composite column, in PostgreSQL.
                    ([_, ..], None) if self.dialect == Dialect::Mysql => drop(self.resolve(column, scope)),
                    ([name, ..], Some(id))
                        if self.dialect == Dialect::Postgres && self.schema.table(id).is_some() =>
                    {
                        drop(self.column(id, name));
                    }
                    _ => {}
                }
                if self.depth > 0 {
                    self.findings.truncate(findings);
                }
            }
            self.expr(&assignment.value, scope);
        }
    }

    fn update(&mut self, update: &Update, outer: &Scope<'_>) -> Fields {
        let mut around = Scope::inside(outer);
        let waiting = self.with(&update.with, true, &mut around);
        let mut scope = Scope::inside(&around);
        self.enter(&update.table, &mut scope);
        let id = self.target(&update.table);
        for item in &update.from {
            self.enter(item, &mut scope);
        }
        self.assignments(&update.set, id.as_ref(), &scope);
        for expr in &update.rest {
            self.expr(expr, &scope);
        }
        let given = self.outputs(&update.returning, &scope);
        self.judge_expressions(waiting);
        given
    }

    fn delete(&mut self, delete: &Delete, outer: &Scope<'_>) -> Fields {
        let mut around = Scope::inside(outer);
        let waiting = self.with(&delete.with, true, &mut around);
        let mut scope = Scope::inside(&around);
        self.enter(&delete.table, &mut scope);
        for item in &delete.using {
            self.enter(item, &mut scope);
        }
        for expr in &delete.rest {
            self.expr(expr, &scope);
        }
        let given = self.outputs(&delete.returning, &scope);
        self.judge_expressions(waiting);
        given
    }

    /// The one table that is changed.
    fn target(&self, item: &FromItem) -> Option<ObjectId> {
        match item {
            FromItem::Table { path, .. } => match self.find(path, crate::schema::Space::Relation) {
                super::lookup::Found::Known(id) => Some(id),
                _ => None,
            },
            _ => None,
        }
    }
}

/// The names of a scope that only holds variables.
pub(super) fn variables(names: &[Ident]) -> Vec<Arc<str>> {
    names.iter().map(|name| Arc::from(&*name.text)).collect()
}
