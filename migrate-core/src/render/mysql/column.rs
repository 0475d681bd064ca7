//! Columns, always with all that is said of them: `MODIFY` forgets the rest.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::dialect::Dialect;
use crate::render::{Renderer, types};
use crate::schema::{BaseType, Column, SqlText, Type};
use crate::sql::significant_tokens;

/// The types of places and shapes.
const SPATIAL: [&str; 9] = [
    "geometry",
    "point",
    "linestring",
    "polygon",
    "multipoint",
    "multilinestring",
    "multipolygon",
    "geometrycollection",
    "geomcollection",
];

/// The settings of a table.
pub(super) type Options = BTreeMap<Arc<str>, Arc<str>>;

/// What a definition may say otherwise than the column.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct As {
    /// NULL is taken for now.
    pub(super) nullable: bool,
    /// It is the primary key by itself.
    pub(super) key: bool,
}

impl Renderer<'_> {
    /// The definition of a column of a table with these settings.
    pub(super) fn mysql_column(&self, column: &Column, table: &Options, how: As) -> String {
        let mut out = format!("{} {}", self.name(&column.name), written_type(&column.data_type));
        let (of_type, others) = attributes(column);
        out.push_str(&of_type);
        out.push_str(&characters(column, table));
        if let Some(generated) = &column.generated {
            let kind = if generated.is_stored { "STORED" } else { "VIRTUAL" };
            out.push_str(&format!(" GENERATED ALWAYS AS {} {kind}", in_parentheses(&generated.expr.written)));
        }
        let refuses_null = column.not_null && !how.nullable;
        if refuses_null && !how.key {
            out.push_str(" NOT NULL");
        } else if !refuses_null && column.generated.is_none() && word(&column.data_type) == "timestamp" {
            // Older servers' refuse it unless they are told.
            out.push_str(" NULL");
        }
        if let Some(default) = &column.default {
            out.push_str(&format!(" DEFAULT {}", default_of(default, &column.data_type)));
        }
        if let Some(on_update) = &column.on_update {
            out.push_str(&format!(" ON UPDATE {}", on_update.written));
        }
        out.push_str(if column.auto_increment { " AUTO_INCREMENT" } else { "" });
        out.push_str(if how.key { " PRIMARY KEY" } else { "" });
        out.push_str(&others);
        if let Some(comment) = &column.comment {
            out.push_str(&format!(" COMMENT {}", text(comment)));
        }
        out
    }
}

/// What a column has besides, of what goes with its type: what stands right behind that, and what stands later.
fn attributes(column: &Column) -> (String, String) {
    let (mut of_type, mut others) = (String::new(), String::new());
    let own = word(&column.data_type);
    for attribute in &column.attributes {
        let start = attribute.split([' ', '=']).next().unwrap_or_default().to_ascii_lowercase();
        let out = match start.as_str() {
            "zerofill" if !column.data_type.to_string().contains("unsigned") => continue,
            "compressed" if !["char", "text", "blob", "binary"].iter().any(|end| own.ends_with(end)) => {
                continue;
            }
            "srid" | "ref_system_id" if !SPATIAL.contains(&own) => continue,
            "zerofill" | "compressed" => &mut of_type,
            _ => &mut others,
        };
        out.push(' ');
        out.push_str(attribute);
    }
    (of_type, others)
}

/// A text where nothing but a constant in quotes may stand. Backslashes are doubled, as the server reads them by default.
pub(super) fn text(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "''"))
}

fn written_type(data_type: &Type) -> String {
    match &data_type.base {
        BaseType::BuiltIn(word) if matches!(&**word, "enum" | "set") => {
            let labels: Vec<String> = data_type.arguments.iter().map(|label| text(label)).collect();
            format!("{}({})", word.to_uppercase(), labels.join(", "))
        }
        _ => types::data_type(data_type, Dialect::Mysql),
    }
}

/// The type's name without all that is behind it.
pub(super) fn word(data_type: &Type) -> &str {
    match &data_type.base {
        BaseType::BuiltIn(name) => name.split(' ').next().unwrap_or_default(),
        BaseType::Made(_) | BaseType::Unknown(_) => "",
    }
}

/// The character set and the collation, unless they are the table's.
fn characters(column: &Column, table: &Options) -> String {
    let (charset, collation) = (column.charset.as_ref(), column.collation.as_ref());
    let is_of_table = match (charset, collation) {
        (None, None) => true,
        (charset, Some(_)) => {
            table.get("collate") == collation && charset.is_none_or(|own| table.get("charset") == Some(own))
        }
        (Some(_), None) => table.get("charset") == charset && !table.contains_key("collate"),
    };
    let mut out = String::new();
    if let Some(charset) = charset.filter(|_| !is_of_table) {
        out.push_str(&format!(" CHARACTER SET {charset}"));
    }
    if let Some(collation) = collation.filter(|_| !is_of_table) {
        out.push_str(&format!(" COLLATE {collation}"));
    }
    out
}

/// Whether a default is the moment at which a row is made.
pub(super) fn is_moment(default: &SqlText) -> bool {
    let tokens: Vec<&str> = significant_tokens(&default.written, Dialect::Mysql).collect();
    let names = ["current_timestamp", "now", "localtime", "localtimestamp"];
    match tokens.as_slice() {
        [name] | [name, "(", ")"] | [name, "(", _, ")"] => {
            names.iter().any(|own| name.eq_ignore_ascii_case(own))
        }
        _ => false,
    }
}

/// A default: a constant as it is, anything else in parentheses. Types of any length take no constants in MySQL.
pub(super) fn default_of(default: &SqlText, data_type: &Type) -> String {
    match is_expression(default, data_type) {
        true => in_parentheses(&default.written),
        false => default.written.to_string(),
    }
}

/// Whether a default has to stand in parentheses.
pub(super) fn is_expression(default: &SqlText, data_type: &Type) -> bool {
    let tokens: Vec<&str> = significant_tokens(&default.written, Dialect::Mysql).collect();
    match tokens.as_slice() {
        _ if is_moment(default) => !matches!(word(data_type), "timestamp" | "datetime"),
        [one] | ["-" | "+", one] => !(is_literal(one) && has_constants(data_type)),
        _ => true,
    }
}

/// Whether values of the type may be a default without parentheses.
pub(super) fn has_constants(data_type: &Type) -> bool {
    const LONG: [&str; 9] =
        ["tinytext", "text", "mediumtext", "longtext", "tinyblob", "blob", "mediumblob", "longblob", "json"];
    let own = word(data_type);
    !LONG.contains(&own) && !SPATIAL.contains(&own)
}

fn is_literal(token: &str) -> bool {
    token.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '\'' | '"' | '.'))
        || token.ends_with('\'')
        || ["null", "true", "false"].iter().any(|word| token.eq_ignore_ascii_case(word))
}

/// An expression in parentheses, once.
pub(super) fn in_parentheses(text: &str) -> String {
    let mut depth = 0_usize;
    let tokens: Vec<&str> = significant_tokens(text, Dialect::Mysql).collect();
    let last = tokens.len().saturating_sub(1);
    let is_enclosed = tokens.first() == Some(&"(")
        && tokens.iter().enumerate().all(|(place, token)| {
            match *token {
                "(" => depth += 1,
                ")" => depth = depth.saturating_sub(1),
                _ => {}
            }
            (depth == 0) == (place == last)
        });
    if is_enclosed { text.trim().to_owned() } else { format!("({text})") }
}
