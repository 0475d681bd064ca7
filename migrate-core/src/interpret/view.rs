//! Views, and what they need.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::lookup::{Found, shown};
use super::run::Run;
use super::scope::{Field, Scope};
use super::with::TableExpression;
use crate::ddl::{CreateView, Expr, ExprKind, FromItem, Ident, Query, QueryBody, Statement};
use crate::dialect::Dialect;
use crate::render::written_name;
use crate::schema::{Certainty, Need, Object, ObjectBody, ObjectId, Space, SqlText, View};

impl Run<'_> {
    pub(super) fn create_view(&mut self, create: &CreateView) {
        self.schema_may_be_there(&create.name);
        let Some(name) = self.new_name(&create.name, create.is_temporary) else { return };
        let id = self.id(&name, Space::Relation);
        let mut indexes = vec![];
        let mut triggers = vec![];
        let (mut said, mut comment) = (BTreeMap::new(), None);
        if let Some(object) = self.schema.get(&id).filter(|object| object.certainty != Certainty::Doubtful) {
            match &object.body {
                _ if self.is_spelt_otherwise(&id, &name.name) => return self.doubt(&id),
                _ if create.if_not_exists => return,
                ObjectBody::View(view) if create.or_replace => {
                    (indexes, triggers) = (view.indexes.clone(), view.triggers.clone());
                    (said, comment) = (view.said.clone(), object.comment.clone());
                }
                _ => {
                    let message = format!("there is a relation `{}` already", shown(&create.name));
                    self.wrong("duplicate-table", create.name.at(), message);
                    return;
                }
            }
        }
        // SQLite looks at a view's query when it is used; MySQL and PostgreSQL look at once.
        let findings = self.findings.len();
        let mut scope = Scope::default();
        if create.is_recursive {
            let (name, at) = ((&*create.name.name.text).into(), create.name.name.at.start);
            scope.with.push(TableExpression { name, fields: None, at });
        }
        let fields = self.query(&create.query, &scope);
        if self.dialect == Dialect::Sqlite {
            self.findings.truncate(findings);
        }
        let columns = match self.dialect {
            // What it has follows from what its tables have when it is used.
            Dialect::Sqlite if create.columns.is_empty() => None,
            Dialect::Sqlite => Some(
                create
                    .columns
                    .iter()
                    .map(|name| Field { name: (&*name.text).into(), data_type: None })
                    .collect(),
            ),
            _ => fields,
        };
        let columns: Option<Vec<_>> = columns.map(|fields: Vec<Field>| {
            let named = |(place, field): (usize, Field)| {
                let name = create.columns.get(place).map_or(field.name, |name| (&*name.text).into());
                // MySQL keeps the type that a column had then, MariaDB looks at it anew.
                (name, field.data_type.filter(|_| self.dialect != Dialect::Mysql))
            };
            fields.into_iter().enumerate().map(named).collect()
        });
        if let (Some(columns), Some(Object { body: ObjectBody::View(before), .. })) =
            (&columns, self.schema.get(&id))
            && let (Some(before), Dialect::Postgres) = (&before.columns, self.dialect)
        {
            let changed = before
                .iter()
                .enumerate()
                .find(|(place, (name, _))| columns.get(*place).is_none_or(|(new, _)| new != name));
            if let Some((_, (column, _))) = changed.filter(|_| !self.is_uncertain(&id)) {
                let message = format!(
                    "the view has a column `{column}`, which `OR REPLACE` cannot take away or rename"
                );
                self.wrong("still-needed", create.name.at(), message)
                    .helps
                    .push("drop the view first".to_owned());
                return;
            }
        }
        if self.is_type(&name) {
            let message = format!("there is a type `{name}` already, and a view is a type as well");
            self.wrong("duplicate-type", create.name.at(), message);
            return;
        }
        let mut needs = BTreeSet::new();
        let mut hidden: Vec<Arc<str>> =
            create.is_recursive.then(|| (&*create.name.name.text).into()).into_iter().collect();
        self.needs_of_query(&create.query, &mut hidden, &mut needs);
        for made in columns.iter().flatten().filter_map(|(_, data_type)| data_type.as_ref()?.made()) {
            needs.insert(whole(self.id(made, Space::Type)));
        }
        let mut view = View {
            is_materialized: create.is_materialized,
            is_temporary: create.is_temporary,
            columns,
            given: create.columns.iter().map(|name| (&*name.text).into()).collect(),
            query: self.shown_by(create),
            options: BTreeMap::new(),
            said,
            indexes,
            triggers,
        };
        if create.keeps_options
            && let Some(Object { body: ObjectBody::View(before), .. }) = self.schema.get(&id)
        {
            view.options = before.options.clone();
            view.options.remove("check_option");
        }
        for (key, value) in &create.options {
            // An algorithm that is left open is not said.
            let is_said = !create.keeps_options || !value.eq_ignore_ascii_case("undefined");
            if is_said {
                view.set_option(key, Some(value), self.dialect);
            }
        }
        let is_known = view.columns.is_some() || self.dialect != Dialect::Mysql;
        let id = self.put(name, Space::Relation, ObjectBody::View(view), needs);
        self.schema.change(&id, |object| object.comment = comment);
        if !is_known {
            self.lose(&id);
        }
    }

    /// The query of a view. That of a recursive one is kept as one that names itself.
    fn shown_by(&self, create: &CreateView) -> SqlText {
        let query = create.query.at.of(self.sql);
        if !create.is_recursive {
            return SqlText::tokens(query, self.dialect);
        }
        let name = written_name(&create.name.name.text, self.dialect);
        let columns: Vec<String> =
            create.columns.iter().map(|column| written_name(&column.text, self.dialect)).collect();
        let columns = columns.join(", ");
        let text =
            format!("WITH RECURSIVE {name} ({columns}) AS (\n{query}\n)\nSELECT {columns} FROM {name}");
        SqlText::tokens(&text, self.dialect)
    }

    /// The relations and columns that a query cannot be without. A name of a column is taken for one of every table that has
    /// it: which is rarely wrong, and then a drop is refused that the database would allow only if this view did not name
    /// the column of the other table. So only what is named with its table, or of the only table, counts.
    pub(super) fn needs_of_query(&self, query: &Query, hidden: &mut Vec<Arc<str>>, out: &mut BTreeSet<Need>) {
        let before = hidden.len();
        for (name, _, statement) in &query.with {
            if let Statement::Query(inner) = statement {
                self.needs_of_query(inner, hidden, out);
            }
            hidden.push((&*name.text).into());
        }
        match &query.body {
            QueryBody::Select(select) => {
                let mut tables = Vec::new();
                for item in &select.from {
                    self.needs_of_item(item, hidden, &mut tables, out);
                }
                let outputs = select.outputs.iter().map(|output| &output.expr);
                for expr in outputs.chain(&select.rest).chain(&query.order_by) {
                    self.needs_of_expr(expr, &tables, hidden, out);
                }
            }
            QueryBody::Compound(parts) => {
                parts.iter().for_each(|part| self.needs_of_query(part, hidden, out))
            }
            QueryBody::Values(rows) => {
                rows.iter().flatten().for_each(|expr| self.needs_of_expr(expr, &[], hidden, out));
            }
            QueryBody::Table(path) => {
                if let Found::Known(id) = self.find(path, Space::Relation) {
                    out.insert(whole(id));
                }
            }
            QueryBody::Opaque => {}
        }
        hidden.truncate(before);
    }

    fn needs_of_item(
        &self,
        item: &FromItem,
        hidden: &mut Vec<Arc<str>>,
        tables: &mut Vec<(Arc<str>, ObjectId)>,
        out: &mut BTreeSet<Need>,
    ) {
        match item {
            FromItem::Table { path, alias, .. } => {
                let is_hidden =
                    path.schema.is_none() && hidden.iter().any(|name| self.same_name(name, &path.name.text));
                if let (false, Found::Known(id)) = (is_hidden, self.find(path, Space::Relation)) {
                    out.insert(whole(id.clone()));
                    tables.push(((&*alias.as_ref().unwrap_or(&path.name).text).into(), id));
                }
            }
            FromItem::Query { query, .. } => self.needs_of_query(query, hidden, out),
            FromItem::Function { calls, .. } => {
                calls.iter().for_each(|call| self.needs_of_expr(call, &[], hidden, out));
            }
            FromItem::Join(join) => {
                self.needs_of_item(&join.left, hidden, tables, out);
                self.needs_of_item(&join.right, hidden, tables, out);
                if let Some(on) = &join.on {
                    self.needs_of_expr(on, tables, hidden, out);
                }
            }
            FromItem::Opaque => {}
        }
    }

    fn needs_of_expr(
        &self,
        expr: &Expr,
        tables: &[(Arc<str>, ObjectId)],
        hidden: &mut Vec<Arc<str>>,
        out: &mut BTreeSet<Need>,
    ) {
        match &expr.kind {
            ExprKind::Column(path) => {
                if let Some((id, column)) = self.column_named(path, tables) {
                    out.insert(Need { part: Some(column), ..whole(id) });
                }
            }
            // All columns that it stands for, now.
            ExprKind::Star(path) => {
                let named = |(name, _): &&(Arc<str>, ObjectId)| {
                    path.last().is_none_or(|of| self.same_name(name, &of.text))
                };
                for (_, id) in tables.iter().filter(named) {
                    let columns =
                        self.schema.table(id).map(|table| table.columns.as_slice()).unwrap_or_default();
                    let need = |column: &crate::schema::Column| Need {
                        part: Some(column.name.clone()),
                        ..whole(id.clone())
                    };
                    out.extend(columns.iter().map(need));
                }
            }
            ExprKind::Cast(inner, _) => self.needs_of_expr(inner, tables, hidden, out),
            ExprKind::Call { name, arguments } => {
                if let Found::Known(id) = self.find(name, Space::Routine) {
                    out.insert(whole(id));
                }
                // The star of `count(*)` is no column.
                let named = arguments.iter().filter(|part| !matches!(part.kind, ExprKind::Star(_)));
                named.for_each(|part| self.needs_of_expr(part, tables, hidden, out));
            }
            ExprKind::Operation(_, parts) => {
                parts.iter().for_each(|part| self.needs_of_expr(part, tables, hidden, out));
            }
            ExprKind::Subquery(query) => self.needs_of_query(query, hidden, out),
            ExprKind::ColumnOrText(_) | ExprKind::Literal(_) | ExprKind::Other | ExprKind::Opaque => {}
        }
    }

    /// The one column that a name certainly stands for.
    fn column_named(&self, path: &[Ident], tables: &[(Arc<str>, ObjectId)]) -> Option<(ObjectId, Arc<str>)> {
        let name = path.last()?;
        let of = path.len().checked_sub(2).map(|place| &path[place]);
        let mut found = tables
            .iter()
            .filter(|(table, _)| of.is_none_or(|of| self.same_name(table, &of.text)))
            .filter_map(|(_, id)| {
                let table = self.schema.table(id)?;
                let place = self.column_place(table, &name.text)?;
                Some((id.clone(), table.columns[place].name.clone()))
            });
        let one = found.next()?;
        found.next().is_none().then_some(one)
    }
}

fn whole(object: ObjectId) -> Need {
    Need { object, part: None, by: None, is_automatic: false }
}
