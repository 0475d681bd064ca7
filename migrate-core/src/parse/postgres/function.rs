//! Functions, procedures, aggregates, and code that is run at once.

use squawk_syntax::ast::{self, AstNode};
use squawk_syntax::{SourceFile, SyntaxNode};

use super::create::statements_in;
use super::guard;
use super::reader::{Reader, extent_of, has};
use crate::ddl::{Argument, Body, CreateFunction, Extent, Ident, Kind, Path, Statement, Step, TypeName};

impl Reader<'_> {
    pub(super) fn create_function(&self, create: &ast::CreateFunction) -> Statement {
        let node = create.syntax();
        let mut function = self.function(Kind::Function, node, self.path(create.name()), create.param_list());
        if let Some(returns) = create.ret_type() {
            match returns.return_table_arg_list() {
                Some(list) => {
                    let columns = super::reader::children::<ast::ReturnTableColumn>(list.syntax());
                    function.returns_table = columns
                        .map(|column| (self.named(column.name()), self.type_in(column.syntax())))
                        .collect();
                }
                None => function.returns = returns.func_type().map(|written| self.func_type(&written)),
            }
        }
        let read = || create.plpgsql().map(|body| body.tree());
        self.bodied(&mut function, create.option_list(), create.body(), read);
        Statement::CreateFunction(function)
    }

    pub(super) fn create_procedure(&self, create: &ast::CreateProcedure) -> Statement {
        let node = create.syntax();
        let mut function =
            self.function(Kind::Procedure, node, self.path(create.name()), create.param_list());
        let read = || create.plpgsql().map(|body| body.tree());
        self.bodied(&mut function, create.option_list(), create.body(), read);
        Statement::CreateFunction(function)
    }

    /// An aggregate, whose body is the functions that it calls.
    pub(super) fn create_aggregate(&self, create: &ast::CreateAggregate) -> Statement {
        let node = create.syntax();
        let mut function =
            self.function(Kind::Aggregate, node, self.path(create.aggregate_name()), create.param_list());
        let list = || create.attribute_list();
        if create.param_list().is_none()
            && let Some(base) = self.attribute_type(list(), "basetype")
            && &*base.name != "any"
        {
            function.arguments.push(Argument {
                name: None,
                data_type: base,
                is_input: true,
                is_output: false,
                default: None,
            });
        }
        let calls = self.attribute_functions(
            list(),
            &[
                "sfunc",
                "sfunc1",
                "finalfunc",
                "combinefunc",
                "serialfunc",
                "deserialfunc",
                "msfunc",
                "minvfunc",
                "mfinalfunc",
            ],
        );
        function.body = Some(Body { steps: vec![Step::Compute(calls)], ..Body::default() });
        function.body_at = list().map(|list| self.at(list.syntax()));
        Statement::CreateFunction(function)
    }

    fn function(
        &self,
        kind: Kind,
        node: &SyntaxNode,
        name: Path,
        list: Option<ast::ParamList>,
    ) -> CreateFunction {
        let arguments = list.into_iter().flat_map(|list| list.all_params().collect::<Vec<_>>());
        CreateFunction {
            name,
            kind,
            or_replace: has::<ast::OrReplace>(node),
            if_not_exists: false,
            arguments: arguments.map(|param| self.argument(&param)).collect(),
            returns: None,
            returns_table: Vec::new(),
            language: None,
            options: None,
            body: None,
            body_at: None,
            body_text: None,
        }
    }

    fn argument(&self, param: &ast::Param) -> Argument {
        Argument {
            name: self.name(param.name()),
            data_type: self.type_in(param.syntax()),
            is_input: !matches!(param.mode(), Some(ast::ParamMode::ParamOut(_))),
            is_output: matches!(
                param.mode(),
                Some(ast::ParamMode::ParamOut(_) | ast::ParamMode::ParamInOut(_))
            ),
            default: self.expr_in(param.param_default()),
        }
    }

    fn bodied(
        &self,
        function: &mut CreateFunction,
        options: Option<ast::FuncOptionList>,
        standard: Option<ast::RoutineBody>,
        read: impl FnOnce() -> Option<ast::Plpgsql>,
    ) {
        let mut definition = None;
        function.options = self.routine_options(options.clone());
        for option in options.iter().flat_map(|list| list.options()) {
            match option {
                ast::FuncOption::LanguageFuncOption(language) => {
                    function.language =
                        language.language_name().map(|name| name.name.to_ascii_lowercase().into());
                }
                ast::FuncOption::AsFuncOption(of) => match of.as_func_target() {
                    Some(ast::AsFuncTarget::AsDefinition(of)) => definition = of.literal(),
                    Some(ast::AsFuncTarget::AsObjFile(files)) => {
                        function.body_at = Some(self.at(files.syntax()))
                    }
                    None => {}
                },
                _ => {}
            }
        }
        let mut variables: Vec<Ident> =
            function.arguments.iter().filter_map(|argument| argument.name.clone()).collect();
        variables.extend(function.returns_table.iter().map(|(name, _)| name.clone()));
        // Arguments can be called by the function's name too: `f.x`.
        variables.push(function.name.name.clone());
        if let Some(standard) = standard {
            function.language.get_or_insert_with(|| "sql".into());
            function.body_at = Some(self.at(standard.syntax()));
            let steps = self.routine_steps(&standard);
            function.body = Some(Body { steps, variables, catches_errors: false });
            return;
        }
        let Some(definition) = definition else { return };
        function.body_at = Some(self.at(definition.syntax()));
        function.body_text = definition.decoded_value().map(|body| body.text().into());
        let is_trigger = function.returns.as_ref().is_some_and(is_trigger);
        function.body =
            match function.language.as_deref() {
                Some("plpgsql") => {
                    variables.extend(implied(is_trigger));
                    self.plpgsql(&definition, variables, read)
                }
                Some("sql") => self
                    .inside(&definition, |inner, text| inner.sql_steps(text))
                    .map(|steps| Body { steps, variables, catches_errors: false }),
                _ => None,
            };
    }

    fn routine_steps(&self, body: &ast::RoutineBody) -> Vec<Step> {
        let returned = |returned: &ast::ReturnStmt| Step::Compute(self.exprs_in(returned.syntax()));
        match body {
            ast::RoutineBody::ReturnStmt(value) => vec![returned(value)],
            ast::RoutineBody::AtomicBody(atomic) => atomic
                .routine_body_stmts()
                .map(|step| match step {
                    ast::RoutineBodyStmt::Stmt(statement) => {
                        Step::Statement(Box::new(self.statement(&statement)))
                    }
                    ast::RoutineBodyStmt::ReturnStmt(value) => returned(&value),
                })
                .collect(),
        }
    }

    /// Code that is run at once.
    pub(super) fn run_code(&self, code: &ast::Do) -> Statement {
        let language = code.do_language().and_then(|language| language.language_name());
        let is_plpgsql = language.is_none_or(|language| language.name.eq_ignore_ascii_case("plpgsql"));
        let Some(body) = code.body().filter(|_| is_plpgsql) else { return Statement::Do(None) };
        let read = || code.plpgsql().map(|body| body.tree());
        Statement::Do(self.plpgsql(&body, implied(false), read))
    }

    fn plpgsql(
        &self,
        literal: &ast::Literal,
        variables: Vec<Ident>,
        read: impl FnOnce() -> Option<ast::Plpgsql>,
    ) -> Option<Body> {
        self.inside(literal, |inner, text| {
            if guard::is_too_deep(text) {
                return None;
            }
            let block = read()?.block()?;
            let mut body = inner.block(&block);
            body.variables.splice(0..0, variables);
            Some(body)
        })
    }

    /// The statements of a text; `None` if it is none of SQL.
    pub(super) fn sql_steps(&self, text: &str) -> Option<Vec<Step>> {
        if guard::is_too_deep(text) {
            return None;
        }
        let parse = SourceFile::parse(text);
        if !parse.errors().is_empty() {
            return None;
        }
        let statements = statements_in(parse.tree().syntax());
        let statements = statements.filter(|statement| !matches!(statement, ast::Stmt::EmptyStmt(_)));
        Some(statements.map(|statement| Step::Statement(Box::new(self.statement(&statement)))).collect())
    }

    /// Reads the text in a literal, with places that lead back through its quotes.
    pub(super) fn inside<T>(
        &self,
        literal: &ast::Literal,
        read: impl FnOnce(&Reader<'_>, &str) -> Option<T>,
    ) -> Option<T> {
        let decoded = literal.decoded_value()?;
        let whole = extent_of(literal.syntax());
        let places = |extent: Extent| {
            let start = u32::from(decoded.source_pos(extent.start.into()));
            let end = u32::from(decoded.source_pos(extent.end.into()));
            self.place(Extent {
                start: start.clamp(whole.start, whole.end),
                end: end.clamp(start, whole.end),
            })
        };
        self.deeper(|| read(&Reader::new(&places), decoded.text())).flatten()
    }
}

/// The names that code has without a declaration.
fn implied(is_trigger: bool) -> Vec<Ident> {
    let always = ["found", "sqlstate", "sqlerrm"];
    let triggered = [
        "new",
        "old",
        "tg_name",
        "tg_when",
        "tg_level",
        "tg_op",
        "tg_relid",
        "tg_relname",
        "tg_table_name",
        "tg_table_schema",
        "tg_nargs",
        "tg_argv",
        "tg_event",
        "tg_tag",
    ];
    let triggered = triggered.iter().take(if is_trigger { triggered.len() } else { 0 });
    always.iter().chain(triggered).map(|name| Ident::new(*name, Extent::default())).collect()
}

fn is_trigger(returns: &TypeName) -> bool {
    matches!(&*returns.name, "trigger" | "event_trigger")
}
