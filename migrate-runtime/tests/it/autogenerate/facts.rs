//! What a database says of itself, in its own words: a second opinion beside what is reflected, where expressions that are only
//! spelled otherwise count as the same.

use std::collections::BTreeMap;

use migrate_core::dialect::Dialect;
use migrate_runtime::{CatalogSnapshot, Difference};

/// Kinds of facts whose names may be nobody's choice, so that they stay what they were before.
const CONSTRAINTS: [&str; 5] = ["primary key ", "unique ", "foreign key ", "exclusion ", "check "];

/// In what a database that came to its schema is not one in which it was made at once.
pub(super) fn differences(made: &CatalogSnapshot, reached: &CatalogSnapshot) -> Vec<String> {
    let (mut old, new) = (without_names(made), without_names(reached));
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

/// Whether only the characters of a table or a column of MySQL's are others: where no statement says which, they are the server's
/// choice, which nothing can bring back.
pub(super) fn is_of_unsaid_characters(difference: &Difference, dialect: Dialect) -> bool {
    let without = |definition: &str| {
        let words: Vec<&str> = definition.split(' ').collect();
        let is_said = |place: usize| {
            let before = place.checked_sub(1).and_then(|before| words.get(before));
            before.is_some_and(|before| ["collate", "collation"].contains(before))
        };
        let kept = words.iter().enumerate().filter(|(place, _)| !is_said(*place));
        kept.map(|(_, word)| *word).collect::<Vec<_>>().join(" ")
    };
    match difference {
        Difference::Changed { before, after, .. } => {
            dialect == Dialect::Mysql && without(before) == without(after)
        }
        _ => false,
    }
}

fn without_names(snapshot: &CatalogSnapshot) -> BTreeMap<String, Vec<String>> {
    let mut all = BTreeMap::<String, Vec<String>>::new();
    for (object, definition) in snapshot.facts() {
        // A sequence keeps the name of the column for which it was made.
        if object.starts_with("sequence ") || definition.contains("nextval(") {
            continue;
        }
        let kind = CONSTRAINTS.iter().find(|kind| object.starts_with(**kind));
        let object = kind.map_or(object, |kind| kind.trim_end());
        all.entry(object.to_owned()).or_default().push(definition.to_owned());
    }
    all.values_mut().for_each(|definitions| definitions.sort());
    all
}
