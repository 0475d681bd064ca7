//! Texts that are put together from constants alone.

use squawk_syntax::ast::{self, AstNode};

use super::expr::literal_kind;
use crate::ddl::{ExprKind, Literal};

/// The text that an expression is, if that is certain: `'a' || 'b'`, `format('… %I', 'c')`.
pub(super) fn constant_text(expr: &ast::Expr) -> Option<String> {
    match expr {
        ast::Expr::Literal(literal) => match literal_kind(literal) {
            ExprKind::Literal(Literal::Text(text)) => Some(text.into()),
            ExprKind::Literal(Literal::Number(text)) => Some(text.into()),
            _ => None,
        },
        ast::Expr::ParenExpr(paren) => constant_text(&paren.expr()?),
        ast::Expr::BinExpr(_) => joined(expr),
        ast::Expr::CallExpr(call) => formatted(call),
        _ => None,
    }
}

/// `'a' || 'b' || 'c'`
fn joined(expr: &ast::Expr) -> Option<String> {
    let mut parts = Vec::new();
    let mut left = expr.clone();
    while let ast::Expr::BinExpr(binary) = &left {
        let Some(ast::BinOp::CustomOp(operator)) = binary.op() else { return None };
        if operator.syntax().text() != "||" {
            return None;
        }
        parts.push(constant_literal(&binary.rhs()?)?);
        left = binary.lhs()?;
    }
    parts.push(constant_literal(&left)?);
    parts.reverse();
    Some(parts.concat())
}

fn constant_literal(expr: &ast::Expr) -> Option<String> {
    match expr {
        ast::Expr::BinExpr(_) => None,
        other => constant_text(other),
    }
}

/// `format('… %I %L %s %%', 'a', 'b', 'c')`
fn formatted(call: &ast::CallExpr) -> Option<String> {
    let callee = call.expr()?;
    if !callee.syntax().text().to_string().eq_ignore_ascii_case("format") {
        return None;
    }
    let mut texts = Vec::new();
    for argument in call.arg_list()?.args() {
        match argument.expr()? {
            ast::Expr::Literal(literal) => texts.push(constant_text(&ast::Expr::Literal(literal))?),
            _ => return None,
        }
    }
    let mut texts = texts.into_iter();
    let pattern = texts.next()?;
    let mut formatted = String::new();
    let mut pieces = pattern.chars();
    while let Some(piece) = pieces.next() {
        if piece != '%' {
            formatted.push(piece);
            continue;
        }
        match pieces.next()? {
            '%' => formatted.push('%'),
            's' => formatted.push_str(&texts.next()?),
            'L' => formatted.push_str(&quoted(&texts.next()?, '\'')),
            // Quotes are always right, and where they can be left out they change nothing.
            'I' => formatted.push_str(&quoted(&texts.next()?, '"')),
            // Positions and widths.
            _ => return None,
        }
    }
    Some(formatted)
}

fn quoted(text: &str, quote: char) -> String {
    let doubled = text.replace(quote, &format!("{quote}{quote}"));
    let escapes = if quote == '\'' && text.contains('\\') { "E" } else { "" };
    let doubled = if escapes.is_empty() { doubled } else { doubled.replace('\\', "\\\\") };
    format!("{escapes}{quote}{doubled}{quote}")
}
