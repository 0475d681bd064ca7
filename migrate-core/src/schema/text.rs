//! Expressions as texts.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use super::quoted::{relation_in, relation_text};
use crate::ddl::{Expr, ExprKind, Literal, TypeName};
use crate::dialect::Dialect;
use crate::sql::significant_tokens;

/// An expression, as it was written and in a form to be compared.
///
/// Two are equal if their normal forms are. A database prints expressions anew, so a text that was written and one that was
/// reflected may stand for the same though their normal forms differ: a difference of texts is never proof.
#[derive(Clone)]
pub struct SqlText {
    /// As it was written.
    pub written: Arc<str>,
    /// Without what does not count.
    pub normal: Arc<str>,
}

impl SqlText {
    /// An expression of a statement.
    pub fn of(expr: &Expr, sql: &str, dialect: Dialect) -> Self {
        let mut normal = String::new();
        Printer { sql, dialect }.expr(expr, &mut normal);
        Self { written: expr.at.of(sql).into(), normal: normal.into() }
    }

    /// A text that is not looked into: its tokens are compared.
    pub fn tokens(text: &str, dialect: Dialect) -> Self {
        Self { written: text.trim().into(), normal: tokens(text, dialect).into() }
    }

    /// A name that stands for itself.
    pub fn name(name: &str) -> Self {
        Self { written: name.into(), normal: name.into() }
    }
}

impl PartialEq for SqlText {
    fn eq(&self, other: &Self) -> bool {
        self.normal == other.normal
    }
}

impl Eq for SqlText {}

impl fmt::Debug for SqlText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.written, f)
    }
}

impl fmt::Display for SqlText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.written)
    }
}

/// The tokens of a text with single blanks, words without quotes in lower case; names, too, where case does not count.
pub(super) fn tokens(text: &str, dialect: Dialect) -> String {
    let mut out = String::new();
    for token in significant_tokens(text, dialect) {
        if !out.is_empty() {
            out.push(' ');
        }
        let quotes: &[char] = match dialect {
            Dialect::Postgres => &[],
            Dialect::Sqlite => &['"', '`', '['],
            Dialect::Mysql => &['`'],
        };
        if let Some(quote) = token.chars().next().filter(|quote| quotes.contains(quote) && token.len() > 1) {
            let (inner, quote) = (&token[1..token.len() - 1], quote.to_string());
            out.push_str(&inner.replace(&quote.repeat(2), &quote).to_lowercase());
        } else if token.starts_with(['\'', '"', '`', '[', '$']) {
            out.push_str(token);
        } else {
            out.push_str(&token.to_lowercase());
        }
    }
    out
}

/// Prints a tree in prefix form, with the ways of writing that mean the same made one.
struct Printer<'a> {
    sql: &'a str,
    dialect: Dialect,
}

