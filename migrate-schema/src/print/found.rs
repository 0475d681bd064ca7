//! What is printed, as diesel's command finds it in a database.

use std::sync::Arc;

use migrate_core::dialect::Dialect;
use migrate_core::schema::{self, Certainty, Object, ObjectBody, ObjectId, Schema, Space, TableKind};

use super::columns::{ColumnType, Problem, data_type};
use super::names::{Name, rust_name};
use super::{Options, Refused, RefusedKind};
use crate::diesel_toml::{ColumnSorting, Docs, PrintSchema};

/// A table that is printed.
pub(super) struct Table<'s> {
    pub(super) name: Name,
    pub(super) comment: Option<&'s str>,
    /// The primary key as Rust has it.
    pub(super) primary_key: Vec<String>,
    pub(super) columns: Vec<Column<'s>>,
}

/// A column that is printed.
pub(super) struct Column<'s> {
    pub(super) sql: &'s str,
    pub(super) rust: String,
    pub(super) data_type: ColumnType,
    pub(super) comment: Option<&'s str>,
}

/// One table of the schema that diesel's command would list.
#[derive(Clone, Copy)]
pub(super) struct Listed<'s> {
    pub(super) id: &'s ObjectId,
    pub(super) object: &'s Object,
    pub(super) table: &'s schema::Table,
}

/// A table on its way.
pub(super) struct Owner<'o> {
    pub(super) id: &'o ObjectId,
    pub(super) name: &'o Name,
    pub(super) table: &'o schema::Table,
}

/// A schema that is printed.
pub(super) struct Finder<'s> {
    pub(super) schema: &'s Schema,
    pub(super) settings: &'s PrintSchema,
    pub(super) options: &'s Options,
    pub(super) refused: Vec<Refused>,
}

impl<'s> Finder<'s> {
    pub(super) fn dialect(&self) -> Dialect {
        self.schema.dialect()
    }

