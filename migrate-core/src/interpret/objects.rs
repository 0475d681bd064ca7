//! What is only known by its name; comments, renames and moves between schemas, of any kind of object.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::extensions::goes_anywhere;
use super::lookup::{Found, shown};
use super::run::Run;
use super::scope::Scope;
use crate::ddl::{CommentOn, CreateObject, DropTarget, Ident, Kind, Path};
use crate::dialect::Dialect;
use crate::schema::{Certainty, Need, ObjectBody, ObjectId, ObjectName, Space, columns_of};

impl Run<'_> {
    /// What tells an object of the remaining kinds from others: its kind, what it belongs to, its name.
    pub(super) fn other_id(&self, kind: Kind, target: &DropTarget) -> Option<ObjectId> {
        self.other_name(kind, target).map(|name| self.id(&name, Space::Other))
    }

    pub(super) fn other_name(&self, kind: Kind, target: &DropTarget) -> Option<ObjectName> {
        let name = self.new_name(&target.name, false)?;
        // What belongs to a table is in its schema.
        let table = target.on.as_ref().map(|on| match self.find(on, Space::Relation) {
            Found::Known(id) => (id.schema.clone(), id.name.clone()),
            Found::Unknown | Found::Missing => (name.schema.clone(), (&*on.name.text).into()),
        });
        let schema = match (&table, kind) {
            (Some((schema, _)), Kind::Policy | Kind::Rule) => schema.clone(),
            (_, Kind::Event | Kind::Publication) if self.dialect == Dialect::Postgres => "".into(),
            _ => name.schema.clone(),
        };
        Some(ObjectName::other(kind, schema, table.as_ref().map(|(_, name)| &**name), &name.name))
    }

    /// The full name of a new object, unless there is one already; then a finding, or nothing where that is allowed.
    pub(super) fn fresh(
        &mut self,
        path: &Path,
        space: Space,
        may_be_there: bool,
        code: &'static str,
    ) -> Option<ObjectName> {
        self.schema_may_be_there(path);
        let name = self.new_name(path, false)?;
        let id = self.id(&name, space);
        match self.schema.get(&id).map(|object| object.certainty) {
            None | Some(Certainty::Doubtful) => Some(name),
            Some(_) => {
                if !may_be_there {
                    self.wrong(code, path.at(), format!("there is a `{}` already", shown(path)));
                }
                None
            }
        }
    }

    pub(super) fn create_object(&mut self, create: &CreateObject) {
        let path = &create.target.name;
        let (name, space, body) = match create.kind {
            Kind::Schema => (ObjectName::new("", &*path.name.text), Space::Namespace, ObjectBody::Namespace),
            Kind::Extension => {
                let first = self.session.search_path.as_ref().and_then(|path| path.first().cloned());
                let first = first.filter(|_| goes_anywhere(&path.name.text));
                let schema = create.schema.as_ref().map(|schema| Arc::from(&*schema.text)).or(first);
                (ObjectName::new("", &*path.name.text), Space::Extension, ObjectBody::Extension(schema))
            }
            kind => {
                let Some(name) = self.other_name(kind, &create.target) else { return };
                (name, Space::Other, ObjectBody::Other(kind, None))
            }
        };
        if self.dialect == Dialect::Postgres && !is_followed(create.kind) {
            return;
        }
        let mut body = body;
        let table = create.target.on.as_ref().and_then(|table| self.relation(table, "table"));
        create.tables.iter().for_each(|table| drop(self.relation(table, "table")));
        let id = self.id(&name, space);
        let is_there = self.schema.get(&id).is_some_and(|object| object.certainty != Certainty::Doubtful);
        let is_taken = is_there || create.kind == Kind::Schema && &*name.name == "public";
        if is_taken && create.if_not_exists {
            return;
        }
        if is_taken && !create.or_replace && !create.if_not_exists {
            let message = format!("there is a `{}` already", shown(path));
            self.wrong("duplicate-object", path.at(), message);
            return;
        }
        if let (Kind::Policy, Some(table)) = (create.kind, &table) {
            let on = create.target.on.as_ref().unwrap_or(path);
            let scope = Scope { sources: vec![self.source_of(Some(table), on, None)], ..Scope::default() };
            create.exprs.iter().for_each(|expr| drop(self.expr(expr, &scope)));
        }
        if let (ObjectBody::Other(_, on), Some(table)) = (&mut body, &table) {
            *on = self.schema.get(table).map(|object| object.name.clone());
        }
        let mut needs = BTreeSet::new();
        if let Some(table) = table {
            // Statistics go with any of their columns; policies are in the way of theirs.
            let mut columns = Vec::new();
            if matches!(create.kind, Kind::Statistics | Kind::Policy) {
                create.exprs.iter().for_each(|expr| columns_of(expr, &mut columns));
            }
            let need = |part: Option<Arc<str>>| Need {
                object: table.clone(),
                is_automatic: part.is_none() || create.kind == Kind::Statistics,
                part,
                by: None,
            };
            needs.insert(need(None));
            needs.extend(columns.iter().map(|column| need(Some((&*column.text).into()))));
        }
        let made = self.put(name.clone(), space, body, needs);
        if self.dialect == Dialect::Postgres && is_only_noted(create.kind) {
            self.lose(&made);
        }
        if create.kind == Kind::Schema && !create.elements.is_empty() {
            let before = self.session.search_path.replace(vec![name.name]);
            create.elements.iter().for_each(|statement| self.statement(statement));
            self.session.search_path = before;
        }
    }

    pub(super) fn comment(&mut self, comment: &CommentOn) {
        let text: Option<Arc<str>> = comment.text.as_deref().map(Into::into);
        let target = &comment.target;
        match comment.kind {
            Kind::Table | Kind::View | Kind::MaterializedView | Kind::Sequence | Kind::ForeignTable => {
                if let Some(id) = self.relation(&target.name, "relation") {
                    self.schema.change(&id, |object| object.comment = text);
                }
            }
            Kind::Index => {
                let found = self.find(&target.name, Space::Relation);
                if found == Found::Missing {
                    let message = format!("there is no index `{}`", shown(&target.name));
                    self.wrong("missing-index", target.name.at(), message);
                }
                if let Some(table) = self.index_table(&found) {
                    let name = target.name.name.text.clone();
                    self.change_indexes(&table, |indexes| {
                        for index in indexes.iter_mut().filter(|index| *index.name == *name) {
                            index.comment = text.clone();
                        }
                    });
                }
            }
            Kind::Schema => {
                let id = self.id(&ObjectName::new("", &*target.name.name.text), Space::Namespace);
                self.schema.change(&id, |object| object.comment = text);
            }
            Kind::Function | Kind::Procedure | Kind::Routine | Kind::Aggregate => {
                match self.find(&target.name, Space::Routine) {
                    Found::Known(id) => self.comment_on_routine(&id, target, text.as_ref()),
                    Found::Missing if !self.is_built_in(&target.name) && !self.has_extensions() => {
                        let message = format!("there is no function `{}`", shown(&target.name));
                        self.wrong("missing-function", target.name.at(), message);
                    }
                    Found::Unknown | Found::Missing => {}
                }
            }
            Kind::Trigger => {
                let Some(table) = &target.on else { return };
                let Some(id) = self.relation(table, "table") else { return };
                let name = &target.name.name;
                let is_known = !self.is_uncertain(&id) && !self.schema.may_have_others;
                if is_known && !self.has_trigger(&id, name) {
                    let message = format!("table `{}` has no trigger `{}`", self.shown(&id), name.text);
                    self.wrong("missing-object", name.at, message);
                }
                self.schema.change(&id, |object| {
                    let triggers = match &mut object.body {
                        ObjectBody::Table(table) => &mut table.triggers,
                        ObjectBody::View(view) => &mut view.triggers,
                        _ => return,
                    };
                    let named = triggers.iter_mut().filter(|own| *own.name == *name.text);
                    named.for_each(|own| own.comment.clone_from(&text));
                });
            }
            Kind::Policy
            | Kind::Rule
            | Kind::Statistics
            | Kind::Collation
            | Kind::Event
            | Kind::Publication => {
                if let Some(id) = self.other_id(comment.kind, target) {
                    self.schema.change(&id, |object| object.comment = text);
                }
            }
            Kind::Column => {
                let Some(table) = &target.on else { return };
                let Some(id) = self.relation(table, "table") else { return };
                let name = &target.name.name;
                self.schema.change(&id, |object| {
                    if let ObjectBody::View(view) = &mut object.body {
                        view.say(&name.text, |said| said.comment.clone_from(&text));
                    }
                });
                let Some(column) = self.column(&id, name) else { return };
                self.change_table(&id, |table| {
                    if let Some(own) = table.columns.iter_mut().find(|own| own.name == column.name) {
                        own.comment = text;
                    }
                });
            }
            Kind::Constraint => {
                let Some(table) = &target.on else { return };
                let Found::Known(id) = self.find(table, Space::Relation) else { return };
                if let Some(place) = self.constraint_place(&id, &target.name.name) {
                    self.change_table(&id, |table| table.constraints[place].comment = text);
                }
            }
            Kind::Type | Kind::Domain => {
                if let Some(id) = self.must_type(&target.name) {
                    self.schema.change(&id, |object| object.comment = text);
                }
            }
            _ => {}
        }
    }

    /// `ALTER … RENAME TO` of what is not a table.
    pub(super) fn rename(&mut self, kind: Kind, target: &DropTarget, if_exists: bool, to: &Path) {
        match kind {
            Kind::Table | Kind::View | Kind::MaterializedView | Kind::Sequence | Kind::ForeignTable => {
                match self.find(&target.name, Space::Relation) {
                    Found::Known(_) if self.dialect == Dialect::Mysql && target.name == *to => {
                        let message = format!("there is a relation `{}` already", shown(to));
                        self.wrong("duplicate-table", to.at(), message);
                    }
                    // MySQL renames the one that it hides, MariaDB the one that hides it.
                    Found::Known(id) if self.is_mysql_temporary(&id) => self.rename_hidden(&target.name, to),
                    Found::Known(mut id) => self.rename_relation(&mut id, to),
                    Found::Missing if !if_exists => drop(self.relation(&target.name, "table")),
                    Found::Unknown | Found::Missing => {}
                }
            }
            Kind::Index => match self.find(&target.name, Space::Relation) {
                found @ Found::Known(_) => match self.index_table(&found) {
                    Some(table) if self.is_relation(&table.schema, &to.name.text) => {
                        let message = format!("there is a relation `{}` already", to.name.text);
                        self.wrong("duplicate-index", to.at(), message);
                    }
                    Some(table) => self.rename_index(&table, &target.name.name.text, &to.name.text),
                    None => {}
                },
                Found::Missing if !if_exists => {
                    let message = format!("there is no index `{}`", shown(&target.name));
                    self.wrong("missing-index", target.name.at(), message);
                }
                Found::Unknown | Found::Missing => {}
            },
            Kind::Type | Kind::Domain => {
                if let Some(id) = self.must_type(&target.name) {
                    self.rename_type(&id, &to.name);
                }
            }
            Kind::Trigger => {
                let Some(table) = &target.on else { return };
                let Some(id) = self.relation(table, "table") else { return };
                let (old, new) = (target.name.name.text.clone(), to.name.text.clone());
                if !self.has_trigger(&id, &target.name.name) && !self.is_uncertain(&id) {
                    let message = format!("table `{}` has no trigger `{old}`", self.shown(&id));
                    self.wrong("missing-object", target.name.at(), message);
                }
                self.change_table(&id, |table| {
                    let named = table.triggers.iter_mut().filter(|own| *own.name == *old);
                    named.for_each(|own| own.is_called(&new));
                });
            }
            Kind::Function | Kind::Procedure | Kind::Routine | Kind::Aggregate => {
                if let Found::Known(id) = self.find(&target.name, Space::Routine) {
                    let name = ObjectName { schema: id.schema.clone(), name: (&*to.name.text).into() };
                    self.move_routines(&id, target.arguments.as_deref(), name);
                }
            }
            Kind::Schema => self.rename_schema(&target.name.name, &to.name),
            _ => {
                let renamed = DropTarget { name: to.clone(), ..target.clone() };
                if let (Some(id), Some(name)) = (self.other_id(kind, target), self.other_name(kind, &renamed))
                    && let Some(object) = self.schema.remove(&id)
                {
                    let mut object = Arc::unwrap_or_clone(object);
                    object.name = name;
                    self.schema.insert(self.id(&object.name, Space::Other), object);
                }
            }
        }
    }

    /// `ALTER … SET SCHEMA` of what is not a table.
    pub(super) fn set_schema(&mut self, kind: Kind, target: &DropTarget, if_exists: bool, schema: &Ident) {
        match kind {
            Kind::Table | Kind::View | Kind::MaterializedView | Kind::Sequence | Kind::ForeignTable => {
                match self.find(&target.name, Space::Relation) {
                    Found::Known(mut id) => self.move_relation(&mut id, schema),
                    Found::Missing if !if_exists => drop(self.relation(&target.name, "table")),
                    Found::Unknown | Found::Missing => {}
                }
            }
            Kind::Type | Kind::Domain => {
                let Some(id) = self.must_type(&target.name) else { return };
                self.schema_must_be_there(schema);
                let name = ObjectName { schema: (&*schema.text).into(), name: id.name.clone() };
                self.move_type(&id, name, schema.at);
            }
            Kind::Function | Kind::Procedure | Kind::Routine | Kind::Aggregate => {
                match self.find(&target.name, Space::Routine) {
                    Found::Known(id) => {
                        self.schema_must_be_there(schema);
                        let name = ObjectName { schema: (&*schema.text).into(), name: id.name.clone() };
                        self.move_routines(&id, target.arguments.as_deref(), name);
                    }
                    Found::Missing if !if_exists => {
                        let message = format!("there is no function `{}`", shown(&target.name));
                        self.wrong("missing-function", target.name.at(), message);
                    }
                    Found::Unknown | Found::Missing => {}
                }
            }
            Kind::Extension => {
                let id = self.id(&ObjectName::new("", &*target.name.name.text), Space::Extension);
                let body = ObjectBody::Extension(Some((&*schema.text).into()));
                self.schema.change(&id, |object| object.body = body);
            }
            // What names them in other places is not followed.
            _ => self.schema.may_have_others = true,
        }
    }
}

/// Whether PostgreSQL's objects of a kind are part of a schema here: what is the server's is not.
fn is_followed(kind: Kind) -> bool {
    !matches!(kind, Kind::Role | Kind::Subscription | Kind::Server | Kind::Other)
}

/// Whether objects of a kind are only known to be there: no catalog is read for them.
fn is_only_noted(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Operator
            | Kind::OperatorClass
            | Kind::OperatorFamily
            | Kind::Cast
            | Kind::Conversion
            | Kind::TextSearch
    )
}
