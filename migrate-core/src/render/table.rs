//! Definitions of tables and of what belongs to them, the same for PostgreSQL and SQLite where they agree.

use super::name::{list, name, path};
use super::{Renderer, types};
use crate::ddl::{ConflictResolution, Deferrable, ReferentialAction};
use crate::dialect::Dialect;
use crate::schema::{
    Column, Constraint, ConstraintBody, ForeignKey, Identity, Index, IndexPart, ObjectName, Space, SqlText,
    Table, TableKind,
};
use crate::sql::significant_tokens;

impl Renderer<'_> {
    /// `CREATE TABLE`, with its constraints.
    pub(super) fn create_table(&self, table_name: &ObjectName, table: &Table) -> String {
        let dialect = self.dialect;
        let kind = match &table.kind {
            TableKind::Temporary => "TEMPORARY ",
            TableKind::Foreign => "FOREIGN ",
            TableKind::Virtual(module) => {
                let arguments = table.options.get("arguments").map_or("", |arguments| arguments);
                return format!(
                    "CREATE VIRTUAL TABLE {} USING {module} ({arguments})",
                    path(table_name, dialect)
                );
            }
            TableKind::Plain if table.options.contains_key("unlogged") => "UNLOGGED ",
            TableKind::Plain => "",
        };
        let mut out = format!("CREATE {kind}TABLE {}", path(table_name, dialect));
        if let (Some(bounds), Some(whole)) =
            (table.partition.as_ref().and_then(|partition| partition.bounds.as_ref()), table.inherits.first())
        {
            out.push_str(&format!(" PARTITION OF {} {}", path(whole, dialect), bounds.written));
        } else {
            let lines = self.elements(table_name, table);
            out.push_str(&format!(" (\n    {}\n)", lines.join(",\n    ")));
            if !table.inherits.is_empty() {
                let parents: Vec<String> =
                    table.inherits.iter().map(|parent| path(parent, dialect)).collect();
                out.push_str(&format!(" INHERITS ({})", parents.join(", ")));
            }
        }
        if let Some(by) = table.partition.as_ref().and_then(|partition| partition.by.as_ref()) {
            out.push_str(&format!(" {}", by.written));
        }
        out.push_str(&self.table_options(table));
        out
    }

    fn table_options(&self, table: &Table) -> String {
        let mut options = Vec::new();
        for key in table.options.keys() {
            match (self.dialect, &**key) {
                (Dialect::Sqlite, "without rowid") => options.push("WITHOUT ROWID".to_owned()),
                (Dialect::Sqlite, "strict") => options.push("STRICT".to_owned()),
                _ => {}
            }
        }
        let between = if self.dialect == Dialect::Sqlite { ", " } else { " " };
        if options.is_empty() { String::new() } else { format!(" {}", options.join(between)) }
    }

    /// The columns and constraints of a table, a line each.
    fn elements(&self, table_name: &ObjectName, table: &Table) -> Vec<String> {
        let inline = |column: &Column| -> Option<&Constraint> {
            table.constraints.iter().find(|constraint| match &constraint.body {
                ConstraintBody::PrimaryKey(columns) => {
                    let is_own = columns.len() == 1 && columns[0] == column.name;
                    let is_plain = self.written_name(table_name, constraint).is_none()
                        && self.carried(table_name, constraint).is_empty();
                    // SQLite's counts in no other place.
                    is_own && (column.auto_increment || is_plain)
                }
                _ => false,
            })
        };
        let mut lines = Vec::new();
        let mut rest: Vec<&Constraint> = table.constraints.iter().filter(|one| one.is_local).collect();
        for column in table.columns.iter().filter(|column| column.is_local) {
            let key = inline(column);
            rest.retain(|constraint| !key.is_some_and(|key| std::ptr::eq(key, *constraint)));
            lines.push(self.column(table_name, column, key));
        }
        for constraint in rest {
            lines.extend(self.constraint(table_name, constraint));
        }
        lines
    }

    /// The definition of a column, with the primary key if it is that by itself.
    pub(super) fn column(&self, table: &ObjectName, column: &Column, key: Option<&Constraint>) -> String {
        let dialect = self.dialect;
        let is_key = key.is_some();
        let mut out = name(&column.name, dialect);
        let serial = self.serial(table, column);
        let written = match serial {
            Some(serial) => serial.to_owned(),
            None => types::data_type(&column.data_type, dialect),
        };
        if !written.is_empty() {
            out.push(' ');
            out.push_str(&written);
        }
        if let Some(collation) = &column.collation {
            out.push_str(&format!(" COLLATE {}", name(collation, dialect)));
        }
        if let Some(generated) = &column.generated {
            let kind = if generated.is_stored { "STORED" } else { "VIRTUAL" };
            out.push_str(&format!(
                " GENERATED ALWAYS AS {} {kind}",
                in_parentheses(&generated.expr, dialect)
            ));
        }
        // SQLite's keys take NULL, but for the one that is the row's number.
        let is_implied =
            serial.is_some() || column.identity.is_some() || is_key && dialect != Dialect::Sqlite;
        if column.not_null && !is_implied {
            out.push_str(" NOT NULL");
            out.push_str(on_conflict(column.on_null));
        }
        if let Some(default) = column.default.as_ref().filter(|_| serial.is_none()) {
            out.push_str(&format!(" DEFAULT {}", default_text(default, dialect)));
        }
        if let Some(identity) = &column.identity {
            out.push_str(&format!(" {}", identity_text(identity)));
        }
        if let Some(key) = key {
            if let Some(own) = self.written_name(table, key) {
                out.push_str(&format!(" CONSTRAINT {}", name(own, dialect)));
            }
            out.push_str(" PRIMARY KEY");
            out.push_str(on_conflict(key.on_conflict));
            if column.auto_increment && dialect == Dialect::Sqlite {
                out.push_str(" AUTOINCREMENT");
            }
        }
        out
    }

    /// The name of a constraint, where it is not the one that the database would make up.
    pub(super) fn written_name<'c>(&self, table: &ObjectName, constraint: &'c Constraint) -> Option<&'c str> {
        let name = constraint.name.as_deref()?;
        let is_usual = match (self.dialect, &constraint.body) {
            (Dialect::Mysql, ConstraintBody::PrimaryKey(_)) => true,
            (Dialect::Mysql, ConstraintBody::ForeignKey(_)) if self.keys.contains(name) => false,
            (Dialect::Mysql | Dialect::Sqlite, _) => constraint.is_name_made_up,
            (Dialect::Postgres, ConstraintBody::PrimaryKey(_)) => name == format!("{}_pkey", table.name),
            (Dialect::Postgres, _) => false,
        };
        (!is_usual).then_some(name)
    }

    /// The definition of a constraint; `None` for one that stands elsewhere.
    pub(super) fn constraint(&self, table: &ObjectName, constraint: &Constraint) -> Option<String> {
        let dialect = self.dialect;
        let mut out = match self.written_name(table, constraint) {
            Some(own) => format!("CONSTRAINT {} ", name(own, dialect)),
            None => String::new(),
        };
        match &constraint.body {
            ConstraintBody::PrimaryKey(columns) => {
                out.push_str(&format!("PRIMARY KEY ({})", list(columns, dialect)));
                out.push_str(&self.carried(table, constraint));
            }
            ConstraintBody::Unique { columns, nulls_not_distinct } => {
                let nulls = if *nulls_not_distinct { "NULLS NOT DISTINCT " } else { "" };
                out.push_str(&format!("UNIQUE {nulls}({})", list(columns, dialect)));
                out.push_str(&self.carried(table, constraint));
            }
            ConstraintBody::ForeignKey(key) => out.push_str(&self.foreign_key(key)),
            ConstraintBody::Check { expr, no_inherit, .. } => {
                out.push_str(&format!("CHECK {}", in_parentheses(expr, dialect)));
                out.push_str(if *no_inherit { " NO INHERIT" } else { "" });
            }
            ConstraintBody::Exclude(text) => out.push_str(&text.written),
            ConstraintBody::NotNull(column) => out.push_str(&format!("NOT NULL {}", name(column, dialect))),
        }
        out.push_str(on_conflict(constraint.on_conflict));
        let Deferrable { is_deferrable, is_initially_deferred } = constraint.deferrable;
        out.push_str(if is_deferrable { " DEFERRABLE" } else { "" });
        out.push_str(if is_initially_deferred { " INITIALLY DEFERRED" } else { "" });
        out.push_str(if constraint.is_validated { "" } else { " NOT VALID" });
        Some(out)
    }

    /// What the index of a key has besides its columns.
    fn carried(&self, table: &ObjectName, constraint: &Constraint) -> String {
        let found = self.after.table(&table.id(Space::Relation, self.dialect));
        let is_own = |index: &&Index| index.constraint.is_some() && index.constraint == constraint.name;
        let index = found.and_then(|table| table.indexes.iter().find(is_own));
        let Some(index) = index.filter(|_| self.dialect == Dialect::Postgres) else { return String::new() };
        let include = match index.include.as_slice() {
            [] => String::new(),
            columns => format!(" INCLUDE ({})", list(columns, self.dialect)),
        };
        include + &super::view::parameters(&index.options)
    }

    fn foreign_key(&self, key: &ForeignKey) -> String {
        format!("FOREIGN KEY ({}) {}", list(&key.columns, self.dialect), self.references(key))
    }

    pub(super) fn references(&self, key: &ForeignKey) -> String {
        let dialect = self.dialect;
        let mut out = format!("REFERENCES {}", path(&key.table, dialect));
        if !key.referenced.is_empty() {
            out.push_str(&format!(" ({})", list(&key.referenced, dialect)));
        }
        out.push_str(if key.match_full { " MATCH FULL" } else { "" });
        for (event, action) in [("DELETE", key.on_delete), ("UPDATE", key.on_update)] {
            let words = match action {
                ReferentialAction::NoAction => continue,
                ReferentialAction::Restrict => "RESTRICT",
                ReferentialAction::Cascade => "CASCADE",
                ReferentialAction::SetNull => "SET NULL",
                ReferentialAction::SetDefault => "SET DEFAULT",
            };
            out.push_str(&format!(" ON {event} {words}"));
            if event == "DELETE" && !key.on_delete_columns.is_empty() {
                out.push_str(&format!(" ({})", list(&key.on_delete_columns, dialect)));
            }
        }
        out
    }

    /// `CREATE INDEX`
    pub(super) fn create_index(&self, table: &ObjectName, index: &Index) -> String {
        let dialect = self.dialect;
        let mut own = name(&index.name, dialect);
        let mut on = path(table, dialect);
        let kind = if index.is_unique { "UNIQUE " } else { "" }.to_owned();
        let mut method = String::new();
        match (dialect, &*index.method) {
            (_, "btree") => {}
            (_, other) => method = format!(" USING {other}"),
        }
        if dialect == Dialect::Sqlite && &*table.schema != "main" && !table.schema.is_empty() {
            // The index says the schema, the table is there as well.
            own = format!("{}.{own}", name(&table.schema, dialect));
            on = name(&table.name, dialect);
        }
        let parts: Vec<String> = index.parts.iter().map(|part| self.index_part(part)).collect();
        let mut out = format!("CREATE {kind}INDEX {own} ON {on}{method} ({})", parts.join(", "));
        if !index.include.is_empty() {
            out.push_str(&format!(" INCLUDE ({})", list(&index.include, dialect)));
        }
        out.push_str(if index.nulls_not_distinct { " NULLS NOT DISTINCT" } else { "" });
        out.push_str(&super::view::parameters(&index.options));
        if let Some(predicate) = &index.predicate {
            out.push_str(&format!(" WHERE {}", predicate.written));
        }
        out
    }

    pub(super) fn index_part(&self, part: &IndexPart) -> String {
        let mut out = match part.is_column {
            true => name(&part.expr.written, self.dialect),
            false => in_parentheses(&part.expr, self.dialect),
        };
        if let Some(length) = &part.length {
            out.push_str(&format!("({length})"));
        }
        if let Some(collation) = &part.collation {
            out.push_str(&format!(" COLLATE {}", name(collation, self.dialect)));
        }
        if let Some(opclass) = &part.opclass {
            out.push_str(&format!(" {opclass}"));
        }
        out.push_str(if part.descending { " DESC" } else { "" });
        if part.nulls_first != part.descending {
            out.push_str(if part.nulls_first { " NULLS FIRST" } else { " NULLS LAST" });
        }
        out
    }
}

