//! Operations as statements.
//!
//! Texts of expressions go out as they came in; nothing is printed from a tree. Whether the statements do what the operations
//! say is for the interpreter to find out: they can be replayed like any other.

mod mysql;
mod name;
mod note;
mod postgres;
mod script;
mod sqlite;
mod table;
mod types;
mod view;

use std::collections::BTreeSet;
use std::sync::Arc;

pub(crate) use name::{name as written_name, path as written_path};
pub use script::{Script, Statement};
pub(crate) use sqlite::can_be_added;
pub use types::data_type;

use crate::change::{Change, Operation};
use crate::dialect::Dialect;
use crate::schema::{Column, Object, ObjectBody, ObjectName, Schema, Sequence, Space, SqlText, View};

/// The statements that carry out operations, in order.
///
/// `before` and `after` are the schemas between which they lead.
pub fn render(operations: &[Operation], before: &Schema, after: &Schema) -> Script {
    render_with(operations, before, after, |_| vec![])
}

/// The same, with what a reader has to know about an operation above its first statement.
pub(crate) fn render_with(
    operations: &[Operation],
    before: &Schema,
    after: &Schema,
    notes: impl Fn(&Operation) -> Vec<String>,
) -> Script {
    render_naming(&BTreeSet::new(), operations, before, after, notes)
}

/// The same, where foreign keys of MySQL are given these names, though the server makes such names up.
pub(crate) fn render_naming(
    keys: &BTreeSet<Arc<str>>,
    operations: &[Operation],
    before: &Schema,
    after: &Schema,
    notes: impl Fn(&Operation) -> Vec<String>,
) -> Script {
    Renderer { dialect: after.dialect(), before, after, keys }.script(operations, notes)
}

struct Renderer<'a> {
    dialect: Dialect,
    before: &'a Schema,
    after: &'a Schema,
    /// Foreign keys whose names are said though they look made up.
    keys: &'a BTreeSet<Arc<str>>,
}

impl Renderer<'_> {
    fn script(&self, operations: &[Operation], notes: impl Fn(&Operation) -> Vec<String>) -> Script {
        let mut out = Script::default();
        if self.dialect == Dialect::Mysql {
            self.mysql(operations, &notes, &mut out);
            return out;
        }
        for operation in operations {
            let start = out.statements.len();
            match self.dialect {
                Dialect::Postgres => self.postgres(operation, &mut out),
                Dialect::Sqlite => self.sqlite(operation, &mut out),
                Dialect::Mysql => {}
            }
            if let Some(first) = out.statements.get_mut(start) {
                first.notes.splice(0..0, notes(operation));
            }
        }
        // PostgreSQL does not take a value of an enum in the transaction that adds it. The other way would be to make the enum anew
        // and to move all columns to it: that writes every row of their tables while nobody else gets at them, and fails on what
        // uses the enum and is not in the schema. A value that stays behind when a later statement fails harms nobody, and the
        // journal knows where to go on.
        if self.dialect == Dialect::Postgres && postgres::uses_new_value(&out.statements) {
            out.transactional = false;
        }
        if self.dialect == Dialect::Sqlite {
            out.foreign_keys = sqlite::may_be_looked_at(operations, self.before, self.after);
        }
        out
    }

    fn path(&self, object: &ObjectName) -> String {
        name::path(object, self.dialect)
    }

    fn name(&self, text: &str) -> String {
        name::name(text, self.dialect)
    }

    /// The type that makes a column count, if it is no more than such a column.
    fn serial(&self, table: &ObjectName, column: &Column) -> Option<&'static str> {
        if self.dialect != Dialect::Postgres || !column.not_null {
            return None;
        }
        let sequence =
            ObjectName::new(Arc::clone(&table.schema), format!("{}_{}_seq", table.name, column.name));
        let is_own = |sequence: &Sequence| {
            let of = sequence.owned_by.as_ref();
            of.is_some_and(|(owner, own)| owner == table && *own == column.name)
                && sequence.options.is_empty()
                && sequence.data_type == column.data_type
        };
        let found = self.after.get(&sequence.id(Space::Relation, self.dialect));
        match found {
            Some(Object { body: ObjectBody::Sequence(own), .. })
                if is_own(own) && column.default.as_ref() == Some(&SqlText::sequence(&sequence)) =>
            {
                types::serial(&column.data_type)
            }
            _ => None,
        }
    }

    /// A table or a view as a whole; what MySQL and SQLite have besides belongs to a table.
    fn table_or_view(&self, own: &ObjectName, change: &Change<ObjectBody>, out: &mut Script) {
        match (&change.before, &change.after) {
            (None, Some(ObjectBody::Table(table))) => out.push(self.create_table(own, table)),
            (None, Some(ObjectBody::View(view))) => out.push(self.create_view(own, view)),
            (Some(ObjectBody::Table(_)), None) => out.push(format!("DROP TABLE {}", self.path(own))),
            (Some(ObjectBody::View(view)), None) => out.push(self.drop_view(own, view)),
            _ => {}
        }
    }

    fn rename_column(&self, table: &ObjectName, from: &str, to: &str) -> String {
        self.alter(table, &[format!("RENAME COLUMN {} TO {}", self.name(from), self.name(to))])
    }

    fn alter(&self, table: &ObjectName, actions: &[String]) -> String {
        format!("ALTER TABLE {} {}", self.path(table), actions.join(", "))
    }

    fn create_view(&self, view: &ObjectName, body: &View) -> String {
        let kind = match (body.is_materialized, body.is_temporary) {
            (true, _) => "MATERIALIZED VIEW",
            (false, true) => "TEMPORARY VIEW",
            (false, false) => "VIEW",
        };
        let given = match body.given.as_slice() {
            [] => String::new(),
            names => format!(" ({})", name::list(names, self.dialect)),
        };
        let (before, between, behind) = view::options(body, self.dialect);
        format!(
            "CREATE {before}{kind} {}{given}{between} AS\n{}{behind}",
            self.path(view),
            body.query.written
        )
    }

    fn drop_view(&self, view: &ObjectName, body: &View) -> String {
        let kind = if body.is_materialized { "MATERIALIZED VIEW" } else { "VIEW" };
        format!("DROP {kind} {}", self.path(view))
    }
}

/// A change of something that is there before and after.
fn both<T>(change: &Change<T>) -> Option<(&T, &T)> {
    Some((change.before.as_ref()?, change.after.as_ref()?))
}
