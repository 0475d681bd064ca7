//! `DROP` of objects: what it names, and what is in its way.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::lookup::{Found, shown};
use super::removal::is_key;
use super::run::Run;
use crate::ddl::{Drop, DropTarget, Extent, Ident, Kind, Path};
use crate::dialect::Dialect;
use crate::schema::{Certainty, Need, ObjectBody, ObjectId, ObjectName, Routine, Space, Type};

impl Run<'_> {
    pub(super) fn drop_objects(&mut self, drop: &Drop) {
        let mut ids = Vec::new();
        for target in &drop.targets {
            if let Some(id) = self.drop_target(drop, target) {
                ids.push((id, target.name.at()));
            }
        }
        let together: BTreeSet<ObjectId> = ids.iter().map(|(id, _)| id.clone()).collect();
        for (id, at) in &ids {
            let findings = self.findings.len();
            let may_go = self.may_go(id, drop.cascade, &together, *at);
            self.only_if_keys_are_checked(findings);
            if may_go || self.dialect == Dialect::Mysql {
                self.take_out(id, drop.cascade);
            }
        }
    }

    /// The object that a `DROP` names, unless it is none that can be taken out as a whole, or nobody knows.
    fn drop_target(&mut self, drop: &Drop, target: &DropTarget) -> Option<ObjectId> {
        let space = match drop.kind {
            Kind::Table | Kind::ForeignTable | Kind::View | Kind::MaterializedView | Kind::Sequence => {
                Space::Relation
            }
            Kind::Index if self.indexes_are_relations() => Space::Relation,
            Kind::Index => {
                let table = target.on.as_ref()?;
                let id = self.relation(table, "table")?;
                let name = Some(&target.name.name);
                self.drop_own(&id, name, drop);
                return None;
            }
            Kind::Type | Kind::Domain => Space::Type,
            Kind::Function | Kind::Procedure | Kind::Routine | Kind::Aggregate => Space::Routine,
            Kind::Schema => Space::Namespace,
            Kind::Extension => Space::Extension,
            Kind::Trigger => {
                self.drop_trigger(drop, target);
                return None;
            }
            _ => Space::Other,
        };
        let found = match space {
            Space::Namespace | Space::Extension => {
                let id = ObjectName::new("", &*target.name.name.text).id(space, self.dialect);
                match self.schema.get(&id) {
                    Some(_) => Found::Known(id),
                    None if self.dropped.contains(&id) => Found::Missing,
                    // What every database has, and what was there before.
                    None => Found::Unknown,
                }
            }
            Space::Other => {
                let id = self.other_id(drop.kind, target)?;
                let may_be_there = match (drop.kind, &target.on) {
                    (Kind::Policy | Kind::Rule, Some(table)) => match self.find(table, Space::Relation) {
                        Found::Known(table) => self.is_uncertain(&table) || self.schema.may_have_others,
                        Found::Unknown => true,
                        Found::Missing => false,
                    },
                    (Kind::Statistics, _) => self.schema.may_have_others,
                    _ => true,
                };
                match self.schema.get(&id) {
                    Some(_) => Found::Known(id),
                    None if may_be_there => Found::Unknown,
                    None => Found::Missing,
                }
            }
            _ => self.find(&target.name, space),
        };
        let found = match found {
            // An index of the file may have the name of a table of the session.
            Found::Known(id)
                if self.dialect == Dialect::Sqlite
                    && target.name.schema.is_none()
                    && !self.is_of_kind(&id, drop.kind) =>
            {
                let mut others = ["temp", "main"]
                    .into_iter()
                    .map(|schema| ObjectName::new(schema, &*target.name.name.text).id(space, self.dialect));
                Found::Known(others.find(|other| self.is_of_kind(other, drop.kind)).unwrap_or(id))
            }
            found => found,
        };
        match found {
            Found::Known(id) if drop.if_exists && self.is_spelt_otherwise(&id, &target.name.name.text) => {
                self.doubt(&id);
                None
            }
            Found::Known(id) if space == Space::Routine => self.drop_routine(id, drop, target),
            Found::Known(id) if self.is_of_kind(&id, drop.kind) => Some(id),
            // What is no index is not looked at.
            Found::Known(_)
                if self.dialect == Dialect::Sqlite && drop.kind == Kind::Index && drop.if_exists =>
            {
                None
            }
            // What is no such thing is not looked at.
            Found::Known(_) if self.dialect == Dialect::Mysql && drop.if_exists => None,
            Found::Known(id) => {
                if !self.is_uncertain(&id) {
                    let message = format!("`{}` is not {}", shown(&target.name), what(drop.kind));
                    self.wrong("wrong-kind", target.name.at(), message);
                }
                None
            }
            Found::Unknown => {
                if matches!(space, Space::Relation | Space::Type | Space::Routine) && !drop.if_exists {
                    self.schema_may_be_there(&target.name);
                }
                self.forget_doubtful(&target.name, space);
                None
            }
            Found::Missing if drop.if_exists => None,
            Found::Missing => {
                let message = format!("there is no {} `{}`", plain(drop.kind), shown(&target.name));
                let code = match space {
                    Space::Relation if drop.kind == Kind::Index => "missing-index",
                    Space::Relation => "missing-table",
                    Space::Type => "missing-type",
                    _ => "missing-object",
                };
                let near = self.near(space, &target.name.name.text);
                self.wrong(code, target.name.at(), message).helps.extend(near);
                None
            }
        }
    }

    /// One of several functions of a name goes here and now; the last of them as any other object.
    fn drop_routine(&mut self, id: ObjectId, drop: &Drop, target: &DropTarget) -> Option<ObjectId> {
        let Some(ObjectBody::Routines(all)) = self.schema.get(&id).map(|object| object.body.clone()) else {
            return Some(id);
        };
        if self.dialect == Dialect::Mysql && !self.is_uncertain(&id) {
            return self.drop_mysql_routine(id, all, drop, target);
        }
        let is_known = !self.is_uncertain(&id) && self.dialect == Dialect::Postgres;
        let wanted: Option<Vec<Type>> = target
            .arguments
            .as_ref()
            .map(|names| names.iter().map(|name| self.type_of_routine(name)).collect());
        let Some(wanted) = wanted.filter(|_| is_known) else {
            if all.len() > 1 && is_known {
                let message = format!("there are several functions `{}`", shown(&target.name));
                self.wrong("ambiguous-function", target.name.at(), message)
                    .helps
                    .push("say the types of its arguments".to_owned());
                return None;
            }
            return Some(id);
        };
        // An aggregate's arguments are written in a way of their own, and a procedure's may be written with what goes out.
        if all.iter().any(|routine| routine.kind != Kind::Function)
            && !all.iter().any(|of| of.arguments == wanted)
        {
            return Some(id);
        }
        let may_be_one =
            |(one, other): (&Type, &Type)| one == other || one.is_unknown() && other.is_unknown();
        let fits = |routine: &&Routine| {
            routine.arguments.len() == wanted.len() && routine.arguments.iter().zip(&wanted).all(may_be_one)
        };
        let place = all.iter().position(|routine| routine.arguments == wanted);
        let place = match place {
            Some(place) => Some(place),
            None if all.iter().filter(fits).count() > 1 => return None,
            None => all.iter().position(|routine| fits(&routine)),
        };
        match place {
            Some(_) if all.len() == 1 => Some(id),
            Some(place) => {
                let mut rest = all;
                rest.remove(place);
                let name = self.schema.get(&id)?.name.clone();
                self.put_routines(name, rest);
                if drop.cascade {
                    // Which of them they used is not known.
                    let users: Vec<ObjectId> =
                        self.schema.dependents(&id).map(|(other, _)| other.clone()).collect();
                    users.iter().for_each(|other| self.lose(other));
                }
                None
            }
            None if drop.if_exists => None,
            None => {
                let message = format!("there is no function `{}` with these arguments", shown(&target.name));
                self.wrong("missing-function", target.name.at(), message);
                None
            }
        }
    }

    /// A function and a procedure may have one name.
    fn drop_mysql_routine(
        &mut self,
        id: ObjectId,
        all: Vec<Routine>,
        drop: &Drop,
        target: &DropTarget,
    ) -> Option<ObjectId> {
        let (gone, rest): (Vec<_>, Vec<_>) =
            all.into_iter().partition(|own| (own.kind == Kind::Procedure) == (drop.kind == Kind::Procedure));
        if rest.is_empty() {
            return Some(id);
        }
        if gone.is_empty() && !drop.if_exists && !self.schema.may_have_others {
            let message = format!("there is no {} `{}`", plain(drop.kind), shown(&target.name));
            self.wrong("missing-object", target.name.at(), message);
        } else if let Some(name) = self.schema.get(&id).map(|object| object.name.clone()) {
            self.put_routines(name, rest);
        }
        None
    }

    fn near(&self, space: Space, name: &str) -> Option<String> {
        let candidates = self.schema.objects_in(space);
        let near = crate::nearest::nearest(name, candidates.map(|(_, object)| &*object.name.name));
        near.map(|near| format!("the nearest is `{near}`"))
    }

    fn is_of_kind(&self, id: &ObjectId, kind: Kind) -> bool {
        let Some(object) = self.schema.get(id) else { return false };
        match (&object.body, kind) {
            (ObjectBody::Table(_), Kind::Table | Kind::ForeignTable)
            | (ObjectBody::Index { .. }, Kind::Index)
            | (ObjectBody::Sequence(_), Kind::Sequence)
            | (ObjectBody::Domain(_), Kind::Domain | Kind::Type) => true,
            (ObjectBody::View(view), Kind::View | Kind::MaterializedView) => {
                view.is_materialized == (kind == Kind::MaterializedView)
            }
            (
                ObjectBody::Table(_)
                | ObjectBody::View(_)
                | ObjectBody::Index { .. }
                | ObjectBody::Sequence(_),
                _,
            )
            | (ObjectBody::Enum(_) | ObjectBody::Composite(_) | ObjectBody::OtherType, Kind::Domain) => false,
            _ => true,
        }
    }

    fn drop_own(&mut self, id: &ObjectId, name: Option<&Ident>, drop: &Drop) {
        let action = crate::ddl::AlterAction::DropConstraint {
            name: name.cloned(),
            mysql_name: None,
            kind: Some(Kind::Index),
            if_exists: drop.if_exists,
            cascade: false,
        };
        let (mut id, at) = (id.clone(), name.map_or_else(Extent::default, |name| name.at));
        let before = self.schema.clone();
        self.alter(&mut id, &action, at);
        self.check_mysql_table(&id, &before, at);
    }

    fn drop_trigger(&mut self, drop: &Drop, target: &DropTarget) {
        let name = &target.name.name;
        let owner = match &target.on {
            Some(table) => match self.find(table, Space::Relation) {
                Found::Known(id) => Some(id),
                Found::Unknown => return,
                Found::Missing if drop.if_exists => return,
                Found::Missing => return std::mem::drop(self.relation(table, "table")),
            },
            None => self.schema.with_trigger(&name.text).next().map(|(id, _)| id.clone()),
        };
        let has = owner
            .as_ref()
            .and_then(|id| self.schema.get(id))
            .is_some_and(|object| object.triggers().iter().any(|own| self.same_name(&own.name, &name.text)));
        match owner {
            Some(id) if has => self.remove_part(&id, &name.text),
            Some(id) if self.is_uncertain(&id) => {}
            _ if drop.if_exists || self.schema.may_have_others => {}
            _ => {
                let message = format!("there is no trigger `{}`", shown(&target.name));
                self.wrong("missing-object", target.name.at(), message);
            }
        }
    }

    /// What may have been there is not there any more.
    fn forget_doubtful(&mut self, path: &Path, space: Space) {
        if !matches!(space, Space::Relation | Space::Type) || self.dialect != Dialect::Postgres {
            return;
        }
        let Some(name) = self.new_name(path, false) else { return };
        let id = self.id(&name, space);
        if self.schema.get(&id).is_some_and(|object| object.certainty == Certainty::Doubtful) {
            self.take_out(&id, false);
        }
    }

    /// Whether nothing is in the way of an object; a finding if something is.
    fn may_go(&mut self, id: &ObjectId, cascade: bool, together: &BTreeSet<ObjectId>, at: Extent) -> bool {
        if self.dialect == Dialect::Sqlite {
            return true;
        }
        if self.dialect == Dialect::Mysql && self.session.checks_foreign_keys == Some(false) {
            return true;
        }
        if let Some(ObjectBody::Index { table }) = self.schema.get(id).map(|object| &object.body) {
            let table_id = self.id(table, Space::Relation);
            let own = id.name.clone();
            let of = self.indexes(&table_id).iter().find(|index| index.name == own);
            if let Some(constraint) = of.and_then(|index| index.constraint.clone()) {
                let message =
                    format!("index `{own}` belongs to the constraint `{constraint}` of table `{table}`");
                let help = format!("`ALTER TABLE {table} DROP CONSTRAINT {constraint}` drops both");
                self.wrong("still-needed", at, message).helps.push(help);
                return false;
            }
        }
        if self.is_of_identity(id, together) {
            let message = format!("sequence `{}` belongs to an identity column", self.shown(id));
            self.wrong("still-needed", at, message).helps.push("`DROP IDENTITY` drops both".to_owned());
            return false;
        }
        if cascade && self.dialect == Dialect::Postgres {
            return true;
        }
        if let Some(ObjectBody::Namespace) = self.schema.get(id).map(|object| &object.body) {
            let inside = self.schema.objects().iter().find(|(other, object)| {
                other.schema == id.name
                    && object.certainty == Certainty::Certain
                    && !together.contains(*other)
            });
            if let Some((_, object)) = inside {
                let message = format!("schema `{}` is not empty: it has `{}`", id.name, object.name.name);
                self.wrong("still-needed", at, message)
                    .helps
                    .push("`CASCADE` drops what is in it".to_owned());
                return false;
            }
            return true;
        }
        let in_the_way: Option<(String, Option<Arc<str>>)> = self
            .schema
            .dependents(id)
            .filter(|(other, object)| !together.contains(*other) && object.certainty == Certainty::Certain)
            .find_map(|(_, object)| {
                // What goes with the whole is not in its way.
                let goes = |need: &Need| need.object == *id && need.is_automatic && need.part.is_none();
                if object.needs.iter().any(goes) {
                    return None;
                }
                let mut needs = object.needs.iter().filter(|need| need.object == *id && !need.is_automatic);
                let need = needs.find(|need| self.dialect == Dialect::Postgres || is_key(object, need))?;
                Some((object.name.to_string(), need.by.clone()))
            });
        let Some((name, part)) = in_the_way else { return true };
        let needed_by = match part {
            Some(part) => format!("`{part}` of `{name}`"),
            None => format!("`{name}`"),
        };
        let message = format!("`{}` cannot be dropped: {needed_by} needs it", self.shown(id));
        let mut help = "drop that first".to_owned();
        if self.dialect == Dialect::Postgres {
            help.push_str(", or both with `CASCADE`");
        }
        self.wrong("still-needed", at, message).helps.push(help);
        false
    }

    /// Whether a sequence is that of an identity column, which stays.
    fn is_of_identity(&self, id: &ObjectId, together: &BTreeSet<ObjectId>) -> bool {
        let Some((table, _)) = self.identity_of(id) else { return false };
        let table = self.id(&table, Space::Relation);
        !together.contains(&table) && !self.is_uncertain(&table)
    }
}

fn plain(kind: Kind) -> &'static str {
    match kind {
        Kind::Table => "table",
        Kind::ForeignTable => "foreign table",
        Kind::View => "view",
        Kind::MaterializedView => "materialized view",
        Kind::Index => "index",
        Kind::Sequence => "sequence",
        Kind::Type => "type",
        Kind::Domain => "domain",
        Kind::Function => "function",
        Kind::Procedure => "procedure",
        Kind::Routine => "routine",
        Kind::Aggregate => "aggregate",
        Kind::Trigger => "trigger",
        Kind::Schema => "schema",
        Kind::Extension => "extension",
        _ => "object",
    }
}

fn what(kind: Kind) -> String {
    let name = plain(kind);
    let article = if name.starts_with(['a', 'e', 'i', 'o']) { "an" } else { "a" };
    format!("{article} {name}")
}
