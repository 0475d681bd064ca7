//! SQLite's declared types, which diesel guesses from, and which bind no value.
//!
//! Two types agree if values of the one are read as the other without loss: a wider integer, a date as the text that it is.
//! What diesel's guess does not cover is not compared.

use migrate_core::schema::{BaseType, Type};

use super::{Verdict, common};
use crate::models::ModelType;

pub(super) fn compare(model: &ModelType, column: &Type) -> Verdict {
    let BaseType::BuiltIn(declared) = &column.base else { return Verdict::Open };
    let Some(guess) = guess(declared) else { return Verdict::Open };
    let says = match model.name() {
        "Jsonb" => "bytea",
        "TimestamptzSqlite" | "Timestamptz" => "timestamp",
        name => match common(name) {
            Some(class) => class,
            None => return Verdict::Open,
        },
    };
    let same = match (rank(says), rank(guess)) {
        // `INTEGER` holds eight bytes, whoever reads it.
        (Some(says), Some(guess)) => says == 0 || guess == 0 || says >= guess,
        _ => family(says) == family(guess) || is_either(says, guess),
    };
    if same { Verdict::Same } else { Verdict::Differs(Some(diesel_name(guess).to_owned())) }
}

/// What diesel takes a declared type for.
fn guess(declared: &str) -> Option<&'static str> {
    let name = declared.to_lowercase();
    let has = |part: &str| name.contains(part);
    Some(match () {
        () if name == "boolean" || name == "bool" || has("tiny") && has("int") => "bool",
        () if name == "int2" || has("small") && has("int") => "int2",
        () if name == "int8" || has("big") && has("int") => "int8",
        () if has("int") && !has("point") && !has("interval") => "int4",
        () if has("char") || has("clob") || has("text") => "text",
        () if has("blob") => "bytea",
        () if has("float") || has("real") => "float4",
        () if has("double") || has("num") || has("dec") => "float8",
        () if name.starts_with("datetime") || name.starts_with("timestamp") => "timestamp",
        () if name == "date" => "date",
        () if name == "time" => "time",
        () => return None,
    })
}

/// How many bytes an integer takes; truth values fit everywhere.
fn rank(class: &str) -> Option<u8> {
    match class {
        "bool" => Some(0),
        "tinyint" => Some(1),
        "int2" => Some(2),
        "int4" => Some(4),
        "int8" => Some(8),
        _ => None,
    }
}

fn family(class: &str) -> &str {
    match class {
        "float4" | "float8" | "numeric" => "number",
        // diesel writes them as text.
        "date" | "time" | "timestamp" | "text" | "json" => "text",
        other => other,
    }
}

/// Columns of these take whatever is put there: a number with a fraction in its own form, a time as one.
fn is_either(says: &str, guess: &str) -> bool {
    let is_time = |class: &str| matches!(class, "date" | "time" | "timestamp");
    let is_number = |class: &str| rank(class).is_some() || family(class) == "number";
    is_time(guess) && is_number(says)
        || is_time(says) && is_number(guess)
        || guess == "float8" && rank(says).is_some()
}

fn diesel_name(class: &str) -> &'static str {
    match class {
        "bool" => "Bool",
        "int2" => "SmallInt",
        "int4" => "Integer",
        "int8" => "BigInt",
        "float4" => "Float",
        "float8" => "Double",
        "bytea" => "Binary",
        "date" => "Date",
        "time" => "Time",
        "timestamp" => "Timestamp",
        _ => "Text",
    }
}
