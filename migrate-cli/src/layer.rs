//! One source of settings: a configuration table, the environment, or the flags.

use std::path::PathBuf;
use std::time::Duration;

use migrate_core::checks;
use migrate_core::dialect::{Dialect, DialectSet};
use migrate_core::template::FileName;
use migrate_dir::project;
use migrate_schema::{NamingConvention, NewKeys, TypeMap};

use crate::duration;

/// Settings of which each may be left open.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Layer {
    pub(crate) dirs: Option<Vec<PathBuf>>,
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
    pub(crate) schema: Option<Vec<PathBuf>>,
    pub(crate) models: Option<Vec<PathBuf>>,
    pub(crate) templates: Option<PathBuf>,
    pub(crate) template: Option<String>,
    pub(crate) file_template: Option<FileName>,
    pub(crate) truncate_slug_length: Option<usize>,
    pub(crate) post_write_hooks: Option<Vec<Hook>>,
    /// A table of its own in the file, and in nothing else.
    pub(crate) checks: Option<checks::Settings>,
    /// The same.
    pub(crate) autogenerate: Option<Autogenerate>,
}

/// What a project says about revisions that are written for it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Autogenerate {
    pub(crate) include: Option<Vec<String>>,
    pub(crate) exclude: Option<Vec<String>>,
    pub(crate) naming: Option<NamingConvention>,
    pub(crate) types: Option<TypeMap>,
    pub(crate) new_keys: Option<NewKeys>,
}

impl Autogenerate {
    fn over(self, below: Self) -> Self {
        Self {
            include: self.include.or(below.include),
            exclude: self.exclude.or(below.exclude),
            naming: self.naming.or(below.naming),
            types: self.types.or(below.types),
            new_keys: self.new_keys.or(below.new_keys),
        }
    }
}

/// A program that is run on a new file, and its arguments.
pub(crate) type Hook = Vec<String>;

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

/// A key of the configuration file.
pub(crate) struct Key {
    /// As the file spells it; `MIGRATE_<KEY>` in the environment.
    pub(crate) name: &'static str,
    pub(crate) set: Set,
}

/// Takes a value in, or says what is wrong with it.
#[derive(Clone, Copy)]
pub(crate) enum Set {
    /// One text.
    Text(fn(&mut Layer, &str) -> Result<(), String>),
    /// Several texts, which the environment separates by commas. One alone will do.
    List(fn(&mut Layer, Vec<String>) -> Result<(), String>),
    /// Lists of texts: only a file can say that.
    Lists(fn(&mut Layer, Vec<Vec<String>>) -> Result<(), String>),
}

