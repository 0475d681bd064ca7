//! Sequences, and the settings that identity columns share with them.

use std::sync::Arc;

use super::POSTGRES;
use crate::render::table::sequence_options;
use crate::render::{Renderer, Script, types};
use crate::schema::sequence::Settings;
use crate::schema::{Column, Identity, Sequence, Type};

/// The settings of a sequence that are not the default, by name.
type Options = [(Arc<str>, Arc<str>)];

impl Renderer<'_> {
    pub(super) fn alter_sequence(&self, path: &str, before: &Sequence, after: &Sequence, out: &mut Script) {
        if before.data_type != after.data_type || before.options != after.options {
            let mut text = String::new();
            if before.data_type != after.data_type {
                text.push_str(&format!(" AS {}", types::data_type(&after.data_type, POSTGRES)));
            }
            let (old, new) =
                ((&before.data_type, &before.options[..]), (&after.data_type, &after.options[..]));
            for setting in changed(old, new) {
                text.push_str(&format!(" {setting}"));
            }
            out.push(format!("ALTER SEQUENCE {path}{text}"));
        }
        if before.owned_by != after.owned_by {
            let owner = match &after.owned_by {
                Some((table, column)) => format!("{}.{}", self.path(table), self.name(column)),
                None => "NONE".to_owned(),
            };
            out.push(format!("ALTER SEQUENCE {path} OWNED BY {owner}"));
        }
    }
}

/// What stands behind the name in `CREATE SEQUENCE`.
pub(super) fn sequence_text(sequence: &Sequence) -> String {
    let mut text = String::new();
    if sequence.data_type != Type::built_in("bigint") {
        text.push_str(&format!(" AS {}", types::data_type(&sequence.data_type, POSTGRES)));
    }
    match sequence_options(&sequence.options) {
        none if none.is_empty() => {}
        options => text.push_str(&format!(" {options}")),
    }
    text
}

/// What leads from some settings to others.
fn changed(before: (&Type, &Options), after: (&Type, &Options)) -> Vec<String> {
    let old = Settings::of(before.0, before.1).retyped(before.0, after.0);
    let new = Settings::of(after.0, after.1);
    let is_said = |key: &str| after.1.iter().any(|(own, _)| **own == *key);
    let limit = |word: &str, key: &str, value: i64| match is_said(key) {
        true => format!("{word} {value}"),
        false => format!("NO {word}"),
    };
    let mut out = Vec::new();
    if old.increment != new.increment {
        out.push(format!("INCREMENT BY {}", new.increment));
    }
    if old.min != new.min {
        out.push(limit("MINVALUE", "minvalue", new.min));
    }
    if old.max != new.max {
        out.push(limit("MAXVALUE", "maxvalue", new.max));
    }
    if old.start != new.start {
        out.push(format!("START WITH {}", new.start));
    }
    if old.cache != new.cache {
        out.push(format!("CACHE {}", new.cache));
    }
    if old.cycles != new.cycles {
        out.push(if new.cycles { "CYCLE" } else { "NO CYCLE" }.to_owned());
    }
    out
}

/// What makes a column count in this way.
pub(super) fn alter_identity(before: &Column, column: &Column) -> Option<String> {
    let after = column.identity.as_ref()?;
    let kind = |identity: &Identity| if identity.is_always { "ALWAYS" } else { "BY DEFAULT" };
    let options = sequence_options(&after.options);
    match &before.identity {
        None if options.is_empty() => Some(format!("ADD GENERATED {} AS IDENTITY", kind(after))),
        None => Some(format!("ADD GENERATED {} AS IDENTITY ({options})", kind(after))),
        Some(before) if before == after => None,
        Some(before) => {
            let mut actions = Vec::new();
            if before.is_always != after.is_always {
                actions.push(format!("SET GENERATED {}", kind(after)));
            }
            // The type is that of the column by now.
            let of = &column.data_type;
            let settings = changed((of, &before.options), (of, &after.options));
            actions.extend(settings.into_iter().map(|one| format!("SET {one}")));
            (!actions.is_empty()).then(|| actions.join(" "))
        }
    }
}
