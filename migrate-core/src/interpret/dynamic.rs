//! Code that is called: its statements, and those that it puts together out of constants.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::lookup::{Found, shown};
use super::run::Run;
use crate::ddl::{Body, CreateFunction, Expr, ExprKind, Extent, Literal, Path, Query, QueryBody, Statement};
use crate::dialect::Dialect;
use crate::parse::{Parsed, parse};
use crate::schema::{Certainty, ObjectBody, Space};
use crate::sql::{significant_tokens, split};

/// Functions may call each other, and there is no end of it where they go in circles.
const DEEPEST: u8 = 20;

/// What the arguments of the code that is running are.
pub(super) type Values = Vec<(Arc<str>, Arc<str>)>;

impl Run<'_> {
    /// Whether a function can be followed when it is called: one of PL/pgSQL that gives its arguments no other values, and looks
    /// where the session looks.
    pub(super) fn can_be_followed(&self, create: &CreateFunction) -> bool {
        let is_plain = self.dialect == Dialect::Postgres && create.language.as_deref() == Some("plpgsql");
        let Some(body) = create.body_text.as_deref() else { return false };
        let changes_path = create.body_at.is_some_and(|at| {
            let options = [self.sql.get(..at.start as usize), self.sql.get(at.end as usize..)];
            options.iter().flatten().any(|text| has_words(text, "set", "search_path"))
        });
        is_plain && !assigns(body) && !changes_path
    }

    /// Runs what a query calls, if it does nothing else and gives it constants; whether that is so.
    pub(super) fn run_called(&mut self, query: &Query) -> bool {
        let QueryBody::Select(select) = &query.body else { return false };
        let is_plain = select.from.is_empty() && select.rest.is_empty() && select.into.is_none();
        if !is_plain || !query.with.is_empty() || !query.rest.is_empty() || self.depth >= DEEPEST {
            return false;
        }
        let mut calls = Vec::new();
        for output in &select.outputs {
            let ExprKind::Call { name, arguments } = &output.expr.kind else { return false };
            let Some((text, body, values)) = self.called(name, arguments) else { return false };
            calls.push((text, body, values, shown(name), output.expr.at));
        }
        for (text, body, values, name, at) in calls {
            let findings = self.findings.len();
            self.inside(&text, values, |run| run.run_body(&body));
            for finding in &mut self.findings[findings..] {
                finding.at = at;
                finding.notes.push(format!("that is so in what `{name}` does"));
            }
        }
        true
    }

    /// The text of a function, what it does, and what its arguments are.
    fn called(&self, name: &Path, arguments: &[Expr]) -> Option<(Arc<str>, Body, Values)> {
        let Found::Known(id) = self.find(name, Space::Routine) else { return None };
        let object = self.schema.get(&id).filter(|object| object.certainty == Certainty::Certain)?;
        let ObjectBody::Routines(routines) = &object.body else { return None };
        let [routine] = routines.as_slice() else { return None };
        let text = routine.text.clone().filter(|_| routine.can_be_followed)?;
        let Parsed::Statement(statement) = parse(&text, self.dialect) else { return None };
        let Statement::CreateFunction(create) = *statement else { return None };
        if create.arguments.len() != arguments.len() {
            return None;
        }
        let values: Option<Values> = create
            .arguments
            .iter()
            .zip(arguments)
            .map(|(of, argument)| Some(((&*of.name.as_ref()?.text).into(), self.constant(argument)?.into())))
            .collect();
        Some((text, create.body?, values?))
    }

    /// Runs a statement that is put together while code runs; from then on nothing is certain where that cannot be followed.
    pub(super) fn run_dynamic(&mut self, text: Option<&Expr>, at: Extent) {
        let Some(text) = text.and_then(|text| self.constant(text)) else { return self.lose_all() };
        for statement in split(&text, self.dialect) {
            let Parsed::Statement(parsed) = parse(statement.text, self.dialect) else {
                return self.lose_all();
            };
            let (findings, values) = (self.findings.len(), self.values.clone());
            self.inside(statement.text, values, |run| run.statement(&parsed));
            self.findings[findings..].iter_mut().for_each(|finding| finding.at = at);
        }
    }

    /// Does something in another text.
    fn inside(&mut self, text: &str, values: Values, does: impl FnOnce(&mut Run<'_>)) {
        let mut run = Run {
            dialect: self.dialect,
            schema: self.schema,
            session: self.session,
            sql: text,
            findings: vec![],
            touched: vec![],
            made: self.made,
            mentions: None,
            depth: self.depth + 1,
            only: false,
            dropped: self.dropped,
            values,
            used: BTreeSet::new(),
        };
        does(&mut run);
        let Run { findings, touched, .. } = run;
        self.findings.extend(findings);
        self.touched.extend(touched);
    }

    /// The text that an expression is, if that is certain.
    fn constant(&self, expr: &Expr) -> Option<String> {
        match &expr.kind {
            ExprKind::Literal(Literal::Text(text) | Literal::Number(text)) => Some(text.to_string()),
            ExprKind::Cast(inner, _) => self.constant(inner),
            ExprKind::Column(path) => {
                let [name] = path.as_slice() else { return None };
                let value = self.values.iter().find(|(own, _)| **own == *name.text);
                value.map(|(_, value)| value.to_string())
            }
            ExprKind::Operation(operator, parts) => match (&**operator, parts.as_slice()) {
                ("||", parts) => parts.iter().map(|part| self.constant(part)).collect(),
                ("" | "()", [inner]) => self.constant(inner),
                _ => None,
            },
            ExprKind::Call { name, arguments } if self.is_built_in(name) => {
                let arguments: Option<Vec<String>> =
                    arguments.iter().map(|argument| self.constant(argument)).collect();
                match (&*name.name.text, arguments?.as_slice()) {
                    ("quote_ident", [text]) => Some(quoted(text, '"')),
                    ("quote_literal", [text]) => Some(quoted(text, '\'')),
                    ("format", [pattern, texts @ ..]) => filled(pattern, texts),
                    _ => None,
                }
            }
            _ => None,
        }
    }
}

