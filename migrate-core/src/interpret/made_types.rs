//! Types that SQL makes: enums, composites, domains.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::lookup::{Found, shown};
use super::run::Run;
use crate::ddl::{
    AlterDomain, AlterType, ColumnConstraintKind, CreateDomain, CreateType, Extent, Ident, Path, TypeKind,
};
use crate::schema::{
    Certainty, Domain, Need, Object, ObjectBody, ObjectId, ObjectName, Space, SqlText, TableKind, Type,
};

impl Run<'_> {
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
                let mut attribute =
                    |(name, data_type): &(Ident, _)| ((&*name.text).into(), self.known_type(data_type));
                let attributes: Vec<(Arc<str>, Type)> = attributes.iter().map(&mut attribute).collect();
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
    pub(super) fn must_type(&mut self, path: &Path) -> Option<ObjectId> {
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
                let data_type = self.known_type(data_type);
                let attribute: Arc<str> = (&*attribute.text).into();
                self.change_attributes(name, |attributes| attributes.push((attribute, data_type)));
            }
            AlterType::DropAttribute(name, attribute, _) => {
                let attribute = attribute.text.clone();
                self.change_attributes(name, |attributes| attributes.retain(|(own, _)| **own != *attribute));
            }
            AlterType::AlterAttribute(name, attribute, data_type) => {
                if self.is_type_of_column(name, attribute.at) {
                    return;
                }
                let data_type = self.known_type(data_type);
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

    /// A finding if a column has rows of a composite type, none of whose attributes can become another one then.
    fn is_type_of_column(&mut self, name: &Path, at: Extent) -> bool {
        let Found::Known(id) = self.find(name, Space::Type) else { return false };
        let has = |object: &Object| -> Option<(Arc<str>, ObjectName)> {
            let ObjectBody::Table(table) = &object.body else { return None };
            let is_of = |of: &Type| of.made().is_some_and(|made| self.id(made, Space::Type) == id);
            let is_certain = object.certainty == Certainty::Certain && table.kind == TableKind::Plain;
            let column =
                table.columns.iter().find(|column| is_of(&column.data_type)).filter(|_| is_certain)?;
            Some((column.name.clone(), object.name.clone()))
        };
        let found = self.schema.dependents(&id).find_map(|(_, object)| has(object));
        let Some((column, table)) = found.filter(|_| !self.is_uncertain(&id)) else { return false };
        let message = format!(
            "an attribute of `{}` cannot get another type: `{column}` of `{table}` has it",
            shown(name)
        );
        self.wrong("still-needed", at, message).helps.push("drop the column first".to_owned());
        true
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
        let data_type = self.known_type(&create.data_type);
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
            if matches!(object.body, ObjectBody::Enum(_) | ObjectBody::Composite(_))
                && !self.is_uncertain(&id)
            {
                self.wrong("wrong-kind", name.at(), format!("`{}` is not a domain", shown(name)));
            }
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

    pub(super) fn rename_type(&mut self, id: &ObjectId, to: &Ident) {
        let Some(object) = self.schema.get(id) else { return };
        let name = ObjectName { schema: object.name.schema.clone(), name: (&*to.text).into() };
        self.move_type(id, name, to.at);
    }
}
