//! The declarations of the code beside the schema that the migrations make.
//!
//! What `table!` cannot say (defaults, indexes, checks) is not compared, nor is the order of columns. What is not certain
//! about the schema is not compared either: an object that unknown code may have changed, a type that nobody knows.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

use migrate_core::dialect::{Dialect, DialectSet};
use migrate_core::schema::{
    self, Certainty, ConstraintBody, Object, ObjectBody, ObjectId, ObjectName, Schema, Space, TableKind, Type,
};
use migrate_core::source::FileId;

use crate::diesel_toml::PrintSchema;
use crate::models::{Column, ModelType, Models, Table};
use crate::patch::Touched;
use crate::types::{self, Verdict};
use crate::undeclared::{Undeclared, undeclared};

/// A file with declarations, and what is known about it.
#[derive(Clone, Debug)]
pub struct ModelFile {
    /// Its text.
    pub source: FileId,
    /// What it declares.
    pub models: Models,
    /// What `diesel.toml` says about it.
    pub settings: Option<PrintSchema>,
    /// What a patch has changed in it.
    pub touched: Touched,
    /// Its statements, where it is not Rust but SQL.
    pub sql: Option<SqlFile>,
}

/// A file of SQL that makes the schema that is wanted.
#[derive(Clone, Debug)]
pub struct SqlFile {
    /// Its text.
    pub text: Arc<str>,
    /// The databases it is for.
    pub dialects: DialectSet,
}

/// Something in which the code and the migrations do not agree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mismatch {
    /// The file, by its place in the list.
    pub file: usize,
    /// Where in its text; the file as a whole if empty.
    pub at: Range<usize>,
    /// The table that it is about, as the migrations or the code call it.
    pub table: String,
    /// What it is.
    pub kind: MismatchKind,
    /// The object in the schema, and the column of it.
    pub object: (ObjectId, Option<Arc<str>>),
}

/// What does not agree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MismatchKind {
    /// No migration makes the table.
    NoTable,
    /// The code does not declare the table.
    UndeclaredTable,
    /// The table has no such column.
    NoColumn(String),
    /// The code does not declare the column.
    UndeclaredColumn(String),
    /// The types differ.
    Type {
        /// The column.
        column: String,
        /// What the code says.
        model: String,
        /// What the migrations say.
        database: String,
        /// What the code would say, if that is known.
        expected: Option<String>,
    },
    /// One says that NULL may be there, the other that it may not.
    Nullability {
        /// The column.
        column: String,
        /// The type in the code, without `Nullable`.
        model: String,
        /// Whether it is the code that says so.
        model_is_nullable: bool,
    },
    /// The primary keys differ.
    PrimaryKey {
        /// The columns in the code.
        model: Vec<String>,
        /// The columns in the database, if it has one.
        database: Option<Vec<String>>,
    },
    /// The lengths differ.
    Length {
        /// The column.
        column: String,
        /// As the code has it.
        model: u64,
        /// As the migrations have it, if they say so.
        database: Option<u64>,
    },
    /// No foreign key leads from the column to the table.
    NoForeignKey {
        /// The column.
        column: String,
        /// The table that it is said to lead to.
        parent: String,
    },
}

impl MismatchKind {
    /// Whether code that trusts the declaration fails at run time.
    pub fn is_error(&self) -> bool {
        matches!(self, Self::Type { .. } | Self::Nullability { .. })
    }
}

/// Tables that migration tools keep for themselves.
const OF_TOOLS: [&str; 9] = [
    "alembic_version",
    "_sqlx_migrations",
    "refinery_schema_history",
    "seaql_migrations",
    "flyway_schema_history",
    "schema_migrations",
    "ar_internal_metadata",
    "sqlite_sequence",
    "spatial_ref_sys",
];

/// Compares the declarations for the schema's database with the schema; the order is that of the files.
pub fn compare(files: &[ModelFile], schema: &Schema) -> Vec<Mismatch> {
    let mut comparison = Comparison { schema, found: vec![], file: 0, seen: BTreeSet::new() };
    let dialect = schema.dialect();
    let mut is_declared = false;
    for (place, file) in files.iter().enumerate() {
        comparison.file = place;
        let tables: Vec<&Table> =
            file.models.tables.iter().filter(|table| table.dialects.contains(dialect)).collect();
        is_declared |= !tables.is_empty();
        for table in &tables {
            comparison.table(file, table);
        }
        comparison.joinables(file, &tables);
    }
    if is_declared {
        comparison.undeclared(files);
    }
    let mut found = comparison.found;
    found.sort_by_key(|mismatch| (mismatch.file, mismatch.at.start));
    found
}

