//! Names that change.
//!
//! Nobody can see in two schemas that something has another name: people say so, or are asked about what looks like it.

use std::fmt;
use std::sync::Arc;

use crate::change::{Change, Operation};
use crate::dialect::Dialect;
use crate::nearest::nearest;
use crate::schema::{Object, ObjectBody, ObjectId, ObjectName, Schema, Space};

/// A table, a column or a value of an enum that gets another name, because somebody says so: nobody can see it in two schemas.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rename {
    /// The table, as it is called before; the enum, where a value is renamed.
    pub table: ObjectName,
    /// The column or the value, where it is one that is renamed.
    pub column: Option<Arc<str>>,
    /// The new name.
    pub to: Arc<str>,
}

impl Rename {
    fn operation(&self, before: &Schema) -> Operation {
        let is_enum = before.get(&self.table.id(Space::Type, before.dialect())).is_some();
        match &self.column {
            Some(value) if is_enum => Operation::RenameValue {
                name: self.table.clone(),
                from: Arc::clone(value),
                to: Arc::clone(&self.to),
            },
            Some(column) => Operation::RenameColumn {
                table: self.table.clone(),
                from: Arc::clone(column),
                to: Arc::clone(&self.to),
            },
            None => Operation::RenameTable { from: self.table.clone(), to: self.new_table() },
        }
    }

    fn new_table(&self) -> ObjectName {
        ObjectName::new(Arc::clone(&self.table.schema), Arc::clone(&self.to))
    }
}

/// As `--rename` takes it: `posts.headline=title`.
impl fmt::Display for Rename {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.column {
            Some(column) => write!(f, "{}.{column}={}", self.table, self.to),
            None => write!(f, "{}={}", self.table, self.to),
        }
    }
}

/// The operations that give new names: columns first, for which tables still have the old ones.
pub(super) fn operations(renames: &[Rename], before: &Schema) -> Vec<Operation> {
    let (columns, tables): (Vec<_>, Vec<_>) = renames.iter().partition(|rename| rename.column.is_some());
    columns.into_iter().chain(tables).map(|rename| rename.operation(before)).collect()
}

/// Whether what a statement makes names things as they are called when it is run, so that it has to be run where they have
/// their old names again: MySQL's and PostgreSQL's views, with what is made on them, and MySQL's triggers.
pub(super) fn is_named_in(operation: &Operation, renamed: &Schema) -> bool {
    let dialect = renamed.dialect();
    let is_view = |name: &ObjectName| {
        let object = renamed.get(&name.id(Space::Relation, dialect));
        matches!(object, Some(Object { body: ObjectBody::View(_), .. }))
    };
    match operation {
        Operation::Object { change, .. } => {
            dialect != Dialect::Sqlite && matches!(change.after, Some(ObjectBody::View(_)))
        }
        Operation::Trigger { table, change } => {
            let is_late = dialect == Dialect::Mysql || dialect == Dialect::Postgres && is_view(table);
            is_late && change.after.is_some()
        }
        Operation::Index { table, change } => {
            dialect == Dialect::Postgres && change.after.is_some() && is_view(table)
        }
        Operation::Comment { body, .. } => {
            dialect == Dialect::Postgres && matches!(body, ObjectBody::View(_))
        }
        _ => false,
    }
}

/// The operation after tables have got the names that they have in this schema.
pub(super) fn follow(operation: Operation, names: &[Operation], schema: &Schema) -> Operation {
    match operation {
        Operation::Trigger { table, change } => {
            let to = names.iter().find_map(|name| match name {
                Operation::RenameTable { from, to } if *from == table => Some(to.clone()),
                _ => None,
            });
            Operation::Trigger { table: to.unwrap_or(table), change }
        }
        Operation::Object { name, change: Change { before, after: Some(ObjectBody::View(mut view)) } } => {
            let object = schema.get(&name.id(Space::Relation, schema.dialect()));
            if let Some(Object { body: ObjectBody::View(own), .. }) = object {
                view.query = own.query.clone();
            }
            Operation::Object { name, change: Change { before, after: Some(ObjectBody::View(view)) } }
        }
        other => other,
    }
}

/// Why something cannot be renamed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BadRename {
    /// It is not `old=new`.
    Form {
        /// As written.
        text: String,
    },
    /// There is nothing of the old name.
    NoOld {
        /// What there is not: "table `psots`".
        what: String,
        /// What there is, and is called nearly so.
        nearest: Option<String>,
    },
    /// The models have nothing of the new name.
    NoNew {
        /// What there is not.
        what: String,
        /// What there is, and is called nearly so.
        nearest: Option<String>,
    },
    /// Something of the new name is there before.
    Taken {
        /// What.
        what: String,
    },
}

