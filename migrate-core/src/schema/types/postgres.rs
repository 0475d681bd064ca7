//! PostgreSQL's names of types, as `format_type` prints them.

use std::sync::Arc;

use super::{BaseType, ObjectName, Type};
use crate::ddl::{Extent, Ident, Path, TypeName};

/// What the catalog calls it; the name in SQL that has no type of that name behind it comes first.
const ALIASES: [(&str, &str); 27] = [
    ("int", "integer"),
    ("int4", "integer"),
    ("int2", "smallint"),
    ("int8", "bigint"),
    ("serial", "integer"),
    ("serial4", "integer"),
    ("smallserial", "smallint"),
    ("serial2", "smallint"),
    ("bigserial", "bigint"),
    ("serial8", "bigint"),
    ("float4", "real"),
    ("float8", "double precision"),
    ("decimal", "numeric"),
    ("dec", "numeric"),
    ("bool", "boolean"),
    ("varchar", "character varying"),
    ("char varying", "character varying"),
    ("nchar varying", "character varying"),
    ("national character varying", "character varying"),
    ("national char varying", "character varying"),
    ("char", "character"),
    ("nchar", "character"),
    ("national character", "character"),
    ("national char", "character"),
    ("varbit", "bit varying"),
    ("timestamptz", "timestamp with time zone"),
    ("timetz", "time with time zone"),
];

/// The types that every database has, under the names that the catalog shows. Sorted, to be searched.
const BUILT_IN: [&str; 92] = [
    "aclitem",
    "any",
    "anyarray",
    "anycompatible",
    "anycompatiblearray",
    "anycompatiblemultirange",
    "anycompatiblenonarray",
    "anycompatiblerange",
    "anyelement",
    "anyenum",
    "anymultirange",
    "anynonarray",
    "anyrange",
    "bigint",
    "bit",
    "bit varying",
    "boolean",
    "box",
    "bpchar",
    "bytea",
    "character",
    "character varying",
    "cid",
    "cidr",
    "circle",
    "cstring",
    "date",
    "datemultirange",
    "daterange",
    "double precision",
    "event_trigger",
    "fdw_handler",
    "gtsvector",
    "index_am_handler",
    "inet",
    "int2vector",
    "int4multirange",
    "int4range",
    "int8multirange",
    "int8range",
    "integer",
    "internal",
    "interval",
    "json",
    "jsonb",
    "jsonpath",
    "language_handler",
    "line",
    "lseg",
    "macaddr",
    "macaddr8",
    "money",
    "name",
    "numeric",
    "nummultirange",
    "numrange",
    "oid",
    "oidvector",
    "path",
    "pg_lsn",
    "pg_snapshot",
    "point",
    "polygon",
    "real",
    "record",
    "refcursor",
    "regclass",
    "regcollation",
    "regconfig",
    "regdictionary",
    "regnamespace",
    "regoper",
    "regoperator",
    "regproc",
    "regprocedure",
    "regrole",
    "regtype",
    "smallint",
    "text",
    "tid",
    "time with time zone",
    "time without time zone",
    "timestamp with time zone",
    "timestamp without time zone",
    "trigger",
    "tsquery",
    "tsvector",
    "txid_snapshot",
    "uuid",
    "void",
    "xid",
    "xml",
];

/// Further ones that do not stand in that order.
const ALSO_BUILT_IN: [&str; 6] =
    ["xid8", "tsrange", "tstzrange", "tsmultirange", "tstzmultirange", "table_am_handler"];

pub(super) fn names() -> impl Iterator<Item = &'static str> {
    ALIASES.iter().map(|(alias, _)| *alias).chain(BUILT_IN).chain(ALSO_BUILT_IN)
}

/// The schema that comes before all others.
const CATALOG: &str = "pg_catalog";

pub(super) fn is_serial(name: &TypeName) -> bool {
    const SERIAL: [&str; 6] = ["serial", "serial2", "serial4", "serial8", "smallserial", "bigserial"];
    name.schema.is_none() && name.dimensions == 0 && SERIAL.contains(&&*name.name)
}

/// Types as `pg_type` has them, whose arrays are called so with `_` before it.
const IN_ARRAYS: [&str; 17] = [
    "bool",
    "bpchar",
    "bytea",
    "date",
    "float4",
    "float8",
    "int2",
    "int4",
    "int8",
    "json",
    "jsonb",
    "numeric",
    "text",
    "timestamp",
    "timestamptz",
    "uuid",
    "varchar",
];

pub(super) fn canonical(name: &TypeName, made: impl FnOnce(&Path) -> Option<ObjectName>) -> Type {
    let mut is_array = name.dimensions > 0;
    let mut arguments: Vec<Arc<str>> = name.arguments.iter().map(|text| (&**text).into()).collect();
    let in_catalog = name.schema.as_ref().is_none_or(|schema| &*schema.text == CATALOG);
    // Arrays have names of their own.
    let element = name.name.strip_prefix('_').filter(|element| in_catalog && IN_ARRAYS.contains(element));
    is_array |= element.is_some();
    let written = element.unwrap_or(&name.name);
    let built_in = in_catalog.then(|| built_in(written, &mut arguments)).flatten();
    let base = match built_in {
        Some(known) => BaseType::BuiltIn(known.into()),
        None => {
            let ident = Ident::new(&*name.name, Extent::default());
            match made(&Path { schema: name.schema.clone(), name: ident }) {
                Some(made) => BaseType::Made(made),
                None => BaseType::Unknown((&*name.name).into()),
            }
        }
    };
    Type { base, arguments, is_array }
}

/// The catalog's name; puts in the arguments that the database adds by itself.
fn built_in(written: &str, arguments: &mut Vec<Arc<str>>) -> Option<&'static str> {
    let name = match written {
        "float" => {
            let bits = arguments.pop().and_then(|bits| bits.parse::<u32>().ok());
            return Some(if bits.is_some_and(|bits| bits <= 24) { "real" } else { "double precision" });
        }
        "timestamp" => "timestamp without time zone",
        "time" => "time without time zone",
        "\"char\"" => return Some("\"char\""),
        _ => ALIASES.iter().find(|(alias, _)| *alias == written).map_or(written, |(_, name)| name),
    };
    let known = match BUILT_IN.binary_search(&name) {
        Ok(place) => BUILT_IN[place],
        Err(_) => ALSO_BUILT_IN.into_iter().find(|known| *known == name)?,
    };
    match (known, arguments.len()) {
        ("character" | "bit", 0) => arguments.push("1".into()),
        ("numeric", 1) => arguments.push("0".into()),
        _ => {}
    }
    Some(known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_can_be_searched() {
        assert!(BUILT_IN.is_sorted());
    }
}
