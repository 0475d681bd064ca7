//! Expressions other than calls.

use squawk_syntax::ast::{self, AstNode, LitKind};
use squawk_syntax::{SyntaxKind, SyntaxNode};

use super::reader::{Reader, all_tokens, child, children, has, words};
use crate::ddl::{Expr, ExprKind, Ident, Literal, Path};

impl Reader<'_> {
    /// An expression.
    pub(super) fn expr(&self, expr: &ast::Expr) -> Expr {
        let kind = self.deeper(|| self.kind(expr)).unwrap_or(ExprKind::Opaque);
        Expr { at: self.at(expr.syntax()), kind }
    }

    /// An expression that syntax demands.
    pub(super) fn expr_or_opaque(&self, expr: Option<ast::Expr>, around: &SyntaxNode) -> Expr {
        match expr {
            Some(expr) => self.expr(&expr),
            None => Expr { at: self.at(around), kind: ExprKind::Opaque },
        }
    }

    fn kind(&self, expr: &ast::Expr) -> ExprKind {
        match expr {
            ast::Expr::NameRef(name) => self.name_kind(name),
            ast::Expr::FieldExpr(field) => self.field_kind(field),
            ast::Expr::Literal(literal) => literal_kind(literal),
            ast::Expr::CallExpr(call) => self.call_kind(call),
            ast::Expr::CastExpr(cast) => {
                let value = match (cast.expr(), cast.literal()) {
                    (Some(value), _) => self.expr(&value),
                    (None, Some(literal)) => {
                        Expr { at: self.at(literal.syntax()), kind: literal_kind(&literal) }
                    }
                    (None, None) => return ExprKind::Opaque,
                };
                match cast.ty() {
                    Some(written) => ExprKind::Cast(Box::new(value), self.type_name(&written)),
                    None => ExprKind::Opaque,
                }
            }
            ast::Expr::ParenExpr(paren) => self.paren_kind(paren),
            ast::Expr::BinExpr(_) => self.binary_kind(expr),
            ast::Expr::PrefixExpr(prefix) => {
                let operator = operator_after(prefix.syntax(), None);
                operation(&operator, self.exprs_in(prefix.syntax()))
            }
            ast::Expr::PostfixExpr(postfix) => {
                let Some(value) = postfix.expr() else { return ExprKind::Opaque };
                let operator = match operator_after(postfix.syntax(), Some(value.syntax())).as_str() {
                    "isnull" => "is null".to_owned(),
                    "notnull" => "is not null".to_owned(),
                    other => other.to_owned(),
                };
                operation(&operator, vec![self.expr(&value)])
            }
            ast::Expr::BetweenExpr(between) => {
                let operator = if between.not_token().is_some() { "not between" } else { "between" };
                operation(operator, self.exprs_in(between.syntax()))
            }
            ast::Expr::CaseExpr(case) => self.case_kind(case),
            ast::Expr::ArrayExpr(array) => operation("array", self.exprs_under(array.syntax())),
            ast::Expr::TupleExpr(tuple) => operation("row", self.exprs_under(tuple.syntax())),
            ast::Expr::IndexExpr(_) | ast::Expr::SliceExpr(_) => self.subscript_kind(expr),
            ast::Expr::Collate(collate) => match collate.expr() {
                Some(value) => operation("collate", vec![self.expr(&value)]),
                None => ExprKind::Opaque,
            },
        }
    }

    /// A bare word: a column, or a function that is called without parentheses.
    fn name_kind(&self, name: &ast::NameRef) -> ExprKind {
        let ident = self.ident(name.syntax());
        match is_value_function(name.syntax()) {
            true => ExprKind::Call { name: Path::plain(ident), arguments: Vec::new() },
            false => ExprKind::Column(vec![ident]),
        }
    }

    /// `a.b.c`, `a.*`, `(x).f`
    fn field_kind(&self, field: &ast::FieldExpr) -> ExprKind {
        let is_star = field.star_token().is_some();
        let mut fields = Vec::new();
        let mut base = Some(ast::Expr::FieldExpr(field.clone()));
        while let Some(ast::Expr::FieldExpr(field)) = &base {
            // The library takes what stands before a star for its field.
            if field.star_token().is_none() {
                fields.extend(self.name(field.field()));
            }
            base = field.base();
        }
        fields.reverse();
        match base {
            Some(ast::Expr::NameRef(first)) => {
                fields.insert(0, self.row(self.ident(first.syntax())));
                if is_star { ExprKind::Star(fields) } else { ExprKind::Column(fields) }
            }
            Some(base) if fields.len() < 16 => {
                let mut value = self.expr(&base);
                let star = is_star.then(|| Ident::new("*", value.at));
                for field in fields.into_iter().chain(star) {
                    let at =
                        crate::ddl::Extent { start: value.at.start, end: field.at.end.max(value.at.end) };
                    let kind = operation(&format!(".{}", field.text), vec![value]);
                    value = Expr { at, kind };
                }
                value.kind
            }
            _ => ExprKind::Opaque,
        }
    }

    /// The names of `a.b.c`, if it consists of nothing else.
    pub(super) fn dotted(&self, expr: &ast::Expr) -> Option<Vec<Ident>> {
        match expr {
            ast::Expr::NameRef(name) => Some(vec![self.ident(name.syntax())]),
            ast::Expr::FieldExpr(field) if field.star_token().is_none() => {
                let mut names = Vec::new();
                let mut base = Some(expr.clone());
                while let Some(ast::Expr::FieldExpr(field)) = &base {
                    names.extend(self.name(field.field()));
                    base = field.base();
                }
                let Some(ast::Expr::NameRef(first)) = base else { return None };
                names.push(self.ident(first.syntax()));
                names.reverse();
                Some(names)
            }
            _ => None,
        }
    }

    fn paren_kind(&self, paren: &ast::ParenExpr) -> ExprKind {
        if let Some(query) = child::<ast::SelectVariant>(paren.syntax()) {
            return self.subquery(&query).kind;
        }
        paren.expr().map_or(ExprKind::Opaque, |inner| self.expr(&inner).kind)
    }

    /// An operator with two sides. Chains are taken apart without recursion: conditions can be long.
    fn binary_kind(&self, expr: &ast::Expr) -> ExprKind {
        let mut sides = Vec::new();
        let mut left = Some(expr.clone());
        let mut chained: Option<String> = None;
        while let Some(ast::Expr::BinExpr(binary)) = &left {
            let Some(lhs) = binary.lhs() else { return ExprKind::Opaque };
            let operator = operator_after(binary.syntax(), Some(lhs.syntax()));
            if chained.as_ref().is_some_and(|chained| *chained != operator || !is_chain(chained)) {
                break;
            }
            let Some(rhs) = binary.rhs() else { return ExprKind::Opaque };
            if chained.is_none() {
                if let Some(special) = self.special(&operator, &lhs, &rhs) {
                    return special;
                }
                if is_custom(binary) {
                    return self.custom_kind(operator, &lhs, rhs);
                }
            }
            sides.push(self.expr(&rhs));
            chained = Some(operator);
            left = Some(lhs);
        }
        let (Some(operator), Some(left)) = (chained, left) else { return ExprKind::Opaque };
        sides.push(self.expr(&left));
        sides.reverse();
        operation(&operator, sides)
    }

    /// `a -> 'b' ->> 'c'`: the library hangs such chains to the right, the server to the left.
    fn custom_kind(&self, operator: String, lhs: &ast::Expr, rhs: ast::Expr) -> ExprKind {
        let mut value = self.expr(lhs);
        let mut operator = operator;
        let mut rhs = rhs;
        let mut changes = 0;
        loop {
            let next = match &rhs {
                ast::Expr::BinExpr(binary) if is_custom(binary) => {
                    let (Some(side), Some(rest)) = (binary.lhs(), binary.rhs()) else {
                        return ExprKind::Opaque;
                    };
                    let operator = operator_after(binary.syntax(), Some(side.syntax()));
                    Some((side, operator, rest))
                }
                _ => None,
            };
            let side = next.as_ref().map_or(&rhs, |(side, ..)| side);
            let side = self.expr(side);
            let at = crate::ddl::Extent { start: value.at.start, end: side.at.end };
            value.kind = match value.kind {
                ExprKind::Operation(name, mut parts) if *name == *operator && is_chain(&operator) => {
                    parts.push(side);
                    ExprKind::Operation(name, parts)
                }
                kind => {
                    changes += 1;
                    operation(&operator, vec![Expr { at: value.at, kind }, side])
                }
            };
            value.at = at;
            match next {
                Some(_) if changes > MAX_CHANGES => return ExprKind::Opaque,
                Some((_, following, rest)) => (operator, rhs) = (following, rest),
                None => return value.kind,
            }
        }
    }

    /// Operators whose right side is not an expression like others.
    fn special(&self, operator: &str, lhs: &ast::Expr, rhs: &ast::Expr) -> Option<ExprKind> {
        match operator {
            // `IS NULL`, `IS TRUE`, `IS UNKNOWN`, `IS DOCUMENT`
            "is" | "is not" => {
                let word = words(rhs.syntax());
                Some(operation(&format!("{operator} {word}"), vec![self.expr(lhs)]))
            }
            "in" | "not in" => {
                let mut parts = vec![self.expr(lhs)];
                match rhs {
                    ast::Expr::TupleExpr(list) => parts.extend(self.exprs_under(list.syntax())),
                    other => parts.push(self.expr(other)),
                }
                Some(operation(operator, parts))
            }
            _ => None,
        }
    }

    fn case_kind(&self, case: &ast::CaseExpr) -> ExprKind {
        let mut parts: Vec<Expr> = case.expr().iter().map(|operand| self.expr(operand)).collect();
        if let Some(list) = case.when_clause_list() {
            for when in children::<ast::WhenClause>(list.syntax()) {
                let kind = operation("when", self.exprs_in(when.syntax()));
                parts.push(Expr { at: self.at(when.syntax()), kind });
            }
        }
        if let Some(otherwise) = case.else_clause() {
            let kind = operation("else", self.exprs_in(otherwise.syntax()));
            parts.push(Expr { at: self.at(otherwise.syntax()), kind });
        }
        operation("case", parts)
    }

    /// `a[1][2:3]`
    fn subscript_kind(&self, expr: &ast::Expr) -> ExprKind {
        let mut places = Vec::new();
        let mut base = Some(expr.clone());
        loop {
            let (inner, subscripts) = match &base {
                Some(ast::Expr::IndexExpr(index)) => (index.base(), vec![index.index()]),
                Some(ast::Expr::SliceExpr(slice)) => (slice.base(), vec![slice.end(), slice.start()]),
                _ => break,
            };
            places.extend(subscripts.into_iter().flatten().map(|place| self.expr(&place)));
            base = inner;
        }
        let Some(base) = base else { return ExprKind::Opaque };
        places.push(self.expr(&base));
        places.reverse();
        operation("[]", places)
    }
}

