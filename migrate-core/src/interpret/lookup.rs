//! What a name stands for.

use std::sync::Arc;

use super::{Finding, Run};
use crate::ddl::{Extent, Ident, Path};
use crate::dialect::Dialect;
use crate::nearest::nearest;
use crate::schema::{Certainty, Column, ObjectBody, ObjectId, ObjectName, Space, Table};

/// What was found under a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// This.
    Known(ObjectId),
    /// Something of the database's own, or something that may be there: nothing can be said about it.
    Unknown,
    /// Certainly nothing.
    Missing,
}

/// Where MySQL's temporary tables are, which hide those of the database; no database can be called so.
pub(super) const MYSQL_TEMPORARY: &str = "#temp";

/// Schemas that every database has, whose contents are its own business.
const SYSTEM_SCHEMAS: [&str; 6] =
    ["pg_catalog", "information_schema", "pg_toast", "mysql", "performance_schema", "sys"];

impl Run<'_> {
    /// What a name stands for in a space.
    pub(super) fn find(&self, path: &Path, space: Space) -> Found {
        let name: Arc<str> = (&*path.name.text).into();
        if let Some(schema) = &path.schema {
            return self.find_in(&(&*schema.text).into(), &name, space);
        }
        let Some(search_path) = &self.session.search_path else { return Found::Unknown };
        let mut index = Found::Missing;
        let temporary: Option<Arc<str>> = match self.dialect {
            Dialect::Postgres => Some("pg_temp".into()),
            Dialect::Mysql => Some(MYSQL_TEMPORARY.into()),
            Dialect::Sqlite => None,
        };
        for schema in temporary.iter().chain(search_path) {
            match self.find_in(schema, &name, space) {
                Found::Missing => {}
                // That something nobody saw may have made a temporary table does not hide what is there.
                Found::Unknown
                    if Some(schema) == temporary.as_ref() && !self.has_temporary(schema, &name, space) => {}
                // SQLite's indexes are only found where an index is meant; the file may have a table of that name.
                Found::Known(id)
                    if self.dialect == Dialect::Sqlite
                        && matches!(
                            self.schema.get(&id).map(|object| &object.body),
                            Some(ObjectBody::Index { .. })
                        ) =>
                {
                    if index == Found::Missing {
                        index = Found::Known(id);
                    }
                }
                found => return found,
            }
        }
        match index {
            Found::Missing if self.is_system_name(&name, space) => Found::Unknown,
            Found::Missing => self.missing(),
            index => index,
        }
    }

    /// Whether it is one of the session's own.
    pub(super) fn is_mysql_temporary(&self, id: &ObjectId) -> bool {
        &*id.schema == MYSQL_TEMPORARY
    }

    fn has_temporary(&self, schema: &Arc<str>, name: &Arc<str>, space: Space) -> bool {
        let name = ObjectName { schema: Arc::clone(schema), name: Arc::clone(name) };
        self.schema.get(&name.id(space, self.dialect)).is_some()
    }

    fn find_in(&self, schema: &Arc<str>, name: &Arc<str>, space: Space) -> Found {
        if SYSTEM_SCHEMAS.iter().any(|system| schema.eq_ignore_ascii_case(system)) {
            return Found::Unknown;
        }
        let id = ObjectName { schema: Arc::clone(schema), name: Arc::clone(name) }.id(space, self.dialect);
        match self.schema.get(&id) {
            Some(object) if object.certainty == Certainty::Doubtful => Found::Unknown,
            Some(_) => Found::Known(id),
            None if self.is_foreign_schema(schema) => Found::Unknown,
            None => self.missing(),
        }
    }

    /// What is not there, or may be after all.
    fn missing(&self) -> Found {
        if self.schema.may_have_others { Found::Unknown } else { Found::Missing }
    }

    /// Whether the schema is one that this history does not make: another database of the server, an attached file, a schema
    /// that something else made.
    fn is_foreign_schema(&self, schema: &Arc<str>) -> bool {
        match self.dialect {
            Dialect::Postgres => {
                let id = ObjectName::new("", Arc::clone(schema)).id(Space::Namespace, self.dialect);
                !matches!(&**schema, "public" | "pg_temp")
                    && !self.has_schema(schema)
                    && !self.dropped.contains(&id)
            }
            Dialect::Mysql => !schema.is_empty() && &**schema != MYSQL_TEMPORARY && !self.has_schema(schema),
            Dialect::Sqlite => !schema.eq_ignore_ascii_case("main") && !schema.eq_ignore_ascii_case("temp"),
        }
    }

    fn has_schema(&self, schema: &Arc<str>) -> bool {
        let id = ObjectName::new("", Arc::clone(schema)).id(Space::Namespace, self.dialect);
        self.schema.get(&id).is_some()
    }

    /// Whether the database has something of that name by itself.
    fn is_system_name(&self, name: &str, space: Space) -> bool {
        // Tools that run migrations keep their own tables, and some migrations look at them.
        let is_of_a_tool = ["_sqlx_", "alembic_version", "refinery_schema_history", "seaql_migrations", "flyway_"]
                .iter()
                .any(|start| name.starts_with(start))
                // Others begin so, too, such as the tables that SQLite's are made anew under.
                || name.starts_with("__") && ["migrat", "version"].iter().any(|word| name.to_lowercase().contains(word));
        if space == Space::Relation && is_of_a_tool {
            return true;
        }
        match (self.dialect, space) {
            (Dialect::Postgres, Space::Relation) => name.starts_with("pg_"),
            (Dialect::Sqlite, Space::Relation) => {
                let name = name.to_ascii_lowercase();
                name.starts_with("sqlite_")
                    || name.starts_with("pragma_")
                    || name == "dbstat"
                    || self.is_of_virtual_table(&name)
            }
            (Dialect::Mysql, Space::Relation) => name.eq_ignore_ascii_case("dual"),
            _ => false,
        }
    }

    /// The full name of a new object; `None` if nobody knows in which schema it goes.
    pub(super) fn new_name(&self, path: &Path, is_temporary: bool) -> Option<ObjectName> {
        let schema: Arc<str> = match (&path.schema, self.dialect) {
            (Some(schema), _) => (&*schema.text).into(),
            (None, Dialect::Postgres) if is_temporary => "pg_temp".into(),
            (None, Dialect::Mysql) if is_temporary => MYSQL_TEMPORARY.into(),
            (None, Dialect::Sqlite) if is_temporary => "temp".into(),
            (None, Dialect::Postgres) => {
                // Schemas that are not there any more are passed over.
                let is_gone = |schema: &&Arc<str>| {
                    let name = ObjectName::new("", Arc::clone(schema));
                    self.dropped.contains(&name.id(Space::Namespace, self.dialect))
                        && !self.has_schema(schema)
                };
                self.session.search_path.as_ref()?.iter().find(|schema| !is_gone(schema)).cloned()?
            }
            (None, _) => self.session.creation_schema(self.dialect)?,
        };
        Some(ObjectName { schema, name: (&*path.name.text).into() })
    }

    pub(super) fn id(&self, name: &ObjectName, space: Space) -> ObjectId {
        name.id(space, self.dialect)
    }

    /// Whether a name is that of a relation only where case does not count, which is a setting of MySQL's servers.
    pub(super) fn is_spelt_otherwise(&self, id: &ObjectId, name: &str) -> bool {
        let is_other = |name_of: &ObjectName| *name_of.name != *name;
        self.dialect == Dialect::Mysql
            && id.space == Space::Relation
            && self.schema.get(id).is_some_and(|object| is_other(&object.name))
    }

    /// From here on nobody knows whether the object is there.
    pub(super) fn doubt(&mut self, id: &ObjectId) {
        self.schema.change(id, |object| object.certainty = Certainty::Doubtful);
    }

    /// The relation, or a finding that there is none; `None` also where nothing can be said about it.
    pub(super) fn relation(&mut self, path: &Path, what: &str) -> Option<ObjectId> {
        match self.find(path, Space::Relation) {
            Found::Known(id) => {
                self.mention(&id, None, path.name.at);
                Some(id)
            }
            Found::Unknown => {
                self.schema_may_be_there(path);
                None
            }
            Found::Missing => {
                let name = &*path.name.text;
                let candidates = self.schema.objects().iter().filter_map(|(id, object)| {
                    let is_relation = id.space == Space::Relation
                        && matches!(object.body, ObjectBody::Table(_) | ObjectBody::View(_));
                    is_relation.then_some(&*object.name.name)
                });
                let near = nearest(name, candidates).map(|near| format!("the nearest is `{near}`"));
                self.wrong("missing-table", path.at(), format!("there is no {what} `{}`", shown(path)))
                    .helps
                    .extend(near);
                None
            }
        }
    }

    /// Reports a finding.
    pub(super) fn wrong(&mut self, code: &'static str, at: Extent, message: String) -> &mut Finding {
        self.findings.push(Finding::new(code, at, message));
        self.findings.last_mut().expect("one was just pushed")
    }

    /// Whether two names of columns are the same.
    pub(super) fn same_name(&self, one: &str, other: &str) -> bool {
        match self.dialect {
            Dialect::Postgres => one == other,
            Dialect::Mysql | Dialect::Sqlite => one.eq_ignore_ascii_case(other),
        }
    }

    /// The place of a column.
    pub(super) fn column_place(&self, table: &Table, name: &str) -> Option<usize> {
        table.columns.iter().position(|column| self.same_name(&column.name, name))
    }

    /// A column of a table, or a finding that there is none; `None` also where nothing can be said about it.
    pub(super) fn column(&mut self, id: &ObjectId, name: &Ident) -> Option<Column> {
        let object = self.schema.get(id)?;
        let ObjectBody::Table(table) = &object.body else { return None };
        if let Some(place) = self.column_place(table, &name.text) {
            let column = table.columns[place].clone();
            self.mention(id, Some(&column.name), name.at);
            return Some(column);
        }
        if object.certainty != Certainty::Certain
            || self.is_system_column(table, &name.text)
            || super::fts::has_column(table, &id.name, &name.text)
        {
            return None;
        }
        let of = object.name.to_string();
        let near = nearest(&name.text, table.columns.iter().map(|column| &*column.name));
        let help = near.map(|near| format!("the nearest is `{near}`"));
        self.wrong("missing-column", name.at, format!("table `{of}` has no column `{}`", name.text))
            .helps
            .extend(help);
        None
    }

    /// Columns that every table has.
    pub(super) fn is_system_column(&self, table: &Table, name: &str) -> bool {
        match self.dialect {
            Dialect::Postgres => {
                matches!(name, "ctid" | "xmin" | "xmax" | "cmin" | "cmax" | "tableoid")
            }
            Dialect::Sqlite => {
                !table.options.contains_key("without rowid")
                    && ["rowid", "oid", "_rowid_"].iter().any(|rowid| name.eq_ignore_ascii_case(rowid))
            }
            Dialect::Mysql => false,
        }
    }
}

/// A name as it was written.
pub(super) fn shown(path: &Path) -> String {
    match &path.schema {
        Some(schema) => format!("{}.{}", schema.text, path.name.text),
        None => path.name.text.to_string(),
    }
}
