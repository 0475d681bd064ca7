//! Enums, whose values can be added and not taken away.

use std::sync::Arc;

use super::{POSTGRES, comment};
use crate::render::note::rights_are_lost;
use crate::render::{Renderer, Script, types};
use crate::schema::{BaseType, Column, ObjectBody, ObjectName, Space};

/// As many bytes as a name has.
pub(super) const LONGEST: usize = 63;

impl Renderer<'_> {
    /// An enum gets further values; where values go, or change places, it is made anew under its name.
    pub(super) fn enum_values(
        &self,
        own: &ObjectName,
        before: &[Arc<str>],
        after: &[Arc<str>],
        out: &mut Script,
    ) {
        if !only_grows(before, after) {
            return self.replace_enum(own, before, after, out);
        }
        let path = self.path(own);
        for (place, label) in after.iter().enumerate().filter(|(_, label)| !before.contains(label)) {
            let value = POSTGRES.quote_literal(label);
            // Those before it are there by now.
            let next = after[place + 1..].iter().find(|next| before.contains(next));
            let at = match next {
                None => String::new(),
                Some(next) => format!(" BEFORE {}", POSTGRES.quote_literal(next)),
            };
            out.push(format!("ALTER TYPE {path} ADD VALUE {value}{at}"));
        }
    }

    /// A new type takes its place, and the columns move to it by their texts. A column that is to have another type, or to go,
    /// waits for that as a text.
    fn replace_enum(&self, own: &ObjectName, before: &[Arc<str>], labels: &[Arc<str>], out: &mut Script) {
        let path = self.path(own);
        let aside = self.name_aside(own);
        out.push(format!("ALTER TYPE {path} RENAME TO {}", self.name(&aside.name)));
        out.push_noted(create_enum(&path, labels), rights_are_lost(&path));
        let said =
            self.after.get(&own.id(Space::Type, POSTGRES)).and_then(|object| object.comment.as_deref());
        if said.is_some() {
            out.push(comment("TYPE", &path, said));
        }
        let gone: Vec<String> = before
            .iter()
            .filter(|label| !labels.contains(label))
            .map(|label| POSTGRES.quote_literal(label))
            .collect();
        for (id, object) in self.before.objects().sorted() {
            let ObjectBody::Table(table) = &object.body else { continue };
            for column in table.columns.iter().filter(|column| column.is_local && is_of(column, own)) {
                let new = self
                    .after
                    .table(id)
                    .and_then(|table| table.columns.iter().find(|new| new.name == column.name));
                let column_after = new.filter(|new| is_of(new, own));
                // A computed one is made anew with all that it is computed from, and a table that goes is gone.
                if column.generated.is_none() && self.after.table(id).is_some() {
                    self.move_column(&object.name, column, column_after, &gone, out);
                }
            }
        }
        out.push(format!("DROP TYPE {}", self.path(&aside)));
    }

    fn move_column(
        &self,
        table: &ObjectName,
        column: &Column,
        after: Option<&Column>,
        gone: &[String],
        out: &mut Script,
    ) {
        let own = self.name(&column.name);
        let brackets = if column.data_type.is_array { "[]" } else { "" };
        let through = format!("text{brackets}");
        let mut actions = Vec::new();
        if column.default.is_some() {
            actions.push(format!("ALTER COLUMN {own} DROP DEFAULT"));
        }
        let mut notes = Vec::new();
        match after {
            Some(_) => {
                let written = types::data_type(&column.data_type, POSTGRES);
                actions.push(format!("ALTER COLUMN {own} TYPE {written} USING {own}::{through}::{written}"));
                if !gone.is_empty() {
                    let rows = match column.data_type.is_array {
                        true => format!("{own}::text[] && ARRAY[{}]", gone.join(", ")),
                        false => format!("{own}::text IN ({})", gone.join(", ")),
                    };
                    notes = vec![
                        format!(
                            "Fails where rows have {} in `{}`. Give them another value first:",
                            gone.join(" or "),
                            column.name
                        ),
                        format!("UPDATE {} SET {own} = <value> WHERE {rows};", self.path(table)),
                    ];
                }
            }
            None => actions.push(format!("ALTER COLUMN {own} TYPE {through} USING {own}::{through}")),
        }
        if let (Some(default), Some(after)) = (&column.default, after)
            && after.default.as_ref() == Some(default)
        {
            actions.push(format!("ALTER COLUMN {own} SET DEFAULT {}", default.written));
        }
        out.push_noted(self.alter(table, &actions), notes);
    }

    /// A name for the old type until it goes.
    fn name_aside(&self, own: &ObjectName) -> ObjectName {
        let mut end = "_old".to_owned();
        loop {
            let mut start = own.name.to_string();
            while start.len() + end.len() > LONGEST {
                start.pop();
            }
            let aside = ObjectName::new(Arc::clone(&own.schema), format!("{start}{end}"));
            let is_taken = [Space::Type, Space::Relation].into_iter().any(|space| {
                let id = aside.id(space, POSTGRES);
                self.before.get(&id).is_some() || self.after.get(&id).is_some()
            });
            if !is_taken {
                return aside;
            }
            end.push('_');
        }
    }
}

/// Whether all values stay, in their order, so that those that are new can be added.
fn only_grows(before: &[Arc<str>], after: &[Arc<str>]) -> bool {
    after.iter().filter(|label| before.contains(label)).eq(before)
}

fn is_of(column: &Column, own: &ObjectName) -> bool {
    matches!(&column.data_type.base, BaseType::Made(made) if made == own)
}

pub(super) fn create_enum(path: &str, labels: &[Arc<str>]) -> String {
    let labels: Vec<String> = labels.iter().map(|label| POSTGRES.quote_literal(label)).collect();
    format!("CREATE TYPE {path} AS ENUM ({})", labels.join(", "))
}

/// Whether statements use a value that one of them adds to an enum: PostgreSQL takes it only once it is committed.
pub(in crate::render) fn uses_new_value(statements: &[crate::render::Statement]) -> bool {
    let added: Vec<&str> = statements
        .iter()
        .filter_map(|statement| statement.sql.split_once(" ADD VALUE "))
        .filter(|(start, _)| start.starts_with("ALTER TYPE "))
        .map(|(_, rest)| rest.rsplit_once(" BEFORE ").map_or(rest, |(value, _)| value))
        .collect();
    // What only stores a text does not look at the value.
    let is_inert = |sql: &str| {
        ["ALTER TYPE ", "CREATE TYPE ", "COMMENT "].iter().any(|start| sql.starts_with(start))
            || sql.to_ascii_lowercase().contains("plpgsql")
    };
    !added.is_empty()
        && statements
            .iter()
            .filter(|statement| !is_inert(&statement.sql))
            .any(|statement| added.iter().any(|value| statement.sql.contains(value)))
}
