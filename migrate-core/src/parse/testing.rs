//! What the tests of all front ends do: values as short texts, and the places of names.

#![allow(dead_code, reason = "depends on the features")]

use proptest::prelude::*;

use super::{Parsed, parse};
use crate::ddl::{Extent, Statement};
use crate::dialect::Dialect;

/// Compares statements with what is written below each: blocks of a statement, a line `=>`, and the short text of its value.
///
/// A failure prints the whole file as it would have to be; read the difference before believing it.
pub(super) fn check_table(table: &str, dialect: Dialect) {
    let mut actual = String::new();
    for block in table.trim().split("\n\n") {
        let sql = block.split_once("\n=> ").map_or(block, |(sql, _)| sql);
        actual += &format!("{sql}\n=> {}\n\n", short(&parse(sql, dialect)));
    }
    assert!(actual.trim() == table.trim(), "the values have changed:\n\n{actual}");
}

/// A value without places and without what is not there.
pub(super) fn short(parsed: &Parsed) -> String {
    match parsed {
        Parsed::Statement(statement) => compact(&format!("{statement:?}")),
        Parsed::Wrong(error) => format!("wrong: {}", error.message),
        Parsed::Unknown => "unknown".to_owned(),
    }
}

/// Leaves out the fields that say nothing.
fn compact(debug: &str) -> String {
    let mut text = debug.to_owned();
    while let Some(start) = text.find("at: Extent {") {
        let end = text[start..].find('}').map_or(text.len(), |end| start + end + 1);
        text.replace_range(start..end, "at: None");
    }
    let mut text = text.replace("dimensions: 0", "dimensions: None");
    for nothing in ["None", "false", "[]", "NoAction", "\"\""] {
        let mut from = 0;
        while let Some(found) = text[from..].find(&format!(": {nothing}")) {
            let value = from + found;
            let after = value + 2 + nothing.len();
            let start = text[..value].rfind([' ', '{']).map_or(0, |start| start + 1);
            match (
                text[after..].starts_with(", "),
                text[..start].ends_with("{ "),
                text[..start].ends_with(", "),
            ) {
                (true, ..) => text.replace_range(start..after + 2, ""),
                (_, true, _) | (_, _, false) => text.replace_range(start..after, ""),
                _ => text.replace_range(start - 2..after, ""),
            }
            from = start.saturating_sub(2);
        }
    }
    text.replace("deferrable: Deferrable {  }, ", "")
        .replace(", deferrable: Deferrable {  }", "")
        .replace("Deferrable {  }", "Deferrable")
        .replace("Expr { kind: ", "{")
        .replace("{  }", "{}")
}

/// Whether all places that a value speaks of are in the text, and names stand where they say.
pub(super) fn check_places(sql: &str, statement: &Statement) {
    let shown = format!("{statement:#?}");
    let number = |text: &str| text.trim().trim_end_matches(',').parse::<u32>().expect("a place");
    let mut lines = shown.lines();
    while let Some(line) = lines.next() {
        if line.trim_end().ends_with("Extent {") {
            let mut field =
                || lines.next().and_then(|line| line.split_once(": ")).map_or(0, |(_, text)| number(text));
            let at = Extent { start: field(), end: field() };
            assert!(sql.get(at.start as usize..at.end as usize).is_some(), "{at:?} is not in {sql:?}");
        }
        // `"name"@1..7`
        let Some((name, place)) = line.trim().rsplit_once("\"@") else { continue };
        let Some((start, end)) = place.split_once("..") else { continue };
        let at = Extent { start: number(start), end: number(end) };
        let Some(name) = name.rsplit_once('"').map(|(_, name)| name) else { continue };
        let written = at.of(sql);
        let is_there = written.to_lowercase().contains(&name.to_lowercase());
        assert!(is_there || at.start == at.end, "`{name}` is not `{written}` in {sql:?}");
    }
}

/// Words that most statements are made of.
const WORDS: &[&str] = &[
    "CREATE",
    "TABLE",
    "VIEW",
    "INDEX",
    "ON",
    "(",
    ")",
    ",",
    ".",
    "a",
    "'s'",
    "1",
    "KEY",
    "PRIMARY",
    "SELECT",
    "FROM",
    "WHERE",
    "AS",
    "JOIN",
    "LEFT",
    "INSERT",
    "INTO",
    "VALUES",
    "UPDATE",
    "SET",
    "=",
    "DELETE",
    "ALTER",
    "ADD",
    "COLUMN",
    "RENAME",
    "TO",
    "DROP",
    "REFERENCES",
    "CHECK",
    "DEFAULT",
    "NOT",
    "NULL",
    "é",
    "END",
];

/// A word of a statement: one of those, or of those that only one database has.
pub(super) fn word(own: &[&'static str]) -> impl Strategy<Value = &'static str> + use<> {
    prop::sample::select([WORDS, own].concat())
}
