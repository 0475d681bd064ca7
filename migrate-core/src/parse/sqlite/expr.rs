//! Expressions.

use super::query::plain;
use super::reader::{DEEPEST, Read, Reader, Stop, unquoted, wrong};
use super::tree::Node;
use crate::ddl::{Expr, ExprKind, Extent, FromItem, Ident, Literal, Output, Path, QueryBody, Select};

/// Operators that join their left side to what stands before it.
const CHAINS: [&str; 9] = [
    "expr ::= expr AND expr",
    "expr ::= expr OR expr",
    "expr ::= expr LT|GT|GE|LE expr",
    "expr ::= expr EQ|NE expr",
    "expr ::= expr BITAND|BITOR|LSHIFT|RSHIFT expr",
    "expr ::= expr PLUS|MINUS expr",
    "expr ::= expr STAR|SLASH|REM expr",
    "expr ::= expr CONCAT expr",
    "expr ::= expr PTR expr",
];

impl Reader<'_> {
    /// `expr`, `term`
    ///
    /// What most nesting is made of goes through here and nowhere else, so that it takes little of the stack.
    pub(super) fn expr(&mut self, node: Node<'_, '_>) -> Read<Expr> {
        self.enter()?;
        let kind = match operation_at(node) {
            Some((operator, places)) => {
                let mut operands = Vec::with_capacity(places.len());
                for place in places {
                    operands.push(self.expr(node.part(*place))?);
                }
                operation(operator, operands)
            }
            None if node.rule() == "expr ::= LP expr RP" => self.expr(node.part(1))?.kind,
            None => self.other_expr(node)?,
        };
        self.leave();
        Ok(Expr { at: node.at(), kind })
    }

    fn other_expr(&mut self, node: Node<'_, '_>) -> Read<ExprKind> {
        match node.rule() {
            rule if CHAINS.contains(&rule) => self.chain(node),
            rule if rule.starts_with("expr ::= ID|INDEXED|JOIN_KW LP") => self.call(node),
            "expr ::= CASE case_operand case_exprlist case_else END" => self.case(node),
            "expr ::= LP select RP" => Ok(ExprKind::Subquery(Box::new(self.query(node.part(1))?))),
            "expr ::= EXISTS LP select RP" => Ok(operation("exists", vec![self.subquery(node.part(2))?])),
            "expr ::= expr in_op LP exprlist RP"
            | "expr ::= expr in_op LP select RP"
            | "expr ::= expr in_op nm dbnm paren_exprlist" => self.membership(node),
            "expr ::= LP nexprlist COMMA expr RP" => {
                let mut items = self.exprs(node.part(1))?;
                items.push(self.expr(node.part(3))?);
                Ok(operation("row", items))
            }
            "expr ::= CAST LP expr AS typetoken RP" => {
                let expr = Box::new(self.expr(node.part(2))?);
                Ok(match self.data_type(node.part(4)) {
                    Some(data_type) => ExprKind::Cast(expr, data_type),
                    None => operation("cast", vec![*expr]),
                })
            }
            _ => self.leaf(node),
        }
    }

    /// What holds no other expression
    fn leaf(&self, node: Node<'_, '_>) -> Read<ExprKind> {
        let column = |places: &[usize]| {
            ExprKind::Column(places.iter().map(|nth| self.name(node.part(*nth))).collect())
        };
        Ok(match node.rule() {
            "expr ::= ID|INDEXED|JOIN_KW" => self.word(node.part(0)),
            "expr ::= nm DOT nm" => column(&[0, 2]),
            "expr ::= nm DOT nm DOT nm" => column(&[0, 2, 4]),
            "term ::= NULL|FLOAT|BLOB" => ExprKind::Literal(match node.text() {
                text if text.eq_ignore_ascii_case("null") => Literal::Null,
                text if text.starts_with(['x', 'X']) => Literal::Bytes(text.into()),
                text => Literal::Number(text.into()),
            }),
            "term ::= STRING" => ExprKind::Literal(Literal::Text(unquoted(node.text()))),
            "term ::= QNUMBER" if !is_separated(node.text()) => {
                return wrong(format!("unrecognized token `{}`", node.text()), node.at());
            }
            "term ::= INTEGER" | "term ::= QNUMBER" => ExprKind::Literal(Literal::Number(node.text().into())),
            "term ::= CTIME_KW" => {
                let name = Path::plain(Ident::new(node.text().to_ascii_lowercase(), node.at()));
                ExprKind::Call { name, arguments: Vec::new() }
            }
            // A register, which only SQLite itself writes.
            "expr ::= VARIABLE" if node.text().strip_prefix('#').is_some_and(starts_with_digit) => {
                return wrong(format!("syntax error near `{}`", node.text()), node.at());
            }
            "expr ::= VARIABLE" => ExprKind::Other,
            "expr ::= RAISE LP IGNORE RP" => operation("raise", Vec::new()),
            _ => ExprKind::Opaque,
        })
    }

    fn membership(&mut self, node: Node<'_, '_>) -> Read<ExprKind> {
        let mut operands = vec![self.expr(node.part(0))?];
        match node.rule() {
            "expr ::= expr in_op LP exprlist RP" => operands.extend(self.exprs(node.part(3))?),
            "expr ::= expr in_op LP select RP" => operands.push(self.subquery(node.part(3))?),
            // "expr ::= expr in_op nm dbnm paren_exprlist"
            _ => operands.push(self.rows_of(node)?),
        }
        Ok(operation(node.part(1).text(), operands))
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

    /// Operands in a row with the same operator between them are one operation, however many they are; where operators
    /// change, the operation so far is the first operand of the next.
    fn chain(&mut self, node: Node<'_, '_>) -> Read<ExprKind> {
        let mut right = Vec::new();
        let mut left = node;
        while CHAINS.contains(&left.rule()) {
            right.push((left, left.part(1).text()));
            left = left.part(0);
        }
        let changes = right.windows(2).filter(|pair| !pair[0].1.eq_ignore_ascii_case(pair[1].1)).count();
        if changes > DEEPEST {
            return Err(Stop::TooDeep);
        }
        let mut operands = vec![self.expr(left)?];
        let mut so_far = right.last().map_or("", |(_, operator)| *operator);
        let mut at = left.at();
        for (node, operator) in right.into_iter().rev() {
            if !operator.eq_ignore_ascii_case(so_far) {
                let first = Expr { at, kind: operation(so_far, operands) };
                operands = vec![first];
                so_far = operator;
            }
            operands.push(self.expr(node.part(2))?);
            at = node.at();
        }
        Ok(operation(so_far, operands))
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
                rule if rule.starts_with("sortlist") => {
                    let order = self.order(part)?;
                    arguments.push(Expr { at: part.at(), kind: operation("order by", order) });
                }
                "filter_over ::= filter_clause over_clause" => {
                    arguments.push(self.filter(part.part(0))?);
                    arguments.push(self.over(part.part(1))?);
                }
                "filter_over ::= over_clause" => arguments.push(self.over(part.part(0))?),
                "filter_over ::= filter_clause" => arguments.push(self.filter(part.part(0))?),
                _ => {}
            }
        }
        Ok(ExprKind::Call { name: Path::plain(self.name(node.part(0))), arguments })
    }

    /// `filter_clause`
    fn filter(&mut self, node: Node<'_, '_>) -> Read<Expr> {
        // "filter_clause ::= FILTER LP WHERE expr RP"
        Ok(Expr { at: node.at(), kind: self.operate("filter", &[node.part(3)])? })
    }

    /// `over_clause`
    fn over(&mut self, node: Node<'_, '_>) -> Read<Expr> {
        let parts = match node.rule() {
            "over_clause ::= OVER LP window RP" => self.window(node.part(2))?,
            // "over_clause ::= OVER nm"
            _ => Vec::new(),
        };
        Ok(Expr { at: node.at(), kind: operation("over", parts) })
    }

    /// `window_clause`
    pub(super) fn windows(&mut self, node: Node<'_, '_>) -> Read<Vec<Expr>> {
        // "window_clause ::= WINDOW windowdefn_list"
        let mut exprs = Vec::new();
        for item in node.part(1).items("windowdefn_list") {
            // "windowdefn ::= nm AS LP window RP"
            exprs.extend(self.window(item.last(0).part(3))?);
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
        // "case_exprlist ::= case_exprlist WHEN expr THEN expr", "case_exprlist ::= WHEN expr THEN expr"
        for item in node.part(2).items("case_exprlist") {
            let at = Extent { start: item.last(3).at().start, end: item.last(0).at().end };
            let kind = self.operate("when", &[item.last(2), item.last(0)])?;
            parts.push(Expr { at, kind });
        }
        if node.part(3).rule() == "case_else ::= ELSE expr" {
            let kind = self.operate("else", &[node.part(3).part(1)])?;
            parts.push(Expr { at: node.part(3).at(), kind });
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
        list.items("nexprlist").iter().map(|item| self.expr(item.last(0))).collect()
    }

    /// `sortlist`
    pub(super) fn order(&mut self, node: Node<'_, '_>) -> Read<Vec<Expr>> {
        // "sortlist ::= sortlist COMMA expr sortorder nulls", "sortlist ::= expr sortorder nulls"
        node.items("sortlist").iter().map(|item| self.expr(item.last(2))).collect()
    }
}

/// The operator and the operands of what is nothing else.
fn operation_at<'a>(node: Node<'_, 'a>) -> Option<(&'a str, &'static [usize])> {
    Some(match node.rule() {
        "expr ::= expr COLLATE ID|STRING" => ("collate", &[0]),
        "expr ::= expr likeop expr" => (node.part(1).text(), &[0, 2]),
        "expr ::= expr likeop expr ESCAPE expr" => (node.part(1).text(), &[0, 2, 4]),
        "expr ::= expr ISNULL|NOTNULL" if node.part(1).is("isnull") => ("is null", &[0]),
        "expr ::= expr ISNULL|NOTNULL" | "expr ::= expr NOT NULL" => ("is not null", &[0]),
        "expr ::= expr IS expr" if node.part(2).is("null") => ("is null", &[0]),
        "expr ::= expr IS NOT expr" if node.part(3).is("null") => ("is not null", &[0]),
        "expr ::= expr IS expr" => ("is", &[0, 2]),
        "expr ::= expr IS NOT expr" => ("is not", &[0, 3]),
        "expr ::= expr IS NOT DISTINCT FROM expr" => ("is not distinct from", &[0, 5]),
        "expr ::= expr IS DISTINCT FROM expr" => ("is distinct from", &[0, 4]),
        "expr ::= NOT expr" | "expr ::= BITNOT expr" | "expr ::= PLUS|MINUS expr" => {
            (node.part(0).text(), &[1])
        }
        "expr ::= expr between_op expr AND expr" => (node.part(1).text(), &[0, 2, 4]),
        "expr ::= RAISE LP raisetype COMMA expr RP" => ("raise", &[4]),
        _ => return None,
    })
}

/// An operation; operators of several words with single blanks between them.
pub(super) fn operation(operator: &str, parts: Vec<Expr>) -> ExprKind {
    let words: Vec<_> = operator.split_ascii_whitespace().collect();
    ExprKind::Operation(words.join(" ").to_ascii_lowercase().into(), parts)
}

fn starts_with_digit(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_digit())
}

/// Whether each separator of a number stands between two digits.
fn is_separated(number: &str) -> bool {
    let is_hexadecimal = number.get(1..2).is_some_and(|mark| mark.eq_ignore_ascii_case("x"));
    let is_digit = |byte: Option<&u8>| {
        byte.is_some_and(|byte| byte.is_ascii_digit() || is_hexadecimal && byte.is_ascii_hexdigit())
    };
    let bytes = number.as_bytes();
    let mut separators = (0..bytes.len()).filter(|at| bytes[*at] == b'_');
    separators
        .all(|at| is_digit(at.checked_sub(1).and_then(|at| bytes.get(at))) && is_digit(bytes.get(at + 1)))
}
