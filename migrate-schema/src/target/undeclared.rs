//! What the models do not declare, and are known to declare in full: it goes.

use std::collections::BTreeSet;
use std::sync::Arc;

use migrate_core::dialect::Dialect;
use migrate_core::schema::{ConstraintBody, ObjectBody, ObjectId, ObjectName, Table};

use super::draft::path;
use super::{Builder, Declared};
use crate::undeclared::undeclared;

impl Builder<'_> {
    /// Takes the columns out of a table that its declaration does not have.
    pub(super) fn drop_columns(&mut self, one: &Declared<'_>) {
        if !one.is_alone || !one.is_whole {
            return;
        }
        let Some(table) = self.certain_table(&one.id) else { return };
        let is_declared = |name: &str| one.table.columns.iter().any(|column| self.same(&column.name, name));
        let gone: Vec<Arc<str>> = table
            .columns
            .iter()
            .filter(|column| column.is_local && !is_declared(&column.name))
            .filter(|column| !one.file.touched.has_column(&one.table.at, None, &column.name))
            .map(|column| Arc::clone(&column.name))
            .collect();
        for column in gone {
            let what = format!("`{}.{column}` is not declared, and cannot be dropped", one.name);
            if let Some(view) = self.view_of(&one.name, Some(&column)) {
                let message = format!("{what}: the view `{view}` shows it");
                self.conflict(one.file, &one.table.name_at, message, "");
                continue;
            }
            if self.dialect == Dialect::Sqlite {
                match self.without_column(&one.id, &column) {
                    Ok(table) => self.put(&one.id, table),
                    Err(why) => {
                        let message = format!("{what}: {why}");
                        self.conflict(one.file, &one.table.name_at, message, "");
                    }
                }
                continue;
            }
            let sql = format!(
                "ALTER TABLE {} DROP COLUMN {}",
                path(&one.name, self.dialect),
                self.dialect.quote_identifier(&column)
            );
            self.run_or_tell(&sql, one.file, &one.table.name_at, &what);
        }
    }

    /// SQLite's `DROP COLUMN` refuses what a new table does without.
    fn without_column(&self, id: &ObjectId, name: &str) -> Result<Table, String> {
        let Some(table) = self.certain_table(id) else { return Err("it is not known".to_owned()) };
        let mut table = table.clone();
        let is_own = |column: &Arc<str>| column.eq_ignore_ascii_case(name);
        table.columns.retain(|column| !is_own(&column.name));
        if let Some(other) = table.columns.iter().find(|column| {
            column.generated.as_ref().is_some_and(|generated| has_word(&generated.expr.normal, name))
        }) {
            return Err(format!("`{}` is computed from it", other.name));
        }
        table.constraints.retain(|constraint| match &constraint.body {
            ConstraintBody::PrimaryKey(columns)
            | ConstraintBody::Unique { columns, .. }
            | ConstraintBody::Check { columns, .. } => !columns.iter().any(is_own),
            ConstraintBody::ForeignKey(key) => !key.columns.iter().any(is_own),
            ConstraintBody::NotNull(column) => !is_own(column),
            ConstraintBody::Exclude(_) => true,
        });
        table.indexes.retain(|index| !index.columns.iter().any(is_own));
        Ok(table)
    }

    /// Takes the tables out that no file declares, though one of them would.
    pub(super) fn undeclared(&mut self, declared: &[Declared<'_>]) {
        if declared.is_empty() {
            return;
        }
        let seen: BTreeSet<&ObjectId> = declared.iter().map(|one| &one.id).collect();
        let gone = undeclared(self.files, &self.schema, |id| seen.contains(id));
        let gone = gone.into_iter().map(|one| (one.object.name.clone(), one.file)).collect();
        self.drop_tables(gone);
    }

    fn drop_tables(&mut self, mut left: Vec<(ObjectName, usize)>) {
        let sql = |names: &[&ObjectName]| {
            let names: Vec<String> = names.iter().map(|name| path(name, self.dialect)).collect();
            format!("DROP TABLE {}", names.join(", "))
        };
        // All at once, so that they may lead to each other.
        if self.dialect != Dialect::Sqlite && left.len() > 1 {
            let names: Vec<&ObjectName> = left.iter().map(|(name, _)| name).collect();
            let sql = sql(&names);
            if self.run(&sql).is_ok() {
                return;
            }
        }
        // One by one, as long as one more goes.
        loop {
            let (mut stay, before) = (Vec::new(), left.len());
            for (name, file) in left {
                let sql = format!("DROP TABLE {}", path(&name, self.dialect));
                let view = self.view_of(&name, None);
                let done = match view {
                    Some(view) => Err(format!("the view `{view}` shows it")),
                    None => self.run(&sql),
                };
                if let Err(why) = done {
                    stay.push((name, file, why));
                }
            }
            if stay.len() == before || stay.is_empty() {
                for (name, file, why) in stay {
                    let message = format!("`{name}` is not declared, and cannot be dropped: {why}");
                    let files = self.files;
                    self.conflict(&files[file], &(0..0), message, "");
                }
                return;
            }
            left = stay.into_iter().map(|(name, file, _)| (name, file)).collect();
        }
    }

    /// A view that would be left without what it shows, where the database does not look after that.
    fn view_of(&self, table: &ObjectName, column: Option<&str>) -> Option<ObjectName> {
        let mut views = self.schema.objects_with_statements().filter(|_| self.dialect != Dialect::Postgres);
        views.find_map(|(_, object)| {
            let ObjectBody::View(view) = &object.body else { return None };
            let shows = |column: &str| {
                let mut columns = view.columns.iter().flatten();
                has_word(&view.query.written, column)
                    || columns.any(|(name, _)| name.eq_ignore_ascii_case(column))
            };
            let is_left = has_word(&view.query.written, &table.name) && column.is_none_or(shows);
            is_left.then(|| object.name.clone())
        })
    }
}

/// Whether a text has a word in it, whatever its case.
fn has_word(text: &str, word: &str) -> bool {
    let mut words = text.split(|c: char| !c.is_alphanumeric() && c != '_');
    words.any(|other| other.eq_ignore_ascii_case(word))
}
