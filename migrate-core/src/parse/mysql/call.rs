//! Calls, windows, and the constructs that look like calls.

use super::cursor::{Cursor, NotUnderstood, Read};
use super::expr::operation;
use crate::ddl::{Expr, ExprKind, Path};
use crate::sql::TokenKind;

impl Cursor<'_> {
    /// What stands in the parentheses of a call and behind them. A few functions have words of their own.
    pub(super) fn call(&mut self, name: Path) -> Read<ExprKind> {
        let function = name.name.text.to_ascii_lowercase();
        self.expect_mark("(")?;
        if matches!(&*function, "extract" | "timestampadd" | "timestampdiff" | "get_format") {
            // A unit or the like.
            self.next()?;
            self.eat_mark(",");
        }
        if matches!(&*function, "nextval" | "lastval" | "setval" | "json_table") {
            return Err(NotUnderstood);
        }
        let mut arguments = Vec::new();
        self.eat_any(&["DISTINCT", "ALL"]);
        while !self.eat_mark(")") {
            let start = self.start();
            if self.eat("ORDER BY") {
                let order = self.order_list()?;
                arguments.push(operation(self, start, "order by", order));
            } else if self.eat("SEPARATOR") {
                self.string()?;
            } else if self.eat("USING") || self.eat("CHARACTER SET") {
                self.charset()?;
            } else if function == "weight_string" && self.eat("AS") {
                self.data_type()?;
            } else if self.is_mark("*") && arguments.is_empty() {
                self.next()?;
                arguments.push(Expr { at: self.since(start), kind: ExprKind::Star(Vec::new()) });
            } else {
                let is_passed = self.eat_any(&["FROM", "FOR", "LEADING", "TRAILING", "BOTH", "LIMIT"])
                    || function == "position" && self.eat("IN")
                    || !arguments.is_empty() && self.eat_mark(",");
                if !is_passed {
                    arguments.push(if function == "position" { self.binary(5)? } else { self.expr()? });
                }
            }
        }
        let start = self.start();
        if self.eat("WITHIN GROUP") {
            self.expect_mark("(")?;
            self.expect("ORDER BY")?;
            let order = self.order_list()?;
            self.expect_mark(")")?;
            arguments.push(operation(self, start, "within group", order));
        }
        let start = self.start();
        // A function of a package may be called `over`.
        if self.is("OVER") && (self.is_mark_at(1, "(") || self.is_name_at(1)) {
            self.next()?;
            let parts = if self.is_mark("(") {
                self.window()?
            } else {
                self.name()?;
                Vec::new()
            };
            arguments.push(operation(self, start, "over", parts));
        }
        Ok(ExprKind::Call { name, arguments })
    }

    /// What a window in parentheses divides and orders by
    pub(super) fn window(&mut self) -> Read<Vec<Expr>> {
        self.expect_mark("(")?;
        let mut exprs = Vec::new();
        if !self.is("PARTITION") && self.is_name_at(0) && !self.is_any(&["ROWS", "GROUPS"]) {
            self.name()?;
        }
        if self.eat("PARTITION BY") {
            exprs.extend(self.commas(Self::expr)?);
        }
        if self.eat("ORDER BY") {
            exprs.extend(self.order_list()?);
        }
        while self.eat_any(&[
            "ROWS",
            "RANGE",
            "GROUPS",
            "BETWEEN",
            "UNBOUNDED",
            "PRECEDING",
            "FOLLOWING",
            "CURRENT",
            "ROW",
            "AND",
            "EXCLUDE",
            "NO",
            "OTHERS",
            "TIES",
            "GROUP",
        ]) || self.number().is_ok()
        {}
        self.expect_mark(")")?;
        Ok(exprs)
    }

    /// `INTERVAL 1 DAY`; the function of that name looks the same as far as names go.
    pub(super) fn interval(&mut self) -> Read<ExprKind> {
        self.expect("INTERVAL")?;
        let amount = self.expr()?;
        // The unit.
        if self.kind() == Some(TokenKind::Word) && !self.is_any(&["FROM", "AS"]) {
            self.next()?;
        }
        Ok(ExprKind::Operation("interval".into(), vec![amount]))
    }

    /// `MATCH (a, b) AGAINST ('x' IN BOOLEAN MODE)`
    pub(super) fn fulltext_match(&mut self) -> Read<ExprKind> {
        self.expect("MATCH")?;
        let mut parts = if self.is_mark("(") { self.exprs()? } else { self.commas(Self::expr)? };
        self.expect("AGAINST")?;
        self.expect_mark("(")?;
        parts.push(self.binary(5)?);
        while self.eat_any(&["IN", "BOOLEAN", "NATURAL", "LANGUAGE", "MODE", "WITH", "QUERY", "EXPANSION"]) {}
        self.expect_mark(")")?;
        Ok(ExprKind::Operation("match".into(), parts))
    }

    /// `CAST(x AS type)`, `CONVERT(x, type)`, `CONVERT(x USING charset)`
    pub(super) fn conversion(&mut self) -> Read<ExprKind> {
        self.next()?;
        self.expect_mark("(")?;
        let expr = self.expr()?;
        let kind = if self.eat("USING") {
            self.charset()?;
            ExprKind::Operation("convert".into(), vec![expr])
        } else if self.eat("AS") || self.eat_mark(",") {
            // `SIGNED` and `UNSIGNED` are types here.
            let start = self.start();
            if self.eat_any(&["SIGNED", "UNSIGNED"]) {
                let sign = self.since(start);
                let name = if sign.of(self.sql).eq_ignore_ascii_case("signed") {
                    "bigint"
                } else {
                    "bigint unsigned"
                };
                self.eat_any(&["INTEGER", "INT"]);
                ExprKind::Cast(Box::new(expr), self.type_named(start, name.to_owned(), Vec::new()))
            } else {
                let data_type = self.data_type()?;
                self.eat("ARRAY");
                ExprKind::Cast(Box::new(expr), data_type)
            }
        } else {
            return Err(NotUnderstood);
        };
        self.expect_mark(")")?;
        Ok(kind)
    }
}
