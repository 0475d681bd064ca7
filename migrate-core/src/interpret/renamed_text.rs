//! The statements that PostgreSQL's triggers and functions are kept as, with new names in the places of old ones.

use std::sync::Arc;

use crate::ddl::{Extent, Statement};
use crate::dialect::Dialect;
use crate::parse::{Parsed, parse};
use crate::render::{written_name, written_path};
use crate::schema::{ObjectName, Routine, SqlText, Trigger};
use crate::sql::significant_tokens;

const POSTGRES: Dialect = Dialect::Postgres;

impl Trigger {
    /// Its table has another name.
    pub(super) fn moves_to(&mut self, table: &ObjectName) {
        self.rewrite(|statement| match statement {
            Statement::CreateTrigger(create) => vec![(create.table.at(), written_path(table, POSTGRES))],
            _ => vec![],
        });
    }

    /// It has another name.
    pub(super) fn is_called(&mut self, name: &str) {
        self.rewrite(|statement| match statement {
            Statement::CreateTrigger(create) => vec![(create.name.at(), written_name(name, POSTGRES))],
            _ => vec![],
        });
        self.name = name.into();
    }

    /// The function that it calls has another name.
    pub(super) fn calls(&mut self, function: &ObjectName) {
        self.rewrite(|statement| match statement {
            Statement::CreateTrigger(create) => {
                let place = create.function.as_ref().map(|path| path.at());
                place.map(|at| (at, written_path(function, POSTGRES))).into_iter().collect()
            }
            _ => vec![],
        });
        self.function = Some(function.clone());
    }

    /// A column that it waits for, or asks about, has another name.
    pub(super) fn waits_for(&mut self, old: &str, new: &str) {
        let asked = columns_of_rows(&self.text.written, old);
        self.rewrite(|statement| match statement {
            Statement::CreateTrigger(create) => {
                let named = create.columns.iter().filter(|column| *column.text == *old);
                let all = named.map(|column| column.at).chain(asked);
                all.map(|at| (at, written_name(new, POSTGRES))).collect()
            }
            _ => vec![],
        });
    }

    fn rewrite(&mut self, changes: impl FnOnce(&Statement) -> Vec<(Extent, String)>) {
        if let Some(text) = rewritten(&self.text.written, changes) {
            self.text = SqlText::trigger(&text, POSTGRES);
        }
    }
}

impl Routine {
    /// It has another name.
    pub(super) fn is_called(&mut self, name: &ObjectName) {
        let text = self.text.as_ref().and_then(|text| {
            rewritten(text, |statement| match statement {
                Statement::CreateFunction(create) => vec![(create.name.at(), written_path(name, POSTGRES))],
                _ => vec![],
            })
        });
        self.text = text.map(Arc::from);
    }
}

/// Where a text names a column of the old or the new row: `WHEN (OLD.name <> NEW.name)`.
fn columns_of_rows(text: &str, column: &str) -> Vec<Extent> {
    let tokens: Vec<&str> = significant_tokens(text, POSTGRES).collect();
    let is_it = |token: &str| match token.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
        Some(quoted) => quoted.replace("\"\"", "\"") == column,
        None => token.to_lowercase() == column,
    };
    let is_row = |token: &str| ["old", "new"].iter().any(|row| token.eq_ignore_ascii_case(row));
    let named = tokens.windows(3).filter(|three| is_row(three[0]) && three[1] == "." && is_it(three[2]));
    let place = |token: &str| {
        let start = token.as_ptr() as usize - text.as_ptr() as usize;
        Extent::new(start, start + token.len())
    };
    named.map(|three| place(three[2])).collect()
}

/// A statement with other words in some places; nothing where no place is known.
fn rewritten(text: &str, changes: impl FnOnce(&Statement) -> Vec<(Extent, String)>) -> Option<String> {
    let Parsed::Statement(statement) = parse(text, POSTGRES) else { return None };
    let mut changes = changes(&statement);
    changes.sort_by_key(|(at, _)| std::cmp::Reverse(at.start));
    let mut text = text.to_owned();
    for (at, word) in &changes {
        text.get(at.start as usize..at.end as usize)?;
        text.replace_range(at.start as usize..at.end as usize, word);
    }
    (!changes.is_empty()).then_some(text)
}
