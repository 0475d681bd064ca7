//! What a database says of itself, in its own words: a second opinion beside what is reflected, where expressions that are only
//! spelled otherwise count as the same.

use std::collections::BTreeMap;

use migrate_runtime::CatalogSnapshot;

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
