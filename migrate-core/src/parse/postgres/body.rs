//! PL/pgSQL.

use squawk_syntax::ast::{self, AstNode};
use squawk_syntax::{SyntaxKind, SyntaxNode};

use super::constant::constant_text;
use super::reader::{Reader, child, children};
use crate::ddl::{
    Body, Branch, Expr, ExprKind, Extent, Ident, Query, QueryBody, Statement, Step, Transaction,
};

impl Reader<'_> {
    /// A block with its declarations and handlers.
    pub(super) fn block(&self, block: &ast::PlpgsqlBlock) -> Body {
        self.deeper(|| self.block_here(block))
            .unwrap_or_else(|| Body { steps: vec![Step::Opaque], ..Body::default() })
    }

    fn block_here(&self, block: &ast::PlpgsqlBlock) -> Body {
        let mut body = Body::default();
        body.variables.extend(block.label().and_then(|label| self.name(label.name())));
        for declared in block.declare_section().into_iter().flat_map(|section| section.decls()) {
            self.declare(&declared, &mut body);
        }
        if has_lost_parts(block.syntax()) {
            body.steps.push(Step::Opaque);
        }
        body.steps.extend(self.steps(block.body()));
        if let Some(section) = block.exception() {
            body.catches_errors = true;
            let handlers = section.handlers().map(|handler| Branch {
                condition: Some(self.other(handler.syntax())),
                body: self.plain_body(handler.body()),
            });
            body.steps.push(Step::If(handlers.collect()));
        }
        body
    }

    fn declare(&self, declared: &ast::PlpgsqlDecl, body: &mut Body) {
        match declared {
            ast::PlpgsqlDecl::PlpgsqlVarDecl(variable) => {
                body.variables.extend(self.name(variable.name()));
                if let Some(value) = variable.init().and_then(|init| child::<ast::PlpgsqlExpr>(init.syntax()))
                {
                    body.steps.push(Step::Compute(self.exprs(Some(value))));
                }
            }
            ast::PlpgsqlDecl::PlpgsqlAliasDecl(alias) => body.variables.extend(self.name(alias.name())),
            ast::PlpgsqlDecl::PlpgsqlCursorDecl(cursor) => {
                body.variables.extend(self.name(cursor.name()));
                let arguments = cursor.args().into_iter().flat_map(|list| list.plpgsql_cursor_args());
                body.variables.extend(arguments.filter_map(|argument| self.name(argument.name())));
                if let Some(query) = cursor.query() {
                    // It is read when it is opened, if ever.
                    body.steps.push(perhaps(self.other(cursor.syntax()), vec![self.sql(&query)]));
                }
            }
        }
    }

    fn plain_body(&self, body: Option<ast::PlpgsqlBody>) -> Body {
        Body { steps: self.steps(body), ..Body::default() }
    }

    fn steps(&self, body: Option<ast::PlpgsqlBody>) -> Vec<Step> {
        let Some(body) = body else { return Vec::new() };
        let mut steps = Vec::new();
        for part in body.syntax().children() {
            match ast::PlpgsqlStmt::cast(part.clone()) {
                Some(statement) => match self.deeper(|| self.step(&statement, &mut steps)) {
                    Some(()) => {}
                    None => steps.push(Step::Opaque),
                },
                None => steps.extend(self.with_targets(&part)),
            }
        }
        steps
    }

    fn step(&self, statement: &ast::PlpgsqlStmt, steps: &mut Vec<Step>) {
        use ast::PlpgsqlStmt as Stmt;
        let node = statement.syntax();
        match statement {
            Stmt::PlpgsqlBlock(block) => steps.push(Step::Block(self.block(block))),
            Stmt::PlpgsqlExecSqlStmt(sql) => match sql.stmt() {
                Some(statement) => steps.push(self.sql(&statement)),
                None => steps.push(Step::Opaque),
            },
            Stmt::PlpgsqlPerformStmt(_) => {
                let query = children::<ast::SelectVariant>(node).next();
                let query = query.map_or_else(|| self.opaque_query(node), |query| self.query(&query));
                steps.push(Step::Statement(Box::new(Statement::Query(self.without_into(query)))));
            }
            Stmt::PlpgsqlCallStmt(_) | Stmt::PlpgsqlDoStmt(_) => {
                let statement = child::<ast::Stmt>(node).map(|statement| self.statement(&statement));
                steps.push(statement.map_or(Step::Opaque, |statement| Step::Statement(Box::new(statement))));
            }
            Stmt::PlpgsqlDynExecuteStmt(execute) => {
                self.used(node, steps);
                self.execute(execute.query(), steps);
            }
            Stmt::PlpgsqlCommitStmt(_) | Stmt::PlpgsqlRollbackStmt(_) => {
                steps.push(Step::Statement(Box::new(Statement::Transaction(Transaction::Other))));
            }
            Stmt::PlpgsqlIfStmt(conditional) => {
                let mut branches = vec![self.branch(conditional.cond(), conditional.then_body())];
                branches.extend(conditional.elsifs().map(|branch| self.branch(branch.cond(), branch.body())));
                branches.extend(conditional.else_clause().map(|branch| self.otherwise(&branch)));
                steps.push(Step::If(branches));
            }
            Stmt::PlpgsqlCaseStmt(case) => {
                if case.subject().is_some() {
                    steps.push(Step::Compute(self.exprs(case.subject())));
                }
                let mut branches: Vec<_> =
                    case.whens().map(|when| self.branch(when.cond(), when.body())).collect();
                branches.extend(case.else_clause().map(|branch| self.otherwise(&branch)));
                steps.push(Step::If(branches));
            }
            Stmt::PlpgsqlLoopStmt(repeat) => {
                self.repeat(repeat.label(), None, repeat.body(), Vec::new(), steps)
            }
            Stmt::PlpgsqlWhileStmt(repeat) => {
                let condition = vec![Step::Compute(self.exprs(repeat.cond()))];
                self.repeat(repeat.label(), None, repeat.body(), condition, steps);
            }
            Stmt::PlpgsqlForIStmt(repeat) => {
                if let Some(range) = repeat.range() {
                    let bounds = children::<ast::PlpgsqlExpr>(range.syntax());
                    steps.push(Step::Compute(bounds.flat_map(|bound| self.exprs(Some(bound))).collect()));
                }
                let counter = repeat.vars().filter_map(|variable| self.name(variable.name())).collect();
                self.repeat_with(repeat.label(), None, repeat.body(), counter, steps);
            }
            Stmt::PlpgsqlForEachStmt(repeat) => {
                steps.push(Step::Compute(self.exprs(repeat.array())));
                self.repeat(repeat.label(), None, repeat.body(), Vec::new(), steps);
            }
            Stmt::PlpgsqlForQueryStmt(repeat) => {
                let query = repeat.query().map(|query| self.sql(&query));
                match query {
                    Some(Step::Statement(statement)) => match *statement {
                        Statement::Query(query) => {
                            self.repeat(repeat.label(), Some(query), repeat.body(), Vec::new(), steps);
                        }
                        other => {
                            steps.push(Step::Statement(Box::new(other)));
                            self.repeat(repeat.label(), None, repeat.body(), Vec::new(), steps);
                        }
                    },
                    _ => {
                        steps.push(Step::Opaque);
                        self.repeat(repeat.label(), None, repeat.body(), Vec::new(), steps);
                    }
                }
            }
            Stmt::PlpgsqlForDynStmt(repeat) => {
                self.used(node, steps);
                self.execute(repeat.query(), steps);
                self.repeat(repeat.label(), None, repeat.body(), Vec::new(), steps);
            }
            Stmt::PlpgsqlForCursorStmt(repeat) => {
                if let Some(arguments) = repeat.args() {
                    steps.push(Step::Compute(self.arguments(&arguments)));
                }
                // The row is declared by the loop.
                let row = repeat.vars().filter_map(|variable| self.name(variable.name())).collect();
                self.repeat_with(repeat.label(), None, repeat.body(), row, steps);
            }
            Stmt::PlpgsqlReturnQueryStmt(query) => match query.query() {
                Some(query) => steps.push(self.sql(&query)),
                None => steps.push(Step::Opaque),
            },
            Stmt::PlpgsqlReturnQueryExecuteStmt(_) => {
                self.used(node, steps);
                self.execute(child(node), steps);
            }
            Stmt::PlpgsqlReturnStmt(value) => {
                if value.expr().is_some() {
                    steps.push(Step::Compute(self.exprs(value.expr())));
                }
                steps.push(Step::Leave);
            }
            Stmt::PlpgsqlExitStmt(_) | Stmt::PlpgsqlContinueStmt(_) => {
                match child::<ast::PlpgsqlExitWhen>(node).and_then(|when| when.cond()) {
                    Some(condition) => {
                        let body = Body { steps: vec![Step::Leave], ..Body::default() };
                        steps.push(Step::If(vec![Branch {
                            condition: self.condition(Some(condition)),
                            body,
                        }]));
                    }
                    None => steps.push(Step::Leave),
                }
            }
            Stmt::PlpgsqlRaiseStmt(raise) => {
                let values = self.all_exprs(node);
                if !values.is_empty() {
                    steps.push(Step::Compute(values));
                }
                let level = raise.level();
                if level.is_none_or(|level| level.exception_token().is_some()) {
                    steps.push(Step::Raise);
                }
            }
            Stmt::PlpgsqlOpenStmt(open) => {
                if let Some(arguments) = open.args() {
                    steps.push(Step::Compute(self.arguments(&arguments)));
                }
                match open.source() {
                    Some(ast::PlpgsqlOpenSource::PlpgsqlOpenQuery(of)) => {
                        steps.push(
                            child::<ast::Stmt>(of.syntax()).map_or(Step::Opaque, |query| self.sql(&query)),
                        );
                    }
                    Some(ast::PlpgsqlOpenSource::PlpgsqlOpenExecute(of)) => {
                        self.used(of.syntax(), steps);
                        self.execute(child(of.syntax()), steps);
                    }
                    None => {}
                }
            }
            Stmt::PlpgsqlAssignStmt(assign) => {
                let mut values = self.all_exprs(node);
                for accessor in assign.syntax().descendants().filter_map(ast::Accessor::cast) {
                    values.extend(self.exprs_in(accessor.syntax()));
                }
                steps.push(Step::Compute(values));
            }
            Stmt::PlpgsqlAssertStmt(_)
            | Stmt::PlpgsqlReturnNextStmt(_)
            | Stmt::PlpgsqlGetDiagStmt(_)
            | Stmt::PlpgsqlFetchStmt(_)
            | Stmt::PlpgsqlMoveStmt(_)
            | Stmt::PlpgsqlCloseStmt(_) => {
                let values = self.all_exprs(node);
                if !values.is_empty() {
                    steps.push(Step::Compute(values));
                }
            }
            Stmt::PlpgsqlNullStmt(_) => {}
        }
    }

    /// A statement of SQL; what it gives goes to variables, so no table comes of its `INTO`.
    fn sql(&self, statement: &ast::Stmt) -> Step {
        Step::Statement(Box::new(match self.statement(statement) {
            Statement::Query(query) => Statement::Query(self.without_into(query)),
            other => other,
        }))
    }

    fn branch(&self, condition: Option<ast::PlpgsqlExpr>, body: Option<ast::PlpgsqlBody>) -> Branch {
        Branch { condition: self.condition(condition), body: self.plain_body(body) }
    }

    fn otherwise(&self, clause: &ast::PlpgsqlElseClause) -> Branch {
        Branch { condition: None, body: self.plain_body(clause.body()) }
    }

    fn condition(&self, expr: Option<ast::PlpgsqlExpr>) -> Option<Expr> {
        let at = expr.as_ref().map(|expr| self.at(expr.syntax())).unwrap_or_default();
        let mut parts = self.exprs(expr);
        Some(match parts.len() {
            1 => parts.remove(0),
            _ => Expr { at, kind: ExprKind::Operation("row".into(), parts) },
        })
    }

    fn repeat(
        &self,
        label: Option<ast::PlpgsqlLabel>,
        query: Option<Query>,
        body: Option<ast::PlpgsqlBody>,
        before: Vec<Step>,
        steps: &mut Vec<Step>,
    ) {
        let mut inner = self.plain_body(body);
        inner.steps.splice(0..0, before);
        inner.variables.extend(label.and_then(|label| self.name(label.name())));
        steps.push(Step::Loop(query.map(Box::new), inner));
    }

    fn repeat_with(
        &self,
        label: Option<ast::PlpgsqlLabel>,
        query: Option<Query>,
        body: Option<ast::PlpgsqlBody>,
        variables: Vec<Ident>,
        steps: &mut Vec<Step>,
    ) {
        let mut inner = self.plain_body(body);
        inner.variables = variables;
        inner.variables.extend(label.and_then(|label| self.name(label.name())));
        steps.push(Step::Loop(query.map(Box::new), inner));
    }

    /// What a statement is given with `USING`.
    fn used(&self, node: &SyntaxNode, steps: &mut Vec<Step>) {
        if let Some(using) = child::<ast::PlpgsqlUsingClause>(node) {
            steps.push(Step::Compute(self.all_exprs(using.syntax())));
        }
    }

    /// `EXECUTE`: the statements of a text that stands there, or whatever is put together while the code runs.
    fn execute(&self, query: Option<ast::PlpgsqlExpr>, steps: &mut Vec<Step>) {
        let Some(query) = query else { return steps.push(Step::Opaque) };
        let node = query.syntax();
        let only = child::<ast::TargetList>(node).and_then(|list| child::<ast::Target>(list.syntax()));
        let expr = only.and_then(|target| target.expr());
        if let Some(ast::Expr::Literal(literal)) = &expr
            && let Some(read) = self.inside(literal, |inner, text| inner.sql_steps(text))
        {
            return steps.extend(read);
        }
        if let Some(text) = expr.as_ref().and_then(constant_text) {
            let at = self.at(node);
            let places = |_: Extent| at;
            if let Some(Some(read)) = self.deeper(|| Reader::new(&places).sql_steps(&text)) {
                return steps.extend(read);
            }
        }
        let at = self.at(node);
        let exprs = self.exprs(Some(query));
        let text = match exprs.as_slice() {
            [one] => Some(one.clone()),
            _ => None,
        };
        steps.push(Step::Compute(exprs));
        steps.push(Step::Dynamic { text, at });
    }

    /// An expression of PL/pgSQL, which is the rest of a `SELECT`.
    fn exprs(&self, expr: Option<ast::PlpgsqlExpr>) -> Vec<Expr> {
        let Some(expr) = expr else { return Vec::new() };
        let node = expr.syntax();
        let select = self.select(node);
        if select.from.is_empty() && select.rest.is_empty() {
            return select.outputs.into_iter().map(|output| output.expr).collect();
        }
        let at = self.at(node);
        let query = Query {
            at,
            is_recursive: false,
            with: Vec::new(),
            body: QueryBody::Select(Box::new(select)),
            order_by: Vec::new(),
            rest: Vec::new(),
        };
        vec![Expr { at, kind: ExprKind::Subquery(Box::new(query)) }]
    }

    /// All expressions of PL/pgSQL under a node.
    fn all_exprs(&self, node: &SyntaxNode) -> Vec<Expr> {
        let exprs = node.descendants().filter_map(ast::PlpgsqlExpr::cast);
        exprs.flat_map(|expr| self.exprs(Some(expr))).collect()
    }
}

/// Steps that may not be taken.
fn perhaps(condition: Expr, steps: Vec<Step>) -> Step {
    Step::If(vec![Branch { condition: Some(condition), body: Body { steps, ..Body::default() } }])
}

/// Whether there is something that is no statement, outside of the lists of statements.
fn has_lost_parts(block: &SyntaxNode) -> bool {
    let is_lost = |part: &SyntaxNode| {
        part.kind() == SyntaxKind::ERROR
            && part.parent().is_some_and(|parent| parent.kind() != SyntaxKind::PLPGSQL_BODY)
    };
    block.parent().is_none_or(|parent| ast::Plpgsql::can_cast(parent.kind())) && {
        let root = block.ancestors().last();
        root.is_some_and(|root| root.descendants().any(|part| is_lost(&part)))
    }
}