struct Comparison<'a> {
    schema: &'a Schema,
    found: Vec<Mismatch>,
    /// The file at hand.
    file: usize,
    /// The objects that are declared.
    seen: BTreeSet<ObjectId>,
}

impl<'a> Comparison<'a> {
    fn dialect(&self) -> Dialect {
        self.schema.dialect()
    }

    fn find(
        &mut self,
        at: &Range<usize>,
        table: &str,
        object: (ObjectId, Option<Arc<str>>),
        kind: MismatchKind,
    ) {
        let (file, at, table) = (self.file, at.clone(), table.to_owned());
        self.found.push(Mismatch { file, at, table, kind, object });
    }

    fn id(&self, file: &ModelFile, table: &Table) -> ObjectId {
        id_of(self.schema, file, table)
    }

    fn table(&mut self, file: &ModelFile, table: &Table) {
        let id = self.id(file, table);
        self.seen.insert(id.clone());
        if table.is_ignored {
            return;
        }
        let object = match self.schema.get(&id) {
            Some(object) => object,
            None => {
                // MySQL's and SQLite's other schemas are other databases.
                let is_elsewhere = table.schema.is_some() && self.dialect() != Dialect::Postgres;
                let is_open = self.schema.may_have_others || is_elsewhere;
                if !is_open
                    && !file.touched.has_table(Some(table.name_at.start), &table.name)
                    && !is_of_tool(&table.name)
                {
                    self.find(&table.name_at, &table.name, (id, None), MismatchKind::NoTable);
                }
                return;
            }
        };
        if object.certainty != Certainty::Certain {
            return;
        }
        match &object.body {
            ObjectBody::Table(made) => self.columns(file, table, made, &id),
            ObjectBody::View(schema::View { columns: Some(columns), .. }) => {
                self.view_columns(file, table, columns, &id);
            }
            _ => {}
        }
    }

    fn columns(&mut self, file: &ModelFile, table: &Table, made: &'a schema::Table, id: &ObjectId) {
        let key = made.primary_key().unwrap_or_default();
        for column in self.declared(table) {
            let Some(found) = made.columns.iter().find(|found| self.same(&found.name, &column.name)) else {
                self.no_column(file, table, column, id);
                continue;
            };
            if column.is_ignored
                || file.touched.has_column(&table.at, Some(column.name_at.start), &column.name)
            {
                continue;
            }
            let object = (id.clone(), Some(Arc::clone(&found.name)));
            self.data_type(file, table, column, &found.data_type, &object);
            let is_key = key.contains(&found.name);
            if self.dialect() == Dialect::Sqlite && is_key || may_refuse_null(self.dialect(), made, found) {
                continue;
            }
            let (model_is_nullable, inner) = column.data_type.nullable();
            if model_is_nullable == refuses_null(self.schema, found) {
                let kind = MismatchKind::Nullability {
                    column: column.name.clone(),
                    model: inner.to_string(),
                    model_is_nullable,
                };
                self.find(&column.type_at, &table.name, object, kind);
            }
        }
        // One that is not understood may be any of those that seem to be missing.
        let all_read = !file.models.unread.iter().any(|unread| table.at.contains(&unread.at.start));
        for found in made.columns.iter().filter(|_| all_read) {
            let is_declared = table.columns.iter().any(|column| self.same(&found.name, &column.name));
            if !is_declared && !file.touched.has_column(&table.at, None, &found.name) {
                let kind = MismatchKind::UndeclaredColumn(found.name.to_string());
                self.find(&table.name_at, &table.name, (id.clone(), Some(Arc::clone(&found.name))), kind);
            }
        }
        self.primary_key(file, table, made, id);
    }

