//! What is said of a routine besides what it does.

use squawk_syntax::ast::{self, AstNode};

use super::reader::{Reader, text};
use crate::ddl::RoutineOptions;
use crate::dialect::Dialect;
use crate::schema::is_list_of_names;

impl Reader<'_> {
    /// The options of `CREATE FUNCTION` and `ALTER FUNCTION`; nothing where one of them depends on the session, or says what is
    /// not compared.
    pub(super) fn routine_options(&self, list: Option<ast::FuncOptionList>) -> Option<RoutineOptions> {
        let mut all = RoutineOptions::new();
        let mut is_known = true;
        let mut say = |key: &str, value: Option<&str>| all.push((key.into(), value.map(Into::into)));
        for option in list.iter().flat_map(|list| list.options()) {
            match option {
                ast::FuncOption::VolatilityFuncOption(ast::VolatilityFuncOption::Immutable(_)) => {
                    say("volatility", Some("immutable"));
                }
                ast::FuncOption::VolatilityFuncOption(ast::VolatilityFuncOption::Stable(_)) => {
                    say("volatility", Some("stable"));
                }
                ast::FuncOption::VolatilityFuncOption(ast::VolatilityFuncOption::Volatile(_)) => {
                    say("volatility", None);
                }
                ast::FuncOption::StrictFuncOption(_)
                | ast::FuncOption::ReturnsNullOnNullInputFuncOption(_) => {
                    say("strict", Some(""));
                }
                ast::FuncOption::CalledOnNullInputFuncOption(_) => say("strict", None),
                ast::FuncOption::SecurityDefinerFuncOption(_) => say("security", Some("definer")),
                ast::FuncOption::SecurityInvokerFuncOption(_) => say("security", None),
                ast::FuncOption::LeakproofFuncOption(_) => say("leakproof", Some("")),
                ast::FuncOption::NotLeakproofFuncOption(_) => say("leakproof", None),
                ast::FuncOption::WindowFuncOption(_) => say("window", Some("")),
                ast::FuncOption::ParallelFuncOption(parallel) => {
                    say("parallel", parallel.ident_token().map(|word| word.text().to_lowercase()).as_deref());
                }
                ast::FuncOption::CostFuncOption(cost) => {
                    say("cost", cost.literal().map(|number| text(number.syntax())).as_deref());
                }
                ast::FuncOption::RowsFuncOption(rows) => {
                    say("rows", rows.literal().map(|number| text(number.syntax())).as_deref());
                }
                ast::FuncOption::SupportFuncOption(support) => {
                    let path = self.path(support.function_name_ref());
                    let schema =
                        path.schema.filter(|schema| !matches!(&*schema.text, "public" | "pg_catalog"));
                    let schema = schema.map_or(String::new(), |schema| format!("{}.", schema.text));
                    say("support", Some(&format!("{schema}{}", path.name.text)));
                }
                ast::FuncOption::SetFuncOption(set) => {
                    match set.set_config_param().and_then(|set| self.routine_setting(&set)) {
                        Some((name, value)) => say(&format!("set {name}"), value.as_deref()),
                        None => is_known = false,
                    }
                }
                ast::FuncOption::ResetFuncOption(reset) => match reset.config_parameter_ref() {
                    Some(name) => say(&format!("set {}", self.parameter(Some(name))), None),
                    None => say("set", None),
                },
                ast::FuncOption::TransformFuncOption(_) => is_known = false,
                // What it does.
                ast::FuncOption::AsFuncOption(_) | ast::FuncOption::LanguageFuncOption(_) => {}
            }
        }
        is_known.then_some(all)
    }

    /// A setting and its value as the catalog keeps it, which for the default is not there; nothing for `FROM CURRENT`.
    fn routine_setting(&self, set: &ast::SetConfigParam) -> Option<(String, Option<String>)> {
        let name = self.parameter(set.config_parameter_ref());
        let Some(ast::ConfigAssignment::ToConfigValue(to)) = set.config_assignment() else { return None };
        if to.default_token().is_some() {
            return Some((name, None));
        }
        let values: Vec<String> = to.config_values().map(|value| self.value(&value).into()).collect();
        let is_list = is_list_of_names(&name);
        let values = values.iter().map(|value| match is_list {
            true => Dialect::Postgres.quote_identifier(value),
            false => value.clone(),
        });
        Some((name, Some(values.collect::<Vec<_>>().join(", "))))
    }
}
