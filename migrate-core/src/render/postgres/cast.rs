//! How values of one type become values of another one.

use super::POSTGRES;
use crate::render::{Renderer, types};
use crate::schema::conversion::{becomes, is_listed, is_number, is_text};
use crate::schema::{BaseType, Type};

impl Renderer<'_> {
    /// What stands behind `USING` where a column of one type gets another one: nothing where PostgreSQL knows by itself, as it
    /// assigns. It is left to that wherever it can be: what is assigned to a `varchar(5)` and is longer is refused, and what is
    /// cast to one is cut.
    pub(super) fn cast(&self, column: &str, before: &Type, after: &Type) -> Option<String> {
        let written = types::data_type(after, POSTGRES);
        let (old, new) = (self.before.under(before), self.after.under(after));
        let (from, to) = (name(&old), name(&new));
        match (before.is_array, after.is_array) {
            // A list of one is what it was made of, or may have been; any other is written out.
            (true, false) => {
                let text = format!(
                    "CASE WHEN array_dims({column}) = '[1:1]' THEN {column}[1]::text ELSE {column}::text END"
                );
                let is_text = to.is_some_and(is_text);
                return Some(if is_text { text } else { format!("({text})::{written}") });
            }
            (false, true) => {
                let one = if converts(&old, &new) { String::new() } else { "::text".to_owned() };
                let list = format!("ARRAY[{column}{one}]::{written}");
                return Some(format!("CASE WHEN {column} IS NOT NULL THEN {list} END"));
            }
            _ => {}
        }
        match (from, to) {
            _ if before.is_array => {}
            // As bytes of the text, not of what an escape in it stands for.
            (Some(from), Some("bytea")) if is_text(from) => {
                return Some(format!("convert_to({column}, 'UTF8')"));
            }
            (Some("bytea"), Some(to)) if is_text(to) => {
                return Some(format!("convert_from({column}, 'UTF8')"));
            }
            _ => {}
        }
        if converts(&old, &new) {
            return None;
        }
        let brackets = if before.is_array { "[]" } else { "" };
        Some(match (from, to) {
            (Some(from), _) if is_text(from) => format!("{column}::{written}"),
            (Some("boolean"), Some("integer")) => format!("{column}::{written}"),
            (Some("boolean"), Some(to)) if is_number(to) && !after.is_array => {
                format!("{column}::integer::{written}")
            }
            (Some(from), Some("boolean")) if is_number(from) && !after.is_array => format!("{column} <> 0"),
            _ => format!("{column}::text{brackets}::{written}"),
        })
    }
}

/// Whether values are assigned without being told how.
fn converts(before: &Type, after: &Type) -> bool {
    if before.base == after.base {
        return true;
    }
    match (name(before), name(after)) {
        (Some(from), Some(to)) if is_listed(from) && is_listed(to) => becomes(from, to),
        // Every value can be written out.
        (_, Some(to)) => is_text(to),
        _ => false,
    }
}

fn name(data_type: &Type) -> Option<&str> {
    match &data_type.base {
        BaseType::BuiltIn(name) => Some(name),
        BaseType::Made(_) | BaseType::Unknown(_) => None,
    }
}
