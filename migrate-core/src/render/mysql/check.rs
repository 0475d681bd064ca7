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
#[derive(Default)]
pub(super) struct OwnChecks {
    /// The texts of those that stay.
    kept: Vec<String>,
    /// What MySQL calls those that go.
    dropped: Vec<String>,
    /// Those that come, each as it is defined.
    made: Vec<String>,
    /// Whether some go.
    go: bool,
}

impl OwnChecks {
    /// What stands behind the column for those that stay: of several, MariaDB has the one that comes from all.
    pub(super) fn kept(&self) -> String {
        match self.kept.as_slice() {
            [] => String::new(),
            all => format!(" /*M! CHECK {} */", all.join(" AND ")),
        }
    }

    /// What stands behind the column for those that come. One that comes where others stay is one of the table's: the servers have no
    /// word in common for it.
    pub(super) fn made(&self) -> String {
        self.made.iter().map(|check| format!(" {check}")).collect()
    }

    /// What stands behind a column that has them all, to keep them.
    pub(super) fn again(&self) -> String {
        let made = self.made.iter().filter_map(|check| check.strip_prefix("CHECK ")).map(str::to_owned);
        let kept = self.kept.iter().cloned().chain(made).collect();
        Self { kept, ..Self::default() }.kept()
    }

    /// Whether none come and none go.
    pub(super) fn stay(&self) -> bool {
        self.made.is_empty() && !self.go
    }

    /// What stands behind the action for those that go.
    pub(super) fn dropped(&self) -> String {
        self.dropped.iter().map(|name| format!(" /*!80016 , DROP CHECK {name} */")).collect()
    }
}

impl Renderer<'_> {
    /// What becomes of the checks that stand with a column.
    pub(super) fn mysql_own_checks(&self, table: &ObjectName, column: &Column) -> OwnChecks {
        let (before, after) =
            (constraints_of(self.mysql_before(table)), constraints_of(self.mysql_after(table)));
        let is_own = |own: &&Constraint| {
            let of = own.column.as_ref().is_some_and(|of| of.eq_ignore_ascii_case(&column.name));
            of && !own.may_be_missing
        };
        let has = |all: &[Constraint], own: &ConstraintBody| {
            let ConstraintBody::Check { expr, .. } = own else { return false };
            all.iter()
                .any(|one| matches!(&one.body, ConstraintBody::Check { expr: other, .. } if other == expr))
        };
        let mut checks = OwnChecks::default();
        for own in before.iter().filter(is_own) {
            let ConstraintBody::Check { expr, .. } = &own.body else { continue };
            match self.mysql_after(table).is_none() || has(after, &own.body) {
                true => checks.kept.push(in_parentheses(&expr.written)),
                false => {
                    checks.go = true;
                    checks.dropped.extend(own.mysql_name.as_deref().map(|name| self.name(name)));
                }
            }
        }
        if let (true, Some(whole)) = (checks.kept.is_empty(), self.mysql_after(table)) {
            let made = after.iter().filter(is_own).filter(|own| is_plain(own) && !has(before, &own.body));
            checks.made.extend(made.filter_map(|own| self.mysql_constraint(table, whole, own)));
        }
        checks
    }

    /// Makes a check of a column that is there: where another operation says the column anew, that says the check. Nothing where it
    /// is to be one of the table's.
    pub(super) fn mysql_make_own_check(
        &self,
        table: &ObjectName,
        constraint: &Constraint,
        operations: &[Operation],
    ) -> Option<Vec<String>> {
        let own = constraint.column.as_ref().filter(|_| is_plain(constraint))?;
        let is_own = |column: &&Column| column.name.eq_ignore_ascii_case(own);
        let column = self.mysql_after(table)?.columns.iter().find(is_own)?;
        let checks = self.mysql_own_checks(table, column);
        if checks.made.is_empty() {
            return None;
        }
        // Or it was said with the check before this one.
        let first = operations.iter().find(|operation| match operation {
            Operation::Column { change, .. } => change.after.as_ref().is_some_and(|column| is_own(&column)),
            Operation::Constraint { change, .. } => {
                change.before.iter().chain(&change.after).any(|other| other.column.as_ref() == Some(own))
            }
            _ => false,
        });
        let is_first = matches!(first, Some(Operation::Constraint { change, .. }) if change.after.as_ref() == Some(constraint));
        if !is_first {
            return Some(vec![]);
        }
        let as_is = self.mysql_column(column, &self.settings(table), As::default());
        Some(vec![format!("MODIFY COLUMN {as_is}{}", checks.made())])
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
        let checks = self.mysql_own_checks(table, column);
        Some(format!("MODIFY COLUMN {as_is}{}{}{}", checks.made(), checks.kept(), checks.dropped()))
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

fn constraints_of(table: Option<&Table>) -> &[Constraint] {
    table.map_or(&[], |table| &table.constraints)
}

/// Whether a check can stand with its column as both servers read it: without a name, and held.
fn is_plain(own: &Constraint) -> bool {
    let is_check = matches!(own.body, ConstraintBody::Check { .. });
    is_check && own.is_validated && (own.name.is_none() || own.is_name_made_up)
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
