//! `CREATE` of everything but tables and functions.

use squawk_syntax::SyntaxNode;
use squawk_syntax::ast::{self, AstNode};

use super::constraint::{attributes, parameters, sequence_option};
use super::name::column_of;
use super::object::{made, plain};
use super::reader::{Reader, all_under, child, children, has, tokens};
use super::table::is_temporary;
use crate::ddl::{
    ColumnConstraint, ColumnConstraintKind, CreateDomain, CreateIndex, CreateObject, CreateSequence,
    CreateTrigger, CreateType, CreateView, DropTarget, Expr, ExprKind, Ident, Kind, Path, Query, Statement,
    TypeKind, TypeName,
};

impl Reader<'_> {
    pub(super) fn create_index(&self, create: &ast::CreateIndex) -> Statement {
        let items = create.partition_item_list().into_iter().flat_map(|list| list.partition_items());
        let included = create.index_include_clause().and_then(|clause| clause.partition_item_list());
        let included = included.into_iter().flat_map(|list| list.partition_items());
        let included = included.filter_map(|item| self.dotted(&item.expr()?)?.pop());
        Statement::CreateIndex(CreateIndex {
            name: create.index().map(|name| self.path_at(name.syntax())),
            is_unique: create.unique_token().is_some(),
            method: create.using_method().and_then(|using| self.method(using.access_method_ref())),
            concurrently: create.concurrently_token().is_some(),
            if_not_exists: create.if_not_exists().is_some(),
            or_replace: false,
            table: self.path(create.table_relation_name()),
            only: create.table_relation_name().is_some_and(|name| name.only_token().is_some()),
            parts: items.map(|item| self.index_part(&item)).collect(),
            include: included.collect(),
            predicate: self.expr_in(create.where_clause()),
            nulls_not_distinct: matches!(
                create.nulls_distinct_option(),
                Some(ast::NullsDistinctOption::NullsNotDistinct(_))
            ),
            options: attributes(create.with_params().and_then(|with| with.attribute_list())),
        })
    }

    pub(super) fn create_view(&self, create: &ast::CreateView) -> Statement {
        let mut view = self.view(create.syntax(), create.view(), create.column_list(), create.query());
        view.is_temporary = is_temporary(create.syntax());
        view.or_replace = create.or_replace().is_some();
        view.is_recursive = create.recursive_token().is_some();
        view.options = parameters(create.with_params().and_then(|with| with.attribute_list()));
        if let Some(check) = create.with_check_option() {
            let is_local =
                matches!(check.check_option_level(), Some(ast::CheckOptionLevel::LocalCheckOption(_)));
            let level = if is_local { "local" } else { "cascaded" };
            view.options.push(("check_option".into(), level.into()));
        }
        Statement::CreateView(view)
    }

    pub(super) fn create_materialized_view(&self, create: &ast::CreateMaterializedView) -> Statement {
        let mut view = self.view(create.syntax(), create.view(), create.column_list(), create.query());
        view.is_materialized = true;
        view.if_not_exists = create.if_not_exists().is_some();
        view.options = parameters(create.with_params().and_then(|with| with.attribute_list()));
        let method = create.using_method().and_then(|using| self.method(using.access_method_ref()));
        view.options.extend(method.map(|method| ("using".into(), method)));
        let space = create.tablespace_clause().and_then(|clause| clause.tablespace_ref());
        view.options.extend(space.map(|space| ("tablespace".into(), self.named(Some(space)).text)));
        if let Some(ast::DataOption::WithNoData(_)) = create.data_option() {
            view.options.push(("no data".into(), "".into()));
        }
        Statement::CreateView(view)
    }

    fn view(
        &self,
        node: &SyntaxNode,
        name: Option<ast::View>,
        columns: Option<ast::ColumnList>,
        query: Option<ast::SelectVariant>,
    ) -> CreateView {
        CreateView {
            name: self.path(name),
            is_materialized: false,
            is_temporary: false,
            or_replace: false,
            if_not_exists: false,
            is_recursive: false,
            columns: columns.map(|list| self.column_list(&list)).unwrap_or_default(),
            query: query.map_or_else(|| self.opaque_query(node), |query| self.query(&query)),
            options: Vec::new(),
            keeps_options: false,
        }
    }

    pub(super) fn create_type(&self, create: &ast::CreateType) -> Statement {
        let kind = match create.kind() {
            Some(ast::CreateTypeKind::EnumType(labels)) => {
                let variants = labels.variant_list().into_iter().flat_map(|list| list.variants());
                let label = |variant: ast::Variant| variant.literal()?.string_value().map(Into::into);
                TypeKind::Enum(variants.filter_map(label).collect())
            }
            Some(ast::CreateTypeKind::CompositeType(composite)) => {
                let fields =
                    composite.composite_field_list().into_iter().flat_map(|list| list.composite_field_defs());
                let field = |field: ast::CompositeFieldDef| {
                    (self.named(field.name()), self.collated_type_in(field.syntax()))
                };
                TypeKind::Composite(fields.map(field).collect())
            }
            Some(ast::CreateTypeKind::RangeType(range)) => {
                let value = |name| self.attribute_type(range.attribute_list(), name);
                let multirange = value("multirange_type_name").map(type_path);
                TypeKind::Range(value("subtype"), multirange)
            }
            Some(ast::CreateTypeKind::BaseType(_)) | None => TypeKind::Base,
        };
        Statement::CreateType(CreateType { name: self.path(create.type_name()), kind })
    }

    /// The value of an option that names something: names are read as types there.
    pub(super) fn attribute_type(&self, list: Option<ast::AttributeList>, name: &str) -> Option<TypeName> {
        let mut options = list.into_iter().flat_map(|list| list.attribute_options());
        let option = options
            .find(|option| option.name().is_some_and(|key| ast::normalize_name_node(key.syntax()) == name))?;
        child::<ast::Type>(option.attribute_value()?.syntax()).map(|written| self.type_name(&written))
    }

    /// The functions that options name, as calls without arguments.
    pub(super) fn attribute_functions(&self, list: Option<ast::AttributeList>, names: &[&str]) -> Vec<Expr> {
        let functions = names.iter().filter_map(|name| self.attribute_type(list.clone(), name));
        functions.map(|name| self.calling(type_path(name))).collect()
    }

    /// A function that something else names.
    pub(super) fn calling(&self, name: Path) -> Expr {
        Expr { at: name.at(), kind: ExprKind::Call { name, arguments: Vec::new() } }
    }

    pub(super) fn create_domain(&self, create: &ast::CreateDomain) -> Statement {
        let mut constraints = Vec::new();
        for qualifier in create.domain_qualifiers() {
            match qualifier {
                ast::DomainQualifier::Constraint(constraint) => {
                    constraints.extend(self.column_constraint(&constraint))
                }
                ast::DomainQualifier::Collate(collate) => {
                    let at = self.at(collate.syntax());
                    let kind = self.collation(Some(collate)).map(ColumnConstraintKind::Collate);
                    constraints.extend(kind.map(|kind| ColumnConstraint {
                        name: None,
                        kind,
                        on_conflict: None,
                        at,
                    }));
                }
            }
        }
        let data_type = self.type_in(create.syntax());
        Statement::CreateDomain(CreateDomain { name: self.path(create.domain()), data_type, constraints })
    }

    pub(super) fn create_sequence(&self, create: &ast::CreateSequence) -> Statement {
        let options: Vec<_> = create.sequence_options().collect();
        Statement::CreateSequence(CreateSequence {
            name: self.path(create.sequence()),
            if_not_exists: create.if_not_exists().is_some(),
            is_temporary: is_temporary(create.syntax()),
            data_type: self.sequence_type(&options),
            options: options.iter().filter_map(sequence_option).collect(),
            owned_by: self.sequence_owner(&options).flatten(),
        })
    }

    pub(super) fn sequence_type(&self, options: &[ast::SequenceOption]) -> Option<TypeName> {
        options.iter().find_map(|option| match option {
            ast::SequenceOption::OptionAsType(of) => Some(self.type_in(of.syntax())),
            _ => None,
        })
    }

    /// The column that a sequence belongs to: not said, none, this.
    #[allow(clippy::option_option, reason = "that is what the statement can say")]
    pub(super) fn sequence_owner(&self, options: &[ast::SequenceOption]) -> Option<Option<(Path, Ident)>> {
        options.iter().find_map(|option| match option {
            ast::SequenceOption::OptionOwnedBy(by) => Some(match by.owned_by_target()? {
                ast::OwnedByTarget::OwnedByNone(_) => None,
                ast::OwnedByTarget::QualifiedColumnNameRef(column) => {
                    Some(column_of(self.parts(column.syntax())))
                }
            }),
            _ => None,
        })
    }

    pub(super) fn create_trigger(&self, create: &ast::CreateTrigger) -> Statement {
        let events = create.trigger_event_list().into_iter().flat_map(|list| list.trigger_events());
        let mut columns = Vec::new();
        for event in events {
            if let ast::TriggerEvent::TriggerEventUpdate(update) = event {
                columns.extend(self.idents(update.column_name_refs()));
            }
        }
        Statement::CreateTrigger(CreateTrigger {
            name: self.path(create.trigger()),
            or_replace: create.or_replace().is_some(),
            if_not_exists: false,
            is_temporary: false,
            table: self.path(create.on_relation().and_then(|on| on.relation_name_ref())),
            columns,
            function: self.callee(create.call_expr()),
            condition: self.expr_in(create.when_condition()),
            body: None,
        })
    }

    /// What a call calls.
    pub(super) fn callee(&self, call: Option<ast::CallExpr>) -> Option<Path> {
        let callee = call?.expr()?;
        self.dotted(&callee).map(super::name::path_of)
    }

    pub(super) fn create_rule(&self, create: &ast::CreateRule) -> Statement {
        let on = create.rule_on();
        let table = on.as_ref().map(|on| self.path(on.relation_name_ref()));
        let exprs = self.expr_in(on.and_then(|on| on.where_clause())).into_iter().collect();
        let mut elements = Vec::new();
        if let Some(action) = create.rule_do().and_then(|rule| rule.rule_action()) {
            let statements = match &action {
                ast::RuleAction::Nothing(_) => Vec::new(),
                ast::RuleAction::RuleStmtList(list) => list.rule_stmts().collect(),
                ast::RuleAction::RuleStmt(statement) => vec![statement.clone()],
            };
            let statements =
                statements.into_iter().filter_map(|statement| ast::Stmt::cast(statement.syntax().clone()));
            elements = statements.map(|statement| self.statement(&statement)).collect();
        }
        let target = DropTarget { name: self.path(create.rule()), on: table, arguments: None };
        let mut object = object(Kind::Rule, create.syntax(), target);
        object.exprs = exprs;
        object.elements = elements;
        Statement::CreateObject(object)
    }

    pub(super) fn create_policy(&self, create: &ast::CreatePolicy) -> Statement {
        let mut object = object(Kind::Policy, create.syntax(), self.of_table::<ast::Policy>(create.syntax()));
        object.exprs.extend(self.expr_in(create.using_expr_clause()));
        object.exprs.extend(self.expr_in(create.with_check_expr_clause()));
        Statement::CreateObject(object)
    }

    pub(super) fn create_schema(&self, create: &ast::CreateSchema) -> Statement {
        let name = match create.create_schema_target() {
            Some(ast::CreateSchemaTarget::NamedSchema(named)) => self.path(named.schema()),
            // Without a name it is called like its owner.
            Some(ast::CreateSchemaTarget::AuthorizationSchema(of)) => {
                match child::<ast::Role>(of.syntax()).filter(|role| {
                    tokens(role.syntax())
                        .next()
                        .is_some_and(|token| token.kind() == squawk_syntax::SyntaxKind::IDENT)
                }) {
                    Some(role) => self.path_at(role.syntax()),
                    // Nobody knows here who that is.
                    None => return Statement::Opaque { names: Vec::new() },
                }
            }
            None => return Statement::Opaque { names: Vec::new() },
        };
        let mut object = object(Kind::Schema, create.syntax(), plain(name));
        let elements =
            create.schema_elements().filter_map(|element| ast::Stmt::cast(element.syntax().clone()));
        object.elements = elements.map(|statement| self.statement(&statement)).collect();
        Statement::CreateObject(object)
    }

    /// `CREATE STATISTICS`; without a name the server finds one as it does for indexes.
    pub(super) fn create_statistics(&self, create: &ast::CreateStatistics) -> Statement {
        let table = create.from_table().map(|from| self.path(from.table_name_ref()));
        let exprs = create.statistics_on_clause().map(|on| self.exprs_in(on.syntax())).unwrap_or_default();
        let name = create.statistics().map(|name| self.path_at(name.syntax())).or_else(|| {
            let table = table.as_ref()?;
            let parts = exprs.iter().map(|expr| match &expr.kind {
                ExprKind::Column(names) => names.last().map_or("expr", |name| &name.text).to_owned(),
                _ => "expr".to_owned(),
            });
            let mut name = table.name.text.to_string();
            for part in parts {
                name.push('_');
                name.push_str(&part);
            }
            name.push_str("_stat");
            Some(Path { schema: table.schema.clone(), ..made(name, &table.name) })
        });
        let Some(name) = name else { return Statement::Opaque { names: table.into_iter().collect() } };
        let mut object =
            object(Kind::Statistics, create.syntax(), DropTarget { name, on: table, arguments: None });
        object.exprs = exprs;
        Statement::CreateObject(object)
    }

    /// Something that has a name and may name tables and functions.
    pub(super) fn create_named<N: AstNode>(&self, kind: Kind, node: &SyntaxNode) -> Statement {
        self.create_object(kind, node, plain(self.path(child::<N>(node))))
    }

    pub(super) fn create_object(&self, kind: Kind, node: &SyntaxNode, target: DropTarget) -> Statement {
        let mut object = object(kind, node, target);
        let functions = all_under::<ast::FunctionNameRef>(node).map(|name| self.path_at(name.syntax()));
        object.exprs = functions.map(|name| self.calling(name)).collect();
        let tables = all_under::<ast::TableNameRef>(node).map(|name| self.path_at(name.syntax()));
        object.tables = tables.collect();
        for filter in all_under::<ast::WhereConditionClause>(node) {
            object.exprs.extend(self.expr_in(Some(filter)));
        }
        Statement::CreateObject(object)
    }

    pub(super) fn create_extension(&self, create: &ast::CreateExtension) -> Statement {
        let mut object = object(Kind::Extension, create.syntax(), plain(self.path(create.extension())));
        object.schema = create.extension_schema().and_then(|of| self.name(of.schema_ref()));
        Statement::CreateObject(object)
    }

    pub(super) fn create_operator(&self, create: &ast::CreateOperator) -> Statement {
        let list = || create.attribute_list();
        let arguments =
            ["leftarg", "rightarg"].iter().filter_map(|side| self.attribute_type(list(), side)).collect();
        let name = self.operator_path(create.op());
        let target = DropTarget { name, on: None, arguments: Some(arguments) };
        let mut object = object(Kind::Operator, create.syntax(), target);
        object.exprs = self.attribute_functions(list(), &["function", "procedure", "restrict", "join"]);
        Statement::CreateObject(object)
    }

    pub(super) fn create_event_trigger(&self, create: &ast::CreateEventTrigger) -> Statement {
        let mut object = object(Kind::Event, create.syntax(), plain(self.path(create.event_trigger())));
        object.exprs = self.callee(create.call_expr()).map(|name| self.calling(name)).into_iter().collect();
        Statement::CreateObject(object)
    }

    /// A query that a statement only describes: no table comes of its `INTO`.
    pub(super) fn without_into(&self, mut query: Query) -> Query {
        let mut inner = &mut query;
        loop {
            match &mut inner.body {
                crate::ddl::QueryBody::Select(select) => {
                    select.into = None;
                    return query;
                }
                crate::ddl::QueryBody::Compound(operands) if !operands.is_empty() => inner = &mut operands[0],
                _ => return query,
            }
        }
    }
}

fn object(kind: Kind, node: &SyntaxNode, target: DropTarget) -> CreateObject {
    CreateObject {
        kind,
        target,
        or_replace: has::<ast::OrReplace>(node),
        if_not_exists: has::<ast::IfNotExists>(node),
        exprs: Vec::new(),
        tables: Vec::new(),
        schema: None,
        elements: Vec::new(),
    }
}

/// A name that was read as a type.
pub(super) fn type_path(name: TypeName) -> Path {
    Path { schema: name.schema, name: Ident::new(name.name, name.at) }
}

/// The tables that a node names, however deep.
pub(super) fn tables_under(reader: &Reader<'_>, node: &SyntaxNode) -> Vec<Path> {
    let is_table = |part: &SyntaxNode| {
        ast::TableNameRef::can_cast(part.kind())
            || (ast::RelationNameRef::can_cast(part.kind())
                && !part.parent().is_some_and(|parent| ast::TableNameRef::can_cast(parent.kind())))
    };
    node.descendants().filter(is_table).map(|part| reader.path_at(&part)).collect()
}

/// The parts of a kind that are statements.
pub(super) fn statements_in(node: &SyntaxNode) -> impl Iterator<Item = ast::Stmt> + use<> {
    children::<ast::Stmt>(node)
}
