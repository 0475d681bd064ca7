//! PostgreSQL's types: diesel gives each the name that `pg_type` has for it.

use migrate_core::dialect::Dialect;
use migrate_core::schema::{BaseType, Certainty, ObjectBody, ObjectName, Schema, Space, Type};

use super::{Verdict, common, plain};
use crate::models::{ModelType, Models, PostgresType};

pub(super) fn compare(model: &ModelType, models: &Models, column: &Type, schema: &Schema) -> Verdict {
    match (model.inside("Array"), column.is_array) {
        (Some(inner), true) => {
            let element = Type { is_array: false, ..column.clone() };
            match compare(inner.nullable().1, models, &element, schema) {
                Verdict::Differs(expected) => Verdict::Differs(expected.map(|name| format!("Array<{name}>"))),
                verdict => verdict,
            }
        }
        (Some(_), false) => match column.base {
            // An alias, or a domain over an array.
            BaseType::Unknown(_) | BaseType::Made(_) => Verdict::Open,
            BaseType::BuiltIn(_) => Verdict::Differs(diesel_name(column)),
        },
        (None, true) => match class(model, models) {
            Class::Elsewhere => Verdict::Open,
            _ => Verdict::Differs(diesel_name(column)),
        },
        (None, false) => element(model, models, column, schema, 0),
    }
}

/// What a diesel type stands for.
enum Class<'m> {
    /// One of PostgreSQL's own types.
    Known(String),
    /// The type that the file declares.
    Declared(&'m PostgresType),
    /// A type that is declared elsewhere, and whose name is all that is known.
    Elsewhere,
}

fn class<'m>(model: &ModelType, models: &'m Models) -> Class<'m> {
    let name = model.name();
    if let Some(custom) = models.types.iter().find(|custom| custom.rust_name == name) {
        return match &custom.postgres {
            Some(postgres) => Class::Declared(postgres),
            None => Class::Elsewhere,
        };
    }
    if let Some(class) = common(name).filter(|class| *class != "tinyint") {
        return Class::Known(class.to_owned());
    }
    let known = match name {
        "Range" | "Multirange" => range(model),
        "CChar" => Some("\"char\"".to_owned()),
        _ => own(name),
    };
    known.map_or(Class::Elsewhere, Class::Known)
}

/// What the database calls a diesel type that is its alone.
pub(crate) fn own(name: &str) -> Option<String> {
    Some(match name {
        "Cash" => "money".to_owned(),
        "PgLsn" => "pg_lsn".to_owned(),
        "Timestamptz" | "Interval" | "Uuid" | "Jsonb" | "Money" | "Oid" | "Inet" | "Cidr" | "Citext"
        | "MacAddr" | "Macaddr" | "MacAddr8" | "Macaddr8" | "Int4range" | "Int8range" | "Numrange"
        | "Daterange" | "Tsrange" | "Tstzrange" | "Int4multirange" | "Int8multirange" | "Nummultirange"
        | "Datemultirange" | "Tsmultirange" | "Tstzmultirange" => name.to_lowercase(),
        _ => return None,
    })
}

/// What the database calls `Range<T>` and `Multirange<T>`.
pub(crate) fn range(model: &ModelType) -> Option<String> {
    let [bound] = &model.arguments[..] else { return None };
    let bound = match common(bound.name()).unwrap_or(bound.name()) {
        "int4" => "int4",
        "int8" => "int8",
        "numeric" => "num",
        "date" => "date",
        "timestamp" => "ts",
        "Timestamptz" => "tstz",
        _ => return None,
    };
    Some(format!("{bound}{}", model.name().to_lowercase()))
}

fn element(model: &ModelType, models: &Models, column: &Type, schema: &Schema, depth: usize) -> Verdict {
    let class = class(model, models);
    match &column.base {
        BaseType::BuiltIn(name) => {
            let short = short(name);
            let same = match &class {
                // The front end does not tell `"char"` from `char`.
                Class::Known(known) if known == "\"char\"" && short == "bpchar" => return Verdict::Open,
                Class::Known(known) => *known == one(short),
                Class::Declared(postgres) => postgres.name.eq_ignore_ascii_case(short),
                Class::Elsewhere if plain(model.name()) == plain(short) => true,
                Class::Elsewhere => return Verdict::Open,
            };
            if same { Verdict::Same } else { Verdict::Differs(diesel_name(column)) }
        }
        BaseType::Made(made) => made_type(model, models, &class, made, schema, depth),
        BaseType::Unknown(_) => Verdict::Open,
    }
}

fn made_type(
    model: &ModelType,
    models: &Models,
    class: &Class<'_>,
    made: &ObjectName,
    schema: &Schema,
    depth: usize,
) -> Verdict {
    let has_name = match class {
        Class::Known(_) => false,
        Class::Declared(postgres) => {
            let same_schema = postgres.schema.as_deref().is_none_or(|name| name == &*made.schema);
            same_schema && plain(&postgres.name) == plain(&made.name)
        }
        Class::Elsewhere => plain(model.name()) == plain(&made.name),
    };
    if has_name {
        return Verdict::Same;
    }
    let object = schema.get(&made.id(Space::Type, Dialect::Postgres));
    let Some(object) = object.filter(|object| object.certainty == Certainty::Certain) else {
        return Verdict::Open;
    };
    match (&object.body, class) {
        // diesel sees what is under it.
        (ObjectBody::Domain(domain), _) if depth < 8 => {
            if domain.data_type.is_array || model.inside("Array").is_some() {
                return Verdict::Open;
            }
            element(model, models, &domain.data_type, schema, depth + 1)
        }
        (_, Class::Elsewhere) | (ObjectBody::Domain(_), _) => Verdict::Open,
        _ => Verdict::Differs(Some(camel_case(&made.name))),
    }
}

/// What `pg_type` calls a type that `format_type` shows.
pub(crate) fn short(name: &str) -> &str {
    match name {
        "smallint" => "int2",
        "integer" => "int4",
        "bigint" => "int8",
        "real" => "float4",
        "double precision" => "float8",
        "boolean" => "bool",
        "character varying" => "varchar",
        "character" => "bpchar",
        "timestamp without time zone" => "timestamp",
        "timestamp with time zone" => "timestamptz",
        "time without time zone" => "time",
        "time with time zone" => "timetz",
        "bit varying" => "varbit",
        other => other,
    }
}

/// The texts of any length are one type to diesel.
fn one(short: &str) -> &str {
    match short {
        "varchar" | "bpchar" => "text",
        other => other,
    }
}

/// What `diesel print-schema` writes for it.
fn diesel_name(column: &Type) -> Option<String> {
    let name = match &column.base {
        BaseType::BuiltIn(name) => match short(name) {
            "\"char\"" => "CChar".to_owned(),
            "pg_lsn" => "PgLsn".to_owned(),
            "macaddr" => "MacAddr".to_owned(),
            short => camel_case(short),
        },
        BaseType::Made(made) => camel_case(&made.name),
        BaseType::Unknown(_) => return None,
    };
    Some(if column.is_array { format!("Array<Nullable<{name}>>") } else { name })
}

fn camel_case(name: &str) -> String {
    let mut out = String::new();
    for word in name.split(['_', ' ']) {
        let mut chars = word.chars();
        out.extend(chars.next().into_iter().flat_map(char::to_uppercase));
        out.push_str(chars.as_str());
    }
    out
}
