//! What a revision does, for people.

use std::collections::BTreeSet;
use std::fmt;

use super::loss;
use crate::change::{Change, Operation};
use crate::schema::{Difference, Object, ObjectBody, Schema};

/// What becomes of something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Action {
    /// It is made.
    Add,
    /// It is another afterwards.
    Change,
    /// It gets another name.
    Rename,
    /// It goes.
    Drop,
}

impl Action {
    /// The word for it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Add => "add",
            Self::Change => "change",
            Self::Rename => "rename",
            Self::Drop => "drop",
        }
    }

    /// The sign in front of a line.
    pub const fn sign(self) -> &'static str {
        match self {
            Self::Add => "+",
            Self::Change | Self::Rename => "~",
            Self::Drop => "-",
        }
    }
}

/// Something that a revision does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// What becomes of it.
    pub action: Action,
    /// What it is: `table posts`, `column users.name`, `index posts_slug_idx on posts`.
    pub what: String,
    /// As it was, without its name; the old name of what is renamed.
    pub before: Option<String>,
    /// As it becomes.
    pub after: Option<String>,
    /// Whether rows, or values of them, are gone afterwards.
    pub loses_data: bool,
}

/// The line without its sign: `column users.name: varchar(20) -> varchar(40)`.
impl fmt::Display for Item {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)?;
        let some = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
        match (some(&self.before), some(&self.after), self.action) {
            (_, Some(after), Action::Rename) => write!(f, " -> {after}"),
            (before, after, Action::Change) => {
                let before = before.unwrap_or_else(|| "nothing".to_owned());
                write!(f, ": {before} -> {}", after.unwrap_or_else(|| "nothing".to_owned()))
            }
            (_, Some(after), Action::Add) => write!(f, " {after}"),
            _ => Ok(()),
        }
    }
}

/// What leads from one schema to another, after some things were renamed: object by object, what belongs to one together.
pub fn summary(names: &[Operation], before: &Schema, after: &Schema) -> Vec<Item> {
    let mut items: Vec<Item> = names.iter().filter_map(of_rename).collect();
    // A column's own sequence is no news.
    let is_own = |schema: &Schema, difference: &Difference| {
        matches!(schema.get(&difference.id), Some(Object { body: ObjectBody::Sequence(sequence), .. })
            if sequence.owned_by.is_some())
    };
    let mut seen = BTreeSet::new();
    for difference in before.differences(after) {
        if is_own(before, &difference) || is_own(after, &difference) {
            continue;
        }
        let item = of_difference(&difference, before, after);
        if seen.insert(item.to_string()) {
            items.push(item);
        }
    }
    items
}

fn of_rename(operation: &Operation) -> Option<Item> {
    let (what, before, after) = match operation {
        Operation::RenameTable { from, to } => (format!("table {from}"), from.name.clone(), to.name.clone()),
        Operation::RenameColumn { table, from, to } => {
            (format!("column {table}.{from}"), from.clone(), to.clone())
        }
        Operation::RenameValue { name, from, to } => {
            (format!("value {name}.{from}"), from.clone(), to.clone())
        }
        _ => return None,
    };
    let (before, after) = (Some(before.to_string()), Some(after.to_string()));
    Some(Item { action: Action::Rename, what, before, after, loses_data: false })
}

fn of_difference(difference: &Difference, before: &Schema, after: &Schema) -> Item {
    let Difference { id, object, about, before: old, after: new, .. } = difference;
    let action = match (old, new) {
        (None, _) => Action::Add,
        (_, None) => Action::Drop,
        _ => Action::Change,
    };
    let name =
        [after, before].into_iter().find_map(|schema| schema.get(id)).map(|object| object.name.to_string());
    let name = name.unwrap_or_default();
    let mut item = Item { action, what: object.clone(), before: None, after: None, loses_data: false };
    if about.is_empty() {
        if action == Action::Change {
            (item.before, item.after) = (old.clone(), new.clone());
        }
        item.loses_data = action == Action::Drop && before.table(id).is_some();
        return item;
    }
    if let Some(column) = about.strip_prefix("column ").filter(|_| object.starts_with("table ")) {
        item.what = format!("column {name}.{column}");
        let rest = |line: &Option<String>| line.as_ref().map(|line| rest_of(line, column));
        (item.before, item.after) = (rest(old), rest(new));
        let find = |schema: &Schema| {
            let table = schema.table(id)?;
            table.columns.iter().find(|own| *own.name == *column).cloned()
        };
        let change = Change { before: find(before), after: find(after) };
        let table = crate::schema::ObjectName::new("", name);
        item.loses_data = !loss::of(&Operation::Column { table, change }).is_empty();
        return item;
    }
    // A part: `index users_name_idx (name)`, `primary key users_pkey (id)`. What both lines begin with is its name.
    match (old, new) {
        (Some(old), Some(new)) => {
            let common = common_words(old, new);
            let part = if common == 0 { about.clone() } else { words(old, 0, common) };
            item.what = format!("{part} on {name}");
            let count = |text: &str| text.split(' ').count();
            (item.before, item.after) =
                (Some(words(old, common, count(old))), Some(words(new, common, count(new))));
        }
        (line, other) => {
            let line = line.as_ref().or(other.as_ref()).filter(|line| !line.is_empty()).unwrap_or(about);
            item.what = format!("{line} on {name}");
        }
    }
    item
}

/// A line without the name that it begins with.
fn rest_of(line: &str, name: &str) -> String {
    line.strip_prefix(name).unwrap_or(line).trim().to_owned()
}

/// How many words two lines have in common at their beginning, of those that are no more than a kind and a name.
fn common_words(one: &str, other: &str) -> usize {
    let pairs = one.split(' ').zip(other.split(' '));
    pairs.take_while(|(one, other)| one == other && !one.starts_with(['(', '\''])).count()
}

fn words(text: &str, from: usize, to: usize) -> String {
    text.split(' ').skip(from).take(to - from).collect::<Vec<_>>().join(" ")
}
