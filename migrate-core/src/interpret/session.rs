//! What a session remembers between statements.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::ddl::{PREPARED, Setting};
use crate::dialect::Dialect;

/// The settings of a session that change what statements mean.
#[derive(Clone, Debug)]
pub struct Session {
    /// PostgreSQL's `search_path`, without the catalog; MySQL's database; `None` once nobody knows.
    pub(super) search_path: Option<Vec<Arc<str>>>,
    default_path: Vec<Arc<str>>,
    /// MySQL's `foreign_key_checks`, SQLite's `foreign_keys`: whether what is referred to must be there. Applications set
    /// them before they migrate, so that nobody knows until the SQL says it.
    pub(super) checks_foreign_keys: Option<bool>,
    /// SQLite's `legacy_alter_table`: whether a rename leaves alone what refers to the table.
    pub(super) legacy_rename: Option<bool>,
    /// Whether a transaction is open.
    pub(super) is_in_transaction: bool,
    /// MySQL's variables and prepared statements: the texts one of which each is, where that is known.
    texts: BTreeMap<Box<str>, Option<Vec<Box<str>>>>,
}

impl Session {
    pub(super) fn new(dialect: Dialect) -> Self {
        let default_path: Vec<Arc<str>> = match dialect {
            Dialect::Postgres => vec!["public".into()],
            Dialect::Mysql => vec!["".into()],
            Dialect::Sqlite => vec!["temp".into(), "main".into()],
        };
        Self {
            search_path: Some(default_path.clone()),
            default_path,
            checks_foreign_keys: None,
            legacy_rename: Some(false),
            is_in_transaction: false,
            texts: BTreeMap::new(),
        }
    }

    /// Takes a setting in.
    pub(super) fn set(&mut self, setting: &Setting) {
        match setting {
            Setting::ResetAll => self.search_path = Some(self.default_path.clone()),
            Setting::Use(database) => self.search_path = Some(vec![Arc::from(&*database.text)]),
            Setting::Set { name, values, .. } => match &**name {
                "search_path" => {
                    self.search_path = Some(match values {
                        None => self.default_path.clone(),
                        // Whose schema `$user` is, nobody knows; migrations do not rely on it.
                        Some(values) => values
                            .iter()
                            .filter(|value| &***value != "$user" && !value.is_empty())
                            .map(|value| Arc::from(&**value))
                            .collect(),
                    });
                }
                // SQLite does not heed it inside of a transaction.
                "foreign_keys" if self.is_in_transaction => {}
                "foreign_key_checks" | "foreign_keys" => self.checks_foreign_keys = truth(values),
                "legacy_alter_table" => self.legacy_rename = truth(values),
                name if name.starts_with('@') => drop(self.texts.insert(name.into(), values.clone())),
                name if name.starts_with(PREPARED) => {
                    let texts = match values.as_deref() {
                        Some([text]) if text.starts_with('@') => self.texts_of(text),
                        texts => texts.map(<[_]>::to_vec),
                    };
                    self.texts.insert(name.into(), texts);
                }
                _ => {}
            },
        }
    }

    /// The texts one of which a variable or a prepared statement is.
    pub(super) fn texts_of(&self, name: &str) -> Option<Vec<Box<str>>> {
        self.texts.get(name)?.clone()
    }

    /// Another statement may have given variables other values.
    pub(super) fn forget_variables(&mut self) {
        self.texts.retain(|name, _| !name.starts_with('@'));
    }

    /// The schema in which a new object without one goes; `None` if nobody knows.
    pub(super) fn creation_schema(&self, dialect: Dialect) -> Option<Arc<str>> {
        match dialect {
            Dialect::Sqlite => Some("main".into()),
            _ => self.search_path.as_ref()?.first().cloned(),
        }
    }
}

/// What a value means as a truth; `None` for one that cannot be told.
fn truth(values: &Option<Vec<Box<str>>>) -> Option<bool> {
    let [value] = values.as_deref()? else { return None };
    match value.to_ascii_lowercase().as_str() {
        "1" | "on" | "true" | "yes" => Some(true),
        "0" | "off" | "false" | "no" => Some(false),
        _ => None,
    }
}
