//! PostgreSQL.

use std::sync::Arc;

use super::name::name;
use super::table::{default_text, sequence_options};
use super::{Renderer, Script, types};
use crate::change::{Change, Operation};
use crate::dialect::Dialect;
use crate::schema::{
    BaseType, Column, Constraint, Domain, Identity, ObjectBody, ObjectName, Sequence, SqlText, Type,
};

const POSTGRES: Dialect = Dialect::Postgres;

impl Renderer<'_> {
    pub(super) fn postgres(&self, operation: &Operation, out: &mut Script) {
        match operation {
            Operation::Object { name, change } => self.postgres_object(name, change, out),
            Operation::Column { table, change } => match (&change.before, &change.after) {
                (None, Some(column)) => self.postgres_add(table, column, out),
                (Some(column), None) => {
                    out.push(self.alter(table, &[format!("DROP COLUMN {}", self.name(&column.name))]))
                }
                (Some(before), Some(after)) => self.postgres_alter(table, before, after, out),
                (None, None) => {}
            },
            Operation::Constraint { table, change } => {
                if let Some(constraint) = &change.before {
                    let own = constraint.name.as_deref().unwrap_or_default();
                    out.push(self.alter(table, &[format!("DROP CONSTRAINT {}", self.name(own))]));
                }
                if let Some(constraint) = &change.after {
                    let added =
                        self.constraint(table, constraint).map(|definition| format!("ADD {definition}"));
                    out.extend(added.map(|added| self.alter(table, &[added])));
                    self.comment_on_constraint(table, constraint, out);
                }
            }
            Operation::Index { table, change } => {
                if let Some(index) = &change.before {
                    let own = ObjectName::new(Arc::clone(&table.schema), Arc::clone(&index.name));
                    out.push(format!("DROP INDEX {}", self.path(&own)));
                }
                if let Some(index) = &change.after {
                    out.push(self.create_index(table, index));
                    if index.comment.is_some() {
                        let own = ObjectName::new(Arc::clone(&table.schema), Arc::clone(&index.name));
                        out.push(comment("INDEX", &self.path(&own), index.comment.as_deref()));
                    }
                }
            }
            Operation::Trigger { table, change } => {
                if let Some(trigger) = &change.before {
                    out.push(format!("DROP TRIGGER {} ON {}", self.name(&trigger.name), self.path(table)));
                }
                out.extend(change.after.as_ref().map(|trigger| trigger.text.written.to_string()));
            }
            Operation::Options { table, change } => {
                let is_unlogged = |options: &Option<std::collections::BTreeMap<Arc<str>, Arc<str>>>| {
                    options.as_ref().is_some_and(|options| options.contains_key("unlogged"))
                };
                match (is_unlogged(&change.before), is_unlogged(&change.after)) {
                    (false, true) => out.push(self.alter(table, &["SET UNLOGGED".to_owned()])),
                    (true, false) => out.push(self.alter(table, &["SET LOGGED".to_owned()])),
                    _ => {}
                }
            }
            Operation::Comment { name, body, change } => {
                let Some(kind) = kind(body) else { return };
                out.push(comment(kind, &self.path(name), change.after.as_deref()));
            }
            Operation::RenameTable { from, to } => {
                if from.schema != to.schema {
                    out.push(self.alter(from, &[format!("SET SCHEMA {}", self.name(&to.schema))]));
                }
                if from.name != to.name {
                    let moved = ObjectName::new(Arc::clone(&to.schema), Arc::clone(&from.name));
                    out.push(self.alter(&moved, &[format!("RENAME TO {}", self.name(&to.name))]));
                }
            }
            Operation::RenameColumn { table, from, to } => out.push(self.rename_column(table, from, to)),
            // Another database's.
            Operation::Rebuild { .. } => {}
        }
    }

    fn postgres_object(&self, own: &ObjectName, change: &Change<ObjectBody>, out: &mut Script) {
        let path = self.path(own);
        match (&change.before, &change.after) {
            (None, Some(body)) => self.postgres_make(own, body, out),
            (Some(body), None) => match body {
                ObjectBody::View(view) => out.push(self.drop_view(own, view)),
                ObjectBody::Namespace => out.push(format!("DROP SCHEMA {}", self.name(&own.name))),
                ObjectBody::Extension => out.push(format!("DROP EXTENSION {}", self.name(&own.name))),
                body => out.extend(kind(body).map(|kind| format!("DROP {kind} {path}"))),
            },
            (Some(ObjectBody::Enum(before)), Some(ObjectBody::Enum(after))) => {
                self.enum_values(&path, before, after, out)
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
            _ => {}
        }
    }

    fn postgres_make(&self, own: &ObjectName, body: &ObjectBody, out: &mut Script) {
        let path = self.path(own);
        match body {
            ObjectBody::Table(table) => {
                out.push(self.create_table(own, table));
                for column in table.columns.iter().filter(|column| column.comment.is_some()) {
                    self.comment_on_column(own, column, out);
                }
                for constraint in &table.constraints {
                    self.comment_on_constraint(own, constraint, out);
                }
            }
            ObjectBody::View(view) => out.push(self.create_view(own, view)),
            ObjectBody::Sequence(sequence) => {
                let options = sequence_text(sequence);
                out.push(format!("CREATE SEQUENCE {path}{options}"));
            }
            ObjectBody::Enum(labels) => out.push(create_enum(&path, labels)),
            ObjectBody::Domain(domain) => {
                let mut text =
                    format!("CREATE DOMAIN {path} AS {}", types::data_type(&domain.data_type, POSTGRES));
                if let Some(default) = &domain.default {
                    text.push_str(&format!(" DEFAULT {}", default.written));
                }
                text.push_str(if domain.not_null { " NOT NULL" } else { "" });
                for (check, expr) in &domain.checks {
                    text.push_str(&format!(
                        " CONSTRAINT {} CHECK {}",
                        self.name(check),
                        super::table::in_parentheses(expr)
                    ));
                }
                out.push(text);
            }
            ObjectBody::Composite(attributes) => {
                let lines: Vec<String> =
                    attributes.iter().map(|(name, data_type)| self.attribute(name, data_type)).collect();
                out.push(format!("CREATE TYPE {path} AS (\n    {}\n)", lines.join(",\n    ")));
            }
            ObjectBody::Namespace => out.push(format!("CREATE SCHEMA {}", self.name(&own.name))),
            ObjectBody::Extension => out.push(format!("CREATE EXTENSION {}", self.name(&own.name))),
            ObjectBody::Index { .. }
            | ObjectBody::OtherType
            | ObjectBody::Routines(_)
            | ObjectBody::Other(..) => {}
        }
    }

    fn attribute(&self, own: &str, data_type: &Type) -> String {
        format!("{} {}", self.name(own), types::data_type(data_type, POSTGRES))
    }

    /// A column that refuses NULL and has nothing to put there is added in steps, with room for a statement between them.
    fn postgres_add(&self, table: &ObjectName, column: &Column, out: &mut Script) {
        let has_value = column.default.is_some() || column.generated.is_some() || column.identity.is_some();
        let is_filled = has_value || !column.not_null;
        let added = Column { not_null: column.not_null && is_filled, ..column.clone() };
        let definition = self.column(table, &added, None);
        out.push(self.alter(table, &[format!("ADD COLUMN {definition}")]));
        if !is_filled {
            let (table, own) = (self.path(table), self.name(&column.name));
            out.push(format!(
                "-- Rows that are there need a value first: UPDATE {table} SET {own} = ...;\n\
                 ALTER TABLE {table} ALTER COLUMN {own} SET NOT NULL"
            ));
        }
        if column.comment.is_some() {
            self.comment_on_column(table, column, out);
        }
    }

    fn postgres_alter(&self, table: &ObjectName, before: &Column, after: &Column, out: &mut Script) {
        let own = self.name(&after.name);
        let set = |what: String| format!("ALTER COLUMN {own} {what}");
        let mut actions = Vec::new();
        let is_retyped = before.data_type != after.data_type || before.collation != after.collation;
        let is_recast = before.data_type.base != after.data_type.base
            || before.data_type.is_array != after.data_type.is_array;
        if before.identity.is_some() && after.identity.is_none() {
            let drop = set("DROP IDENTITY".to_owned());
            // What counts has to be a whole number until it does not count any more.
            if is_recast { out.push(self.alter(table, &[drop])) } else { actions.push(drop) }
        }
        let (old, new) = (before.default.as_ref(), after.default.as_ref());
        let is_new_default = old.map(|text| &text.written) != new.map(|text| &text.written);
        // A default of the old type may be none of the new.
        if old.is_some() && (is_recast || new.is_none()) {
            actions.push(set("DROP DEFAULT".to_owned()));
        }
        if is_retyped {
            let mut action = format!("TYPE {}", types::data_type(&after.data_type, POSTGRES));
            if let Some(collation) = &after.collation {
                action.push_str(&format!(" COLLATE {}", self.name(collation)));
            }
            if is_recast && !is_assigned(&before.data_type, &after.data_type) {
                action.push_str(&format!(" USING {}", cast(&own, &before.data_type, &after.data_type)));
            }
            actions.push(set(action));
        }
        let counts = self.change_counter(table, before, after, &mut actions, out);
        if let Some(default) = new.filter(|_| is_recast || is_new_default) {
            actions.push(set(format!("SET DEFAULT {}", default_text(default, POSTGRES))));
        }
        match (before.not_null, after.not_null) {
            (false, true) => actions.push(set("SET NOT NULL".to_owned())),
            (true, false) => actions.push(set("DROP NOT NULL".to_owned())),
            _ => {}
        }
        if let Some(identity) = &after.identity {
            actions.extend(alter_identity(before.identity.as_ref(), identity).map(set));
        }
        if !actions.is_empty() {
            out.push(self.alter(table, &actions));
        }
        if counts {
            out.push(format!(
                "SELECT setval(pg_get_serial_sequence({}, {}), coalesce(max({own}), 0) + 1, false) FROM {}",
                POSTGRES.quote_literal(&self.path(table)),
                POSTGRES.quote_literal(&after.name),
                self.path(table),
            ));
        }
        if before.comment != after.comment {
            self.comment_on_column(table, after, out);
        }
    }

    /// A column that begins to count gets a sequence of its own, and one that counts in another way loses its old one. Whether
    /// it begins to count, and has to go on from the rows that are there.
    fn change_counter(
        &self,
        table: &ObjectName,
        before: &Column,
        after: &Column,
        actions: &mut Vec<String>,
        out: &mut Script,
    ) -> bool {
        let sequence =
            ObjectName::new(Arc::clone(&table.schema), format!("{}_{}_seq", table.name, after.name));
        let had_own = before.default.as_ref() == Some(&SqlText::sequence(&sequence));
        let has_own = self.serial(table, after).is_some();
        let mut flush = |out: &mut Script| {
            if !actions.is_empty() {
                out.push(self.alter(table, &std::mem::take(actions)));
            }
        };
        if had_own && !has_own {
            flush(out);
            out.push(format!("DROP SEQUENCE {}", self.path(&sequence)));
        }
        if has_own && !had_own {
            flush(out);
            let owner = format!("{}.{}", self.path(table), self.name(&after.name));
            let data_type = types::data_type(&after.data_type, POSTGRES);
            out.push(format!("CREATE SEQUENCE {} AS {data_type} OWNED BY {owner}", self.path(&sequence)));
        }
        has_own && !had_own || after.identity.is_some() && before.identity.is_none()
    }

    fn comment_on_column(&self, table: &ObjectName, column: &Column, out: &mut Script) {
        let what = format!("{}.{}", self.path(table), self.name(&column.name));
        out.push(comment("COLUMN", &what, column.comment.as_deref()));
    }

    fn comment_on_constraint(&self, table: &ObjectName, constraint: &Constraint, out: &mut Script) {
        if let (Some(text), Some(own)) = (&constraint.comment, &constraint.name) {
            let what = format!("{} ON {}", self.name(own), self.path(table));
            out.push(comment("CONSTRAINT", &what, Some(text)));
        }
    }

    /// An enum gets further values; where values go, or change places, it is made anew under its name.
    fn enum_values(&self, path: &str, before: &[Arc<str>], after: &[Arc<str>], out: &mut Script) {
        let kept: Vec<&Arc<str>> = after.iter().filter(|label| before.contains(label)).collect();
        if !kept.iter().copied().eq(before.iter()) {
            return self.replace_enum(path, after, out);
        }
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

    /// Values cannot be taken out of an enum. A new type takes its place, and the columns move to it; rows that have a value
    /// that is no more make the statement fail.
    fn replace_enum(&self, path: &str, labels: &[Arc<str>], out: &mut Script) {
        let bare =
            |data_type: &Type| types::data_type(&Type { is_array: false, ..data_type.clone() }, POSTGRES);
        let old = match path.rsplit_once('.') {
            Some((schema, own)) => (format!("{schema}."), own.trim_matches('"').to_owned()),
            None => (String::new(), path.trim_matches('"').to_owned()),
        };
        let aside = name(&format!("{}_old", old.1), POSTGRES);
        out.push(format!("ALTER TYPE {path} RENAME TO {aside}"));
        out.push(create_enum(path, labels));
        for (id, object) in self.before.objects().sorted() {
            let ObjectBody::Table(table) = &object.body else { continue };
            for column in
                table.columns.iter().filter(|column| column.is_local && bare(&column.data_type) == path)
            {
                let own = self.name(&column.name);
                let written = types::data_type(&column.data_type, POSTGRES);
                let through = if column.data_type.is_array { "text[]" } else { "text" };
                let mut actions =
                    vec![format!("ALTER COLUMN {own} TYPE {written} USING {own}::{through}::{written}")];
                if let Some(default) = &column.default {
                    actions.insert(0, format!("ALTER COLUMN {own} DROP DEFAULT"));
                    let new = self
                        .after
                        .table(id)
                        .and_then(|table| table.columns.iter().find(|new| new.name == column.name));
                    if new.is_some_and(|new| new.default.as_ref() == Some(default)) {
                        actions.push(format!("ALTER COLUMN {own} SET DEFAULT {}", default.written));
                    }
                }
                out.push(self.alter(&object.name, &actions));
            }
        }
        out.push(format!("DROP TYPE {}{aside}", old.0));
    }

    fn alter_sequence(&self, path: &str, before: &Sequence, after: &Sequence, out: &mut Script) {
        if before.data_type != after.data_type || before.options != after.options {
            out.push(format!("ALTER SEQUENCE {path}{}", full_sequence_text(before, after)));
        }
        if before.owned_by != after.owned_by {
            let owner = match &after.owned_by {
                Some((table, column)) => format!("{}.{}", self.path(table), self.name(column)),
                None => "NONE".to_owned(),
            };
            out.push(format!("ALTER SEQUENCE {path} OWNED BY {owner}"));
        }
    }

    fn alter_domain(&self, path: &str, before: &Domain, after: &Domain, out: &mut Script) {
        let mut alter = |action: String| out.push(format!("ALTER DOMAIN {path} {action}"));
        for (check, _) in before.checks.iter().filter(|check| !after.checks.contains(check)) {
            alter(format!("DROP CONSTRAINT {}", self.name(check)));
        }
        match (&before.default, &after.default) {
            (Some(_), None) => alter("DROP DEFAULT".to_owned()),
            (old, Some(new)) if old.as_ref() != Some(new) => alter(format!("SET DEFAULT {}", new.written)),
            _ => {}
        }
        match (before.not_null, after.not_null) {
            (false, true) => alter("SET NOT NULL".to_owned()),
            (true, false) => alter("DROP NOT NULL".to_owned()),
            _ => {}
        }
        for (check, expr) in after.checks.iter().filter(|check| !before.checks.contains(check)) {
            alter(format!(
                "ADD CONSTRAINT {} CHECK {}",
                self.name(check),
                super::table::in_parentheses(expr)
            ));
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

/// The word for an object of this kind.
fn kind(body: &ObjectBody) -> Option<&'static str> {
    Some(match body {
        ObjectBody::Table(_) => "TABLE",
        ObjectBody::View(view) if view.is_materialized => "MATERIALIZED VIEW",
        ObjectBody::View(_) => "VIEW",
        ObjectBody::Index { .. } => "INDEX",
        ObjectBody::Sequence(_) => "SEQUENCE",
        ObjectBody::Enum(_) | ObjectBody::Composite(_) | ObjectBody::OtherType => "TYPE",
        ObjectBody::Domain(_) => "DOMAIN",
        ObjectBody::Namespace => "SCHEMA",
        ObjectBody::Extension => "EXTENSION",
        ObjectBody::Routines(_) | ObjectBody::Other(..) => return None,
    })
}

fn comment(kind: &str, what: &str, text: Option<&str>) -> String {
    let text = text.map_or_else(|| "NULL".to_owned(), |text| POSTGRES.quote_literal(text));
    format!("COMMENT ON {kind} {what} IS {text}")
}

fn create_enum(path: &str, labels: &[Arc<str>]) -> String {
    let labels: Vec<String> = labels.iter().map(|label| POSTGRES.quote_literal(label)).collect();
    format!("CREATE TYPE {path} AS ENUM ({})", labels.join(", "))
}

fn sequence_text(sequence: &Sequence) -> String {
    let mut text = String::new();
    if sequence.data_type != Type::built_in("bigint") {
        text.push_str(&format!(" AS {}", types::data_type(&sequence.data_type, POSTGRES)));
    }
    match sequence_options(&sequence.options) {
        none if none.is_empty() => {}
        options => text.push_str(&format!(" {options}")),
    }
    text
}

/// What leads from one sequence's options to another's: what is no longer said is said to be the default.
fn full_sequence_text(before: &Sequence, after: &Sequence) -> String {
    let mut text = String::new();
    if before.data_type != after.data_type {
        text.push_str(&format!(" AS {}", types::data_type(&after.data_type, POSTGRES)));
    }
    for (key, _) in
        before.options.iter().filter(|(key, _)| !after.options.iter().any(|(other, _)| other == key))
    {
        text.push_str(match &**key {
            "increment" => " INCREMENT BY 1",
            "minvalue" => " NO MINVALUE",
            "maxvalue" => " NO MAXVALUE",
            "cache" => " CACHE 1",
            "cycle" => " NO CYCLE",
            _ => " START WITH 1",
        });
    }
    match sequence_options(&after.options) {
        none if none.is_empty() => {}
        options => text.push_str(&format!(" {options}")),
    }
    text
}

fn alter_identity(before: Option<&Identity>, after: &Identity) -> Option<String> {
    let kind = |identity: &Identity| if identity.is_always { "ALWAYS" } else { "BY DEFAULT" };
    let options = sequence_options(&after.options);
    match before {
        None if options.is_empty() => Some(format!("ADD GENERATED {} AS IDENTITY", kind(after))),
        None => Some(format!("ADD GENERATED {} AS IDENTITY ({options})", kind(after))),
        Some(before) if before == after => None,
        Some(before) => {
            let mut actions = Vec::new();
            if before.is_always != after.is_always {
                actions.push(format!("SET GENERATED {}", kind(after)));
            }
            for (key, value) in after.options.iter().filter(|option| !before.options.contains(option)) {
                actions.push(format!("SET {}", sequence_options(&[(Arc::clone(key), Arc::clone(value))])));
            }
            for (key, _) in
                before.options.iter().filter(|(key, _)| !after.options.iter().any(|(other, _)| other == key))
            {
                actions.push(match &**key {
                    "increment" => "SET INCREMENT BY 1".to_owned(),
                    "minvalue" => "SET NO MINVALUE".to_owned(),
                    "maxvalue" => "SET NO MAXVALUE".to_owned(),
                    "cache" => "SET CACHE 1".to_owned(),
                    "cycle" => "SET NO CYCLE".to_owned(),
                    _ => "SET START WITH 1".to_owned(),
                });
            }
            Some(actions.join(" "))
        }
    }
}

/// Whether values of one type become values of the other without being told how: `pg_cast` has an assignment between them.
fn is_assigned(before: &Type, after: &Type) -> bool {
    // Anything becomes a text.
    family(after) == Some(Family::Text) || family(after).is_some() && family(before) == family(after)
}

/// How a value of one type becomes one of the other: by its text, where there is no cast between them.
fn cast(column: &str, before: &Type, after: &Type) -> String {
    let written = types::data_type(after, POSTGRES);
    let is_direct =
        family(before).is_some() && (family(before) == family(after) || family(before) == Some(Family::Text));
    match is_direct {
        true => format!("{column}::{written}"),
        false => format!("{column}::text::{written}"),
    }
}

/// Types between which there are casts.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Family {
    Number,
    Text,
    Moment,
}

fn family(data_type: &Type) -> Option<Family> {
    let BaseType::BuiltIn(name) = &data_type.base else { return None };
    match &**name {
        _ if data_type.is_array => None,
        "smallint" | "integer" | "bigint" | "numeric" | "real" | "double precision" => Some(Family::Number),
        "text" | "character varying" | "character" | "bpchar" | "name" => Some(Family::Text),
        "date" | "timestamp without time zone" | "timestamp with time zone" => Some(Family::Moment),
        _ => None,
    }
}
