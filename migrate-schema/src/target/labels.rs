//! Enums by their labels, and the schemas of new tables.

use std::sync::Arc;

use migrate_core::dialect::Dialect;
use migrate_core::schema::{Object, ObjectBody, ObjectName, Space};

use super::draft::is_certain;
use super::types::Types;
use super::{Builder, Declared};
use crate::models::Column;

impl Builder<'_> {
    /// Makes what the columns of a table need to have their types.
    pub(super) fn make_types(&mut self, one: &Declared<'_>) {
        if self.dialect != Dialect::Postgres || one.table.is_ignored || one.table.is_view {
            return;
        }
        let namespace = ObjectName::new(one.name.schema.clone(), one.name.schema.clone());
        let is_there = self.schema.get(&namespace.id(Space::Namespace, self.dialect)).is_some();
        if &*one.name.schema != "public" && !is_there && self.schema.get(&one.id).is_none() {
            let others = self.schema.objects().iter().any(|(id, _)| id.schema == one.id.schema);
            let sql = format!("CREATE SCHEMA {}", self.dialect.quote_identifier(&one.name.schema));
            // Something is in it, so it is there, whoever made it.
            if !others && !self.schema.may_have_others {
                self.run_or_tell(
                    &sql,
                    one.file,
                    &one.table.name_at,
                    "the schema of this table cannot be made",
                );
            }
        }
        for column in one.columns(self.dialect).filter(|column| !column.is_ignored) {
            if let Some(labels) = column.more.labels.as_ref().filter(|_| column.more.sql_type.is_none()) {
                self.make_enum(one, column, labels);
            }
        }
    }

    fn make_enum(&mut self, one: &Declared<'_>, column: &Column, labels: &[String]) {
        let model = column.data_type.nullable().1;
        let model = model.inside("Array").map_or(model, |inner| inner.nullable().1);
        let types = Types { models: &one.file.models, map: &self.options.types, schema: &self.schema };
        let name = types.made(model).unwrap_or_else(|| ObjectName::new("public", snake_case(model.name())));
        let id = name.id(Space::Type, self.dialect);
        let wanted: Vec<Arc<str>> = labels.iter().map(|label| label.as_str().into()).collect();
        match self.schema.get(&id) {
            Some(Object { body: ObjectBody::Enum(_), .. }) => {
                if self.schema.get(&id).is_some_and(is_certain) {
                    self.schema.change(&id, |object| object.body = ObjectBody::Enum(wanted));
                }
            }
            Some(_) => {
                let message = format!("`{name}` is a type that has no labels");
                self.conflict(one.file, &column.type_at, message, "");
            }
            None => {
                let labels: Vec<String> =
                    labels.iter().map(|label| self.dialect.quote_literal(label)).collect();
                let sql = format!(
                    "CREATE TYPE {} AS ENUM ({})",
                    super::draft::path(&name, self.dialect),
                    labels.join(", ")
                );
                self.run_or_tell(&sql, one.file, &column.type_at, "this enum cannot be made");
            }
        }
    }
}

/// `PostState` is `post_state` in the database.
pub(super) fn snake_case(name: &str) -> String {
    let mut out = String::new();
    for (place, c) in name.char_indices() {
        if c.is_uppercase() && place > 0 && !out.ends_with('_') {
            out.push('_');
        }
        out.extend(c.to_lowercase());
    }
    out
}
