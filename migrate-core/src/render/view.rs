//! What a view has besides its query.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::name;
use crate::dialect::Dialect;
use crate::schema::View;

/// The options of a view, by where they stand: before `VIEW`, before `AS`, behind the query.
pub(super) fn options(view: &View, dialect: Dialect) -> (String, String, String) {
    let (mut before, mut with, mut behind) = (String::new(), vec![], String::new());
    let (mut using, mut space) = (String::new(), String::new());
    for (key, value) in &view.options {
        match (&**key, dialect) {
            ("check_option", _) => behind = format!("\nWITH {} CHECK OPTION", value.to_uppercase()),
            ("using", Dialect::Postgres) => using = format!(" USING {}", name::name(value, dialect)),
            ("tablespace", Dialect::Postgres) => {
                space = format!(" TABLESPACE {}", name::name(value, dialect))
            }
            ("no data", Dialect::Postgres) => behind = "\nWITH NO DATA".to_owned(),
            (_, Dialect::Postgres) => with.push(parameter(key, value)),
            ("algorithm", _) => before.push_str(&format!("ALGORITHM = {} ", value.to_uppercase())),
            ("definer", _) => before.push_str(&format!("DEFINER = {value} ")),
            ("sql security", _) => before.push_str(&format!("SQL SECURITY {} ", value.to_uppercase())),
            _ => {}
        }
    }
    let with = if with.is_empty() { String::new() } else { format!(" WITH ({})", with.join(", ")) };
    (before, format!("{using}{with}{space}"), behind)
}

/// The statements that give a view of PostgreSQL the options that it is to have.
pub(super) fn alter(path: &str, before: &View, after: &View) -> Vec<String> {
    let is_parameter = |key: &str| !matches!(key, "using" | "tablespace");
    let gone = before.compared_options().into_keys().filter(|key| !after.options.contains_key(*key));
    let reset: Vec<String> = gone.filter(|key| is_parameter(key)).map(|key| parameter_name(key)).collect();
    let new =
        after.compared_options().into_iter().filter(|(key, value)| before.options.get(*key) != Some(value));
    let new = new.filter(|(key, _)| is_parameter(key));
    let set: Vec<String> = new.map(|(key, value)| parameter(key, value)).collect();
    let kind = if after.is_materialized { "MATERIALIZED VIEW" } else { "VIEW" };
    let statement = |word: &str, list: Vec<String>| {
        (!list.is_empty()).then(|| format!("ALTER {kind} {path} {word} ({})", list.join(", ")))
    };
    let moved = |key: &str, words: &str, usual: &str| {
        let new = after.options.get(key);
        let to = name::name(new.map_or(usual, |new| new), Dialect::Postgres);
        (before.options.get(key) != new).then(|| format!("ALTER {kind} {path} SET {words} {to}"))
    };
    let using = moved("using", "ACCESS METHOD", "heap");
    let space = moved("tablespace", "TABLESPACE", "pg_default");
    [statement("RESET", reset), statement("SET", set), using, space].into_iter().flatten().collect()
}

/// Storage parameters with the word before them; nothing where there are none.
pub(super) fn parameters(options: &BTreeMap<Arc<str>, Arc<str>>) -> String {
    match options.iter().map(|(key, value)| parameter(key, value)).collect::<Vec<_>>().join(", ") {
        none if none.is_empty() => none,
        some => format!(" WITH ({some})"),
    }
}

fn parameter(key: &str, value: &str) -> String {
    let is_plain = !value.is_empty() && value.chars().all(|c| c.is_ascii_alphanumeric());
    let value = if is_plain { value.to_owned() } else { Dialect::Postgres.quote_literal(value) };
    format!("{} = {value}", parameter_name(key))
}

/// Its name, perhaps with `toast` before it.
fn parameter_name(key: &str) -> String {
    let parts: Vec<String> = key.split('.').map(|part| name::name(part, Dialect::Postgres)).collect();
    parts.join(".")
}

#[cfg(all(test, feature = "postgres", feature = "mysql"))]
mod tests;
