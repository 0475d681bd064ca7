//! MySQL and MariaDB, which change a schema for good with each statement: what one table needs is one `ALTER TABLE`, which
//! happens as a whole or not at all.

mod alter;
mod check;
mod column;
mod notes;
mod table;

use super::{Renderer, Script, both};
use crate::change::{Change, Operation};
use crate::ddl::Kind;
use crate::dialect::Dialect;
use crate::schema::{Constraint, ConstraintBody, ObjectBody, ObjectName, Trigger};
use crate::sql::significant_tokens;

/// What there is to say about an operation.
pub(super) type Told<'t> = dyn Fn(&Operation) -> Vec<String> + 't;

impl Renderer<'_> {
    /// Statements for operations; what follows each other for one table becomes one statement. `told` is what else a reader
    /// has to know about each.
    pub(super) fn mysql(&self, operations: &[Operation], told: &Told<'_>, out: &mut Script) {
        let mut rest = operations;
        while let Some(first) = rest.first() {
            let done = &operations[..operations.len() - rest.len()];
            let len = match of_table(first) {
                Some(table) => self.mysql_run(table, rest),
                None => 1,
            };
            let (own, others) = rest.split_at(len.max(1));
            match first {
                Operation::Object {
                    name,
                    change: Change { before: None, after: Some(ObjectBody::Table(table)) },
                } => {
                    let notes = own.iter().flat_map(told).collect();
                    out.push_noted(self.mysql_table(name, table, &own[1..]), notes);
                }
                Operation::Constraint { table, change } if is_foreign_key(change) => {
                    self.mysql_foreign_keys(table, own, told, out);
                }
                _ if of_table(first).is_some() => self.mysql_alter(own, told, out),
                _ => {
                    let start = out.statements.len();
                    self.mysql_object(first, done, out);
                    if let Some(statement) = out.statements.get_mut(start) {
                        statement.notes.extend(told(first));
                    }
                }
            }
            rest = others;
        }
    }

    /// How many operations, from the first on, go into one statement.
    fn mysql_run(&self, table: &ObjectName, operations: &[Operation]) -> usize {
        let Some(first) = operations.first() else { return 0 };
        let mut gone = Vec::new();
        let goes_along = |operation: &&Operation| {
            if of_table(operation) != Some(table) {
                return false;
            }
            match (first, *operation) {
                (Operation::Object { .. }, other) => {
                    matches!(
                        other,
                        Operation::Index { change: Change { before: None, .. }, .. }
                            | Operation::Comment { .. }
                    )
                }
                (_, Operation::Object { .. }) => false,
                (Operation::Constraint { change: own, .. }, Operation::Constraint { change: other, .. }) => {
                    is_foreign_key(own) == is_foreign_key(other)
                        && (!is_foreign_key(own) || own.before.is_some() == other.before.is_some())
                }
                (Operation::Constraint { change, .. }, _) if is_foreign_key(change) => false,
                (_, Operation::Constraint { change, .. }) if is_foreign_key(change) => false,
                // A column takes the place of one that has to be gone before.
                (_, Operation::Column { change, .. }) => {
                    match (&change.before, &change.after) {
                        (Some(column), None) => gone.push(column.name.to_ascii_lowercase()),
                        (None, Some(column)) => return !gone.contains(&column.name.to_ascii_lowercase()),
                        _ => {}
                    }
                    true
                }
                _ => true,
            }
        };
        1 + {
            let mut goes_along = goes_along;
            // What the first one takes away counts as well.
            goes_along(&first);
            operations[1..].iter().take_while(|operation| goes_along(operation)).count()
        }
    }

    /// What is no part of a table; `done` is what comes before.
    fn mysql_object(&self, operation: &Operation, done: &[Operation], out: &mut Script) {
        match operation {
            Operation::Object { name, change } => match (&change.before, &change.after) {
                (Some(ObjectBody::View(_)), Some(ObjectBody::View(view))) => {
                    let create = self.create_view(name, view);
                    out.push(create.replacen("CREATE ", "CREATE OR REPLACE ", 1));
                }
                (before, after)
                    if [before, after]
                        .into_iter()
                        .flatten()
                        .any(|body| matches!(body, ObjectBody::Routines(_))) =>
                {
                    self.mysql_routines(name, change, out);
                }
                (Some(ObjectBody::Sequence(_)), None) => {
                    out.push(format!("DROP SEQUENCE {}", self.path(name)))
                }
                (None, Some(ObjectBody::Sequence(sequence))) => {
                    let options = super::table::sequence_options(&sequence.options);
                    out.push(format!("CREATE SEQUENCE {} {options}", self.path(name)).trim_end().to_owned());
                }
                _ => self.table_or_view(name, change, out),
            },
            Operation::Trigger { table, change } => {
                out.extend(
                    change
                        .before
                        .as_ref()
                        .map(|trigger| format!("DROP TRIGGER {}", self.name(&trigger.name))),
                );
                out.extend(change.after.as_ref().map(|trigger| self.mysql_trigger(table, trigger)));
            }
            Operation::RenameTable { from, to } => {
                out.push(format!("RENAME TABLE {} TO {}", self.path(from), self.path(to)));
            }
            Operation::RenameColumn { table, from, to } => {
                let rename = self.rename_column(table, from, to);
                let checks = self.mysql_checks_of(table, to, &rename, done);
                out.push_noted(format!("{rename}{}", checks.with), checks.notes);
                out.extend(checks.after);
            }
            _ => {}
        }
    }

    /// Functions and procedures, each of which is what was written. None is changed where it stands.
    fn mysql_routines(&self, name: &ObjectName, change: &Change<ObjectBody>, out: &mut Script) {
        let routines = |body: &Option<ObjectBody>| match body {
            Some(ObjectBody::Routines(routines)) => routines.clone(),
            _ => vec![],
        };
        for routine in routines(&change.before) {
            let kind = if routine.kind == Kind::Function { "FUNCTION" } else { "PROCEDURE" };
            out.push(format!("DROP {kind} {}", self.path(name)));
        }
        out.extend(
            routines(&change.after)
                .into_iter()
                .filter_map(|routine| routine.text.map(|text| text.to_string())),
        );
    }

    /// `CREATE TRIGGER` for the table as it is called now, which need not be what the trigger's text says.
    fn mysql_trigger(&self, table: &ObjectName, trigger: &Trigger) -> String {
        let text = &*trigger.text.written;
        let tokens: Vec<&str> = significant_tokens(text, Dialect::Mysql).collect();
        let is = |place: usize, word: &str| {
            tokens.get(place).is_some_and(|token| token.eq_ignore_ascii_case(word))
        };
        let place_of = |token: &str| token.as_ptr() as usize - text.as_ptr() as usize;
        let timing = (0..tokens.len()).find(|&place| {
            (is(place, "before") || is(place, "after"))
                && ["insert", "update", "delete"].iter().any(|event| is(place + 1, event))
                && is(place + 2, "on")
        });
        let row = (0..tokens.len()).find(|&at| is(at, "for") && is(at + 1, "each") && is(at + 2, "row"));
        let (Some(timing), Some(row)) = (timing, row.filter(|row| row + 3 < tokens.len())) else {
            return text.to_owned();
        };
        format!(
            "CREATE TRIGGER {} {} {} ON {}\nFOR EACH ROW {}",
            self.name(&trigger.name),
            tokens[timing].to_uppercase(),
            tokens[timing + 1].to_uppercase(),
            self.path(table),
            &text[place_of(tokens[row + 3])..],
        )
    }

    /// Foreign keys of one table that all go or are all made.
    fn mysql_foreign_keys(
        &self,
        table: &ObjectName,
        operations: &[Operation],
        told: &Told<'_>,
        out: &mut Script,
    ) {
        let (mut gone, mut made, mut notes) = (Vec::new(), Vec::new(), Vec::new());
        for operation in operations {
            let Operation::Constraint { change, .. } = operation else { continue };
            notes.extend(told(operation));
            if let Some(constraint) = &change.before {
                let own = constraint.name.as_deref().unwrap_or_default();
                gone.push(format!("DROP FOREIGN KEY {}", self.name(own)));
            }
            if let Some(constraint) = &change.after
                && let Some(definition) = self.constraint(table, constraint)
            {
                made.push(format!("ADD {definition}"));
                notes.extend(self.note_of_key(table, constraint));
            }
        }
        if !gone.is_empty() {
            out.push(self.mysql_actions(table, &gone));
        }
        if !made.is_empty() {
            out.push_noted(self.mysql_actions(table, &made), notes);
        }
    }

    /// `ALTER TABLE`, a line for each action where there are several.
    fn mysql_actions(&self, table: &ObjectName, actions: &[String]) -> String {
        match actions {
            [one] => format!("ALTER TABLE {} {one}", self.path(table)),
            all => format!("ALTER TABLE {}\n    {}", self.path(table), all.join(",\n    ")),
        }
    }

    /// The settings that change, as they are written.
    fn mysql_options(&self, operation: &Operation) -> Vec<String> {
        let Operation::Options { change, .. } = operation else { return vec![] };
        let Some((before, after)) = both(change) else { return vec![] };
        let changed = |key: &str| after.get(key).filter(|value| before.get(key) != Some(value));
        let mut actions = Vec::new();
        actions.extend(changed("engine").map(|engine| format!("ENGINE={}", table::engine(engine))));
        // A character set alone brings its own collation.
        let charset =
            after.get("charset").filter(|_| changed("charset").is_some() || changed("collate").is_some());
        let collation = after.get("collate").filter(|_| charset.is_some() || changed("collate").is_some());
        let words = [
            charset.map(|charset| format!("DEFAULT CHARSET={charset}")),
            collation.map(|collation| format!("COLLATE={collation}")),
        ];
        let words: Vec<String> = words.into_iter().flatten().collect();
        if !words.is_empty() {
            actions.push(words.join(" "));
        }
        let is_versioned =
            |options: &std::collections::BTreeMap<_, _>| options.contains_key("system versioning");
        match (is_versioned(before), is_versioned(after)) {
            (false, true) => actions.push("ADD SYSTEM VERSIONING".to_owned()),
            (true, false) => actions.push("DROP SYSTEM VERSIONING".to_owned()),
            _ => {}
        }
        actions
    }
}

/// The table whose definition an operation is about.
fn of_table(operation: &Operation) -> Option<&ObjectName> {
    match operation {
        Operation::Object { name, change: Change { before: None, after: Some(ObjectBody::Table(_)) } } => {
            Some(name)
        }
        Operation::Column { table, .. }
        | Operation::Constraint { table, .. }
        | Operation::Index { table, .. }
        | Operation::Options { table, .. } => Some(table),
        Operation::Comment { name, body: ObjectBody::Table(_), .. } => Some(name),
        _ => None,
    }
}

fn is_foreign_key(change: &Change<Constraint>) -> bool {
    let is_key = |constraint: &Constraint| matches!(constraint.body, ConstraintBody::ForeignKey(_));
    change.before.iter().chain(&change.after).any(is_key)
}

#[cfg(all(test, feature = "mysql"))]
mod tests;
