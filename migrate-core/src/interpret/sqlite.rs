//! What SQLite asks of tables and columns.

use std::sync::Arc;

use super::run::Run;
use crate::ddl::{
    ColumnConstraintKind, ColumnDef, ConflictTarget, Expr, ExprKind, Extent, Ident, Insert, TableConstraint,
};
use crate::dialect::Dialect;
use crate::schema::{Column, ConstraintBody, Index, IndexPart, ObjectId, SqlText, Table, TableKind, Type};

/// The types that columns of STRICT tables can have.
const STRICT: [&str; 6] = ["int", "integer", "real", "text", "blob", "any"];

/// Whether the column is another name of the row's number: the primary key alone, of the type INTEGER by that name.
pub(super) fn is_rowid(table: &Table, name: &str) -> bool {
    let is_integer = |column: &crate::schema::Column| {
        column.name.eq_ignore_ascii_case(name) && column.data_type == Type::built_in("integer")
    };
    let is_key =
        table.primary_key().is_some_and(|key| matches!(key, [one] if one.eq_ignore_ascii_case(name)));
    // `INTEGER PRIMARY KEY DESC` is an oddity that SQLite keeps for old files.
    let is_odd = table.constraints.iter().any(|constraint| {
        matches!(constraint.body, ConstraintBody::PrimaryKey(_)) && constraint.column.is_some()
    }) && table.indexes.iter().any(|index| {
        let of_key =
            |part: &crate::schema::IndexPart| part.descending && part.expr.written.eq_ignore_ascii_case(name);
        index.constraint.is_some() && matches!(index.parts.as_slice(), [part] if of_key(part))
    });
    is_key && !is_odd && !table.options.contains_key("without rowid") && table.columns.iter().any(is_integer)
}

/// What `CREATE TABLE AS` makes of a type.
pub(super) fn affinity(data_type: &Type) -> Option<Type> {
    let name = data_type.to_string().to_ascii_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| name.contains(word));
    Some(Type::built_in(match () {
        // That is none in a STRICT table, and a number elsewhere.
        () if name == "any" => return None,
        () if has(&["int"]) => "int",
        () if has(&["char", "clob", "text"]) => "text",
        () if has(&["blob"]) || name.is_empty() => "",
        () if has(&["real", "floa", "doub"]) => "real",
        () => "num",
    }))
}

