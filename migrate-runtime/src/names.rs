//! What the two tables are called, checked and quoted.

use migrate_core::dialect::Dialect;

use crate::error::{Error, ErrorKind};

/// The version table's name unless another is asked for. diesel's `print-schema` leaves out names that begin so.
pub(crate) const DEFAULT_VERSION_TABLE: &str = "__migrate_version";

/// The names as configured.
#[derive(Clone, Debug)]
pub(crate) struct Names {
    pub(crate) schema: Option<String>,
    pub(crate) version: String,
    pub(crate) journal: Option<String>,
}

impl Default for Names {
    fn default() -> Self {
        Self { schema: None, version: DEFAULT_VERSION_TABLE.to_owned(), journal: None }
    }
}

impl Names {
    /// The journal's name: `_version` at the end becomes `_journal`, else `_journal` is added, so that each version
    /// table in a database has its own.
    pub(crate) fn journal(&self) -> String {
        match &self.journal {
            Some(name) => name.clone(),
            None => format!("{}_journal", self.version.strip_suffix("_version").unwrap_or(&self.version)),
        }
    }

    /// The version table as the session finds it by itself, or in the schema that is configured.
    pub(crate) fn unresolved_version(&self, dialect: Dialect) -> String {
        let table = dialect.quote_identifier(&self.version);
        match &self.schema {
            Some(schema) => format!("{}.{table}", dialect.quote_identifier(schema)),
            None => table,
        }
    }

    /// Refuses names that the database would cut, change or not take.
    pub(crate) fn check(&self, dialect: Dialect) -> Result<(), Error> {
        check_name("schema of the version table", self.schema.as_deref().unwrap_or("main"), dialect)?;
        check_name("version table", &self.version, dialect)?;
        check_name("journal table", &self.journal(), dialect)?;
        if self.version.eq_ignore_ascii_case(&self.journal()) {
            let message = format!("version table and journal cannot both be called `{}`", self.version);
            return Err(Error::new(ErrorKind::Configuration, message));
        }
        Ok(())
    }
}

fn check_name(what: &str, name: &str, dialect: Dialect) -> Result<(), Error> {
    let shown = name.escape_debug();
    let (length, most, unit) = match dialect {
        Dialect::Postgres => (name.len(), 63, "bytes"),
        Dialect::Mysql => (name.chars().count(), 64, "characters"),
        Dialect::Sqlite => (name.len(), 1000, "bytes"),
    };
    let problem = if name.is_empty() {
        "it is empty".to_owned()
    } else if length > most {
        format!("it has {length} {unit}, and {dialect} takes {most}")
    } else if name.chars().any(char::is_control) {
        "it has a control character".to_owned()
    } else if dialect == Dialect::Mysql && (name.ends_with(' ') || name.chars().any(|c| c > '\u{FFFF}')) {
        "mysql takes no blank at the end and no character outside the basic plane".to_owned()
    } else if dialect == Dialect::Sqlite && name.to_ascii_lowercase().starts_with("sqlite_") {
        "sqlite keeps names that begin with `sqlite_` to itself".to_owned()
    } else {
        return Ok(());
    };
    Err(Error::new(
        ErrorKind::Configuration,
        format!("`{shown}` cannot be the name of the {what}: {problem}"),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(names: (&str, &str), dialect: Dialect) -> String {
        let names = Names { schema: Some(names.0.into()), version: names.1.into(), journal: None };
        match names.check(dialect) {
            Ok(()) => names.unresolved_version(dialect),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn names_are_quoted_whatever_they_hold() {
        assert_eq!(
            check(("a\"b", "v\"; DROP TABLE x; --"), Dialect::Postgres),
            r#""a""b"."v""; DROP TABLE x; --""#
        );
        assert_eq!(check(("s", "a`b"), Dialect::Mysql), "`s`.`a``b`");
    }

    #[test]
    fn names_that_a_database_would_change_are_refused() {
        for (names, dialect, expected) in [
            (
                ("", "v"),
                Dialect::Postgres,
                "`` cannot be the name of the schema of the version table: it is empty",
            ),
            (
                ("s", "a\0b"),
                Dialect::Sqlite,
                "`a\\0b` cannot be the name of the version table: it has a control character",
            ),
            (
                ("s", "v "),
                Dialect::Mysql,
                "`v ` cannot be the name of the version table: mysql takes no blank at the end and no character outside the basic plane",
            ),
        ] {
            assert_eq!(check(names, dialect), expected);
        }
        let long = "v".repeat(60);
        assert!(
            check(("s", &long), Dialect::Postgres).contains("journal table: it has 68 bytes"),
            "the journal is cut"
        );
    }

    #[test]
    fn each_version_table_has_its_own_journal() {
        let of = |version: &str| Names { version: version.into(), ..Names::default() }.journal();
        assert_eq!(of("__migrate_version"), "__migrate_journal");
        assert_eq!(of("alembic_version"), "alembic_journal");
        assert_eq!(of("billing"), "billing_journal");
    }
}
