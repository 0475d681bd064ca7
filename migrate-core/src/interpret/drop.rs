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
                    // What every database has, and what was there before.
                    None => Found::Unknown,
                }
            }
            Space::Other => {
                let id = self.other_id(drop.kind, target)?;
                if self.schema.get(&id).is_some() { Found::Known(id) } else { Found::Unknown }
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
        if cascade && self.dialect == Dialect::Postgres || self.dialect == Dialect::Sqlite {
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
        self.schema.remove(id);
        self.touched.push(id.clone());
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
            if is_gone {
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
        if !self.column_may_go(id, &own, name, cascade) {
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
        let mut tables = self.children(id);
        tables.push(id.clone());
        for table in &tables {
            self.change_table(table, |table| table.columns.retain(|column| column.name != own));
        }
        self.kept_texts_hold(id, name.at);
        let sequences: Vec<ObjectId> =
            self.schema
                .dependents(id)
                .filter(|(_, object)| {
                    object.needs.iter().any(|need| {
                        need.is_automatic && need.object == *id && need.part.as_ref() == Some(&own)
                    })
                })
                .map(|(other, _)| other.clone())
                .collect();
        sequences.iter().for_each(|sequence| self.take_out(sequence, cascade));
        if cascade {
            self.take_dependents_of_part(id, &own);
        }
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
        let computed = table.columns.iter().find(|column| {
            column.generated.as_ref().is_some_and(|generated| mentions(&generated.expr.normal, own))
        });
        if let Some(column) = computed {
            let reason = format!("column `{}` is computed from it", column.name);
            return Some((reason, "drop that first, or both with `CASCADE`".to_owned()));
        }
        self.schema.dependents(id).filter(|(_, object)| object.certainty == Certainty::Certain).find_map(
            |(_, object)| {
                let by_key = match &object.body {
                    ObjectBody::Table(other) => other.constraints.iter().find(|constraint| {
                        matches!(&constraint.body, ConstraintBody::ForeignKey(key)
                        if key.table.id(Space::Relation, dialect) == *id && key.referenced.contains(own))
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
            },
        )
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

    /// Gives a relation another name, and everything that knows it the new one.
    pub(super) fn relocate(&mut self, id: &mut ObjectId, name: ObjectName, at: Extent) {
        let new_id = self.id(&name, Space::Relation);
        if (new_id != *id || self.dialect == Dialect::Sqlite)
            && self.schema.get(&new_id).is_some_and(|object| object.certainty != Certainty::Doubtful)
        {
            self.wrong("duplicate-table", at, format!("there is a relation `{name}` already"));
            return;
        }
        if !self.kept_texts_hold(id, at) {
            return;
        }
        let texts = self.renamed_texts(id, None, &name.name);
        let Some(object) = self.schema.remove(id) else { return };
        let mut object = Arc::unwrap_or_clone(object);
        let old = std::mem::replace(&mut object.name, name.clone());
        let dependents: Vec<ObjectId> = self.schema.dependents(id).map(|(other, _)| other.clone()).collect();
        let old_id = std::mem::replace(id, new_id.clone());
        self.schema.insert(new_id.clone(), object);
        self.touched.push(new_id.clone());
        let dialect = self.dialect;
        // SQLite's older rules leave keys of other tables as they are, if keys are not checked.
        let keys_follow = match (dialect, self.session.legacy_rename, self.session.checks_foreign_keys) {
            (Dialect::Sqlite, Some(true), checks) => checks,
            (Dialect::Sqlite, None, _) => None,
            _ => Some(true),
        };
        for other in dependents.iter().chain([&new_id]) {
            let has_key = self.schema.table(other).is_some_and(|table| leads_to(table, &old_id, dialect));
            match keys_follow {
                Some(false) if has_key => continue,
                None if has_key => self.lose(other),
                _ => {}
            }
            self.schema.change(other, |object| follow(object, &old, &name, dialect));
            self.schema.change(other, |object| {
                let needs = std::mem::take(&mut object.needs);
                object.needs =
                    needs
                        .into_iter()
                        .map(|need| {
                            if need.object == old_id { Need { object: new_id.clone(), ..need } } else { need }
                        })
                        .collect();
            });
        }
        self.put_texts(texts, &old_id, &new_id);
        // Indexes and sequences of a table go to its new schema with it.
        if old.schema != name.schema {
            for other in dependents {
                let moves = self.schema.get(&other).is_some_and(|object| {
                    matches!(object.body, ObjectBody::Index { .. } | ObjectBody::Sequence(_))
                        && object.needs.iter().any(|need| need.object == new_id && need.is_automatic)
                });
                if moves && let Some(object) = self.schema.remove(&other) {
                    let mut object = Arc::unwrap_or_clone(object);
                    object.name.schema = name.schema.clone();
                    self.schema.insert(self.id(&object.name, other.space), object);
                }
            }
        }
    }
}

/// Whether a foreign key of the table leads there.
fn leads_to(table: &crate::schema::Table, id: &ObjectId, dialect: Dialect) -> bool {
    table.constraints.iter().any(|constraint| {
        matches!(&constraint.body, ConstraintBody::ForeignKey(key)
            if key.table.id(Space::Relation, dialect) == *id)
    })
}

/// An object that names another one follows its new name.
fn follow(object: &mut Object, old: &ObjectName, new: &ObjectName, dialect: Dialect) {
    let swap = |name: &mut ObjectName| {
        if name.id(Space::Relation, dialect) == old.id(Space::Relation, dialect) {
            *name = new.clone();
        }
    };
    match &mut object.body {
        ObjectBody::Table(table) => {
            if dialect == Dialect::Mysql && object.name == *new {
                super::mysql::rename_made_up(table, &old.name, &new.name);
            }
            let (old_id, new_id) = (old.id(Space::Relation, dialect), new.id(Space::Relation, dialect));
            for column in &mut table.columns {
                for used in column.uses.iter_mut().filter(|used| **used == old_id) {
                    *used = new_id.clone();
                    if let Some(default) = &mut column.default {
                        default.rename_sequence(old, new);
                    }
                }
            }
            table.inherits.iter_mut().for_each(swap);
            for constraint in &mut table.constraints {
                if let ConstraintBody::ForeignKey(key) = &mut constraint.body {
                    swap(&mut key.table);
                }
            }
        }
        ObjectBody::Index { table } => swap(table),
        ObjectBody::Sequence(sequence) => {
            if let Some((table, _)) = &mut sequence.owned_by {
                swap(table);
            }
        }
        _ => {}
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
