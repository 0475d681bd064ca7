//! What a constraint without a name is called, and which names are taken.

use std::sync::Arc;

use super::naming;
use super::run::Run;
use crate::ddl::{Expr, ExprKind, Ident, TableConstraint};
use crate::dialect::Dialect;
use crate::schema::{Constraint, ConstraintBody, ObjectId, Table};

impl Run<'_> {
    /// The constraint's own name, or the one that the database makes up; a finding if it is taken.
    pub(super) fn constraint_name(
        &mut self,
        id: &ObjectId,
        constraint: &TableConstraint,
        label: &str,
        columns: &[&str],
    ) -> String {
        let has_index = matches!(label, "pkey" | "key" | "excl");
        if let Some(name) = &constraint.name {
            self.refuse_taken(id, name, has_index, label);
            return name.text.to_string();
        }
        match self.dialect {
            Dialect::Postgres => {
                let joined =
                    naming::joined(naming::index_columns(columns.iter().copied()).iter().map(String::as_str));
                let column = (!joined.is_empty()).then_some(&*joined);
                naming::free_name(&id.name, column, label, |name| {
                    self.schema.constraints_named(&id.schema, name) > 0
                        || has_index && self.is_relation(&id.schema, name)
                })
            }
            Dialect::Mysql => self.mysql_name(id, label, columns),
            Dialect::Sqlite => String::new(),
        }
    }

    fn mysql_name(&self, id: &ObjectId, label: &str, columns: &[&str]) -> String {
        let Some(table) = self.schema.table(id) else { return String::new() };
        match label {
            "key" => free_index_name(table, columns.first().copied().unwrap_or_default()),
            "fkey" => {
                let start = format!("{}_ibfk_", id.name);
                format!("{start}{}", last_number(names_of(table), &start) + 1)
            }
            // MariaDB takes the first one that is free.
            _ => {
                let is_taken = |name: &String| names_of(table).any(|own| own.eq_ignore_ascii_case(name));
                let names = (1_usize..).map(|number| format!("CONSTRAINT_{number}"));
                names.into_iter().find(|name| !is_taken(name)).unwrap_or_default()
            }
        }
    }

    fn refuse_taken(&mut self, id: &ObjectId, name: &Ident, has_index: bool, label: &str) {
        let Some(table) = self.schema.table(id) else { return };
        // MySQL's kinds of constraints have names of their own.
        let may_clash = |other: &Constraint| match (&other.body, self.dialect) {
            (ConstraintBody::ForeignKey(_), Dialect::Mysql) => label == "fkey",
            (ConstraintBody::Check { .. }, Dialect::Mysql) => label == "check",
            (_, Dialect::Mysql) => has_index,
            _ => true,
        };
        let is_taken = has_index
            && self.dialect == Dialect::Mysql
            && table
                .indexes
                .iter()
                .any(|index| self.same_name(&index.name, &name.text) && !index.may_be_missing)
            || table.constraints.iter().any(|other| {
                may_clash(other)
                    && !other.may_be_missing
                    && other.name.as_ref().is_some_and(|own| self.same_name(own, &name.text))
            });
        // SQLite does not care.
        if is_taken && self.is_uncertain(id) {
            // Whether it is still there is not known.
        } else if is_taken && self.dialect != Dialect::Sqlite {
            let message = format!("table `{}` has a constraint `{}` already", self.shown(id), name.text);
            self.wrong("duplicate-constraint", name.at, message);
        } else if has_index && self.dialect == Dialect::Postgres && self.is_relation(&id.schema, &name.text) {
            let message = format!("there is a relation `{}` already", name.text);
            self.wrong("duplicate-index", name.at, message);
        }
    }
}

/// What an index calls a key.
pub(super) fn naming_of(expr: &Expr) -> &str {
    match &expr.kind {
        ExprKind::Column(path) => path.last().map_or("expr", |name| &name.text),
        ExprKind::Call { name, .. } => &name.name.text,
        ExprKind::Cast(inner, data_type) => match naming_of(inner) {
            "expr" => &data_type.name,
            name => name,
        },
        _ => "expr",
    }
}

/// MySQL calls an index after its first column.
pub(super) fn free_index_name(table: &Table, column: &str) -> String {
    let own = table.columns.iter().find(|own| own.name.eq_ignore_ascii_case(column));
    let column = own.map_or(column, |own| &own.name);
    let is_taken = |name: &str| table.indexes.iter().any(|index| index.name.eq_ignore_ascii_case(name));
    if !is_taken(column) && !column.eq_ignore_ascii_case("primary") {
        return column.to_owned();
    }
    let mut number = 2;
    loop {
        let name = format!("{column}_{number}");
        if !is_taken(&name) {
            return name;
        }
        number += 1;
    }
}

/// What MySQL calls the next check without a name.
pub(super) fn next_check_of_mysql(table: &Table, own: &str) -> Arc<str> {
    let start = format!("{own}_chk_");
    let names = table.constraints.iter().filter_map(Constraint::name_in_mysql);
    format!("{start}{}", last_number(names, &start) + 1).into()
}

fn names_of(table: &Table) -> impl Iterator<Item = &str> {
    table.constraints.iter().filter_map(|constraint| constraint.name.as_deref())
}

/// The highest number behind that start of a name, or 0.
fn last_number<'n>(names: impl Iterator<Item = &'n str>, start: &str) -> usize {
    let numbers = names.filter_map(|name| {
        let own = name.get(..start.len()).filter(|own| own.eq_ignore_ascii_case(start))?;
        name.get(own.len()..)?.parse::<usize>().ok()
    });
    numbers.max().unwrap_or(0)
}
