//! Functions and procedures.

use std::sync::Arc;

use super::lookup::{Found, shown};
use super::run::Run;
use crate::ddl::{AlterRoutine, CreateFunction, DropTarget, Kind, TypeName};
use crate::dialect::Dialect;
use crate::schema::{Certainty, ObjectBody, ObjectId, Routine, Space, Type};

/// What functions are written in: what PostgreSQL brings, and what is often installed.
const LANGUAGES: [&str; 12] = [
    "sql",
    "plpgsql",
    "c",
    "internal",
    "plperl",
    "plperlu",
    "plpython3u",
    "plpythonu",
    "pltcl",
    "pltclu",
    "plv8",
    "plrust",
];

impl Run<'_> {
    pub(super) fn create_function(&mut self, create: &CreateFunction) {
        let given = create.arguments.iter().map(|argument| &argument.data_type);
        let given = given.chain(&create.returns).chain(create.returns_table.iter().map(|(_, of)| of));
        given.for_each(|name| drop(self.known_type(name)));
        self.schema_may_be_there(&create.name);
        if let Some(language) = &create.language {
            let at = create.name.at();
            self.word_may_be_known("language", language, at, &LANGUAGES);
        }
        let Some(name) = self.new_name(&create.name, false) else { return };
        let id = self.id(&name, Space::Routine);
        let inputs: Vec<&crate::ddl::Argument> =
            create.arguments.iter().filter(|argument| argument.is_input).collect();
        let arguments: Vec<Type> =
            inputs.iter().map(|argument| self.type_of_routine(&argument.data_type)).collect();
        let routine = Routine {
            kind: create.kind,
            arguments: arguments.clone(),
            optional: inputs.iter().filter(|argument| argument.default.is_some()).count(),
            parameters: (self.dialect == Dialect::Postgres && create.kind != Kind::Aggregate)
                .then(|| Routine::parameters_of(create, self.sql, |name| self.type_of_routine(name))),
            returns: self.returned_by(create),
            digest: self.digest_of_routine(create),
            options: Routine::declared_by(create),
            may_change_schema: create.body.as_ref().is_none_or(|body| self.may_change_schema(body)),
            text: Some(self.sql.into()),
            can_be_followed: false,
            comment: None,
        };
        let can_be_followed = routine.may_change_schema && self.can_be_followed(create);
        let routine = Routine { can_be_followed, ..routine };
        let mut routines = match self.schema.get(&id).map(|object| (&object.body, object.certainty)) {
            Some((ObjectBody::Routines(routines), Certainty::Certain)) => routines.clone(),
            _ => vec![],
        };
        let are_known = !arguments.iter().any(Type::is_unknown);
        // MySQL tells functions from procedures, and nothing by what it is given.
        let is_same = |own: &Routine| match self.dialect {
            Dialect::Mysql => own.kind == routine.kind,
            _ => own.arguments == arguments,
        };
        match routines.iter().position(is_same) {
            Some(_) if create.if_not_exists => return,
            Some(place) if create.or_replace => {
                let (before, after) = (&routines[place].returns, &routine.returns);
                let is_known =
                    |data_type: &Option<Type>| data_type.as_ref().is_some_and(|of| !of.is_unknown());
                if self.dialect == Dialect::Postgres && is_known(before) && is_known(after) && before != after
                {
                    let message = format!(
                        "`{}` gives another type until now, which cannot be replaced",
                        shown(&create.name)
                    );
                    self.wrong("duplicate-function", create.name.at(), message)
                        .helps
                        .push("drop the function first".to_owned());
                    return;
                }
                let comment = routines[place].comment.take();
                routines[place] = Routine { comment, ..routine };
            }
            Some(_) if are_known || self.dialect == Dialect::Mysql => {
                let message =
                    format!("there is a function `{}` with these arguments already", shown(&create.name));
                self.wrong("duplicate-function", create.name.at(), message);
                return;
            }
            Some(place) => routines[place] = routine,
            None => routines.push(routine),
        }
        self.put_routines(name, routines);
    }

    /// What is declared of it becomes something else.
    pub(super) fn alter_routine(&mut self, alter: &AlterRoutine) {
        let Found::Known(id) = self.find(&alter.target.name, Space::Routine) else { return };
        let wanted: Option<Vec<Type>> = alter
            .target
            .arguments
            .as_ref()
            .map(|names| names.iter().map(|name| self.type_of_routine(name)).collect());
        self.schema.change(&id, |object| {
            let ObjectBody::Routines(routines) = &mut object.body else { return };
            let is_meant = |own: &&mut Routine| wanted.as_ref().is_none_or(|wanted| own.arguments == *wanted);
            for routine in routines.iter_mut().filter(is_meant) {
                routine.declare(alter.options.as_ref());
            }
        });
    }

    /// What is said about one of several, or about the only one.
    pub(super) fn comment_on_routine(&mut self, id: &ObjectId, target: &DropTarget, text: Option<&Arc<str>>) {
        let wanted: Option<Vec<Type>> = target
            .arguments
            .as_ref()
            .map(|names| names.iter().map(|name| self.type_of_routine(name)).collect());
        self.schema.change(id, |object| {
            let ObjectBody::Routines(routines) = &mut object.body else { return };
            let is_only = routines.len() == 1;
            let is_meant = |own: &&mut Routine| is_only || wanted.as_ref() == Some(&own.arguments);
            routines.iter_mut().filter(is_meant).for_each(|own| own.comment = text.cloned());
        });
    }

    /// A type that a routine takes or gives; PostgreSQL's have no length there.
    pub(super) fn type_of_routine(&self, name: &TypeName) -> Type {
        let data_type = self.data_type(name);
        if self.dialect == Dialect::Postgres { data_type.bare() } else { data_type }
    }

    /// What a function gives: what it says, or what goes out, which is a record if there is more than one. What an aggregate
    /// gives follows from its functions.
    fn returned_by(&self, create: &CreateFunction) -> Option<Type> {
        if let Some(name) = &create.returns {
            return Some(self.type_of_routine(name));
        }
        if create.kind != Kind::Function || self.dialect != Dialect::Postgres {
            return None;
        }
        let given = create.arguments.iter().filter(|argument| argument.is_output);
        let given = given.map(|argument| &argument.data_type);
        let given: Vec<&TypeName> =
            given.chain(create.returns_table.iter().map(|(_, data_type)| data_type)).collect();
        match given.as_slice() {
            [] => None,
            [one] => Some(self.type_of_routine(one)),
            _ => Some(Type::built_in("record")),
        }
    }

    /// The digest of a routine's body; MySQL's is that of the whole text.
    fn digest_of_routine(&self, create: &CreateFunction) -> Option<u64> {
        match (self.dialect, &create.body_text) {
            (Dialect::Postgres, Some(body)) => Some(Routine::digest_of(body, self.dialect)),
            // What the database keeps is no text, and is compared with no other.
            (Dialect::Postgres, None) => {
                create.body_at.map(|at| Routine::digest_of(at.of(self.sql), self.dialect))
            }
            _ => Some(Routine::digest_of(self.sql, self.dialect)),
        }
    }
}
