//! Functions, procedures and aggregates, and what is declared of them.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use super::quoted::{names_in, quoted};
use super::text::tokens;
use super::{SqlText, Type};
use crate::ddl::{CreateFunction, Ident, Kind, RoutineOptions, Statement, TypeName};
use crate::dialect::Dialect;
use crate::parse::{Parsed, parse};

/// A function, procedure or aggregate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Routine {
    /// Which of the three.
    pub kind: Kind,
    /// The types of what it is given, as they tell it from others of its name.
    pub arguments: Vec<Type>,
    /// How many of those may be left out.
    pub optional: usize,
    /// What goes in and out, in order; `None` where only the types are known.
    pub parameters: Option<Vec<Parameter>>,
    /// What it gives back.
    pub returns: Option<Type>,
    /// The digest of its body, where that is kept as text.
    pub digest: Option<u64>,
    /// What is declared of it besides: `language`; `returns` with `set`; `volatility` with `immutable` or `stable`; `strict`,
    /// `security` with `definer`, `leakproof`, `window`; `parallel`, `cost`, `rows`, `support`; and `set` with the name of each
    /// setting that it runs with. What is the default is not there. `None` where it is not known.
    pub options: Option<BTreeMap<Arc<str>, Arc<str>>>,
    /// Whether running it may change the schema, as far as its body was understood.
    pub may_change_schema: bool,
    /// The statement that makes it, as it was written or as the catalog prints it; `None` where it is not known, or no longer
    /// what makes it.
    pub text: Option<Arc<str>>,
    /// Whether what it does can be followed by its text.
    pub can_be_followed: bool,
    /// What is said about it.
    pub comment: Option<Arc<str>>,
}

/// Something that goes into a routine or comes out of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// Its name.
    pub name: Option<Arc<str>>,
    /// Its type.
    pub data_type: Type,
    /// It goes in.
    pub is_input: bool,
    /// It comes out.
    pub is_output: bool,
    /// What it is if it is not given.
    pub default: Option<SqlText>,
}

/// What is declared of a routine, by its key.
pub(crate) type Declared = BTreeMap<Arc<str>, Arc<str>>;

impl Routine {
    /// What tells it from others of its name: the types of what it is given.
    pub fn signature(&self) -> String {
        let arguments: Vec<String> = self.arguments.iter().map(Type::to_string).collect();
        format!("({})", arguments.join(", "))
    }

    /// Tells one body from another; layout and comments do not count.
    pub fn digest_of(body: &str, dialect: Dialect) -> u64 {
        let mut hasher = DefaultHasher::new();
        tokens(body, dialect).hash(&mut hasher);
        hasher.finish()
    }

    /// What a statement of PostgreSQL says that goes in and out; `of_type` finds the types.
    pub(crate) fn parameters_of(
        create: &CreateFunction,
        sql: &str,
        of_type: impl Fn(&TypeName) -> Type,
    ) -> Vec<Parameter> {
        let name = |name: &Ident| Some(Arc::from(&*name.text));
        let given = create.arguments.iter().map(|argument| Parameter {
            name: argument.name.as_ref().and_then(name),
            data_type: of_type(&argument.data_type),
            is_input: argument.is_input,
            is_output: argument.is_output,
            default: argument.default.as_ref().map(|expr| SqlText::of(expr, sql, Dialect::Postgres)),
        });
        let listed = create.returns_table.iter().map(|(own, data_type)| Parameter {
            name: name(own),
            data_type: of_type(data_type),
            is_input: false,
            is_output: true,
            default: None,
        });
        given.chain(listed).collect()
    }

    /// What goes in and out, as PostgreSQL's catalog prints what is given and what comes back.
    pub fn parameters_printed(
        given: &str,
        returned: Option<&str>,
        of_type: impl Fn(&TypeName) -> Type,
    ) -> Option<Vec<Parameter>> {
        let returns = returned.map_or(String::new(), |returned| format!("RETURNS {returned} "));
        let sql = format!("CREATE FUNCTION f({given}) {returns}LANGUAGE sql AS ''");
        let Parsed::Statement(statement) = parse(&sql, Dialect::Postgres) else { return None };
        match *statement {
            Statement::CreateFunction(create) => Some(Self::parameters_of(&create, &sql, of_type)),
            _ => None,
        }
    }

