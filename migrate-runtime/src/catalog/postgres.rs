//! PostgreSQL 12 and newer: eight queries over the system catalog, whatever the size of the schema.
//!
//! Names are written as the server prints them under an empty `search_path`, which is set while the queries run, so what
//! a session or a migration does to its path changes no fact. Objects of the schema `public` go without the schema's
//! name. Not covered: roles, tablespaces and other things that belong to the whole cluster; of operators, casts, text
//! search objects, publications and the like only that they are there.

use diesel::QueryResult;
use migrate_core::dialect::Dialect;

use super::Reader;

const QUERIES: [&str; 8] = [
    include_str!("postgres/relations.sql"),
    include_str!("postgres/columns.sql"),
    include_str!("postgres/constraints.sql"),
    include_str!("postgres/indexes.sql"),
    include_str!("postgres/types.sql"),
    include_str!("postgres/functions.sql"),
    include_str!("postgres/triggers.sql"),
    include_str!("postgres/others.sql"),
];

pub(super) fn read(reader: &mut Reader<'_>) -> QueryResult<()> {
    let path = reader.query("SELECT current_setting('search_path')")?;
    let path = path.into_iter().flatten().flatten().next().unwrap_or_default();
    for query in QUERIES {
        // The filter is evaluated once, before the first row. The setting ends with the transaction, which without an
        // open one is that of the query: behind a pooler there is no session to change and change back.
        reader.collect(&format!(
            "SELECT object, definition, code FROM (\n{query}\n) AS facts (object, definition, code)
             WHERE (SELECT pg_catalog.set_config('search_path', '', true)) IS NOT NULL"
        ))?;
    }
    let path = Dialect::Postgres.quote_literal(&path);
    reader.session.batch(&format!("SELECT pg_catalog.set_config('search_path', {path}, true)"))
}
