//! What names mean inside a query.

use std::sync::Arc;

use super::lookup::shown;
use super::run::Run;
use super::with::TableExpression;
use crate::ddl::{Expr, ExprKind, Ident, Literal, Path};
use crate::dialect::Dialect;
use crate::nearest::nearest;
use crate::schema::{BaseType, Certainty, Object, ObjectBody, ObjectId, Type};

/// A column that a query gives or takes.
#[derive(Clone, Debug)]
pub(super) struct Field {
    pub(super) name: Arc<str>,
    /// Its type, where it is known.
    pub(super) data_type: Option<Type>,
}

/// The columns of a source of rows; `None` where they are not all known.
pub(super) type Fields = Option<Vec<Field>>;

/// A source of rows, under the name that it has in a query.
#[derive(Clone, Debug, Default)]
pub(super) struct Source {
    pub(super) name: Option<Arc<str>>,
    pub(super) fields: Fields,
    /// Whether it is a table, which has columns that are not listed.
    pub(super) has_system_columns: bool,
    /// Whether its columns are only found with its name before them: `excluded`, the rows of a trigger.
    pub(super) is_qualified: bool,
    /// The table it is, and whether under its own name.
    pub(super) table: Option<(ObjectId, bool)>,
}

impl Source {
    /// The columns that a star stands for; a function's are not all among them.
    pub(super) fn listed(&self) -> Fields {
        let is_function = self.table.is_none() && self.has_system_columns;
        if is_function { None } else { self.fields.clone() }
    }
}

/// The names that can be used at one place.
#[derive(Clone, Debug, Default)]
pub(super) struct Scope<'o> {
    pub(super) sources: Vec<Source>,
    /// Table expressions.
    pub(super) with: Vec<TableExpression>,
    /// Variables of code, arguments of functions, names of outputs: what is named so is never missing.
    pub(super) variables: Vec<Arc<str>>,
    /// What is around the query.
    pub(super) outer: Option<&'o Scope<'o>>,
    /// Whether there may be names that nobody listed.
    pub(super) is_open: bool,
}

impl<'o> Scope<'o> {
    /// A scope inside another one.
    pub(super) fn inside(outer: &'o Scope<'o>) -> Self {
        Self { outer: Some(outer), ..Self::default() }
    }

    fn chain(&self) -> impl Iterator<Item = &Scope<'o>> {
        std::iter::successors(Some(self), |scope| scope.outer)
    }

    /// A table expression.
    pub(super) fn table_expression(
        &self,
        name: &str,
        same: impl Fn(&str, &str) -> bool,
    ) -> Option<&TableExpression> {
        self.chain().flat_map(|scope| scope.with.iter().rev()).find(|own| same(&own.name, name))
    }
}