    fn view_columns(
        &mut self,
        file: &ModelFile,
        table: &Table,
        columns: &[(Arc<str>, Option<Type>)],
        id: &ObjectId,
    ) {
        for column in self.declared(table) {
            let Some((name, data_type)) = columns.iter().find(|(name, _)| self.same(name, &column.name))
            else {
                self.no_column(file, table, column, id);
                continue;
            };
            let is_touched = file.touched.has_column(&table.at, Some(column.name_at.start), &column.name);
            if let (Some(data_type), false) = (data_type, column.is_ignored || is_touched) {
                self.data_type(file, table, column, data_type, &(id.clone(), Some(Arc::clone(name))));
            }
        }
    }

    /// The columns that are declared for this database.
    fn declared<'t>(&self, table: &'t Table) -> impl Iterator<Item = &'t Column> + use<'t> {
        let dialect = self.dialect();
        table.columns.iter().filter(move |column| column.dialects.contains(dialect))
    }

    fn no_column(&mut self, file: &ModelFile, table: &Table, column: &Column, id: &ObjectId) {
        let at = column.name_at.start;
        if column.is_ignored
            || is_hidden(self.dialect(), &column.name)
            || file.touched.has_column(&table.at, Some(at), &column.name)
        {
            return;
        }
        let kind = MismatchKind::NoColumn(column.name.clone());
        self.find(&column.name_at, &table.name, (id.clone(), Some(column.name.as_str().into())), kind);
    }

    fn same(&self, name: &str, declared: &str) -> bool {
        match self.dialect() {
            Dialect::Postgres => name == declared,
            Dialect::Mysql | Dialect::Sqlite => name.eq_ignore_ascii_case(declared),
        }
    }

    fn data_type(
        &mut self,
        file: &ModelFile,
        table: &Table,
        column: &Column,
        found: &Type,
        object: &(ObjectId, Option<Arc<str>>),
    ) {
        let inner: &ModelType = column.data_type.nullable().1;
        match types::compare(inner, &file.models, found, self.schema) {
            Verdict::Differs(expected) => {
                let kind = MismatchKind::Type {
                    column: column.name.clone(),
                    model: inner.to_string(),
                    database: found.to_string(),
                    expected,
                };
                self.find(&column.type_at, &table.name, object.clone(), kind);
            }
            Verdict::Same | Verdict::Open => {
                let database = types::length(found);
                if let Some(model) = column.max_length.filter(|length| database != Some(*length))
                    && !found.is_unknown()
                    && !found.is_array
                    && types::has_lengths(found)
                {
                    let kind = MismatchKind::Length { column: column.name.clone(), model, database };
                    self.find(&column.name_at, &table.name, object.clone(), kind);
                }
            }
        }
    }

    fn primary_key(&mut self, file: &ModelFile, table: &Table, made: &schema::Table, id: &ObjectId) {
        if table.is_view || file.touched.has_table(Some(table.name_at.start), &table.name) {
            return;
        }
        if matches!(made.kind, TableKind::Virtual(_) | TableKind::Foreign) {
            return;
        }
        let model: Vec<String> = table
            .primary_key
            .iter()
            .map(|rust| {
                let column = table.columns.iter().find(|column| column.rust_name == *rust);
                column.map_or_else(|| rust.clone(), |column| column.name.clone())
            })
            .collect();
        let database = made.primary_key();
        let agrees = database.is_some_and(|columns| {
            columns.len() == model.len()
                && columns.iter().all(|name| model.iter().any(|column| self.same(name, column)))
        });
        if !agrees {
            let database = database.map(|columns| columns.iter().map(ToString::to_string).collect());
            let kind = MismatchKind::PrimaryKey { model, database };
            self.find(&table.primary_key_at, &table.name, (id.clone(), None), kind);
        }
    }

    fn joinables(&mut self, file: &ModelFile, tables: &[&Table]) {
        let by_name: BTreeMap<&str, &Table> =
            tables.iter().map(|table| (table.rust_name.as_str(), *table)).collect();
        let dialect = self.dialect();
        for joinable in file.models.joinables.iter().filter(|joinable| joinable.dialects.contains(dialect)) {
            let (Some(child), Some(parent)) =
                (by_name.get(joinable.child.as_str()), by_name.get(joinable.parent.as_str()))
            else {
                continue;
            };
            if child.is_ignored || parent.is_ignored || file.touched.has_added(joinable.at.start) {
                continue;
            }
            let (child_id, parent_id) = (self.id(file, child), self.id(file, parent));
            let is_certain = |id: &ObjectId| {
                self.schema.get(id).is_some_and(|object| {
                    object.certainty == Certainty::Certain && matches!(object.body, ObjectBody::Table(_))
                })
            };
            if !is_certain(&child_id) || !is_certain(&parent_id) {
                continue;
            }
            let Some(made) = self.schema.table(&child_id) else { continue };
            let column = child.columns.iter().find(|column| column.rust_name == joinable.column);
            let column = column.map_or(joinable.column.as_str(), |column| column.name.as_str());
            let is_supported = made.constraints.iter().any(|constraint| match &constraint.body {
                ConstraintBody::ForeignKey(key) => {
                    key.table.id(Space::Relation, dialect) == parent_id
                        && key.columns.iter().any(|name| self.same(name, column))
                }
                _ => false,
            });
            let Some(found) = made.columns.iter().find(|found| self.same(&found.name, column)) else {
                continue;
            };
            if !is_supported {
                let object = (child_id, Some(Arc::clone(&found.name)));
                let kind =
                    MismatchKind::NoForeignKey { column: column.to_owned(), parent: parent.name.clone() };
                self.find(&joinable.at, &child.name, object, kind);
            }
        }
    }

    /// The tables that no file declares, and that `diesel print-schema` would.
    fn undeclared(&mut self, files: &[ModelFile]) {
        for Undeclared { id, object, file } in undeclared(files, self.schema, |id| self.seen.contains(id)) {
            self.file = file;
            let name = object.name.name.to_string();
            self.find(&(0..0), &name, (id.clone(), None), MismatchKind::UndeclaredTable);
        }
    }
}

