//! Types of columns.

use std::fmt;
use std::sync::Arc;

use super::ObjectName;
use crate::ddl::{Path, TypeName};
use crate::dialect::Dialect;

mod mysql;
mod postgres;

/// A type, as the catalog spells it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Type {
    /// What it is without the rest.
    pub base: BaseType,
    /// What stands in parentheses behind it.
    pub arguments: Vec<Arc<str>>,
    /// Whether it is an array; PostgreSQL does not tell arrays by their dimensions.
    pub is_array: bool,
}

/// A type without arguments.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum BaseType {
    /// One of the database's own, under the name that its catalog shows: `character varying`, `int unsigned`. SQLite's is the
    /// declared text, in lower case with single blanks; empty where none is declared.
    BuiltIn(Arc<str>),
    /// One that was made: an enum, a domain, a table.
    Made(ObjectName),
    /// One that is not known: it comes from an extension, from code that was not understood, from an expression.
    Unknown(Arc<str>),
}

impl Type {
    /// One of the database's own types, without arguments.
    pub fn built_in(name: &str) -> Self {
        Self { base: BaseType::BuiltIn(name.into()), arguments: vec![], is_array: false }
    }

    /// A type that is not known.
    pub fn unknown(name: &str) -> Self {
        Self { base: BaseType::Unknown(name.into()), arguments: vec![], is_array: false }
    }

    /// The type that a name stands for. `made` finds the types that the schema has, as the search path leads to them; a
    /// name that is neither there nor the database's own is [`BaseType::Unknown`].
    ///
    /// PostgreSQL's `serial` types are what they make of a column: `integer`. The rest of what they do is the column's
    /// business, see [`serial`](Self::serial).
    pub fn of(name: &TypeName, dialect: Dialect, made: impl FnOnce(&Path) -> Option<ObjectName>) -> Self {
        match dialect {
            Dialect::Postgres => postgres::canonical(name, made),
            Dialect::Mysql => mysql::canonical(name),
            Dialect::Sqlite => Self::built_in(&name.name),
        }
    }

