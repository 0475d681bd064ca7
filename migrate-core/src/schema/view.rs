//! What a view has besides its query.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{View, ViewColumn};
use crate::dialect::Dialect;

impl View {
    /// Sets an option, as it is written or as a catalog shows it; `None` is the default again.
    pub fn set_option(&mut self, key: &str, value: Option<&str>, dialect: Dialect) {
        let key = key.to_ascii_lowercase();
        let value = value.and_then(|value| match (key.as_str(), dialect) {
            ("security_barrier" | "security_invoker", Dialect::Postgres) => {
                is_on(value).then(|| "true".into())
            }
            ("check_option", _) => Some(value.to_ascii_lowercase()).filter(|value| value != "none"),
            ("algorithm", _) => Some(value.to_ascii_lowercase()).filter(|value| value != "undefined"),
            ("using", Dialect::Postgres) => Some(value.to_owned()).filter(|value| value != "heap"),
            ("tablespace", Dialect::Postgres) => Some(value.to_owned()).filter(|value| value != "pg_default"),
            ("sql security", _) => Some(value.to_ascii_lowercase()).filter(|value| value != "definer"),
            _ => Some(value.to_owned()),
        });
        match value {
            Some(value) => drop(self.options.insert(key.into(), value.into())),
            None => drop(self.options.remove(key.as_str())),
        }
    }

    /// The options that are the same wherever the view is, and that every server shows.
    pub(crate) fn compared_options(&self) -> BTreeMap<&Arc<str>, &Arc<str>> {
        const COMPARED: [&str; 4] = ["security_barrier", "security_invoker", "check_option", "sql security"];
        let is_compared = |key: &str| COMPARED.contains(&key) || self.is_materialized && is_of_storage(key);
        self.options.iter().filter(|(key, _)| is_compared(key)).collect()
    }

    /// The options that are told where they are known: MySQL shows no algorithm, and who made a view differs from server to server.
    pub(crate) fn other_options(&self) -> impl Iterator<Item = (&Arc<str>, &Arc<str>)> {
        self.options.iter().filter(|(key, _)| matches!(&***key, "algorithm" | "definer"))
    }

    /// Says something of a column; what says nothing is not kept.
    pub fn say(&mut self, column: &str, say: impl FnOnce(&mut ViewColumn)) {
        say(self.said.entry(column.into()).or_default());
        self.said.retain(|_, said| *said != ViewColumn::default());
    }
}

/// Whether it is how the rows of a materialized view are kept. What is set for the table beside it no query tells, and whether there
/// are rows is none of the schema.
fn is_of_storage(key: &str) -> bool {
    !key.starts_with("toast.") && key != "no data"
}

/// What PostgreSQL takes for true; without a value an option is on.
fn is_on(value: &str) -> bool {
    let value = value.to_ascii_lowercase();
    let is_start_of = |word: &str| word.starts_with(&value);
    value.is_empty() || is_start_of("true") || is_start_of("yes") || matches!(value.as_str(), "on" | "1")
}
