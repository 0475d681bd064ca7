//! `DROP COLUMN`

use std::sync::Arc;

use super::run::Run;
use crate::ddl::Ident;
use crate::dialect::Dialect;
use crate::schema::{Certainty, ConstraintBody, ObjectBody, ObjectId, Space};

impl Run<'_> {
    pub(super) fn drop_column(&mut self, id: &ObjectId, name: &Ident, if_exists: bool, cascade: bool) {
        if if_exists
            && self.schema.table(id).is_some_and(|table| self.column_place(table, &name.text).is_none())
        {
            return;
        }
        let Some(column) = self.column(id, name) else { return };
        let own = column.name.clone();
        if self.refuses_inherited(id, &column, name) || !self.column_may_go(id, &own, name, cascade) {
            return;
        }
        let Some(table) = self.schema.table(id).cloned() else { return };
        let names = |columns: &[Arc<str>]| columns.contains(&own);
        match self.dialect {
            Dialect::Mysql => {
                // Keys lose the column; one without columns goes.
                self.change_table(id, |table| {
                    for index in &mut table.indexes {
                        index.parts.retain(|part| !(part.is_column && *part.expr.written == *own));
                        index.columns.retain(|column| *column != own);
                    }
                    table.indexes.retain(|index| !index.parts.is_empty());
                    for constraint in &mut table.constraints {
                        if let ConstraintBody::PrimaryKey(columns) | ConstraintBody::Unique { columns, .. } =
                            &mut constraint.body
                        {
                            columns.retain(|column| *column != own);
                        }
                    }
                    table.constraints.retain(|constraint| match &constraint.body {
                        ConstraintBody::PrimaryKey(columns) | ConstraintBody::Unique { columns, .. } => {
                            !columns.is_empty()
                        }
                        _ if constraint.column.as_ref() == Some(&own) => false,
                        ConstraintBody::Check { columns, .. } => *columns != [own.clone()],
                        // One that is there would have kept the column.
                        ConstraintBody::ForeignKey(key) => !key.columns.contains(&own),
                        _ => true,
                    });
                });
            }
            Dialect::Postgres | Dialect::Sqlite => {
                let gone: Vec<Arc<str>> = table
                    .indexes
                    .iter()
                    .filter(|index| names(&index.columns))
                    .map(|index| index.name.clone())
                    .collect();
                gone.iter().for_each(|index| self.remove_index(id, index));
                self.change_table(id, |table| {
                    table.constraints.retain(|constraint| match &constraint.body {
                        _ if constraint.column.as_ref() == Some(&own) => false,
                        ConstraintBody::PrimaryKey(columns)
                        | ConstraintBody::Unique { columns, .. }
                        | ConstraintBody::Check { columns, .. } => !columns.contains(&own),
                        ConstraintBody::ForeignKey(key) => !key.columns.contains(&own),
                        ConstraintBody::NotNull(column) => *column != own,
                        ConstraintBody::Exclude(_) => true,
                    });
                });
            }
        }
        self.change_table(id, |table| table.columns.retain(|column| column.name != own));
        self.kept_texts_hold(id, name.at);
        self.take_own_sequences(id, &own);
        self.drop_from_children(id, &own, name, cascade);
        if cascade {
            self.take_keys_to(id, &own);
            self.take_dependents_of_part(id, &own);
            for column in self.computed_from(id, &own) {
                let name = Ident::new(&*column, name.at);
                self.drop_column(id, &name, true, true);
            }
        }
    }

    /// Children lose a column with their parent, unless they say it themselves or have it from another parent.
    fn drop_from_children(&mut self, id: &ObjectId, own: &Arc<str>, name: &Ident, cascade: bool) {
        let is_only = std::mem::replace(&mut self.only, false);
        for child in self.children(id) {
            let Some(table) = self.schema.table(&child) else { continue };
            let Some(column) = table.columns.iter().find(|column| column.name == *own) else { continue };
            if !table.inherits.iter().any(|parent| self.id(parent, Space::Relation) == *id) {
                continue;
            }
            if column.is_local || is_only {
                self.change_table(&child, |table| {
                    for column in table.columns.iter_mut().filter(|column| column.name == *own) {
                        column.is_local = true;
                    }
                });
            } else {
                let name = Ident::new(&**own, name.at);
                self.drop_column(&child, &name, true, cascade);
            }
        }
        self.only = is_only;
    }

    /// Takes out the foreign keys that lead to a column.
    fn take_keys_to(&mut self, id: &ObjectId, column: &Arc<str>) {
        let dialect = self.dialect;
        let others: Vec<ObjectId> =
            self.schema.dependents(id).map(|(other, _)| other.clone()).chain([id.clone()]).collect();
        for other in others.iter().filter(|other| self.schema.table(other).is_some()).collect::<Vec<_>>() {
            self.change_table(other, |table| {
                table.constraints.retain(|constraint| {
                    !matches!(&constraint.body, ConstraintBody::ForeignKey(key)
                        if key.table.id(Space::Relation, dialect) == *id && key.referenced.contains(column))
                });
            });
        }
    }

    /// The columns of a table that are computed from another one of it.
    fn computed_from(&self, id: &ObjectId, own: &str) -> Vec<Arc<str>> {
        let columns = self.schema.table(id).map(|table| table.columns.as_slice()).unwrap_or_default();
        let is_computed = |column: &&crate::schema::Column| {
            column.generated.as_ref().is_some_and(|generated| mentions(&generated.expr.normal, own))
        };
        columns.iter().filter(is_computed).map(|column| column.name.clone()).collect()
    }

    /// Whether nothing is in the way of a column; a finding if something is.
    fn column_may_go(&mut self, id: &ObjectId, own: &Arc<str>, name: &Ident, cascade: bool) -> bool {
        let Some(table) = self.schema.table(id).cloned() else { return false };
        if self.is_uncertain(id) {
            return true;
        }
        let refusal = match self.dialect {
            Dialect::Sqlite => sqlite_refusal(&table, own),
            Dialect::Mysql => {
                let key = table.constraints.iter().find(|constraint| {
                    matches!(&constraint.body, ConstraintBody::ForeignKey(key) if key.columns.contains(own))
                        && !constraint.may_be_missing
                });
                let by_key = key.map(|key| {
                    let key = key.name.clone().unwrap_or_default();
                    (
                        format!("the foreign key `{key}` needs it"),
                        format!("drop the foreign key `{key}` first"),
                    )
                });
                by_key.or_else(|| super::mysql::refusal(&table, own))
            }
            Dialect::Postgres if cascade => None,
            Dialect::Postgres => self.column_is_needed(id, own),
        };
        let Some((reason, help)) = refusal else { return true };
        let message = format!("column `{own}` of `{}` cannot be dropped: {reason}", self.shown(id));
        self.wrong("still-needed", name.at, message).helps.push(help);
        false
    }

    fn column_is_needed(&self, id: &ObjectId, own: &Arc<str>) -> Option<(String, String)> {
        let dialect = self.dialect;
        let table = self.schema.table(id)?;
        if let Some(column) = self.computed_from(id, own).first() {
            let reason = format!("column `{column}` is computed from it");
            return Some((reason, "drop that first, or both with `CASCADE`".to_owned()));
        }
        let _ = table;
        let all = self.schema.dependents(id).chain(self.schema.get_key_value(id));
        all.filter(|(_, object)| object.certainty == Certainty::Certain).find_map(|(other_id, object)| {
            let by_key = match &object.body {
                ObjectBody::Table(other) => other.constraints.iter().find(|constraint| {
                    matches!(&constraint.body, ConstraintBody::ForeignKey(key)
                        if key.table.id(Space::Relation, dialect) == *id && key.referenced.contains(own)
                            // One that goes with the column is not in its way.
                            && !(other_id == id && key.columns.contains(own)))
                }),
                _ => None,
            };
            let by_key = by_key.and_then(|constraint| constraint.name.clone());
            let by_part = object
                .needs
                .iter()
                .any(|need| need.object == *id && need.part.as_ref() == Some(own) && !need.is_automatic);
            let reason = match (by_key, by_part) {
                (Some(key), _) => format!("the foreign key `{key}` of `{}` needs it", object.name),
                (None, true) => format!("`{}` needs it", object.name),
                (None, false) => return None,
            };
            Some((reason, "drop that first, or both with `CASCADE`".to_owned()))
        })
    }
}

