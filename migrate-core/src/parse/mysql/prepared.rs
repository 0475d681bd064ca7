//! Statements that are put together: `SET @text = …`, `PREPARE name FROM @text`, `EXECUTE name`.

use super::cursor::{Cursor, NotUnderstood, Read};
use crate::ddl::{Expr, ExprKind, Ident, Literal, PREPARED, Path, QueryBody, Setting, Statement};

impl Cursor<'_> {
    /// `SET @name = …`, from `@` on; what it may become, if that is one of some texts.
    pub(super) fn set_variable(&mut self) -> Read<Statement> {
        let name = self.variable()?;
        if !self.eat_mark("=") && !self.eat_mark(":=") {
            return Err(NotUnderstood);
        }
        let value = self.expr()?;
        if !self.is_end() {
            return Err(NotUnderstood);
        }
        let setting = Setting::Set { name, values: texts(&value), is_local: false };
        Ok(Statement::Set(setting))
    }

    /// `@name`, which may be a reserved word.
    fn variable(&mut self) -> Read<Box<str>> {
        self.expect_mark("@")?;
        let name = self.next()?.text(self.sql);
        Ok(format!("@{}", name.trim_matches(['`', '\'', '"']).to_ascii_lowercase()).into())
    }

    /// `PREPARE name FROM …`
    pub(super) fn prepare(&mut self) -> Read<Statement> {
        self.expect("PREPARE")?;
        let name = self.name()?;
        self.expect("FROM")?;
        let from = if self.is_mark("@") { Some(self.variable()?) } else { self.string().ok() };
        let values = from.filter(|_| self.is_end()).map(|from| vec![from]);
        self.skip_all();
        Ok(Statement::Set(Setting::Set { name: prepared(&name).into(), values, is_local: false }))
    }

    /// `EXECUTE name`
    pub(super) fn execute(&mut self) -> Read<Statement> {
        self.expect("EXECUTE")?;
        let name = self.name()?;
        self.skip_all();
        Ok(Statement::Call(Path::plain(Ident::new(prepared(&name), name.at))))
    }
}

fn prepared(name: &Ident) -> String {
    format!("{PREPARED}{}", name.text.to_ascii_lowercase())
}

/// The texts one of which an expression is; `None` where it may be another one.
fn texts(expr: &Expr) -> Option<Vec<Box<str>>> {
    match &expr.kind {
        ExprKind::Literal(Literal::Text(text)) => Some(vec![text.clone()]),
        ExprKind::Call { name, arguments } if name.name.text.eq_ignore_ascii_case("if") => {
            let [_, one, other] = arguments.as_slice() else { return None };
            Some([texts(one)?, texts(other)?].concat())
        }
        ExprKind::Subquery(query) => {
            let QueryBody::Select(select) = &query.body else { return None };
            let [output] = select.outputs.as_slice() else { return None };
            texts(&output.expr)
        }
        _ => None,
    }
}