    /// The schema that is printed, as the replayed one calls it.
    pub(super) fn namespace(&self) -> &'s str {
        match (self.dialect(), self.settings.schema.as_deref()) {
            (Dialect::Postgres, named) => named.unwrap_or("public"),
            (Dialect::Mysql, named) => named.unwrap_or_default(),
            (Dialect::Sqlite, _) => "main",
        }
    }

    /// The name of a table of that schema.
    pub(super) fn name(&self, sql: &str) -> Name {
        let usual = match self.dialect() {
            Dialect::Postgres => "public",
            Dialect::Mysql | Dialect::Sqlite => "",
        };
        Name::new(sql, self.settings.schema.as_deref().filter(|schema| *schema != usual))
    }

    /// The tables of that schema, by name, whatever the filter says.
    pub(super) fn listed(&self) -> Vec<Listed<'s>> {
        let dialect = self.dialect();
        let is_of_tool = |name: &str| {
            name.starts_with("__")
                || dialect == Dialect::Sqlite
                    && name.get(..6).is_some_and(|start| start.eq_ignore_ascii_case("sqlite"))
        };
        let mut all: Vec<Listed<'s>> = self
            .schema
            .objects_in(Space::Relation)
            .filter(|(_, object)| *object.name.schema == *self.namespace() && !is_of_tool(&object.name.name))
            .filter_map(|(id, object)| match &object.body {
                ObjectBody::Table(table) => Some(Listed { id, object, table }),
                _ => None,
            })
            .filter(|listed| matches!(listed.table.kind, TableKind::Plain | TableKind::Virtual(_)))
            .collect();
        all.sort_by(|one, other| one.object.name.name.cmp(&other.object.name.name));
        all
    }

    pub(super) fn refuse(&mut self, id: Option<&ObjectId>, kind: RefusedKind) {
        self.refused.push(Refused { object: id.cloned(), kind });
    }

    /// The tables that are printed, in their order.
    pub(super) fn tables(&mut self, listed: &[Listed<'s>]) -> Vec<Table<'s>> {
        // A word of a statement that is not understood may be the name of a table.
        let is_word = |object: &Object| {
            let name = &object.name;
            object.is_mere_word()
                && *name.schema == *self.namespace()
                && self.settings.filter.admits(&name.name)
        };
        let mut relations = self.schema.objects_in(Space::Relation);
        if self.schema.may_have_others || relations.any(|(_, object)| is_word(object)) {
            self.refuse(None, RefusedKind::Others);
        }
        let printed = listed.iter().filter(|listed| self.settings.filter.admits(&listed.object.name.name));
        let printed: Vec<_> = printed.copied().collect();
        printed.into_iter().filter_map(|listed| self.table(listed)).collect()
    }

    fn table(&mut self, Listed { id, object, table }: Listed<'s>) -> Option<Table<'s>> {
        let name = self.name(&object.name.name);
        if let TableKind::Virtual(module) = &table.kind {
            self.refuse(Some(id), RefusedKind::Virtual { table: name.full(), module: module.to_string() });
            return None;
        }
        if object.certainty != Certainty::Certain {
            self.refuse(Some(id), RefusedKind::Uncertain(name.full()));
        }
        let whole = whole(self.schema, table);
        let Some(key) = primary_key(table, self.dialect()).or_else(|| primary_key(whole?, self.dialect()))
        else {
            self.refuse(Some(id), RefusedKind::NoPrimaryKey(name.full()));
            return None;
        };
        let owner = Owner { id, name: &name, table };
        let mut columns: Vec<Column<'s>> =
            table.columns.iter().filter_map(|column| self.column(&owner, column)).collect();
        if let Key::Hidden(hidden) = key {
            columns.insert(0, self.hidden(id, hidden));
        }
        if self.settings.column_sorting == ColumnSorting::Name {
            columns.sort_by_key(|column| column.sql);
        }
        let key = match key {
            Key::Columns(columns) => columns,
            Key::Hidden(hidden) => vec![hidden],
        };
        let comment = match self.settings.with_docs {
            Docs::No => None,
            _ => object.comment.as_deref().filter(|_| self.dialect() != Dialect::Sqlite),
        };
        let primary_key = key.iter().map(|column| rust_name(column, Some(&name.rust))).collect();
        Some(Table { name, comment, primary_key, columns })
    }

    fn column(&mut self, owner: &Owner<'_>, column: &'s schema::Column) -> Option<Column<'s>> {
        let data_type = match data_type(self, owner, column) {
            Ok(data_type) => data_type,
            Err(problem) => {
                let (table, column) = (owner.name.full(), column.name.to_string());
                let kind = match problem {
                    Problem::Unknown => RefusedKind::UnknownType { table, column },
                    Problem::None(name) => RefusedKind::NoDieselType { table, column, name },
                };
                self.refuse(Some(owner.id), kind);
                return None;
            }
        };
        Some(Column {
            sql: &column.name,
            rust: rust_name(&column.name, Some(&owner.name.rust)),
            data_type,
            comment: column.comment.as_deref(),
        })
    }

    /// SQLite's number of a row, which is the key where no other is.
    fn hidden(&self, id: &ObjectId, name: &'s str) -> Column<'s> {
        let is_big =
            self.settings.sqlite_integer_primary_key_is_bigint && super::sqlite::has_row_id(self.schema, id);
        let data_type = ColumnType::new(if is_big { "BigInt" } else { "Integer" });
        Column { sql: name, rust: name.to_owned(), data_type, comment: None }
    }
}

/// The divided table of which this one is a part, and whose keys it gets.
pub(super) fn whole<'s>(schema: &'s Schema, table: &schema::Table) -> Option<&'s schema::Table> {
    let whole = table.inherits.first().filter(|_| table.is_part())?;
    schema.table(&whole.id(Space::Relation, schema.dialect()))
}

/// What diesel takes for the primary key.
#[derive(Clone)]
pub(super) enum Key<'s> {
    Columns(Vec<&'s str>),
    /// A column that the table has without saying so.
    Hidden(&'s str),
}

/// The primary key of a table, if it has one.
pub(super) fn primary_key(table: &schema::Table, dialect: Dialect) -> Option<Key<'_>> {
    let key = table.primary_key().unwrap_or_default();
    if dialect != Dialect::Sqlite {
        return (!key.is_empty()).then(|| Key::Columns(key.iter().map(|column| &**column).collect()));
    }
    // In the order of the table.
    let is_key = |column: &&Arc<str>| key.iter().any(|name| name.eq_ignore_ascii_case(column));
    let columns: Vec<&str> =
        table.columns.iter().map(|column| &column.name).filter(is_key).map(|name| &**name).collect();
    if !columns.is_empty() {
        return Some(Key::Columns(columns));
    }
    let is_free = |alias: &&&str| !table.columns.iter().any(|column| *column.name == ***alias);
    ["rowid", "oid", "_rowid_"].iter().find(is_free).map(|alias| Key::Hidden(alias))
}
