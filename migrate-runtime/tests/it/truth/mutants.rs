//! Misspelt names: what the database refuses, the interpreter refuses, and never what it takes.

use diesel::connection::SimpleConnection;
use migrate_core::dialect::Dialect;
use migrate_core::sql::{TokenKind, split, tokens};
use migrate_runtime::MigrateConnection;

use super::Pair;

/// What came of misspelling names, one at a time.
#[derive(Debug, Default)]
pub(crate) struct Spelling {
    /// How many statements with a misspelt name the database refused.
    pub(crate) refused: usize,
    /// Those of them that the interpreter did not refuse.
    pub(crate) missed: Vec<String>,
    /// Those that only the interpreter refused.
    pub(crate) false_alarms: Vec<String>,
}

/// Runs a script, and each of its statements before that with each name misspelt.
pub(crate) fn misspell<C>(conn: &mut C, script: &str, spelling: &mut Spelling)
where
    C: MigrateConnection + SimpleConnection,
{
    let dialect = conn.dialect();
    let mut pair = Pair::new(conn);
    for statement in split(script, dialect) {
        for sql in misspelt(statement.text, dialect) {
            let (refusal, findings) = pair.try_out(&sql);
            match (refusal, findings.is_empty()) {
                (Some(_), false) => spelling.refused += 1,
                (Some(refusal), true) => {
                    spelling.refused += 1;
                    spelling.missed.push(format!("{sql}\n    {refusal}"));
                }
                (None, false) => {
                    spelling.false_alarms.push(format!("{sql}\n    {}", findings.join("; ")));
                }
                (None, true) => {}
            }
        }
        pair.run(statement.text, &mut Default::default());
    }
}

/// The statement with each of its names misspelt. Words in capitals are taken for the language's own; settings and what the
/// module of a virtual table is given are no names.
fn misspelt(sql: &str, dialect: Dialect) -> Vec<String> {
    if ["PRAGMA", "CREATE VIRTUAL"].iter().any(|start| sql.trim_start().starts_with(start)) {
        return vec![];
    }
    let end = |token: &migrate_core::sql::Token| match token.kind {
        TokenKind::QuotedIdentifier => Some(token.end - 1),
        TokenKind::Word if token.text(sql).bytes().any(|byte| byte.is_ascii_lowercase()) => Some(token.end),
        _ => None,
    };
    let places: Vec<usize> = tokens(sql, dialect).filter_map(|token| end(&token)).collect();
    places.into_iter().map(|place| format!("{}zq{}", &sql[..place], &sql[place..])).collect()
}