impl Run<'_> {
    /// The columns of an object that gives rows.
    pub(super) fn fields_of(&self, object: &Object) -> Fields {
        if object.certainty != Certainty::Certain {
            return None;
        }
        match &object.body {
            ObjectBody::Table(table) => {
                let field = |column: &crate::schema::Column| Field {
                    name: column.name.clone(),
                    data_type: Some(column.data_type.clone()),
                };
                Some(table.columns.iter().map(field).collect())
            }
            ObjectBody::View(view) => {
                let columns = view.columns.as_ref()?.iter();
                Some(
                    columns
                        .map(|(name, data_type)| Field { name: name.clone(), data_type: data_type.clone() })
                        .collect(),
                )
            }
            _ => None,
        }
    }

    /// The table as a source of rows.
    pub(super) fn source_of(&self, id: Option<&ObjectId>, path: &Path, alias: Option<&Ident>) -> Source {
        let object = id.and_then(|id| self.schema.get(id));
        Source {
            name: Some((&*alias.unwrap_or(&path.name).text).into()),
            fields: object.and_then(|object| self.fields_of(object)),
            has_system_columns: object.is_none_or(|object| match &object.body {
                ObjectBody::Table(table) => !table.options.contains_key("without rowid"),
                _ => self.dialect != Dialect::Sqlite,
            }),
            is_qualified: false,
            table: id.map(|id| (id.clone(), alias.is_none())),
        }
    }

    /// A column of the scope, or a finding that there is none. What it gives is the type, where that is known.
    pub(super) fn resolve(&mut self, path: &[Ident], scope: &Scope<'_>) -> Option<Type> {
        match path {
            [name] => self.resolve_plain(name, scope),
            [.., table, name] => self.resolve_of(table, name, scope),
            [] => None,
        }
    }

    fn resolve_plain(&mut self, name: &Ident, scope: &Scope<'_>) -> Option<Type> {
        let mut is_open = false;
        for inner in scope.chain() {
            let is_variable = inner.variables.iter().any(|own| own.eq_ignore_ascii_case(&name.text));
            let mut found: Option<(Option<Type>, Option<ObjectId>, Arc<str>)> = None;
            for source in inner.sources.iter().filter(|source| !source.is_qualified) {
                let field = match &source.fields {
                    None => {
                        is_open = true;
                        None
                    }
                    Some(fields) => fields.iter().find(|field| self.same_name(&field.name, &name.text)),
                };
                match (field, &found) {
                    (Some(_), Some(_)) if !is_open && !is_variable && !inner.is_open => {
                        let message = format!("`{}` may be a column of several tables here", name.text);
                        self.wrong("ambiguous-column", name.at, message)
                            .helps
                            .push("put the table's name before it".to_owned());
                        return None;
                    }
                    (Some(field), None) => {
                        let table = source.table.as_ref().map(|(id, _)| id.clone());
                        found = Some((field.data_type.clone(), table, field.name.clone()));
                    }
                    _ => {}
                }
                // A row as a whole.
                if found.is_none() && source.name.as_ref().is_some_and(|own| self.same_name(own, &name.text))
                {
                    return None;
                }
                is_open |= source.has_system_columns && self.is_system_word(&name.text);
                is_open |= self.is_searched(source, &name.text);
            }
            if let Some((data_type, table, column)) = found {
                if let Some(table) = table {
                    self.mention(&table, Some(&column), name.at);
                }
                return data_type;
            }
            is_open |= inner.is_open || is_variable;
            let has_rowid =
                inner.sources.iter().filter(|source| !source.is_qualified && source.has_system_columns);
            let is_rowid = self.dialect == Dialect::Sqlite && self.is_system_word(&name.text);
            if is_rowid && has_rowid.count() > 1 && inner.sources.iter().all(|source| source.fields.is_some())
            {
                let message = format!("`{}` may be that of several tables here", name.text);
                self.wrong("ambiguous-column", name.at, message);
                return None;
            }
        }
        if !is_open {
            let candidates: Vec<Arc<str>> = scope
                .sources
                .iter()
                .filter_map(|source| source.fields.as_ref())
                .flatten()
                .map(|field| field.name.clone())
                .collect();
            let near = nearest(&name.text, candidates.iter().map(|name| &**name));
            let help = near.map(|near| format!("the nearest is `{near}`"));
            let tables: Vec<String> = scope
                .sources
                .iter()
                .filter_map(|source| source.name.as_ref())
                .map(|name| format!("`{name}`"))
                .collect();
            let message = match tables.as_slice() {
                [] => format!("there is no column `{}` here", name.text),
                [table] => format!("table {table} has no column `{}`", name.text),
                tables => format!("none of {} has a column `{}`", tables.join(", "), name.text),
            };
            self.wrong("missing-column", name.at, message).helps.extend(help);
        }
        None
    }

    fn resolve_of(&mut self, table: &Ident, name: &Ident, scope: &Scope<'_>) -> Option<Type> {
        for inner in scope.chain() {
            let found = inner
                .sources
                .iter()
                .find(|source| source.name.as_ref().is_some_and(|own| own.eq_ignore_ascii_case(&table.text)));
            if let Some(source) = found {
                if let Some((id, true)) = &source.table
                    && !source.is_qualified
                {
                    self.mention(id, None, table.at);
                }
                let fields = source.fields.as_ref()?;
                if let Some(field) = fields.iter().find(|field| self.same_name(&field.name, &name.text)) {
                    if let Some((id, _)) = &source.table {
                        self.mention(id, Some(&field.name), name.at);
                    }
                    return field.data_type.clone();
                }
                let is_hidden = source.has_system_columns && self.is_system_word(&name.text);
                if !is_hidden && !self.is_searched(source, &name.text) {
                    let near = nearest(&name.text, fields.iter().map(|field| &*field.name));
                    let help = near.map(|near| format!("the nearest is `{near}`"));
                    let message = format!("`{}` has no column `{}`", table.text, name.text);
                    self.wrong("missing-column", name.at, message).helps.extend(help);
                }
                return None;
            }
            if inner.is_open || inner.variables.iter().any(|own| own.eq_ignore_ascii_case(&table.text)) {
                return None;
            }
        }
        // `sequence.nextval` of MariaDB, composite columns: only PostgreSQL and SQLite are known to have nothing of that form.
        if self.dialect != Dialect::Mysql {
            let names =
                scope.chain().flat_map(|scope| &scope.sources).filter_map(|source| source.name.as_deref());
            let near = nearest(&table.text, names).map(|near| format!("the nearest is `{near}`"));
            let message = format!("`{}` is not a table of this statement", table.text);
            self.wrong("missing-table", table.at, message).helps.extend(near);
        }
        None
    }

    /// The table of `t.*`, under its own name.
    pub(super) fn mention_star(&mut self, table: &Ident, scope: &Scope<'_>) {
        let is_named =
            |source: &&Source| source.name.as_ref().is_some_and(|own| own.eq_ignore_ascii_case(&table.text));
        let found = scope.chain().find_map(|scope| scope.sources.iter().find(is_named));
        if let Some(Source { table: Some((id, true)), is_qualified: false, .. }) = found {
            self.mention(&id.clone(), None, table.at);
        }
    }

    /// Whether a name is one of those that a full text table has besides its columns.
    fn is_searched(&self, source: &Source, name: &str) -> bool {
        source.table.as_ref().is_some_and(|(id, _)| {
            self.schema.table(id).is_some_and(|table| super::fts::has_column(table, &id.name, name))
        })
    }

    /// Names of columns that are never listed.
    fn is_system_word(&self, name: &str) -> bool {
        match self.dialect {
            Dialect::Postgres => matches!(name, "ctid" | "xmin" | "xmax" | "cmin" | "cmax" | "tableoid"),
            Dialect::Sqlite => ["rowid", "oid", "_rowid_"].iter().any(|word| name.eq_ignore_ascii_case(word)),
            Dialect::Mysql => false,
        }
    }

    /// Looks up all names of an expression; its type, where that is known.
    pub(super) fn expr(&mut self, expr: &Expr, scope: &Scope<'_>) -> Option<Type> {
        match &expr.kind {
            ExprKind::Column(path) => self.resolve(path, scope),
            ExprKind::Cast(inner, data_type) => {
                self.expr(inner, scope);
                Some(self.known_type(data_type))
            }
            ExprKind::Call { name, arguments } => {
                self.function_must_be_there(name);
                let types: Vec<Option<Type>> =
                    arguments.iter().map(|argument| self.expr(argument, scope)).collect();
                // A text without a type becomes what the others are.
                let is_open = |argument: &&(&Expr, Option<Type>)| {
                    !matches!(argument.0.kind, ExprKind::Literal(Literal::Text(_) | Literal::Null))
                };
                let types: Vec<(&Expr, Option<Type>)> = arguments.iter().zip(types).collect();
                let typed: Vec<Option<Type>> =
                    types.iter().filter(is_open).map(|(_, data_type)| data_type.clone()).collect();
                self.call_type(name, &typed)
            }
            ExprKind::Subquery(query) => {
                let fields = self.query(query, scope)?;
                fields.into_iter().next()?.data_type
            }
            ExprKind::Operation(operator, parts) => {
                let types: Vec<Option<Type>> = parts.iter().map(|part| self.expr(part, scope)).collect();
                self.operation_type(operator, types)
            }
            ExprKind::Literal(literal) => self.literal_type(literal),
            // A text, if it is no column.
            ExprKind::ColumnOrText(name) => {
                let findings = self.findings.len();
                let data_type = self.resolve_plain(name, scope);
                self.findings.truncate(findings);
                data_type
            }
            ExprKind::Star(path) => {
                if let [.., table] = path.as_slice() {
                    self.mention_star(table, scope);
                }
                None
            }
            ExprKind::Other | ExprKind::Opaque => None,
        }
    }

    fn literal_type(&self, literal: &crate::ddl::Literal) -> Option<Type> {
        if self.dialect != Dialect::Postgres {
            return None;
        }
        let name = match literal {
            Literal::Boolean(_) => "boolean",
            Literal::Text(_) | Literal::Null => "text",
            Literal::Number(number) if number.parse::<i32>().is_ok() => "integer",
            Literal::Number(number) if number.parse::<i64>().is_ok() => "bigint",
            Literal::Number(_) => "numeric",
            Literal::Bytes(_) => return None,
        };
        Some(Type::built_in(name))
    }

    fn call_type(&self, name: &Path, arguments: &[Option<Type>]) -> Option<Type> {
        if self.dialect != Dialect::Postgres
            || name.schema.as_ref().is_some_and(|schema| &*schema.text != "pg_catalog")
        {
            return None;
        }
        let built_in = |name| Some(Type::built_in(name));
        let first = || arguments.first().cloned().flatten();
        match &*shown(&Path::plain(name.name.clone())) {
            "count" | "row_number" | "rank" | "dense_rank" => built_in("bigint"),
            "now" | "current_timestamp" | "clock_timestamp" | "transaction_timestamp" => {
                built_in("timestamp with time zone")
            }
            "current_date" => built_in("date"),
            "lower" | "upper" | "concat" | "replace" | "regexp_replace" | "trim" | "btrim" | "ltrim"
            | "rtrim" | "md5" | "string_agg" | "substring" | "substr" | "left" | "right" | "format"
            | "to_char" => built_in("text"),
            "length" | "char_length" | "array_length" => built_in("integer"),
            "bool_or" | "bool_and" | "every" | "exists" => built_in("boolean"),
            "gen_random_uuid" => built_in("uuid"),
            "coalesce" | "greatest" | "least" => Type::common(arguments.iter().cloned()),
            "nullif" => first(),
            // Functions give types without arguments, and take `varchar` for `text`.
            "min" | "max" | "abs" => {
                let data_type = first().filter(|of| !of.is_array && !of.is_unknown())?;
                match &data_type.base {
                    BaseType::BuiltIn(name) if &**name == "character varying" => built_in("text"),
                    _ => Some(Type { arguments: vec![], ..data_type }),
                }
            }
            "sum" => match first()?.to_string().as_str() {
                "smallint" | "integer" => built_in("bigint"),
                "bigint" | "numeric" => built_in("numeric"),
                "real" => built_in("real"),
                "double precision" => built_in("double precision"),
                _ => None,
            },
            _ => None,
        }
    }

    fn operation_type(&self, operator: &str, parts: Vec<Option<Type>>) -> Option<Type> {
        if self.dialect != Dialect::Postgres {
            return None;
        }
        match operator {
            "=" | "<>" | "!=" | "<" | ">" | "<=" | ">=" | "and" | "or" | "not" | "in" | "not in" | "like"
            | "ilike" | "between" | "exists" | "not exists" | "~" | "~*" | "!~" => {
                Some(Type::built_in("boolean"))
            }
            _ if operator.starts_with("is ") => Some(Type::built_in("boolean")),
            "" | "()" => parts.into_iter().next().flatten(),
            _ => None,
        }
    }
}
