//! What a database says of itself, in its own words: a second opinion beside what is reflected, where expressions that are only
//! spelled otherwise count as the same.

use std::collections::BTreeMap;

use migrate_core::dialect::Dialect;
use migrate_runtime::{CatalogSnapshot, Difference};

/// Kinds of facts whose names may be nobody's choice, so that they stay what they were before.
const CONSTRAINTS: [&str; 5] = ["primary key ", "unique ", "foreign key ", "exclusion ", "check "];

/// In what a database that came to its schema is not one in which it was made at once.
pub(super) fn differences(
    made: &CatalogSnapshot,
    reached: &CatalogSnapshot,
    dialect: Dialect,
) -> Vec<String> {
    let (mut old, new) = (without_names(made, dialect), without_names(reached, dialect));
    let mut all = Vec::new();
    for fact in new {
        match old.remove(&fact.0) {
            Some(definitions) if definitions == fact.1 => {}
            other => {
                all.push(format!("{}: {:?} in place of {:?}", fact.0, fact.1, other.unwrap_or_default()))
            }
        }
    }
    all.extend(
        old.into_iter().map(|(object, definitions)| format!("{object}: nothing in place of {definitions:?}")),
    );
    all
}

/// Whether a difference is of what MySQL and MariaDB say for themselves.
pub(super) fn is_of_server(difference: &Difference, dialect: Dialect) -> bool {
    // The check that MariaDB makes for JSON is called as its column was when it was made.
    let is_of_json = |definition: &str| definition.starts_with("column: json_valid (");
    dialect == Dialect::Mysql
        && match difference {
            Difference::Changed { before, after, .. } => {
                without_characters(before) == without_characters(after)
            }
            Difference::Added { definition, .. } | Difference::Missing { definition, .. } => {
                is_of_json(definition)
            }
            _ => false,
        }
}

/// A definition of MySQL's without characters: where no statement says which, they are the server's choice, and where one does,
/// they are in the schema.
fn without_characters(definition: &str) -> String {
    let words: Vec<&str> = definition.split(' ').collect();
    let is_said = |place: usize| {
        let before = place.checked_sub(1).and_then(|before| words.get(before));
        before.is_some_and(|before| ["collate", "collation"].contains(before))
    };
    let kept = words.iter().enumerate().filter(|(place, _)| !is_said(*place));
    kept.map(|(_, word)| *word).collect::<Vec<_>>().join(" ")
}

fn without_names(snapshot: &CatalogSnapshot, dialect: Dialect) -> BTreeMap<String, Vec<String>> {
    let mut all = BTreeMap::<String, Vec<String>>::new();
    for (object, definition) in snapshot.facts() {
        // A sequence keeps the name of the column for which it was made.
        if object.starts_with("sequence ") || definition.contains("nextval(") {
            continue;
        }
        let kind = CONSTRAINTS.iter().find(|kind| object.starts_with(**kind));
        let object = kind.map_or(object, |kind| kind.trim_end());
        let definition = match dialect {
            Dialect::Mysql => without_characters(definition),
            Dialect::Postgres | Dialect::Sqlite => definition.to_owned(),
        };
        all.entry(object.to_owned()).or_default().push(definition);
    }
    all.values_mut().for_each(|definitions| definitions.sort());
    all
}
