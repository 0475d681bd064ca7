//! Queries.

use squawk_syntax::SyntaxNode;
use squawk_syntax::ast::{self, AstNode};

use super::output::implied_name;
use super::reader::{Reader, child, children, tokens};
use crate::ddl::{Expr, ExprKind, Extent, FromItem, Ident, Output, Query, QueryBody, Select, Statement};

/// Table expressions before a statement: name, columns, what each is.
pub(super) type With = Vec<(Ident, Vec<Ident>, Statement)>;

impl Reader<'_> {
    /// A query.
    pub(super) fn query(&self, query: &ast::SelectVariant) -> Query {
        self.deeper(|| self.query_here(query)).unwrap_or_else(|| self.opaque_query(query.syntax()))
    }

    /// A query as an expression.
    pub(super) fn subquery(&self, query: &ast::SelectVariant) -> Expr {
        Expr { at: self.at(query.syntax()), kind: ExprKind::Subquery(Box::new(self.query(query))) }
    }

    pub(super) fn opaque_query(&self, node: &SyntaxNode) -> Query {
        self.query_of(node, QueryBody::Opaque)
    }

    fn query_of(&self, node: &SyntaxNode, body: QueryBody) -> Query {
        Query {
            at: self.at(node),
            is_recursive: false,
            with: Vec::new(),
            body,
            order_by: Vec::new(),
            rest: Vec::new(),
        }
    }

    fn query_here(&self, written: &ast::SelectVariant) -> Query {
        let node = written.syntax();
        let body = match written {
            ast::SelectVariant::Select(_) | ast::SelectVariant::SelectInto(_) => {
                QueryBody::Select(Box::new(self.select(node)))
            }
            ast::SelectVariant::Values(values) => {
                let rows = values.row_list().map(|list| {
                    children::<ast::Row>(list.syntax()).map(|row| self.exprs_in(row.syntax())).collect()
                });
                QueryBody::Values(rows.unwrap_or_default())
            }
            ast::SelectVariant::Table(table) => QueryBody::Table(self.path(table.relation_name())),
            ast::SelectVariant::ParenSelect(paren) => {
                let Some(inner) = paren.select() else { return self.opaque_query(node) };
                let inner = self.query(&inner);
                if paren.with_clause().is_none() && paren.tail_clauses().next().is_none() {
                    return inner;
                }
                QueryBody::Compound(vec![inner])
            }
            ast::SelectVariant::CompoundSelect(compound) => return self.compound(compound),
        };
        let mut query = self.query_of(node, body);
        self.around(node, &mut query);
        query
    }

    /// `WITH` before a query, and what stands behind it.
    fn around(&self, node: &SyntaxNode, query: &mut Query) {
        if let Some(with) = child::<ast::WithClause>(node) {
            query.is_recursive = with.recursive_token().is_some();
            query.with = self.with(Some(with));
        }
        for clause in children::<ast::SelectTailClause>(node) {
            match clause {
                ast::SelectTailClause::OrderByClause(order) => query.order_by.extend(self.order_by(&order)),
                ast::SelectTailClause::LimitClause(limit) => query.rest.extend(self.exprs_in(limit.syntax())),
                ast::SelectTailClause::OffsetClause(offset) => {
                    query.rest.extend(self.exprs_in(offset.syntax()))
                }
                ast::SelectTailClause::FetchClause(fetch) => query.rest.extend(self.exprs_in(fetch.syntax())),
                ast::SelectTailClause::LockingClause(locking) => {
                    // `FOR UPDATE OF t` names what is in FROM, as `t.*` does.
                    for table in locking.locking_of().into_iter().flat_map(|of| of.exprs()) {
                        let kind = self.dotted(&table).map_or(ExprKind::Opaque, ExprKind::Star);
                        query.rest.push(Expr { at: self.at(table.syntax()), kind });
                    }
                }
            }
        }
    }

    /// `UNION` and its like. Chains are taken apart without recursion.
    fn compound(&self, compound: &ast::CompoundSelect) -> Query {
        let mut operands = Vec::new();
        let mut left = Some(ast::SelectVariant::CompoundSelect(compound.clone()));
        let mut is_first = true;
        while let Some(ast::SelectVariant::CompoundSelect(inner)) = &left {
            if !is_first && inner.tail_clauses().next().is_some() {
                break;
            }
            is_first = false;
            match inner.rhs_operand().and_then(|operand| operand.select_variant()) {
                Some(right) => operands.push(self.query(&right)),
                None => operands.push(self.opaque_query(inner.syntax())),
            }
            left = inner.lhs_operand().and_then(|operand| operand.select_variant());
        }
        operands.push(match left {
            Some(first) => self.query(&first),
            None => self.opaque_query(compound.syntax()),
        });
        operands.reverse();
        // What stands before the first operand is before all of them.
        let (mut with, mut is_recursive) = (Vec::new(), false);
        if child::<ast::WithClause>(&leftmost(compound.syntax())).is_some()
            && let Some(first) = operands.first_mut()
        {
            with = std::mem::take(&mut first.with);
            is_recursive = std::mem::take(&mut first.is_recursive);
        }
        let mut query = self.query_of(compound.syntax(), QueryBody::Compound(operands));
        self.around(compound.syntax(), &mut query);
        if !with.is_empty() {
            query.with = with;
            query.is_recursive = is_recursive;
        }
        query
    }

    /// `SELECT` without what stands around it, from any node that has its clauses.
    pub(super) fn select(&self, node: &SyntaxNode) -> Select {
        let mut rest = Vec::new();
        let mut outputs = Vec::new();
        let clause = child::<ast::SelectClause>(node);
        let clause = clause.as_ref().map_or(node, |clause| clause.syntax());
        if let Some(ast::SelectQuantifier::DistinctClause(distinct)) = child(clause)
            && let Some(on) = distinct.distinct_on()
        {
            rest.extend(self.exprs_in(on.syntax()));
        }
        if let Some(list) = child::<ast::TargetList>(clause) {
            outputs = self.outputs(&list);
        }
        let from = self.sources(child(node), &mut rest);
        rest.extend(self.expr_in(child::<ast::WhereClause>(node)));
        if let Some(groups) = child::<ast::GroupByClause>(node) {
            rest.extend(self.exprs_under(groups.syntax()));
        }
        rest.extend(self.expr_in(child::<ast::HavingClause>(node)));
        if let Some(windows) = child::<ast::WindowClause>(node) {
            rest.extend(self.exprs_under(windows.syntax()));
        }
        rest.extend(self.expr_in(child::<ast::FilterClause>(node)));
        let into = child::<ast::IntoClause>(node).map(|into| self.path(into.table_name()));
        Select { outputs, from, rest, into }
    }

    /// What a list of outputs gives.
    pub(super) fn outputs(&self, list: &ast::TargetList) -> Vec<Output> {
        list.targets().map(|target| self.output(&target)).collect()
    }

    fn output(&self, target: &ast::Target) -> Output {
        let expr = match target.expr() {
            Some(expr) => self.expr(&expr),
            None => {
                let star =
                    target.star_token().map_or_else(|| self.at(target.syntax()), |star| self.token_at(&star));
                Expr { at: star, kind: ExprKind::Star(Vec::new()) }
            }
        };
        let alias = match target.as_name() {
            Some(alias) => self.name(alias.name()),
            None => implied_name(&expr),
        };
        Output { expr, alias }
    }

    /// The table expressions before a statement.
    pub(super) fn with(&self, clause: Option<ast::WithClause>) -> With {
        let Some(clause) = clause else { return Vec::new() };
        clause
            .with_tables()
            .map(|table| {
                let name = self.named(table.name());
                let mut columns = table.column_list().map(|list| self.column_list(&list)).unwrap_or_default();
                let mut statement = match table.query() {
                    Some(query) => self.with_query(&query),
                    None => Statement::Query(self.opaque_query(table.syntax())),
                };
                let added = self.search_columns(&table);
                if columns.is_empty() {
                    add_outputs(&mut statement, added);
                } else {
                    columns.extend(added);
                }
                (name, columns, statement)
            })
            .collect()
    }

    fn with_query(&self, query: &ast::WithQuery) -> Statement {
        match query {
            ast::WithQuery::Insert(insert) => self.insert(insert),
            ast::WithQuery::Update(update) => self.update(update),
            ast::WithQuery::Delete(delete) => self.delete(delete),
            ast::WithQuery::Merge(merge) => self.merge(merge),
            ast::WithQuery::CompoundSelect(_)
            | ast::WithQuery::ParenSelect(_)
            | ast::WithQuery::Select(_)
            | ast::WithQuery::Table(_)
            | ast::WithQuery::Values(_) => Statement::Query(self.query_at(query.syntax())),
        }
    }

    /// The query that a node is.
    pub(super) fn query_at(&self, node: &SyntaxNode) -> Query {
        match ast::SelectVariant::cast(node.clone()) {
            Some(query) => self.query(&query),
            None => self.opaque_query(node),
        }
    }

    /// The columns that `SEARCH` and `CYCLE` add.
    fn search_columns(&self, table: &ast::WithTable) -> Vec<Ident> {
        let mut columns = Vec::new();
        if let Some(search) = table.search_clause() {
            columns.extend(
                self.name(search.set_column().and_then(|set| child::<ast::ColumnNameRef>(set.syntax()))),
            );
        }
        if let Some(cycle) = table.cycle_clause() {
            columns.extend(
                self.name(cycle.set_column().and_then(|set| child::<ast::ColumnNameRef>(set.syntax()))),
            );
            columns
                .extend(self.name(cycle.path().and_then(|path| child::<ast::ColumnNameRef>(path.syntax()))));
        }
        columns
    }

    pub(super) fn column_list(&self, list: &ast::ColumnList) -> Vec<Ident> {
        self.idents(list.column_names())
    }

    fn sources(&self, clause: Option<ast::FromClause>, rest: &mut Vec<Expr>) -> Vec<FromItem> {
        let Some(clause) = clause else { return Vec::new() };
        clause.items().map(|item| self.source(&item, rest)).collect()
    }

    /// The `FROM` of a statement that is not a query.
    pub(super) fn sources_in(&self, node: &SyntaxNode, rest: &mut Vec<Expr>) -> Vec<FromItem> {
        self.sources(child(node), rest)
    }
}

