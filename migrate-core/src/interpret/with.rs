//! Table expressions: what stands in `WITH`.
//!
//! Each sees those before it. One that is recursive sees itself and those after it too, and so do all of SQLite's, where the
//! word changes nothing. What nobody uses is read by PostgreSQL alone; the others do not look at its names.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::Finding;
use super::query::renamed;
use super::run::Run;
use super::scope::{Field, Fields, Scope};
use crate::ddl::{Ident, Query, QueryBody, Statement};
use crate::dialect::Dialect;
use crate::schema::{ObjectBody, Space};

/// A table expression that can be named.
#[derive(Clone, Debug)]
pub(super) struct TableExpression {
    pub(super) name: Arc<str>,
    pub(super) fields: Fields,
    /// Where its name stands, which tells it from others.
    pub(super) at: u32,
}

/// What is wrong with a table expression, if it is used.
pub(super) struct Waiting {
    at: u32,
    uses: BTreeSet<u32>,
    findings: Vec<Finding>,
}

impl Run<'_> {
    /// Enters table expressions into a scope. Where they are used is known once that has been read: then the result goes to
    /// [`judge_expressions`](Self::judge_expressions).
    pub(super) fn with(
        &mut self,
        with: &[(Ident, Vec<Ident>, Statement)],
        is_recursive: bool,
        around: &mut Scope<'_>,
    ) -> Vec<Waiting> {
        let sees_all = is_recursive || self.dialect == Dialect::Sqlite;
        let first = around.with.len();
        if sees_all {
            // Their columns cannot be asked for yet, but where SQLite's are written.
            around.with.extend(with.iter().map(|(name, columns, _)| {
                let is_known = self.dialect == Dialect::Sqlite && !columns.is_empty();
                expression(name, is_known.then(|| columns.iter().map(field).collect()))
            }));
        }
        let mut waiting = Vec::new();
        for (place, (name, columns, statement)) in with.iter().enumerate() {
            let (findings, used) = (self.findings.len(), std::mem::take(&mut self.used));
            if sees_all && around.with[first + place].fields.is_none() {
                let own = self.first_part(statement, around);
                self.findings.truncate(findings);
                around.with[first + place].fields = renamed(own, columns);
            }
            let fields = match statement {
                Statement::Query(query) => self.query(query, around),
                other => self.rows_of(other, around),
            };
            let uses = std::mem::replace(&mut self.used, used);
            if self.dialect == Dialect::Postgres {
                self.used.extend(uses);
            } else {
                let findings = self.findings.split_off(findings);
                waiting.push(Waiting { at: name.at.start, uses, findings });
            }
            let made = expression(name, renamed(fields, columns));
            match around.with.get_mut(first + place) {
                Some(own) => *own = made,
                None => around.with.push(made),
            }
        }
        waiting
    }

    /// What the first of several queries gives, which says what columns they have together.
    fn first_part(&mut self, statement: &Statement, around: &Scope<'_>) -> Fields {
        let Statement::Query(Query { body: QueryBody::Compound(parts), with, .. }) = statement else {
            return None;
        };
        parts.first().filter(|_| with.is_empty()).and_then(|first| self.query(first, around))
    }

    /// Reports what is wrong with the table expressions that were used, by the query or by one that it uses.
    pub(super) fn judge_expressions(&mut self, mut waiting: Vec<Waiting>) {
        while let Some(place) = waiting.iter().position(|one| self.used.contains(&one.at)) {
            let Waiting { uses, mut findings, .. } = waiting.swap_remove(place);
            self.used.extend(uses);
            // SQLite's stands for its text: within a query it sees the columns of those around.
            findings.retain(|finding| {
                self.dialect != Dialect::Sqlite
                    || finding.code.0 != "missing-column"
                    || !self.is_column_of_any(finding.at.of(self.sql))
            });
            self.findings.extend(findings);
        }
    }

    /// Whether any table has a column that is written so.
    fn is_column_of_any(&self, written: &str) -> bool {
        let name = written.trim_matches(['"', '`', '[', ']']);
        let mut tables =
            self.schema.objects_in(Space::Relation).filter_map(|(_, object)| match &object.body {
                ObjectBody::Table(table) => Some(table),
                _ => None,
            });
        tables.any(|table| table.columns.iter().any(|column| column.name.eq_ignore_ascii_case(name)))
    }
}

fn expression(name: &Ident, fields: Fields) -> TableExpression {
    TableExpression { name: (&*name.text).into(), fields, at: name.at.start }
}

fn field(name: &Ident) -> Field {
    Field { name: (&*name.text).into(), data_type: None }
}