/// How many different operators may follow each other in a chain of signs.
const MAX_CHANGES: usize = 50;

/// Whether an operator is one of those that all bind alike: not `+`, `=` and the like, and no words.
fn is_custom(binary: &ast::BinExpr) -> bool {
    matches!(binary.op(), Some(ast::BinOp::CustomOp(_) | ast::BinOp::OperatorCall(_)))
}

/// Whether a bare word is a function that is called without parentheses.
pub(super) fn is_value_function(node: &SyntaxNode) -> bool {
    matches!(
        node.first_token().map(|token| token.kind()),
        Some(
            SyntaxKind::CURRENT_CATALOG_KW
                | SyntaxKind::CURRENT_DATE_KW
                | SyntaxKind::CURRENT_ROLE_KW
                | SyntaxKind::CURRENT_SCHEMA_KW
                | SyntaxKind::CURRENT_TIME_KW
                | SyntaxKind::CURRENT_TIMESTAMP_KW
                | SyntaxKind::CURRENT_USER_KW
                | SyntaxKind::LOCALTIME_KW
                | SyntaxKind::LOCALTIMESTAMP_KW
                | SyntaxKind::SESSION_USER_KW
                | SyntaxKind::SYSTEM_USER_KW
                | SyntaxKind::USER_KW
        )
    )
}

