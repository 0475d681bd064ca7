//! The names that revisions get as Rust types.

use std::collections::{HashMap, HashSet};

use migrate_core::revision::{Format, Revision};

/// What the generated module uses itself, and what cannot be the name of a type.
const TAKEN: [&str; 4] = ["MIGRATIONS", "History", "Self", "_"];

/// One name per revision: the slug in camel case, with the id where two have the same.
pub(crate) fn type_names(revisions: &[Revision]) -> Vec<String> {
    let plain: Vec<String> = revisions.iter().map(|revision| camel_case(slug(revision))).collect();
    let mut uses: HashMap<&str, usize> = HashMap::new();
    for name in &plain {
        *uses.entry(name).or_default() += 1;
    }
    let mut given: HashSet<String> = HashSet::new();
    let with_id =
        |revision: &Revision, name: &str| format!("{name}_{}", revision.id.as_str().replace('-', "_"));
    revisions
        .iter()
        .zip(&plain)
        .map(|(revision, name)| {
            let alone = uses[name.as_str()] == 1 && !name.is_empty() && !TAKEN.contains(&name.as_str());
            let mut name = if alone {
                name.clone()
            } else {
                with_id(revision, if name.is_empty() { "R" } else { name })
            };
            while !given.insert(name.clone()) {
                name.push('_');
            }
            name
        })
        .collect()
}

/// The revision's name as part of a function's name: `6a1f02c4b7e9_create_users`.
pub(crate) fn function_name(revision: &Revision) -> String {
    let text = format!("r{}_{}", revision.id, slug(revision));
    let name: String =
        text.chars().map(|c| if c.is_alphanumeric() { c.to_ascii_lowercase() } else { '_' }).collect();
    name.trim_end_matches('_').to_owned()
}

/// What stands after the id in the file's name, or the message.
fn slug(revision: &Revision) -> &str {
    if revision.format == Format::Diesel {
        return &revision.message;
    }
    let file = revision.path.rsplit('/').next().unwrap_or_default();
    let stem = file.strip_suffix(".sql").unwrap_or(file);
    match stem.strip_prefix(revision.id.as_str()) {
        Some(rest) if rest.trim_matches('_').is_empty() => revision.summary(),
        Some(rest) => rest.trim_matches('_'),
        None => stem,
    }
}

fn camel_case(text: &str) -> String {
    let mut name = String::new();
    for word in text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
        let mut chars = word.chars();
        name.extend(chars.next().into_iter().flat_map(char::to_uppercase));
        name.push_str(chars.as_str());
    }
    if name.starts_with(|c: char| !c.is_alphabetic()) {
        name.insert(0, 'R');
    }
    name
}
