//! Where other tools keep their records: which of their tables are there, and what is in them.

use diesel::QueryResult;
use migrate_core::adopt::{Record, Row, Tool};
use migrate_core::dialect::Dialect;

use crate::check;
use crate::error::{Error, ErrorKind};
use crate::lock;
use crate::session::Session;
use crate::table::Tables;

/// A table of a tool.
#[derive(Clone, Debug)]
pub(super) struct Found {
    pub(super) tool: Tool,
    dialect: Dialect,
    schema: String,
    name: String,
    /// Whether an unqualified name leads to it.
    is_visible: bool,
    /// Whether this user may read it, as far as that can be asked.
    is_readable: bool,
}

/// The one table that is meant; `None` where there is none.
pub(super) fn one(
    session: &mut dyn Session,
    tables: &Tables,
    tool: Option<Tool>,
    table: Option<&str>,
) -> Result<Option<Found>, Error> {
    let mut found = all(session, tables, tool, table)?;
    if found.iter().any(|found| found.is_visible) {
        found.retain(|found| found.is_visible);
    }
    if found.is_empty() {
        return elsewhere(tables, tool, table);
    }
    let names = || check::list(found.iter().map(Found::shown).collect::<Vec<_>>().iter().map(String::as_str));
    if found.iter().any(|one| one.tool != found[0].tool) {
        let message = format!("several tools have recorded in this database: {}", names());
        let tools: Vec<String> =
            found.iter().map(|found| format!("`--from {}`", found.tool.name())).collect();
        return Err(Error::new(ErrorKind::Configuration, message)
            .help(format!("say which one counts: {}", tools.join(" or "))));
    }
    if found.len() > 1 || !found[0].is_visible && table.is_none_or(|name| !name.contains('.')) {
        let message = match found.len() {
            1 => format!("{} has recorded in another schema: {}", found[0].tool, names()),
            _ => format!("{} has recorded in several schemas: {}", found[0].tool, names()),
        };
        return Err(Error::new(ErrorKind::Configuration, message)
            .help(format!("say which table counts: `--table {}`", found[0].shown())));
    }
    Ok(found.pop())
}

/// What to say where no table fits.
fn elsewhere(tables: &Tables, tool: Option<Tool>, table: Option<&str>) -> Result<Option<Found>, Error> {
    let name = table.or(tool.map(Tool::table));
    let is_ours = name.is_some_and(|name| tables.name.eq_ignore_ascii_case(bare(name).1));
    if is_ours && tables.version_exists {
        let message = format!("`{}` is the version table itself: there is nothing to take over", tables.name);
        return Err(Error::new(ErrorKind::Configuration, message)
            .help("`migrate upgrade` goes on from where it says the database is"));
    }
    Ok(None)
}

/// A schema and a name.
fn bare(name: &str) -> (Option<&str>, &str) {
    match name.split_once('.') {
        Some((schema, name)) => (Some(schema), name),
        None => (None, name),
    }
}

/// Every table of a tool, with one query.
pub(super) fn all(
    session: &mut dyn Session,
    tables: &Tables,
    tool: Option<Tool>,
    table: Option<&str>,
) -> Result<Vec<Found>, Error> {
    let dialect = session.dialect();
    let (schema, named) = table.map_or((None, None), |table| {
        let (schema, name) = bare(table);
        (schema, Some(name))
    });
    let names: Vec<&str> = match (named, tool) {
        (Some(name), _) => vec![name],
        (None, Some(tool)) => vec![tool.table()],
        (None, None) => Tool::ALL.iter().map(|tool| tool.table()).collect(),
    };
    let rows = session.query(&lookup(dialect, schema, &names)).or_else(|error| match (dialect, schema) {
        // A database that is not attached has no catalog.
        (Dialect::Sqlite, Some(_)) if !lock::is_busy(&error) => Ok(vec![]),
        _ => Err(Error::database("look for other tools' tables", error)),
    })?;
    let mut seen: Vec<(Found, Vec<String>)> = vec![];
    for mut row in rows {
        let (is_visible, is_readable) = (row.is_true(3), row.is_true(4));
        let (Some(schema), Some(name), Some(column)) = (row.take(0), row.take(1), row.take(2)) else {
            continue;
        };
        match seen.last_mut() {
            Some((found, columns)) if found.schema == schema && found.name == name => columns.push(column),
            _ => {
                let tool = Tool::Alembic;
                let found = Found { tool, dialect, schema, name, is_visible, is_readable };
                seen.push((found, vec![column]));
            }
        }
    }
    let mut all = vec![];
    for (found, columns) in seen {
        let has = |column: &str| columns.iter().any(|other| other.eq_ignore_ascii_case(column));
        let is_ours = found.schema == tables.schema && found.name.eq_ignore_ascii_case(&tables.name);
        if is_ours {
            continue;
        }
        // A table that has a tool's name has to be that tool's, else it is something of the application.
        let fits = |known: &Tool| {
            let by_name = named.is_some() || found.name.eq_ignore_ascii_case(known.table());
            by_name && tool.is_none_or(|tool| tool == *known)
        };
        let known = Tool::of_columns(has).filter(fits);
        match known {
            Some(tool) => all.push(Found { tool, ..found }),
            None if named.is_some() || tool.is_some() => {
                let message = match tool {
                    Some(tool) => format!("`{}` is not a table of {tool}", found.shown()),
                    None => format!("`{}` is not the table of a tool that is known", found.shown()),
                };
                let columns = check::list(columns.iter().map(String::as_str));
                return Err(
                    Error::new(ErrorKind::Configuration, message).note(format!("its columns are {columns}"))
                );
            }
            None => {}
        }
    }
    all.sort_by_key(|found| found.tool);
    Ok(all)
}

