//! Indexes, which live with their table and, but for MySQL's, share a name space with it.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::constraint_name::free_index_name;
use super::lookup::{Found, shown};
use super::naming;
use super::run::Run;
use crate::ddl::{CreateIndex, Expr, IndexKind, IndexPart as WrittenPart, TableConstraint};
use crate::dialect::Dialect;
use crate::schema::{
    BaseType, Constraint, ConstraintBody, Index, Need, Object, ObjectBody, ObjectId, ObjectName, Space,
    SqlText, Table, columns_of,
};

impl Run<'_> {
    /// Whether indexes have names of their own in the schema.
    pub(super) fn indexes_are_relations(&self) -> bool {
        self.dialect != Dialect::Mysql
    }

    /// Gives an index to its table. SQLite's own, which belong to constraints, are not relations here: nothing can be done to
    /// them.
    pub(super) fn add_index(&mut self, id: &ObjectId, mut index: Index) {
        self.settle_collations(id, &mut index);
        let is_relation =
            self.indexes_are_relations() && !(self.dialect == Dialect::Sqlite && index.constraint.is_some());
        if is_relation && let Some(table) = self.schema.get(id).map(|object| object.name.clone()) {
            let name = ObjectName { schema: table.schema.clone(), name: index.name.clone() };
            let index_id = self.id(&name, Space::Relation);
            let need = Need { object: id.clone(), part: None, by: None, is_automatic: true };
            let object = Object {
                name,
                body: ObjectBody::Index { table },
                comment: None,
                certainty: crate::schema::Certainty::Certain,
                needs: BTreeSet::from([need]),
            };
            self.schema.insert(index_id, object);
        }
        if self.dialect == Dialect::Mysql {
            self.make_room(id, &super::mysql::whole_columns(&index), super::mysql::is_in_order(&index));
        }
        self.change_indexes(id, |indexes| indexes.push(index));
        self.settle_keys(id);
    }

    /// A key of PostgreSQL on a column has its own collation only where the column has another one.
    fn settle_collations(&self, id: &ObjectId, index: &mut Index) {
        let Some(table) = self.schema.table(id).filter(|_| self.dialect == Dialect::Postgres) else { return };
        for part in index.parts.iter_mut().filter(|part| part.is_column && part.collation.is_some()) {
            let column = table.columns.iter().find(|column| column.name == part.expr.written);
            let is_its_own = column.is_some_and(|column| match &column.collation {
                None => {
                    part.collation.as_deref() == Some("default")
                        && matches!(column.data_type.base, BaseType::BuiltIn(_))
                }
                own => *own == part.collation,
            });
            if is_its_own {
                part.collation = None;
            }
        }
    }

    /// A key of PostgreSQL that converts a column to the type that it has is that column.
    pub(super) fn settle_keys(&mut self, id: &ObjectId) {
        let is_idle = |table: &Table, expr: &SqlText| {
            let mut columns = table.columns.iter();
            columns.position(|column| {
                let (of, name) = (column.data_type.to_string(), &column.name);
                let cast = format!("{name}::{of}");
                // What says nothing to most is left out of the normal form.
                let written = expr.written.trim_matches(['(', ')']);
                *expr.normal == *format!("{of}({name})") || *expr.normal == *cast || *written == *cast
            })
        };
        let Some(table) = self.schema.table(id).filter(|_| self.dialect == Dialect::Postgres) else { return };
        let keys = || table.indexes.iter().flat_map(|index| &index.parts).filter(|part| !part.is_column);
        if !keys().any(|part| is_idle(table, &part.expr).is_some()) {
            return;
        }
        self.change_table(id, |table| {
            let mut indexes = std::mem::take(&mut table.indexes);
            for part in indexes.iter_mut().flat_map(|index| &mut index.parts).filter(|part| !part.is_column) {
                if let Some(place) = is_idle(table, &part.expr) {
                    (part.is_column, part.expr) = (true, SqlText::name(&table.columns[place].name));
                }
            }
            table.indexes = indexes;
        });
    }

    /// Changes the indexes of a table or a materialized view.
    pub(super) fn change_indexes(&mut self, id: &ObjectId, change: impl FnOnce(&mut Vec<Index>)) {
        match self.schema.get(id).map(|object| &object.body) {
            Some(ObjectBody::Table(_)) => self.change_table(id, |table| change(&mut table.indexes)),
            Some(ObjectBody::View(_)) => {
                self.schema.change(id, |object| {
                    if let ObjectBody::View(view) = &mut object.body {
                        change(&mut view.indexes);
                    }
                });
            }
            _ => {}
        }
    }

    /// The indexes of a table or a materialized view.
    pub(super) fn indexes(&self, id: &ObjectId) -> &[Index] {
        match self.schema.get(id).map(|object| &object.body) {
            Some(ObjectBody::Table(table)) => &table.indexes,
            Some(ObjectBody::View(view)) => &view.indexes,
            _ => &[],
        }
    }

    /// Takes an index from its table, with the constraint it was made for.
    pub(super) fn remove_index(&mut self, id: &ObjectId, name: &str) {
        let Some(index) = self.indexes(id).iter().find(|index| self.same_name(&index.name, name)).cloned()
        else {
            return;
        };
        let own = ObjectName { schema: id.schema.clone(), name: index.name.clone() };
        if self.indexes_are_relations() {
            self.schema.remove(&self.id(&own, Space::Relation));
        }
        self.change_indexes(id, |indexes| indexes.retain(|other| other.name != index.name));
        if let Some(constraint) = index.constraint {
            self.change_table(id, |table| {
                table.constraints.retain(|other| {
                    other.name.as_ref() != Some(&constraint)
                        || matches!(other.body, ConstraintBody::ForeignKey(_) | ConstraintBody::Check { .. })
                });
            });
        }
    }

    /// Gives an index and, with it, its constraint another name.
    pub(super) fn rename_index(&mut self, id: &ObjectId, old: &str, new: &str) {
        let Some(index) = self.indexes(id).iter().find(|index| self.same_name(&index.name, old)).cloned()
        else {
            return;
        };
        if self.indexes_are_relations() {
            let own = |name: &str| ObjectName { schema: id.schema.clone(), name: name.into() };
            if let Some(object) = self.schema.remove(&self.id(&own(&index.name), Space::Relation)) {
                let mut object = Arc::unwrap_or_clone(object);
                object.name = own(new);
                self.schema.insert(self.id(&own(new), Space::Relation), object);
            }
        }
        self.change_indexes(id, |indexes| {
            if let Some(found) = indexes.iter_mut().find(|other| other.name == index.name) {
                found.name = new.into();
                found.constraint = found.constraint.as_ref().map(|_| new.into());
            }
        });
        if let Some(constraint) = index.constraint {
            let dialect = self.dialect;
            self.change_table(id, |table| {
                for other in &mut table.constraints {
                    let is_key =
                        matches!(other.body, ConstraintBody::PrimaryKey(_) | ConstraintBody::Unique { .. });
                    let is_own = is_key || dialect != Dialect::Mysql;
                    if is_own && other.name.as_ref() == Some(&constraint) {
                        other.name = Some(new.into());
                        other.is_name_made_up = false;
                    }
                }
            });
        }
    }

    /// `CREATE INDEX`
    pub(super) fn create_index(&mut self, create: &CreateIndex) {
        let Some(id) = self.relation(&create.table, "table") else { return };
        if self.indexes(&id).is_empty()
            && !matches!(self.schema.get(&id).map(|object| &object.body), Some(ObjectBody::Table(_)))
            && !self.is_materialized_view(&id)
        {
            if !self.is_uncertain(&id) {
                let message = format!("`{}` is not a table", shown(&create.table));
                self.wrong("wrong-kind", create.table.at(), message);
            }
            return;
        }
        if self.dialect == Dialect::Mysql && create.method.is_none() {
            let index = Index::of(create, "", self.sql, self.dialect);
            self.make_room(&id, &super::mysql::whole_columns(&index), super::mysql::is_in_order(&index));
        }
        if self.refuses_virtual(&id, "it cannot have an index", create.table.at()) {
            return;
        }
        let name: Arc<str> = match &create.name {
            Some(path) => {
                let taken = match self.indexes_are_relations() {
                    true => self.is_relation(&id.schema, &path.name.text),
                    false => {
                        self.indexes(&id).iter().any(|index| self.same_name(&index.name, &path.name.text))
                    }
                };
                let is_table =
                    self.indexes_are_relations() && self.is_table_or_view(&id.schema, &path.name.text);
                if taken && is_table && self.dialect == Dialect::Sqlite {
                    let message = format!("there is a table `{}` already", shown(path));
                    self.wrong("duplicate-table", path.at(), message);
                    return;
                }
                let is_uncertain = self.is_uncertain(&id);
                let may_be = |index: &Index| {
                    (index.may_be_missing || is_uncertain) && self.same_name(&index.name, &path.name.text)
                };
                if self.indexes(&id).iter().any(may_be) {
                    return self.lose(&id);
                }
                if taken && create.or_replace {
                    self.remove_index(&id, &path.name.text);
                } else if taken {
                    if !create.if_not_exists {
                        let message = format!("there is an index `{}` already", shown(path));
                        self.wrong("duplicate-index", path.at(), message);
                    }
                    return;
                }
                (&*path.name.text).into()
            }
            None if self.dialect == Dialect::Mysql => {
                let parts = self.part_names(&create.parts);
                let table = self.schema.table(&id);
                table
                    .map_or_else(String::new, |table| free_index_name(table, parts.first().unwrap_or(&"")))
                    .into()
            }
            None => {
                let mut names = self.part_names(&create.parts);
                names.extend(create.include.iter().map(|name| &*name.text));
                let columns = naming::index_columns(names);
                let joined = naming::joined(columns.iter().map(String::as_str));
                naming::free_name(&id.name, Some(&joined), "idx", |name| self.is_relation(&id.schema, name))
                    .into()
            }
        };
        if let Some(method) = &create.method {
            const METHODS: [&str; 10] =
                ["btree", "hash", "gist", "gin", "spgist", "brin", "bloom", "rum", "hnsw", "ivfflat"];
            self.word_may_be_known("index method", method, create.table.at(), &METHODS);
        }
        self.parts_must_differ(&create.parts);
        for expr in create.parts.iter().map(|part| &part.expr).chain(&create.predicate) {
            self.columns_must_be_there(&id, expr);
        }
        create.include.iter().for_each(|name| drop(self.column(&id, name)));
        let mut index = Index::of(create, &name, self.sql, self.dialect);
        for expr in create.parts.iter().map(|part| &part.expr).chain(&create.predicate) {
            index.uses.extend(self.used_by(expr));
        }
        self.settle(&id, &create.parts, &mut index);
        // A unique index is a constraint of MySQL's, and the other way round.
        if self.dialect == Dialect::Mysql && index.is_unique {
            let columns = index.columns.clone();
            index.constraint = Some(name.clone());
            let body = ConstraintBody::Unique { columns, nulls_not_distinct: false };
            self.change_table(&id, |table| table.constraints.push(Constraint::named(name, body)));
        }
        self.add_index(&id, index);
        // The parts of a whole get indexes of their own, which is not followed.
        for child in self.children(&id) {
            if self.schema.table(&child).is_some_and(Table::is_part) {
                self.lose(&child);
            }
        }
    }

    fn is_table_or_view(&self, schema: &Arc<str>, name: &str) -> bool {
        let name = ObjectName { schema: Arc::clone(schema), name: name.into() };
        let object = self.schema.get(&self.id(&name, Space::Relation));
        matches!(object.map(|object| &object.body), Some(ObjectBody::Table(_) | ObjectBody::View(_)))
    }

    fn is_materialized_view(&self, id: &ObjectId) -> bool {
        matches!(self.schema.get(id).map(|object| &object.body), Some(ObjectBody::View(view)) if view.is_materialized)
    }

    /// MySQL's `INDEX` within a table.
    pub(super) fn mysql_index(
        &mut self,
        id: &ObjectId,
        table: &Table,
        constraint: &TableConstraint,
        kind: IndexKind,
        parts: &[WrittenPart],
    ) {
        self.parts_must_differ(parts);
        for part in parts {
            self.columns_must_be_there(id, &part.expr);
        }
        if kind == IndexKind::Plain {
            let index = Index::of_parts("", parts, &[], self.sql, self.dialect);
            self.make_room(id, &super::mysql::whole_columns(&index), super::mysql::is_in_order(&index));
        }
        let table = &self.schema.table(id).unwrap_or(table).clone();
        let name = match &constraint.name {
            Some(name) => {
                let is_like = |index: &&Index| index.name.eq_ignore_ascii_case(&name.text);
                if let Some(index) = table.indexes.iter().find(is_like) {
                    if index.may_be_missing || self.is_uncertain(id) {
                        return self.lose(id);
                    }
                    let message = format!("table `{}` has an index `{}` already", self.shown(id), name.text);
                    self.wrong("duplicate-index", name.at, message);
                    return;
                }
                name.text.to_string()
            }
            None => free_index_name(table, self.part_names(parts).first().unwrap_or(&"")),
        };
        let mut index = Index::of_parts(&name, parts, &[], self.sql, self.dialect);
        index.method = match kind {
            IndexKind::Plain => "btree",
            IndexKind::Fulltext => "fulltext",
            IndexKind::Spatial => "spatial",
        }
        .into();
        index.comment = constraint.comment.as_deref().map(Into::into);
        self.settle(id, parts, &mut index);
        self.add_index(id, index);
    }

    /// Every column that an expression about one table names must be a column of it.
    pub(super) fn columns_must_be_there(&mut self, id: &ObjectId, expr: &Expr) {
        let mut names = Vec::new();
        columns_of(expr, &mut names);
        // What is in double quotes may be a text in SQLite.
        if self.dialect == Dialect::Sqlite {
            names.retain(|name| !name.at.of(self.sql).starts_with('"'));
        }
        for name in names {
            drop(self.column(id, name));
        }
        self.functions_must_be_there(expr);
    }

    /// The table whose index a name is.
    pub(super) fn index_table(&self, found: &Found) -> Option<ObjectId> {
        let Found::Known(id) = found else { return None };
        match &self.schema.get(id)?.body {
            ObjectBody::Index { table } => Some(self.id(table, Space::Relation)),
            _ => None,
        }
    }

    /// What MySQL does for a foreign key: an index on its columns, unless one begins with them.
    pub(super) fn index_for_foreign_key(&mut self, id: &ObjectId, constraint: &Constraint, is_named: bool) {
        let ConstraintBody::ForeignKey(key) = &constraint.body else { return };
        // One that was made for another key on the same columns makes room.
        let serves = |index: &Index| {
            index.parts.len() >= key.columns.len() + usize::from(index.is_implicit)
                && key
                    .columns
                    .iter()
                    .zip(&index.parts)
                    .all(|(column, part)| part.expr.written.eq_ignore_ascii_case(column))
        };
        // MySQL wants one that is in order.
        let serving: Vec<&Index> = self.indexes(id).iter().filter(|index| serves(index)).collect();
        if serving.iter().any(|index| super::mysql::is_in_order(index)) {
            return;
        }
        let may_be_missing = constraint.column.is_some() || !serving.is_empty();
        self.make_room(id, &key.columns, true);
        let Some(table) = self.schema.table(id) else { return };
        let name = match &constraint.name {
            Some(name) if is_named => name.clone(),
            _ => free_index_name(table, key.columns.first().map_or("", |column| column)).into(),
        };
        let mut index = Index::of_columns(name, key.columns.clone());
        for (part, column) in index.parts.iter_mut().zip(&key.columns) {
            super::mysql::settle_length(table, column, part);
        }
        index.is_implicit = true;
        index.may_be_missing = may_be_missing;
        self.add_index(id, index);
    }
}
