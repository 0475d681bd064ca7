//! The table `[autogenerate]`.

use migrate_core::dialect::{Dialect, DialectSet};
use migrate_core::filter::Filter;
use migrate_core::nearest::nearest;
use migrate_schema::{NamingConvention, NewKeys, TypeMap};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{Reader, texts_of};
use crate::layer::Autogenerate;

/// The keys, and the kinds of names below `naming`.
const KEYS: [&str; 5] = ["include", "exclude", "naming", "types", "new_keys"];
const NAMES: [&str; 5] = ["ix", "uq", "ck", "fk", "pk"];

/// Reads the table; what is wrong with it goes to the findings.
pub(super) fn read(value: &Spanned<DeValue<'_>>, reader: &mut Reader<'_>) -> Autogenerate {
    let mut settings = Autogenerate::default();
    let Some(table) = table(value, "autogenerate", "[autogenerate]", reader) else { return settings };
    for (key, value) in table {
        match key.get_ref().as_ref() {
            "include" => settings.include = patterns("include", value, reader),
            "exclude" => settings.exclude = patterns("exclude", value, reader),
            "naming" => settings.naming = Some(naming(value, reader)),
            "types" => settings.types = Some(types(value, reader)),
            "new_keys" => settings.new_keys = new_keys(value, reader),
            name => unknown(name, key.span(), &KEYS, reader),
        }
    }
    settings
}

fn table<'v, 'i>(
    value: &'v Spanned<DeValue<'i>>,
    name: &str,
    header: &str,
    reader: &mut Reader<'_>,
) -> Option<&'v DeTable<'i>> {
    let table = value.get_ref().as_table();
    if table.is_none() {
        let help = format!("write `{header}`, and below it its keys");
        reader.error(value.span(), format!("`{name}` is not a table"), "", Some(help));
    }
    table
}

fn unknown(name: &str, at: std::ops::Range<usize>, keys: &[&str], reader: &mut Reader<'_>) {
    let help = match nearest(name, keys.iter().copied()) {
        Some(near) => format!("the nearest known key is `{near}`"),
        None => format!("the keys are `{}`", keys.join("`, `")),
    };
    reader.error(at, format!("unknown key `{name}`"), "not a key of this table", Some(help));
}

/// A list of patterns, each of which is looked at by itself: so the wrong one is pointed at.
fn patterns(key: &str, value: &Spanned<DeValue<'_>>, reader: &mut Reader<'_>) -> Option<Vec<String>> {
    let wrong = |reader: &mut Reader<'_>, at, label: &str| {
        reader.error(at, format!("`{key}` has a wrong value"), label, None);
    };
    let texts = match texts_of(value.get_ref()) {
        Ok(texts) => texts,
        Err(label) => {
            wrong(reader, value.span(), &label);
            return None;
        }
    };
    let spans: Vec<_> = match value.get_ref() {
        DeValue::Array(values) => values.iter().map(Spanned::span).collect(),
        _ => vec![value.span()],
    };
    for (text, at) in texts.iter().zip(spans) {
        let own = std::slice::from_ref(text);
        let read = if key == "include" { Filter::new(own, &[]) } else { Filter::new(&[], own) };
        if let Err(error) = read {
            wrong(reader, at, &error.wrong);
        }
    }
    Some(texts)
}

fn naming(value: &Spanned<DeValue<'_>>, reader: &mut Reader<'_>) -> NamingConvention {
    let mut naming = NamingConvention::default();
    let Some(table) = table(value, "naming", "[autogenerate.naming]", reader) else { return naming };
    for (key, value) in table {
        let name = key.get_ref().as_ref();
        if !NAMES.contains(&name) {
            unknown(name, key.span(), &NAMES, reader);
            continue;
        }
        let set = match value.get_ref().as_str() {
            Some(pattern) => {
                naming.set(name, pattern).map_err(|error| (error.to_string(), Some(error.help())))
            }
            None => Err((format!("expected a text, found {}", value.get_ref().type_str()), None)),
        };
        if let Err((label, help)) = set {
            reader.error(value.span(), format!("`{name}` has a wrong value"), &label, help);
        }
    }
    naming
}

/// One of the words for how the `id` of a new table counts.
fn new_keys(value: &Spanned<DeValue<'_>>, reader: &mut Reader<'_>) -> Option<NewKeys> {
    let word = value.get_ref().as_str();
    let keys = NewKeys::WORDS.iter().find(|(known, _)| Some(*known) == word).map(|(_, keys)| *keys);
    if keys.is_none() {
        let words: Vec<_> = NewKeys::WORDS.iter().map(|(word, _)| format!("`{word}`")).collect();
        let label = format!("expected {}", words.join(" or "));
        reader.error(value.span(), "`new_keys` has a wrong value".to_owned(), &label, None);
    }
    keys
}

/// `Citext = "citext"` for every database, `Money = { postgres = "numeric(12,2)", sqlite = "TEXT" }` for some.
fn types(value: &Spanned<DeValue<'_>>, reader: &mut Reader<'_>) -> TypeMap {
    let mut types = TypeMap::default();
    let Some(table) = table(value, "types", "[autogenerate.types]", reader) else { return types };
    for (key, value) in table {
        let name = key.get_ref().as_ref();
        let text = |value: &DeValue<'_>| {
            value.as_str().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
        };
        match value.get_ref() {
            DeValue::Table(databases) => {
                for (database, value) in databases {
                    match (database.get_ref().parse::<Dialect>(), text(value.get_ref())) {
                        (Ok(dialect), Some(sql)) => types.insert(name, dialect.into(), sql),
                        (Err(error), _) => {
                            let message = format!("`{}` is no database", database.get_ref());
                            reader.error(database.span(), message, "", Some(error.to_string()));
                        }
                        (_, None) => reader.error(
                            value.span(),
                            format!("`{name}` has a wrong value"),
                            "expected an SQL type",
                            None,
                        ),
                    }
                }
            }
            one => match text(one) {
                Some(sql) => types.insert(name, DialectSet::ALL, sql),
                None => {
                    let help =
                        format!("write `{name} = \"citext\"`, or `{name} = {{ postgres = \"citext\" }}`");
                    reader.error(value.span(), format!("`{name}` has a wrong value"), "", Some(help));
                }
            },
        }
    }
    types
}
