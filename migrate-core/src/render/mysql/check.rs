//! Checks, where MySQL and MariaDB differ: in names that nobody chose, in what `MODIFY` forgets, and in what follows a column's
//! new name. What only one of them is to do stands in a comment that the other one skips.

use crate::change::{Change, Operation};
use crate::dialect::Dialect;
use crate::interpret::Interpreter;
use crate::render::Renderer;
use crate::replay::{pieces_of, run};
use crate::schema::{
    Column, Constraint, ConstraintBody, ObjectBody, ObjectId, ObjectName, Schema, Space, Table,
};

use super::column::{As, in_parentheses};

/// The checks that stand with a column that is said anew: MariaDB forgets them, MySQL keeps them.
pub(super) struct OwnChecks {
    /// The texts of those that stay.
    kept: Vec<String>,
    /// What MySQL calls those that go.
    dropped: Vec<String>,
}

impl OwnChecks {
    /// What stands behind the column for those that stay: of several, MariaDB has the one that comes from all.
    pub(super) fn kept(&self) -> String {
        match self.kept.as_slice() {
            [] => String::new(),
            all => format!(" /*M! CHECK {} */", all.join(" AND ")),
        }
    }

    /// What stands behind the action for those that go.
    pub(super) fn dropped(&self) -> String {
        self.dropped.iter().map(|name| format!(" /*!80016 , DROP CHECK {name} */")).collect()
    }
}

impl Renderer<'_> {
    /// What becomes of the checks that stand with a column.
    pub(super) fn mysql_own_checks(&self, table: &ObjectName, column: &Column) -> OwnChecks {
        let before = self.mysql_before(table).into_iter().flat_map(|table| &table.constraints);
        let is_own = |own: &&Constraint| {
            let of = own.column.as_ref().is_some_and(|of| of.eq_ignore_ascii_case(&column.name));
            of && !own.may_be_missing
        };
        let after = self.mysql_after(table);
        let (mut kept, mut dropped) = (vec![], vec![]);
        for own in before.filter(is_own) {
            let ConstraintBody::Check { expr, .. } = &own.body else { continue };
            let stays = |new: &Constraint| matches!(&new.body, ConstraintBody::Check { expr: new, .. } if new == expr);
            match after.is_none_or(|after| after.constraints.iter().any(stays)) {
                true => kept.push(in_parentheses(&expr.written)),
                false => dropped.extend(own.mysql_name.as_deref().map(|name| self.name(name))),
            }
        }
        OwnChecks { kept, dropped }
    }

    /// Drops a check. That of a column goes when the column is said anew, which another operation may do.
    pub(super) fn mysql_drop_check(
        &self,
        table: &ObjectName,
        constraint: &Constraint,
        operations: &[Operation],
    ) -> Option<String> {
        let name = self.name(constraint.name.as_deref().unwrap_or_default());
        let Some(own) = &constraint.column else {
            let name = match &constraint.mysql_name {
                Some(of_mysql) => format!("/*M! {name} *//*!80016 {} */", self.name(of_mysql)),
                None => name,
            };
            return Some(format!("DROP CONSTRAINT {name}"));
        };
        let is_own = |column: &&Column| column.name.eq_ignore_ascii_case(own);
        let is_said_anew = |operation: &Operation| match operation {
            Operation::Column { change: Change { before: Some(old), after: Some(_) }, .. } => is_own(&old),
            _ => false,
        };
        if operations.iter().any(is_said_anew) {
            return None;
        }
        let column = self.mysql_before(table)?.columns.iter().find(is_own)?;
        let as_is = self.mysql_column(column, &self.settings(table), As::default());
        Some(format!("MODIFY COLUMN {as_is}{}", self.mysql_own_checks(table, column).dropped()))
    }

    /// What MySQL has to do to the checks that name a column, to let it have another name: they go and come back. `rename` gives
    /// the column its name, after what is `done`.
    pub(super) fn mysql_checks_of(
        &self,
        table: &ObjectName,
        column: &str,
        rename: &str,
        done: &[Operation],
    ) -> Renamed {
        let mut interpreter = Interpreter::on(self.before.clone());
        let mut follow = |sql: &str| drop(run(&mut interpreter, &pieces_of(sql, Dialect::Mysql)));
        for operation in done {
            match operation {
                Operation::RenameTable { from, to } => {
                    follow(&format!("RENAME TABLE {} TO {}", self.path(from), self.path(to)));
                }
                Operation::RenameColumn { table, from, to } => follow(&self.rename_column(table, from, to)),
                _ => {}
            }
        }
        follow(rename);
        let schema = interpreter.into_schema();
        let mut all = Renamed::default();
        let id = table.id(Space::Relation, Dialect::Mysql);
        let Some(renamed) = schema.table(&id) else { return all };
        // MySQL does not copy a table then, as it has to for a check that comes.
        let is_key = is_in_foreign_key(&schema, &id, column);
        for (own, text) in checks_of(renamed, column) {
            let Some(name) = own.name_in_mysql().filter(|_| note_of_name(own, &table.name).is_none()) else {
                all.notes.push(format!(
                    "MySQL refuses this while a check names the column: CHECK {text}. There, drop it before and add it after."
                ));
                continue;
            };
            let name = self.name(name);
            let add = format!("ADD CONSTRAINT {name} CHECK {text}");
            if is_key {
                all.with.push_str(&format!(" /*!80016 , DROP CHECK {name} */"));
                all.after.push(self.mysql_actions(table, &[format!("/*!80016 {add} */")]));
            } else {
                all.with.push_str(&format!(" /*!80016 , DROP CHECK {name}, {add} */"));
            }
        }
        all
    }
}

