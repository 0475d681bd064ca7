//! Queries: every name in them, and what they give.

use std::sync::Arc;

use super::lookup::Found;
use super::run::Run;
use super::scope::{Field, Fields, Scope, Source};
use super::with::TableExpression;
use crate::ddl::{Expr, ExprKind, FromItem, Ident, Output, Query, QueryBody, Select};
use crate::dialect::Dialect;
use crate::schema::{ObjectBody, Space, Type};

impl Run<'_> {
    /// Looks up all names of a query; the columns that it gives.
    pub(super) fn query(&mut self, query: &Query, outer: &Scope<'_>) -> Fields {
        let mut around = Scope::inside(outer);
        let waiting = self.with(&query.with, query.is_recursive, &mut around);
        let fields = match &query.body {
            QueryBody::Select(select) => self.select(select, &query.order_by, &around),
            QueryBody::Compound(parts) => {
                let given: Vec<Fields> = parts.iter().map(|part| self.query(part, &around)).collect();
                together(given)
            }
            QueryBody::Values(rows) => {
                rows.iter().flatten().for_each(|expr| drop(self.expr(expr, &around)));
                rows.first().map(|row| {
                    let field =
                        |(place, _)| Field { name: format!("column{}", place + 1).into(), data_type: None };
                    row.iter().enumerate().map(field).collect()
                })
            }
            QueryBody::Table(path) => self.table_source(path, None, &[], &around).fields,
            QueryBody::Opaque => None,
        };
        for expr in &query.rest {
            self.expr(expr, &around);
        }
        self.judge_expressions(waiting);
        fields
    }

    fn select(&mut self, select: &Select, order_by: &[Expr], outer: &Scope<'_>) -> Fields {
        let mut scope = Scope::inside(outer);
        for item in &select.from {
            self.enter(item, &mut scope);
        }
        let fields = self.outputs(&select.outputs, &scope);
        // Groups, orders and, in some databases, conditions may name what the query gives.
        let given = select.outputs.iter().filter_map(|output| match (&output.alias, &output.expr.kind) {
            (Some(alias), _) => Some(alias),
            (None, ExprKind::Column(path)) => path.last(),
            (None, _) => None,
        });
        scope.variables.extend(given.map(|name| Arc::from(&*name.text)));
        for expr in select.rest.iter().chain(order_by) {
            self.expr(expr, &scope);
        }
        fields
    }

    /// The columns that a list of outputs gives.
    pub(super) fn outputs(&mut self, outputs: &[Output], scope: &Scope<'_>) -> Fields {
        let mut fields = Some(Vec::new());
        for output in outputs {
            if let ExprKind::Star(table) = &output.expr.kind {
                if let [.., table] = table.as_slice() {
                    self.mention_star(table, scope);
                }
                let found = self.star(table, scope);
                match (&mut fields, found) {
                    (Some(all), Some(more)) => all.extend(more),
                    _ => fields = None,
                }
                continue;
            }
            let data_type = self.expr(&output.expr, scope);
            // All fields of a composite value.
            if matches!(&output.expr.kind, ExprKind::Operation(operator, _) if &**operator == ".*") {
                fields = None;
                continue;
            }
            let name = match (&output.alias, &output.expr.kind) {
                (Some(alias), _) => Some(&alias.text),
                (None, ExprKind::Column(path)) => path.last().map(|name| &name.text),
                (None, ExprKind::ColumnOrText(name)) => Some(&name.text),
                (None, _) => None,
            };
            match (&mut fields, name) {
                (Some(all), Some(name)) => all.push(Field { name: (&**name).into(), data_type }),
                // What it is called depends on the database and its version.
                _ => fields = None,
            }
        }
        fields
    }

    /// What a star stands for.
    fn star(&mut self, table: &[Ident], scope: &Scope<'_>) -> Fields {
        let Some(table) = table.last() else {
            let mut all = Vec::new();
            for source in &scope.sources {
                all.extend(source.listed()?);
            }
            return Some(all);
        };
        let mut scopes = std::iter::successors(Some(scope), |scope| scope.outer);
        let found = scopes.find_map(|scope| {
            let is_named = |source: &&Source| {
                source.name.as_ref().is_some_and(|name| name.eq_ignore_ascii_case(&table.text))
            };
            scope.sources.iter().find(is_named).cloned()
        });
        found?.listed()
    }

    /// Enters a source of rows into a scope.
    pub(super) fn enter(&mut self, item: &FromItem, scope: &mut Scope<'_>) {
        match item {
            FromItem::Table { path, alias, columns } => {
                let source = self.table_source(path, alias.as_ref(), columns, scope);
                scope.sources.push(source);
            }
            FromItem::Query { query, alias, columns } => {
                // It may look at what stands before it: LATERAL.
                let fields = self.query(query, scope);
                let name = alias.as_ref().map(|alias| Arc::from(&*alias.text));
                let fields = renamed(fields, columns);
                scope.sources.push(Source { name, fields, ..Source::default() });
            }
            FromItem::Function { calls, alias, columns } => {
                calls.iter().for_each(|call| drop(self.expr(call, scope)));
                let name = alias.as_ref().map(|alias| Arc::from(&*alias.text));
                let known = self.fields_of_function(calls);
                let name = name.or_else(|| known.as_ref().map(|(name, _)| name.clone()));
                let fields = known.map(|(_, fields)| fields);
                let has_system_columns = fields.is_some();
                scope.sources.push(Source { name, fields, has_system_columns, ..Source::default() });
                scope.variables.extend(columns.iter().map(|column| Arc::from(&*column.text)));
            }
            FromItem::Join(join) => {
                let before = scope.sources.len();
                self.enter(&join.left, scope);
                let middle = scope.sources.len();
                self.enter(&join.right, scope);
                if let Some(on) = &join.on {
                    self.expr(on, scope);
                }
                for name in &join.using {
                    for side in [before..middle, middle..scope.sources.len()] {
                        let side = Scope { sources: scope.sources[side].to_vec(), ..Scope::default() };
                        self.resolve(std::slice::from_ref(name), &side);
                    }
                }
                if join.is_natural || !join.using.is_empty() {
                    self.merge_columns(join, middle, scope);
                }
                if let Some(alias) = &join.alias {
                    let name = Some(Arc::from(&*alias.text));
                    scope.sources.push(Source { name, fields: None, ..Source::default() });
                }
            }
            FromItem::Opaque => scope.is_open = true,
        }
    }

    /// The name and the columns of SQLite's functions that take JSON apart; nothing is known of others.
    fn fields_of_function(&self, calls: &[Expr]) -> Option<(Arc<str>, Vec<Field>)> {
        const COLUMNS: [&str; 10] =
            ["key", "value", "type", "atom", "id", "parent", "fullkey", "path", "json", "root"];
        let [Expr { kind: ExprKind::Call { name, .. }, .. }] = calls else { return None };
        let is_known =
            ["json_each", "json_tree"].iter().any(|known| name.name.text.eq_ignore_ascii_case(known));
        let field = |name: &str| Field { name: name.into(), data_type: None };
        (is_known && self.dialect == Dialect::Sqlite)
            .then(|| ((&*name.name.text).into(), COLUMNS.into_iter().map(field).collect()))
    }

    /// `USING` gives each column once: the right side's copies are not listed.
    fn merge_columns(&self, join: &crate::ddl::Join, middle: usize, scope: &mut Scope<'_>) {
        if join.is_natural {
            // Which columns are merged follows from both sides; a star over them is left open.
            for source in &mut scope.sources[middle..] {
                source.fields = None;
            }
            return;
        }
        for source in &mut scope.sources[middle..] {
            // Still there under the table's name; left open rather than hidden.
            if let Some(fields) = &mut source.fields
                && fields
                    .iter()
                    .any(|field| join.using.iter().any(|name| self.same_name(&field.name, &name.text)))
            {
                source.fields = None;
            }
        }
    }

    /// A table, a view or a table expression as a source of rows.
    pub(super) fn table_source(
        &mut self,
        path: &crate::ddl::Path,
        alias: Option<&Ident>,
        columns: &[Ident],
        scope: &Scope<'_>,
    ) -> Source {
        let expression = match &path.schema {
            Some(_) => None,
            None => scope.table_expression(&path.name.text, |one, other| self.same_name(one, other)).cloned(),
        };
        if let Some(TableExpression { fields, at, .. }) = expression {
            self.used.insert(at);
            let name = Some(Arc::from(&*alias.unwrap_or(&path.name).text));
            return Source { name, fields: renamed(fields, columns), ..Source::default() };
        }
        let is_variable = std::iter::successors(Some(scope), |scope| scope.outer)
            .any(|scope| scope.variables.iter().any(|name| name.eq_ignore_ascii_case(&path.name.text)));
        let id = match self.find(path, Space::Relation) {
            Found::Known(id) => Some(id),
            Found::Unknown => {
                self.schema_may_be_there(path);
                None
            }
            Found::Missing if is_variable => None,
            Found::Missing => {
                self.relation(path, "table");
                None
            }
        };
        let mut source = self.source_of(id.as_ref(), path, alias);
        if let Some(id) = &id {
            self.mention(id, None, path.name.at);
            let is_view = matches!(self.schema.get(id).map(|object| &object.body), Some(ObjectBody::View(_)));
            if is_view && self.dialect == Dialect::Sqlite {
                source.fields = self.fields_of_view(id, path.at());
            }
        }
        Source { fields: renamed(source.fields, columns), ..source }
    }
}

/// What several queries give together: the names of the first, and types as far as they agree.
fn together(given: Vec<Fields>) -> Fields {
    let mut given = given.into_iter();
    let mut first = given.next()??;
    for other in given {
        let other = other.unwrap_or_default();
        for (place, field) in first.iter_mut().enumerate() {
            let types = [field.data_type.take(), other.get(place).and_then(|other| other.data_type.clone())];
            field.data_type = Type::common(types);
        }
    }
    Some(first)
}

/// The columns under other names, as far as names are written.
pub(super) fn renamed(fields: Fields, names: &[Ident]) -> Fields {
    if names.is_empty() {
        return fields;
    }
    match fields {
        Some(mut fields) => {
            for (field, name) in fields.iter_mut().zip(names) {
                field.name = (&*name.text).into();
            }
            Some(fields)
        }
        // As many as are written may not be all.
        None => None,
    }
}
