//! Expressions.

use super::cursor::{Cursor, NotUnderstood, Read, unescaped};
use super::reserved::is_reserved;
use crate::ddl::{Expr, ExprKind, Ident, Literal, Path};
use crate::sql::TokenKind;

/// Constructs that are written as words alone and stand for calls.
const BARE_CALLS: [&str; 9] = [
    "CURRENT_TIMESTAMP",
    "CURRENT_DATE",
    "CURRENT_TIME",
    "CURRENT_USER",
    "LOCALTIME",
    "LOCALTIMESTAMP",
    "UTC_DATE",
    "UTC_TIME",
    "UTC_TIMESTAMP",
];

/// Reserved words that are functions where a parenthesis follows.
const RESERVED_CALLS: [&str; 12] = [
    "IF", "LEFT", "RIGHT", "REPLACE", "INSERT", "MOD", "VALUES", "CHAR", "REPEAT", "DATABASE", "SCHEMA",
    "DEFAULT",
];

impl Cursor<'_> {
    /// An expression
    pub(super) fn expr(&mut self) -> Read<Expr> {
        self.binary(0)
    }

    /// Expressions in parentheses, perhaps none
    pub(super) fn exprs(&mut self) -> Read<Vec<Expr>> {
        if self.is_mark("(") && self.is_mark_at(1, ")") {
            self.skip_parentheses()?;
            return Ok(Vec::new());
        }
        self.list(Self::expr)
    }

    /// Operands of operators that bind at least as tightly as this.
    pub(super) fn binary(&mut self, least: u8) -> Read<Expr> {
        self.enter()?;
        let start = self.start();
        let mut left = self.prefixed(least)?;
        // The operator of what `left` is so far, where more operands may follow; how often it has changed.
        let (mut so_far, mut changes): (Option<String>, _) = (None, 0);
        while let Some((strength, words)) = self.operator().filter(|(strength, _)| *strength >= least) {
            let (label, mut operands) = self.operands(strength, words)?;
            let goes_on = so_far.as_deref() == Some(&*label) && !operands.is_empty();
            match &mut left.kind {
                ExprKind::Operation(_, list) if goes_on => {
                    list.extend(operands);
                    left.at = self.since(start);
                }
                _ => {
                    changes += 1;
                    self.may_grow(changes)?;
                    operands.insert(0, left);
                    left = operation(self, start, &label, operands);
                }
            }
            so_far = Some(label);
        }
        self.leave();
        Ok(left)
    }

    /// Passes an operator and what stands behind it; gives its name and its operands but for the first.
    fn operands(&mut self, strength: u8, words: &'static str) -> Read<(String, Vec<Expr>)> {
        for _ in words.split(' ') {
            self.next()?;
        }
        let mut operands = Vec::new();
        let label = match words {
            "&&" => "and".to_owned(),
            "||" => "or".to_owned(),
            _ => words.to_ascii_lowercase(),
        };
        match words.trim_start_matches("NOT ") {
            "IS" => {
                let is_negated = self.eat("NOT");
                let value = ["NULL", "TRUE", "FALSE", "UNKNOWN"].into_iter().find(|word| self.is(word));
                let value = value.ok_or(NotUnderstood)?.to_ascii_lowercase();
                self.next()?;
                return Ok((format!("is {}{value}", if is_negated { "not " } else { "" }), operands));
            }
            "BETWEEN" => {
                operands.push(self.binary(5)?);
                self.expect("AND")?;
                operands.push(self.binary(5)?);
            }
            "IN" if self.is_query_in_parentheses() => operands.push(self.primary()?),
            "IN" => operands = self.exprs()?,
            "LIKE" | "REGEXP" | "RLIKE" => {
                operands.push(self.binary(5)?);
                if self.eat("ESCAPE") {
                    operands.push(self.binary(5)?);
                }
            }
            "SOUNDS" => {
                self.expect("LIKE")?;
                operands.push(self.binary(5)?);
            }
            "MEMBER" => {
                self.eat("OF");
                operands = self.exprs()?;
            }
            "COLLATE" => {
                self.charset()?;
            }
            // `= ALL (SELECT …)`
            "=" | "<>" | "!=" | "<" | ">" | "<=" | ">=" if self.is_any(&["ALL", "ANY", "SOME"]) => {
                self.next()?;
                operands.push(self.primary()?);
            }
            _ => operands.push(self.binary(strength + 1)?),
        }
        Ok((label, operands))
    }

    /// The operator that stands there, with how tightly it binds.
    fn operator(&self) -> Option<(u8, &'static str)> {
        const MARKS: [(u8, &str); 23] = [
            (0, ":="),
            (1, "||"),
            (2, "&&"),
            (4, "="),
            (4, "<=>"),
            (4, "<>"),
            (4, "!="),
            (4, "<"),
            (4, ">"),
            (4, "<="),
            (4, ">="),
            (5, "|"),
            (6, "&"),
            (7, "<<"),
            (7, ">>"),
            (8, "+"),
            (8, "-"),
            (9, "*"),
            (9, "/"),
            (9, "%"),
            (10, "^"),
            (12, "->"),
            (12, "->>"),
        ];
        const WORDS: [(u8, &str); 18] = [
            (1, "OR"),
            (1, "XOR"),
            (2, "AND"),
            (4, "IS"),
            (4, "LIKE"),
            (4, "REGEXP"),
            (4, "RLIKE"),
            (4, "IN"),
            (4, "BETWEEN"),
            (4, "SOUNDS"),
            (4, "MEMBER"),
            (4, "NOT LIKE"),
            (4, "NOT REGEXP"),
            (4, "NOT RLIKE"),
            (4, "NOT IN"),
            (4, "NOT BETWEEN"),
            (9, "DIV"),
            (9, "MOD"),
        ];
        match self.kind()? {
            TokenKind::Punctuation => MARKS.into_iter().find(|(_, mark)| self.text(0) == *mark),
            TokenKind::Word if self.is("COLLATE") => Some((11, "COLLATE")),
            TokenKind::Word => WORDS.into_iter().find(|(_, words)| self.are(words)),
            _ => None,
        }
    }

    fn prefixed(&mut self, least: u8) -> Read<Expr> {
        self.enter()?;
        let start = self.start();
        let is_sign = ["-", "+", "~", "!"].iter().any(|mark| self.is_mark(mark));
        let result = if self.is("NOT") && least <= 3 {
            self.next()?;
            let operand = self.binary(3)?;
            operation(self, start, "not", vec![operand])
        } else if is_sign || self.is("BINARY") && !self.is_mark_at(1, "(") {
            let operator = self.next()?.text(self.sql).to_ascii_lowercase();
            let operand = self.prefixed(11)?;
            operation(self, start, &operator, vec![operand])
        } else {
            self.primary()?
        };
        self.leave();
        Ok(result)
    }

    /// What binds most tightly.
    pub(super) fn primary(&mut self) -> Read<Expr> {
        let start = self.start();
        let kind = self.primary_kind()?;
        Ok(Expr { at: self.since(start), kind })
    }

    fn primary_kind(&mut self) -> Read<ExprKind> {
        let text = self.text(0);
        match self.kind().ok_or(NotUnderstood)? {
            TokenKind::Number if !self.is_name_at(0) => {
                self.next()?;
                let is_bytes = text.starts_with("0x") || text.starts_with("0b");
                let literal =
                    if is_bytes { Literal::Bytes(text.into()) } else { Literal::Number(text.into()) };
                Ok(ExprKind::Literal(literal))
            }
            TokenKind::String if text.starts_with(['\'', '"']) => {
                Ok(ExprKind::Literal(Literal::Text(self.string()?)))
            }
            TokenKind::String => {
                self.next()?;
                let is_text = text.starts_with(['n', 'N']);
                let literal =
                    if is_text { Literal::Text(unescaped(text).into()) } else { Literal::Bytes(text.into()) };
                Ok(ExprKind::Literal(literal))
            }
            TokenKind::Punctuation => self.marked(),
            TokenKind::Word | TokenKind::QuotedIdentifier | TokenKind::Number => self.worded(),
            _ => Err(NotUnderstood),
        }
    }

    fn marked(&mut self) -> Read<ExprKind> {
        if self.is_query_in_parentheses() {
            self.expect_mark("(")?;
            let query = self.query()?;
            self.expect_mark(")")?;
            return Ok(ExprKind::Subquery(Box::new(query)));
        }
        if self.is_mark("(") {
            let mut items = self.exprs()?;
            return match items.len() {
                0 => Err(NotUnderstood),
                1 => Ok(items.remove(0).kind),
                _ => Ok(ExprKind::Operation("row".into(), items)),
            };
        }
        if self.eat_mark("?") {
            return Ok(ExprKind::Other);
        }
        if self.eat_mark("@") {
            self.eat_mark("@");
            self.next()?;
            while self.eat_mark(".") {
                self.next()?;
            }
            return Ok(ExprKind::Other);
        }
        Err(NotUnderstood)
    }

    fn worded(&mut self) -> Read<ExprKind> {
        let text = self.text(0);
        let is_word = self.kind() == Some(TokenKind::Word);
        let calls = self.is_mark_at(1, "(");
        if is_word {
            let before_string = self.token(1).is_some_and(|token| token.kind == TokenKind::String);
            if before_string && (text.starts_with('_') || self.is_any(&["DATE", "TIME", "TIMESTAMP"])) {
                self.next()?;
                return self.primary_kind();
            }
            match text.to_ascii_uppercase().as_str() {
                "NULL" => return self.literal(Literal::Null),
                "TRUE" => return self.literal(Literal::Boolean(true)),
                "FALSE" => return self.literal(Literal::Boolean(false)),
                "DEFAULT" if !calls => {
                    self.next()?;
                    return Ok(ExprKind::Other);
                }
                "CASE" => return self.case(),
                "EXISTS" if calls => {
                    self.next()?;
                    let query = self.primary()?;
                    return Ok(ExprKind::Operation("exists".into(), vec![query]));
                }
                "INTERVAL" => return self.interval(),
                "MATCH" => return self.fulltext_match(),
                "CAST" | "CONVERT" if calls => return self.conversion(),
                "ROW" if calls => {
                    self.next()?;
                    return Ok(ExprKind::Operation("row".into(), self.exprs()?));
                }
                // Sequences are not columns.
                "NEXT" | "PREVIOUS" if self.is_at(1, "VALUE") => return Err(NotUnderstood),
                word if BARE_CALLS.contains(&word) && !calls => {
                    let name = self.word()?;
                    return Ok(ExprKind::Call { name: Path::plain(name), arguments: Vec::new() });
                }
                word if calls && (BARE_CALLS.contains(&word) || RESERVED_CALLS.contains(&word)) => {
                    let name = Path::plain(self.word()?);
                    return self.call(name);
                }
                _ if is_reserved(text) => return Err(NotUnderstood),
                _ => {}
            }
        }
        let place = self.place();
        if let Ok(path) = self.path()
            && self.is_mark("(")
        {
            return self.call(path);
        }
        self.go_back(place);
        let names = self.column_path()?;
        if self.eat_mark(".") {
            self.expect_mark("*")?;
            return Ok(ExprKind::Star(names));
        }
        Ok(ExprKind::Column(names))
    }

    /// A word that is a name here though it may be reserved
    fn word(&mut self) -> Read<Ident> {
        let start = self.start();
        let token = self.next()?;
        Ok(Ident::new(token.text(self.sql), self.since(start)))
    }

    fn literal(&mut self, literal: Literal) -> Read<ExprKind> {
        self.next()?;
        Ok(ExprKind::Literal(literal))
    }

    fn case(&mut self) -> Read<ExprKind> {
        self.expect("CASE")?;
        let mut parts = Vec::new();
        if !self.is("WHEN") {
            parts.push(self.expr()?);
        }
        loop {
            let start = self.start();
            if self.eat("WHEN") {
                let condition = self.expr()?;
                self.expect("THEN")?;
                let result = self.expr()?;
                parts.push(operation(self, start, "when", vec![condition, result]));
            } else if self.eat("ELSE") {
                let result = self.expr()?;
                parts.push(operation(self, start, "else", vec![result]));
            } else {
                self.expect("END")?;
                return Ok(ExprKind::Operation("case".into(), parts));
            }
        }
    }

    /// Keys of an order: expressions with or without a direction.
    pub(super) fn order_list(&mut self) -> Read<Vec<Expr>> {
        self.commas(|cursor| {
            let expr = cursor.expr()?;
            cursor.eat_any(&["ASC", "DESC"]);
            Ok(expr)
        })
    }

    /// Whether a parenthesis with a query in it stands there.
    pub(super) fn is_query_in_parentheses(&self) -> bool {
        let opens = (0..).take_while(|ahead| self.is_mark_at(*ahead, "(")).take(100).count();
        opens > 0
            && (["SELECT", "WITH", "TABLE"].iter().any(|word| self.is_at(opens, word))
                || self.is_at(opens, "VALUES")
                    && (self.is_mark_at(opens + 1, "(") || self.is_at(opens + 1, "ROW")))
    }
}

pub(super) fn operation(cursor: &Cursor<'_>, start: usize, name: &str, parts: Vec<Expr>) -> Expr {
    Expr { at: cursor.since(start), kind: ExprKind::Operation(name.into(), parts) }
}
