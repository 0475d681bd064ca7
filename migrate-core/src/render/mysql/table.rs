//! `CREATE TABLE`, with indexes and all.

use super::column::{As, text};
use crate::change::Operation;
use crate::dialect::Dialect;
use crate::render::Renderer;
use crate::render::name::list;
use crate::schema::{Constraint, ConstraintBody, Index, ObjectName, Table, TableKind};

impl Renderer<'_> {
    /// A table, and what comes with it: its indexes and its comment.
    pub(super) fn mysql_table(&self, name: &ObjectName, table: &Table, others: &[Operation]) -> String {
        let primary = table.indexes.iter().find(|index| index.name.eq_ignore_ascii_case("primary"));
        let is_plain =
            |index: &&Index| index.parts.iter().all(|part| part.length.is_none() && !part.descending);
        let key = table.primary_key();
        let inline = key.filter(|columns| columns.len() == 1 && primary.as_ref().is_none_or(is_plain));
        let mut lines: Vec<String> = table
            .columns
            .iter()
            .map(|column| {
                let is_key = inline.is_some_and(|columns| columns[0] == column.name);
                let column_text =
                    self.mysql_column(column, &table.options, As { key: is_key, nullable: false });
                let own = own_checks(table).filter(|own| own.column.as_ref() == Some(&column.name));
                let own = own.filter_map(|own| self.mysql_constraint(name, table, own));
                own.fold(column_text, |text, own| format!("{text} {own}"))
            })
            .collect();
        if let (Some(columns), None) = (key, inline) {
            lines.push(self.mysql_primary_key(columns, primary));
        }
        let uniques = table
            .indexes
            .iter()
            .filter(|index| index.constraint.is_some() && !index.name.eq_ignore_ascii_case("primary"));
        let indexes = others.iter().filter_map(|other| match other {
            Operation::Index { change, .. } => change.after.as_ref(),
            _ => None,
        });
        lines.extend(uniques.chain(indexes).map(|index| self.mysql_key(index)));
        let rest = table.constraints.iter().filter(|constraint| {
            matches!(constraint.body, ConstraintBody::ForeignKey(_) | ConstraintBody::Check { .. })
                && !own_checks(table).any(|own| own == *constraint)
        });
        lines.extend(rest.filter_map(|constraint| self.mysql_constraint(name, table, constraint)));
        let kind = if table.kind == TableKind::Temporary { "TEMPORARY " } else { "" };
        let mut out = format!("CREATE {kind}TABLE {} (\n    {}\n)", self.path(name), lines.join(",\n    "));
        for (key, value) in &table.options {
            match &**key {
                "engine" => out.push_str(&format!(" ENGINE={}", engine(value))),
                "charset" => out.push_str(&format!(" DEFAULT CHARSET={value}")),
                "collate" => out.push_str(&format!(" COLLATE={value}")),
                "system versioning" => out.push_str(" WITH SYSTEM VERSIONING"),
                _ => {}
            }
        }
        let comment = others.iter().find_map(|other| match other {
            Operation::Comment { change, .. } => change.after.as_ref(),
            _ => None,
        });
        if let Some(comment) = comment {
            out.push_str(&format!(" COMMENT={}", text(comment)));
        }
        if let Some(by) = table.partition.as_ref().and_then(|partition| partition.by.as_ref()) {
            out.push_str(&format!("\n{}", by.written));
        }
        out
    }

    /// `PRIMARY KEY`, with what its index has besides the columns.
    pub(super) fn mysql_primary_key(&self, columns: &[std::sync::Arc<str>], index: Option<&Index>) -> String {
        let parts = match index {
            Some(index) => self.mysql_parts(index),
            None => list(columns, Dialect::Mysql),
        };
        format!("PRIMARY KEY ({parts})")
    }

    /// An index as it stands in a table.
    pub(super) fn mysql_key(&self, index: &Index) -> String {
        let (kind, comment) = (kind(index), comment(index));
        format!("{kind}KEY {} ({}){comment}", self.name(&index.name), self.mysql_parts(index))
    }

    fn mysql_parts(&self, index: &Index) -> String {
        index.parts.iter().map(|part| self.index_part(part)).collect::<Vec<_>>().join(", ")
    }

    /// `CREATE INDEX`
    pub(super) fn mysql_index(&self, table: &ObjectName, index: &Index) -> String {
        let (kind, comment) = (kind(index), comment(index));
        let (own, table) = (self.name(&index.name), self.path(table));
        format!("CREATE {kind}INDEX {own} ON {table} ({}){comment}", self.mysql_parts(index))
    }

    /// The definition of a constraint of a table.
    pub(super) fn mysql_constraint(
        &self,
        name: &ObjectName,
        table: &Table,
        constraint: &Constraint,
    ) -> Option<String> {
        match &constraint.body {
            ConstraintBody::PrimaryKey(columns) => {
                let index = table.indexes.iter().find(|index| index.name.eq_ignore_ascii_case("primary"));
                Some(self.mysql_primary_key(columns, index))
            }
            ConstraintBody::Check { .. } => {
                let is_enforced = constraint.is_validated;
                let plain = Constraint { is_validated: true, ..constraint.clone() };
                let end = if is_enforced { "" } else { " NOT ENFORCED" };
                self.constraint(name, &plain).map(|definition| definition + end)
            }
            _ => self.constraint(name, constraint),
        }
    }
}

/// The checks that stand with a column, which is what they are called after.
fn own_checks(table: &Table) -> impl Iterator<Item = &Constraint> {
    let is_own = |constraint: &&Constraint| {
        constraint.column.is_some()
            && matches!(constraint.body, ConstraintBody::Check { .. })
            && (constraint.name.is_none() || constraint.is_name_made_up)
    };
    table.constraints.iter().filter(is_own)
}

fn kind(index: &Index) -> String {
    match &*index.method {
        special @ ("fulltext" | "spatial") => format!("{} ", special.to_uppercase()),
        _ if index.is_unique => "UNIQUE ".to_owned(),
        _ => String::new(),
    }
}

fn comment(index: &Index) -> String {
    index.comment.as_ref().map_or(String::new(), |comment| format!(" COMMENT {}", text(comment)))
}

/// An engine as people write it.
pub(super) fn engine(name: &str) -> &str {
    match name {
        "innodb" => "InnoDB",
        "myisam" => "MyISAM",
        "memory" => "MEMORY",
        "aria" => "Aria",
        other => other,
    }
}
