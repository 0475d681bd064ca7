//! `schema.rs` as `diesel print-schema` writes it, from a schema that was replayed.
//!
//! `found` and `columns` take from the schema what diesel's command finds in a database, `joins` and `custom` draw its conclusions,
//! `layout` writes it down, `history` prints what a history makes, and `config` alone reads files. Peculiarities of diesel's command are kept: what is printed is what it would print.

mod columns;
mod config;
mod custom;
mod found;
mod history;
mod joins;
mod layout;
mod mysql;
mod names;
mod postgres;
mod sqlite;

use migrate_core::dialect::Dialect;
use migrate_core::schema::{ObjectId, Schema};

use crate::diesel_toml::PrintSchema;
pub use config::{Print, PrintConfig, find_diesel_toml, load_print_config};
use found::Finder;
pub use history::{PrintedHistory, apply_patch_file, print_history};
use layout::Content;

/// What is said besides `diesel.toml`.
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct Options {
    /// Which of the servers that speak MySQL is meant, where they differ.
    pub server: Option<Server>,
}

impl Options {
    /// As for one of the servers that speak MySQL.
    pub fn server(server: Option<Server>) -> Self {
        Self { server }
    }
}

/// A server that speaks MySQL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Server {
    /// MySQL.
    Mysql,
    /// MariaDB.
    Mariadb,
}

/// What was printed.
#[derive(Clone, Debug)]
pub struct Printed {
    /// The text, before the patch is applied. What is refused is not in it, or may be wrong in it.
    pub text: String,
    /// Why it may not be what diesel's command would print.
    pub refused: Vec<Refused>,
}

/// A reason not to print.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// The object that it is about.
    pub object: Option<ObjectId>,
    /// The reason.
    pub kind: RefusedKind,
}

/// Why something is not printed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RefusedKind {
    /// There may be tables that nobody knows of.
    Others,
    /// Not all is known of the table.
    Uncertain(String),
    /// The type of a column is not known.
    UnknownType {
        /// Its table.
        table: String,
        /// The column.
        column: String,
    },
    /// diesel has no type for the column, and its command fails there.
    NoDieselType {
        /// Its table.
        table: String,
        /// The column.
        column: String,
        /// Its type.
        name: String,
    },
    /// diesel takes no table without a primary key, and its command fails there.
    NoPrimaryKey(String),
    /// The columns of a virtual table are its module's business, and so are the tables that it makes.
    Virtual {
        /// The table.
        table: String,
        /// Its module.
        module: String,
    },
    /// SQLite has no schemas, and diesel's command fails there.
    SqliteSchema(String),
}

impl RefusedKind {
    /// Whether it is only that something is not known.
    pub fn is_uncertain(&self) -> bool {
        matches!(self, Self::Others | Self::Uncertain(_) | Self::UnknownType { .. })
    }
}

/// Prints a schema as diesel's command prints that of a database.
pub fn print(schema: &Schema, settings: &PrintSchema, options: &Options) -> Printed {
    let mut finder = Finder { schema, settings, options, refused: vec![] };
    if let (Dialect::Sqlite, Some(named)) = (schema.dialect(), &settings.schema) {
        finder.refuse(None, RefusedKind::SqliteSchema(named.clone()));
    }
    let listed = finder.listed();
    let tables = finder.tables(&listed);
    let joins = joins::joins(&finder, &listed, &tables);
    let text = layout::text(&Content {
        dialect: schema.dialect(),
        settings,
        tables: &tables,
        customs: custom::customs(settings, schema.dialect(), &tables),
        joins: &joins,
        together: joins::together(settings.allow_tables_to_appear_in_same_query_config, &tables, &joins),
    });
    Printed { text, refused: finder.refused }
}