/// What SQLite says of a column that it does not drop.
fn sqlite_refusal(table: &crate::schema::Table, own: &Arc<str>) -> Option<(String, String)> {
    let has = |columns: &[Arc<str>]| columns.iter().any(|column| column.eq_ignore_ascii_case(own));
    // What stands in the column's own definition goes with it.
    let goes = |constraint: &crate::schema::Constraint| {
        constraint.column.as_ref().is_some_and(|column| column.eq_ignore_ascii_case(own))
    };
    let reason = table.constraints.iter().find_map(|constraint| match &constraint.body {
        ConstraintBody::PrimaryKey(columns) if has(columns) => Some("it is in the primary key".to_owned()),
        ConstraintBody::Unique { columns, .. } if has(columns) => Some("it is UNIQUE".to_owned()),
        ConstraintBody::Check { columns, .. } if has(columns) && !goes(constraint) => {
            Some("a check needs it".to_owned())
        }
        ConstraintBody::ForeignKey(key) if has(&key.columns) && !goes(constraint) => {
            Some("a foreign key needs it".to_owned())
        }
        _ => None,
    });
    let computed = table.columns.iter().find(|column| {
        let expr = column.generated.as_ref().map(|generated| &*generated.expr.normal);
        !column.name.eq_ignore_ascii_case(own)
            && expr.is_some_and(|expr| mentions(expr, &own.to_ascii_lowercase()))
    });
    let index = table.indexes.iter().find(|index| index.constraint.is_none() && has(&index.columns));
    let reason = reason
        .or_else(|| computed.map(|column| format!("column `{}` is computed from it", column.name)))
        .or_else(|| index.map(|index| format!("the index `{}` needs it", index.name)))
        .or_else(|| (table.columns.len() == 1).then(|| "the table has no other column".to_owned()))?;
    let help = match index {
        Some(index) => format!("drop the index `{}` first", index.name),
        None => {
            "make the table anew without it, as SQLite's documentation of ALTER TABLE describes".to_owned()
        }
    };
    Some((reason, help))
}

/// Whether a text has a word.
pub(super) fn mentions(text: &str, word: &str) -> bool {
    text.split(|c: char| !(c.is_alphanumeric() || c == '_')).any(|part| part == word)
}