impl Run<'_> {
    /// What can be said of a new table once it has its columns and constraints.
    pub(super) fn check_new_table(&mut self, id: &ObjectId, at: Extent) {
        let Some(table) = self.schema.table(id) else { return };
        if self.is_uncertain(id) {
            return;
        }
        let (without_rowid, is_strict) =
            (table.options.contains_key("without rowid"), table.options.contains_key("strict"));
        let mut wrong: Option<String> = None;
        if without_rowid && table.primary_key().is_none() {
            wrong = Some("a table WITHOUT ROWID needs a primary key".to_owned());
        }
        let counts = table.options.contains_key("autoincrement")
            || table.columns.iter().any(|column| column.auto_increment);
        let key = table.primary_key().and_then(|key| key.first());
        if counts && !key.is_some_and(|key| is_rowid(table, key)) {
            wrong = Some("AUTOINCREMENT is for an INTEGER PRIMARY KEY alone".to_owned());
        }
        for column in &table.columns {
            let data_type = column.data_type.to_string();
            if is_strict && !STRICT.contains(&&*data_type) {
                wrong = Some(format!("column `{}` of a STRICT table cannot be `{data_type}`", column.name));
            }
            let is_key = table.primary_key().is_some_and(|key| key.contains(&column.name));
            if is_key && column.generated.is_some() {
                wrong = Some(format!("column `{}` is computed and cannot be in a key", column.name));
            }
        }
        if !table.columns.is_empty() && table.columns.iter().all(|column| column.generated.is_some()) {
            wrong = Some("a table needs a column that is not computed".to_owned());
        }
        if let Some(message) = wrong {
            self.wrong("refused-table", at, message);
        }
    }

    /// Whether the table is a virtual one, with which little can be done; then a finding.
    pub(super) fn refuses_virtual(&mut self, id: &ObjectId, reason: &str, at: Extent) -> bool {
        let is_virtual = self.dialect == Dialect::Sqlite
            && self.schema.table(id).is_some_and(|table| matches!(table.kind, TableKind::Virtual(_)))
            && !self.is_uncertain(id);
        if is_virtual {
            let message = format!("`{}` is a virtual table: {reason}", self.shown(id));
            self.wrong("wrong-kind", at, message);
        }
        is_virtual
    }

    /// A finding if somebody writes to a column that SQLite computes.
    pub(super) fn refuse_computed(&mut self, column: Option<&Column>, at: Extent) {
        if let Some(column) = column.filter(|column| column.generated.is_some())
            && self.dialect == Dialect::Sqlite
        {
            let message = format!("column `{}` is computed and cannot be written to", column.name);
            self.wrong("values-do-not-fit", at, message);
        }
    }

    /// Whether SQLite looks at what is done in a conflict: only where there can be one, which a row without a number of its own
    /// has with none.
    pub(super) fn reads_upsert(&self, insert: &Insert, id: Option<&ObjectId>) -> bool {
        let Some(table) = id.and_then(|id| self.schema.table(id)).filter(|_| self.dialect == Dialect::Sqlite)
        else {
            return true;
        };
        let is_number = |name: &str| is_rowid(table, name);
        let names_number = |expr: &Expr| match &expr.kind {
            ExprKind::Column(path) => path.last().is_some_and(|name| is_number(&name.text)),
            _ => false,
        };
        let gives_number = match insert.columns.as_slice() {
            [] => insert.source.is_some(),
            columns => columns.iter().any(|name| {
                is_number(&name.text)
                    || ["rowid", "oid", "_rowid_"].contains(&&*name.text.to_ascii_lowercase())
            }),
        };
        let is_of_number =
            |index: &Index| matches!(index.parts.as_slice(), [one] if is_number(&one.expr.written));
        match &insert.conflict {
            Some(ConflictTarget::Parts(parts)) => {
                let mut targets = parts.iter().map(|part| &part.expr).chain(&insert.rest);
                gives_number || !targets.any(names_number)
            }
            _ => {
                let has_number = table.columns.iter().any(|column| is_number(&column.name));
                gives_number && has_number
                    || table.indexes.iter().any(|index| index.is_unique && !is_of_number(index))
            }
        }
    }

    /// What `ADD COLUMN` cannot add.
    pub(super) fn check_added(&mut self, id: &ObjectId, written: &ColumnDef) {
        for constraint in &written.constraints {
            let what = match constraint.kind {
                ColumnConstraintKind::PrimaryKey { .. } => "PRIMARY KEY",
                ColumnConstraintKind::Unique { .. } => "UNIQUE",
                _ => continue,
            };
            let message = format!("a column that is {what} cannot be added");
            self.wrong("refused-column", constraint.at, message)
                .helps
                .push("make the table anew, as SQLite's documentation of ALTER TABLE describes".to_owned());
        }
        let is_strict = self.schema.table(id).is_some_and(|table| table.options.contains_key("strict"));
        let data_type = written.data_type.as_ref().map_or("", |data_type| &data_type.name);
        if is_strict && !STRICT.contains(&data_type) && !self.is_uncertain(id) {
            let message = format!("column `{}` of a STRICT table cannot be `{data_type}`", written.name.text);
            self.wrong("refused-column", written.at, message);
        }
    }

    /// What a column is computed from must be there.
    pub(super) fn check_computed(&mut self, id: &ObjectId, written: &ColumnDef) {
        for constraint in &written.constraints {
            if let ColumnConstraintKind::Generated(generated) = &constraint.kind {
                self.columns_must_be_there(id, &generated.expr);
            }
        }
    }

    /// What was a text in an index because no column had its name is a column from now on.
    pub(super) fn read_indexes_anew(&mut self, id: &ObjectId, name: &Ident) {
        let is_name = |text: &str| {
            text.strip_prefix('"')
                .and_then(|text| text.strip_suffix('"'))
                .is_some_and(|text| text == &*name.text)
        };
        let is_meant = |part: &IndexPart| !part.is_column && is_name(&part.expr.written);
        let names: Vec<Arc<str>> = self
            .indexes(id)
            .iter()
            .filter(|index| index.parts.iter().any(is_meant))
            .map(|index| index.name.clone())
            .collect();
        if names.is_empty() {
            return;
        }
        self.change_indexes(id, |indexes| {
            for index in indexes.iter_mut().filter(|index| names.contains(&index.name)) {
                for part in index.parts.iter_mut().filter(|part| is_meant(part)) {
                    (part.is_column, part.expr) = (true, SqlText::name(&name.text));
                }
            }
        });
    }

    /// What is said of a column and cannot be said together.
    pub(super) fn check_column(&mut self, written: &ColumnDef) {
        let is = |wanted: fn(&ColumnConstraintKind) -> bool| {
            written.constraints.iter().find(|constraint| wanted(&constraint.kind))
        };
        let computed = is(|kind| matches!(kind, ColumnConstraintKind::Generated(_)));
        let default = is(|kind| matches!(kind, ColumnConstraintKind::Default(_)));
        if let (Some(_), Some(default)) = (computed, default) {
            let message = format!("column `{}` is computed and has a default", written.name.text);
            self.wrong("refused-column", default.at, message);
        }
    }

    /// One index serves constraints on the same columns, and the later ones are forgotten: the place of the first.
    pub(super) fn unique_already(&self, table: &Table, columns: &[Arc<str>]) -> Option<usize> {
        let is_same = |own: &[Arc<str>]| {
            own.len() == columns.len()
                && own.iter().zip(columns).all(|(one, other)| one.eq_ignore_ascii_case(other))
        };
        table.constraints.iter().position(|constraint| match &constraint.body {
            ConstraintBody::Unique { columns, .. } => is_same(columns),
            // Row numbers need no index.
            ConstraintBody::PrimaryKey(key) => {
                is_same(key) && !matches!(key.as_slice(), [one] if is_rowid(table, one))
            }
            _ => false,
        })
    }

    /// What a constraint that is forgotten says of conflicts holds for the one that serves it, unless that says otherwise.
    pub(super) fn share_index(&mut self, id: &ObjectId, place: usize, forgotten: &TableConstraint) {
        let Some(said) = forgotten.on_conflict else { return };
        let first = self.schema.table(id).and_then(|table| table.constraints.get(place)?.on_conflict);
        if first.is_some_and(|first| first != said) {
            let message = "a constraint on the same columns says something else `ON CONFLICT`".to_owned();
            self.wrong("duplicate-constraint", forgotten.at, message);
            return;
        }
        self.change_table(id, |table| table.constraints[place].on_conflict = Some(said));
    }

    /// The columns that an expression of a table names, without those that may be texts.
    pub(super) fn is_text_if_missing(&self, name: &Ident) -> bool {
        name.at.of(self.sql).starts_with('"')
    }
}