/// The first operand of a chain.
fn leftmost(node: &SyntaxNode) -> SyntaxNode {
    let mut node = node.clone();
    while ast::CompoundSelect::can_cast(node.kind()) {
        let Some(first) = node.children().find(|part| ast::SelectVariant::can_cast(part.kind())) else {
            break;
        };
        if tokens(&node).next().is_some_and(|token| token.text_range().start() < first.text_range().start()) {
            break;
        }
        node = first;
    }
    match ast::ParenSelect::can_cast(node.kind()) && child::<ast::WithClause>(&node).is_none() {
        true => node.first_child().unwrap_or(node),
        false => node,
    }
}

/// Gives a query more outputs, whose values nobody wrote.
fn add_outputs(statement: &mut Statement, columns: Vec<Ident>) {
    let Statement::Query(query) = statement else { return };
    let mut query = query;
    loop {
        match &mut query.body {
            QueryBody::Compound(operands) => match operands.first_mut() {
                Some(first) => query = first,
                None => return,
            },
            QueryBody::Select(select) => {
                select.outputs.extend(columns.into_iter().map(|column| Output {
                    expr: Expr {
                        at: Extent { start: column.at.start, end: column.at.end },
                        kind: ExprKind::Other,
                    },
                    alias: Some(column),
                }));
                return;
            }
            QueryBody::Values(_) | QueryBody::Table(_) | QueryBody::Opaque => return,
        }
    }
}
