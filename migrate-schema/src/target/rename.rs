//! `#[renamed_from]`: what has another name in the base.

use std::sync::Arc;

use migrate_core::autogenerate::Rename;
use migrate_core::change::Operation;
use migrate_core::render::render;
use migrate_core::schema::{ObjectId, ObjectName, Space};

use super::Builder;
use super::draft::replay;
use crate::compare::id_of;

impl Builder<'_> {
    /// Gives what the models call otherwise its new name. What has no old name any more, or has the new one already, has
    /// been renamed before.
    pub(super) fn rename(&mut self) {
        let dialect = self.dialect;
        for file in self.files {
            for table in file.models.tables.iter().filter(|table| table.dialects.contains(dialect)) {
                let id = id_of(&self.schema, file, table);
                let more = table.more.as_ref().and_then(|more| more.renamed_from.as_ref());
                let old = more.map(|renamed| ObjectName::new(id.schema.clone(), renamed.from.as_str()));
                let old = old.filter(|old| {
                    let old = old.id(Space::Relation, self.dialect);
                    self.schema.get(&id).is_none()
                        && self.certain_table(&old).is_some()
                        && !self.is_declared(&old)
                });
                // A table is renamed after its columns.
                let now = old.as_ref().map_or(id.clone(), |old| old.id(Space::Relation, self.dialect));
                let Some(name) = self.schema.get(&now).map(|object| object.name.clone()) else { continue };
                for column in table.columns.iter().filter(|column| column.dialects.contains(dialect)) {
                    let Some(renamed) = &column.more.renamed_from else { continue };
                    let Some(made) = self.certain_table(&now) else { continue };
                    let has = |own: &str| made.columns.iter().any(|column| self.same(&column.name, own));
                    // What is declared itself is not what has another name now.
                    let is_other = table.columns.iter().any(|other| self.same(&other.name, &renamed.from));
                    if has(&renamed.from) && !has(&column.name) && !is_other {
                        let column_name = Some(Arc::from(renamed.from.as_str()));
                        let to = Arc::from(column.name.as_str());
                        let rename = Rename { table: name.clone(), column: column_name, to };
                        self.take(file, &renamed.at, rename);
                    }
                }
                if let (Some(old), Some(renamed)) = (old, more) {
                    let rename = Rename { table: old, column: None, to: table.name.as_str().into() };
                    self.take(file, &renamed.at, rename);
                }
            }
        }
    }

    /// Whether a file declares the table.
    fn is_declared(&self, id: &ObjectId) -> bool {
        let tables =
            self.files.iter().flat_map(|file| file.models.tables.iter().map(move |table| (file, table)));
        tables
            .filter(|(_, table)| table.dialects.contains(self.dialect))
            .any(|(file, table)| id_of(&self.schema, file, table) == *id)
    }

    fn take(&mut self, file: &crate::compare::ModelFile, at: &std::ops::Range<usize>, rename: Rename) {
        let operation = match &rename.column {
            Some(column) => Operation::RenameColumn {
                table: rename.table.clone(),
                from: Arc::clone(column),
                to: Arc::clone(&rename.to),
            },
            None => Operation::RenameTable {
                from: rename.table.clone(),
                to: ObjectName::new(Arc::clone(&rename.table.schema), Arc::clone(&rename.to)),
            },
        };
        let script = render(&[operation], &self.schema, &self.schema);
        let mut schema = self.schema.clone();
        for statement in &script.statements {
            match replay(schema, &statement.sql) {
                Ok(after) => schema = after,
                Err(flaws) => {
                    let why = flaws.into_iter().next().map(|(_, why)| why).unwrap_or_default();
                    let message = format!(
                        "`{}` cannot be renamed to `{}`: {why}",
                        rename.column.as_deref().unwrap_or(&rename.table.name),
                        rename.to
                    );
                    self.conflict(file, at, message, "");
                    return;
                }
            }
        }
        self.schema = schema;
        self.renames.push(rename);
    }
}
