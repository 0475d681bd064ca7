//! Columns.

use super::cursor::{Cursor, NotUnderstood, Read};
use crate::ddl::{
    ColumnConstraint, ColumnConstraintKind, ColumnDef, Deferrable, Expr, ExprKind, Generated, Literal,
    PartPosition, Path, References, ReferentialAction,
};

impl Cursor<'_> {
    /// A column, with its place among the others if that is written.
    pub(super) fn column(&mut self) -> Read<ColumnDef> {
        let start = self.start();
        let name = self.name()?;
        let data_type = self.data_type()?;
        let mut constraints = Vec::new();
        while let Some(constraint) = self.column_constraint()? {
            constraints.push(constraint);
        }
        let at = self.since(start);
        let position = if self.eat("FIRST") {
            Some(PartPosition::First)
        } else if self.eat("AFTER") {
            Some(PartPosition::After(self.name()?))
        } else {
            None
        };
        Ok(ColumnDef { name, data_type: Some(data_type), constraints, position, at })
    }

    fn column_constraint(&mut self) -> Read<Option<ColumnConstraint>> {
        let start = self.start();
        let mut name = None;
        if self.eat("CONSTRAINT") {
            // Only checks and references have names.
            name = if self.is_any(&["CHECK", "REFERENCES"]) { None } else { Some(self.name()?) };
            if !self.is_any(&["CHECK", "REFERENCES"]) {
                return Err(NotUnderstood);
            }
        }
        let Some(kind) = self.column_constraint_kind()? else { return Ok(None) };
        Ok(Some(ColumnConstraint { name, kind, on_conflict: None, at: self.since(start) }))
    }

    /// `CHECK (…)`, which a column has in MariaDB alone.
    pub(super) fn own_check(&mut self) -> Read<ColumnConstraint> {
        let start = self.start();
        self.expect("CHECK")?;
        let kind = ColumnConstraintKind::OwnCheck(self.in_parentheses()?);
        Ok(ColumnConstraint { name: None, kind, on_conflict: None, at: self.since(start) })
    }

    fn column_constraint_kind(&mut self) -> Read<Option<ColumnConstraintKind>> {
        use ColumnConstraintKind as Kind;
        let start = self.start();
        let unique = Kind::Unique { nulls_not_distinct: false, deferrable: Deferrable::default() };
        let primary =
            Kind::PrimaryKey { autoincrement: false, descending: false, deferrable: Deferrable::default() };
        Ok(Some(if self.eat("NOT NULL") {
            Kind::NotNull
        } else if self.eat("NULL") {
            Kind::Null
        } else if self.eat("DEFAULT") {
            Kind::Default(self.default_value()?)
        } else if self.eat("ON UPDATE") {
            Kind::OnUpdate(self.now()?)
        } else if self.eat("SERIAL DEFAULT VALUE") {
            // It stands for NOT NULL, AUTO_INCREMENT and UNIQUE.
            return Err(NotUnderstood);
        } else if self.eat("AUTO_INCREMENT") {
            Kind::AutoIncrement
        } else if self.eat("UNIQUE") {
            self.eat("KEY");
            unique
        } else if self.eat("PRIMARY KEY") || self.eat("KEY") {
            primary
        } else if self.eat("COMMENT") {
            Kind::Comment(self.string()?)
        } else if self.eat("COLLATE") {
            Kind::Collate(self.collation()?)
        } else if self.eat("CHECK") {
            let expr = self.in_parentheses()?;
            self.enforcement();
            Kind::Check { expr, no_inherit: false }
        } else if self.is("REFERENCES") {
            Kind::References(self.references()?)
        } else if self.eat("GENERATED ALWAYS AS") || self.eat("AS") {
            // `AS ROW START`, of tables with a history, is no expression.
            let expr = self.in_parentheses()?;
            let is_stored = self.eat_any(&["STORED", "PERSISTENT"]);
            self.eat("VIRTUAL");
            Kind::Generated(Generated { expr, is_stored })
        } else if self.eat("VISIBLE") {
            Kind::Other
        } else if self.eat_any(&["INVISIBLE", "WITH SYSTEM VERSIONING", "WITHOUT SYSTEM VERSIONING"]) {
            Kind::Attribute(self.since(start).of(self.sql).into())
        } else if self.eat("COMPRESSED") {
            if self.eat_mark("=") {
                self.next()?;
            }
            Kind::Attribute(self.since(start).of(self.sql).into())
        } else if self.eat_any(&[
            "COLUMN_FORMAT",
            "STORAGE",
            "SRID",
            "REF_SYSTEM_ID",
            "ENGINE_ATTRIBUTE",
            "SECONDARY_ENGINE_ATTRIBUTE",
        ]) {
            self.eat_mark("=");
            self.next()?;
            Kind::Attribute(self.since(start).of(self.sql).into())
        } else {
            return Ok(None);
        }))
    }

    /// `[NOT] ENFORCED`; whether it is not.
    pub(super) fn enforcement(&mut self) -> bool {
        self.eat("NOT ENFORCED") || {
            self.eat("ENFORCED");
            false
        }
    }

    /// An expression in parentheses, which are part of its place
    pub(super) fn in_parentheses(&mut self) -> Read<Expr> {
        self.expect_mark("(")?;
        let expr = self.expr()?;
        self.expect_mark(")")?;
        Ok(expr)
    }

    /// What stands behind `DEFAULT`: a constant with its sign, a call, or anything in parentheses.
    pub(super) fn default_value(&mut self) -> Read<Expr> {
        let start = self.start();
        if self.is_any(&["NOW", "CURRENT_TIMESTAMP", "LOCALTIME", "LOCALTIMESTAMP"]) {
            return self.now();
        }
        if self.is_any(&["NEXT", "PREVIOUS"]) {
            return Err(NotUnderstood);
        }
        let sign = if self.eat_mark("-") {
            Some("-")
        } else if self.eat_mark("+") {
            Some("+")
        } else {
            None
        };
        let value = self.primary()?;
        Ok(match sign {
            Some(sign) => Expr { at: self.since(start), kind: ExprKind::Operation(sign.into(), vec![value]) },
            None => value,
        })
    }

    /// The time of the statement, in one of its spellings
    fn now(&mut self) -> Read<Expr> {
        let start = self.start();
        let mut arguments = Vec::new();
        if !self.is_any(&["NOW", "CURRENT_TIMESTAMP", "LOCALTIME", "LOCALTIMESTAMP"]) {
            return Err(NotUnderstood);
        }
        let name = self.next()?;
        let name = crate::ddl::Ident::new(name.text(self.sql).to_ascii_lowercase(), self.since(start));
        if self.eat_mark("(") {
            if !self.is_mark(")") {
                let start = self.start();
                let digits = self.number()?;
                let kind = ExprKind::Literal(Literal::Number(digits));
                arguments.push(Expr { at: self.since(start), kind });
            }
            self.expect_mark(")")?;
        } else if name.text.as_ref() == "now" {
            return Err(NotUnderstood);
        }
        let kind = ExprKind::Call { name: Path::plain(name), arguments };
        Ok(Expr { at: self.since(start), kind })
    }

    /// `REFERENCES`
    pub(super) fn references(&mut self) -> Read<References> {
        self.expect("REFERENCES")?;
        let mut references = References {
            table: self.path()?,
            columns: if self.is_mark("(") { self.names()? } else { Vec::new() },
            on_delete: ReferentialAction::NoAction,
            on_delete_columns: Vec::new(),
            on_update: ReferentialAction::NoAction,
            match_full: false,
            deferrable: Deferrable::default(),
        };
        loop {
            if self.eat("MATCH") {
                references.match_full = self.is("FULL");
                self.next()?;
            } else if self.eat("ON DELETE") {
                references.on_delete = self.action()?;
            } else if self.are("ON UPDATE") {
                self.eat("ON UPDATE");
                references.on_update = self.action()?;
            } else {
                return Ok(references);
            }
        }
    }

    fn action(&mut self) -> Read<ReferentialAction> {
        let actions = [
            ("NO ACTION", ReferentialAction::NoAction),
            ("RESTRICT", ReferentialAction::Restrict),
            ("CASCADE", ReferentialAction::Cascade),
            ("SET NULL", ReferentialAction::SetNull),
            ("SET DEFAULT", ReferentialAction::SetDefault),
        ];
        let found = actions.into_iter().find(|(words, _)| self.eat(words));
        found.map(|(_, action)| action).ok_or(NotUnderstood)
    }
}
