//! Constraints, of columns and of tables.

use squawk_syntax::SyntaxNode;
use squawk_syntax::ast::{self, AstNode};

use super::reader::{Reader, child, children, has, text, tokens, words};
use crate::ddl::{
    ColumnConstraint, ColumnConstraintKind, ConstraintKind, Deferrable, Expr, ExprKind, Extent, Generated,
    Ident, Identity, IndexPart, References, ReferentialAction, TableConstraint,
};

impl Reader<'_> {
    /// What is said about a column; `None` for what belongs to its table.
    pub(super) fn column_constraint(&self, constraint: &ast::Constraint) -> Option<ColumnConstraint> {
        let node = constraint.syntax();
        let kind = match constraint {
            ast::Constraint::NotNullConstraint(_) => ColumnConstraintKind::NotNull,
            ast::Constraint::NullConstraint(_) => ColumnConstraintKind::Null,
            ast::Constraint::DefaultConstraint(default) => {
                ColumnConstraintKind::Default(self.expr_or_opaque(default.expr(), node))
            }
            ast::Constraint::PrimaryKeyConstraint(_) => ColumnConstraintKind::PrimaryKey {
                autoincrement: false,
                descending: false,
                deferrable: deferrable(node),
            },
            ast::Constraint::UniqueConstraint(_) => ColumnConstraintKind::Unique {
                nulls_not_distinct: has::<ast::IndexParameters>(node) && nulls_not_distinct(node),
                deferrable: deferrable(node),
            },
            ast::Constraint::CheckConstraint(check) => ColumnConstraintKind::Check {
                expr: self.expr_or_opaque(check.expr(), node),
                no_inherit: no_inherit(node),
            },
            ast::Constraint::ReferencesConstraint(references) => {
                let columns =
                    references.column().map(|column| self.ident(column.syntax())).into_iter().collect();
                ColumnConstraintKind::References(self.references(
                    node,
                    self.path(references.table()),
                    columns,
                ))
            }
            ast::Constraint::GeneratedConstraint(generated) => match generated.generated_as() {
                Some(ast::GeneratedAs::GeneratedIdentity(identity)) => {
                    ColumnConstraintKind::Identity(self.identity(identity.syntax()))
                }
                Some(ast::GeneratedAs::GeneratedStored(stored)) => {
                    ColumnConstraintKind::Generated(Generated {
                        expr: self.expr_or_opaque(stored.expr(), node),
                        // Without a word it is virtual, from PostgreSQL 18 on; before, there had to be one.
                        is_stored: matches!(stored.generated_kind(), Some(ast::GeneratedKind::Stored(_))),
                    })
                }
                None => ColumnConstraintKind::Other,
            },
            ast::Constraint::ForeignKeyConstraint(_) | ast::Constraint::ExcludeConstraint(_) => return None,
        };
        Some(ColumnConstraint {
            name: self.constraint_name(node),
            kind,
            on_conflict: None,
            at: self.at(node),
        })
    }

    /// A constraint of a table; `None` for what belongs to a column.
    pub(super) fn table_constraint(&self, constraint: &ast::Constraint) -> Option<TableConstraint> {
        let node = constraint.syntax();
        let kind = match constraint {
            ast::Constraint::PrimaryKeyConstraint(key) => match key.using_index() {
                Some(using) => {
                    ConstraintKind::UsingIndex { index: self.named(using.index_ref()), is_primary: true }
                }
                None => ConstraintKind::PrimaryKey(self.key_parts(key.index_parameters())),
            },
            ast::Constraint::UniqueConstraint(unique) => match unique.using_index() {
                Some(using) => {
                    ConstraintKind::UsingIndex { index: self.named(using.index_ref()), is_primary: false }
                }
                None => ConstraintKind::Unique {
                    include: self
                        .included(unique.index_parameters().and_then(|it| it.constraint_include_clause())),
                    parts: self.key_parts(unique.index_parameters()),
                    nulls_not_distinct: nulls_not_distinct(node),
                },
            },
            ast::Constraint::ForeignKeyConstraint(key) => {
                let to = key.to_columns().map(|list| self.key_columns(&list)).unwrap_or_default();
                ConstraintKind::ForeignKey {
                    columns: key.from_columns().map(|list| self.key_columns(&list)).unwrap_or_default(),
                    references: self.references(node, self.path(key.table_name_ref()), to),
                }
            }
            ast::Constraint::CheckConstraint(check) => ConstraintKind::Check {
                expr: self.expr_or_opaque(check.expr(), node),
                no_inherit: no_inherit(node),
            },
            ast::Constraint::ExcludeConstraint(exclude) => self.exclude(exclude),
            ast::Constraint::NotNullConstraint(not_null) => {
                ConstraintKind::NotNull(self.name(not_null.column_name_ref())?)
            }
            ast::Constraint::DefaultConstraint(_)
            | ast::Constraint::GeneratedConstraint(_)
            | ast::Constraint::NullConstraint(_)
            | ast::Constraint::ReferencesConstraint(_) => return None,
        };
        Some(TableConstraint {
            name: self.constraint_name(node),
            kind,
            deferrable: deferrable(node),
            not_valid: options(node).any(|option| {
                matches!(option, ast::ConstraintOption::NotValid(_) | ast::ConstraintOption::NotEnforced(_))
            }),
            on_conflict: None,
            comment: None,
            at: self.at(node),
        })
    }

    fn constraint_name(&self, node: &SyntaxNode) -> Option<Ident> {
        self.name(child::<ast::ConstraintNameClause>(node)?.constraint_name())
    }

    fn key_parts(&self, parameters: Option<ast::IndexParameters>) -> Vec<IndexPart> {
        let columns = parameters.and_then(|parameters| parameters.column_list());
        let columns = columns.into_iter().flat_map(|list| list.column_name_refs());
        columns.map(|column| column_part(self.ident(column.syntax()))).collect()
    }

    fn included(&self, clause: Option<ast::ConstraintIncludeClause>) -> Vec<Ident> {
        clause
            .and_then(|clause| clause.column_ref_list())
            .map(|list| self.column_refs(&list))
            .unwrap_or_default()
    }

    fn key_columns(&self, list: &ast::ForeignKeyColumnList) -> Vec<Ident> {
        let period = list.period_column().and_then(|period| self.name(period.name()));
        self.idents(list.column_name_refs()).into_iter().chain(period).collect()
    }

    fn exclude(&self, exclude: &ast::ExcludeConstraint) -> ConstraintKind {
        let items =
            exclude.constraint_exclusion_list().into_iter().flat_map(|list| list.constraint_exclusions());
        let (mut parts, mut operators) = (Vec::new(), Vec::new());
        for item in items {
            parts.push(self.exclusion_part(&item));
            let operator = match (item.operator_call(), item.op()) {
                (Some(call), _) => super::expr::operator_text(call.syntax()),
                (None, Some(operator)) => super::expr::operator_text(operator.syntax()),
                (None, None) => String::new(),
            };
            operators.push(operator.into());
        }
        ConstraintKind::Exclude {
            method: exclude
                .constraint_index_method()
                .and_then(|method| self.method(method.access_method_ref())),
            parts,
            operators,
            predicate: self.expr_in(exclude.where_condition_clause()),
        }
    }

    pub(super) fn method(&self, method: Option<ast::AccessMethodRef>) -> Option<Box<str>> {
        self.name(method).map(|name| name.text)
    }

    fn exclusion_part(&self, item: &ast::ConstraintExclusion) -> IndexPart {
        let node = item.syntax();
        match child::<ast::PartitionItem>(node) {
            Some(part) => self.index_part(&part),
            None => self.index_part_of(node, item.expr()),
        }
    }

    /// One key of an index.
    pub(super) fn index_part(&self, item: &ast::PartitionItem) -> IndexPart {
        self.index_part_of(item.syntax(), item.expr())
    }

    /// What stands in a node as a key of an index.
    pub(super) fn index_part_of(&self, node: &SyntaxNode, expr: Option<ast::Expr>) -> IndexPart {
        // `a COLLATE "C"` reads like an expression, but it is a column with a collation.
        let (expr, mut collation) = match expr {
            Some(ast::Expr::Collate(collate)) => (collate.expr(), self.collation(Some(collate))),
            other => (other, None),
        };
        let qualifier = children::<ast::Collate>(node).find(|collate| collate.expr().is_none());
        collation = collation.or_else(|| self.collation(qualifier));
        IndexPart {
            expr: self.expr_or_opaque(expr, node),
            descending: matches!(child(node), Some(ast::SortOrder::SortDesc(_))),
            nulls_first: child::<ast::NullsOrder>(node)
                .map(|order| matches!(order, ast::NullsOrder::NullsFirst(_))),
            opclass: child::<ast::OpClassRef>(node).map(|class| self.path_at(class.syntax())),
            collation,
            length: None,
        }
    }

    fn references(&self, node: &SyntaxNode, table: crate::ddl::Path, columns: Vec<Ident>) -> References {
        let mut references = References {
            table,
            columns,
            on_delete: ReferentialAction::NoAction,
            on_delete_columns: Vec::new(),
            on_update: ReferentialAction::NoAction,
            match_full: matches!(child(node), Some(ast::MatchType::MatchFull(_))),
            deferrable: deferrable(node),
        };
        for action in children::<ast::ReferentialAction>(node) {
            match action {
                ast::ReferentialAction::OnDeleteAction(on) => {
                    let (action, columns) = self.action(on.ref_action());
                    references.on_delete = action;
                    references.on_delete_columns = columns;
                }
                ast::ReferentialAction::OnUpdateAction(on) => {
                    references.on_update = self.action(on.ref_action()).0
                }
            }
        }
        references
    }

    fn action(&self, action: Option<ast::RefAction>) -> (ReferentialAction, Vec<Ident>) {
        let columns =
            |list: Option<ast::ColumnRefList>| list.map(|list| self.column_refs(&list)).unwrap_or_default();
        match action {
            Some(ast::RefAction::Restrict(_)) => (ReferentialAction::Restrict, Vec::new()),
            Some(ast::RefAction::Cascade(_)) => (ReferentialAction::Cascade, Vec::new()),
            Some(ast::RefAction::SetNullColumns(set)) => {
                (ReferentialAction::SetNull, columns(set.column_ref_list()))
            }
            Some(ast::RefAction::SetDefaultColumns(set)) => {
                (ReferentialAction::SetDefault, columns(child(set.syntax())))
            }
            Some(ast::RefAction::NoAction(_)) | None => (ReferentialAction::NoAction, Vec::new()),
        }
    }

    /// `ALWAYS AS IDENTITY (START 10)`
    pub(super) fn identity(&self, node: &SyntaxNode) -> Identity {
        let list = child::<ast::SequenceOptionList>(node);
        let options = list.into_iter().flat_map(|list| list.sequence_options());
        Identity {
            is_always: matches!(child(node), Some(ast::GeneratedWhen::GeneratedAlways(_))),
            options: options.filter_map(|option| sequence_option(&option)).collect(),
        }
    }
}

