//! Every statement of the grammar, and what it is here.
//!
//! There is no arm for the rest: a new statement in the library must be decided on.

use squawk_syntax::ast::{self, AstNode};

use super::create::tables_under;
use super::reader::Reader;
use crate::ddl::{Kind, Setting, Statement};
use crate::dialect::Dialect;
use crate::parse::transaction::transaction;

impl Reader<'_> {
    pub(super) fn statement(&self, statement: &ast::Stmt) -> Statement {
        use ast::Stmt;
        let node = statement.syntax();
        let harmless = || Statement::Harmless { tables: tables_under(self, node) };
        let drop_of = |kind| move |target| self.drop_one(kind, node, target);
        match statement {
            // Tables.
            Stmt::CreateTable(create) => self.create_table(create),
            Stmt::CreateTableAs(create) => self.create_table_as(create),
            Stmt::CreateForeignTable(create) => self.create_foreign_table(create),
            Stmt::AlterTable(alter) => self.alter_table(node, self.path(alter.table_relation_name())),
            Stmt::AlterForeignTable(alter) => self.alter_table(node, self.path(alter.table_relation_name())),
            Stmt::AlterView(alter) => self.alter_view(alter),
            Stmt::AlterMaterializedView(alter) => self.alter_materialized_view(alter),
            Stmt::CreateIndex(create) => self.create_index(create),
            Stmt::AlterIndex(alter) => self.alter_index(alter),
            Stmt::CreateView(create) => self.create_view(create),
            Stmt::CreateMaterializedView(create) => self.create_materialized_view(create),

            // Types and sequences.
            Stmt::CreateType(create) => self.create_type(create),
            Stmt::AlterType(alter) => self.alter_type(alter),
            Stmt::CreateDomain(create) => self.create_domain(create),
            Stmt::AlterDomain(alter) => self.alter_domain(alter),
            Stmt::CreateSequence(create) => self.create_sequence(create),
            Stmt::AlterSequence(alter) => self.alter_sequence(alter),

            // Code.
            Stmt::CreateFunction(create) => self.create_function(create),
            Stmt::CreateProcedure(create) => self.create_procedure(create),
            Stmt::CreateAggregate(create) => self.create_aggregate(create),
            Stmt::CreateTrigger(create) => self.create_trigger(create),
            Stmt::CreateRule(create) => self.create_rule(create),
            Stmt::CreateEventTrigger(create) => self.create_event_trigger(create),
            Stmt::Do(code) => self.run_code(code),
            Stmt::Call(call) => Statement::Call(self.path(call.procedure_name_ref())),
            Stmt::Execute(execute) => Statement::Call(self.path(execute.prepared_statement_ref())),
            Stmt::AlterFunction(_) => self.alter_called(Kind::Function, node),
            Stmt::AlterProcedure(_) => self.alter_called(Kind::Procedure, node),
            Stmt::AlterRoutine(_) => self.alter_called(Kind::Routine, node),
            Stmt::AlterAggregate(_) => self.alter_called(Kind::Aggregate, node),
            Stmt::AlterTrigger(_) => {
                self.altered(Kind::Trigger, node, self.of_table::<ast::TriggerRef>(node))
            }
            Stmt::AlterEventTrigger(_) => self.alter_named::<ast::EventTriggerRef>(Kind::Event, node),
            Stmt::AlterRule(_) => self.altered(Kind::Rule, node, self.of_table::<ast::RuleRef>(node)),

            // Objects that are known by their names.
            Stmt::CreateSchema(create) => self.create_schema(create),
            Stmt::CreatePolicy(create) => self.create_policy(create),
            Stmt::CreateStatistics(create) => self.create_statistics(create),
            Stmt::CreateOperator(create) => self.create_operator(create),
            Stmt::CreateExtension(create) => self.create_extension(create),
            Stmt::CreateCollation(_) => self.create_named::<ast::Collation>(Kind::Collation, node),
            Stmt::CreateConversion(_) => self.create_named::<ast::Conversion>(Kind::Conversion, node),
            Stmt::CreatePublication(_) => self.create_named::<ast::Publication>(Kind::Publication, node),
            Stmt::CreateSubscription(_) => self.create_named::<ast::Subscription>(Kind::Subscription, node),
            Stmt::CreateServer(_) => self.create_named::<ast::Server>(Kind::Server, node),
            Stmt::CreateForeignDataWrapper(_) => {
                self.create_named::<ast::ForeignDataWrapper>(Kind::Server, node)
            }
            Stmt::CreateUserMapping(_) => self.create_object(Kind::Server, node, self.mapping_target(node)),
            Stmt::CreateRole(_) | Stmt::CreateUser(_) | Stmt::CreateGroup(_) => {
                self.create_named::<ast::Role>(Kind::Role, node)
            }
            Stmt::CreateCast(create) => {
                self.create_object(Kind::Cast, node, self.cast_target(create.cast_sig()))
            }
            Stmt::CreateOperatorClass(create) => {
                let mut target = self.of_method::<ast::OpClassName>(node);
                target.arguments = create.ty().map(|written| vec![self.type_name(&written)]);
                self.create_object(Kind::OperatorClass, node, target)
            }
            Stmt::CreateOperatorFamily(_) => {
                self.create_object(Kind::OperatorFamily, node, self.of_method::<ast::OpFamilyName>(node))
            }
            Stmt::CreateTransform(_) => self.create_object(Kind::Other, node, self.transform_target(node)),
            Stmt::CreateTextSearchConfiguration(_) => {
                self.create_named::<ast::TextSearchConfiguration>(Kind::TextSearch, node)
            }
            Stmt::CreateTextSearchDictionary(_) => {
                self.create_named::<ast::TextSearchDictionary>(Kind::TextSearch, node)
            }
            Stmt::CreateTextSearchParser(_) => {
                self.create_named::<ast::TextSearchParser>(Kind::TextSearch, node)
            }
            Stmt::CreateTextSearchTemplate(_) => {
                self.create_named::<ast::TextSearchTemplate>(Kind::TextSearch, node)
            }
            Stmt::CreateAccessMethod(_) => self.create_named::<ast::AccessMethod>(Kind::Other, node),
            Stmt::CreateLanguage(_) => self.create_named::<ast::Language>(Kind::Other, node),
            Stmt::CreateDatabase(_) => self.create_named::<ast::Database>(Kind::Other, node),
            Stmt::CreateTablespace(_) => self.create_named::<ast::Tablespace>(Kind::Other, node),
            Stmt::CreatePropertyGraph(_) => self.create_named::<ast::PropertyGraph>(Kind::Other, node),

            Stmt::AlterSchema(_) => self.alter_named::<ast::SchemaRef>(Kind::Schema, node),
            Stmt::AlterPolicy(alter) => self.alter_policy(alter),
            Stmt::AlterStatistics(_) => self.alter_named::<ast::StatisticsRef>(Kind::Statistics, node),
            Stmt::AlterOperator(alter) => {
                let target = alter.op_sig().map(|signature| self.operator(signature.syntax()));
                target.map_or_else(harmless, |target| self.altered(Kind::Operator, node, target))
            }
            Stmt::AlterOperatorClass(_) => {
                self.altered(Kind::OperatorClass, node, self.of_method::<ast::OpClassRef>(node))
            }
            Stmt::AlterOperatorFamily(_) => {
                let target = self.of_method::<ast::OpFamilyRef>(node);
                match self.altered(Kind::OperatorFamily, node, target) {
                    // Its access method is no table.
                    Statement::Harmless { .. } => Statement::Harmless { tables: Vec::new() },
                    other => other,
                }
            }
            Stmt::AlterExtension(_) => self.alter_named::<ast::ExtensionRef>(Kind::Extension, node),
            Stmt::AlterCollation(_) => self.alter_named::<ast::CollationRef>(Kind::Collation, node),
            Stmt::AlterConversion(_) => self.alter_named::<ast::ConversionRef>(Kind::Conversion, node),
            Stmt::AlterPublication(_) => {
                match self.alter_named::<ast::PublicationRef>(Kind::Publication, node) {
                    Statement::Harmless { .. } => harmless(),
                    other => other,
                }
            }
            Stmt::AlterSubscription(_) => self.alter_named::<ast::SubscriptionRef>(Kind::Subscription, node),
            Stmt::AlterServer(_) => self.alter_named::<ast::ServerRef>(Kind::Server, node),
            Stmt::AlterForeignDataWrapper(_) => {
                self.alter_named::<ast::ForeignDataWrapperRef>(Kind::Server, node)
            }
            Stmt::AlterTextSearchConfiguration(_) => {
                self.alter_named::<ast::TextSearchConfigurationRef>(Kind::TextSearch, node)
            }
            Stmt::AlterTextSearchDictionary(_) => {
                self.alter_named::<ast::TextSearchDictionaryRef>(Kind::TextSearch, node)
            }
            Stmt::AlterTextSearchParser(_) => {
                self.alter_named::<ast::TextSearchParserRef>(Kind::TextSearch, node)
            }
            Stmt::AlterTextSearchTemplate(_) => {
                self.alter_named::<ast::TextSearchTemplateRef>(Kind::TextSearch, node)
            }
            Stmt::AlterLanguage(_) => self.alter_named::<ast::LanguageRef>(Kind::Other, node),
            Stmt::AlterDatabase(_) => self.alter_named::<ast::DatabaseRef>(Kind::Other, node),
            Stmt::AlterTablespace(_) => self.alter_named::<ast::TablespaceRef>(Kind::Other, node),
            Stmt::AlterPropertyGraph(_) => match self.alter_named::<ast::PropertyGraphRef>(Kind::Other, node)
            {
                Statement::Harmless { .. } => harmless(),
                other => other,
            },
            Stmt::AlterRole(_) | Stmt::AlterUser(_) | Stmt::AlterGroup(_) => {
                self.alter_named::<ast::RoleRef>(Kind::Role, node)
            }
            Stmt::CommentOn(comment) => self.comment(comment),

            // What goes.
            Stmt::DropTable(_) => self.drop_named::<ast::TableNameRef>(Kind::Table, node),
            Stmt::DropForeignTable(_) => self.drop_named::<ast::TableNameRef>(Kind::ForeignTable, node),
            Stmt::DropView(_) => self.drop_named::<ast::ViewRef>(Kind::View, node),
            Stmt::DropMaterializedView(_) => self.drop_named::<ast::ViewRef>(Kind::MaterializedView, node),
            Stmt::DropIndex(_) => self.drop_named::<ast::IndexRef>(Kind::Index, node),
            Stmt::DropSequence(_) => self.drop_named::<ast::SequenceRef>(Kind::Sequence, node),
            Stmt::DropType(_) => self.drop_named::<ast::TypeNameRef>(Kind::Type, node),
            Stmt::DropDomain(_) => self.drop_named::<ast::DomainRef>(Kind::Domain, node),
            Stmt::DropSchema(_) => self.drop_named::<ast::SchemaRef>(Kind::Schema, node),
            Stmt::DropExtension(_) => self.drop_named::<ast::ExtensionRef>(Kind::Extension, node),
            Stmt::DropFunction(_) => self.drop_called(Kind::Function, node),
            Stmt::DropProcedure(_) => self.drop_called(Kind::Procedure, node),
            Stmt::DropRoutine(_) => self.drop_called(Kind::Routine, node),
            Stmt::DropAggregate(_) => self.drop_called(Kind::Aggregate, node),
            Stmt::DropTrigger(_) => drop_of(Kind::Trigger)(self.of_table::<ast::TriggerRef>(node)),
            Stmt::DropRule(_) => drop_of(Kind::Rule)(self.of_table::<ast::RuleRef>(node)),
            Stmt::DropPolicy(_) => drop_of(Kind::Policy)(self.of_table::<ast::PolicyRef>(node)),
            Stmt::DropEventTrigger(_) => self.drop_named::<ast::EventTriggerRef>(Kind::Event, node),
            Stmt::DropCollation(_) => self.drop_named::<ast::CollationRef>(Kind::Collation, node),
            Stmt::DropConversion(_) => self.drop_named::<ast::ConversionRef>(Kind::Conversion, node),
            Stmt::DropStatistics(_) => self.drop_named::<ast::StatisticsRef>(Kind::Statistics, node),
            Stmt::DropPublication(_) => self.drop_named::<ast::PublicationRef>(Kind::Publication, node),
            Stmt::DropSubscription(_) => self.drop_named::<ast::SubscriptionRef>(Kind::Subscription, node),
            Stmt::DropServer(_) => self.drop_named::<ast::ServerRef>(Kind::Server, node),
            Stmt::DropForeignDataWrapper(_) => {
                self.drop_named::<ast::ForeignDataWrapperRef>(Kind::Server, node)
            }
            Stmt::DropUserMapping(_) => drop_of(Kind::Server)(self.mapping_target(node)),
            Stmt::DropOperator(drop) => {
                let signatures = drop.op_sig_list().into_iter().flat_map(|list| list.op_sigs());
                let targets = signatures.map(|signature| self.operator(signature.syntax())).collect();
                self.dropped(Kind::Operator, node, targets)
            }
            Stmt::DropOperatorClass(_) => {
                drop_of(Kind::OperatorClass)(self.of_method::<ast::OpClassRef>(node))
            }
            Stmt::DropOperatorFamily(_) => {
                drop_of(Kind::OperatorFamily)(self.of_method::<ast::OpFamilyRef>(node))
            }
            Stmt::DropCast(drop) => drop_of(Kind::Cast)(self.cast_target(drop.cast_sig())),
            Stmt::DropTransform(_) => drop_of(Kind::Other)(self.transform_target(node)),
            Stmt::DropTextSearchConfig(_) => {
                self.drop_named::<ast::TextSearchConfigurationRef>(Kind::TextSearch, node)
            }
            Stmt::DropTextSearchDict(_) => {
                self.drop_named::<ast::TextSearchDictionaryRef>(Kind::TextSearch, node)
            }
            Stmt::DropTextSearchParser(_) => {
                self.drop_named::<ast::TextSearchParserRef>(Kind::TextSearch, node)
            }
            Stmt::DropTextSearchTemplate(_) => {
                self.drop_named::<ast::TextSearchTemplateRef>(Kind::TextSearch, node)
            }
            Stmt::DropAccessMethod(_) => self.drop_named::<ast::AccessMethodRef>(Kind::Other, node),
            Stmt::DropLanguage(_) => self.drop_named::<ast::LanguageRef>(Kind::Other, node),
            Stmt::DropDatabase(_) => self.drop_named::<ast::DatabaseRef>(Kind::Other, node),
            Stmt::DropTablespace(_) => self.drop_named::<ast::TablespaceRef>(Kind::Other, node),
            Stmt::DropPropertyGraph(_) => self.drop_named::<ast::PropertyGraphRef>(Kind::Other, node),
            Stmt::DropRole(_) | Stmt::DropUser(_) | Stmt::DropGroup(_) => {
                self.drop_named::<ast::RoleRef>(Kind::Role, node)
            }
            // All that a role owns, all temporary tables: that can be anything.
            Stmt::DropOwned(_) => Statement::Opaque { names: Vec::new() },
            Stmt::ImportForeignSchema(_) => Statement::Opaque { names: Vec::new() },
            Stmt::Discard(discard) => match discard.discard_target() {
                Some(ast::DiscardTarget::DiscardAll(_)) => Statement::Set(Setting::ResetAll),
                Some(ast::DiscardTarget::DiscardTemp(_)) => Statement::Opaque { names: Vec::new() },
                Some(ast::DiscardTarget::DiscardPlans(_) | ast::DiscardTarget::DiscardSequences(_))
                | None => harmless(),
            },

            // Rows.
            Stmt::Select(_)
            | Stmt::SelectInto(_)
            | Stmt::CompoundSelect(_)
            | Stmt::ParenSelect(_)
            | Stmt::Table(_)
            | Stmt::Values(_) => Statement::Query(self.query_at(node)),
            Stmt::Insert(insert) => self.insert(insert),
            Stmt::Update(update) => self.update(update),
            Stmt::Delete(delete) => self.delete(delete),
            Stmt::Merge(merge) => self.merge(merge),
            Stmt::Truncate(_) => Statement::Truncate(tables_under(self, node)),
            Stmt::Copy(copy) => self.copy(copy),
            Stmt::Explain(explain) => self.explain(explain),
            Stmt::Prepare(prepare) => match prepare.stmt() {
                Some(inner) => self.described(inner.syntax()),
                None => harmless(),
            },
            Stmt::Declare(declare) => match declare.query() {
                Some(query) => self.described(query.syntax()),
                None => harmless(),
            },

            // The session.
            Stmt::Set(set) => self.set(set),
            Stmt::Reset(reset) => self.reset(reset),
            Stmt::Begin(_)
            | Stmt::Commit(_)
            | Stmt::Rollback(_)
            | Stmt::PrepareTransaction(_)
            | Stmt::SavepointCreate(_)
            | Stmt::ReleaseSavepoint(_)
            | Stmt::SetTransaction(_) => {
                Statement::Transaction(transaction(&node.text().to_string(), Dialect::Postgres))
            }

            // What changes no schema.
            Stmt::Grant(_)
            | Stmt::Revoke(_)
            | Stmt::SecurityLabel(_)
            | Stmt::Lock(_)
            | Stmt::Analyze(_)
            | Stmt::Vacuum(_)
            | Stmt::Cluster(_)
            | Stmt::Reindex(_)
            | Stmt::Repack(_) => harmless(),
            Stmt::Refresh(refresh) => Statement::Harmless { tables: vec![self.path(refresh.view_ref())] },
            Stmt::AlterDefaultPrivileges(_)
            | Stmt::AlterLargeObject(_)
            | Stmt::AlterSystem(_)
            | Stmt::AlterUserMapping(_)
            | Stmt::Checkpoint(_)
            | Stmt::Close(_)
            | Stmt::Deallocate(_)
            | Stmt::EmptyStmt(_)
            | Stmt::Fetch(_)
            | Stmt::Listen(_)
            | Stmt::Load(_)
            | Stmt::Move(_)
            | Stmt::Notify(_)
            | Stmt::Reassign(_)
            | Stmt::ResetRole(_)
            | Stmt::ResetSessionAuth(_)
            | Stmt::SetConstraints(_)
            | Stmt::SetRole(_)
            | Stmt::SetSessionAuth(_)
            | Stmt::Show(_)
            | Stmt::Unlisten(_) => Statement::Harmless { tables: Vec::new() },
        }
    }

    /// A statement that is read now and run later or never: names must be there, but nothing comes of it.
    fn described(&self, node: &squawk_syntax::SyntaxNode) -> Statement {
        match ast::Stmt::cast(node.clone()).map(|statement| self.statement(&statement)) {
            Some(Statement::Query(query)) => Statement::Query(self.without_into(query)),
            Some(other) => other,
            None => Statement::Harmless { tables: Vec::new() },
        }
    }

    fn explain(&self, explain: &ast::Explain) -> Statement {
        let Some(inner) = explain.explain_stmt() else { return Statement::Harmless { tables: Vec::new() } };
        let runs = match explain.explain_mode() {
            Some(ast::ExplainMode::ExplainAnalyze(_)) => true,
            Some(ast::ExplainMode::ExplainOptionList(list)) => list.explain_options().any(|option| {
                option.explain_option_name().is_some_and(|name| {
                    matches!(ast::normalize_name_node(name.syntax()).as_str(), "analyze" | "analyse")
                })
            }),
            Some(ast::ExplainMode::ExplainVerbose(_)) | None => false,
        };
        if runs {
            return ast::Stmt::cast(inner.syntax().clone())
                .map_or(Statement::Harmless { tables: Vec::new() }, |statement| self.statement(&statement));
        }
        match &inner {
            ast::ExplainStmt::CreateTableAs(create) => {
                match create.query().and_then(|query| query.select_variant()) {
                    Some(query) => Statement::Query(self.query(&query)),
                    None => Statement::Harmless { tables: Vec::new() },
                }
            }
            ast::ExplainStmt::CreateMaterializedView(create) => match create.query() {
                Some(query) => Statement::Query(self.query(&query)),
                None => Statement::Harmless { tables: Vec::new() },
            },
            // It is not run.
            ast::ExplainStmt::Execute(_) => Statement::Harmless { tables: Vec::new() },
            ast::ExplainStmt::CompoundSelect(_)
            | ast::ExplainStmt::Declare(_)
            | ast::ExplainStmt::Delete(_)
            | ast::ExplainStmt::Insert(_)
            | ast::ExplainStmt::Merge(_)
            | ast::ExplainStmt::ParenSelect(_)
            | ast::ExplainStmt::Select(_)
            | ast::ExplainStmt::SelectInto(_)
            | ast::ExplainStmt::Table(_)
            | ast::ExplainStmt::Update(_)
            | ast::ExplainStmt::Values(_) => self.described(inner.syntax()),
        }
    }

    fn copy(&self, copy: &ast::Copy) -> Statement {
        if let Some(query) = copy.copy_query().and_then(|query| query.preparable_stmt()) {
            return self.described(query.syntax());
        }
        let Some(table) = copy.copy_table() else { return Statement::Harmless { tables: Vec::new() } };
        Statement::Copy {
            table: self.path(table.table_name_ref()),
            columns: table.column_ref_list().map(|list| self.column_refs(&list)).unwrap_or_default(),
            rest: self.expr_in(copy.where_clause()).into_iter().collect(),
        }
    }
}
