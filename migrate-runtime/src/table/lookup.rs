//! Where the two tables are, or would be made.

use migrate_core::dialect::Dialect;

use crate::names::Names;

/// A query whose every row begins with the schema's name, followed by a table of ours and one of its columns.
pub(super) fn query(dialect: Dialect, names: &Names, journal: &str) -> String {
    let literal = |text: &str| dialect.quote_literal(text);
    let tables = format!("({}, {})", literal(&names.version), literal(journal));
    match dialect {
        Dialect::Postgres => {
            let schema = postgres_schema(names);
            format!(
                "SELECT s.name::text, t.relname::text, t.attname::text FROM (SELECT {schema}::text AS name) s \
                 LEFT JOIN (SELECT n.nspname, c.relname, a.attname FROM pg_catalog.pg_class c \
                 JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
                 JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped \
                 WHERE c.relname IN {tables}) t ON t.nspname = s.name"
            )
        }
        Dialect::Mysql => {
            let here = names.schema.as_deref().map_or("DATABASE()".to_owned(), literal);
            let schema = match names.schema {
                None => here.clone(),
                Some(_) => {
                    format!("(SELECT {here} FROM information_schema.schemata WHERE schema_name = {here})")
                }
            };
            // MariaDB finds a table by its name only where one name is asked for: else it looks at all of them.
            let columns = |table: &str| {
                format!(
                    "SELECT table_name, column_name FROM information_schema.columns \
                     WHERE table_schema = {here} AND table_name = {}",
                    literal(table)
                )
            };
            format!(
                "SELECT s.name, c.table_name, c.column_name FROM (SELECT {schema} AS name) s \
                 LEFT JOIN ({} UNION ALL {}) c ON TRUE",
                columns(&names.version),
                columns(journal)
            )
        }
        Dialect::Sqlite => {
            let schema = names.schema.as_deref().unwrap_or("main");
            format!(
                "SELECT {name}, t.name, c.name FROM (SELECT 1) LEFT JOIN {catalog}.sqlite_master t \
                 ON t.type = 'table' AND t.name COLLATE NOCASE IN {tables} \
                 LEFT JOIN pragma_table_info(t.name, {name}) c",
                name = literal(schema),
                catalog = dialect.quote_identifier(schema),
            )
        }
    }
}

/// An expression for the name of PostgreSQL's schema that has, or is to have, the tables; NULL where there is none.
pub(crate) fn postgres_schema(names: &Names) -> String {
    let literal = |text: &str| Dialect::Postgres.quote_literal(text);
    match &names.schema {
        Some(schema) => {
            format!("(SELECT nspname FROM pg_catalog.pg_namespace WHERE nspname = {})", literal(schema))
        }
        // Where an unqualified name leads, else where an unqualified CREATE TABLE would put it.
        None => format!(
            "coalesce((SELECT n.nspname FROM pg_catalog.pg_class c \
             JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
             WHERE c.oid = pg_catalog.to_regclass({})), pg_catalog.current_schema())",
            literal(&Dialect::Postgres.quote_identifier(&names.version))
        ),
    }
}