    /// The names that PostgreSQL's own types are written with.
    pub(crate) fn names_of_postgres() -> impl Iterator<Item = &'static str> {
        postgres::names()
    }

    /// Whether a name stands for a column that counts: PostgreSQL's `serial`, MySQL's `SERIAL`.
    pub fn serial(name: &TypeName, dialect: Dialect) -> bool {
        match dialect {
            Dialect::Postgres => postgres::is_serial(name),
            Dialect::Mysql => &*name.name == "serial",
            Dialect::Sqlite => false,
        }
    }

    /// The type that values of these types have together, if it is certain: arguments that differ are left out.
    pub(crate) fn common(types: impl IntoIterator<Item = Option<Self>>) -> Option<Self> {
        let mut types = types.into_iter();
        let mut common = types.next()??;
        for other in types {
            let other = other?;
            if other.base != common.base || other.is_array != common.is_array || common.is_unknown() {
                return None;
            }
            if other.arguments != common.arguments {
                common.arguments.clear();
            }
        }
        Some(common)
    }

    /// The same without what stands in parentheses: what a function takes and gives has no length.
    pub fn bare(self) -> Self {
        let base = match self.base {
            BaseType::BuiltIn(name) if &*name == "bpchar" => BaseType::BuiltIn("character".into()),
            base => base,
        };
        Self { base, arguments: vec![], ..self }
    }

    /// Whether nothing is known of it.
    pub fn is_unknown(&self) -> bool {
        matches!(self.base, BaseType::Unknown(_))
    }
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match &self.base {
            BaseType::BuiltIn(name) => name.to_string(),
            BaseType::Made(name) => name.to_string(),
            BaseType::Unknown(name) => format!("?{name}"),
        };
        let arguments = match self.arguments.join(",") {
            none if none.is_empty() => none,
            arguments => format!("({arguments})"),
        };
        // `timestamp(3) with time zone`, `int(10) unsigned`: behind the first word, unless there is nothing but a name.
        match name.split_once(' ') {
            Some((first, rest)) if matches!(first, "timestamp" | "time") || rest.starts_with("unsigned") => {
                write!(f, "{first}{arguments} {rest}")?;
            }
            _ => write!(f, "{name}{arguments}")?,
        }
        f.write_str(if self.is_array { "[]" } else { "" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ddl::Extent;

    fn name(text: &str) -> TypeName {
        let is_array = text.ends_with("[]");
        let text = text.trim_end_matches("[]");
        let (words, arguments) = match (text.find('('), text.find(')')) {
            (Some(open), Some(close)) => {
                let arguments = text[open + 1..close].split(',').map(|text| text.trim().into()).collect();
                (format!("{}{}", &text[..open], &text[close + 1..]), arguments)
            }
            _ => (text.to_owned(), vec![]),
        };
        TypeName {
            schema: None,
            name: words.into(),
            arguments,
            dimensions: u8::from(is_array),
            charset: None,
            collation: None,
            is_set: false,
            at: Extent::default(),
        }
    }

    fn check(dialect: Dialect, cases: &[(&str, &str)]) {
        for (written, canonical) in cases {
            let found = Type::of(&name(written), dialect, |path| {
                (&*path.name.text == "mood").then(|| ObjectName::new("public", "mood"))
            });
            assert_eq!(found.to_string(), *canonical, "{written}");
        }
    }

    #[test]
    fn postgres_names_are_those_of_format_type() {
        check(
            Dialect::Postgres,
            &[
                ("int", "integer"),
                ("int8", "bigint"),
                ("serial", "integer"),
                ("smallserial", "smallint"),
                ("decimal", "numeric"),
                ("numeric(10)", "numeric(10,0)"),
                ("decimal(10,2)", "numeric(10,2)"),
                ("float", "double precision"),
                ("float(24)", "real"),
                ("float(25)", "double precision"),
                ("varchar", "character varying"),
                ("varchar(20)", "character varying(20)"),
                ("char", "character(1)"),
                ("char(3)", "character(3)"),
                ("bpchar", "bpchar"),
                ("bit", "bit(1)"),
                ("bit varying(3)", "bit varying(3)"),
                ("timestamp", "timestamp without time zone"),
                ("timestamp(3)", "timestamp(3) without time zone"),
                ("timestamptz(3)", "timestamp(3) with time zone"),
                ("timestamp(6) with time zone", "timestamp(6) with time zone"),
                ("time with time zone", "time with time zone"),
                ("text[]", "text[]"),
                ("int4[]", "integer[]"),
                ("mood", "mood"),
                ("mood[]", "mood[]"),
                ("citext", "?citext"),
                ("bool", "boolean"),
                ("uuid", "uuid"),
            ],
        );
    }

    #[test]
    fn mysql_names_are_those_of_column_type_without_display_widths() {
        check(
            Dialect::Mysql,
            &[
                ("int(11)", "int"),
                ("integer", "int"),
                ("int(10) unsigned", "int unsigned"),
                ("bool", "tinyint(1)"),
                ("tinyint(1)", "tinyint(1)"),
                ("tinyint(4)", "tinyint"),
                ("dec", "decimal(10,0)"),
                ("numeric(5)", "decimal(5,0)"),
                ("double precision", "double"),
                ("character varying(20)", "varchar(20)"),
                ("char", "char(1)"),
                ("text", "text"),
                ("text(300)", "text"),
                ("text(100000)", "mediumtext"),
                ("blob(10)", "tinyblob"),
                ("serial", "bigint unsigned"),
                ("long varchar", "mediumtext"),
                ("datetime", "datetime"),
                ("datetime(6)", "datetime(6)"),
                ("year", "year"),
                ("bit", "bit(1)"),
                ("enum('a','b')", "enum('a','b')"),
            ],
        );
    }
}
