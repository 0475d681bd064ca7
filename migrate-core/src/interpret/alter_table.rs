//! `ALTER TABLE`

use std::borrow::Cow;

use super::Proof;
use super::constraint::{NewConstraint, of_columns};
use super::lookup::Found;
use super::run::Run;
use crate::ddl::{
    AlterAction, AlterTable, ColumnChange, ColumnConstraintKind, ColumnDef, ConstraintKind, Extent, Ident,
    PartPosition, Path,
};
use crate::dialect::Dialect;
use crate::schema::{
    Certainty, Column, ConstraintBody, ObjectBody, ObjectId, ObjectName, Partition, Space, SqlText,
};

impl Run<'_> {
    pub(super) fn alter_table(&mut self, alter: &AlterTable) {
        let id = match self.find(&alter.name, Space::Relation) {
            Found::Known(id) if alter.if_exists && self.is_spelt_otherwise(&id, &alter.name.name.text) => {
                return self.lose(&id);
            }
            Found::Known(id) => id,
            Found::Unknown => return self.schema_may_be_there(&alter.name),
            Found::Missing if alter.if_exists => return,
            Found::Missing => {
                self.relation(&alter.name, "table");
                return;
            }
        };
        let mut id = id;
        self.only = alter.only;
        let is_mysql = self.dialect == Dialect::Mysql;
        let before = is_mysql.then(|| self.schema.clone());
        let first = id.clone();
        let actions = match self.dialect {
            Dialect::Mysql => super::mysql::in_order(&alter.actions),
            Dialect::Postgres => in_order(&alter.actions),
            Dialect::Sqlite => alter.actions.iter().map(Cow::Borrowed).collect(),
        };
        for action in &actions {
            match &self.schema.get(&id).map(|object| &object.body) {
                Some(ObjectBody::Table(_)) => self.alter(&mut id, action, alter.name.at()),
                Some(_) => self.alter_other(&mut id, action),
                None => return,
            }
        }
        if let Some(before) = before {
            self.check_mysql_table(&id, &before, alter.name.at());
            self.check_computed_columns(&id, &alter.actions);
            self.doubt_rename(&first, &id, alter);
            let converted = super::mysql::converted_twice(&alter.actions);
            self.change_table(&id, |table| {
                let is_meant = |column: &&mut Column| {
                    converted.iter().any(|name| name.eq_ignore_ascii_case(&column.name))
                };
                for column in table.columns.iter_mut().filter(is_meant) {
                    (column.charset, column.collation) = (None, None);
                }
            });
            if super::mysql::replaces_by_name(&alter.actions) {
                self.lose(&id);
            }
        }
    }

    /// What `ALTER TABLE` may do to views, sequences and indexes.
    fn alter_other(&mut self, id: &mut ObjectId, action: &AlterAction) {
        match action {
            AlterAction::RenameTo(path) => match self.index_table(&Found::Known(id.clone())) {
                Some(table) => self.rename_index(&table, &id.name.clone(), &path.name.text),
                None => self.rename_relation(id, path),
            },
            AlterAction::SetSchema(schema) => self.move_relation(id, schema),
            AlterAction::RenameColumn { old, new } => self.rename_in_view(id, old, new),
            AlterAction::Parameters(list) => {
                let dialect = self.dialect;
                self.schema.change(id, |object| {
                    let ObjectBody::View(view) = &mut object.body else { return };
                    for (key, value) in list {
                        view.set_option(key, value.as_deref(), dialect);
                    }
                });
            }
            AlterAction::Set(key, value) if matches!(&**key, "using" | "tablespace") => {
                self.schema.change(id, |object| {
                    if let ObjectBody::View(view) = &mut object.body {
                        view.set_option(key, Some(value), Dialect::Postgres);
                    }
                });
            }
            AlterAction::AlterColumn { name, change, .. } => self.alter_in_view(id, name, change),
            AlterAction::Opaque => self.lose(id),
            _ => {}
        }
    }

    /// PostgreSQL's columns of views have defaults.
    fn alter_in_view(&mut self, id: &ObjectId, name: &Ident, change: &ColumnChange) {
        let default = match change {
            ColumnChange::SetDefault(expr) => Some(SqlText::of(expr, self.sql, self.dialect)),
            ColumnChange::DropDefault => None,
            _ => return,
        };
        // NULL is none, and is not kept.
        let default = default.filter(|default| &*default.normal != "null");
        self.schema.change(id, |object| {
            if let ObjectBody::View(view) = &mut object.body {
                view.say(&name.text, |said| said.default = default);
            }
        });
    }

    /// A view's column gets another name.
    fn rename_in_view(&mut self, id: &ObjectId, old: &Ident, new: &Ident) {
        let Some(ObjectBody::View(view)) = self.schema.get(id).map(|object| &object.body) else { return };
        let Some(columns) = &view.columns else { return };
        let has = |name: &str| columns.iter().any(|(own, _)| self.same_name(own, name));
        let finding = match (has(&old.text), has(&new.text)) {
            _ if self.is_uncertain(id) => None,
            (false, _) => Some(("missing-column", old, format!("the view has no column `{}`", old.text))),
            (true, true) => {
                Some(("duplicate-column", new, format!("the view has a column `{}` already", new.text)))
            }
            (true, false) => None,
        };
        if let Some((code, at, message)) = finding {
            self.wrong(code, at.at, message);
            return;
        }
        self.schema.change(id, |object| {
            let ObjectBody::View(view) = &mut object.body else { return };
            for (name, _) in view.columns.iter_mut().flatten().filter(|(own, _)| **own == *old.text) {
                *name = (&*new.text).into();
            }
            view.given = view.columns.iter().flatten().map(|(name, _)| name.clone()).collect();
            if let Some(said) = view.said.remove(&*old.text) {
                view.said.insert((&*new.text).into(), said);
            }
        });
        self.rename_in_needs(id, &(&*old.text).into(), &(&*new.text).into());
    }

    pub(super) fn alter(&mut self, id: &mut ObjectId, action: &AlterAction, at: Extent) {
        if !matches!(action, AlterAction::RenameTo(_))
            && self.refuses_virtual(id, "only its name can be altered", at)
        {
            return;
        }
        match action {
            AlterAction::AddColumn { column, if_not_exists } => self.add_column(id, column, *if_not_exists),
            AlterAction::DropColumn { name, if_exists, cascade } => {
                self.drop_column(id, name, *if_exists, *cascade);
            }
            AlterAction::AlterColumn { name, if_exists, change } => {
                self.alter_column(id, name, *if_exists, change);
            }
            AlterAction::ReplaceColumn { old, column, if_exists } => {
                self.replace_column(id, old, column, *if_exists);
            }
            AlterAction::AddConstraint { constraint, if_not_exists } => {
                let is_there = constraint.name.as_ref().is_some_and(|name| {
                    self.schema.table(id).is_some_and(|table| {
                        table.constraints.iter().any(|other| {
                            other.name.as_ref().is_some_and(|other| self.same_name(other, &name.text))
                        }) || table.indexes.iter().any(|index| self.same_name(&index.name, &name.text))
                    })
                });
                if !(*if_not_exists && is_there) {
                    self.add_constraint(id, &NewConstraint::of_table(constraint));
                }
            }
            AlterAction::DropConstraint { name, mysql_name, kind, if_exists, cascade } => {
                // A database that was read from MySQL has its names.
                let is_there = |name: &Ident| {
                    let named = |own: &crate::schema::Constraint| {
                        own.name.as_ref().is_some_and(|own| own.eq_ignore_ascii_case(&name.text))
                    };
                    self.schema.table(id).is_some_and(|table| table.constraints.iter().any(named))
                };
                let name = mysql_name.as_ref().filter(|name| is_there(name)).or(name.as_ref());
                self.drop_constraint(id, name, *kind, *if_exists, *cascade, at);
            }
            AlterAction::KeepIndex { name, columns } => self.keep_index(id, name, columns),
            AlterAction::RemakeCheck { name, check } => self.remake_check(id, name, check.as_ref()),
            AlterAction::AlterConstraint { name, deferrable } => {
                let deferrable = *deferrable;
                let is_key = |body: &ConstraintBody| {
                    matches!(
                        body,
                        ConstraintBody::PrimaryKey(_)
                            | ConstraintBody::Unique { .. }
                            | ConstraintBody::Exclude(_)
                    )
                };
                let is_other = self.schema.table(id).is_some_and(|table| {
                    let named = |of: &&crate::schema::Constraint| of.name.as_deref() == Some(&*name.text);
                    table.constraints.iter().find(named).is_some_and(|of| is_key(&of.body))
                });
                if is_other && self.dialect == Dialect::Postgres && !self.is_uncertain(id) {
                    let message = format!("constraint `{}` is not a foreign key", name.text);
                    self.wrong("wrong-kind", name.at, message);
                    return;
                }
                self.with_constraint(id, name, |constraint| constraint.deferrable = deferrable);
            }
            AlterAction::ValidateConstraint(name) => {
                self.with_constraint(id, name, |constraint| constraint.is_validated = true);
            }
            AlterAction::RenameColumn { old, new } => self.rename_column(id, old, new),
            AlterAction::RenameConstraint { old, new } => self.rename_constraint(id, old, new),
            AlterAction::RenameIndex { old, new } => self.rename_own_index(id, old, new),
            AlterAction::RenameTo(path) => self.rename_relation(id, path),
            AlterAction::SetSchema(schema) => self.move_relation(id, schema),
            AlterAction::AttachPartition { table, bounds } => self.attach(id, table, *bounds),
            AlterAction::DetachPartition(table) => self.detach(id, table),
            AlterAction::Inherit(parent) => self.inherit_from(id, parent),
            AlterAction::NoInherit(path) => {
                if let Some(parent) = self.relation(path, "table")
                    && let Some(name) = self.schema.get(&parent).map(|object| object.name.clone())
                {
                    let has = self.schema.table(id).is_some_and(|table| table.inherits.contains(&name));
                    if !has && !self.is_uncertain(id) {
                        let message = format!("table `{}` does not inherit from `{name}`", self.shown(id));
                        self.wrong("missing-object", path.at(), message);
                    }
                    self.change_table(id, |table| table.inherits.retain(|other| *other != name));
                }
            }
            AlterAction::OfType(_) | AlterAction::Opaque => self.lose(id),
            AlterAction::Set(key, value) if self.dialect == Dialect::Mysql => {
                self.set_mysql_option(id, key, value);
            }
            // Where a table is kept is not compared.
            AlterAction::Set(key, _) if matches!(&**key, "using" | "tablespace") => {}
            AlterAction::Set(key, value) => {
                let is_usual = matches!(&**value, "disable" | "false" | "default");
                self.change_table(id, |table| {
                    if is_usual {
                        table.options.remove(&**key);
                    } else {
                        table.options.insert((&**key).into(), (&**value).into());
                    }
                });
            }
            AlterAction::Other | AlterAction::Parameters(_) => {}
        }
    }

    fn add_column(&mut self, id: &ObjectId, written: &ColumnDef, if_not_exists: bool) {
        let Some(object) = self.schema.get(id) else { return };
        let (name, is_uncertain) = (object.name.clone(), self.is_uncertain(id));
        let ObjectBody::Table(table) = &object.body else { return };
        if let Some(place) = self.column_place(table, &written.name.text) {
            if is_uncertain {
                // It is there now, as it is said here or as it was.
                let _ = place;
            } else if !if_not_exists {
                let message = format!("table `{name}` has a column `{}` already", written.name.text);
                self.wrong("duplicate-column", written.name.at, message);
            }
            return;
        }
        if self.dialect == Dialect::Sqlite {
            self.check_added(id, written);
            self.read_indexes_anew(id, &written.name);
        }
        if self.schema.table(id).is_some_and(crate::schema::Table::is_part) && !is_uncertain {
            let message = format!("`{name}` is a part of another table, which decides on its columns");
            self.wrong("wrong-kind", written.name.at, message);
            return;
        }
        let mut column = self.column_of(id, &name, written);
        for constraint in &written.constraints {
            match &constraint.kind {
                ColumnConstraintKind::Default(expr) => self.names_no_column(expr),
                ColumnConstraintKind::Generated(generated) if self.dialect == Dialect::Postgres => {
                    self.columns_must_be_there(id, &generated.expr);
                }
                _ => {}
            }
        }
        if self.dialect == Dialect::Mysql
            && let Some(table) = self.schema.table(id)
        {
            super::mysql::settle_column(&mut column, written, &table.options);
        }
        let has_value = column.default.is_some() || column.generated.is_some() || column.identity.is_some();
        // MySQL takes the type's own zero.
        if column.not_null && !has_value && self.dialect != Dialect::Mysql && !self.made.contains(id) {
            let message = format!("column `{}` is NOT NULL and has no default", column.name);
            let finding = self.wrong("needs-empty-table", written.at, message);
            finding.proof = Proof::Likely;
            finding.label = "fails if the table has rows".to_owned();
            finding.helps.push("give it a default, or fill it before it becomes NOT NULL".to_owned());
        }
        let children = self.children(id);
        for child in &children {
            let column = Column { is_local: false, ..column.clone() };
            self.change_table(child, |table| {
                if !table.columns.iter().any(|own| own.name == column.name) {
                    table.columns.push(column);
                }
            });
        }
        let place = self.place_of(id, written.position.as_ref());
        self.change_table(id, |table| table.columns.insert(place.min(table.columns.len()), column));
        if self.dialect == Dialect::Sqlite {
            self.check_computed(id, written);
        }
        let constraints = of_columns(written, self.dialect);
        for constraint in self.merged(super::constraint::in_order(constraints, self.dialect)) {
            self.add_constraint(id, &constraint);
        }
    }

    /// Where MySQL puts a column.
    pub(super) fn place_of(&mut self, id: &ObjectId, position: Option<&PartPosition>) -> usize {
        match position {
            None => usize::MAX,
            Some(PartPosition::First) => 0,
            Some(PartPosition::After(name)) => {
                drop(self.column(id, name));
                let table = self.schema.table(id);
                let place = table.and_then(|table| self.column_place(table, &name.text));
                place.map_or(usize::MAX, |place| place + 1)
            }
        }
    }

    /// The tables that inherit from a table, directly or not.
    pub(super) fn children(&self, id: &ObjectId) -> Vec<ObjectId> {
        let mut all: Vec<ObjectId> = Vec::new();
        if self.only {
            return all;
        }
        let mut next = vec![id.clone()];
        while let Some(parent) = next.pop() {
            for (child, object) in self.schema.dependents(&parent) {
                let ObjectBody::Table(table) = &object.body else { continue };
                let inherits = table.inherits.iter().any(|name| self.id(name, Space::Relation) == parent);
                if inherits && !all.contains(child) {
                    all.push(child.clone());
                    next.push(child.clone());
                }
            }
        }
        all
    }

    /// `INHERIT`: a table that has all that its parent has becomes its child.
    fn inherit_from(&mut self, id: &ObjectId, path: &Path) {
        let Some(parent_id) = self.relation(path, "table") else { return };
        let Some(parent) = self.schema.get(&parent_id).cloned() else { return };
        let (ObjectBody::Table(whole), Some(table)) = (&parent.body, self.schema.table(id)) else { return };
        let are_certain = parent.certainty == Certainty::Certain && !self.is_uncertain(id);
        let refusal = if parent_id == *id || self.children(id).contains(&parent_id) {
            Some(format!("`{}` inherits from this table itself", parent.name))
        } else if table.inherits.contains(&parent.name) {
            Some(format!("the table inherits from `{}` already", parent.name))
        } else {
            whole.columns.iter().find_map(|column| {
                let own = table.columns.iter().find(|own| own.name == column.name);
                match own {
                    None => {
                        Some(format!("the table has no column `{}`, as `{}` has", column.name, parent.name))
                    }
                    Some(own)
                        if own.data_type != column.data_type
                            && !own.data_type.is_unknown()
                            && !column.data_type.is_unknown() =>
                    {
                        Some(format!("column `{}` has another type in `{}`", column.name, parent.name))
                    }
                    Some(own) if column.not_null && !own.not_null => {
                        Some(format!("column `{}` is NOT NULL in `{}`", column.name, parent.name))
                    }
                    Some(_) => None,
                }
            })
        };
        if let Some(message) = refusal.filter(|_| are_certain) {
            self.wrong("wrong-kind", path.at(), message);
            return;
        }
        self.change_table(id, |table| table.inherits.push(parent.name));
    }

    pub(super) fn rename_relation(&mut self, id: &mut ObjectId, to: &Path) {
        let Some(object) = self.schema.get(id) else { return };
        let schema =
            to.schema.as_ref().map_or_else(|| object.name.schema.clone(), |schema| (&*schema.text).into());
        let name = ObjectName { schema, name: (&*to.name.text).into() };
        self.relocate(id, name, to.at());
    }

    pub(super) fn move_relation(&mut self, id: &mut ObjectId, schema: &Ident) {
        let Some(object) = self.schema.get(id) else { return };
        let name = ObjectName { schema: (&*schema.text).into(), name: object.name.name.clone() };
        self.schema_must_be_there(schema);
        if self.id(&name, Space::Relation) != *id {
            self.relocate(id, name, schema.at);
        }
    }

    fn attach(&mut self, id: &ObjectId, table: &Path, bounds: Extent) {
        let Some(part) = self.relation(table, "table") else { return };
        let Some(whole) = self.schema.get(id).map(|object| object.name.clone()) else { return };
        let bounds = SqlText::tokens(bounds.of(self.sql), self.dialect);
        self.change_table(&part, |table| {
            table.inherits.push(whole);
            table.partition.get_or_insert(Partition { by: None, bounds: None }).bounds = Some(bounds);
        });
        // The part gets the keys and indexes of its whole, which is not followed.
        self.lose(&part);
    }

    fn detach(&mut self, id: &ObjectId, table: &Path) {
        let Some(part) = self.relation(table, "table") else { return };
        let Some(whole) = self.schema.get(id).map(|object| object.name.clone()) else { return };
        self.change_table(&part, |table| {
            table.inherits.retain(|parent| *parent != whole);
            if let Some(partition) = &mut table.partition {
                partition.bounds = None;
            }
            table.columns.iter_mut().for_each(|column| column.is_local = true);
        });
    }
}

