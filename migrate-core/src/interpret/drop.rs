//! What goes, what goes with it, and what is in its way.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::lookup::{Found, shown};
use super::run::Run;
use crate::ddl::{Drop, DropTarget, Extent, Ident, Kind};
use crate::dialect::Dialect;
use crate::schema::{Certainty, ConstraintBody, Need, Object, ObjectBody, ObjectId, ObjectName, Space};

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
            Found::Known(id) if space == Space::Routine => self.drop_routine(id, drop, target),
            Found::Known(id) if self.is_of_kind(&id, drop.kind) => Some(id),
            // What is no index is not looked at.
            Found::Known(_)
                if self.dialect == Dialect::Sqlite && drop.kind == Kind::Index && drop.if_exists =>
            {
                None
            }
            Found::Known(id) => {
                if !self.is_uncertain(&id) {
                    let message = format!("`{}` is not {}", shown(&target.name), what(drop.kind));
                    self.wrong("wrong-kind", target.name.at(), message);
                }
                None
            }
            Found::Unknown => None,
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
        let is_known = !self.is_uncertain(&id) && self.dialect == Dialect::Postgres;
        let wanted: Option<Vec<crate::schema::Type>> =
            target.arguments.as_ref().map(|names| names.iter().map(|name| self.data_type(name)).collect());
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
        let place = all.iter().position(|routine| routine.arguments == wanted);
        let is_clear = |types: &[crate::schema::Type]| types.iter().all(|of| !of.is_unknown());
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
            // An aggregate's arguments are written in a way of their own.
            None if drop.kind == Kind::Aggregate || !is_clear(&wanted) => Some(id),
            None if !all.iter().all(|routine| is_clear(&routine.arguments)) => None,
            None if drop.if_exists => None,
            None => {
                let message = format!("there is no function `{}` with these arguments", shown(&target.name));
                self.wrong("missing-function", target.name.at(), message);
                None
            }
        }
    }

    fn near(&self, space: Space, name: &str) -> Option<String> {
        let candidates = self.schema.objects().iter().filter(|(id, _)| id.space == space);
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
            None => {
                let has = |object: &Object| {
                    triggers(object).iter().any(|own| self.same_name(&own.name, &name.text))
                };
                self.schema.objects().iter().find(|(_, object)| has(object)).map(|(id, _)| id.clone())
            }
        };
        let has = owner
            .as_ref()
            .and_then(|id| self.schema.get(id))
            .is_some_and(|object| triggers(object).iter().any(|own| self.same_name(&own.name, &name.text)));
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
        let Some(ObjectBody::Sequence(sequence)) = self.schema.get(id).map(|object| &object.body) else {
            return false;
        };
        let Some((table, column)) = &sequence.owned_by else { return false };
        let table_id = self.id(table, Space::Relation);
        let table = self.schema.table(&table_id).filter(|_| !together.contains(&table_id));
        let mut columns = table.map(|table| table.columns.iter()).into_iter().flatten();
        columns.any(|own| own.name == *column && own.identity.is_some()) && !self.is_uncertain(&table_id)
    }

    /// Takes an object out with all that cannot be without it.
    pub(super) fn take_out(&mut self, id: &ObjectId, cascade: bool) {
        if let Some(ObjectBody::Index { table }) = self.schema.get(id).map(|object| object.body.clone()) {
            let table = self.id(&table, Space::Relation);
            self.remove_index(&table, &id.name);
            // Its table may have gone before it.
            self.schema.remove(id);
            return;
        }
        if let Some(ObjectBody::Namespace) = self.schema.get(id).map(|object| &object.body) {
            let inside: Vec<ObjectId> = self
                .schema
                .objects()
                .iter()
                .filter(|(other, _)| other.schema == id.name)
                .map(|(other, _)| other.clone())
                .collect();
            inside.iter().for_each(|other| self.take_out(other, true));
        }
        let dependents: Vec<(ObjectId, Vec<Need>)> = self
            .schema
            .dependents(id)
            .map(|(other, object)| {
                (other.clone(), object.needs.iter().filter(|need| need.object == *id).cloned().collect())
            })
            .collect();
        if id.space == Space::Extension && cascade {
            self.lose_what_extensions_gave();
        }
        self.schema.remove(id);
        self.touched.push(id.clone());
        if matches!(id.space, Space::Namespace | Space::Extension) {
            self.dropped.insert(id.clone());
        }
        // Views of SQLite and MySQL stay, and fail when they are used.
        let cascades = cascade && self.dialect == Dialect::Postgres;
        for (other, needs) in dependents {
            for need in needs {
                match &need.by {
                    _ if !need.is_automatic && !cascades => {}
                    None => self.take_out(&other, cascade),
                    Some(part) => self.remove_part(&other, part),
                }
            }
        }
    }

    /// What an extension gave is not known: whatever may have used it is uncertain when it goes.
    fn lose_what_extensions_gave(&mut self) {
        let may_use = |object: &Object| match &object.body {
            ObjectBody::Table(table) => {
                table.columns.iter().any(|column| {
                    column.data_type.is_unknown() || column.default.is_some() || column.generated.is_some()
                }) || table.indexes.iter().any(|index| {
                    &*index.method != "btree"
                        || index.parts.iter().any(|part| part.opclass.is_some() || !part.is_column)
                })
            }
            ObjectBody::View(_)
            | ObjectBody::Composite(_)
            | ObjectBody::Domain(_)
            | ObjectBody::Routines(_) => true,
            _ => false,
        };
        let all = self.schema.objects().iter().filter(|(_, object)| may_use(object));
        let ids: Vec<ObjectId> = all.map(|(id, _)| id.clone()).collect();
        ids.iter().for_each(|id| self.lose(id));
    }

    /// Takes a part out of an object: a trigger, a foreign key, the default of a column or, where its type goes, a column.
    pub(super) fn remove_part(&mut self, id: &ObjectId, part: &str) {
        let is_view = matches!(self.schema.get(id).map(|object| &object.body), Some(ObjectBody::View(_)));
        if is_view {
            self.schema.change(id, |object| {
                if let ObjectBody::View(view) = &mut object.body {
                    view.triggers.retain(|trigger| !trigger.name.eq_ignore_ascii_case(part));
                }
            });
            return;
        }
        if let Some(ObjectBody::Composite(_)) = self.schema.get(id).map(|object| &object.body) {
            self.schema.change(id, |object| {
                object.needs.retain(|need| need.by.as_deref() != Some(part));
                if let ObjectBody::Composite(attributes) = &mut object.body {
                    attributes.retain(|(name, _)| **name != *part);
                }
            });
            return;
        }
        if let Some(ObjectBody::Routines(routines)) = self.schema.get(id).map(|object| &object.body) {
            let (name, mut rest) = (self.schema.get(id).map(|object| object.name.clone()), routines.clone());
            rest.retain(|routine| routine.signature() != part);
            match (rest.is_empty(), name) {
                (false, Some(name)) => self.put_routines(name, rest),
                _ => self.take_out(id, true),
            }
            return;
        }
        if self.indexes(id).iter().any(|index| *index.name == *part && index.constraint.is_none()) {
            self.remove_index(id, part);
            return;
        }
        let ids: BTreeSet<ObjectId> = self.schema.objects().iter().map(|(id, _)| id.clone()).collect();
        let dialect = self.dialect;
        self.change_table(id, |table| {
            table.triggers.retain(|trigger| !trigger.name.eq_ignore_ascii_case(part));
            table.constraints.retain(|constraint| constraint.name.as_deref() != Some(part));
            let column = table.columns.iter().position(|column| *column.name == *part);
            let Some(place) = column else { return };
            let column = &mut table.columns[place];
            let is_gone = column.data_type.made().is_some_and(|name| {
                !ids.contains(&name.id(Space::Type, dialect))
                    && !ids.contains(&name.id(Space::Relation, dialect))
            });
            let uses_gone = column.uses.iter().any(|used| !ids.contains(used));
            if is_gone || column.generated.is_some() && uses_gone {
                table.columns.remove(place);
            } else {
                column.uses.retain(|used| ids.contains(used));
                column.default = None;
            }
        });
    }

    pub(super) fn drop_column(&mut self, id: &ObjectId, name: &Ident, if_exists: bool, cascade: bool) {
        if if_exists
            && self.schema.table(id).is_some_and(|table| self.column_place(table, &name.text).is_none())
        {
            return;
        }
        let Some(column) = self.column(id, name) else { return };
        let own = column.name.clone();
        if self.refuses_inherited(id, &column, name) || !self.column_may_go(id, &own, name, cascade) {
            return;
        }
        let Some(table) = self.schema.table(id).cloned() else { return };
        let names = |columns: &[Arc<str>]| columns.contains(&own);
        match self.dialect {
            Dialect::Mysql => {
                // Keys lose the column; one without columns goes.
                self.change_table(id, |table| {
                    for index in &mut table.indexes {
                        index.parts.retain(|part| !(part.is_column && *part.expr.written == *own));
                        index.columns.retain(|column| *column != own);
                    }
                    table.indexes.retain(|index| !index.parts.is_empty());
                    for constraint in &mut table.constraints {
                        if let ConstraintBody::PrimaryKey(columns) | ConstraintBody::Unique { columns, .. } =
                            &mut constraint.body
                        {
                            columns.retain(|column| *column != own);
                        }
                    }
                    table.constraints.retain(|constraint| match &constraint.body {
                        ConstraintBody::PrimaryKey(columns) | ConstraintBody::Unique { columns, .. } => {
                            !columns.is_empty()
                        }
                        _ if constraint.column.as_ref() == Some(&own) => false,
                        ConstraintBody::Check { columns, .. } => *columns != [own.clone()],
                        _ => true,
                    });
                });
            }
            Dialect::Postgres | Dialect::Sqlite => {
                let gone: Vec<Arc<str>> = table
                    .indexes
                    .iter()
                    .filter(|index| names(&index.columns))
                    .map(|index| index.name.clone())
                    .collect();
                gone.iter().for_each(|index| self.remove_index(id, index));
                self.change_table(id, |table| {
                    table.constraints.retain(|constraint| match &constraint.body {
                        _ if constraint.column.as_ref() == Some(&own) => false,
                        ConstraintBody::PrimaryKey(columns)
                        | ConstraintBody::Unique { columns, .. }
                        | ConstraintBody::Check { columns, .. } => !columns.contains(&own),
                        ConstraintBody::ForeignKey(key) => !key.columns.contains(&own),
                        ConstraintBody::NotNull(column) => *column != own,
                        ConstraintBody::Exclude(_) => true,
                    });
                });
            }
        }
        self.change_table(id, |table| table.columns.retain(|column| column.name != own));
        self.kept_texts_hold(id, name.at);
        self.take_own_sequences(id, &own);
        self.drop_from_children(id, &own, name, cascade);
        if cascade {
            self.take_keys_to(id, &own);
            self.take_dependents_of_part(id, &own);
            for column in self.computed_from(id, &own) {
                let name = Ident::new(&*column, name.at);
                self.drop_column(id, &name, true, true);
            }
        }
    }

    /// What belongs to a column goes with it: its sequences, statistics on it.
    pub(super) fn take_own_sequences(&mut self, id: &ObjectId, column: &Arc<str>) {
        let belongs = |object: &Object| {
            object
                .needs
                .iter()
                .any(|need| need.is_automatic && need.object == *id && need.part.as_ref() == Some(column))
        };
        let all = self.schema.dependents(id).filter(|(_, object)| belongs(object));
        let all: Vec<ObjectId> = all.map(|(other, _)| other.clone()).collect();
        all.iter().for_each(|other| self.take_out(other, true));
    }

    /// Children lose a column with their parent, unless they say it themselves or have it from another parent.
    fn drop_from_children(&mut self, id: &ObjectId, own: &Arc<str>, name: &Ident, cascade: bool) {
        let is_only = std::mem::replace(&mut self.only, false);
        for child in self.children(id) {
            let Some(table) = self.schema.table(&child) else { continue };
            let Some(column) = table.columns.iter().find(|column| column.name == *own) else { continue };
            if !table.inherits.iter().any(|parent| self.id(parent, Space::Relation) == *id) {
                continue;
            }
            if column.is_local || is_only {
                self.change_table(&child, |table| {
                    for column in table.columns.iter_mut().filter(|column| column.name == *own) {
                        column.is_local = true;
                    }
                });
            } else {
                let name = Ident::new(&**own, name.at);
                self.drop_column(&child, &name, true, cascade);
            }
        }
        self.only = is_only;
    }

    /// Takes out the foreign keys that lead to a column.
    fn take_keys_to(&mut self, id: &ObjectId, column: &Arc<str>) {
        let dialect = self.dialect;
        let others: Vec<ObjectId> =
            self.schema.dependents(id).map(|(other, _)| other.clone()).chain([id.clone()]).collect();
        for other in others.iter().filter(|other| self.schema.table(other).is_some()).collect::<Vec<_>>() {
            self.change_table(other, |table| {
                table.constraints.retain(|constraint| {
                    !matches!(&constraint.body, ConstraintBody::ForeignKey(key)
                        if key.table.id(Space::Relation, dialect) == *id && key.referenced.contains(column))
                });
            });
        }
    }

    /// The columns of a table that are computed from another one of it.
    fn computed_from(&self, id: &ObjectId, own: &str) -> Vec<Arc<str>> {
        let columns = self.schema.table(id).map(|table| table.columns.as_slice()).unwrap_or_default();
        let is_computed = |column: &&crate::schema::Column| {
            column.generated.as_ref().is_some_and(|generated| mentions(&generated.expr.normal, own))
        };
        columns.iter().filter(is_computed).map(|column| column.name.clone()).collect()
    }

    fn take_dependents_of_part(&mut self, id: &ObjectId, part: &Arc<str>) {
        let dependents: Vec<(ObjectId, Option<Arc<str>>)> = self
            .schema
            .dependents(id)
            .flat_map(|(other, object)| {
                let needs =
                    object.needs.iter().filter(|need| need.object == *id && need.part.as_ref() == Some(part));
                needs.map(|need| (other.clone(), need.by.clone())).collect::<Vec<_>>()
            })
            .collect();
        for (other, by) in dependents {
            match by {
                None => self.take_out(&other, true),
                Some(by) => self.remove_part(&other, &by),
            }
        }
    }

    /// Whether nothing is in the way of a column; a finding if something is.
    fn column_may_go(&mut self, id: &ObjectId, own: &Arc<str>, name: &Ident, cascade: bool) -> bool {
        let Some(table) = self.schema.table(id).cloned() else { return false };
        if self.is_uncertain(id) {
            return true;
        }
        let refusal = match self.dialect {
            Dialect::Sqlite => sqlite_refusal(&table, own),
            Dialect::Mysql => {
                let key = table.constraints.iter().find(|constraint| {
                    matches!(&constraint.body, ConstraintBody::ForeignKey(key) if key.columns.contains(own))
                });
                let by_key = key.map(|key| {
                    let key = key.name.clone().unwrap_or_default();
                    (
                        format!("the foreign key `{key}` needs it"),
                        format!("drop the foreign key `{key}` first"),
                    )
                });
                by_key.or_else(|| self.mysql_refusal(id, &table, own))
            }
            Dialect::Postgres if cascade => None,
            Dialect::Postgres => self.column_is_needed(id, own),
        };
        let Some((reason, help)) = refusal else { return true };
        let message = format!("column `{own}` of `{}` cannot be dropped: {reason}", self.shown(id));
        self.wrong("still-needed", name.at, message).helps.push(help);
        false
    }

    fn column_is_needed(&self, id: &ObjectId, own: &Arc<str>) -> Option<(String, String)> {
        let dialect = self.dialect;
        let table = self.schema.table(id)?;
        if let Some(column) = self.computed_from(id, own).first() {
            let reason = format!("column `{column}` is computed from it");
            return Some((reason, "drop that first, or both with `CASCADE`".to_owned()));
        }
        let _ = table;
        let all = self.schema.dependents(id).chain(self.schema.objects().get_key_value(id));
        all.filter(|(_, object)| object.certainty == Certainty::Certain).find_map(|(other_id, object)| {
            let by_key = match &object.body {
                ObjectBody::Table(other) => other.constraints.iter().find(|constraint| {
                    matches!(&constraint.body, ConstraintBody::ForeignKey(key)
                        if key.table.id(Space::Relation, dialect) == *id && key.referenced.contains(own)
                            // One that goes with the column is not in its way.
                            && !(other_id == id && key.columns.contains(own)))
                }),
                _ => None,
            };
            let by_key = by_key.and_then(|constraint| constraint.name.clone());
            let by_part = object
                .needs
                .iter()
                .any(|need| need.object == *id && need.part.as_ref() == Some(own) && !need.is_automatic);
            let reason = match (by_key, by_part) {
                (Some(key), _) => format!("the foreign key `{key}` of `{}` needs it", object.name),
                (None, true) => format!("`{}` needs it", object.name),
                (None, false) => return None,
            };
            Some((reason, "drop that first, or both with `CASCADE`".to_owned()))
        })
    }

    /// Whether no foreign key leads to a key that is to go.
    pub(super) fn free_of_keys(
        &mut self,
        id: &ObjectId,
        body: &ConstraintBody,
        name: &Ident,
        cascade: bool,
    ) -> bool {
        let (ConstraintBody::PrimaryKey(columns) | ConstraintBody::Unique { columns, .. }) = body else {
            return true;
        };
        let dialect = self.dialect;
        let wanted: BTreeSet<&Arc<str>> = columns.iter().collect();
        let leads_here = |constraint: &crate::schema::Constraint| {
            matches!(&constraint.body, ConstraintBody::ForeignKey(key)
                if key.table.id(Space::Relation, dialect) == *id && key.referenced.iter().collect::<BTreeSet<_>>() == wanted)
        };
        // Another key on the same columns may be the one that is used.
        let others = self.indexes(id).iter().filter(|index| {
            index.is_unique
                && index.parts.iter().map(|part| &part.expr.written).collect::<BTreeSet<_>>() == wanted
        });
        if others.count() > 1 {
            return true;
        }
        let mut keys = Vec::new();
        let own = self.schema.get(id).map(|object| (id, object));
        for (other, object) in self.schema.dependents(id).chain(own) {
            if let ObjectBody::Table(table) = &object.body {
                let found = table.constraints.iter().filter(|constraint| leads_here(constraint));
                keys.extend(found.filter_map(|key| Some((other.clone(), key.name.clone()?))));
            }
        }
        if cascade {
            keys.iter().for_each(|(other, key)| self.remove_part(other, key));
            return true;
        }
        let Some((other, key)) = keys.first() else { return true };
        let message = format!(
            "constraint `{}` cannot be dropped: the foreign key `{key}` of `{}` needs it",
            name.text,
            self.shown(other)
        );
        self.wrong("still-needed", name.at, message)
            .helps
            .push("drop that first, or both with `CASCADE`".to_owned());
        false
    }
}

