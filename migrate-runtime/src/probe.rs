//! Looks in the catalog for what a statement would have made or removed.
//!
//! Only where the answer is plain: one object, named in the statement, that is there exactly if the statement took
//! effect. Everything else is unknown.

use migrate_core::dialect::Dialect;
use migrate_core::sql::significant_tokens;

use crate::error::Error;
use crate::session::Session;

/// Whether a statement took effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Effect {
    /// It did.
    Present,
    /// It did not, or running it again does no harm.
    Absent,
    /// That cannot be seen.
    Unknown,
}

/// A name as it is written: perhaps a schema, and what is in it.
#[derive(Debug, PartialEq, Eq)]
struct Name {
    schema: Option<String>,
    name: String,
}

impl Name {
    fn quoted(&self, dialect: Dialect) -> String {
        let quoted = dialect.quote_identifier(&self.name);
        match &self.schema {
            Some(schema) => format!("{}.{quoted}", dialect.quote_identifier(schema)),
            None => quoted,
        }
    }
}

/// What to look for.
#[derive(Debug, PartialEq, Eq)]
enum Object {
    Table(Name),
    /// On MySQL an index belongs to the table that is named with it.
    Index(Name, Option<Name>),
    Column(Name, String),
}

/// What a statement does, where that is plain.
#[derive(Debug, PartialEq, Eq)]
enum Act {
    Makes(Object),
    Removes(Object),
    /// `IF [NOT] EXISTS`, or it only opens a transaction: running it again is what it is made for.
    Repeatable,
    /// It ended a transaction in which the note of the statement before it was written, and the note is there.
    Commits,
}

/// Finds out whether a statement that was interrupted took effect.
pub(crate) fn look(session: &mut dyn Session, sql: &str) -> Result<Effect, Error> {
    let dialect = session.dialect();
    let (object, wanted) = match understand(sql, dialect) {
        Some(Act::Makes(object)) => (object, true),
        Some(Act::Removes(object)) => (object, false),
        Some(Act::Repeatable) => return Ok(Effect::Absent),
        Some(Act::Commits) => return Ok(Effect::Present),
        None => return Ok(Effect::Unknown),
    };
    let Some(query) = query(&object, dialect) else { return Ok(Effect::Unknown) };
    Ok(if is_there(session, &query)? == wanted { Effect::Present } else { Effect::Absent })
}

/// The statement that drops an invalid index which stands in the way of `CREATE INDEX CONCURRENTLY`.
pub(crate) fn leftover(session: &mut dyn Session, sql: &str) -> Result<Option<String>, Error> {
    let dialect = session.dialect();
    if dialect != Dialect::Postgres
        || !significant_tokens(sql, dialect).any(|t| t.eq_ignore_ascii_case("concurrently"))
    {
        return Ok(None);
    }
    let Some(Object::Index(index, Some(table))) = index_of(sql, dialect) else { return Ok(None) };
    let query = format!(
        "SELECT quote_ident(n.nspname) || '.' || quote_ident(c.relname) FROM pg_catalog.pg_index i \
         JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
         WHERE c.relname = {} AND i.indrelid = pg_catalog.to_regclass({}) AND NOT i.indisvalid",
        dialect.quote_literal(&index.name),
        dialect.quote_literal(&table.quoted(dialect)),
    );
    let rows = session.query(&query).map_err(|error| Error::database("look for an invalid index", error))?;
    let name = rows.into_iter().next().and_then(|mut row| row.take(0));
    Ok(name.map(|name| format!("DROP INDEX CONCURRENTLY IF EXISTS {name}")))
}

fn is_there(session: &mut dyn Session, query: &str) -> Result<bool, Error> {
    let rows = session.query(query);
    let rows = rows.map_err(|error| Error::database("look for what an interrupted statement made", error))?;
    Ok(rows.into_iter().any(|mut row| row.take(0).is_some_and(|count| count != "0")))
}

/// Reads tokens one after the other.
struct Words<'a> {
    tokens: Vec<&'a str>,
    next: usize,
    dialect: Dialect,
}

impl<'a> Words<'a> {
    fn new(sql: &'a str, dialect: Dialect) -> Self {
        Self { tokens: significant_tokens(sql, dialect).collect(), next: 0, dialect }
    }

