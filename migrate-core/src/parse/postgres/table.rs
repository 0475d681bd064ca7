//! `CREATE TABLE`.

use squawk_syntax::SyntaxNode;
use squawk_syntax::ast::{self, AstNode};

use super::constraint::{attributes, place_of};
use super::name::path_of;
use super::reader::{Reader, child, has, words};
use crate::ddl::{
    ColumnConstraint, ColumnConstraintKind, ColumnDef, CreateTable, Expr, LikeSource, PartitionOf, Path,
    Statement, TableElement,
};

/// What `LIKE … INCLUDING ALL` includes.
const PROPERTIES: [&str; 9] = [
    "comments",
    "compression",
    "constraints",
    "defaults",
    "generated",
    "identity",
    "indexes",
    "statistics",
    "storage",
];

impl Reader<'_> {
    pub(super) fn create_table(&self, create: &ast::CreateTable) -> Statement {
        let mut table = self.table(create.syntax());
        if let Some(of) = create.of_type().and_then(|of| of.ty()) {
            let name = self.type_name(&of);
            let named = path_of(vec![crate::ddl::Ident::new(name.name, name.at)]);
            table.of_type = Some(Path { schema: name.schema, ..named });
        }
        Statement::CreateTable(table)
    }

    pub(super) fn create_foreign_table(&self, create: &ast::CreateForeignTable) -> Statement {
        let mut table = self.table(create.syntax());
        if let Some(server) = create.server_clause().and_then(|clause| self.name(clause.server_ref())) {
            table.options.push(("foreign server".into(), server.text));
        }
        Statement::CreateTable(table)
    }

    pub(super) fn create_table_as(&self, create: &ast::CreateTableAs) -> Statement {
        let mut table = self.table(create.syntax());
        // The parentheses hold names of columns only.
        let names = table.elements.drain(..).filter_map(|element| match element {
            TableElement::Column(column) => Some(column.name),
            TableElement::Constraint(_) | TableElement::Like(_) => None,
        });
        let names: Vec<_> = names.collect();
        let query = match create.query() {
            Some(ast::CreateTableAsQuery::SelectVariant(query)) => self.query(&query),
            // `EXECUTE` of what was prepared
            Some(ast::CreateTableAsQuery::Execute(execute)) => self.opaque_query(execute.syntax()),
            None => self.opaque_query(create.syntax()),
        };
        let with_rows = !matches!(create.data_option(), Some(ast::DataOption::WithNoData(_)));
        table.query = Some((names, Box::new(query), with_rows));
        Statement::CreateTable(table)
    }

    fn table(&self, node: &SyntaxNode) -> CreateTable {
        let mut table = CreateTable {
            name: self.path(child::<ast::TableName>(node)),
            is_temporary: is_temporary(node),
            if_not_exists: has::<ast::IfNotExists>(node),
            or_replace: false,
            module: None,
            elements: Vec::new(),
            inherits: Vec::new(),
            partition_of: None,
            partition_by: None,
            of_type: None,
            query: None,
            options: Vec::new(),
        };
        if matches!(child(node), Some(ast::Persistence::Unlogged(_))) {
            table.options.push(("unlogged".into(), "".into()));
        }
        if let Some(list) = child::<ast::TableArgList>(node) {
            table.elements = list.args().filter_map(|element| self.element(&element)).collect();
        }
        if let Some(inherits) = child::<ast::Inherits>(node) {
            table.inherits = inherits.table_name_refs().map(|parent| self.path_at(parent.syntax())).collect();
        }
        if let Some(of) = child::<ast::PartitionOf>(node) {
            let bounds = place_of(self, child::<ast::PartitionType>(node));
            table.partition_of = Some(PartitionOf { parent: self.path(of.table_name_ref()), bounds });
        }
        if let Some(by) = child::<ast::PartitionBy>(node) {
            let strategy =
                by.partition_strategy().map(|strategy| words(strategy.syntax())).unwrap_or_default();
            let items = by.partition_item_list().into_iter().flat_map(|list| list.partition_items());
            let parts = items.map(|item| self.index_part(&item).expr).collect();
            table.partition_by =
                Some(Expr { at: self.at(by.syntax()), kind: super::expr::operation(&strategy, parts) });
        }
        if let Some(method) =
            child::<ast::UsingMethod>(node).and_then(|using| self.method(using.access_method_ref()))
        {
            table.options.push(("access method".into(), method));
        }
        if let Some(ast::TableParams::WithParams(with)) = child(node) {
            table.options.extend(attributes(with.attribute_list()));
        }
        if let Some(commit) = child::<ast::OnCommit>(node).and_then(|on| on.on_commit_action()) {
            table.options.push(("on commit".into(), words(commit.syntax()).into()));
        }
        table
    }

    fn element(&self, element: &ast::TableArg) -> Option<TableElement> {
        match element {
            ast::TableArg::Column(column) => Some(TableElement::Column(self.column(column))),
            ast::TableArg::LikeClause(like) => Some(TableElement::Like(self.like(like))),
            ast::TableArg::TableConstraint(constraint) => {
                let constraint = ast::Constraint::cast(constraint.syntax().clone())?;
                self.table_constraint(&constraint).map(TableElement::Constraint)
            }
        }
    }

    fn column(&self, column: &ast::Column) -> ColumnDef {
        let constraints = column.clauses().filter_map(|clause| self.column_clause(clause.syntax()));
        ColumnDef {
            name: self.named(column.name()),
            data_type: column.ty().map(|written| self.type_name(&written)),
            constraints: constraints.collect(),
            position: None,
            at: self.at(column.syntax()),
        }
    }

    /// A column that is added.
    pub(super) fn added_column(&self, add: &ast::AddColumn) -> ColumnDef {
        let node = add.syntax();
        let name = self.named(add.column_name());
        let mut at = self.at(node);
        at.start = name.at.start;
        ColumnDef {
            name,
            data_type: add.ty().map(|written| self.type_name(&written)),
            constraints: node.children().filter_map(|part| self.column_clause(&part)).collect(),
            position: None,
            at,
        }
    }

    /// Something that stands behind a column's type.
    fn column_clause(&self, node: &SyntaxNode) -> Option<ColumnConstraint> {
        if let Some(constraint) = ast::Constraint::cast(node.clone()) {
            return self.column_constraint(&constraint);
        }
        let kind = match ast::ColumnClause::cast(node.clone())? {
            ast::ColumnClause::Collate(collate) => {
                ColumnConstraintKind::Collate(self.collation(Some(collate))?)
            }
            ast::ColumnClause::Storage(_)
            | ast::ColumnClause::CompressionMethod(_)
            | ast::ColumnClause::AlterOptionList(_) => ColumnConstraintKind::Other,
            ast::ColumnClause::WithOptions(_) | ast::ColumnClause::ColumnConstraint(_) => return None,
        };
        Some(ColumnConstraint { name: None, kind, on_conflict: None, at: self.at(node) })
    }

    fn like(&self, like: &ast::LikeClause) -> LikeSource {
        let mut including: Vec<Box<str>> = Vec::new();
        for option in like.like_options() {
            let property =
                child::<ast::TableProperty>(option.syntax()).map(|property| words(property.syntax()));
            let property = property.unwrap_or_default();
            let is_meant = |name: &str| property == "all" || property == name;
            including.retain(|name| !is_meant(name));
            if matches!(option, ast::LikeOption::IncludingProperty(_)) {
                including
                    .extend(PROPERTIES.iter().filter(|name| is_meant(name)).map(|name| Box::from(*name)));
            }
        }
        LikeSource { table: self.path(like.relation_name_ref()), including }
    }
}

pub(super) fn is_temporary(node: &SyntaxNode) -> bool {
    matches!(child(node), Some(ast::Persistence::Temp(_)))
}
