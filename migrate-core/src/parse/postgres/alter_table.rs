//! `ALTER TABLE`, and the statements that share its actions.

use squawk_syntax::SyntaxNode;
use squawk_syntax::ast::{self, AstNode};

use super::constraint::{deferrable, parameters, place_of, says_deferrable, sequence_option};
use super::reader::{Reader, child, children, has, text, words};
use crate::ddl::{AlterAction, AlterTable, ColumnChange, DropTarget, Kind, Path, Statement};

impl Reader<'_> {
    /// `ALTER TABLE`, `ALTER FOREIGN TABLE`, `ALTER MATERIALIZED VIEW`
    pub(super) fn alter_table(&self, node: &SyntaxNode, name: Path) -> Statement {
        if has::<ast::AllInTablespace>(node) {
            return Statement::Harmless { tables: Vec::new() };
        }
        let only = child::<ast::TableRelationName>(node).is_some_and(|name| name.only_token().is_some());
        let actions = children::<ast::AlterTableAction>(node).map(|action| self.action_of(&action));
        Statement::AlterTable(AlterTable {
            name,
            if_exists: has::<ast::IfExists>(node),
            only,
            actions: actions.collect(),
        })
    }

    pub(super) fn alter_view(&self, alter: &ast::AlterView) -> Statement {
        let node = alter.syntax();
        let name = self.path(alter.view_ref());
        let if_exists = alter.if_exists().is_some();
        let target = DropTarget { name: name.clone(), on: None, arguments: None };
        let kind = Kind::View;
        let action = match alter.action() {
            Some(ast::AlterViewAction::ViewRenameTo(to)) => {
                return Statement::Rename { kind, target, if_exists, to: self.path(to.view()) };
            }
            Some(ast::AlterViewAction::SetSchema(set)) => {
                return Statement::SetSchema {
                    kind,
                    target,
                    if_exists,
                    schema: self.named(set.schema_ref()),
                };
            }
            Some(ast::AlterViewAction::RenameColumn(rename)) => self.rename_column(&rename),
            Some(ast::AlterViewAction::AlterViewColumn(column)) => AlterAction::AlterColumn {
                name: self.named(column.name()),
                if_exists: false,
                change: match column.alter_view_column_action() {
                    Some(ast::AlterViewColumnAction::SetDefault(set)) => {
                        ColumnChange::SetDefault(self.expr_or_opaque(set.expr(), node))
                    }
                    Some(ast::AlterViewColumnAction::DropDefault(_)) | None => ColumnChange::DropDefault,
                },
            },
            Some(ast::AlterViewAction::SetOptions(set)) => set_parameters(&set),
            Some(ast::AlterViewAction::ResetOptions(reset)) => reset_parameters(&reset),
            Some(ast::AlterViewAction::OwnerTo(_)) | None => AlterAction::Other,
        };
        Statement::AlterTable(AlterTable { name, if_exists, only: false, actions: vec![action] })
    }

    pub(super) fn alter_materialized_view(&self, alter: &ast::AlterMaterializedView) -> Statement {
        if alter.all_in_tablespace().is_some() {
            return Statement::Harmless { tables: Vec::new() };
        }
        let name = self.path(alter.view_ref());
        let if_exists = alter.if_exists().is_some();
        let kind = Kind::MaterializedView;
        let target = || DropTarget { name: name.clone(), on: None, arguments: None };
        let mut actions = Vec::new();
        for action in alter.action() {
            actions.push(match action {
                ast::AlterMaterializedViewAction::ViewRenameTo(to) => {
                    return Statement::Rename { kind, target: target(), if_exists, to: self.path(to.view()) };
                }
                ast::AlterMaterializedViewAction::SetSchema(set) => {
                    let schema = self.named(set.schema_ref());
                    return Statement::SetSchema { kind, target: target(), if_exists, schema };
                }
                ast::AlterMaterializedViewAction::RenameColumn(rename) => self.rename_column(&rename),
                ast::AlterMaterializedViewAction::AlterTableAction(action) => self.action_of(&action),
                ast::AlterMaterializedViewAction::DependsOnExtension(_)
                | ast::AlterMaterializedViewAction::NoDependsOnExtension(_) => AlterAction::Other,
            });
        }
        if let [AlterAction::RenameTo(to)] = &actions[..] {
            return Statement::Rename { kind, target: target(), if_exists, to: to.clone() };
        }
        if let [AlterAction::SetSchema(schema)] = &actions[..] {
            return Statement::SetSchema { kind, target: target(), if_exists, schema: schema.clone() };
        }
        Statement::AlterTable(AlterTable { name, if_exists, only: false, actions })
    }

    fn rename_column(&self, rename: &ast::RenameColumn) -> AlterAction {
        AlterAction::RenameColumn {
            old: self.named(rename.column_name_ref()),
            new: self.named(rename.column_name()),
        }
    }

    fn action_of(&self, action: &ast::AlterTableAction) -> AlterAction {
        let set = |key: &str, value: &str| AlterAction::Set(key.into(), value.into());
        match action {
            ast::AlterTableAction::AddColumn(add) => AlterAction::AddColumn {
                column: self.added_column(add),
                if_not_exists: add.if_not_exists().is_some(),
            },
            ast::AlterTableAction::DropColumn(drop) => AlterAction::DropColumn {
                name: self.named(drop.column_name_ref()),
                if_exists: drop.if_exists().is_some(),
                cascade: is_cascade(drop.syntax()),
            },
            ast::AlterTableAction::AlterColumn(alter) => AlterAction::AlterColumn {
                name: self.named(alter.column_name_ref()),
                if_exists: false,
                change: alter.option().map_or(ColumnChange::Other, |option| self.change(&option)),
            },
            ast::AlterTableAction::AddConstraint(add) => {
                match add.constraint().and_then(|constraint| self.table_constraint(&constraint)) {
                    Some(constraint) => AlterAction::AddConstraint { constraint, if_not_exists: false },
                    None => AlterAction::Opaque,
                }
            }
            ast::AlterTableAction::DropConstraint(drop) => AlterAction::DropConstraint {
                mysql_name: None,
                name: self.name(drop.constraint_name_ref()),
                kind: None,
                if_exists: drop.if_exists().is_some(),
                cascade: is_cascade(drop.syntax()),
            },
            ast::AlterTableAction::AlterConstraint(alter) => match says_deferrable(alter.syntax()) {
                true => AlterAction::AlterConstraint {
                    name: self.named(alter.constraint_name_ref()),
                    deferrable: deferrable(alter.syntax()),
                },
                false => AlterAction::Other,
            },
            ast::AlterTableAction::ValidateConstraint(validate) => {
                AlterAction::ValidateConstraint(self.named(validate.constraint_name_ref()))
            }
            ast::AlterTableAction::RenameColumn(rename) => self.rename_column(rename),
            ast::AlterTableAction::RenameConstraint(rename) => AlterAction::RenameConstraint {
                old: self.named(rename.constraint_name_ref()),
                new: self.named(rename.constraint_name()),
            },
            ast::AlterTableAction::TableRenameTo(to) => AlterAction::RenameTo(self.path(to.table_name())),
            ast::AlterTableAction::SetSchema(set) => AlterAction::SetSchema(self.named(set.schema_ref())),
            ast::AlterTableAction::AttachPartition(attach) => AlterAction::AttachPartition {
                table: self.path(attach.table_name_ref()),
                bounds: place_of(self, attach.partition_type()),
            },
            ast::AlterTableAction::DetachPartition(detach) => {
                AlterAction::DetachPartition(self.path(detach.table_name_ref()))
            }
            ast::AlterTableAction::InheritTable(inherit) => {
                AlterAction::Inherit(self.path(inherit.table_name_ref()))
            }
            ast::AlterTableAction::NoInheritTable(inherit) => {
                AlterAction::NoInherit(self.path(inherit.table_name_ref()))
            }
            ast::AlterTableAction::OfType(of) => {
                let name = of.ty().and_then(|written| child::<ast::PathRef>(written.syntax()));
                AlterAction::OfType(name.map(|name| self.path_at(name.syntax())))
            }
            ast::AlterTableAction::NotOf(_) => AlterAction::OfType(None),
            ast::AlterTableAction::EnableRls(_) => set("row security", "enable"),
            ast::AlterTableAction::DisableRls(_) => set("row security", "disable"),
            ast::AlterTableAction::ForceRls(_) => set("force row security", "enable"),
            ast::AlterTableAction::NoForceRls(_) => set("force row security", "disable"),
            ast::AlterTableAction::SetLogged(_) => set("unlogged", "false"),
            ast::AlterTableAction::SetUnlogged(_) => set("unlogged", "true"),
            ast::AlterTableAction::ReplicaIdentity(identity) => {
                let option = identity.replica_identity_option();
                set("replica identity", &option.map(|option| words(option.syntax())).unwrap_or_default())
            }
            ast::AlterTableAction::SetAccessMethod(method) => {
                let method = self.method(method.access_method_ref());
                set("using", method.as_deref().unwrap_or("heap"))
            }
            ast::AlterTableAction::SetTablespace(space) => {
                set("tablespace", &self.named(space.tablespace_ref()).text)
            }
            ast::AlterTableAction::SetOptions(set) => set_parameters(set),
            ast::AlterTableAction::ResetOptions(reset) => reset_parameters(reset),
            // They make tables and drop others.
            ast::AlterTableAction::MergePartitions(_) | ast::AlterTableAction::SplitPartition(_) => {
                AlterAction::Opaque
            }
            ast::AlterTableAction::AlterOptionList(_)
            | ast::AlterTableAction::OptionItemList(_)
            | ast::AlterTableAction::ClusterOn(_)
            | ast::AlterTableAction::DisableRule(_)
            | ast::AlterTableAction::DisableTrigger(_)
            | ast::AlterTableAction::EnableAlwaysRule(_)
            | ast::AlterTableAction::EnableAlwaysTrigger(_)
            | ast::AlterTableAction::EnableReplicaRule(_)
            | ast::AlterTableAction::EnableReplicaTrigger(_)
            | ast::AlterTableAction::EnableRule(_)
            | ast::AlterTableAction::EnableTrigger(_)
            | ast::AlterTableAction::OwnerTo(_)
            | ast::AlterTableAction::SetWithoutCluster(_)
            | ast::AlterTableAction::SetWithoutOids(_) => AlterAction::Other,
        }
    }

    fn change(&self, option: &ast::AlterColumnOption) -> ColumnChange {
        let node = option.syntax();
        match option {
            ast::AlterColumnOption::SetType(set) => ColumnChange::Type {
                data_type: self.type_in(node),
                collation: self.collation(set.collate()),
                using: self.expr_in(set.using_expr()),
            },
            ast::AlterColumnOption::SetDefault(set) => {
                ColumnChange::SetDefault(self.expr_or_opaque(set.expr(), node))
            }
            ast::AlterColumnOption::DropDefault(_) => ColumnChange::DropDefault,
            ast::AlterColumnOption::SetNotNull(_) => ColumnChange::SetNotNull,
            ast::AlterColumnOption::DropNotNull(_) => ColumnChange::DropNotNull,
            ast::AlterColumnOption::AddGenerated(_) => ColumnChange::AddIdentity(self.identity(node)),
            ast::AlterColumnOption::SetGenerated(_)
            | ast::AlterColumnOption::SetGeneratedOptions(_)
            | ast::AlterColumnOption::SetSequenceOption(_)
            | ast::AlterColumnOption::Restart(_) => {
                let mut is_always = None;
                let mut options = Vec::new();
                for part in node.descendants() {
                    if let Some(when) = ast::GeneratedWhen::cast(part.clone()) {
                        is_always = Some(matches!(when, ast::GeneratedWhen::GeneratedAlways(_)));
                    } else if let Some(option) = ast::SequenceOption::cast(part.clone()) {
                        options.extend(sequence_option(&option));
                    } else if let Some(restart) = ast::Restart::cast(part) {
                        let value = child::<ast::Expr>(restart.syntax()).map(|value| text(value.syntax()));
                        options.push(("restart".into(), value.unwrap_or_default()));
                    }
                }
                ColumnChange::SetIdentity { is_always, options }
            }
            ast::AlterColumnOption::DropIdentity(drop) => {
                ColumnChange::DropIdentity { if_exists: drop.if_exists().is_some() }
            }
            ast::AlterColumnOption::SetExpression(set) => {
                ColumnChange::SetExpression(self.expr_or_opaque(set.expr(), node))
            }
            ast::AlterColumnOption::DropExpression(drop) => {
                ColumnChange::DropExpression { if_exists: drop.if_exists().is_some() }
            }
            ast::AlterColumnOption::Inherit(_)
            | ast::AlterColumnOption::NoInherit(_)
            | ast::AlterColumnOption::ResetOptions(_)
            | ast::AlterColumnOption::SetCompression(_)
            | ast::AlterColumnOption::SetOptions(_)
            | ast::AlterColumnOption::SetOptionsList(_)
            | ast::AlterColumnOption::SetStatistics(_)
            | ast::AlterColumnOption::SetStorage(_) => ColumnChange::Other,
        }
    }
}

fn set_parameters(set: &ast::SetOptions) -> AlterAction {
    let list = parameters(set.attribute_list()).into_iter();
    AlterAction::Parameters(list.map(|(key, value)| (key, Some(value))).collect())
}

fn reset_parameters(reset: &ast::ResetOptions) -> AlterAction {
    let list = parameters(reset.attribute_list()).into_iter();
    AlterAction::Parameters(list.map(|(key, _)| (key, None)).collect())
}

/// Whether what depends on something goes too.
pub(super) fn is_cascade(node: &SyntaxNode) -> bool {
    matches!(child(node), Some(ast::DropBehavior::Cascade(_)))
}
