//! Types as they are written.

use super::name;
use crate::dialect::Dialect;
use crate::schema::{BaseType, Type};

/// What PostgreSQL's catalog spells out, as people write it.
const SHORT: [(&str, &str); 7] = [
    ("character varying", "VARCHAR"),
    ("character", "CHAR"),
    ("timestamp without time zone", "TIMESTAMP"),
    ("timestamp with time zone", "TIMESTAMPTZ"),
    ("time without time zone", "TIME"),
    ("time with time zone", "TIMETZ"),
    ("bit varying", "VARBIT"),
];

/// A type as it is written in a definition; empty where a column of SQLite has none.
pub fn data_type(data_type: &Type, dialect: Dialect) -> String {
    let arguments = match data_type.arguments.join(if dialect == Dialect::Mysql { "," } else { ", " }) {
        none if none.is_empty() => none,
        arguments => format!("({arguments})"),
    };
    let array = if data_type.is_array { "[]" } else { "" };
    match &data_type.base {
        BaseType::Made(made) => format!("{}{arguments}{array}", name::path(made, dialect)),
        BaseType::Unknown(word) => format!("{word}{arguments}{array}"),
        // A text in quotes is kept as it is.
        BaseType::BuiltIn(word) if word.contains(['"', '\'', '`', '[']) => word.to_string(),
        BaseType::BuiltIn(word) if dialect == Dialect::Postgres => {
            let short = SHORT.iter().find(|(long, _)| **long == **word).map(|(_, short)| (*short).to_owned());
            format!("{}{arguments}{array}", short.unwrap_or_else(|| word.to_uppercase()))
        }
        // Their labels.
        BaseType::BuiltIn(word) if matches!(&**word, "enum" | "set") => {
            let labels: Vec<String> =
                data_type.arguments.iter().map(|label| dialect.quote_literal(label)).collect();
            format!("{}({})", word.to_uppercase(), labels.join(", "))
        }
        BaseType::BuiltIn(word) => match word.split_once(" unsigned") {
            Some((word, _)) => format!("{}{arguments} UNSIGNED", word.to_uppercase()),
            None => format!("{}{arguments}", word.to_uppercase()),
        },
    }
}

/// The type that counts by itself and has this one's values.
pub(super) fn serial(data_type: &Type) -> Option<&'static str> {
    match &data_type.base {
        BaseType::BuiltIn(name) if !data_type.is_array => match &**name {
            "smallint" => Some("SMALLSERIAL"),
            "integer" => Some("SERIAL"),
            "bigint" => Some("BIGSERIAL"),
            _ => None,
        },
        _ => None,
    }
}