impl fmt::Display for BadRename {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Form { text } => write!(f, "`{text}` does not say what is renamed"),
            Self::NoOld { what, .. } => write!(f, "the history has no {what}"),
            Self::NoNew { what, .. } => write!(f, "the models have no {what}"),
            Self::Taken { what } => write!(f, "the history has a {what} already"),
        }
    }
}

impl std::error::Error for BadRename {}

impl BadRename {
    /// What to do.
    pub fn help(&self) -> String {
        let help = match self {
            Self::NoOld { nearest: Some(near), .. } | Self::NoNew { nearest: Some(near), .. } => {
                return format!("the nearest is `{near}`");
            }
            Self::Form { .. } => "write `posts.headline=title` for a column, `posts=articles` for a table",
            Self::NoOld { .. } => "the old name stands first; `migrate schema` lists what there is",
            Self::NoNew { .. } => "the new name stands behind `=`, as the models have it",
            Self::Taken { .. } => "take that one away first, in a revision of its own",
        };
        help.to_owned()
    }
}

/// What `old=new` (or `old:new`) stands for, text by text: `posts=articles`, `posts.headline=title`, with the schema in front
/// where it is not the usual one.
pub fn resolve(texts: &[String], before: &Schema, wanted: &Schema) -> Vec<Result<Rename, BadRename>> {
    let mut tables = Vec::new();
    let mut out: Vec<Option<Result<Rename, BadRename>>> = Vec::new();
    for text in texts {
        let found = Text::read(text).and_then(|text| text.table(before, wanted));
        if let Ok(Some(rename)) = &found {
            tables.push(rename.clone());
        }
        out.push(found.transpose());
    }
    let columns = texts.iter().zip(out);
    columns
        .map(|(text, found)| {
            let other = || {
                let text = Text::read(text)?;
                match text.value(before, wanted) {
                    Some(rename) => Ok(rename),
                    None => text.column(before, wanted, &tables),
                }
            };
            found.unwrap_or_else(other)
        })
        .collect()
}

/// The names in `posts.headline=title`.
struct Text<'t> {
    text: &'t str,
    old: Vec<&'t str>,
    new: Vec<&'t str>,
}

impl<'t> Text<'t> {
    fn read(text: &'t str) -> Result<Self, BadRename> {
        let parts = text.split_once('=').or_else(|| text.split_once(':'));
        let names = |part: &'t str| part.trim().split('.').map(str::trim).collect::<Vec<_>>();
        let bad = || BadRename::Form { text: text.to_owned() };
        let (old, new) = parts.map(|(old, new)| (names(old), names(new))).ok_or_else(bad)?;
        let is_fine = |names: &[&str]| names.len() <= 3 && names.iter().all(|name| !name.is_empty());
        match is_fine(&old) && is_fine(&new) && new.len() <= old.len() {
            true => Ok(Self { text, old, new }),
            false => Err(bad()),
        }
    }