    /// What PostgreSQL's catalog shows as declared: keys as in [`options`](Self::options), values as it prints them.
    pub fn declared<'v>(shown: impl IntoIterator<Item = (&'v str, &'v str)>) -> BTreeMap<Arc<str>, Arc<str>> {
        let mut declared = Declared::new();
        for (key, value) in shown {
            settle(&mut declared, key, Some(value));
        }
        declared
    }

    /// What a statement of PostgreSQL declares; aggregates are told by their text.
    pub(crate) fn declared_by(create: &CreateFunction) -> Option<Declared> {
        let options = create.options.as_ref().filter(|_| create.kind != Kind::Aggregate)?;
        let mut declared = Declared::new();
        settle(&mut declared, "language", create.language.as_deref());
        let is_set = create.returns.as_ref().is_some_and(|of| of.is_set) || !create.returns_table.is_empty();
        settle(&mut declared, "returns", is_set.then_some("set"));
        say(&mut declared, options);
        Some(declared)
    }

    /// `ALTER FUNCTION`
    pub(crate) fn declare(&mut self, options: Option<&RoutineOptions>) {
        match (&mut self.options, options) {
            (Some(declared), Some(options)) => say(declared, options),
            _ => self.options = None,
        }
        if self.options.is_none() {
            self.text = None;
        }
        let is_setting = |declared: &Declared| declared.keys().any(|key| key.starts_with("set "));
        if self.options.as_ref().is_none_or(is_setting) {
            self.can_be_followed = false;
        }
    }
}

fn say(declared: &mut Declared, options: &RoutineOptions) {
    options.iter().for_each(|(key, value)| settle(declared, key, value.as_deref()));
}

/// What is declared from here on; the default is not kept.
fn settle(declared: &mut Declared, key: &str, value: Option<&str>) {
    let is_c = |declared: &Declared| {
        declared.get("language").is_some_and(|language| matches!(&**language, "c" | "internal"))
    };
    // They are four bytes there.
    let number =
        |value: &str| value.trim().parse::<f32>().map_or(value.to_owned(), |number| number.to_string());
    let value = value.map(str::trim).and_then(|value| match key {
        "volatility" => Some(value.to_lowercase()).filter(|value| value != "volatile"),
        "security" => Some(value.to_lowercase()).filter(|value| value != "invoker"),
        "parallel" => Some(value.to_lowercase()).filter(|value| value != "unsafe"),
        "cost" => Some(number(value)).filter(|value| value != if is_c(declared) { "1" } else { "100" }),
        "rows" => Some(number(value)).filter(|value| value != "1000" && value != "0"),
        "support" => {
            let name = ["public.", "pg_catalog."].iter().find_map(|schema| value.strip_prefix(schema));
            Some(name.unwrap_or(value).replace('"', ""))
        }
        _ => match key.strip_prefix("set ") {
            Some(setting) if is_list_of_names(setting) => {
                let names = names_in(value, ',');
                Some(names.iter().map(|name| quoted(name)).collect::<Vec<_>>().join(", "))
            }
            _ => Some(value.to_owned()),
        },
    });
    // Names of settings have no case.
    let key: Arc<str> = if key.starts_with("set ") { key.to_lowercase().into() } else { key.into() };
    match value {
        Some(value) => drop(declared.insert(key, value.into())),
        None if &*key == "set" => declared.retain(|own, _| !own.starts_with("set ")),
        None => drop(declared.remove(&key)),
    }
}

/// Whether a setting of PostgreSQL is a list of names, of which each is quoted where it has to be.
pub(crate) fn is_list_of_names(setting: &str) -> bool {
    const LISTS: [&str; 6] = [
        "search_path",
        "temp_tablespaces",
        "session_preload_libraries",
        "shared_preload_libraries",
        "local_preload_libraries",
        "unix_socket_directories",
    ];
    LISTS.iter().any(|list| list.eq_ignore_ascii_case(setting))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_the_default_is_not_kept() {
        let kept = |shown: &[(&str, &str)]| {
            let declared = Routine::declared(shown.iter().copied());
            declared.iter().map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(kept(&[("volatility", "volatile"), ("security", "invoker"), ("parallel", "unsafe")]), "");
        assert_eq!(kept(&[("language", "sql"), ("cost", "100"), ("rows", "1000")]), "language=sql");
        assert_eq!(kept(&[("language", "c"), ("cost", "100")]), "cost=100 language=c");
        assert_eq!(kept(&[("cost", "0.0025"), ("rows", "5e1")]), "cost=0.0025 rows=50");
    }
}