/// A query for the columns of tables: schema, table, column, whether an unqualified name leads there, whether it can be
/// read.
fn lookup(dialect: Dialect, schema: Option<&str>, names: &[&str]) -> String {
    let literal = |text: &str| dialect.quote_literal(text);
    let names: Vec<String> = names.iter().map(|name| literal(name)).collect();
    let names = names.join(", ");
    match dialect {
        Dialect::Postgres => {
            let schema = schema.map_or("left(n.nspname, 3) <> 'pg_'".to_owned(), |schema| {
                format!("n.nspname = {}", literal(schema))
            });
            format!(
                "SELECT n.nspname::text, c.relname::text, a.attname::text, \
                 pg_catalog.pg_table_is_visible(c.oid)::text, \
                 (pg_catalog.has_schema_privilege(n.oid, 'USAGE') \
                 AND pg_catalog.has_table_privilege(c.oid, 'SELECT'))::text \
                 FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
                 JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped \
                 WHERE c.relname IN ({names}) AND c.relkind IN ('r', 'p') AND {schema} ORDER BY 1, 2"
            )
        }
        Dialect::Mysql => {
            let schema = schema.map_or("DATABASE()".to_owned(), literal);
            format!(
                "SELECT table_schema, table_name, column_name, '1', '1' FROM information_schema.columns \
                 WHERE table_schema = {schema} AND table_name IN ({names}) ORDER BY table_name"
            )
        }
        Dialect::Sqlite => {
            let schema = schema.unwrap_or("main");
            format!(
                "SELECT {name}, t.name, c.name, '1', '1' FROM {catalog}.sqlite_master t \
                 JOIN pragma_table_info(t.name, {name}) c \
                 WHERE t.type = 'table' AND t.name COLLATE NOCASE IN ({names}) ORDER BY t.name",
                name = literal(schema),
                catalog = dialect.quote_identifier(schema),
            )
        }
    }
}

impl Found {
    /// The name as a person writes it.
    pub(super) fn shown(&self) -> String {
        match (self.dialect, self.is_visible) {
            (Dialect::Sqlite, _) if self.schema == "main" => self.name.clone(),
            (Dialect::Mysql, _) => self.name.clone(),
            (Dialect::Postgres, true) if self.schema == "public" => self.name.clone(),
            _ => format!("{}.{}", self.schema, self.name),
        }
    }

    /// What the tool has recorded.
    pub(super) fn read(&self, session: &mut dyn Session) -> Result<Record, Error> {
        let rows = self
            .rows(session)
            .map_err(|error| Error::database(&format!("read `{}`", self.shown()), error))?;
        Record::read(self.tool, rows).map_err(|half| {
            let (tool, table) = (self.tool, self.shown());
            Error::new(ErrorKind::Adoption, format!("{half}, says `{table}`"))
                .note(format!(
                    "{tool} began it and did not finish it, so nobody can say what of it the database has"
                ))
                .help(format!("put it right with {tool} first, as {tool} asks for"))
        })
    }

    /// The same for a look in passing: an answer or none, and no error that would break a transaction.
    pub(super) fn read_quietly(&self, session: &mut dyn Session) -> Result<Record, ()> {
        if !self.is_readable || !self.is_visible {
            return Err(());
        }
        let mut rows = self.rows(session).map_err(drop)?;
        // A migration that failed was run all the same.
        rows.iter_mut().for_each(|row| row.success = None);
        Record::read(self.tool, rows).map_err(drop)
    }

    fn rows(&self, session: &mut dyn Session) -> QueryResult<Vec<Row>> {
        let rows = session.query(&self.query())?;
        Ok(rows
            .into_iter()
            .map(|mut row| Row {
                success: row
                    .0
                    .get(3)
                    .and_then(Option::as_deref)
                    .map(|text| matches!(text, "1" | "t" | "true")),
                version: row.take(0),
                name: row.take(1),
                kind: row.take(2),
                checksum: row.take(4),
            })
            .collect())
    }

    /// Version, name, type, success, checksum, as text, in the order in which the tool wrote them.
    fn query(&self) -> String {
        let quote = |name: &str| self.dialect.quote_identifier(name);
        let text = |name: &str| match self.dialect {
            Dialect::Mysql => format!("CAST({} AS CHAR)", quote(name)),
            Dialect::Postgres | Dialect::Sqlite => format!("CAST({} AS TEXT)", quote(name)),
        };
        let null = match self.dialect {
            Dialect::Mysql => "CAST(NULL AS CHAR)".to_owned(),
            Dialect::Postgres | Dialect::Sqlite => "CAST(NULL AS TEXT)".to_owned(),
        };
        let hex = match self.dialect {
            Dialect::Postgres => format!("encode({}, 'hex')", quote("checksum")),
            Dialect::Mysql | Dialect::Sqlite => format!("hex({})", quote("checksum")),
        };
        let none = || null.clone();
        let version = |order: &'static str| (text("version"), order);
        let ((version, order), name, kind, success, checksum) = match self.tool {
            Tool::Alembic => ((text("version_num"), "version_num"), none(), none(), none(), none()),
            Tool::Diesel | Tool::SeaOrm => (version("version"), none(), none(), none(), none()),
            Tool::Sqlx => (version("version"), text("description"), none(), text("success"), hex),
            Tool::Refinery => (version("version"), text("name"), none(), none(), none()),
            Tool::Flyway => {
                (version("installed_rank"), text("description"), text("type"), text("success"), none())
            }
        };
        format!(
            "SELECT {version}, {name}, {kind}, {success}, {checksum} FROM {}.{} ORDER BY {}",
            quote(&self.schema),
            quote(&self.name),
            quote(order)
        )
    }
}
