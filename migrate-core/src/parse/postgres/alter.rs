//! `ALTER` of indexes, types, domains, sequences and policies.

use squawk_syntax::ast::{self, AstNode};

use super::constraint::{parameters, sequence_option};
use super::object::plain;
use super::reader::{Reader, child, has};
use crate::ddl::{AlterDomain, AlterIndex, AlterSequence, AlterType, Expr, Kind, Path, Statement, TypeName};

impl Reader<'_> {
    pub(super) fn alter_index(&self, alter: &ast::AlterIndex) -> Statement {
        let node = alter.syntax();
        let Some(index) = alter.index_ref() else { return Statement::Harmless { tables: Vec::new() } };
        let name = self.path_at(index.syntax());
        match alter.action() {
            Some(ast::AlterIndexAction::IndexRenameTo(_)) => self.altered(Kind::Index, node, plain(name)),
            Some(ast::AlterIndexAction::AttachIndexPartition(attach)) => {
                Statement::AlterIndex(AlterIndex::AttachPartition {
                    index: name,
                    part: self.path(attach.index_ref()),
                })
            }
            Some(ast::AlterIndexAction::SetOptions(set)) => {
                let list = parameters(set.attribute_list()).into_iter();
                let list = list.map(|(key, value)| (key, Some(value))).collect();
                self.set_of_index(alter, name, list)
            }
            Some(ast::AlterIndexAction::ResetOptions(reset)) => {
                let list = parameters(reset.attribute_list()).into_iter();
                self.set_of_index(alter, name, list.map(|(key, _)| (key, None)).collect())
            }
            Some(
                ast::AlterIndexAction::AlterSetStatistics(_)
                | ast::AlterIndexAction::DependsOnExtension(_)
                | ast::AlterIndexAction::NoDependsOnExtension(_)
                | ast::AlterIndexAction::SetTablespace(_),
            )
            | None => match alter.if_exists() {
                Some(_) => Statement::Harmless { tables: Vec::new() },
                None => Statement::AlterIndex(AlterIndex::Other(name)),
            },
        }
    }

    fn set_of_index(
        &self,
        alter: &ast::AlterIndex,
        name: Path,
        list: Vec<(Box<str>, Option<Box<str>>)>,
    ) -> Statement {
        match alter.if_exists() {
            Some(_) => Statement::Harmless { tables: Vec::new() },
            None => Statement::AlterIndex(AlterIndex::Parameters(name, list)),
        }
    }

    pub(super) fn alter_policy(&self, alter: &ast::AlterPolicy) -> Statement {
        let node = alter.syntax();
        self.altered(Kind::Policy, node, self.of_table::<ast::PolicyRef>(node))
    }

    pub(super) fn alter_type(&self, alter: &ast::AlterType) -> Statement {
        let node = alter.syntax();
        let name = self.path(alter.type_name_ref());
        let alter = match alter.action() {
            Some(ast::AlterTypeAction::TypeRenameTo(_) | ast::AlterTypeAction::SetSchema(_)) => {
                return self.altered(Kind::Type, node, plain(name));
            }
            Some(ast::AlterTypeAction::AddValue(add)) => AlterType::AddValue {
                name,
                value: self.label(add.literal()),
                if_not_exists: add.if_not_exists().is_some(),
                beside: add.value_position().map(|position| {
                    let is_before = matches!(position, ast::ValuePosition::BeforeValue(_));
                    (is_before, self.label(child(position.syntax())))
                }),
            },
            Some(ast::AlterTypeAction::RenameValue(rename)) => {
                AlterType::RenameValue { name, old: self.label(rename.from()), new: self.label(rename.to()) }
            }
            Some(ast::AlterTypeAction::RenameAttribute(rename)) => AlterType::RenameAttribute(
                name,
                self.named(rename.composite_field_ref()),
                self.named(rename.composite_field()),
            ),
            Some(ast::AlterTypeAction::AlterTypeAttributeActionList(list)) => {
                let mut changes: Vec<_> =
                    list.actions().map(|action| self.attribute(&name, &action)).collect();
                match (changes.pop(), changes.is_empty()) {
                    (Some(only), true) => only,
                    (Some(last), false) => {
                        changes.push(last);
                        AlterType::Several(changes)
                    }
                    (None, _) => AlterType::Other(name),
                }
            }
            Some(ast::AlterTypeAction::OwnerTo(_) | ast::AlterTypeAction::SetOptions(_)) | None => {
                AlterType::Other(name)
            }
        };
        Statement::AlterType(alter)
    }

    fn attribute(&self, of: &Path, action: &ast::AlterTypeAttributeAction) -> AlterType {
        let node = action.syntax();
        let data_type: TypeName = self.collated_type_in(node);
        match action {
            ast::AlterTypeAttributeAction::AddAttribute(add) => {
                AlterType::AddAttribute(of.clone(), self.named(add.composite_field()), data_type)
            }
            ast::AlterTypeAttributeAction::AlterAttribute(alter) => {
                AlterType::AlterAttribute(of.clone(), self.named(alter.composite_field_ref()), data_type)
            }
            ast::AlterTypeAttributeAction::DropAttribute(drop) => AlterType::DropAttribute(
                of.clone(),
                self.named(drop.composite_field_ref()),
                has::<ast::IfExists>(node),
            ),
        }
    }

    pub(super) fn alter_domain(&self, alter: &ast::AlterDomain) -> Statement {
        let node = alter.syntax();
        let name = self.path(alter.domain_ref());
        let alter = match alter.action() {
            Some(ast::AlterDomainAction::DomainRenameTo(_) | ast::AlterDomainAction::SetSchema(_)) => {
                return self.altered(Kind::Domain, node, plain(name));
            }
            Some(ast::AlterDomainAction::AddConstraint(add)) => {
                match add.constraint().and_then(|constraint| self.column_constraint(&constraint)) {
                    Some(constraint) => AlterDomain::AddConstraint(name, constraint),
                    None => AlterDomain::Other(name),
                }
            }
            Some(ast::AlterDomainAction::DropConstraint(drop)) => AlterDomain::DropConstraint(
                name,
                self.named(drop.constraint_name_ref()),
                drop.if_exists().is_some(),
            ),
            Some(ast::AlterDomainAction::RenameConstraint(rename)) => AlterDomain::RenameConstraint(
                name,
                self.named(rename.constraint_name_ref()),
                self.named(rename.constraint_name()),
            ),
            Some(ast::AlterDomainAction::SetDefault(set)) => {
                let value: Expr = self.expr_or_opaque(set.expr(), node);
                AlterDomain::Default(name, Some(value))
            }
            Some(ast::AlterDomainAction::DropDefault(_)) => AlterDomain::Default(name, None),
            Some(ast::AlterDomainAction::SetNotNull(_)) => AlterDomain::NotNull(name, true),
            Some(ast::AlterDomainAction::DropNotNull(_)) => AlterDomain::NotNull(name, false),
            Some(ast::AlterDomainAction::OwnerTo(_) | ast::AlterDomainAction::ValidateConstraint(_))
            | None => AlterDomain::Other(name),
        };
        Statement::AlterDomain(alter)
    }

    pub(super) fn alter_sequence(&self, alter: &ast::AlterSequence) -> Statement {
        let node = alter.syntax();
        let name = self.path(alter.sequence_ref());
        let mut options = Vec::new();
        let mut written = Vec::new();
        for action in alter.actions() {
            match action {
                ast::AlterSequenceAction::SequenceOption(option) => {
                    options.extend(sequence_option(&option));
                    written.push(option);
                }
                ast::AlterSequenceAction::SequenceRenameTo(_) | ast::AlterSequenceAction::SetSchema(_) => {
                    return self.altered(Kind::Sequence, node, plain(name));
                }
                ast::AlterSequenceAction::OwnerTo(_)
                | ast::AlterSequenceAction::SetLogged(_)
                | ast::AlterSequenceAction::SetUnlogged(_) => {}
            }
        }
        Statement::AlterSequence(AlterSequence {
            name,
            if_exists: alter.if_exists().is_some(),
            data_type: self.sequence_type(&written),
            options,
            owned_by: self.sequence_owner(&written),
        })
    }
}