pub(super) fn column_part(column: Ident) -> IndexPart {
    IndexPart {
        expr: Expr { at: column.at, kind: ExprKind::Column(vec![column]) },
        descending: false,
        nulls_first: None,
        opclass: None,
        collation: None,
        length: None,
    }
}

/// An option of a sequence as written; `None` for its type and its owner, which have places of their own.
pub(super) fn sequence_option(option: &ast::SequenceOption) -> Option<(Box<str>, Box<str>)> {
    let value =
        |node: &SyntaxNode| child::<ast::Expr>(node).map(|expr| text(expr.syntax())).unwrap_or_default();
    let node = option.syntax();
    let (name, value): (&str, Box<str>) = match option {
        ast::SequenceOption::OptionAsType(_) | ast::SequenceOption::OptionOwnedBy(_) => return None,
        ast::SequenceOption::OptionCache(_) => ("cache", value(node)),
        ast::SequenceOption::OptionCycle(_) => ("cycle", "true".into()),
        ast::SequenceOption::OptionNoCycle(_) => ("cycle", "false".into()),
        ast::SequenceOption::OptionIncrement(_) => ("increment", value(node)),
        ast::SequenceOption::OptionMaxValue(_) => ("maxvalue", value(node)),
        ast::SequenceOption::OptionMinValue(_) => ("minvalue", value(node)),
        ast::SequenceOption::OptionNoMaxValue(_) => ("maxvalue", "".into()),
        ast::SequenceOption::OptionNoMinValue(_) => ("minvalue", "".into()),
        ast::SequenceOption::OptionStart(_) => ("start", value(node)),
        ast::SequenceOption::OptionRestart(_) => ("restart", value(node)),
        ast::SequenceOption::OptionSequenceName(named) => {
            ("sequence name", named.sequence().map(|name| text(name.syntax())).unwrap_or_default())
        }
        ast::SequenceOption::OptionLogged(_) => ("logged", "".into()),
        ast::SequenceOption::OptionUnlogged(_) => ("unlogged", "".into()),
    };
    Some((name.into(), value))
}

