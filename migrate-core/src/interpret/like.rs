//! `LIKE`: what a new table takes over from another one.

use std::sync::Arc;

use super::naming;
use super::run::Run;
use crate::ddl::LikeSource;
use crate::dialect::Dialect;
use crate::schema::{
    BaseType, Certainty, Constraint, ConstraintBody, Index, IndexPart, ObjectBody, ObjectId, ObjectName,
    Sequence, Table, Type,
};

fn includes(source: &LikeSource, what: &str) -> bool {
    source.including.iter().any(|word| **word == *what || &**word == "all")
}

impl Run<'_> {
    /// Takes over the columns and checks of another table; whether all is known.
    pub(super) fn like(
        &mut self,
        id: &ObjectId,
        name: &ObjectName,
        table: &mut Table,
        source: &LikeSource,
    ) -> bool {
        let Some(other_id) = self.relation(&source.table, "table") else { return false };
        let Some(object) = self.schema.get(&other_id) else { return false };
        let is_certain = object.certainty == Certainty::Certain;
        let ObjectBody::Table(other) = object.body.clone() else { return false };
        if self.dialect == Dialect::Mysql {
            let comment = object.comment.clone();
            self.mysql_like(table, &other);
            self.schema.change(id, |object| object.comment = comment);
            // MySQL gives checks new names.
            let has_checks =
                other.constraints.iter().any(|own| matches!(own.body, ConstraintBody::Check { .. }));
            return is_certain && !has_checks;
        }
        let including = |what: &str| includes(source, what);
        for column in &other.columns {
            let there = table.columns.iter_mut().find(|own| own.name == column.name);
            if let (Some(own), Dialect::Postgres) = (there, self.dialect) {
                // One that is inherited is the same then.
                if !own.is_local && own.data_type == column.data_type {
                    own.is_local = true;
                    own.not_null |= column.not_null;
                    continue;
                }
                let message = format!("column `{}` is there twice", column.name);
                self.wrong("duplicate-column", source.table.at(), message);
                return false;
            }
            let mut column = column.clone();
            column.is_local = true;
            if !including("defaults") && column.generated.is_none() {
                (column.default, column.uses) = (None, vec![]);
            }
            if !including("identity") {
                column.identity = None;
            }
            if !including("generated") {
                column.generated = None;
            }
            if !including("comments") {
                column.comment = None;
            }
            if self.dialect == Dialect::Postgres && column.identity.is_some() {
                let data_type = std::mem::replace(&mut column.data_type, Type::built_in("bigint"));
                self.own_sequence(id, name, &mut column);
                column.data_type = data_type;
                copy_identity(&mut column);
            }
            table.columns.push(column);
        }
        if self.dialect == Dialect::Postgres && including("constraints") {
            let checks = other.constraints.iter();
            let checks = checks.filter(|constraint| matches!(constraint.body, ConstraintBody::Check { .. }));
            let comment =
                |constraint: &Constraint| constraint.comment.clone().filter(|_| including("comments"));
            table.constraints.extend(checks.map(|constraint| Constraint {
                is_local: true,
                comment: comment(constraint),
                ..constraint.clone()
            }));
        }
        // Statistics are not looked into.
        let has_statistics = self
            .schema
            .dependents(&other_id)
            .any(|(_, object)| matches!(object.body, ObjectBody::Other(crate::ddl::Kind::Statistics, _)));
        is_certain && !(has_statistics && including("statistics"))
    }

    /// Makes the indexes of the other table anew, with their constraints.
    pub(super) fn copy_indexes(&mut self, id: &ObjectId, source: &LikeSource) {
        if self.dialect != Dialect::Postgres || !includes(source, "indexes") {
            return;
        }
        let findings = self.findings.len();
        let other = self.relation(&source.table, "table");
        self.findings.truncate(findings);
        let Some(other) = other.and_then(|other| self.schema.table(&other).cloned()) else { return };
        for index in &other.indexes {
            let constraint =
                other.constraints.iter().find(|own| own.name.is_some() && own.name == index.constraint);
            self.copy_index(id, index, constraint);
        }
    }

    fn copy_index(&mut self, id: &ObjectId, index: &Index, constraint: Option<&Constraint>) {
        let parts = index.parts.iter().map(name_of_part);
        let names: Vec<String> = parts.chain(index.include.iter().map(ToString::to_string)).collect();
        let columns = naming::index_columns(names.iter().map(String::as_str));
        let joined = naming::joined(columns.iter().map(String::as_str));
        let (label, column) = match constraint.map(|constraint| &constraint.body) {
            Some(ConstraintBody::PrimaryKey(_)) => ("pkey", None),
            Some(ConstraintBody::Exclude(_)) => ("excl", Some(&*joined)),
            Some(_) => ("key", Some(&*joined)),
            None => ("idx", Some(&*joined)),
        };
        let name: Arc<str> = naming::free_name(&id.name, column, label, |name| {
            self.is_relation(&id.schema, name)
                || constraint.is_some() && self.schema.constraints_named(&id.schema, name) > 0
        })
        .into();
        let made = Index {
            name: name.clone(),
            constraint: constraint.map(|_| name.clone()),
            comment: None,
            ..index.clone()
        };
        if let Some(constraint) = constraint {
            let own = Constraint {
                name: Some(name),
                is_name_made_up: true,
                comment: None,
                is_local: true,
                ..constraint.clone()
            };
            self.change_table(id, |table| table.constraints.push(own));
        }
        self.add_index(id, made);
    }
}

/// What an index calls a key.
fn name_of_part(part: &IndexPart) -> String {
    let function = part.expr.normal.split('(').next().unwrap_or_default();
    let is_name = function.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    match part.is_column {
        true => part.expr.written.to_string(),
        false if is_name && !function.is_empty() => function.to_owned(),
        false => "expr".to_owned(),
    }
}

/// The sequence of a copied identity column counts in `bigint`, and has the limits of the old one.
fn copy_identity(column: &mut crate::schema::Column) {
    let limit = match &column.data_type.base {
        BaseType::BuiltIn(name) if &**name == "smallint" => i16::MAX.to_string(),
        BaseType::BuiltIn(name) if &**name == "integer" => i32::MAX.to_string(),
        _ => return,
    };
    if let Some(identity) = &mut column.identity {
        identity.options.insert(0, ("maxvalue".into(), limit.into()));
        identity.options = Sequence::settled(&Type::built_in("bigint"), &identity.options);
    }
}
