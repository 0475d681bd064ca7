//! How objects are told apart.

use std::fmt;
use std::sync::Arc;

use crate::ddl::Kind;
use crate::dialect::Dialect;

/// The full name of an object, as the catalog has it.
///
/// MySQL's schema is the database, empty for the one that is connected; SQLite's is `main`, `temp` or an attached one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectName {
    /// The schema.
    pub schema: Arc<str>,
    /// The name in it.
    pub name: Arc<str>,
}

impl ObjectName {
    /// A name in a schema.
    pub fn new(schema: impl Into<Arc<str>>, name: impl Into<Arc<str>>) -> Self {
        Self { schema: schema.into(), name: name.into() }
    }

    /// The name of an object of which there is only a kind: policies and rules are told apart by their table, too.
    pub fn other(kind: Kind, schema: impl Into<Arc<str>>, table: Option<&str>, name: &str) -> Self {
        let name = match table.filter(|_| matches!(kind, Kind::Policy | Kind::Rule)) {
            Some(table) => format!("{kind:?} {table} {name}"),
            None => format!("{kind:?} {name}"),
        };
        Self { schema: schema.into(), name: name.into() }
    }

    /// What tells it from others in the same space.
    pub fn id(&self, space: Space, dialect: Dialect) -> ObjectId {
        ObjectId { space, schema: fold(&self.schema, dialect), name: fold(&self.name, dialect) }
    }
}

impl fmt::Display for ObjectName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.schema {
            "" | "public" | "main" => f.write_str(&self.name),
            schema => write!(f, "{schema}.{}", self.name),
        }
    }
}

/// Names in different spaces do not clash.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Space {
    /// Schemas.
    Namespace,
    /// Extensions.
    Extension,
    /// Types that are not tables.
    Type,
    /// Tables, views, sequences and, but for MySQL, indexes.
    Relation,
    /// Functions, procedures, aggregates.
    Routine,
    /// Triggers where they are not their table's own: SQLite, MySQL.
    Trigger,
    /// Everything else; the kind is part of the name.
    Other,
}

/// What tells an object from all others.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectId {
    /// Its space.
    pub space: Space,
    /// Its schema, in the form that is compared.
    pub schema: Arc<str>,
    /// Its name, in the form that is compared.
    pub name: Arc<str>,
}

/// A name in the form in which it is compared: PostgreSQL compares as it is, SQLite without regard to the case of ASCII
/// letters, MySQL by the server's setting, of which the one that tells fewer names apart is taken.
pub(super) fn fold(name: &Arc<str>, dialect: Dialect) -> Arc<str> {
    let is_folded = dialect == Dialect::Postgres || !name.bytes().any(|byte| byte.is_ascii_uppercase());
    if is_folded { Arc::clone(name) } else { name.to_ascii_lowercase().into() }
}
