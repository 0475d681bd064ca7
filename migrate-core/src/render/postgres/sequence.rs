//! Sequences, and the settings that identity columns share with them.

use std::sync::Arc;

use super::POSTGRES;
use crate::render::table::sequence_options;
use crate::render::{Renderer, Script, types};
use crate::schema::{Identity, Sequence, Type};

/// The settings of a sequence that are not the default, by name.
type Options = [(Arc<str>, Arc<str>)];

impl Renderer<'_> {
    pub(super) fn alter_sequence(&self, path: &str, before: &Sequence, after: &Sequence, out: &mut Script) {
        if before.data_type != after.data_type || before.options != after.options {
            let mut text = String::new();
            if before.data_type != after.data_type {
                text.push_str(&format!(" AS {}", types::data_type(&after.data_type, POSTGRES)));
            }
            for setting in changed(&before.options, &after.options) {
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

/// What leads from some settings to others: what is no longer said is said to be the default.
fn changed(before: &Options, after: &Options) -> Vec<String> {
    let find = |list: &Options, key: &str| list.iter().find(|(own, _)| **own == *key).cloned();
    let mut settings: Vec<String> = after
        .iter()
        .filter(|option| !before.contains(option))
        .map(|option| sequence_options(std::slice::from_ref(option)))
        .collect();
    for (key, _) in before.iter().filter(|(key, _)| find(after, key).is_none()) {
        settings.push(match &**key {
            "increment" => "INCREMENT BY 1".to_owned(),
            "minvalue" => "NO MINVALUE".to_owned(),
            "maxvalue" => "NO MAXVALUE".to_owned(),
            "cache" => "CACHE 1".to_owned(),
            "cycle" => "NO CYCLE".to_owned(),
            // Where it starts if nothing is said.
            _ => {
                let counts_down = find(after, "increment").is_some_and(|(_, by)| by.starts_with('-'));
                let limit = find(after, if counts_down { "maxvalue" } else { "minvalue" });
                let usual = limit.map_or_else(
                    || if counts_down { "-1".to_owned() } else { "1".to_owned() },
                    |(_, limit)| limit.to_string(),
                );
                format!("START WITH {usual}")
            }
        });
    }
    settings
}

/// What makes a column count in this way.
pub(super) fn alter_identity(before: Option<&Identity>, after: &Identity) -> Option<String> {
    let kind = |identity: &Identity| if identity.is_always { "ALWAYS" } else { "BY DEFAULT" };
    let options = sequence_options(&after.options);
    match before {
        None if options.is_empty() => Some(format!("ADD GENERATED {} AS IDENTITY", kind(after))),
        None => Some(format!("ADD GENERATED {} AS IDENTITY ({options})", kind(after))),
        Some(before) if before == after => None,
        Some(before) => {
            let mut actions = Vec::new();
            if before.is_always != after.is_always {
                actions.push(format!("SET GENERATED {}", kind(after)));
            }
            actions
                .extend(changed(&before.options, &after.options).into_iter().map(|one| format!("SET {one}")));
            Some(actions.join(" "))
        }
    }
}