/// The order in which PostgreSQL carries the actions of one statement out: what it takes away, new types, new columns, what
/// columns are, keys, other constraints and defaults, the rest (`AlterTablePass` of its source).
fn in_order(actions: &[AlterAction]) -> Vec<Cow<'_, AlterAction>> {
    let pass = |action: &AlterAction| match action {
        AlterAction::DropColumn { .. } | AlterAction::DropConstraint { .. } => 0,
        AlterAction::AlterColumn { change, .. } => match change {
            ColumnChange::DropDefault
            | ColumnChange::DropNotNull
            | ColumnChange::DropIdentity { .. }
            | ColumnChange::DropExpression { .. } => 0,
            ColumnChange::Type { .. } => 1,
            ColumnChange::SetExpression(_) => 3,
            ColumnChange::SetNotNull | ColumnChange::SetIdentity { .. } => 4,
            ColumnChange::SetDefault(_) | ColumnChange::AddIdentity(_) => 6,
            ColumnChange::SetVisible(_) | ColumnChange::Other => 7,
        },
        AlterAction::AddColumn { .. } => 2,
        AlterAction::AddConstraint { constraint, .. } => match constraint.kind {
            ConstraintKind::PrimaryKey(_)
            | ConstraintKind::Unique { .. }
            | ConstraintKind::UsingIndex { .. }
            | ConstraintKind::Exclude { .. } => 5,
            _ => 6,
        },
        _ => 7,
    };
    let mut actions: Vec<Cow<'_, AlterAction>> = actions.iter().map(Cow::Borrowed).collect();
    actions.sort_by_key(|action| pass(action));
    actions
}