    fn peek(&self) -> Option<&'a str> {
        self.tokens.get(self.next).copied()
    }

    /// Steps over a word if it is there.
    fn eat(&mut self, word: &str) -> bool {
        let found = self.peek().is_some_and(|token| token.eq_ignore_ascii_case(word));
        self.next += usize::from(found);
        found
    }

    fn eat_all(&mut self, words: &[&str]) -> bool {
        let start = self.next;
        let found = words.iter().all(|word| self.eat(word));
        if !found {
            self.next = start;
        }
        found
    }

    fn identifier(&mut self) -> Option<String> {
        let token = self.peek()?;
        let first = token.chars().next()?;
        let name = match (first, self.dialect) {
            ('"', Dialect::Postgres | Dialect::Sqlite) => unquote(token, '"')?,
            ('`', Dialect::Mysql | Dialect::Sqlite) => unquote(token, '`')?,
            ('[', Dialect::Sqlite) => token.strip_prefix('[')?.strip_suffix(']')?.to_owned(),
            _ if first.is_alphabetic() || first == '_' => match self.dialect {
                Dialect::Postgres => token.to_lowercase(),
                Dialect::Mysql | Dialect::Sqlite => token.to_owned(),
            },
            _ => return None,
        };
        self.next += 1;
        Some(name)
    }

    fn name(&mut self) -> Option<Name> {
        let first = self.identifier()?;
        if !self.eat(".") {
            return Some(Name { schema: None, name: first });
        }
        Some(Name { schema: Some(first), name: self.identifier()? })
    }

    fn at_end(&self) -> bool {
        self.next >= self.tokens.len()
    }

    /// Whether there is no comma from here on outside parentheses.
    fn is_single(&self) -> bool {
        let mut depth = 0_i32;
        self.tokens[self.next.min(self.tokens.len())..].iter().all(|token| {
            depth += i32::from(*token == "(") - i32::from(*token == ")");
            depth > 0 || *token != ","
        })
    }
}

fn unquote(token: &str, quote: char) -> Option<String> {
    let inner = token.strip_prefix(quote)?.strip_suffix(quote)?;
    Some(inner.replace(&format!("{quote}{quote}"), &quote.to_string()))
}

fn understand(sql: &str, dialect: Dialect) -> Option<Act> {
    let mut words = Words::new(sql, dialect);
    let w = &mut words;
    let repeatable =
        ["begin", "start", "savepoint", "set", "use", "pragma", "vacuum", "analyze", "reindex", "lock"];
    if repeatable.iter().any(|word| w.eat(word)) || w.eat_all(&["create", "or", "replace"]) {
        return Some(Act::Repeatable);
    }
    if w.eat("commit") || w.eat("end") {
        return Some(Act::Commits);
    }
    if w.eat_all(&["create", "table"]) {
        let optional = w.eat_all(&["if", "not", "exists"]);
        let table = w.name()?;
        // Filling a table is not everywhere part of its creation.
        let filled = w.tokens.iter().any(|token| token.eq_ignore_ascii_case("select"));
        let act = if optional { Act::Repeatable } else { Act::Makes(Object::Table(table)) };
        return (!filled).then_some(act);
    }
    if w.eat_all(&["drop", "table"]) {
        if w.eat_all(&["if", "exists"]) {
            return Some(Act::Repeatable);
        }
        let table = w.name()?;
        return w.is_single().then_some(Act::Removes(Object::Table(table)));
    }
    if w.eat_all(&["drop", "index"]) {
        w.eat("concurrently");
        if w.eat_all(&["if", "exists"]) {
            return Some(Act::Repeatable);
        }
        let index = w.name()?;
        let table = if w.eat("on") { Some(w.name()?) } else { None };
        return w.is_single().then_some(Act::Removes(Object::Index(index, table)));
    }
    if w.eat_all(&["alter", "table"]) {
        return alter_table(w);
    }
    if let Some(index) = index_of(sql, dialect) {
        // One that exists but is invalid has to be built anew, and `IF NOT EXISTS` would leave it as it is.
        return Some(Act::Makes(index));
    }
    None
}

/// The index that a `CREATE INDEX` makes.
fn index_of(sql: &str, dialect: Dialect) -> Option<Object> {
    let mut words = Words::new(sql, dialect);
    let w = &mut words;
    if !w.eat("create") {
        return None;
    }
    let _ = w.eat("unique") || w.eat("fulltext") || w.eat("spatial");
    if !w.eat("index") {
        return None;
    }
    w.eat("concurrently");
    w.eat_all(&["if", "not", "exists"]);
    let index = w.name()?;
    if !w.eat("on") {
        return None;
    }
    w.eat("only");
    Some(Object::Index(index, Some(w.name()?)))
}

fn alter_table(w: &mut Words<'_>) -> Option<Act> {
    w.eat_all(&["if", "exists"]);
    w.eat("only");
    let table = w.name()?;
    let adds = w.eat("add");
    if !adds && !w.eat("drop") {
        return None;
    }
    let named = w.eat("column");
    if w.eat_all(&["if", "not", "exists"]) || w.eat_all(&["if", "exists"]) {
        return w.is_single().then_some(Act::Repeatable);
    }
    const OTHERS: [&str; 12] = [
        "constraint",
        "primary",
        "unique",
        "index",
        "key",
        "foreign",
        "check",
        "fulltext",
        "spatial",
        "partition",
        "period",
        "system",
    ];
    if !named && w.peek().is_some_and(|token| OTHERS.iter().any(|word| token.eq_ignore_ascii_case(word))) {
        return None;
    }
    let column = w.identifier()?;
    if !w.is_single() {
        return None;
    }
    let object = Object::Column(table, column);
    if adds {
        return (!w.at_end()).then_some(Act::Makes(object));
    }
    let _ = w.eat("cascade") || w.eat("restrict");
    w.at_end().then_some(Act::Removes(object))
}

