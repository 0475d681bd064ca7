//! Statements that change rows.

use squawk_syntax::SyntaxNode;
use squawk_syntax::ast::{self, AstNode};

use super::reader::{Reader, child};
use crate::ddl::{
    Assignment, ConflictTarget, Delete, Expr, ExprKind, FromItem, Ident, Insert, Output, Path, Query,
    QueryBody, Statement, Update,
};

impl Reader<'_> {
    pub(super) fn insert(&self, insert: &ast::Insert) -> Statement {
        let node = insert.syntax();
        let table = self.path(insert.relation_name_ref());
        let alias = insert.alias().and_then(|alias| self.name(alias.name()));
        let mut rest = Vec::new();
        let columns = self.targets(insert.column_target_list(), &mut rest);
        let source = match insert.insert_source() {
            Some(ast::InsertSource::SelectVariant(query)) => Some(Box::new(self.query(&query))),
            Some(ast::InsertSource::DefaultValues(_)) | None => None,
        };
        let (mut conflict, mut set) = (None, Vec::new());
        if let Some(clause) = insert.on_conflict_clause() {
            conflict = Some(match clause.conflict_target() {
                Some(ast::ConflictTarget::ConflictOnConstraint(on)) => {
                    ConflictTarget::Constraint(self.named(on.constraint_name_ref()))
                }
                Some(ast::ConflictTarget::ConflictOnIndex(on)) => {
                    rest.extend(self.expr_in(on.where_clause()));
                    let items = on
                        .conflict_index_item_list()
                        .into_iter()
                        .flat_map(|list| list.conflict_index_items());
                    ConflictTarget::Parts(
                        items.map(|item| self.index_part_of(item.syntax(), item.expr())).collect(),
                    )
                }
                None => ConflictTarget::Any,
            });
            match clause.conflict_action() {
                Some(ast::ConflictAction::ConflictDoUpdateSet(update)) => {
                    set = self.assignments(update.set_clause(), &mut rest);
                    rest.extend(self.expr_in(update.where_clause()));
                }
                Some(ast::ConflictAction::ConflictDoSelect(select)) => {
                    rest.extend(self.expr_in(child::<ast::WhereClause>(select.syntax())));
                }
                Some(ast::ConflictAction::ConflictDoNothing(_)) | None => {}
            }
        }
        let returning = self.returning(node, alias.as_ref().unwrap_or(&table.name));
        let with = self.with(insert.with_clause());
        Statement::Insert(Insert { table, alias, columns, source, conflict, set, rest, returning, with })
    }

    pub(super) fn update(&self, update: &ast::Update) -> Statement {
        let node = update.syntax();
        let path = self.path(update.relation_name());
        let alias = update.alias().and_then(|alias| self.name(alias.name()));
        let mut rest = self.portion(update.for_portion_of());
        let set = self.assignments(update.set_clause(), &mut rest);
        let from = self.sources_in(node, &mut rest);
        rest.extend(self.expr_in(child::<ast::WhereClause>(node)));
        let returning = self.returning(node, alias.as_ref().unwrap_or(&path.name));
        let with = self.with(update.with_clause());
        let table = FromItem::Table { path, alias, columns: Vec::new() };
        Statement::Update(Update { table, set, from, rest, returning, with })
    }

    pub(super) fn delete(&self, delete: &ast::Delete) -> Statement {
        let node = delete.syntax();
        let path = self.path(delete.relation_name());
        let alias = delete.alias().and_then(|alias| self.name(alias.name()));
        let mut rest = self.portion(delete.for_portion_of());
        let items = delete.using_clause().into_iter().flat_map(|clause| clause.items());
        let using = items.map(|item| self.source(&item, &mut rest)).collect();
        rest.extend(self.expr_in(child::<ast::WhereClause>(node)));
        let returning = self.returning(node, alias.as_ref().unwrap_or(&path.name));
        let with = self.with(delete.with_clause());
        let table = FromItem::Table { path, alias, columns: Vec::new() };
        Statement::Delete(Delete { table, using, rest, returning, with })
    }

    pub(super) fn merge(&self, merge: &ast::Merge) -> Statement {
        let path = self.path(merge.table_relation_name());
        let alias = merge.alias().and_then(|alias| self.name(alias.name()));
        let mut exprs = Vec::new();
        let mut columns = Vec::new();
        let mut source = FromItem::Opaque;
        if let Some(using) = merge.using_on_clause() {
            if let Some(item) = using.from_list_item() {
                source = self.source(&item, &mut exprs);
            }
            exprs.extend(self.expr_in(using.on_clause()));
        }
        for when in merge.merge_when_clauses() {
            exprs.extend(self.expr_in(child::<ast::MergeCondition>(when.syntax())));
            match child::<ast::MergeAction>(when.syntax()) {
                Some(ast::MergeAction::MergeUpdate(update)) => {
                    for assignment in self.assignments(update.set_clause(), &mut exprs) {
                        columns.extend(assignment.columns.into_iter().filter_map(|mut names| names.pop()));
                        exprs.push(assignment.value);
                    }
                }
                Some(ast::MergeAction::MergeInsert(insert)) => {
                    columns.extend(self.targets(insert.column_target_list(), &mut exprs));
                    if let Some(values) = insert.values()
                        && let Query { body: QueryBody::Values(rows), .. } = self.query_at(values.syntax())
                    {
                        exprs.extend(rows.into_iter().flatten());
                    }
                }
                Some(ast::MergeAction::MergeDelete(_) | ast::MergeAction::MergeDoNothing(_)) | None => {}
            }
        }
        let returning = self.returning(merge.syntax(), alias.as_ref().unwrap_or(&path.name));
        let with = self.with(merge.with_clause());
        let table = FromItem::Table { path, alias, columns: Vec::new() };
        Statement::Merge { table, source, exprs, columns, returning, with }
    }

    /// `RETURNING`; `old` and `new` are the table there, unless something else is called so.
    fn returning(&self, node: &SyntaxNode, table: &Ident) -> Vec<Output> {
        let Some(clause) = child::<ast::ReturningClause>(node) else { return Vec::new() };
        let Some(list) = clause.target_list() else { return Vec::new() };
        let mut rows: Vec<(Box<str>, Ident)> = Vec::new();
        let options = clause.returning_option_list();
        for option in options.iter().flat_map(|list| list.returning_options()) {
            rows.extend(self.name(option.name()).map(|name| (name.text, table.clone())));
        }
        if options.is_none() && !has_alias(node) {
            rows.extend(["old", "new"].map(|name| (name.into(), table.clone())));
        }
        self.with_rows(rows, || self.outputs(&list))
    }

    /// The columns that are written; what stands in subscripts goes to `rest`.
    fn targets(&self, list: Option<ast::ColumnTargetList>, rest: &mut Vec<Expr>) -> Vec<Ident> {
        let targets = list.into_iter().flat_map(|list| list.column_targets());
        targets.map(|target| self.target(&target, rest)).collect()
    }

    fn target(&self, target: &ast::ColumnTarget, rest: &mut Vec<Expr>) -> Ident {
        for accessor in target.accessors() {
            rest.extend(self.exprs_in(accessor.syntax()));
        }
        self.named(target.name())
    }

    /// `SET …`
    fn assignments(&self, clause: Option<ast::SetClause>, rest: &mut Vec<Expr>) -> Vec<Assignment> {
        let columns = clause.and_then(|clause| clause.set_column_list());
        let columns = columns.into_iter().flat_map(|list| list.set_columns());
        columns
            .map(|column| match column {
                ast::SetColumn::SetSingleColumn(single) => {
                    let names = single.column_target().map(|target| vec![self.target(&target, rest)]);
                    Assignment {
                        columns: vec![names.unwrap_or_default()],
                        value: self.set_expr(single.set_expr(), single.syntax()),
                    }
                }
                ast::SetColumn::SetMultipleColumns(several) => {
                    let names = self.targets(several.column_target_list(), rest);
                    let value = match (several.paren_select(), several.set_expr_list()) {
                        (Some(query), _) => {
                            let query = self.query_at(query.syntax());
                            Expr { at: query.at, kind: ExprKind::Subquery(Box::new(query)) }
                        }
                        (None, Some(list)) => {
                            let parts = list
                                .set_exprs()
                                .map(|expr| self.set_expr(Some(expr), list.syntax()))
                                .collect();
                            Expr { at: self.at(list.syntax()), kind: super::expr::operation("row", parts) }
                        }
                        (None, None) => Expr { at: self.at(several.syntax()), kind: ExprKind::Opaque },
                    };
                    Assignment { columns: names.into_iter().map(|name| vec![name]).collect(), value }
                }
            })
            .collect()
    }

    fn set_expr(&self, expr: Option<ast::SetExpr>, around: &SyntaxNode) -> Expr {
        match expr {
            Some(expr) if expr.default_token().is_some() => self.other(expr.syntax()),
            Some(expr) => self.expr_or_opaque(expr.expr(), expr.syntax()),
            None => Expr { at: self.at(around), kind: ExprKind::Opaque },
        }
    }

    /// The collation of a `COLLATE` that belongs to something else than an expression.
    pub(super) fn collation(&self, collate: Option<ast::Collate>) -> Option<Path> {
        collate?.collation_ref().map(|collation| self.path_at(collation.syntax()))
    }

    fn portion(&self, portion: Option<ast::ForPortionOf>) -> Vec<Expr> {
        let Some(portion) = portion else { return Vec::new() };
        let mut exprs = self.exprs_under(portion.syntax());
        if let Some(column) = self.name(portion.column_name_ref()) {
            exprs.push(Expr { at: column.at, kind: ExprKind::Column(vec![column]) });
        }
        exprs
    }
}

/// Whether something is called `old` or `new` in a statement, beside what `RETURNING` calls so.
fn has_alias(node: &SyntaxNode) -> bool {
    let is_called = |part: &SyntaxNode| matches!(ast::normalize_name_node(part).as_str(), "old" | "new");
    let parts = node.children().filter(|part| !ast::ReturningClause::can_cast(part.kind()));
    parts.flat_map(|part| part.descendants()).any(|part| {
        (ast::TableAlias::can_cast(part.kind()) || ast::PathSegmentRef::can_cast(part.kind()))
            && is_called(&part)
    })
}
