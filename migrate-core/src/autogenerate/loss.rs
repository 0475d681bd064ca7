//! What is gone after an operation.

use std::collections::BTreeSet;

use crate::change::{Change, Fit, Operation, fit};
use crate::schema::{BaseType, Column, ObjectBody, Schema, Type};

/// What is gone after an operation that leads from one schema to the other, in words.
pub(super) fn of(operation: &Operation, schemas: (&Schema, &Schema)) -> Vec<String> {
    match operation {
        Operation::Object { name, change: Change { before: Some(ObjectBody::Table(_)), after: None } } => {
            vec![format!("the rows of `{name}`")]
        }
        Operation::Object {
            name,
            change: Change { before: Some(ObjectBody::Enum(before)), after: Some(ObjectBody::Enum(after)) },
        } => {
            let gone: Vec<String> = before
                .iter()
                .filter(|label| !after.contains(label))
                .map(|label| format!("`{label}`"))
                .collect();
            if gone.is_empty() { vec![] } else { vec![format!("{} of `{name}`", gone.join(", "))] }
        }
        Operation::Column { table, change: Change { before: Some(before), after } } => {
            of_column(&table.to_string(), before, after.as_ref(), schemas).into_iter().collect()
        }
        Operation::Rebuild { table, change: Change { before: Some(before), after: Some(after) } } => {
            let table = table.to_string();
            let stays = |column: &Column| {
                after.columns.iter().find(|other| other.name.eq_ignore_ascii_case(&column.name))
            };
            // Values of another type stay as they are.
            let is_kept = |after: &Column| after.generated.is_none();
            let gone = before.columns.iter().filter(|column| !stays(column).is_some_and(is_kept));
            gone.filter_map(|column| of_column(&table, column, stays(column), schemas)).collect()
        }
        _ => vec![],
    }
}

/// What is gone after all of them.
pub(super) fn of_all(operations: &[Operation], schemas: (&Schema, &Schema)) -> Vec<String> {
    let mut seen = BTreeSet::new();
    operations
        .iter()
        .flat_map(|operation| of(operation, schemas))
        .filter(|words| seen.insert(words.clone()))
        .collect()
}

/// The comment above what loses data.
pub(super) fn warning(operation: &Operation, schemas: (&Schema, &Schema)) -> Vec<String> {
    of(operation, schemas).into_iter().map(|words| format!("loses data: {words}")).collect()
}

/// The comment above what brings back the shape of something that is gone.
pub(super) fn regret(
    operation: &Operation,
    (before, after): (&Schema, &Schema),
    gone: &BTreeSet<String>,
) -> Vec<String> {
    let lost = of(&operation.clone().inverse(), (after, before));
    lost.into_iter()
        .filter(|words| gone.contains(words))
        .map(|words| format!("{words} do not come back"))
        .collect()
}

fn of_column(
    table: &str,
    before: &Column,
    after: Option<&Column>,
    schemas: (&Schema, &Schema),
) -> Option<String> {
    if before.generated.is_some() {
        return None;
    }
    match after {
        None => Some(format!("the values of `{table}.{}`", before.name)),
        Some(after) if after.generated.is_some() => Some(format!("the values of `{table}.{}`", before.name)),
        Some(after) => {
            let (old, new) = (schemas.0.under(&before.data_type), schemas.1.under(&after.data_type));
            let loses = fit(&old, &new) == Fit::Loses;
            let what = cut(&old, &new).or(loses.then_some("what does not fit"))?;
            Some(format!("{what} of `{table}.{}` ({} -> {})", before.name, before.data_type, after.data_type))
        }
    }
}

/// What databases leave out without a word when they turn values of one type into another.
fn cut(before: &Type, after: &Type) -> Option<&'static str> {
    let (old, new) = (built_in(before)?, built_in(after)?);
    let scale = |data_type: &Type| -> Option<i64> {
        data_type.arguments.get(1).map_or(Some(0), |text| text.trim().parse().ok())
    };
    let is_decimal = |name: &str| matches!(name, "numeric" | "decimal");
    let is_float = |name: &str| matches!(name, "real" | "double precision" | "float" | "double");
    let is_whole = |name: &str| {
        let name = name.split(' ').next().unwrap_or_default();
        matches!(name, "smallint" | "integer" | "bigint" | "int" | "mediumint" | "tinyint")
    };
    let is_moment = |name: &str| name.starts_with("timestamp") || name == "datetime";
    if is_whole(new) && (is_float(old) || is_decimal(old) && scale(before) != Some(0)) {
        return Some("the digits behind the point");
    }
    if is_decimal(old) && is_decimal(new) && !after.arguments.is_empty() {
        // Without arguments PostgreSQL keeps what is given.
        let is_open = before.arguments.is_empty();
        return (is_open || scale(before) > scale(after)).then_some("digits behind the point");
    }
    if is_moment(old) && new == "date" {
        return Some("the time of day");
    }
    if is_moment(old) && new.starts_with("time") && !new.starts_with("timestamp") {
        return Some("the dates");
    }
    None
}

fn built_in(data_type: &Type) -> Option<&str> {
    match &data_type.base {
        BaseType::BuiltIn(name) if !data_type.is_array => Some(name),
        _ => None,
    }
}