/// What `format` makes of a pattern; `None` where it has widths, or more places than there are texts.
fn filled(pattern: &str, texts: &[String]) -> Option<String> {
    let mut filled = String::new();
    let mut next = 0;
    let mut rest = pattern;
    while let Some(at) = rest.find('%') {
        filled.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        if digits > 0 {
            next = rest[..digits].parse::<usize>().ok()?.checked_sub(1)?;
            rest = rest[digits..].strip_prefix('$')?;
        }
        let kind = rest.chars().next()?;
        rest = &rest[kind.len_utf8()..];
        if kind == '%' {
            filled.push('%');
            continue;
        }
        let text = texts.get(next)?;
        next += 1;
        match kind {
            's' => filled.push_str(text),
            'L' => filled.push_str(&quoted(text, '\'')),
            // Quotes are always right, and where they can be left out they change nothing.
            'I' => filled.push_str(&quoted(text, '"')),
            _ => return None,
        }
    }
    filled.push_str(rest);
    Some(filled)
}

fn quoted(text: &str, quote: char) -> String {
    let escapes = if quote == '\'' && text.contains('\\') { "E" } else { "" };
    let doubled = text.replace(quote, &format!("{quote}{quote}"));
    let doubled = if escapes.is_empty() { doubled } else { doubled.replace('\\', "\\\\") };
    format!("{escapes}{quote}{doubled}{quote}")
}

fn has_words(text: &str, first: &str, second: &str) -> bool {
    let words: Vec<String> =
        significant_tokens(text, Dialect::Postgres).map(str::to_ascii_lowercase).collect();
    words.windows(2).any(|pair| pair[0] == first && pair[1].trim_matches('"') == second)
}

/// Whether code gives its arguments other values.
fn assigns(body: &str) -> bool {
    let words: Vec<String> =
        significant_tokens(body, Dialect::Postgres).map(str::to_ascii_lowercase).collect();
    words.iter().any(|word| word == ":=" || word == ":")
        || words.windows(2).any(|pair| pair[1] == "into" && pair[0] != "insert")
        || words.windows(3).any(|three| {
            matches!(three[0].as_str(), ";" | "begin" | "then" | "else" | "loop") && three[2] == "="
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_are_filled_as_format_does() {
        let texts = ["users".to_owned(), "it's".to_owned()];
        let check = |pattern: &str, wanted: Option<&str>| {
            assert_eq!(filled(pattern, &texts).as_deref(), wanted, "{pattern}");
        };
        check("ALTER TABLE %I", Some("ALTER TABLE \"users\""));
        check("%s = %L, 100 %%", Some("users = 'it''s', 100 %"));
        check("%2$L %1$s", Some("'it''s' users"));
        check("%1$s %s", Some("users it's"));
        check("%s %s %s", None);
        check("%-10s", None);
    }

    #[test]
    fn code_that_assigns_is_not_followed() {
        assert!(assigns("BEGIN _tbl := 'x'; END"));
        assert!(assigns("BEGIN SELECT 'x' INTO _tbl; END"));
        assert!(assigns("BEGIN _tbl = 'x'; END"));
        assert!(!assigns("BEGIN INSERT INTO t VALUES (1); UPDATE t SET a = 2; END"));
    }
}