/// Operators whose chains are one list. The others are not associative, or mean something else in a chain.
fn is_chain(operator: &str) -> bool {
    matches!(operator, "and" | "or" | "+" | "-" | "*" | "/" | "||")
}

pub(super) fn operation(operator: &str, parts: Vec<Expr>) -> ExprKind {
    ExprKind::Operation(operator.into(), parts)
}

/// The operator in a node, behind a side of it or at its start.
fn operator_after(node: &SyntaxNode, side: Option<&SyntaxNode>) -> String {
    let mut parts = node.children_with_tokens();
    if let Some(side) = side {
        parts.by_ref().find(|part| part.as_node() == Some(side));
    }
    match parts.find(|part| !part.kind().is_trivia()) {
        Some(part) => match part.as_node() {
            Some(operator) => operator_text(operator),
            None => part.as_token().map(|token| token.text().to_ascii_lowercase()).unwrap_or_default(),
        },
        None => String::new(),
    }
}

/// An operator: words with blanks, signs without; `OPERATOR(s.+)` is `+`.
pub(super) fn operator_text(node: &SyntaxNode) -> String {
    if node.kind() == SyntaxKind::OPERATOR_CALL
        && let Some(inner) = child::<ast::Op>(node)
    {
        return operator_text(inner.syntax());
    }
    let is_sign = |kind: SyntaxKind| !kind.is_trivia() && !has_letters(kind);
    if node.kind() == SyntaxKind::OP && has::<ast::PathRef>(node) {
        let own = node.children_with_tokens().filter(|part| part.kind() != SyntaxKind::PATH_REF);
        return own.filter(|part| !part.kind().is_trivia()).map(|part| part.to_string()).collect();
    }
    if all_tokens(node).all(|token| is_sign(token.kind()) && !starts_word(token.text())) {
        return all_tokens(node).map(|token| token.text().to_owned()).collect();
    }
    words(node)
}