fn triggers(object: &Object) -> &[crate::schema::Trigger] {
    match &object.body {
        ObjectBody::Table(table) => &table.triggers,
        ObjectBody::View(view) => &view.triggers,
        _ => &[],
    }
}

/// Whether a need is that of a foreign key.
fn is_key(object: &Object, need: &Need) -> bool {
    let ObjectBody::Table(table) = &object.body else { return false };
    table.constraints.iter().any(|constraint| {
        matches!(constraint.body, ConstraintBody::ForeignKey(_)) && constraint.name == need.by
    })
}

/// What SQLite says of a column that it does not drop.
fn sqlite_refusal(table: &crate::schema::Table, own: &Arc<str>) -> Option<(String, String)> {
    let has = |columns: &[Arc<str>]| columns.iter().any(|column| column.eq_ignore_ascii_case(own));
    // What stands in the column's own definition goes with it.
    let goes = |constraint: &crate::schema::Constraint| {
        constraint.column.as_ref().is_some_and(|column| column.eq_ignore_ascii_case(own))
    };
    let reason = table.constraints.iter().find_map(|constraint| match &constraint.body {
        ConstraintBody::PrimaryKey(columns) if has(columns) => Some("it is in the primary key".to_owned()),
        ConstraintBody::Unique { columns, .. } if has(columns) => Some("it is UNIQUE".to_owned()),
        ConstraintBody::Check { columns, .. } if has(columns) && !goes(constraint) => {
            Some("a check needs it".to_owned())
        }
        ConstraintBody::ForeignKey(key) if has(&key.columns) && !goes(constraint) => {
            Some("a foreign key needs it".to_owned())
        }
        _ => None,
    });
    let computed = table.columns.iter().find(|column| {
        let expr = column.generated.as_ref().map(|generated| &*generated.expr.normal);
        !column.name.eq_ignore_ascii_case(own)
            && expr.is_some_and(|expr| mentions(expr, &own.to_ascii_lowercase()))
    });
    let index = table.indexes.iter().find(|index| index.constraint.is_none() && has(&index.columns));
    let reason = reason
        .or_else(|| computed.map(|column| format!("column `{}` is computed from it", column.name)))
        .or_else(|| index.map(|index| format!("the index `{}` needs it", index.name)))
        .or_else(|| (table.columns.len() == 1).then(|| "the table has no other column".to_owned()))?;
    let help = match index {
        Some(index) => format!("drop the index `{}` first", index.name),
        None => {
            "make the table anew without it, as SQLite's documentation of ALTER TABLE describes".to_owned()
        }
    };
    Some((reason, help))
}

/// Whether a text has a word.
pub(super) fn mentions(text: &str, word: &str) -> bool {
    text.split(|c: char| !(c.is_alphanumeric() || c == '_')).any(|part| part == word)
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
