//! One source of settings: a configuration table, the environment, or the flags.

use std::path::PathBuf;
use std::time::Duration;

use migrate_core::dialect::{Dialect, DialectSet};

use crate::duration;

/// Settings of which each may be left open.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Layer {
    pub(crate) dir: Option<PathBuf>,
    pub(crate) url: Option<String>,
    pub(crate) url_env: Option<String>,
    pub(crate) dialects: Option<DialectSet>,
    pub(crate) heads: Option<Heads>,
    pub(crate) downgrades: Option<Downgrades>,
    pub(crate) version_table: Option<String>,
    pub(crate) version_schema: Option<String>,
    pub(crate) transaction: Option<Transaction>,
    pub(crate) lock: Option<Lock>,
    pub(crate) lock_timeout: Option<Duration>,
    pub(crate) statement_timeout: Option<Duration>,
    pub(crate) database_lock_timeout: Option<Duration>,
    pub(crate) wait: Option<Duration>,
}

/// How many heads the history may have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Heads {
    #[default]
    One,
    Many,
}

/// Whether a revision must say how it is undone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Downgrades {
    #[default]
    Required,
    Optional,
}

/// What one transaction holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Transaction {
    #[default]
    Auto,
    Run,
    Revision,
}

/// How migrations that start together are kept apart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Lock {
    #[default]
    Auto,
    Advisory,
    Lease,
    None,
}

/// A key of the configuration file; `MIGRATE_<KEY>` in the environment.
pub(crate) struct Key {
    /// As the file spells it.
    pub(crate) name: &'static str,
    /// Takes the value in, or says what is wrong with it.
    pub(crate) set: fn(&mut Layer, &str) -> Result<(), String>,
}

/// All keys.
pub(crate) const KEYS: [Key; 14] = [
    Key { name: "dir", set: |layer, text| text_value(text).map(|text| layer.dir = Some(text.into())) },
    Key { name: "url", set: |layer, text| text_value(text).map(|text| layer.url = Some(text)) },
    Key { name: "url_env", set: |layer, text| text_value(text).map(|text| layer.url_env = Some(text)) },
    Key { name: "dialects", set: |layer, text| dialects(text).map(|set| layer.dialects = Some(set)) },
    Key {
        name: "heads",
        set: |layer, text| {
            word(text, &[("one", Heads::One), ("many", Heads::Many)]).map(|v| layer.heads = Some(v))
        },
    },
    Key {
        name: "downgrades",
        set: |layer, text| {
            word(text, &[("required", Downgrades::Required), ("optional", Downgrades::Optional)])
                .map(|v| layer.downgrades = Some(v))
        },
    },
    Key { name: "version_table", set: |layer, text| name(text).map(|name| layer.version_table = Some(name)) },
    Key {
        name: "version_schema",
        set: |layer, text| name(text).map(|name| layer.version_schema = Some(name)),
    },
    Key {
        name: "transaction",
        set: |layer, text| {
            let words =
                [("auto", Transaction::Auto), ("run", Transaction::Run), ("revision", Transaction::Revision)];
            word(text, &words).map(|v| layer.transaction = Some(v))
        },
    },
    Key {
        name: "lock",
        set: |layer, text| {
            let words = [
                ("auto", Lock::Auto),
                ("advisory", Lock::Advisory),
                ("lease", Lock::Lease),
                ("none", Lock::None),
            ];
            word(text, &words).map(|v| layer.lock = Some(v))
        },
    },
    Key {
        name: "lock_timeout",
        set: |layer, text| duration::parse(text).map(|v| layer.lock_timeout = Some(v)),
    },
    Key {
        name: "statement_timeout",
        set: |layer, text| duration::parse(text).map(|v| layer.statement_timeout = Some(v)),
    },
    Key {
        name: "database_lock_timeout",
        set: |layer, text| duration::parse(text).map(|v| layer.database_lock_timeout = Some(v)),
    },
    Key { name: "wait", set: |layer, text| duration::parse(text).map(|v| layer.wait = Some(v)) },
];

impl Layer {
    /// These settings, and where they are open those of the layer below.
    pub(crate) fn over(self, below: Self) -> Self {
        Self {
            dir: self.dir.or(below.dir),
            url: self.url.or(below.url),
            url_env: self.url_env.or(below.url_env),
            dialects: self.dialects.or(below.dialects),
            heads: self.heads.or(below.heads),
            downgrades: self.downgrades.or(below.downgrades),
            version_table: self.version_table.or(below.version_table),
            version_schema: self.version_schema.or(below.version_schema),
            transaction: self.transaction.or(below.transaction),
            lock: self.lock.or(below.lock),
            lock_timeout: self.lock_timeout.or(below.lock_timeout),
            statement_timeout: self.statement_timeout.or(below.statement_timeout),
            database_lock_timeout: self.database_lock_timeout.or(below.database_lock_timeout),
            wait: self.wait.or(below.wait),
        }
    }
}

fn text_value(text: &str) -> Result<String, String> {
    if text.trim().is_empty() { Err("it is empty".to_owned()) } else { Ok(text.to_owned()) }
}

/// The name of a table or schema. It is quoted wherever it is used; the limit is PostgreSQL's 63 bytes, past which
/// it cuts in silence, less the four of the constraint `<table>_pkc`.
fn name(text: &str) -> Result<String, String> {
    match text {
        "" => Err("it is empty".to_owned()),
        _ if text.contains('\0') => Err("it has a NUL character".to_owned()),
        _ if text.len() > 59 => Err("it is longer than 59 bytes".to_owned()),
        _ => Ok(text.to_owned()),
    }
}

fn dialects(text: &str) -> Result<DialectSet, String> {
    let names = text.split(',').map(str::trim);
    names.map(|name| name.parse::<Dialect>().map_err(|error| error.to_string())).collect()
}

fn word<T: Copy>(text: &str, words: &[(&str, T)]) -> Result<T, String> {
    words.iter().find(|(word, _)| *word == text).map(|(_, value)| *value).ok_or_else(|| {
        let words: Vec<_> = words.iter().map(|(word, _)| format!("`{word}`")).collect();
        format!("the values are {}", words.join(", "))
    })
}