fn has_letters(kind: SyntaxKind) -> bool {
    kind == SyntaxKind::IDENT
}

fn starts_word(text: &str) -> bool {
    text.starts_with(|first: char| first.is_alphabetic() || first == '_')
}

pub(super) fn literal_kind(literal: &ast::Literal) -> ExprKind {
    let text = |literal: &ast::Literal| {
        ExprKind::Literal(Literal::Text(literal.string_value().unwrap_or_default().into()))
    };
    match literal.kind() {
        Some(
            LitKind::String(_)
            | LitKind::EscString(_)
            | LitKind::DollarQuotedString(_)
            | LitKind::UnicodeEscString(_)
            | LitKind::NationalString(_),
        ) => text(literal),
        Some(LitKind::IntNumber(token) | LitKind::NumericNumber(token)) => {
            ExprKind::Literal(Literal::Number(token.text().into()))
        }
        Some(LitKind::BitString(_) | LitKind::ByteString(_)) => {
            ExprKind::Literal(Literal::Bytes(super::reader::text(literal.syntax())))
        }
        Some(LitKind::Null(_)) => ExprKind::Literal(Literal::Null),
        Some(LitKind::True(_)) => ExprKind::Literal(Literal::Boolean(true)),
        Some(LitKind::False(_)) => ExprKind::Literal(Literal::Boolean(false)),
        Some(LitKind::Default(_) | LitKind::PositionalParam(_) | LitKind::On(_) | LitKind::Off(_)) | None => {
            ExprKind::Other
        }
    }
}
