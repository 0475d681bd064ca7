//! One statement being replayed.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::dynamic::Values;
use super::lookup::{Found, shown};
use super::scope::Scope;
use super::standing::Mention;
use super::{Finding, Session};
use crate::ddl::{AlterIndex, Expr, ExprKind, FromItem, Kind, Path, Query, QueryBody, Statement};
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
    /// The tables that the session made.
    pub(super) made: &'a mut BTreeSet<ObjectId>,
    /// What names stood for, where somebody wants to know.
    pub(super) mentions: Option<Vec<Mention>>,
    /// How many texts that are kept are being read inside each other.
    pub(super) depth: u8,
    /// `ALTER TABLE ONLY`: children stay as they are.
    pub(super) only: bool,
    /// The schemas and extensions that the session dropped: they are not there, though others may be that nobody spoke of.
    pub(super) dropped: &'a mut BTreeSet<ObjectId>,
    /// What the arguments of the code that is running are.
    pub(super) values: Values,
    /// The table expressions that were named, by where they stand.
    pub(super) used: BTreeSet<u32>,
}

impl Run<'_> {
    pub(super) fn statement(&mut self, statement: &Statement) {
        if !matches!(statement, Statement::Set(_)) {
            self.session.forget_variables();
        }
        match statement {
            Statement::CreateTable(create) => self.create_table(create),
            Statement::AlterTable(alter) => self.alter_table(alter),
            Statement::CreateIndex(create) => self.create_index(create),
            Statement::AlterIndex(AlterIndex::AttachPartition { index, part }) => {
                index_must_be_there(self, index);
                index_must_be_there(self, part);
            }
            Statement::AlterIndex(AlterIndex::Other(index)) => index_must_be_there(self, index),
            Statement::AlterIndex(AlterIndex::Parameters(index, list)) => {
                index_must_be_there(self, index);
                let found = self.find(index, Space::Relation);
                if let Some(table) = self.index_table(&found) {
                    self.change_indexes(&table, |indexes| {
                        for own in indexes.iter_mut().filter(|own| *own.name == *index.name.text) {
                            list.iter().for_each(|(key, value)| own.set_option(key, value.as_deref()));
                        }
                    });
                }
            }
            Statement::CreateView(create) => self.create_view(create),
            Statement::CreateType(create) => self.create_type(create),
            Statement::AlterType(alter) => self.alter_type(alter),
            Statement::CreateDomain(create) => self.create_domain(create),
            Statement::AlterDomain(alter) => self.alter_domain(alter),
            Statement::CreateSequence(create) => self.create_sequence(create),
            Statement::AlterSequence(alter) => self.alter_sequence(alter),
            Statement::CreateFunction(create) => self.create_function(create),
            Statement::CreateTrigger(create) => self.create_trigger(create),
            Statement::CreateObject(create) => self.create_object(create),
            Statement::Drop(drop) => self.drop_objects(drop),
            Statement::Rename { kind, target, if_exists, to } => self.rename(*kind, target, *if_exists, to),
            Statement::SetSchema { kind, target, if_exists, schema } => {
                self.set_schema(*kind, target, *if_exists, schema);
            }
            Statement::AlterRoutine(alter) => self.alter_routine(alter),
            Statement::Comment(comment) => self.comment(comment),
            Statement::Insert(_) | Statement::Update(_) | Statement::Delete(_) | Statement::Merge { .. } => {
                drop(self.rows_of(statement, &Scope::default()));
            }
            Statement::Query(query) => self.run_query(query),
            Statement::Truncate(tables) | Statement::Harmless { tables } => {
                tables.iter().for_each(|table| drop(self.relation(table, "table")));
            }
            Statement::Copy { table, columns, rest } => {
                if let Some(id) = self.relation(table, "table") {
                    columns.iter().for_each(|column| drop(self.column(&id, column)));
                    rest.iter().for_each(|expr| self.columns_must_be_there(&id, expr));
                }
            }
            Statement::Set(setting) => self.session.set(setting),
            // The interpreter itself takes back what was done.
            Statement::Transaction(_) => {}
            Statement::Do(Some(body)) => self.run_body(body),
            Statement::Do(None) => self.lose_all(),
            Statement::Call(name) if name.name.text.starts_with(crate::ddl::PREPARED) => {
                self.execute_prepared(&name.name);
            }
            Statement::Call(name) => self.run_routine(name),
            Statement::Opaque { names } => self.lose_named(names),
        }
    }

    /// Reads rows, and runs the functions of the schema that the query calls.
    fn run_query(&mut self, query: &Query) {
        self.query(query, &Scope::default());
        self.run_functions(query);
        if let QueryBody::Select(select) = &query.body
            && let Some(into) = &select.into
        {
            self.create_from_query(into, query);
        }
    }

    /// Runs the functions that a query calls.
    pub(super) fn run_functions(&mut self, query: &Query) {
        if self.calls_changing(query) && self.run_called(query) {
            return;
        }
        if self.calls_what_may_change(query) {
            self.lose_all();
        }
    }

    /// Whether a query calls what may change the schema: a function of the schema that may, or one that nobody knows, which
    /// an extension or the database has.
    pub(super) fn calls_what_may_change(&self, query: &Query) -> bool {
        // A function of MySQL's cannot.
        self.dialect != Dialect::Mysql && (self.calls_changing(query) || self.calls_stranger(query))
    }

    /// Whether a query calls a function of the schema that may change it.
    fn calls_changing(&self, query: &Query) -> bool {
        let mut needs = BTreeSet::new();
        self.needs_of_query(query, &mut Vec::new(), &mut needs);
        needs.iter().any(|need| match self.schema.get(&need.object).map(|object| &object.body) {
            Some(ObjectBody::Routines(routines)) => routines.iter().any(|routine| routine.may_change_schema),
            _ => false,
        })
    }

    /// Whether a query gives what a function gives that nobody knows.
    fn calls_stranger(&self, query: &Query) -> bool {
        let QueryBody::Select(select) = &query.body else { return false };
        let is_strange = |expr: &Expr| match &expr.kind {
            // Types are called to convert to them.
            ExprKind::Call { name, .. } => {
                let is_known = |space| matches!(self.find(name, space), Found::Known(_));
                !self.is_built_in(name) && !is_known(Space::Routine) && !is_known(Space::Type)
            }
            _ => false,
        };
        let is_read = |from: &FromItem| matches!(from, FromItem::Function { calls, .. } if calls.iter().any(is_strange));
        select.outputs.iter().any(|output| is_strange(&output.expr)) || select.from.iter().any(is_read)
    }

    /// Runs what is kept under a name.
    fn run_routine(&mut self, name: &Path) {
        let is_harmless = match self.find(name, Space::Routine) {
            Found::Known(id) => match self.schema.get(&id).map(|object| &object.body) {
                Some(ObjectBody::Routines(routines)) => {
                    !routines.iter().any(|routine| routine.may_change_schema)
                }
                _ => false,
            },
            Found::Unknown | Found::Missing => false,
        };
        if !is_harmless {
            self.lose_all();
        }
    }

    /// From here on nothing is certain about these; without any, about all.
    fn lose_named(&mut self, names: &[Path]) {
        if names.is_empty() {
            return self.lose_all();
        }
        for name in names {
            for space in [Space::Relation, Space::Type, Space::Routine] {
                let Some(full) = self.new_name(name, false) else { continue };
                let id = match self.find(name, space) {
                    Found::Known(id) => id,
                    Found::Unknown | Found::Missing => self.id(&full, space),
                };
                self.may_be_there(id, full);
            }
        }
    }

    /// From here on nobody knows whether something of this name is there.
    pub(super) fn may_be_there(&mut self, id: ObjectId, name: ObjectName) {
        if !self.schema.change(&id, |object| object.certainty = Certainty::Doubtful) {
            let object = Object {
                name,
                body: ObjectBody::Other(Kind::Other, None),
                comment: None,
                certainty: Certainty::Doubtful,
                needs: BTreeSet::new(),
            };
            self.schema.insert(id, object);
        }
    }

    /// From here on nothing is certain.
    pub(super) fn lose_all(&mut self) {
        self.schema.lose_all();
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
                object.needs = table.needs(dialect);
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

fn index_must_be_there(run: &mut Run<'_>, index: &Path) {
    if run.find(index, Space::Relation) == Found::Missing {
        let message = format!("there is no index `{}`", shown(index));
        run.wrong("missing-index", index.at(), message);
    }
}
