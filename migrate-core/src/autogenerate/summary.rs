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
            (None, None, Action::Change) => Ok(()),
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
    let is_view = |difference: &Difference| {
        matches!(after.get(&difference.id), Some(Object { body: ObjectBody::View(_), .. }))
    };
    let mut seen = BTreeSet::new();
    for mut difference in before.differences(after) {
        if is_own(before, &difference) || is_own(after, &difference) {
            continue;
        }
        // The columns of a view are those of its query, which is too long for a line.
        if is_view(&difference) && (difference.about.starts_with("column ") || difference.about == "query") {
            let whole = Some(String::new());
            (difference.about, difference.before, difference.after) = (String::new(), whole.clone(), whole);
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
        (item.before, item.after) = match (rest(old), rest(new)) {
            (Some(old), Some(new)) => {
                let (old, new) = without_same_end(&old, &new);
                (Some(old), Some(new))
            }
            both => both,
        };
        let find = |schema: &Schema| {
            let table = schema.table(id)?;
            table.columns.iter().find(|own| *own.name == *column).cloned()
        };
        let change = Change { before: find(before), after: find(after) };
        let table = crate::schema::ObjectName::new("", name);
        item.loses_data = !loss::of(&Operation::Column { table, change }, (before, after)).is_empty();
        return item;
    }
    if about.starts_with('(') && object.starts_with("function ") {
        item.what = format!("function {name}{about}");
        let rest = |line: &String| rest_of(line, about).trim_start_matches("-> ").to_owned();
        // Where nothing else is told it is the body.
        if action == Action::Change && old != new {
            (item.before, item.after) = (old.as_ref().map(rest), new.as_ref().map(rest));
        }
        return item;
    }
    let split = |line: &Option<String>| line.as_ref().map(|line| split(about, line));
    match (split(old), split(new)) {
        (Some((old, before)), Some((new, after))) if old == new => {
            item.what = format!("{old} on {name}");
            if before != after {
                let both = match about.as_str() {
                    // A list, to be read as a whole.
                    "values" => (before, after),
                    _ => without_same_end(&before, &after),
                };
                (item.before, item.after) = (Some(both.0), Some(both.1));
            }
        }
        (Some(_), Some(_)) => {
            item.what = format!("{about} on {name}");
            (item.before, item.after) = (difference.before.clone(), difference.after.clone());
        }
        (old, new) => {
            let (head, rest) = old.or(new).unwrap_or_default();
            item.what = format!("{} on {name}", format!("{head} {rest}").trim_end());
        }
    }
    item
}

/// The line of a part, as what it is called and the rest: `index users_name_idx` and `(name)`.
fn split(about: &str, line: &str) -> (String, String) {
    let cut = |at: usize| (line[..at].trim_end().to_owned(), line[at..].trim_start().to_owned());
    if let Some((kind, own)) = about.split_once(' ')
        && matches!(kind, "constraint" | "index" | "trigger")
    {
        let at = line.find(&format!(" {own}")).map(|at| at + 1 + own.len());
        return at.map_or_else(|| (about.to_owned(), line.to_owned()), cut);
    }
    // A kind alone, or one that does not stand in the line.
    match line.strip_prefix(about) {
        Some(_) => cut(about.len()),
        None => {
            let own = about.split_once(' ').map_or("", |(_, own)| own);
            (about.to_owned(), rest_of(line, own))
        }
    }
}

/// A line without the name that it begins with.
fn rest_of(line: &str, name: &str) -> String {
    line.strip_prefix(name).unwrap_or(line).trim().to_owned()
}

/// Two lines without the words with which both end, as long as something stays of each.
fn without_same_end(one: &str, other: &str) -> (String, String) {
    let is_whole = |text: &str| {
        let count = |c: char| text.matches(c).count();
        count('(') == count(')') && count('\'') % 2 == 0 && count('"') % 2 == 0
    };
    let (words_of_one, words_of_other): (Vec<&str>, Vec<&str>) =
        (one.split(' ').collect(), other.split(' ').collect());
    let most = words_of_one.len().min(words_of_other.len()) - 1;
    let ends = words_of_one.iter().rev().zip(words_of_other.iter().rev());
    let mut same = ends.take(most).take_while(|(one, other)| one == other).count();
    while !is_whole(&words_of_one[words_of_one.len() - same..].join(" ")) {
        same -= 1;
    }
    let start = |words: &[&str]| words[..words.len() - same].join(" ");
    (start(&words_of_one), start(&words_of_other))
}