/// All keys.
pub(crate) const KEYS: &[Key] = &[
    Key { name: "dir", set: Set::List(|layer, texts| folders(texts).map(|v| layer.dirs = Some(v))) },
    text("url", |layer, text| text_value(text).map(|text| layer.url = Some(text))),
    text("url_env", |layer, text| text_value(text).map(|text| layer.url_env = Some(text))),
    Key {
        name: "dialects",
        set: Set::List(|layer, texts| dialects(&texts).map(|v| layer.dialects = Some(v))),
    },
    text("heads", |layer, text| {
        word(text, &[("one", Heads::One), ("many", Heads::Many)]).map(|v| layer.heads = Some(v))
    }),
    text("downgrades", |layer, text| {
        let words = [("required", Downgrades::Required), ("optional", Downgrades::Optional)];
        word(text, &words).map(|v| layer.downgrades = Some(v))
    }),
    text("version_table", |layer, text| name(text).map(|name| layer.version_table = Some(name))),
    text("version_schema", |layer, text| name(text).map(|name| layer.version_schema = Some(name))),
    text("transaction", |layer, text| {
        let words =
            [("auto", Transaction::Auto), ("run", Transaction::Run), ("revision", Transaction::Revision)];
        word(text, &words).map(|v| layer.transaction = Some(v))
    }),
    text("lock", |layer, text| {
        let words = [
            ("auto", Lock::Auto),
            ("advisory", Lock::Advisory),
            ("lease", Lock::Lease),
            ("none", Lock::None),
        ];
        word(text, &words).map(|v| layer.lock = Some(v))
    }),
    text("lock_timeout", |layer, text| duration::parse(text).map(|v| layer.lock_timeout = Some(v))),
    text("statement_timeout", |layer, text| duration::parse(text).map(|v| layer.statement_timeout = Some(v))),
    text("database_lock_timeout", |layer, text| {
        duration::parse(text).map(|v| layer.database_lock_timeout = Some(v))
    }),
    text("wait", |layer, text| duration::parse(text).map(|v| layer.wait = Some(v))),
    Key { name: "schema", set: Set::List(|layer, texts| folders(texts).map(|v| layer.schema = Some(v))) },
    Key { name: "models", set: Set::List(|layer, texts| folders(texts).map(|v| layer.models = Some(v))) },
    text("templates", |layer, text| text_value(text).map(|text| layer.templates = Some(text.into()))),
    text("template", |layer, text| text_value(text).map(|text| layer.template = Some(text))),
    text("file_template", |layer, text| {
        FileName::parse(text).map(|v| layer.file_template = Some(v)).map_err(|error| error.to_string())
    }),
    text("truncate_slug_length", |layer, text| {
        slug_length(text).map(|v| layer.truncate_slug_length = Some(v))
    }),
    Key {
        name: "post_write_hooks",
        set: Set::Lists(|layer, lists| hooks(lists).map(|v| layer.post_write_hooks = Some(v))),
    },
];

const fn text(name: &'static str, set: fn(&mut Layer, &str) -> Result<(), String>) -> Key {
    Key { name, set: Set::Text(set) }
}

impl Layer {
    /// These settings, and where they are open those of the layer below.
    pub(crate) fn over(self, below: Self) -> Self {
        Self {
            dirs: self.dirs.or(below.dirs),
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
            schema: self.schema.or(below.schema),
            models: self.models.or(below.models),
            templates: self.templates.or(below.templates),
            template: self.template.or(below.template),
            file_template: self.file_template.or(below.file_template),
            truncate_slug_length: self.truncate_slug_length.or(below.truncate_slug_length),
            post_write_hooks: self.post_write_hooks.or(below.post_write_hooks),
            checks: match (self.checks, below.checks) {
                (Some(own), Some(below)) => Some(project::over(own, &below)),
                (own, below) => own.or(below),
            },
            autogenerate: match (self.autogenerate, below.autogenerate) {
                (Some(own), Some(below)) => Some(own.over(below)),
                (own, below) => own.or(below),
            },
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

fn dialects(texts: &[String]) -> Result<DialectSet, String> {
    let names = texts.iter().flat_map(|text| text.split(',')).map(str::trim);
    names.map(|name| name.parse::<Dialect>().map_err(|error| error.to_string())).collect()
}

fn folders(texts: Vec<String>) -> Result<Vec<PathBuf>, String> {
    if texts.is_empty() {
        return Err("it is empty".to_owned());
    }
    texts.iter().map(|text| text_value(text).map(PathBuf::from)).collect()
}

/// File names have at most 255 bytes, and the id needs its part.
fn slug_length(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(length @ 1..=100) => Ok(length),
        _ => Err("expected a number from 1 to 100".to_owned()),
    }
}

fn hooks(lists: Vec<Vec<String>>) -> Result<Vec<Hook>, String> {
    match lists.iter().all(|list| list.first().is_some_and(|program| !program.trim().is_empty())) {
        true => Ok(lists),
        false => Err("a hook is a program and its arguments, and here the program is missing".to_owned()),
    }
}

fn word<T: Copy>(text: &str, words: &[(&str, T)]) -> Result<T, String> {
    words.iter().find(|(word, _)| *word == text).map(|(_, value)| *value).ok_or_else(|| {
        let words: Vec<_> = words.iter().map(|(word, _)| format!("`{word}`")).collect();
        format!("the values are {}", words.join(", "))
    })
}
