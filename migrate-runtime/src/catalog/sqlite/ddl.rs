//! What only the text of a CREATE statement tells about a table or an index of SQLite.
//!
//! The text comes from `sqlite_master`: the database has accepted it, and keeps it as written but for the name. So this
//! reads what it looks for and steps over the rest; it does not check anything, and odd text gives less, never a panic.

use std::collections::BTreeMap;

use super::super::text::{join, sqlite_tokens, unquoted};

/// The part of a table's definition for which SQLite has no pragma.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct TableText {
    /// By name in lower case.
    pub(super) columns: BTreeMap<String, ColumnText>,
    /// Expression and name of each CHECK, of columns and of the table, in order.
    pub(super) checks: Vec<Check>,
    /// `ON CONFLICT` clauses of the table's own constraints.
    pub(super) conflicts: Vec<String>,
    /// Whether the primary key never takes a number twice.
    pub(super) autoincrement: bool,
    /// For each foreign key in order: whether it waits for the end of the transaction.
    pub(super) deferred: Vec<bool>,
    /// What follows the last parenthesis: `strict`, `without rowid`.
    pub(super) options: String,
}

/// What only the text tells about a column.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct ColumnText {
    pub(super) collation: Option<String>,
    pub(super) generated: Option<String>,
    pub(super) conflicts: Vec<String>,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) struct Check {
    pub(super) name: Option<String>,
    pub(super) expression: String,
}

/// Reads the text of a CREATE TABLE.
pub(super) fn table(sql: &str) -> TableText {
    let tokens = sqlite_tokens(sql);
    let mut table = TableText::default();
    let Some(open) = tokens.iter().position(|token| token == "(") else { return table };
    let end = group_end(&tokens, open);
    for item in split(&tokens[open + 1..end.saturating_sub(1).max(open + 1)]) {
        match item.first().map(String::as_str) {
            None => {}
            Some("constraint" | "primary" | "unique" | "check" | "foreign") => {
                let found = constraints(&mut table, item);
                table.conflicts.extend(found.conflicts);
            }
            Some(name) => {
                let name = unquoted(name).unwrap_or_else(|| name.to_owned());
                let found = constraints(&mut table, &item[1..]);
                table.columns.insert(name, found);
            }
        }
    }
    let mut options: Vec<String> =
        split(&tokens[end..]).map(join).filter(|option| !option.is_empty()).collect();
    options.sort();
    table.options = options.join(", ");
    table
}

/// The key list of a CREATE INDEX with its parentheses, and the predicate after WHERE.
pub(super) fn index(sql: &str) -> (String, Option<String>) {
    let tokens = sqlite_tokens(sql);
    let Some(open) = tokens.iter().position(|token| token == "(") else { return (join(&tokens), None) };
    let end = group_end(&tokens, open);
    let predicate = (tokens.get(end).map(String::as_str) == Some("where")).then(|| join(&tokens[end + 1..]));
    (join(&tokens[open..end]), predicate)
}

/// Walks over the constraints of a column or of the table. What belongs to the table goes there, the rest is returned.
fn constraints(table: &mut TableText, item: &[String]) -> ColumnText {
    let mut column = ColumnText::default();
    let mut name = None;
    let mut latest = String::new();
    let mut at = 0;
    let word = |at: usize| item.get(at).map_or("", String::as_str);
    while at < item.len() {
        at = match (word(at), word(at + 1)) {
            ("constraint", following) => {
                name = Some(following.to_owned());
                at + 2
            }
            ("check", "(") => {
                let end = group_end(item, at + 1);
                table.checks.push(Check { name: name.take(), expression: join(&item[at + 1..end]) });
                latest = "check".to_owned();
                end
            }
            ("collate", collation) => {
                column.collation = Some(collation.to_owned());
                at + 2
            }
            ("as", "(") => {
                let end = group_end(item, at + 1);
                column.generated = Some(join(&item[at + 1..end]));
                end
            }
            // A value is stepped over, lest a word in it be taken for a constraint.
            ("default", "(") => group_end(item, at + 1),
            ("default", "+" | "-") => at + 3,
            ("default", _) => at + 2,
            ("references", _) => {
                table.deferred.push(false);
                at + 2
            }
            ("on", "conflict") => {
                // What is done in any case, if nothing else is said.
                if word(at + 2) != "abort" {
                    column.conflicts.push(format!("{latest} on conflict {}", word(at + 2)));
                }
                at + 3
            }
            ("on", _) if word(at + 2) == "set" || word(at + 2) == "no" => at + 4,
            ("on", _) => at + 3,
            ("not", "deferrable") => at + 2,
            ("deferrable", "initially") => {
                if let Some(deferred) = table.deferred.last_mut() {
                    *deferred = word(at + 2) == "deferred";
                }
                at + 3
            }
            (kind @ ("unique" | "primary" | "not"), _) => {
                // A table's own constraint has its columns next, which tell it from others of its kind.
                let words = if kind == "unique" { 1 } else { 2 };
                let ordered = kind == "primary" && matches!(word(at + words), "asc" | "desc");
                let after = (at + words + usize::from(ordered)).min(item.len());
                let end = if word(after) == "(" { group_end(item, after) } else { after };
                table.autoincrement |= item[after..end].iter().any(|token| token == "autoincrement");
                latest = join(&item[at..end]);
                end
            }
            ("autoincrement", _) => {
                table.autoincrement = true;
                at + 1
            }
            ("(", _) => group_end(item, at),
            _ => at + 1,
        };
    }
    column
}

/// The position after the parenthesis that closes the one at `open`; the end where none does.
fn group_end(tokens: &[String], open: usize) -> usize {
    let mut depth = 0_usize;
    for (at, token) in tokens.iter().enumerate().skip(open) {
        match token.as_str() {
            "(" => depth += 1,
            ")" if depth <= 1 => return at + 1,
            ")" => depth -= 1,
            _ => {}
        }
    }
    tokens.len()
}

/// The pieces between the commas that are in no parentheses.
fn split(tokens: &[String]) -> impl Iterator<Item = &[String]> {
    let mut depth = 0_usize;
    tokens.split(move |token| {
        match token.as_str() {
            "(" => depth += 1,
            ")" => depth = depth.saturating_sub(1),
            _ => {}
        }
        token == "," && depth == 0
    })
}