fn options(node: &SyntaxNode) -> impl Iterator<Item = ast::ConstraintOption> + use<> {
    children::<ast::ConstraintOption>(node)
}

/// When a constraint is checked. `INITIALLY DEFERRED` alone makes it deferrable too.
pub(super) fn deferrable(node: &SyntaxNode) -> Deferrable {
    let mut deferrable = Deferrable::default();
    for option in options(node) {
        match option {
            ast::ConstraintOption::DeferrableConstraintOption(_) => deferrable.is_deferrable = true,
            ast::ConstraintOption::InitiallyDeferredConstraintOption(_) => {
                deferrable = Deferrable { is_deferrable: true, is_initially_deferred: true };
            }
            ast::ConstraintOption::NotDeferrableConstraintOption(_)
            | ast::ConstraintOption::InitiallyImmediateConstraintOption(_)
            | ast::ConstraintOption::Enforced(_)
            | ast::ConstraintOption::NotEnforced(_)
            | ast::ConstraintOption::Inherit(_)
            | ast::ConstraintOption::NoInherit(_)
            | ast::ConstraintOption::NotValid(_) => {}
        }
    }
    deferrable
}

/// Whether anything is said about when a constraint is checked.
pub(super) fn says_deferrable(node: &SyntaxNode) -> bool {
    options(node).any(|option| {
        matches!(
            option,
            ast::ConstraintOption::DeferrableConstraintOption(_)
                | ast::ConstraintOption::NotDeferrableConstraintOption(_)
                | ast::ConstraintOption::InitiallyDeferredConstraintOption(_)
                | ast::ConstraintOption::InitiallyImmediateConstraintOption(_)
        )
    })
}

