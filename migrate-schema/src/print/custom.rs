//! The types that a file declares because diesel does not have them.

use heck::ToUpperCamelCase;
use migrate_core::dialect::Dialect;

use super::found::Table;
use super::{mysql, postgres};
use crate::diesel_toml::PrintSchema;

/// The types that diesel has for all databases.
const TYPES: [&str; 32] = [
    "Bool",
    "Integer",
    "SmallInt",
    "BigInt",
    "Binary",
    "Text",
    "Double",
    "Float",
    "Numeric",
    "Timestamp",
    "Date",
    "Time",
    "Float4",
    "Smallint",
    "Int2",
    "Int4",
    "Int8",
    "Bigint",
    "Float8",
    "Decimal",
    "VarChar",
    "Varchar",
    "Char",
    "Tinytext",
    "Mediumtext",
    "Longtext",
    "Tinyblob",
    "Blob",
    "Mediumblob",
    "Longblob",
    "Varbinary",
    "Bit",
];

/// What a type that is declared is called in Rust; of each table, for each of its columns.
pub(super) type Customs = Vec<Vec<Option<String>>>;

/// The types that are declared.
pub(super) fn customs(settings: &PrintSchema, dialect: Dialect, tables: &[Table<'_>]) -> Customs {
    let own: &[&str] = match dialect {
        Dialect::Postgres => &postgres::TYPES,
        Dialect::Mysql => &mysql::TYPES,
        Dialect::Sqlite => &[],
    };
    let is_declared = settings.generate_missing_sql_type_definitions.unwrap_or(true);
    let custom = |table: &Table<'_>, column: &super::found::Column<'_>| {
        let name = column.data_type.rust.as_str();
        let is_known = TYPES.contains(&name) || own.contains(&name);
        let is_excepted =
            || settings.except_custom_type_definitions.iter().any(|pattern| pattern.is_match(name));
        if !is_declared || is_known || is_excepted() {
            return None;
        }
        Some(match dialect {
            // MySQL's belong to their columns.
            Dialect::Mysql => format!("{} {} {name}", table.name.rust, column.rust).to_upper_camel_case(),
            _ => name.to_owned(),
        })
    };
    let of = |table: &Table<'_>| table.columns.iter().map(|column| custom(table, column)).collect();
    tables.iter().map(of).collect()
}
