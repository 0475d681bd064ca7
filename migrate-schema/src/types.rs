//! Whether a diesel SQL type stands for the type that a column has.
//!
//! Types are made comparable by giving each a class, in which spellings that diesel takes for the same are one. What has
//! no class, on either side, is not compared.

mod mysql;
mod postgres;
mod sqlite;

use migrate_core::dialect::Dialect;
use migrate_core::schema::{BaseType, Schema, Type};

use crate::models::{ModelType, Models};

pub(crate) use postgres::{own, range, short};

/// What a comparison of types comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Same,
    /// Nobody can say.
    Open,
    /// This diesel type stands for it instead.
    Differs(Option<String>),
}

/// Compares a diesel type, without `Nullable`, with a column's.
pub(crate) fn compare(model: &ModelType, models: &Models, column: &Type, schema: &Schema) -> Verdict {
    match schema.dialect() {
        Dialect::Postgres => postgres::compare(model, models, column, schema),
        Dialect::Mysql => mysql::compare(model, column),
        Dialect::Sqlite => sqlite::compare(model, column),
    }
}

/// Whether it is one of the types that diesel brings, for whichever database, or that the file declares.
pub(crate) fn is_known(model: &ModelType, models: &Models) -> bool {
    let name = model.name();
    match (name, &model.arguments[..]) {
        ("Array" | "Nullable" | "Unsigned", [inner]) => is_known(inner, models),
        ("Range" | "Multirange", [bound]) => is_known(bound, models),
        ("CChar" | "Bit" | "TimestamptzSqlite" | "TimestamptzRange", []) => true,
        _ => {
            common(name).is_some()
                || own(name).is_some()
                || models.types.iter().any(|custom| custom.rust_name == name)
        }
    }
}

/// Whether a type of the database has the name of a diesel type.
pub(crate) fn is_named(model: &ModelType, column: &Type) -> bool {
    let own = match &column.base {
        BaseType::BuiltIn(name) => short(name),
        BaseType::Made(name) => &name.name,
        BaseType::Unknown(name) => name,
    };
    plain(model.name()) == plain(own)
}

/// How long texts of a column may be, in characters, where its type says so.
pub(crate) fn length(column: &Type) -> Option<u64> {
    let BaseType::BuiltIn(name) = &column.base else { return None };
    let is_text = ["character varying", "character", "bpchar", "varchar", "char", "varbinary", "binary"]
        .contains(&&**name);
    match (&column.arguments[..], is_text) {
        ([length], true) => length.parse().ok(),
        // SQLite keeps the declaration as it is.
        ([], _) => {
            let (name, rest) = name.split_once('(')?;
            let is_text = ["varchar", "char", "character varying", "nvarchar"].contains(&name.trim());
            rest.strip_suffix(')').filter(|_| is_text)?.trim().parse().ok()
        }
        _ => None,
    }
}

/// Whether its types may have lengths: a text without one is as long as it likes.
pub(crate) fn has_lengths(column: &Type) -> bool {
    matches!(&column.base, BaseType::BuiltIn(name) if name.contains("char") || name.contains("text") || name.contains("binary"))
}

/// A name without what differs between the ways of writing it: `Access_key_kind` is `AccessKeyKind`.
pub(crate) fn plain(name: &str) -> String {
    name.chars().filter(|c| *c != '_').flat_map(char::to_lowercase).collect()
}

/// The class of diesel's own types that all databases have, under PostgreSQL's short names where it has one.
pub(crate) fn common(name: &str) -> Option<&'static str> {
    Some(match name {
        "Bool" => "bool",
        "TinyInt" | "Tinyint" => "tinyint",
        "SmallInt" | "Smallint" | "Int2" | "SmallSerial" => "int2",
        "Integer" | "Int4" | "Serial" => "int4",
        "BigInt" | "Bigint" | "Int8" | "BigSerial" => "int8",
        "Float" | "Float4" => "float4",
        "Double" | "Float8" => "float8",
        "Numeric" | "Decimal" => "numeric",
        "Text" | "VarChar" | "Varchar" | "Char" | "Tinytext" | "Mediumtext" | "Longtext" | "Bpchar"
        | "BpChar" => "text",
        "Binary" | "Bytea" | "Blob" | "Tinyblob" | "Mediumblob" | "Longblob" | "Varbinary" => "bytea",
        "Date" => "date",
        "Time" => "time",
        "Timestamp" | "Datetime" => "timestamp",
        "Json" => "json",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_those_of_texts() {
        let built_in = |name: &str, arguments: &[&str]| Type {
            arguments: arguments.iter().map(|text| (*text).into()).collect(),
            ..Type::built_in(name)
        };
        assert_eq!(length(&built_in("character varying", &["20"])), Some(20));
        assert_eq!(length(&built_in("varchar(20)", &[])), Some(20));
        assert_eq!(length(&built_in("numeric", &["20"])), None);
        assert_eq!(length(&built_in("text", &[])), None);
    }
}
