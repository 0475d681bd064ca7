//! One statement being replayed.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::{Finding, Session};
use crate::ddl::{Expr, Statement};
use crate::dialect::Dialect;
use crate::schema::{
    Certainty, Need, Object, ObjectBody, ObjectId, ObjectName, Schema, Space, SqlText, Table,
};

/// A statement on its way through a schema.
pub(super) struct Run<'a> {
    pub(super) dialect: Dialect,
    pub(super) schema: &'a mut Schema,
    pub(super) session: &'a mut Session,
    /// The statement's text.
    pub(super) sql: &'a str,
    pub(super) findings: Vec<Finding>,
    /// What the statement made or changed.
    pub(super) touched: Vec<ObjectId>,
}

impl Run<'_> {
    pub(super) fn statement(&mut self, statement: &Statement) {
        match statement {
            Statement::CreateTable(create) => self.create_table(create),
            Statement::AlterTable(alter) => self.alter_table(alter),
            Statement::CreateIndex(create) => self.create_index(create),
            Statement::Drop(drop) => self.drop_objects(drop),
            Statement::Set(setting) => self.session.set(setting),
            _ => {}
        }
    }

    /// From here on nothing is certain.
    pub(super) fn lose_all(&mut self) {
        self.schema.may_have_others = true;
        let ids: Vec<ObjectId> = self.schema.objects().iter().map(|(id, _)| id.clone()).collect();
        for id in ids {
            self.schema.change(&id, |object| object.certainty = Certainty::Doubtful);
        }
    }

    /// From here on the object's shape is not certain.
    pub(super) fn lose(&mut self, id: &ObjectId) {
        self.schema.change(id, |object| object.certainty = object.certainty.max(Certainty::Uncertain));
    }

    /// Puts a new object into the schema.
    pub(super) fn put(
        &mut self,
        name: ObjectName,
        space: Space,
        body: ObjectBody,
        needs: BTreeSet<Need>,
    ) -> ObjectId {
        let id = self.id(&name, space);
        let object = Object { name, body, comment: None, certainty: Certainty::Certain, needs };
        self.schema.insert(id.clone(), object);
        self.touched.push(id.clone());
        id
    }

    /// The table, to be changed; what its needs are is found out anew.
    pub(super) fn change_table(&mut self, id: &ObjectId, change: impl FnOnce(&mut Table)) {
        let dialect = self.dialect;
        self.schema.change(id, |object| {
            if let ObjectBody::Table(table) = &mut object.body {
                change(table);
                object.needs = super::needs::of_table(table, dialect);
            }
        });
        if !self.touched.contains(id) {
            self.touched.push(id.clone());
        }
    }

    pub(super) fn text(&self, expr: &Expr) -> SqlText {
        SqlText::of(expr, self.sql, self.dialect)
    }

    /// Whether a relation of that name is in the schema, or a name of the database's own.
    pub(super) fn is_relation(&self, schema: &Arc<str>, name: &str) -> bool {
        let name = ObjectName { schema: Arc::clone(schema), name: name.into() };
        self.schema.get(&self.id(&name, Space::Relation)).is_some()
    }
}