    fn to(&self) -> &'t str {
        self.new.last().copied().unwrap_or_default()
    }

    /// The rename of a table; `None` if it may be that of a column.
    fn table(&self, before: &Schema, wanted: &Schema) -> Result<Option<Rename>, BadRename> {
        let found = match self.old[..] {
            [name] => table_of(before, None, name),
            [schema, name] => table_of(before, Some(schema), name),
            _ => None,
        };
        let Some((id, table)) = found else {
            let [name] = self.old[..] else { return Ok(None) };
            let nearest = nearest(name, names(before).iter().map(String::as_str)).map(str::to_owned);
            return Err(BadRename::NoOld { what: format!("table `{name}`"), nearest });
        };
        if self.new.len() == 2 && *self.new[0] != *table.schema {
            return Err(BadRename::Form { text: self.text.to_owned() });
        }
        let rename = Rename { table, column: None, to: self.to().into() };
        let what = |name: &ObjectName| format!("table `{name}`");
        let new = rename.new_table();
        let new_id = new.id(Space::Relation, before.dialect());
        if new_id != id && before.get(&new_id).is_some() {
            return Err(BadRename::Taken { what: what(&new) });
        }
        if wanted.table(&new_id).is_none() {
            let nearest =
                nearest(&new.to_string(), names(wanted).iter().map(String::as_str)).map(str::to_owned);
            return Err(BadRename::NoNew { what: what(&new), nearest });
        }
        Ok(Some(rename))
    }

    /// The rename of a value: one that an enum has before and not after, which has the new one then.
    fn value(&self, before: &Schema, wanted: &Schema) -> Option<Rename> {
        let (name, value) = match self.old[..] {
            [name, value] => (ObjectName::new("public", name), value),
            [schema, name, value] => (ObjectName::new(schema, name), value),
            _ => return None,
        };
        let has = |schema: &Schema, value: &str| match schema.get(&name.id(Space::Type, schema.dialect())) {
            Some(Object { body: ObjectBody::Enum(labels), .. }) => {
                labels.iter().any(|label| **label == *value)
            }
            _ => false,
        };
        let goes = has(before, value) && !has(wanted, value);
        let comes = has(wanted, self.to()) && !has(before, self.to());
        let (column, to) = (Some(value.into()), self.to().into());
        (goes && comes).then_some(Rename { table: name, column, to })
    }

    /// The rename of a column; the table may have a new name by one of `tables`, and be called by it.
    fn column(&self, before: &Schema, wanted: &Schema, tables: &[Rename]) -> Result<Rename, BadRename> {
        let (schema, table, column) = match self.old[..] {
            [table, column] => (None, table, column),
            [schema, table, column] => (Some(schema), table, column),
            _ => return Err(BadRename::Form { text: self.text.to_owned() }),
        };
        let by_new = tables.iter().find(|rename| {
            rename.to.eq_ignore_ascii_case(table)
                && schema.is_none_or(|schema| *rename.table.schema == *schema)
        });
        let found = table_of(before, schema, table).or_else(|| {
            let name = &by_new?.table;
            Some((name.id(Space::Relation, before.dialect()), name.clone()))
        });
        let Some((id, name)) = found else {
            let nearest = nearest(table, names(before).iter().map(String::as_str)).map(str::to_owned);
            return Err(BadRename::NoOld { what: format!("table `{table}`"), nearest });
        };
        if self.new.len() > 1 && !self.new[self.new.len() - 2].eq_ignore_ascii_case(table) {
            return Err(BadRename::Form { text: self.text.to_owned() });
        }
        let columns = |schema: &Schema, id: &ObjectId| -> Vec<Arc<str>> {
            schema
                .table(id)
                .map(|table| table.columns.iter().map(|own| Arc::clone(&own.name)).collect())
                .unwrap_or_default()
        };
        let after = tables.iter().find(|rename| rename.table == name).map_or(name.clone(), Rename::new_table);
        let (old, new) =
            (columns(before, &id), columns(wanted, &after.id(Space::Relation, wanted.dialect())));
        let find = |all: &[Arc<str>], own: &str| {
            let exact = all.iter().find(|name| ***name == *own);
            exact.or_else(|| all.iter().find(|name| name.eq_ignore_ascii_case(own))).cloned()
        };
        let near =
            |all: &[Arc<str>], own: &str| nearest(own, all.iter().map(|name| &**name)).map(str::to_owned);
        let what = |table: &ObjectName, own: &str| format!("column `{table}.{own}`");
        let Some(own) = find(&old, column) else {
            return Err(BadRename::NoOld { what: what(&name, column), nearest: near(&old, column) });
        };
        let to = self.to();
        let Some(new_name) = find(&new, to) else {
            return Err(BadRename::NoNew { what: what(&after, to), nearest: near(&new, to) });
        };
        if new_name != own && old.contains(&new_name) {
            return Err(BadRename::Taken { what: what(&name, to) });
        }
        Ok(Rename { table: name, column: Some(own), to: new_name })
    }
}

/// The table of this name, in any schema if none is named and it is in one alone.
fn table_of(schema: &Schema, own: Option<&str>, name: &str) -> Option<(ObjectId, ObjectName)> {
    let usual = match schema.dialect() {
        crate::dialect::Dialect::Postgres => "public",
        crate::dialect::Dialect::Mysql => "",
        crate::dialect::Dialect::Sqlite => "main",
    };
    let id = ObjectName::new(own.unwrap_or(usual), name).id(Space::Relation, schema.dialect());
    schema.table(&id)?;
    schema.get(&id).map(|object| (id, object.name.clone()))
}

/// The names of all tables.
fn names(schema: &Schema) -> Vec<String> {
    let objects = schema.objects().iter();
    let tables = objects.filter(|(_, object)| matches!(object.body, ObjectBody::Table(_)));
    let mut names: Vec<String> = tables.map(|(_, object)| object.name.to_string()).collect();
    names.sort();
    names
}
