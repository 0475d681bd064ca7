//! Objects as a whole.

use std::sync::Arc;

use super::sequence::sequence_text;
use super::{POSTGRES, kind};
use crate::change::Change;
use crate::render::note::not_held;
use crate::render::table::in_parentheses;
use crate::render::{Renderer, Script, types};
use crate::schema::{Domain, ObjectBody, ObjectName, SqlText, Type};

impl Renderer<'_> {
    pub(super) fn postgres_object(&self, own: &ObjectName, change: &Change<ObjectBody>, out: &mut Script) {
        let path = self.path(own);
        match (&change.before, &change.after) {
            (None, Some(body)) => self.postgres_make(own, body, out),
            (Some(body), None) => match body {
                ObjectBody::View(view) => out.push(self.drop_view(own, view)),
                ObjectBody::Namespace => out.push(format!("DROP SCHEMA {}", self.name(&own.name))),
                ObjectBody::Extension(_) => out.push(format!("DROP EXTENSION {}", self.name(&own.name))),
                ObjectBody::Routines(routines) => self.routines(own, Change::drop(routines), out),
                body => out.extend(kind(body).map(|kind| format!("DROP {kind} {path}"))),
            },
            (Some(ObjectBody::View(before)), Some(ObjectBody::View(after))) => {
                self.alter_view(own, before, after, out);
            }
            (Some(ObjectBody::Enum(before)), Some(ObjectBody::Enum(after))) => {
                self.enum_values(own, before, after, out);
            }
            (Some(ObjectBody::Sequence(before)), Some(ObjectBody::Sequence(after))) => {
                self.alter_sequence(&path, before, after, out);
            }
            (Some(ObjectBody::Domain(before)), Some(ObjectBody::Domain(after))) => {
                self.alter_domain(&path, before, after, out);
            }
            (Some(ObjectBody::Composite(before)), Some(ObjectBody::Composite(after))) => {
                self.alter_composite(&path, before, after, out);
            }
            (Some(ObjectBody::Extension(_)), Some(ObjectBody::Extension(Some(schema)))) => {
                out.push(format!(
                    "ALTER EXTENSION {} SET SCHEMA {}",
                    self.name(&own.name),
                    self.name(schema)
                ));
            }
            (Some(ObjectBody::Routines(before)), Some(ObjectBody::Routines(after))) => {
                self.routines(own, Change::alter(before, after), out);
            }
            _ => {}
        }
    }

    fn postgres_make(&self, own: &ObjectName, body: &ObjectBody, out: &mut Script) {
        let path = self.path(own);
        match body {
            ObjectBody::Table(table) => {
                out.push(self.create_table(own, table));
                for column in table.columns.iter().filter(|column| column.is_local) {
                    self.name_counter(own, column, out);
                }
                for column in table.columns.iter().filter(|column| column.comment.is_some()) {
                    self.comment_on_column(own, column, out);
                }
                for constraint in &table.constraints {
                    self.comment_on_constraint(own, constraint, out);
                }
            }
            ObjectBody::View(view) => self.make_view(own, view, out),
            ObjectBody::Sequence(sequence) => {
                let options = sequence_text(sequence);
                out.push(format!("CREATE SEQUENCE {path}{options}"));
            }
            ObjectBody::Enum(labels) => out.push(super::enums::create_enum(&path, labels)),
            ObjectBody::Domain(domain) => out.push(self.create_domain(&path, domain)),
            ObjectBody::Composite(attributes) => {
                let lines: Vec<String> =
                    attributes.iter().map(|(name, data_type)| self.attribute(name, data_type)).collect();
                out.push(format!("CREATE TYPE {path} AS (\n    {}\n)", lines.join(",\n    ")));
            }
            ObjectBody::Routines(routines) => self.routines(own, Change::make(routines), out),
            ObjectBody::Namespace => out.push(format!("CREATE SCHEMA {}", self.name(&own.name))),
            ObjectBody::Extension(schema) => {
                let other = schema.as_ref().filter(|schema| &***schema != "public");
                let put = other.map_or(String::new(), |schema| format!(" SCHEMA {}", self.name(schema)));
                out.push(format!("CREATE EXTENSION {}{put}", self.name(&own.name)));
            }
            ObjectBody::Index { .. } | ObjectBody::OtherType | ObjectBody::Other(..) => {}
        }
    }

    fn create_domain(&self, path: &str, domain: &Domain) -> String {
        let mut text = format!("CREATE DOMAIN {path} AS {}", types::data_type(&domain.data_type, POSTGRES));
        if let Some(default) = &domain.default {
            text.push_str(&format!(" DEFAULT {}", default.written));
        }
        text.push_str(if domain.not_null { " NOT NULL" } else { "" });
        for (own, expr) in &domain.checks {
            text.push_str(&format!("\n    {}", self.check(own, expr)));
        }
        text
    }

    fn check(&self, own: &str, expr: &SqlText) -> String {
        format!("CONSTRAINT {} CHECK {}", self.name(own), in_parentheses(expr, POSTGRES))
    }

    fn attribute(&self, own: &str, data_type: &Type) -> String {
        format!("{} {}", self.name(own), types::data_type(data_type, POSTGRES))
    }

    fn alter_domain(&self, path: &str, before: &Domain, after: &Domain, out: &mut Script) {
        let mut alter = |action: String, notes: Vec<String>| {
            out.push_noted(format!("ALTER DOMAIN {path} {action}"), notes);
        };
        for (check, _) in before.checks.iter().filter(|check| !after.checks.contains(check)) {
            alter(format!("DROP CONSTRAINT {}", self.name(check)), vec![]);
        }
        match (&before.default, &after.default) {
            (Some(_), None) => alter("DROP DEFAULT".to_owned(), vec![]),
            (old, Some(new)) if old.as_ref() != Some(new) => {
                alter(format!("SET DEFAULT {}", new.written), vec![]);
            }
            _ => {}
        }
        match (before.not_null, after.not_null) {
            (false, true) => {
                alter(
                    "SET NOT NULL".to_owned(),
                    vec!["Fails where rows have NULL in a column of it.".to_owned()],
                );
            }
            (true, false) => alter("DROP NOT NULL".to_owned(), vec![]),
            _ => {}
        }
        for (check, expr) in after.checks.iter().filter(|check| !before.checks.contains(check)) {
            alter(format!("ADD {}", self.check(check, expr)), vec![not_held(expr)]);
        }
    }

    fn alter_composite(
        &self,
        path: &str,
        before: &[(Arc<str>, Type)],
        after: &[(Arc<str>, Type)],
        out: &mut Script,
    ) {
        let find =
            |list: &[(Arc<str>, Type)], own: &str| list.iter().find(|(name, _)| **name == *own).cloned();
        let mut actions = Vec::new();
        for (own, _) in before.iter().filter(|(own, _)| find(after, own).is_none()) {
            actions.push(format!("DROP ATTRIBUTE {}", self.name(own)));
        }
        for (own, data_type) in after {
            match find(before, own) {
                None => actions.push(format!("ADD ATTRIBUTE {}", self.attribute(own, data_type))),
                Some((_, old)) if old != *data_type => {
                    let written = types::data_type(data_type, POSTGRES);
                    actions.push(format!("ALTER ATTRIBUTE {} TYPE {written}", self.name(own)));
                }
                Some(_) => {}
            }
        }
        if !actions.is_empty() {
            out.push(format!("ALTER TYPE {path} {}", actions.join(", ")));
        }
    }
}
