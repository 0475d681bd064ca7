//! Why statements may fail on the rows that are there, and what they do to them.

use crate::dialect::Dialect;
use crate::render::{Renderer, note, types};
use crate::schema::{Column, Constraint, ConstraintBody, Index, ObjectName, Type};

use super::column::word;

/// The widest whole numbers of each type, as bits.
const WHOLE: [(&str, u32); 5] =
    [("tinyint", 8), ("smallint", 16), ("mediumint", 24), ("int", 32), ("bigint", 64)];

impl Renderer<'_> {
    /// Of a column whose values nobody knows.
    pub(super) fn note_of_values(&self, table: &ObjectName, column: &Column) -> Vec<String> {
        note::value_needed(&self.path(table), &column.name, Dialect::Mysql)
    }

    /// Of a foreign key that is made for rows that are there. One that was there before fits.
    pub(super) fn note_of_key(&self, table: &ObjectName, constraint: &Constraint) -> Option<String> {
        let ConstraintBody::ForeignKey(key) = &constraint.body else { return None };
        let before = self.mysql_before(table)?;
        let is_old = before.constraints.iter().any(|old| match &old.body {
            ConstraintBody::ForeignKey(old) => {
                old.columns == key.columns && old.table == key.table && old.referenced == key.referenced
            }
            _ => false,
        });
        (!is_old).then(|| note::leads_nowhere(&key.columns, &key.table.name))
    }

    /// Of a primary key or a check that is made for rows that are there.
    pub(super) fn note_of_constraint(&self, table: &ObjectName, constraint: &Constraint) -> Option<String> {
        let before = self.mysql_before(table)?;
        match &constraint.body {
            ConstraintBody::PrimaryKey(columns) => {
                let after = self.mysql_after(table)?;
                let counts = |own: &str| {
                    let new = after.columns.iter().find(|column| *column.name == *own);
                    new.is_some_and(|column| column.auto_increment)
                };
                let fits = columns.iter().any(|own| counts(own)) || is_unique_already(before, columns);
                (!fits).then(|| note::repeated(columns))
            }
            ConstraintBody::Check { expr, .. } => Some(note::not_held(expr)),
            _ => None,
        }
    }

    /// Of an index that is made for rows that are there.
    pub(super) fn note_of_index(&self, table: &ObjectName, index: &Index) -> Option<String> {
        let before = self.mysql_before(table).filter(|_| index.is_unique)?;
        let is_whole = index.parts.iter().all(|part| part.is_column && part.length.is_none());
        if is_whole && is_unique_already(before, &index.columns) {
            return None;
        }
        Some(note::repeated(&index.columns))
    }
}

/// Whether no two rows have the same there, by a key that is there already.
fn is_unique_already(table: &crate::schema::Table, columns: &[std::sync::Arc<str>]) -> bool {
    table.indexes.iter().any(|index| {
        index.is_unique
            && !index.may_be_missing
            && index.parts.iter().all(|part| {
                part.is_column && columns.iter().any(|column| column.eq_ignore_ascii_case(&part.expr.written))
            })
    })
}

/// What becomes of the values of a column that changes.
pub(super) fn conversion(old: &Column, new: &Column) -> Vec<String> {
    let mut notes = Vec::new();
    let name = &new.name;
    if old.generated.is_some() || new.generated.is_some() {
        return notes;
    }
    if new.auto_increment && !old.auto_increment {
        notes.push(format!("A row whose `{name}` is 0 gets a new number."));
    }
    if old.data_type != new.data_type {
        notes.extend(of_types(name, &old.data_type, &new.data_type));
    }
    let narrows = match (&old.charset, &new.charset) {
        (Some(old), Some(new)) => old != new && &**new != "utf8mb4" && !matches!(&**old, "ascii"),
        _ => false,
    };
    if let Some(charset) = new.charset.as_ref().filter(|_| narrows) {
        notes.push(format!("Fails where `{name}` has characters that {charset} has not."));
    }
    notes
}

fn of_types(name: &str, old: &Type, new: &Type) -> Option<String> {
    let (from, to) = (word(old), word(new));
    if from == to && matches!(from, "enum" | "set") {
        let gone: Vec<String> = old
            .arguments
            .iter()
            .filter(|label| !new.arguments.contains(label))
            .map(|label| format!("'{label}'"))
            .collect();
        return (!gone.is_empty()).then(|| {
            format!("Fails where `{name}` is {}: give those rows another value first.", gone.join(" or "))
        });
    }
    if let (Some(most), Some(room)) = (longest(old), room(new)) {
        return (room < most).then(|| format!("Fails where `{name}` is longer than {room}."));
    }
    if let (Some(from), Some(to)) = (whole(old), whole(new)) {
        return (!fits(from, to)).then(|| note::values_refused(name, &types::data_type(new, Dialect::Mysql)));
    }
    if let (Some((digits, scale)), Some((more, places))) = (decimal(old), holds(new)) {
        let is_shorter = more - places < digits - scale;
        return is_shorter.then(|| note::values_refused(name, &types::data_type(new, Dialect::Mysql)));
    }
    let is_moment = |word: &str| matches!(word, "date" | "time" | "datetime" | "timestamp");
    match (from, to) {
        ("float" | "double", "float" | "double") | ("date", "datetime") => None,
        ("datetime" | "timestamp", other) if is_moment(other) => None,
        (one, other) if one == other => None,
        _ => Some(note::values_refused(name, &types::data_type(new, Dialect::Mysql))),
    }
}

/// How many characters a value may have, written as a text.
fn longest(data_type: &Type) -> Option<u64> {
    match word(data_type) {
        "date" => Some(10),
        "datetime" | "timestamp" => Some(26),
        "enum" => data_type.arguments.iter().map(|label| label.chars().count() as u64).max(),
        _ if whole(data_type).is_some() => Some(20),
        _ => room(data_type),
    }
}

/// How many characters a text may have.
fn room(data_type: &Type) -> Option<u64> {
    let length = || data_type.arguments.first().and_then(|length| length.parse().ok());
    match word(data_type) {
        "char" | "varchar" => length(),
        "tinytext" => Some(255),
        "text" => Some(65_535),
        "mediumtext" => Some(16_777_215),
        "longtext" => Some(u64::from(u32::MAX)),
        _ => None,
    }
}

/// The bits of a whole number, and whether it has a sign.
fn whole(data_type: &Type) -> Option<(u32, bool)> {
    let (_, bits) = WHOLE.iter().find(|(name, _)| *name == word(data_type))?;
    Some((*bits, !data_type.to_string().contains("unsigned")))
}

fn fits((bits, has_sign): (u32, bool), (more, takes_sign): (u32, bool)) -> bool {
    match (has_sign, takes_sign) {
        (true, false) => false,
        (false, true) => more > bits,
        _ => more >= bits,
    }
}

/// How many digits a value may have, all told and behind the point.
fn decimal(data_type: &Type) -> Option<(i64, i64)> {
    let argument = |place: usize| data_type.arguments.get(place).and_then(|digits| digits.parse().ok());
    match word(data_type) {
        "decimal" => Some((argument(0)?, argument(1)?)),
        _ => {
            let (bits, _) = whole(data_type)?;
            Some((i64::from(bits) * 30103 / 100_000 + 1, 0))
        }
    }
}

/// How many digits there is room for, whichever they are.
fn holds(data_type: &Type) -> Option<(i64, i64)> {
    match whole(data_type) {
        Some((bits, has_sign)) => Some(((i64::from(bits) - i64::from(has_sign)) * 30103 / 100_000, 0)),
        None => decimal(data_type),
    }
}
