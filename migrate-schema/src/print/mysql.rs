//! The types of MySQL and MariaDB: what `COLUMN_TYPE` says of them.

use heck::ToUpperCamelCase;
use migrate_core::schema::{BaseType, Column};

use super::Server;
use super::columns::{ColumnType, Problem};

/// The types that diesel has, besides those that it has for all databases.
pub(super) const TYPES: [&str; 4] = ["TinyInt", "Tinyint", "Datetime", "Json"];

pub(super) fn data_type(column: &Column, server: Option<Server>) -> Result<ColumnType, Problem> {
    let BaseType::BuiltIn(full) = &column.data_type.base else { return Err(Problem::Unknown) };
    let (name, is_unsigned) = match full.strip_suffix(" unsigned") {
        Some(name) => (name, true),
        None => (&**full, false),
    };
    let arguments = &column.data_type.arguments;
    let name = match name {
        "tinyint" if !is_unsigned && arguments.first().is_some_and(|width| **width == *"1") => "bool",
        "json" if server == Some(Server::Mariadb) => "longtext",
        _ if name.starts_with("int") => "integer",
        name => name,
    };
    if name.contains(' ') {
        return Err(Problem::None(full.to_string()));
    }
    let length = |label: &str| label.trim_matches('\'').replace("''", "'").chars().count() as u64;
    let max_length = match name {
        "char" | "varchar" | "binary" | "varbinary" => {
            arguments.first().and_then(|length| length.parse().ok())
        }
        "enum" => arguments.iter().map(|label| length(label)).max(),
        // All of them, with commas between.
        "set" => Some(arguments.iter().map(|label| length(label) + 1).sum::<u64>().saturating_sub(1)),
        _ => None,
    };
    Ok(ColumnType {
        schema: None,
        sql: name.to_owned(),
        rust: name.to_upper_camel_case(),
        is_array: false,
        is_nullable: !column.not_null,
        is_unsigned,
        max_length,
    })
}
