//! PostgreSQL's types: what `information_schema.columns` says of them.

use std::sync::Arc;

use heck::ToUpperCamelCase;
use migrate_core::dialect::Dialect;
use migrate_core::interpret::schema_of_extension_type;
use migrate_core::schema::{
    BaseType, Certainty, Column, Domain, Object, ObjectBody, ObjectName, Schema, Space, Type,
};

use super::columns::{ColumnType, Problem};
use super::found::Finder;
use crate::types::short;

/// The types that diesel has.
pub(super) const TYPES: [&str; 34] = [
    "Cidr",
    "Citext",
    "Inet",
    "Jsonb",
    "MacAddr",
    "MacAddr8",
    "Money",
    "Oid",
    "Range",
    "Timestamptz",
    "Uuid",
    "Json",
    "PgLsn",
    "Record",
    "Interval",
    "Int4range",
    "Int8range",
    "Daterange",
    "Numrange",
    "Tsrange",
    "Tstzrange",
    "Int4multirange",
    "Int8multirange",
    "Datemultirange",
    "Nummultirange",
    "Tsmultirange",
    "Tstzmultirange",
    "SmallSerial",
    "BigSerial",
    "Serial",
    "Bytea",
    "Bpchar",
    "Macaddr",
    "Macaddr8",
];

/// A type's name as `pg_type` has it, and its schema.
struct Named {
    name: String,
    schema: String,
}

pub(super) fn data_type(finder: &Finder<'_>, column: &Column) -> Result<ColumnType, Problem> {
    let domain = domain(finder, &column.data_type)?;
    // What is under a domain counts, down to the next one only.
    let seen = domain.map_or(&column.data_type, |(_, domain)| &domain.data_type);
    let is_own = |name: &ObjectName| {
        finder.settings.pg_domains_as_custom_types.iter().any(|pattern| pattern.is_match(&name.name))
    };
    let named = match domain.filter(|(name, _)| is_own(name)) {
        Some((name, _)) => Named { name: name.name.to_string(), schema: name.schema.to_string() },
        None => named(finder.schema, seen).ok_or(Problem::Unknown)?,
    };
    let (is_array, name) = match named.name.strip_prefix('_') {
        Some(element) => (true, element),
        None => (false, named.name.as_str()),
    };
    Ok(ColumnType {
        schema: Some(named.schema).filter(|schema| schema != "public"),
        rust: name.to_upper_camel_case(),
        sql: name.to_owned(),
        is_array,
        is_nullable: !column.not_null && !domain.is_some_and(|(_, domain)| domain.not_null),
        is_unsigned: false,
        max_length: max_length(seen),
    })
}

/// The domain that is a column's type.
fn domain<'s>(
    finder: &Finder<'s>,
    data_type: &Type,
) -> Result<Option<(&'s ObjectName, &'s Domain)>, Problem> {
    let BaseType::Made(name) = &data_type.base else { return Ok(None) };
    if data_type.is_array {
        return Ok(None);
    }
    match finder.schema.get(&name.id(Space::Type, Dialect::Postgres)) {
        Some(Object { body: ObjectBody::Domain(domain), certainty: Certainty::Certain, name, .. }) => {
            Ok(Some((name, domain)))
        }
        Some(Object { body: ObjectBody::Domain(_), .. }) => Err(Problem::Unknown),
        _ => Ok(None),
    }
}

fn named(schema: &Schema, data_type: &Type) -> Option<Named> {
    let (name, schema) = match &data_type.base {
        BaseType::BuiltIn(name) => (short(name).trim_matches('"'), "pg_catalog".into()),
        BaseType::Made(name) => (&*name.name, Arc::clone(&name.schema)),
        BaseType::Unknown(name) if name.is_empty() => return None,
        BaseType::Unknown(name) if name.starts_with("interval ") => ("interval", "pg_catalog".into()),
        BaseType::Unknown(name) => (&**name, schema_of_extension_type(schema, name)?),
    };
    let array = if data_type.is_array { "_" } else { "" };
    Some(Named { name: format!("{array}{name}"), schema: schema.to_string() })
}

fn max_length(data_type: &Type) -> Option<u64> {
    let BaseType::BuiltIn(name) = &data_type.base else { return None };
    let has_length = matches!(short(name), "varchar" | "bpchar" | "bit" | "varbit") && !data_type.is_array;
    data_type.arguments.first().filter(|_| has_length)?.parse().ok()
}
