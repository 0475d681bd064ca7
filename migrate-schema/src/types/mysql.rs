//! The types of MySQL and MariaDB.

use migrate_core::schema::{BaseType, Type};

use super::{Verdict, common};
use crate::models::ModelType;

pub(super) fn compare(model: &ModelType, column: &Type) -> Verdict {
    let BaseType::BuiltIn(name) = &column.base else { return Verdict::Open };
    let (name, is_unsigned) = match name.strip_suffix(" unsigned") {
        Some(name) => (name, true),
        None => (&**name, false),
    };
    let (inner, says_unsigned) = match model.inside("Unsigned") {
        Some(inner) => (inner, true),
        None => (model, false),
    };
    let says = match inner.name() {
        "Bit" => "bytea",
        name => match common(name) {
            Some(class) => class,
            None => return Verdict::Open,
        },
    };
    let Some((class, diesel)) = class(name, column) else { return Verdict::Open };
    let is_number = matches!(class, "tinyint" | "int2" | "int4" | "int8");
    let same = match (says, class) {
        // A number of one byte, whichever way it is read.
        ("bool", "tinyint" | "bool") | ("tinyint", "bool") => return Verdict::Same,
        // MariaDB's JSON is a text.
        ("json", "text") | ("text", "json") => true,
        _ => says == class,
    };
    if same && (!is_number || says_unsigned == is_unsigned) {
        return Verdict::Same;
    }
    Verdict::Differs(Some(match is_number && is_unsigned {
        true => format!("Unsigned<{diesel}>"),
        false => diesel.to_owned(),
    }))
}

/// The class of a type, and what diesel calls it.
fn class(name: &str, column: &Type) -> Option<(&'static str, &'static str)> {
    Some(match name {
        "tinyint" if column.arguments.first().is_some_and(|width| **width == *"1") => ("bool", "Bool"),
        "tinyint" => ("tinyint", "TinyInt"),
        "smallint" => ("int2", "SmallInt"),
        "mediumint" | "int" => ("int4", "Integer"),
        "bigint" => ("int8", "BigInt"),
        "float" => ("float4", "Float"),
        "double" => ("float8", "Double"),
        "decimal" => ("numeric", "Decimal"),
        "char" => ("text", "Char"),
        "varchar" => ("text", "Varchar"),
        "tinytext" | "text" | "mediumtext" | "longtext" => ("text", "Text"),
        // diesel reads and writes labels as text.
        "enum" | "set" => ("text", "Text"),
        "json" => ("json", "Json"),
        "binary" | "varbinary" => ("bytea", "Binary"),
        "tinyblob" | "blob" | "mediumblob" | "longblob" => ("bytea", "Blob"),
        "bit" => ("bytea", "Bit"),
        "date" => ("date", "Date"),
        "time" => ("time", "Time"),
        "datetime" => ("timestamp", "Datetime"),
        "timestamp" => ("timestamp", "Timestamp"),
        _ => return None,
    })
}
