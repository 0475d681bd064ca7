//! Expressions.

use super::query::plain;
use super::reader::{Read, Reader, unquoted};
use super::tree::Node;
use crate::ddl::{Expr, ExprKind, FromItem, Literal, Output, Path, QueryBody, Select};

impl Reader<'_> {
    /// `expr`, `term`
    pub(super) fn expr(&mut self, node: Node<'_, '_>) -> Read<Expr> {
        let kind = self.nested(|reader| reader.expr_kind(node))?;
        Ok(Expr { at: node.at(), kind })
    }

    fn expr_kind(&mut self, node: Node<'_, '_>) -> Read<ExprKind> {
        let part = |nth| node.part(nth);
        let column = |reader: &Self, places: &[usize]| {
            ExprKind::Column(places.iter().map(|nth| reader.name(node.part(*nth))).collect())
        };
        Ok(match node.rule() {
            "expr ::= LP expr RP" => self.expr(part(1))?.kind,
            "expr ::= ID|INDEXED|JOIN_KW" => self.word(part(0)),
            "expr ::= nm DOT nm" => column(self, &[0, 2]),
            "expr ::= nm DOT nm DOT nm" => column(self, &[0, 2, 4]),
            "term ::= NULL|FLOAT|BLOB" => ExprKind::Literal(match node.text() {
                text if text.eq_ignore_ascii_case("null") => Literal::Null,
                text if text.starts_with(['x', 'X']) => Literal::Bytes(text.into()),
                text => Literal::Number(text.into()),
            }),
            "term ::= STRING" => ExprKind::Literal(Literal::Text(unquoted(node.text()))),
            "term ::= INTEGER" | "term ::= QNUMBER" => ExprKind::Literal(Literal::Number(node.text().into())),
            "term ::= CTIME_KW" => operation(node.text(), Vec::new()),
            "expr ::= VARIABLE" => ExprKind::Other,
            "expr ::= expr COLLATE ID|STRING" => operation("collate", vec![self.expr(part(0))?]),
            "expr ::= CAST LP expr AS typetoken RP" => {
                let expr = Box::new(self.expr(part(2))?);
                match self.data_type(part(4)) {
                    Some(data_type) => ExprKind::Cast(expr, data_type),
                    None => operation("cast", vec![*expr]),
                }
            }
            rule if rule.starts_with("expr ::= ID|INDEXED|JOIN_KW LP") => self.call(node)?,
            "expr ::= LP nexprlist COMMA expr RP" => {
                let mut items = self.exprs(part(1))?;
                items.push(self.expr(part(3))?);
                operation("row", items)
            }
            "expr ::= expr AND expr"
            | "expr ::= expr OR expr"
            | "expr ::= expr LT|GT|GE|LE expr"
            | "expr ::= expr EQ|NE expr"
            | "expr ::= expr BITAND|BITOR|LSHIFT|RSHIFT expr"
            | "expr ::= expr PLUS|MINUS expr"
            | "expr ::= expr STAR|SLASH|REM expr"
            | "expr ::= expr CONCAT expr"
            | "expr ::= expr PTR expr" => self.chain(node)?,
            "expr ::= expr likeop expr" => self.operate(part(1).text(), &[part(0), part(2)])?,
            "expr ::= expr likeop expr ESCAPE expr" => {
                self.operate(part(1).text(), &[part(0), part(2), part(4)])?
            }
            "expr ::= expr ISNULL|NOTNULL" if part(1).is("isnull") => self.operate("is null", &[part(0)])?,
            "expr ::= expr ISNULL|NOTNULL" | "expr ::= expr NOT NULL" => {
                self.operate("is not null", &[part(0)])?
            }
            "expr ::= expr IS expr" => self.operate("is", &[part(0), part(2)])?,
            "expr ::= expr IS NOT expr" => self.operate("is not", &[part(0), part(3)])?,
            "expr ::= expr IS NOT DISTINCT FROM expr" => {
                self.operate("is not distinct from", &[part(0), part(5)])?
            }
            "expr ::= expr IS DISTINCT FROM expr" => self.operate("is distinct from", &[part(0), part(4)])?,
            "expr ::= NOT expr" | "expr ::= BITNOT expr" | "expr ::= PLUS|MINUS expr" => {
                self.operate(part(0).text(), &[part(1)])?
            }
            "expr ::= expr between_op expr AND expr" => {
                self.operate(part(1).text(), &[part(0), part(2), part(4)])?
            }
            "expr ::= expr in_op LP exprlist RP" => {
                let mut parts = vec![self.expr(part(0))?];
                parts.extend(self.exprs(part(3))?);
                operation(part(1).text(), parts)
            }
            "expr ::= LP select RP" => ExprKind::Subquery(Box::new(self.query(part(1))?)),
            "expr ::= expr in_op LP select RP" => {
                let parts = vec![self.expr(part(0))?, self.subquery(part(3))?];
                operation(part(1).text(), parts)
            }
            "expr ::= expr in_op nm dbnm paren_exprlist" => {
                let parts = vec![self.expr(part(0))?, self.rows_of(node)?];
                operation(part(1).text(), parts)
            }
            "expr ::= EXISTS LP select RP" => operation("exists", vec![self.subquery(part(2))?]),
            "expr ::= CASE case_operand case_exprlist case_else END" => self.case(node)?,
            "expr ::= RAISE LP IGNORE RP" => operation("raise", Vec::new()),
            "expr ::= RAISE LP raisetype COMMA expr RP" => self.operate("raise", &[part(4)])?,
            _ => ExprKind::Opaque,
        })
    }

    /// A word alone. What stands in double quotes is a text where no column has that name.
    fn word(&self, node: Node<'_, '_>) -> ExprKind {
        let name = self.name(node);
        match node.text() {
            text if text.starts_with('"') => ExprKind::ColumnOrText(name),
            text if text.eq_ignore_ascii_case("true") => ExprKind::Literal(Literal::Boolean(true)),
            text if text.eq_ignore_ascii_case("false") => ExprKind::Literal(Literal::Boolean(false)),
            _ => ExprKind::Column(vec![name]),
        }
    }

    fn operate(&mut self, operator: &str, parts: &[Node<'_, '_>]) -> Read<ExprKind> {
        let parts = parts.iter().map(|part| self.expr(*part)).collect::<Read<_>>()?;
        Ok(operation(operator, parts))
    }

    /// Operands in a row with the same operator between them are one operation, however many they are.
    fn chain(&mut self, node: Node<'_, '_>) -> Read<ExprKind> {
        let (rule, operator) = (node.rule(), node.part(1).text());
        let mut parts = Vec::new();
        let mut left = node;
        while left.rule() == rule && left.part(1).is(operator) {
            parts.push(self.expr(left.part(2))?);
            left = left.part(0);
        }
        parts.push(self.expr(left)?);
        parts.reverse();
        Ok(operation(operator, parts))
    }

    fn call(&mut self, node: Node<'_, '_>) -> Read<ExprKind> {
        let mut arguments = Vec::new();
        for nth in 1..node.parts().len() {
            let part = node.part(nth);
            match part.rule() {
                "" if part.text() == "*" => {
                    arguments.push(Expr { at: part.at(), kind: ExprKind::Star(Vec::new()) });
                }
                rule if rule.starts_with("exprlist") => arguments.extend(self.exprs(part)?),
                rule if rule.starts_with("sortlist") => arguments.extend(self.order(part)?),
                "filter_over ::= filter_clause over_clause" => {
                    arguments.push(self.expr(part.part(0).part(3))?);
                    arguments.extend(self.over(part.part(1))?);
                }
                "filter_over ::= over_clause" => arguments.extend(self.over(part.part(0))?),
                // "filter_clause ::= FILTER LP WHERE expr RP"
                "filter_over ::= filter_clause" => arguments.push(self.expr(part.part(0).part(3))?),
                _ => {}
            }
        }
        Ok(ExprKind::Call { name: Path::plain(self.name(node.part(0))), arguments })
    }

    /// `over_clause`
    fn over(&mut self, node: Node<'_, '_>) -> Read<Vec<Expr>> {
        match node.rule() {
            "over_clause ::= OVER LP window RP" => self.window(node.part(2)),
            // "over_clause ::= OVER nm"
            _ => Ok(Vec::new()),
        }
    }

    /// `window_clause`
    pub(super) fn windows(&mut self, node: Node<'_, '_>) -> Read<Vec<Expr>> {
        // "window_clause ::= WINDOW windowdefn_list"
        let mut exprs = Vec::new();
        for item in node.part(1).items("windowdefn_list") {
            // "windowdefn ::= nm AS LP window RP"
            exprs.extend(self.window(item.from_last(0).part(3))?);
        }
        Ok(exprs)
    }

    /// `window`: what it divides and orders by, and the bounds of its frame.
    fn window(&mut self, node: Node<'_, '_>) -> Read<Vec<Expr>> {
        let mut exprs = Vec::new();
        match node.rule() {
            "window ::= PARTITION BY nexprlist orderby_opt frame_opt"
            | "window ::= nm PARTITION BY nexprlist orderby_opt frame_opt"
            | "window ::= ORDER BY sortlist frame_opt"
            | "window ::= nm ORDER BY sortlist frame_opt"
            | "window ::= nm frame_opt" => {
                for nth in 0..node.parts().len() {
                    let part = node.part(nth);
                    match part.rule() {
                        rule if rule.starts_with("nexprlist") => exprs.extend(self.exprs(part)?),
                        rule if rule.starts_with("sortlist") => exprs.extend(self.order(part)?),
                        "orderby_opt ::= ORDER BY sortlist" => exprs.extend(self.order(part.part(2))?),
                        rule if rule.starts_with("frame_opt") => exprs.extend(self.frame(part)?),
                        _ => {}
                    }
                }
            }
            _ => exprs.extend(self.frame(node)?),
        }
        Ok(exprs)
    }

    /// `frame_opt`
    fn frame(&mut self, node: Node<'_, '_>) -> Read<Vec<Expr>> {
        let mut exprs = Vec::new();
        let bounds: &[usize] = match node.rule() {
            "frame_opt ::= range_or_rows frame_bound_s frame_exclude_opt" => &[1],
            "frame_opt ::= range_or_rows BETWEEN frame_bound_s AND frame_bound_e frame_exclude_opt" => {
                &[2, 4]
            }
            // "frame_opt ::="
            _ => &[],
        };
        for bound in bounds {
            let bound = node.part(*bound).part(0);
            // "frame_bound_s ::= frame_bound", "frame_bound_e ::= frame_bound"; the others have words only.
            if bound.rule() == "frame_bound ::= expr PRECEDING|FOLLOWING" {
                exprs.push(self.expr(bound.part(0))?);
            }
        }
        Ok(exprs)
    }

    fn case(&mut self, node: Node<'_, '_>) -> Read<ExprKind> {
        let mut parts = Vec::new();
        if node.part(1).rule() == "case_operand ::= expr" {
            parts.push(self.expr(node.part(1).part(0))?);
        }
        // "case_exprlist ::= WHEN expr THEN expr"
        for item in node.part(2).items("case_exprlist") {
            parts.push(self.expr(item.from_last(2))?);
            parts.push(self.expr(item.from_last(0))?);
        }
        if node.part(3).rule() == "case_else ::= ELSE expr" {
            parts.push(self.expr(node.part(3).part(1))?);
        }
        Ok(operation("case", parts))
    }

    fn subquery(&mut self, node: Node<'_, '_>) -> Read<Expr> {
        Ok(Expr { at: node.at(), kind: ExprKind::Subquery(Box::new(self.query(node)?)) })
    }

    /// The table of `x IN t` or the function of `x IN f(y)`, as a query.
    fn rows_of(&mut self, node: Node<'_, '_>) -> Read<Expr> {
        let path = self.path(node.part(2), node.part(3));
        let mut at = path.at();
        let body = match node.part(4).rule() {
            "paren_exprlist ::= LP exprlist RP" => {
                at.end = node.part(4).at().end;
                let arguments = self.exprs(node.part(4).part(1))?;
                let call = Expr { at, kind: ExprKind::Call { name: path, arguments } };
                let star = Expr { at, kind: ExprKind::Star(Vec::new()) };
                QueryBody::Select(Box::new(Select {
                    outputs: vec![Output { expr: star, alias: None }],
                    from: vec![FromItem::Function { calls: vec![call], alias: None, columns: Vec::new() }],
                    rest: Vec::new(),
                    into: None,
                }))
            }
            // "paren_exprlist ::="
            _ => QueryBody::Table(path),
        };
        let query = plain(at, body);
        Ok(Expr { at, kind: ExprKind::Subquery(Box::new(query)) })
    }

    /// `nexprlist`, `exprlist`
    pub(super) fn exprs(&mut self, node: Node<'_, '_>) -> Read<Vec<Expr>> {
        let list = match node.rule() {
            "exprlist ::=" => return Ok(Vec::new()),
            "exprlist ::= nexprlist" => node.part(0),
            // "nexprlist ::= nexprlist COMMA expr", "nexprlist ::= expr"
            _ => node,
        };
        list.items("nexprlist").iter().map(|item| self.expr(item.from_last(0))).collect()
    }

    /// `sortlist`
    pub(super) fn order(&mut self, node: Node<'_, '_>) -> Read<Vec<Expr>> {
        // "sortlist ::= sortlist COMMA expr sortorder nulls", "sortlist ::= expr sortorder nulls"
        node.items("sortlist").iter().map(|item| self.expr(item.from_last(2))).collect()
    }
}

/// An operation; operators of several words with single blanks between them.
pub(super) fn operation(operator: &str, parts: Vec<Expr>) -> ExprKind {
    let words: Vec<_> = operator.split_ascii_whitespace().collect();
    ExprKind::Operation(words.join(" ").to_ascii_lowercase().into(), parts)
}
