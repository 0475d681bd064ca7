//! MySQL and MariaDB.

use super::{Renderer, Script, both};
use crate::change::{Change, Operation};
use crate::dialect::Dialect;
use crate::schema::{Constraint, ConstraintBody, ObjectBody, ObjectName};

impl Renderer<'_> {
    pub(super) fn mysql(&self, operation: &Operation, out: &mut Script) {
        match operation {
            Operation::Object { name, change } => self.table_or_view(name, change, out),
            Operation::Column { table, change } => {
                let action = match (&change.before, &change.after) {
                    (None, Some(column)) => format!("ADD COLUMN {}", self.column(table, column, None)),
                    (Some(column), None) => format!("DROP COLUMN {}", self.name(&column.name)),
                    (Some(_), Some(column)) => format!("MODIFY COLUMN {}", self.column(table, column, None)),
                    (None, None) => return,
                };
                out.push(self.alter(table, &[action]));
            }
            Operation::Constraint { table, change } => self.mysql_constraint(table, change, out),
            Operation::Index { table, change } => {
                if let Some(index) = &change.before {
                    out.push(format!("DROP INDEX {} ON {}", self.name(&index.name), self.path(table)));
                }
                if let Some(index) = &change.after {
                    out.push(self.create_index(table, index));
                }
            }
            Operation::Trigger { change, .. } => {
                out.extend(
                    change
                        .before
                        .as_ref()
                        .map(|trigger| format!("DROP TRIGGER {}", self.name(&trigger.name))),
                );
                out.extend(change.after.as_ref().map(|trigger| trigger.text.written.to_string()));
            }
            Operation::Options { table, change } => {
                let Some((before, after)) = both(change) else { return };
                let changed = |key: &str| after.get(key).filter(|value| before.get(key) != Some(value));
                let mut actions = Vec::new();
                actions.extend(changed("engine").map(|engine| format!("ENGINE={engine}")));
                actions.extend(changed("charset").map(|charset| format!("DEFAULT CHARSET={charset}")));
                actions.extend(changed("collate").map(|collation| format!("COLLATE={collation}")));
                if !actions.is_empty() {
                    out.push(format!("ALTER TABLE {} {}", self.path(table), actions.join(" ")));
                }
            }
            Operation::Comment { name, change, body: ObjectBody::Table(_) } => {
                let text = Dialect::Mysql.quote_literal(change.after.as_deref().unwrap_or_default());
                out.push(self.alter(name, &[format!("COMMENT={text}")]));
            }
            Operation::RenameTable { from, to } => {
                out.push(format!("RENAME TABLE {} TO {}", self.path(from), self.path(to)));
            }
            Operation::RenameColumn { table, from, to } => out.push(self.rename_column(table, from, to)),
            Operation::Comment { .. } | Operation::RenameValue { .. } | Operation::Rebuild { .. } => {}
        }
    }

    fn mysql_constraint(&self, table: &ObjectName, change: &Change<Constraint>, out: &mut Script) {
        if let Some(constraint) = &change.before {
            let own = self.name(constraint.name.as_deref().unwrap_or_default());
            let action = match &constraint.body {
                ConstraintBody::PrimaryKey(_) => "DROP PRIMARY KEY".to_owned(),
                ConstraintBody::ForeignKey(_) => format!("DROP FOREIGN KEY {own}"),
                ConstraintBody::Unique { .. } => format!("DROP INDEX {own}"),
                _ => format!("DROP CONSTRAINT {own}"),
            };
            out.push(self.alter(table, &[action]));
        }
        if let Some(definition) =
            change.after.as_ref().and_then(|constraint| self.constraint(table, constraint))
        {
            out.push(self.alter(table, &[format!("ADD {definition}")]));
        }
    }
}