/// Columns that tables have without saying so.
pub(crate) fn is_hidden(dialect: Dialect, column: &str) -> bool {
    match dialect {
        Dialect::Sqlite => ["rowid", "oid", "_rowid_"].contains(&&*column.to_ascii_lowercase()),
        Dialect::Postgres => ["ctid", "xmin", "xmax", "cmin", "cmax", "tableoid"].contains(&column),
        Dialect::Mysql => false,
    }
}

/// Whether NULL cannot be there: the column says so, or the domain that is its type.
pub(crate) fn refuses_null(schema: &Schema, column: &schema::Column) -> bool {
    let schema::BaseType::Made(made) = &column.data_type.base else { return column.not_null };
    let domain = schema.get(&made.id(Space::Type, schema.dialect()));
    let by_domain =
        matches!(domain, Some(Object { body: ObjectBody::Domain(domain), .. }) if domain.not_null);
    column.not_null || by_domain && !column.data_type.is_array
}

/// Whether it depends on the server if NULL can be there.
pub(crate) fn may_refuse_null(dialect: Dialect, table: &schema::Table, column: &schema::Column) -> bool {
    let is_timestamp =
        matches!(&column.data_type.base, schema::BaseType::BuiltIn(name) if **name == *"timestamp");
    match dialect {
        // Without `explicit_defaults_for_timestamp` it cannot, unless it says that it can.
        Dialect::Mysql => is_timestamp && !column.not_null,
        // A virtual table takes what its module takes.
        Dialect::Sqlite => matches!(table.kind, TableKind::Virtual(_)),
        Dialect::Postgres => false,
    }
}

/// The object that a declaration is about.
pub(crate) fn id_of(schema: &Schema, file: &ModelFile, table: &Table) -> ObjectId {
    let dialect = schema.dialect();
    let configured = || file.settings.as_ref().and_then(|settings| settings.schema.as_deref());
    let named = table.schema.as_deref().or_else(configured);
    let id =
        ObjectName::new(named.unwrap_or(default_schema(dialect)), &*table.name).id(Space::Relation, dialect);
    if table.schema.is_some() || schema.get(&id).is_some() {
        return id;
    }
    // The search path may lead elsewhere, if there is one place only.
    let mut others = schema
        .objects()
        .iter()
        .map(|(other, _)| other)
        .filter(|other| other.space == id.space && other.name == id.name);
    match (others.next(), others.next()) {
        (Some(other), None) => other.clone(),
        _ => id,
    }
}

pub(crate) fn default_schema(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Postgres => "public",
        Dialect::Mysql => "",
        Dialect::Sqlite => "main",
    }
}

pub(crate) fn is_of_tool(table: &str) -> bool {
    // diesel leaves out what begins so: its own table, and ours.
    table.starts_with("__") || OF_TOOLS.contains(&table)
}