fn no_inherit(node: &SyntaxNode) -> bool {
    options(node).any(|option| matches!(option, ast::ConstraintOption::NoInherit(_)))
}

fn nulls_not_distinct(node: &SyntaxNode) -> bool {
    let parameters = child::<ast::IndexParameters>(node);
    let option = parameters.and_then(|parameters| parameters.nulls_distinct_option());
    matches!(option, Some(ast::NullsDistinctOption::NullsNotDistinct(_)))
}

/// Options like `(fillfactor = 70, toast.autovacuum_enabled = off)`, keys in lower case.
pub(super) fn attributes(list: Option<ast::AttributeList>) -> Vec<(Box<str>, Box<str>)> {
    let options = list.into_iter().flat_map(|list| list.attribute_options());
    options
        .map(|option| {
            let mut key = option
                .namespace()
                .map(|space| ast::normalize_name_node(space.syntax()) + ".")
                .unwrap_or_default();
            key.push_str(&option.name().map(|name| attribute_name(name.syntax())).unwrap_or_default());
            let value = option.attribute_value().map(|value| text(value.syntax())).unwrap_or_default();
            (key.into(), value)
        })
        .collect()
}

/// The same, with values without their quotes.
pub(super) fn parameters(list: Option<ast::AttributeList>) -> Vec<(Box<str>, Box<str>)> {
    let plain = |value: &str| match value.strip_prefix('\'').and_then(|value| value.strip_suffix('\'')) {
        Some(inner) => inner.replace("''", "'").into(),
        None => value.into(),
    };
    attributes(list).into_iter().map(|(key, value)| (key, plain(&value))).collect()
}

fn attribute_name(node: &SyntaxNode) -> String {
    match tokens(node).next() {
        Some(_) => ast::normalize_name_node(node),
        None => words(node),
    }
}

/// Where something stands, as written; of a part that is missing, nowhere.
pub(super) fn place_of<N: AstNode>(reader: &Reader<'_>, node: Option<N>) -> Extent {
    node.map(|node| reader.at(node.syntax())).unwrap_or_default()
}
