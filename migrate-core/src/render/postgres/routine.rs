//! Functions, procedures and aggregates.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::{POSTGRES, comment};
use crate::change::Change;
use crate::ddl::{Kind, Statement};
use crate::parse::{Parsed, parse};
use crate::render::note::rights_are_lost;
use crate::render::{Renderer, Script, name, types};
use crate::schema::quoted::names_in;
use crate::schema::{Declared, ObjectBody, ObjectName, Routine, Space, is_list_of_names};

impl Renderer<'_> {
    /// The routines that a change names, of those that have a name. One whose text is not known is left out.
    pub(super) fn routines(&self, name: &ObjectName, change: Change<&[Routine]>, out: &mut Script) {
        let (before, after) = (change.before.unwrap_or_default(), change.after.unwrap_or_default());
        let is_in = |list: &[Routine], one: &Routine| {
            list.iter().any(|other| other.arguments == one.arguments && other.kind == one.kind)
        };
        for routine in before.iter().filter(|routine| !is_in(after, routine)) {
            out.push(format!("DROP {}", self.signature(name, routine)));
        }
        for routine in after {
            let find = |one: &&Routine| one.arguments == routine.arguments && one.kind == routine.kind;
            let old = before.iter().find(find);
            let altered = old
                .filter(|old| differs_in_options_only(old, routine))
                .and_then(|old| alterations(old.options.as_ref()?, routine.options.as_ref()?));
            let comment = old.and_then(|old| old.comment.as_ref());
            if let Some(actions) = altered {
                self.alter_routine(name, routine, &actions, out);
                self.comment_on_routine(name, routine, comment, out);
                continue;
            }
            let Some(text) = &routine.text else { continue };
            match old {
                Some(_) => out.push(or_replace(text)),
                None => out.push_noted(text.trim().to_owned(), self.rights_of_routine(name, routine)),
            }
            // What was declared later is not in its text.
            let said = declared_in(text);
            let rest =
                said.zip(routine.options.as_ref()).and_then(|(said, options)| alterations(&said, options));
            self.alter_routine(name, routine, &rest.unwrap_or_default(), out);
            self.comment_on_routine(name, routine, comment, out);
        }
    }

    /// What a reader has to know of one that goes and comes back.
    fn rights_of_routine(&self, name: &ObjectName, routine: &Routine) -> Vec<String> {
        let there = self.before.get(&name.id(Space::Routine, POSTGRES)).map(|object| &object.body);
        match there {
            Some(ObjectBody::Routines(all))
                if all.iter().any(|old| old.arguments == routine.arguments && old.kind == routine.kind) =>
            {
                rights_are_lost(&self.path(name))
            }
            _ => vec![],
        }
    }

    fn alter_routine(&self, name: &ObjectName, routine: &Routine, actions: &[String], out: &mut Script) {
        if !actions.is_empty() {
            out.push(format!("ALTER {} {}", self.signature(name, routine), actions.join(" ")));
        }
    }

    fn comment_on_routine(
        &self,
        name: &ObjectName,
        routine: &Routine,
        before: Option<&Arc<str>>,
        out: &mut Script,
    ) {
        if before != routine.comment.as_ref() {
            let signature = self.signature(name, routine);
            let (kind, what) = signature.split_once(' ').unwrap_or(("FUNCTION", &signature));
            out.push(comment(kind, what, routine.comment.as_deref()));
        }
    }

    fn signature(&self, name: &ObjectName, routine: &Routine) -> String {
        let kind = match routine.kind {
            Kind::Procedure => "PROCEDURE",
            Kind::Aggregate => "AGGREGATE",
            _ => "FUNCTION",
        };
        let arguments: Vec<String> =
            routine.arguments.iter().map(|of| types::data_type(of, POSTGRES)).collect();
        let arguments = match (routine.kind, arguments.as_slice()) {
            (Kind::Aggregate, []) => "*".to_owned(),
            _ => arguments.join(", "),
        };
        format!("{kind} {}({arguments})", self.path(name))
    }
}

/// Whether `ALTER FUNCTION` makes one out of the other.
fn differs_in_options_only(before: &Routine, after: &Routine) -> bool {
    before.digest.is_some()
        && before.digest == after.digest
        && before.returns == after.returns
        && before.optional == after.optional
        && before.parameters.is_some()
        && before.parameters == after.parameters
}

/// What a text declares.
fn declared_in(text: &str) -> Option<Declared> {
    let Parsed::Statement(statement) = parse(text, POSTGRES) else { return None };
    match *statement {
        Statement::CreateFunction(create) => Routine::declared_by(&create),
        _ => None,
    }
}

/// What `ALTER FUNCTION` is told to lead from what is declared to something else; nothing where it has no words for it.
fn alterations(before: &Declared, after: &Declared) -> Option<Vec<String>> {
    let keys: BTreeSet<&Arc<str>> = before.keys().chain(after.keys()).collect();
    let changed = keys.into_iter().filter(|key| before.get(*key) != after.get(*key));
    changed.map(|key| alteration(key, after.get(key).map(|value| &**value), after)).collect()
}

fn alteration(key: &str, value: Option<&str>, after: &Declared) -> Option<String> {
    Some(match (key, value) {
        ("volatility", value) => value.unwrap_or("volatile").to_uppercase(),
        ("strict", Some(_)) => "STRICT".to_owned(),
        ("strict", None) => "CALLED ON NULL INPUT".to_owned(),
        ("security", value) => format!("SECURITY {}", value.unwrap_or("invoker").to_uppercase()),
        ("leakproof", Some(_)) => "LEAKPROOF".to_owned(),
        ("leakproof", None) => "NOT LEAKPROOF".to_owned(),
        ("parallel", value) => format!("PARALLEL {}", value.unwrap_or("unsafe").to_uppercase()),
        ("cost", Some(value)) => format!("COST {value}"),
        ("cost", None) => {
            let is_c = after.get("language").is_some_and(|own| matches!(&**own, "c" | "internal"));
            format!("COST {}", if is_c { 1 } else { 100 })
        }
        ("rows", value) => format!("ROWS {}", value.unwrap_or("1000")),
        ("support", Some(value)) => {
            let parts: Vec<String> = value.split('.').map(|part| name::name(part, POSTGRES)).collect();
            format!("SUPPORT {}", parts.join("."))
        }
        _ => {
            let setting = key.strip_prefix("set ")?;
            let parts: Vec<String> = setting.split('.').map(|part| name::name(part, POSTGRES)).collect();
            let setting = parts.join(".");
            match value {
                Some(value) if is_list_of_names(&setting) => {
                    let names: Vec<String> =
                        names_in(value, ',').iter().map(|name| POSTGRES.quote_literal(name)).collect();
                    format!("SET {setting} TO {}", names.join(", "))
                }
                Some(value) => format!("SET {setting} TO {}", POSTGRES.quote_literal(value)),
                None => format!("RESET {setting}"),
            }
        }
    })
}

/// `CREATE` as `CREATE OR REPLACE`.
fn or_replace(text: &str) -> String {
    let text = text.trim();
    let mut words = text.split_ascii_whitespace();
    let is_create = words.next().is_some_and(|word| word.eq_ignore_ascii_case("create"));
    let replaces = words.next().is_some_and(|word| word.eq_ignore_ascii_case("or"));
    match text.split_at_checked("create".len()) {
        Some((create, rest)) if is_create && !replaces => format!("{create} OR REPLACE{rest}"),
        _ => text.to_owned(),
    }
}
