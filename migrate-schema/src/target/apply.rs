//! Changes of the schema that is made.

use std::collections::BTreeSet;
use std::ops::Range;

use migrate_core::dialect::Dialect;
use migrate_core::schema::{
    Certainty, Index, Need, Object, ObjectBody, ObjectId, ObjectName, Schema, Space, Table,
};

use super::Builder;
use super::draft::{index_id, replay};
use crate::compare::ModelFile;

impl Builder<'_> {
    /// Carries out a statement if the database would; whether it did.
    pub(super) fn run(&mut self, sql: &str) -> Result<(), String> {
        match replay(self.schema.clone(), sql) {
            Ok(schema) => {
                self.schema = schema;
                Ok(())
            }
            Err(flaws) => Err(flaws.into_iter().next().map(|(_, why)| why).unwrap_or_default()),
        }
    }

    /// Carries out a statement, or says why not at a place of the file.
    pub(super) fn run_or_tell(&mut self, sql: &str, file: &ModelFile, at: &Range<usize>, what: &str) -> bool {
        match self.run(sql) {
            Ok(()) => true,
            Err(why) => {
                self.conflict(file, at, format!("{what}: {why}"), "");
                false
            }
        }
    }

    /// Puts a changed table in the place of the one that is there.
    pub(super) fn put(&mut self, id: &ObjectId, table: Table) {
        put(&mut self.schema, id, table);
    }
}

/// Puts a changed table in the place of the one that is there, with its indexes.
pub(super) fn put(schema: &mut Schema, id: &ObjectId, table: Table) {
    let Some(object) = schema.get(id) else { return };
    let (name, dialect) = (object.name.clone(), schema.dialect());
    let ObjectBody::Table(old) = &object.body else { return };
    if *old == table {
        return;
    }
    let before = old.indexes.clone();
    // MySQL's are the table's own business, and what SQLite makes for constraints nobody can name.
    let is_relation = |index: &Index| match dialect {
        Dialect::Mysql => false,
        Dialect::Sqlite => index.constraint.is_none(),
        Dialect::Postgres => true,
    };
    let has = |indexes: &[Index], own: &Index| indexes.iter().any(|index| index.name == own.name);
    for index in before.iter().filter(|index| is_relation(index) && !has(&table.indexes, index)) {
        schema.remove(&index_id(&name, &index.name, dialect));
    }
    for index in table.indexes.iter().filter(|index| is_relation(index) && !has(&before, index)) {
        let full = ObjectName::new(name.schema.clone(), index.name.clone());
        let need = Need { object: id.clone(), part: None, by: None, is_automatic: true };
        let object = Object {
            name: full.clone(),
            body: ObjectBody::Index { table: name.clone() },
            comment: None,
            certainty: Certainty::Certain,
            needs: BTreeSet::from([need]),
        };
        schema.insert(full.id(Space::Relation, dialect), object);
    }
    schema.change(id, |object| {
        object.needs = table.needs(dialect);
        object.body = ObjectBody::Table(table);
    });
}
