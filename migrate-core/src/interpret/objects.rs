//! Types, sequences, functions, triggers, and what is only known by its name.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::create_table::options;
use super::lookup::{Found, shown};
use super::run::Run;
use super::scope::{Scope, Source};
use crate::ddl::{
    AlterDomain, AlterSequence, AlterType, ColumnConstraintKind, CommentOn, CreateDomain, CreateFunction,
    CreateObject, CreateSequence, CreateTrigger, CreateType, DropTarget, Ident, Kind, Path, TypeKind,
};
use crate::dialect::Dialect;
use crate::schema::{
    Certainty, Domain, Need, ObjectBody, ObjectId, ObjectName, Routine, Sequence, Space, SqlText, Trigger,
    Type, columns_of,
};

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
            _ => name.schema.clone(),
        };
        Some(ObjectName::other(kind, schema, table.as_ref().map(|(_, name)| &**name), &name.name))
    }

    /// The full name of a new object, unless there is one already; then a finding, or nothing where that is allowed.
    fn fresh(
        &mut self,
        path: &Path,
        space: Space,
        may_be_there: bool,
        code: &'static str,
    ) -> Option<ObjectName> {
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

    pub(super) fn create_type(&mut self, create: &CreateType) {
        let Some(name) = self.fresh(&create.name, Space::Type, false, "duplicate-type") else { return };
        if self.is_row_type(&name) {
            let message = format!("there is a table or view `{name}`, which is a type as well");
            self.wrong("duplicate-type", create.name.at(), message);
            return;
        }
        let mut needs = BTreeSet::new();
        let body = match &create.kind {
            TypeKind::Enum(labels) => {
                ObjectBody::Enum(labels.iter().map(|label| (&**label).into()).collect())
            }
            TypeKind::Composite(attributes) => {
                let attribute =
                    |(name, data_type): &(Ident, _)| ((&*name.text).into(), self.data_type(data_type));
                let attributes: Vec<(Arc<str>, Type)> = attributes.iter().map(attribute).collect();
                needs = attributes
                    .iter()
                    .filter_map(|(name, data_type)| {
                        Some(Need { by: Some(name.clone()), ..self.need_of_type(data_type)? })
                    })
                    .collect();
                ObjectBody::Composite(attributes)
            }
            TypeKind::Range(..) | TypeKind::Base => ObjectBody::OtherType,
        };
        self.put(name, Space::Type, body, needs);
    }

    /// Whether a relation of that name is a type.
    fn is_row_type(&self, name: &ObjectName) -> bool {
        let relation = self.schema.get(&self.id(name, Space::Relation));
        relation.is_some_and(|object| {
            object.certainty == Certainty::Certain
                && matches!(object.body, ObjectBody::Table(_) | ObjectBody::View(_))
        })
    }

    fn need_of_type(&self, data_type: &Type) -> Option<Need> {
        let name = data_type.made()?;
        Some(Need { object: self.id(name, Space::Type), part: None, by: None, is_automatic: false })
    }

    /// The type, or a finding that there is none.
    fn must_type(&mut self, path: &Path) -> Option<ObjectId> {
        match self.find(path, Space::Type) {
            Found::Known(id) => Some(id),
            Found::Unknown => None,
            Found::Missing => {
                // Of an extension, perhaps.
                if self.find(path, Space::Relation) == Found::Missing && !self.has_extensions() {
                    self.wrong("missing-type", path.at(), format!("there is no type `{}`", shown(path)));
                }
                None
            }
        }
    }

    pub(super) fn has_extensions(&self) -> bool {
        self.schema.objects().iter().any(|(id, _)| id.space == Space::Extension)
    }

    pub(super) fn alter_type(&mut self, alter: &AlterType) {
        match alter {
            AlterType::AddValue { name, value, if_not_exists, beside } => {
                self.add_value(name, value, *if_not_exists, beside.as_ref());
            }
            AlterType::RenameValue { name, old, new } => {
                let Some((id, labels)) = self.labels(name) else { return };
                if !labels.contains(&Arc::from(&*old.text)) {
                    self.no_label(name, old, &labels);
                } else if labels.contains(&Arc::from(&*new.text)) {
                    let message = format!("`{}` has a value `{}` already", shown(name), new.text);
                    self.wrong("duplicate-value", new.at, message);
                } else {
                    self.rename_label_in_defaults(&id, &old.text, &new.text);
                    self.change_labels(&id, |labels| {
                        for label in labels.iter_mut().filter(|label| ***label == *old.text) {
                            *label = (&*new.text).into();
                        }
                    });
                }
            }
            AlterType::AddAttribute(name, attribute, data_type) => {
                let data_type = self.data_type(data_type);
                let attribute: Arc<str> = (&*attribute.text).into();
                self.change_attributes(name, |attributes| attributes.push((attribute, data_type)));
            }
            AlterType::DropAttribute(name, attribute, _) => {
                let attribute = attribute.text.clone();
                self.change_attributes(name, |attributes| attributes.retain(|(own, _)| **own != *attribute));
            }
            AlterType::AlterAttribute(name, attribute, data_type) => {
                let data_type = self.data_type(data_type);
                let attribute = attribute.text.clone();
                self.change_attributes(name, |attributes| {
                    for (_, own) in attributes.iter_mut().filter(|(own, _)| **own == *attribute) {
                        *own = data_type.clone();
                    }
                });
            }
            AlterType::RenameAttribute(name, old, new) => {
                let (old, new): (Box<str>, Arc<str>) = (old.text.clone(), (&*new.text).into());
                self.change_attributes(name, |attributes| {
                    for (own, _) in attributes.iter_mut().filter(|(own, _)| **own == *old) {
                        *own = new.clone();
                    }
                });
            }
            AlterType::Several(changes) => changes.iter().for_each(|change| self.alter_type(change)),
            AlterType::Other(name) => drop(self.must_type(name)),
        }
    }

    fn change_attributes(&mut self, name: &Path, change: impl FnOnce(&mut Vec<(Arc<str>, Type)>)) {
        let Some(id) = self.must_type(name) else { return };
        self.schema.change(&id, |object| {
            if let ObjectBody::Composite(attributes) = &mut object.body {
                change(attributes);
            }
        });
        self.touched.push(id);
    }

    fn labels(&mut self, name: &Path) -> Option<(ObjectId, Vec<Arc<str>>)> {
        let id = self.must_type(name)?;
        let object = self.schema.get(&id)?;
        match &object.body {
            ObjectBody::Enum(labels) if object.certainty == Certainty::Certain => Some((id, labels.clone())),
            ObjectBody::Enum(_) | ObjectBody::OtherType => None,
            _ => {
                self.wrong("wrong-kind", name.at(), format!("`{}` is not an enum", shown(name)));
                None
            }
        }
    }

    fn change_labels(&mut self, id: &ObjectId, change: impl FnOnce(&mut Vec<Arc<str>>)) {
        self.schema.change(id, |object| {
            if let ObjectBody::Enum(labels) = &mut object.body {
                change(labels);
            }
        });
        self.touched.push(id.clone());
    }

    /// A default that is a label is shown by the label's new text.
    fn rename_label_in_defaults(&mut self, id: &ObjectId, old: &str, new: &str) {
        let Some(name) = self.schema.get(id).map(|object| object.name.clone()) else { return };
        let tables =
            self.schema.dependents(id).filter(|(_, object)| matches!(object.body, ObjectBody::Table(_)));
        let tables: Vec<ObjectId> = tables.map(|(id, _)| id.clone()).collect();
        let quoted = |label: &str| format!("'{}'", label.replace('\'', "''"));
        for table in tables {
            self.change_table(&table, |table| {
                for column in table.columns.iter_mut().filter(|column| column.data_type.made() == Some(&name))
                {
                    if let Some(default) =
                        column.default.as_mut().filter(|default| *default.normal == *quoted(old))
                    {
                        *default = SqlText { written: quoted(new).into(), normal: quoted(new).into() };
                    }
                }
            });
        }
    }

    fn no_label(&mut self, name: &Path, label: &Ident, labels: &[Arc<str>]) {
        let near = crate::nearest::nearest(&label.text, labels.iter().map(|label| &**label));
        let help = near.map(|near| format!("the nearest is `{near}`"));
        let message = format!("`{}` has no value `{}`", shown(name), label.text);
        self.wrong("missing-value", label.at, message).helps.extend(help);
    }

    fn add_value(&mut self, name: &Path, value: &Ident, if_not_exists: bool, beside: Option<&(bool, Ident)>) {
        let Some((id, labels)) = self.labels(name) else { return };
        if labels.iter().any(|label| **label == *value.text) {
            if !if_not_exists {
                let message = format!("`{}` has a value `{}` already", shown(name), value.text);
                self.wrong("duplicate-value", value.at, message);
            }
            return;
        }
        let place = match beside {
            None => labels.len(),
            Some((is_before, other)) => match labels.iter().position(|label| **label == *other.text) {
                Some(place) => place + usize::from(!is_before),
                None => return self.no_label(name, other, &labels),
            },
        };
        self.change_labels(&id, |labels| labels.insert(place, (&*value.text).into()));
    }

    pub(super) fn create_domain(&mut self, create: &CreateDomain) {
        let Some(name) = self.fresh(&create.name, Space::Type, false, "duplicate-type") else { return };
        let data_type = self.data_type(&create.data_type);
        let needs = self.need_of_type(&data_type).into_iter().collect();
        let mut domain = Domain { data_type, not_null: false, default: None, checks: vec![] };
        for constraint in &create.constraints {
            self.constrain(&name, &mut domain, constraint);
        }
        self.put(name, Space::Type, ObjectBody::Domain(domain), needs);
    }

    fn constrain(&self, name: &ObjectName, domain: &mut Domain, constraint: &crate::ddl::ColumnConstraint) {
        match &constraint.kind {
            ColumnConstraintKind::NotNull => domain.not_null = true,
            ColumnConstraintKind::Default(expr) => domain.default = Some(self.text(expr)),
            ColumnConstraintKind::Check { expr, .. } => {
                let is_taken = |wanted: &str| domain.checks.iter().any(|(own, _)| **own == *wanted);
                let name = match &constraint.name {
                    Some(name) => name.text.to_string(),
                    None => super::naming::free_name(&name.name, None, "check", is_taken),
                };
                domain.checks.push((name.into(), self.text(expr)));
            }
            _ => {}
        }
    }

    pub(super) fn alter_domain(&mut self, alter: &AlterDomain) {
        let (AlterDomain::AddConstraint(name, _)
        | AlterDomain::DropConstraint(name, ..)
        | AlterDomain::RenameConstraint(name, ..)
        | AlterDomain::Default(name, _)
        | AlterDomain::NotNull(name, _)
        | AlterDomain::Other(name)) = alter;
        let Some(id) = self.must_type(name) else { return };
        let Some(object) = self.schema.get(&id) else { return };
        let (own, ObjectBody::Domain(mut domain)) = (object.name.clone(), object.body.clone()) else {
            return;
        };
        match alter {
            AlterDomain::AddConstraint(_, constraint) => self.constrain(&own, &mut domain, constraint),
            AlterDomain::DropConstraint(_, constraint, if_exists) => {
                let has = domain.checks.iter().any(|(own, _)| **own == *constraint.text);
                let is_of_not_null = super::naming::is_of_not_null(&constraint.text);
                if !has && !if_exists && !is_of_not_null && !self.is_uncertain(&id) {
                    let message = format!("domain `{own}` has no constraint `{}`", constraint.text);
                    self.wrong("missing-constraint", constraint.at, message);
                    return;
                }
                domain.checks.retain(|(own, _)| **own != *constraint.text);
            }
            AlterDomain::RenameConstraint(_, old, new) => {
                for (own, _) in domain.checks.iter_mut().filter(|(own, _)| **own == *old.text) {
                    *own = (&*new.text).into();
                }
            }
            AlterDomain::Default(_, expr) => domain.default = expr.as_ref().map(|expr| self.text(expr)),
            AlterDomain::NotNull(_, not_null) => domain.not_null = *not_null,
            AlterDomain::Other(_) => {}
        }
        self.schema.change(&id, |object| object.body = ObjectBody::Domain(domain));
        self.touched.push(id);
    }

    pub(super) fn create_sequence(&mut self, create: &CreateSequence) {
        let Some(name) = self.fresh(&create.name, Space::Relation, create.if_not_exists, "duplicate-table")
        else {
            return;
        };
        let data_type =
            create.data_type.as_ref().map_or_else(|| Type::built_in("bigint"), |name| self.data_type(name));
        let owned_by = create.owned_by.as_ref().and_then(|(table, column)| self.owner(table, column));
        let needs = self.need_of_owner(owned_by.as_ref());
        let sequence = Sequence {
            options: Sequence::settled(&data_type, &options(&create.options)),
            data_type,
            owned_by,
            is_temporary: create.is_temporary,
        };
        self.put(name, Space::Relation, ObjectBody::Sequence(sequence), needs);
    }

    fn owner(&mut self, table: &Path, column: &Ident) -> Option<(ObjectName, Arc<str>)> {
        let id = self.relation(table, "table")?;
        let column = self.column(&id, column)?;
        Some((self.schema.get(&id)?.name.clone(), column.name))
    }

    fn need_of_owner(&self, owner: Option<&(ObjectName, Arc<str>)>) -> BTreeSet<Need> {
        let need = |(table, column): &(ObjectName, Arc<str>)| Need {
            object: self.id(table, Space::Relation),
            part: Some(column.clone()),
            by: None,
            is_automatic: true,
        };
        owner.map(need).into_iter().collect()
    }

    pub(super) fn alter_sequence(&mut self, alter: &AlterSequence) {
        let id = match self.find(&alter.name, Space::Relation) {
            Found::Known(id) => id,
            Found::Missing if !alter.if_exists => return drop(self.relation(&alter.name, "sequence")),
            Found::Unknown | Found::Missing => return,
        };
        let owned_by = alter
            .owned_by
            .as_ref()
            .map(|owner| owner.as_ref().and_then(|(table, column)| self.owner(table, column)));
        let needs = owned_by.as_ref().map(|owner| self.need_of_owner(owner.as_ref()));
        let data_type = alter.data_type.as_ref().map(|name| self.data_type(name));
        let changed = options(&alter.options);
        self.schema.change(&id, |object| {
            if let ObjectBody::Sequence(sequence) = &mut object.body {
                sequence.data_type = data_type.unwrap_or_else(|| sequence.data_type.clone());
                sequence.options.extend(changed);
                sequence.options = Sequence::settled(&sequence.data_type, &sequence.options);
                if let (Some(owned_by), Some(needs)) = (owned_by, needs) {
                    sequence.owned_by = owned_by;
                    object.needs = needs;
                }
            }
        });
        self.touched.push(id);
    }

    pub(super) fn create_function(&mut self, create: &CreateFunction) {
        let Some(name) = self.new_name(&create.name, false) else { return };
        let id = self.id(&name, Space::Routine);
        let inputs: Vec<&crate::ddl::Argument> =
            create.arguments.iter().filter(|argument| argument.is_input).collect();
        let arguments: Vec<Type> =
            inputs.iter().map(|argument| self.data_type(&argument.data_type)).collect();
        let routine = Routine {
            kind: create.kind,
            arguments: arguments.clone(),
            optional: inputs.iter().filter(|argument| argument.default.is_some()).count(),
            returns: create.returns.as_ref().map(|name| self.data_type(name)),
            digest: self.digest_of_routine(create),
            may_change_schema: create.body.as_ref().is_none_or(super::body::may_change_schema)
                && create.language.as_deref() != Some("sql"),
        };
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
                routines[place] = routine;
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

    /// The digest of a routine's body; MySQL's is that of the whole text.
    fn digest_of_routine(&self, create: &CreateFunction) -> Option<u64> {
        match (self.dialect, &create.body_text) {
            (Dialect::Postgres, Some(body)) => Some(Routine::digest_of(body, self.dialect)),
            (Dialect::Postgres, None) => None,
            _ => Some(Routine::digest_of(self.sql, self.dialect)),
        }
    }

    pub(super) fn create_trigger(&mut self, create: &CreateTrigger) {
        let Some(id) = self.relation(&create.table, "table") else { return };
        // SQLite looks at what it says when it is used.
        if self.dialect != Dialect::Sqlite {
            create.columns.iter().for_each(|column| drop(self.column(&id, column)));
        }
        let function = match &create.function {
            None => None,
            Some(path) => match self.find(path, Space::Routine) {
                Found::Known(function) => self.schema.get(&function).map(|object| object.name.clone()),
                Found::Unknown => None,
                Found::Missing => {
                    if !self.has_extensions() && !path.name.text.starts_with("suppress_") {
                        let message = format!("there is no function `{}`", shown(path));
                        self.wrong("missing-function", path.at(), message);
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
            _ => {
                let ids: Vec<ObjectId> = self.schema.objects().iter().map(|(id, _)| id.clone()).collect();
                ids.iter().any(|other| other.schema == id.schema && self.has_trigger(other, name))
            }
        };
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
            comment: None,
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

    fn has_trigger(&self, id: &ObjectId, name: &Ident) -> bool {
        let triggers = match self.schema.get(id).map(|object| &object.body) {
            Some(ObjectBody::Table(table)) => &table.triggers,
            Some(ObjectBody::View(view)) => &view.triggers,
            _ => return false,
        };
        triggers.iter().any(|own| self.same_name(&own.name, &name.text))
    }

    pub(super) fn create_object(&mut self, create: &CreateObject) {
        let path = &create.target.name;
        let (name, space, body) = match create.kind {
            Kind::Schema => (ObjectName::new("", &*path.name.text), Space::Namespace, ObjectBody::Namespace),
            Kind::Extension => {
                (ObjectName::new("", &*path.name.text), Space::Extension, ObjectBody::Extension)
            }
            kind => {
                let Some(name) = self.other_name(kind, &create.target) else { return };
                (name, Space::Other, ObjectBody::Other(kind, None))
            }
        };
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
        self.put(name.clone(), space, body, needs);
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
                if let Some(table) = self.index_table(&found) {
                    let name = target.name.name.text.clone();
                    self.change_indexes(&table, |indexes| {
                        for index in indexes.iter_mut().filter(|index| *index.name == *name) {
                            index.comment = text.clone();
                        }
                    });
                }
            }
            Kind::Schema | Kind::Function | Kind::Procedure | Kind::Routine | Kind::Aggregate => {
                let found = match comment.kind {
                    Kind::Schema => {
                        let name = ObjectName::new("", &*target.name.name.text);
                        Found::Known(self.id(&name, Space::Namespace))
                    }
                    _ => self.find(&target.name, Space::Routine),
                };
                if let Found::Known(id) = found {
                    self.schema.change(&id, |object| object.comment = text);
                }
            }
            Kind::Policy | Kind::Rule | Kind::Statistics => {
                if let Some(id) = self.other_id(comment.kind, target) {
                    self.schema.change(&id, |object| object.comment = text);
                }
            }
            Kind::Column => {
                let Some(table) = &target.on else { return };
                let Some(id) = self.relation(table, "table") else { return };
                let Some(column) = self.column(&id, &target.name.name) else { return };
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
                    for own in table.triggers.iter_mut().filter(|own| *own.name == *old) {
                        own.name = (&*new).into();
                    }
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

    fn rename_type(&mut self, id: &ObjectId, to: &Ident) {
        let Some(object) = self.schema.get(id) else { return };
        let name = ObjectName { schema: object.name.schema.clone(), name: (&*to.text).into() };
        self.move_type(id, name, to.at);
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
            // What names them in other places is not followed.
            _ => self.schema.may_have_others = true,
        }
    }
}