/// What comes with a column's new name.
#[derive(Default)]
pub(super) struct Renamed {
    /// In the same statement.
    pub(super) with: String,
    /// About that.
    pub(super) notes: Vec<String>,
    /// The statements after it.
    pub(super) after: Vec<String>,
}

/// Whether a foreign key leads from a column or to it.
fn is_in_foreign_key(schema: &Schema, id: &ObjectId, column: &str) -> bool {
    schema.objects().iter().any(|(own, object)| {
        let ObjectBody::Table(table) = &object.body else { return false };
        table.constraints.iter().any(|constraint| {
            let ConstraintBody::ForeignKey(key) = &constraint.body else { return false };
            let leads_here = key.table.id(Space::Relation, Dialect::Mysql) == *id;
            let from = key.columns.iter().filter(|_| own == id);
            let to = schema.referenced(key).iter().filter(|_| leads_here);
            from.chain(to).any(|name| name.eq_ignore_ascii_case(column))
        })
    })
}

/// The checks of a table that name a column, with their texts. What JSON is checked by is MariaDB's own.
fn checks_of<'t>(table: &'t Table, column: &str) -> Vec<(&'t Constraint, String)> {
    let named = table.constraints.iter().filter_map(|own| match &own.body {
        ConstraintBody::Check { expr, columns, .. } if !own.may_be_missing => {
            let names = columns.iter().any(|name| name.eq_ignore_ascii_case(column));
            names.then(|| (own, in_parentheses(&expr.written)))
        }
        _ => None,
    });
    named.collect()
}

/// Of a check that was read from a database of MariaDB, which made its name up: what MySQL calls it is not known.
pub(super) fn note_of_name(constraint: &Constraint, table: &str) -> Option<String> {
    let is_check = matches!(constraint.body, ConstraintBody::Check { .. });
    let is_open = is_check && constraint.is_name_made_up && constraint.mysql_name.is_none();
    let name = constraint.name.as_deref().filter(|_| is_open)?;
    let is_of_mariadb = constraint.column.is_some() || name.starts_with("CONSTRAINT_");
    is_of_mariadb.then(|| {
        format!("MariaDB calls the check `{name}`; MySQL calls it `{table}_chk_1`, or another number.")
    })
}
