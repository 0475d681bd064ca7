//! Triggers.

use super::Proof;
use super::lookup::{Found, shown};
use super::run::Run;
use super::scope::{Scope, Source};
use crate::ddl::{CreateTrigger, Ident, Path};
use crate::dialect::Dialect;
use crate::schema::{Certainty, ObjectBody, ObjectId, Space, SqlText, Trigger};

impl Run<'_> {
    pub(super) fn create_trigger(&mut self, create: &CreateTrigger) {
        let Some(id) = self.relation(&create.table, "table") else { return };
        if self.refuses_virtual(&id, "it cannot have triggers", create.table.at()) {
            return;
        }
        // SQLite looks at what it says when it is used.
        if self.dialect != Dialect::Sqlite {
            create.columns.iter().for_each(|column| drop(self.column(&id, column)));
        }
        let function = match &create.function {
            None => None,
            Some(path) => match self.find(path, Space::Routine) {
                Found::Known(function) => {
                    self.must_be_of_trigger(&function, path);
                    self.schema.get(&function).map(|object| object.name.clone())
                }
                Found::Unknown => None,
                Found::Missing => {
                    let may_be =
                        path.name.text.starts_with("suppress_") || self.may_be_of_extension(&path.name.text);
                    if !may_be {
                        let proof = if self.has_extensions() { Proof::Likely } else { Proof::Certain };
                        let message = format!("there is no function `{}`", shown(path));
                        self.wrong("missing-function", path.at(), message).proof = proof;
                    }
                    None
                }
            },
        };
        if let Some(condition) = create.condition.as_ref().filter(|_| self.dialect != Dialect::Sqlite) {
            let row = |name: &str| Source {
                name: Some(name.into()),
                ..self.source_of(Some(&id), &create.table, None)
            };
            let scope = Scope { sources: vec![row("new"), row("old")], is_open: true, ..Scope::default() };
            self.expr(condition, &scope);
        }
        let name = &create.name.name;
        let is_taken = match self.dialect {
            Dialect::Postgres => self.has_trigger(&id, name),
            // Their names are the schema's.
            _ => self.schema.with_trigger(&name.text).any(|(other, _)| other.schema == id.schema),
        };
        if self.dialect == Dialect::Mysql
            && !self.is_uncertain(&id)
            && matches!(self.schema.get(&id).map(|object| &object.body), Some(ObjectBody::View(_)))
        {
            let message = format!("`{}` is a view, which has no triggers", shown(&create.table));
            self.wrong("wrong-kind", create.table.at(), message);
            return;
        }
        // One that is replaced keeps what is said about it.
        let said = self
            .schema
            .get(&id)
            .and_then(|object| object.triggers().iter().find(|own| *own.name == *name.text)?.comment.clone());
        if is_taken {
            if create.if_not_exists {
                return;
            }
            if !create.or_replace {
                let message = format!("there is a trigger `{}` already", shown(&create.name));
                self.wrong("duplicate-trigger", create.name.at(), message);
                return;
            }
            self.remove_part(&id, &name.text);
        }
        let trigger = Trigger {
            name: (&*name.text).into(),
            function,
            text: self.text_of_trigger(create),
            comment: said,
        };
        if self.schema.table(&id).is_some() {
            self.change_table(&id, |table| table.triggers.push(trigger));
        } else {
            self.schema.change(&id, |object| {
                if let ObjectBody::View(view) = &mut object.body {
                    view.triggers.push(trigger);
                }
            });
        }
    }

    /// A trigger calls a function without arguments that gives `trigger`.
    fn must_be_of_trigger(&mut self, function: &ObjectId, path: &Path) {
        let Some(object) = self.schema.get(function).filter(|object| object.certainty == Certainty::Certain)
        else {
            return;
        };
        let (ObjectBody::Routines(routines), Dialect::Postgres) = (&object.body, self.dialect) else {
            return;
        };
        let same = self.schema.objects_in(Space::Routine).filter(|(id, _)| id.name == function.name);
        if same.count() > 1 || self.is_built_in(path) || self.may_be_of_extension(&path.name.text) {
            return;
        }
        let message = match routines.iter().find(|routine| routine.arguments.is_empty()) {
            None => format!("there is no function `{}` without arguments", shown(path)),
            Some(routine) => match &routine.returns {
                Some(of) if !of.is_unknown() && of.to_string() != "trigger" => {
                    format!("function `{}` gives `{of}`, not `trigger`", shown(path))
                }
                _ => return,
            },
        };
        self.wrong("missing-function", path.at(), message);
    }

    /// From `CREATE` to its end; SQLite keeps it from its name on, and that without the schema.
    fn text_of_trigger(&self, create: &CreateTrigger) -> SqlText {
        match self.dialect {
            Dialect::Sqlite => {
                let rest = self.sql.get(create.name.name.at.start as usize..).unwrap_or_default();
                SqlText::tokens(&format!("CREATE TRIGGER {rest}"), self.dialect)
            }
            _ => SqlText::trigger(self.sql, self.dialect),
        }
    }

    pub(super) fn has_trigger(&self, id: &ObjectId, name: &Ident) -> bool {
        let triggers = match self.schema.get(id).map(|object| &object.body) {
            Some(ObjectBody::Table(table)) => &table.triggers,
            Some(ObjectBody::View(view)) => &view.triggers,
            _ => return false,
        };
        // Their case counts on some servers.
        triggers.iter().any(|own| match self.dialect {
            Dialect::Mysql => *own.name == *name.text,
            _ => self.same_name(&own.name, &name.text),
        })
    }
}