/// A query that counts the object; an index that PostgreSQL is still to build does not count.
fn query(object: &Object, dialect: Dialect) -> Option<String> {
    let literal = |text: &str| dialect.quote_literal(text);
    let full = |name: &Name| name.quoted(dialect);
    let schema = |name: &Name| name.schema.as_deref().map_or("DATABASE()".to_owned(), literal);
    Some(match (dialect, object) {
        (Dialect::Postgres, Object::Table(table)) => format!(
            "SELECT count(*)::text FROM pg_catalog.pg_class WHERE oid = pg_catalog.to_regclass({})",
            literal(&full(table))
        ),
        (Dialect::Postgres, Object::Column(table, column)) => format!(
            "SELECT count(*)::text FROM pg_catalog.pg_attribute WHERE attrelid = pg_catalog.to_regclass({}) \
             AND attname = {} AND NOT attisdropped",
            literal(&full(table)),
            literal(column)
        ),
        (Dialect::Postgres, Object::Index(index, table)) => {
            // A new index lives in its table's schema, whatever the search path is.
            let found = match table {
                Some(table) => format!(
                    "c.relname = {} AND i.indrelid = pg_catalog.to_regclass({})",
                    literal(&index.name),
                    literal(&full(table))
                ),
                None => format!("c.oid = pg_catalog.to_regclass({})", literal(&full(index))),
            };
            let valid = if table.is_some() { " AND i.indisvalid" } else { "" };
            format!(
                "SELECT count(*)::text FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid \
                 WHERE {found}{valid}"
            )
        }
        (Dialect::Mysql, Object::Table(table)) => format!(
            "SELECT CAST(COUNT(*) AS CHAR) FROM information_schema.tables WHERE table_schema = {} AND table_name = {}",
            schema(table),
            literal(&table.name)
        ),
        (Dialect::Mysql, Object::Column(table, column)) => format!(
            "SELECT CAST(COUNT(*) AS CHAR) FROM information_schema.columns WHERE table_schema = {} AND table_name = {} \
             AND column_name = {}",
            schema(table),
            literal(&table.name),
            literal(column)
        ),
        (Dialect::Mysql, Object::Index(index, Some(table))) => format!(
            "SELECT CAST(COUNT(*) AS CHAR) FROM information_schema.statistics WHERE table_schema = {} \
             AND table_name = {} AND index_name = {}",
            schema(table),
            literal(&table.name),
            literal(&index.name)
        ),
        (Dialect::Mysql, Object::Index(_, None)) => return None,
        (Dialect::Sqlite, Object::Table(name) | Object::Index(name, _)) => format!(
            "SELECT CAST(COUNT(*) AS TEXT) FROM {}.sqlite_master WHERE name = {} COLLATE NOCASE",
            dialect.quote_identifier(name.schema.as_deref().unwrap_or("main")),
            literal(&name.name)
        ),
        (Dialect::Sqlite, Object::Column(table, column)) => format!(
            "SELECT CAST(COUNT(*) AS TEXT) FROM pragma_table_xinfo({}, {}) WHERE name = {} COLLATE NOCASE",
            literal(&table.name),
            literal(table.schema.as_deref().unwrap_or("main")),
            literal(column)
        ),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(sql: &str, dialect: Dialect, expected: &str) {
        assert_eq!(format!("{:?}", understand(sql, dialect)), expected, "{sql}");
    }

    #[test]
    fn only_what_is_plain_is_understood() {
        use Dialect::{Mysql, Postgres, Sqlite};
        check(
            "CREATE TABLE Users (id INT)",
            Postgres,
            r#"Some(Makes(Table(Name { schema: None, name: "users" })))"#,
        );
        check(
            "create table `a``b`.`C` (id INT)",
            Mysql,
            r#"Some(Makes(Table(Name { schema: Some("a`b"), name: "C" })))"#,
        );
        check("CREATE TABLE t AS SELECT 1", Mysql, "None");
        check("DROP TABLE a, b", Mysql, "None");
        check("DROP TABLE IF EXISTS a, b", Mysql, "Some(Repeatable)");
        check(
            "ALTER TABLE t ADD c NUMERIC(10, 2) NOT NULL",
            Mysql,
            r#"Some(Makes(Column(Name { schema: None, name: "t" }, "c")))"#,
        );
        check("ALTER TABLE t ADD c INT, ADD d INT", Mysql, "None");
        check("ALTER TABLE t ADD CONSTRAINT c CHECK (x > 0)", Postgres, "None");
        check("ALTER TABLE t ADD UNIQUE (x)", Mysql, "None");
        check(
            r#"ALTER TABLE t DROP COLUMN "C" CASCADE"#,
            Postgres,
            r#"Some(Removes(Column(Name { schema: None, name: "t" }, "C")))"#,
        );
        check(
            "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS i ON s.t (x)",
            Postgres,
            r#"Some(Makes(Index(Name { schema: None, name: "i" }, Some(Name { schema: Some("s"), name: "t" }))))"#,
        );
        check("INSERT INTO t VALUES (1)", Mysql, "None");
        check("PRAGMA foreign_keys = OFF", Sqlite, "Some(Repeatable)");
    }
}