impl Printer<'_> {
    fn expr(&self, expr: &Expr, out: &mut String) {
        match &expr.kind {
            // Within one table's business nothing else has columns.
            ExprKind::Column(path) => out.push_str(&self.name(path.last().map_or("", |name| &name.text))),
            ExprKind::ColumnOrText(name) => {
                out.push('"');
                out.push_str(&self.name(&name.text));
                out.push('"');
            }
            ExprKind::Star(_) => out.push('*'),
            ExprKind::Literal(literal) => self.literal(literal, out),
            ExprKind::Cast(inner, data_type) => self.cast(inner, data_type, out),
            ExprKind::Call { name, arguments } => {
                let sequence = || relation_in(arguments.first().and_then(text_of)?);
                // The schema that is looked through by itself need not be named.
                if let (Dialect::Postgres, "nextval", Some(sequence)) =
                    (self.dialect, &*name.name.text, sequence())
                {
                    out.push_str(&format!("nextval({})", relation_text(&sequence)));
                    return;
                }
                let name = self.function(&name.name.text);
                self.list(&name, arguments, out);
            }
            ExprKind::Operation(operator, parts) => self.operation(operator, parts, out),
            ExprKind::Subquery(_) | ExprKind::Other | ExprKind::Opaque => {
                out.push_str(&tokens(expr.at.of(self.sql), self.dialect));
            }
        }
    }

    /// A name in the form in which it is compared.
    fn name<'n>(&self, name: &'n str) -> Cow<'n, str> {
        match self.dialect {
            Dialect::Postgres => name.into(),
            Dialect::Sqlite | Dialect::Mysql => name.to_ascii_lowercase().into(),
        }
    }

    fn literal(&self, literal: &Literal, out: &mut String) {
        match literal {
            Literal::Null => out.push_str("null"),
            Literal::Boolean(value) if self.dialect == Dialect::Mysql => {
                out.push(if *value { '1' } else { '0' });
            }
            Literal::Boolean(value) => out.push_str(if *value { "true" } else { "false" }),
            Literal::Number(number) => out.push_str(number),
            Literal::Text(text) => {
                out.push('\'');
                out.push_str(&text.replace('\'', "''"));
                out.push('\'');
            }
            Literal::Bytes(bytes) => out.push_str(&bytes.to_lowercase()),
        }
    }

    /// PostgreSQL prints a cast behind every constant, and behind columns that it compares as text.
    fn cast(&self, inner: &Expr, data_type: &TypeName, out: &mut String) {
        let is_number = matches!(
            &*data_type.name,
            "integer"
                | "int"
                | "int4"
                | "bigint"
                | "int8"
                | "smallint"
                | "int2"
                | "numeric"
                | "double precision"
        );
        if let (Dialect::Postgres, ExprKind::Literal(Literal::Text(text)), true) =
            (self.dialect, &inner.kind, is_number && data_type.dimensions == 0)
        {
            // `'-1'::integer` is how -1 is printed.
            out.push_str(text);
            return;
        }
        let says_nothing = match inner.kind {
            ExprKind::Literal(_) => true,
            _ => {
                data_type.arguments.is_empty()
                    && matches!(&*data_type.name, "text" | "character varying" | "varchar" | "bpchar")
            }
        };
        self.expr(inner, out);
        if !says_nothing || self.dialect != Dialect::Postgres {
            out.push_str("::");
            out.push_str(&data_type.name);
            if !data_type.arguments.is_empty() {
                out.push_str(&format!("({})", data_type.arguments.join(",")));
            }
            out.push_str(if data_type.dimensions > 0 { "[]" } else { "" });
        }
    }

    /// MySQL has several names for the time that it is.
    fn function(&self, name: &str) -> String {
        let name = name.to_lowercase();
        match (self.dialect, &*name) {
            (Dialect::Mysql, "now" | "localtime" | "localtimestamp") => "current_timestamp".to_owned(),
            (Dialect::Mysql, "lower") => "lcase".to_owned(),
            (Dialect::Mysql, "upper") => "ucase".to_owned(),
            (Dialect::Mysql, "character_length") => "char_length".to_owned(),
            (Dialect::Mysql, "substr" | "mid") => "substring".to_owned(),
            (Dialect::Mysql, "power") => "pow".to_owned(),
            (Dialect::Mysql, "ceil") => "ceiling".to_owned(),
            _ => name,
        }
    }

    fn operation(&self, operator: &str, parts: &[Expr], out: &mut String) {
        match (operator, parts) {
            ("and" | "or", _) => {
                let mut flat = Vec::new();
                flatten(operator, parts, &mut flat);
                self.parts(operator, flat, out);
            }
            ("between", [value, low, high]) => {
                out.push_str("and(");
                self.parts(">=", [value, low], out);
                out.push(' ');
                self.parts("<=", [value, high], out);
                out.push(')');
            }
            ("-", [Expr { kind: ExprKind::Literal(Literal::Number(number)), .. }]) => {
                out.push('-');
                out.push_str(number);
            }
            ("!=", _) => self.parts("<>", parts, out),
            ("like", [_, _]) if self.dialect == Dialect::Postgres => self.parts("~~", parts, out),
            ("not like", [_, _]) if self.dialect == Dialect::Postgres => self.parts("!~~", parts, out),
            ("ilike", [_, _]) => self.parts("~~*", parts, out),
            // What is in parentheses is itself.
            ("" | "()", [inner]) => self.expr(inner, out),
            _ => self.parts(operator, parts, out),
        }
    }

    fn list(&self, name: &str, parts: &[Expr], out: &mut String) {
        self.parts(name, parts, out);
    }

    fn parts<'e>(&self, name: &str, parts: impl IntoIterator<Item = &'e Expr>, out: &mut String) {
        out.push_str(name);
        out.push('(');
        for (place, part) in parts.into_iter().enumerate() {
            if place > 0 {
                out.push(' ');
            }
            self.expr(part, out);
        }
        out.push(')');
    }
}

/// The text that an expression is, whatever type it is said to have.
fn text_of(expr: &Expr) -> Option<&str> {
    match &expr.kind {
        ExprKind::Literal(Literal::Text(text)) => Some(text),
        ExprKind::Cast(inner, _) => text_of(inner),
        ExprKind::Operation(operator, parts) => match (&**operator, parts.as_slice()) {
            ("" | "()", [inner]) => text_of(inner),
            _ => None,
        },
        _ => None,
    }
}

/// The parts of `a and (b and c)` in a row.
fn flatten<'e>(operator: &str, parts: &'e [Expr], out: &mut Vec<&'e Expr>) {
    for part in parts {
        match &part.kind {
            ExprKind::Operation(inner, parts) if **inner == *operator => flatten(operator, parts, out),
            _ => out.push(part),
        }
    }
}
