//! Where queries take rows from.

use squawk_syntax::SyntaxNode;
use squawk_syntax::ast::{self, AstNode};

use super::expr::is_value_function;
use super::reader::{Reader, child};
use crate::ddl::{Expr, FromItem, Ident, Join};

impl Reader<'_> {
    /// An item of a list; expressions that it holds besides go to `rest`.
    pub(super) fn source(&self, item: &ast::FromListItem, rest: &mut Vec<Expr>) -> FromItem {
        self.deeper(|| match item {
            ast::FromListItem::JoinExpr(join) => self.join(join, rest),
            ast::FromListItem::FromItem(item) => self.plain_item(item, rest),
        })
        .unwrap_or(FromItem::Opaque)
    }

    fn plain_item(&self, item: &ast::FromItem, rest: &mut Vec<Expr>) -> FromItem {
        let (alias, columns) = self.alias(item.alias());
        match item {
            ast::FromItem::RelationFromItem(relation) => {
                if let Some(sample) = relation.tablesample_clause() {
                    rest.extend(self.exprs_under(sample.syntax()));
                }
                let path = self.path(relation.relation_name_ref());
                if path.schema.is_none() && is_value_function(relation.syntax()) {
                    return FromItem::Function { calls: vec![self.calling(path)], alias, columns };
                }
                FromItem::Table { path, alias, columns }
            }
            ast::FromItem::FunctionFromItem(function) => {
                let calls = self.exprs_in(function.syntax());
                let columns = self.function_columns(item, columns, calls.len());
                FromItem::Function { calls, alias, columns }
            }
            ast::FromItem::ExprFromItem(expr) => {
                FromItem::Function { calls: self.exprs_in(expr.syntax()), alias, columns }
            }
            ast::FromItem::RowsFromItem(rows) => {
                let mut calls = Vec::new();
                let mut defined = Vec::new();
                let mut all_defined = true;
                for argument in rows.rows_from_args() {
                    calls.extend(self.exprs_in(argument.syntax()));
                    match argument.column_def_list() {
                        Some(list) => {
                            defined.extend(self.column_defs(&list).into_iter().map(|(name, _)| name))
                        }
                        None => all_defined = false,
                    }
                }
                let columns = match columns.is_empty() && all_defined {
                    true => defined,
                    false => columns,
                };
                let columns = self.function_columns(item, columns, calls.len());
                FromItem::Function { calls, alias, columns }
            }
            ast::FromItem::JsonTableFromItem(json) => {
                self.table_call(json.json_table().map(|call| call.syntax().clone()), alias, columns)
            }
            ast::FromItem::XmlTableFromItem(xml) => {
                self.table_call(xml.xml_table().map(|call| call.syntax().clone()), alias, columns)
            }
            ast::FromItem::GraphTableFromItem(_) => FromItem::Opaque,
            ast::FromItem::ParenFromItem(paren) => {
                if let Some(query) = child::<ast::SelectVariant>(paren.syntax()) {
                    return FromItem::Query { query: Box::new(self.query(&query)), alias, columns };
                }
                match paren.paren_expr() {
                    Some(inner) => self.in_parentheses(inner.syntax(), alias, columns, rest),
                    None => FromItem::Opaque,
                }
            }
        }
    }

    /// What stands in parentheses: a query, or tables that are joined.
    fn in_parentheses(
        &self,
        node: &SyntaxNode,
        alias: Option<Ident>,
        columns: Vec<Ident>,
        rest: &mut Vec<Expr>,
    ) -> FromItem {
        if let Some(query) = child::<ast::SelectVariant>(node) {
            return FromItem::Query { query: Box::new(self.query(&query)), alias, columns };
        }
        if let Some(inner) = child::<ast::ParenExpr>(node) {
            return self
                .deeper(|| self.in_parentheses(inner.syntax(), alias, columns, rest))
                .unwrap_or(FromItem::Opaque);
        }
        let Some(item) = child::<ast::FromListItem>(node) else { return FromItem::Opaque };
        match self.source(&item, rest) {
            FromItem::Join(mut join) if alias.is_some() => {
                // With names for its columns a join is something else again.
                if !columns.is_empty() {
                    return FromItem::Opaque;
                }
                join.alias = alias;
                FromItem::Join(join)
            }
            FromItem::Table { path, alias: None, columns: inner } if inner.is_empty() => {
                FromItem::Table { path, alias, columns }
            }
            other => other,
        }
    }

    fn table_call(&self, call: Option<SyntaxNode>, alias: Option<Ident>, names: Vec<Ident>) -> FromItem {
        let Some(call) = call else { return FromItem::Opaque };
        let (call, mut columns) = self.table_function(&call);
        for (column, name) in columns.iter_mut().zip(names) {
            *column = name;
        }
        FromItem::Function { calls: vec![call], alias, columns }
    }

    /// The columns of functions with a number behind them: nobody knows how many the functions give.
    fn function_columns(&self, item: &ast::FromItem, mut columns: Vec<Ident>, n_calls: usize) -> Vec<Ident> {
        if let Some(ordinality) = item.with_ordinality()
            && !columns.is_empty()
            && columns.len() <= n_calls
        {
            columns.push(Ident::new("ordinality", self.at(ordinality.syntax())));
        }
        columns
    }

    fn alias(&self, alias: Option<ast::FromAlias>) -> (Option<Ident>, Vec<Ident>) {
        let Some(alias) = alias else { return (None, Vec::new()) };
        let columns = match alias.columns() {
            Some(ast::FromAliasColumns::ColumnList(list)) => self.column_list(&list),
            Some(ast::FromAliasColumns::ColumnDefList(list)) => {
                self.column_defs(&list).into_iter().map(|(name, _)| name).collect()
            }
            None => Vec::new(),
        };
        (self.name(alias.name()), columns)
    }

    fn join(&self, expr: &ast::JoinExpr, rest: &mut Vec<Expr>) -> FromItem {
        let (Some(left), Some(join)) = (expr.from_list_item(), expr.join()) else { return FromItem::Opaque };
        let Some(right) = join.from_list_item() else { return FromItem::Opaque };
        let left = self.source(&left, rest);
        let right = self.source(&right, rest);
        let (left_is_optional, right_is_optional) = match join.join_type() {
            Some(ast::JoinType::JoinLeft(_)) => (false, true),
            Some(ast::JoinType::JoinRight(_)) => (true, false),
            Some(ast::JoinType::JoinFull(_)) => (true, true),
            Some(ast::JoinType::JoinInner(_) | ast::JoinType::JoinCross(_)) | None => (false, false),
        };
        let (mut on, mut using, mut alias) = (None, Vec::new(), None);
        match join.join_condition() {
            Some(ast::JoinCondition::OnClause(clause)) => on = self.expr_in(Some(clause)),
            Some(ast::JoinCondition::JoinUsingClause(clause)) => {
                using = clause.column_ref_list().map(|list| self.column_refs(&list)).unwrap_or_default();
                alias = clause.alias().and_then(|alias| self.name(alias.name()));
            }
            None => {}
        }
        FromItem::Join(Box::new(Join {
            left,
            right,
            on,
            using,
            is_natural: join.natural_token().is_some(),
            left_is_optional,
            right_is_optional,
            alias,
        }))
    }

    pub(super) fn column_refs(&self, list: &ast::ColumnRefList) -> Vec<Ident> {
        self.idents(list.column_name_refs())
    }
}
