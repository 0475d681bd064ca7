//! Calls, and constructs of the language that are written like calls.

use squawk_syntax::ast::{self, AstNode};
use squawk_syntax::{SyntaxKind, SyntaxNode};

use super::expr::operation;
use super::name::path_of;
use super::reader::{Reader, all_under, child, children, has, text, tokens};
use crate::ddl::{Expr, ExprKind, Ident, Literal, Path};

impl Reader<'_> {
    pub(super) fn call_kind(&self, call: &ast::CallExpr) -> ExprKind {
        let node = call.syntax();
        let mut kind = match call.expr() {
            Some(callee) => match self.dotted(&callee) {
                Some(names) => {
                    let mut arguments = call.arg_list().map(|list| self.arguments(&list)).unwrap_or_default();
                    // `NORMALIZE(a, NFC)`: the form is a word, not a column.
                    if callee
                        .syntax()
                        .first_token()
                        .is_some_and(|token| token.kind() == SyntaxKind::NORMALIZE_KW)
                    {
                        arguments.truncate(1);
                    }
                    ExprKind::Call { name: path_of(names), arguments }
                }
                None => return ExprKind::Opaque,
            },
            None => match node.children().next() {
                Some(construct) => self.construct_kind(&construct),
                None => return ExprKind::Opaque,
            },
        };
        if let ExprKind::Call { arguments, .. } = &mut kind {
            self.behind_call(node, arguments);
        }
        kind
    }

    /// What a function is given.
    pub(super) fn arguments(&self, list: &ast::ArgList) -> Vec<Expr> {
        let mut arguments = Vec::new();
        let mut order = Vec::new();
        if let Some(star) = list.star_token() {
            arguments.push(Expr { at: self.token_at(&star), kind: ExprKind::Star(Vec::new()) });
        }
        for argument in list.args() {
            let mut value = match argument.func_arg_expr() {
                Some(ast::FuncArgExpr::Expr(value)) => self.expr(&value),
                Some(ast::FuncArgExpr::NamedArg(named)) => {
                    Expr { at: self.at(named.syntax()), kind: operation("=>", self.exprs_in(named.syntax())) }
                }
                None => continue,
            };
            if argument.variadic_token().is_some() {
                value = Expr { at: value.at, kind: operation("variadic", vec![value]) };
            }
            arguments.push(value);
            if let Some(by) = argument.order_by_clause() {
                order
                    .push(Expr { at: self.at(by.syntax()), kind: operation("order by", self.order_by(&by)) });
            }
        }
        arguments.append(&mut order);
        arguments
    }

    /// `WITHIN GROUP`, `FILTER`, `OVER`
    fn behind_call(&self, node: &SyntaxNode, arguments: &mut Vec<Expr>) {
        let mut add = |node: &SyntaxNode, name: &str, parts: Vec<Expr>| {
            arguments.push(Expr { at: self.at(node), kind: operation(name, parts) });
        };
        if let Some(within) = child::<ast::WithinClause>(node) {
            add(within.syntax(), "within group", self.exprs_under(within.syntax()));
        }
        if let Some(filter) = child::<ast::FilterClause>(node) {
            add(filter.syntax(), "filter", self.exprs_in(filter.syntax()));
        }
        if let Some(over) = child::<ast::OverClause>(node) {
            add(over.syntax(), "over", self.exprs_under(over.syntax()));
        }
    }

    /// Constructs with a syntax of their own: `EXTRACT(x FROM y)`, `EXISTS (…)`, `JSON_VALUE(…)`.
    fn construct_kind(&self, node: &SyntaxNode) -> ExprKind {
        let Some(first) = tokens(node).next() else { return ExprKind::Opaque };
        let word = first.text().to_ascii_lowercase();
        let mut parts = self.exprs_under(node);
        match node.kind() {
            SyntaxKind::SOME_FN | SyntaxKind::ANY_FN => return operation("any", parts),
            SyntaxKind::ALL_FN => return operation("all", parts),
            SyntaxKind::EXISTS_FN => return operation("exists", parts),
            SyntaxKind::GRAPH_TABLE_FN => return ExprKind::Opaque,
            _ => {}
        }
        let name = match node.kind() {
            // These are what the server calls, and how it names the column.
            SyntaxKind::TRIM_FN if has::<ast::TrimSide>(node) => match child::<ast::TrimSide>(node) {
                Some(ast::TrimSide::TrimLeading(_)) => "ltrim",
                Some(ast::TrimSide::TrimTrailing(_)) => "rtrim",
                _ => "btrim",
            },
            SyntaxKind::TRIM_FN => "btrim",
            SyntaxKind::COLLATION_FOR_FN => "pg_collation_for",
            _ => &word,
        };
        if node.kind() == SyntaxKind::EXTRACT_FN
            && let Some(field) = child::<ast::ExtractField>(node)
            && !has::<ast::Literal>(field.syntax())
            && field.syntax().kind() != SyntaxKind::EXTRACT_FIELD_LITERAL
        {
            let name = text(field.syntax()).to_ascii_lowercase();
            parts.insert(
                0,
                Expr { at: self.at(field.syntax()), kind: ExprKind::Literal(Literal::Text(name.into())) },
            );
        }
        let at = self.token_at(&first);
        let call = ExprKind::Call { name: Path::plain(Ident::new(name, at)), arguments: parts };
        // `JSON_VALUE(… RETURNING int)`, `XMLSERIALIZE(… AS text)`
        let returning = all_returning(node);
        match returning {
            Some(written) => {
                let inner = Expr { at: self.at(node), kind: call };
                ExprKind::Cast(Box::new(inner), self.type_name(&written))
            }
            None => call,
        }
    }

    /// The rows of `JSON_TABLE` and `XMLTABLE`: the call and its columns.
    pub(super) fn table_function(&self, node: &SyntaxNode) -> (Expr, Vec<Ident>) {
        let columns = all_under::<ast::ColumnName>(node).map(|name| self.ident(name.syntax())).collect();
        let name = tokens(node)
            .next()
            .map(|token| Ident::new(token.text().to_ascii_lowercase(), self.token_at(&token)));
        let kind = match name {
            Some(name) => ExprKind::Call { name: Path::plain(name), arguments: self.exprs_under(node) },
            None => ExprKind::Opaque,
        };
        (Expr { at: self.at(node), kind }, columns)
    }

    /// The keys of an order.
    pub(super) fn order_by(&self, clause: &ast::OrderByClause) -> Vec<Expr> {
        let Some(list) = clause.sort_by_list() else { return Vec::new() };
        children::<ast::SortBy>(list.syntax())
            .filter_map(|key| key.expr())
            .map(|key| self.expr(&key))
            .collect()
    }
}

fn all_returning(node: &SyntaxNode) -> Option<ast::Type> {
    match node.kind() {
        SyntaxKind::XML_SERIALIZE_FN => child(node),
        _ => child::<ast::JsonReturningClause>(node).and_then(|clause| child(clause.syntax())),
    }
}