/// What SQLite does with a row that breaks a constraint.
fn on_conflict(resolution: Option<ConflictResolution>) -> &'static str {
    match resolution {
        None | Some(ConflictResolution::Abort) => "",
        Some(ConflictResolution::Rollback) => " ON CONFLICT ROLLBACK",
        Some(ConflictResolution::Fail) => " ON CONFLICT FAIL",
        Some(ConflictResolution::Ignore) => " ON CONFLICT IGNORE",
        Some(ConflictResolution::Replace) => " ON CONFLICT REPLACE",
    }
}

/// A text in parentheses, once.
pub(super) fn in_parentheses(text: &SqlText, dialect: Dialect) -> String {
    if is_enclosed(&text.written, dialect) { text.written.to_string() } else { format!("({})", text.written) }
}

/// Whether the first parenthesis of a text closes at its end.
fn is_enclosed(text: &str, dialect: Dialect) -> bool {
    if !text.starts_with('(') || !text.ends_with(')') {
        return false;
    }
    let mut depth = 0_usize;
    let mut tokens = significant_tokens(text, dialect).peekable();
    while let Some(token) = tokens.next() {
        match token {
            "(" => depth += 1,
            ")" => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            return tokens.peek().is_none();
        }
    }
    false
}

/// A default. What is no constant stands in parentheses in SQLite.
pub(super) fn default_text(default: &SqlText, dialect: Dialect) -> String {
    let text = &*default.written;
    let upper = text.to_ascii_uppercase();
    let is_literal =
        text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '\'' | '-' | '+' | '.' | '"'));
    let is_constant = is_literal && is_one(text, dialect)
        || ["NULL", "TRUE", "FALSE"].contains(&&*upper)
        || upper.starts_with("CURRENT_")
        || ["X'", "B'", "0X"].iter().any(|start| upper.starts_with(start));
    match dialect {
        Dialect::Postgres => text.to_owned(),
        _ if is_constant => text.to_owned(),
        _ => in_parentheses(default, dialect),
    }
}

/// Whether a text is one token, with a sign or without.
fn is_one(text: &str, dialect: Dialect) -> bool {
    significant_tokens(text.trim_start_matches(['-', '+']), dialect).count() == 1
}

fn identity_text(identity: &Identity) -> String {
    let kind = if identity.is_always { "ALWAYS" } else { "BY DEFAULT" };
    match sequence_options(&identity.options) {
        none if none.is_empty() => format!("GENERATED {kind} AS IDENTITY"),
        options => format!("GENERATED {kind} AS IDENTITY ({options})"),
    }
}

/// The options of a sequence.
pub(super) fn sequence_options(options: &[(std::sync::Arc<str>, std::sync::Arc<str>)]) -> String {
    let words: Vec<String> = options
        .iter()
        .map(|(key, value)| match &**key {
            "start" => format!("START WITH {value}"),
            "increment" => format!("INCREMENT BY {value}"),
            "cycle" => "CYCLE".to_owned(),
            other => format!("{} {value}", other.to_uppercase()),
        })
        .collect();
    words.join(" ")
}
