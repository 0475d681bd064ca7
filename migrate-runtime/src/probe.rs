//! Looks in the catalog for what a statement would have made or removed.
//!
//! Only where the answer is plain: objects, named in the statement, that are there exactly if the statement took effect. Of
//! several, all have to say the same, for one statement happens as a whole. Everything else is unknown.

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
#[derive(Clone, Debug, PartialEq, Eq)]
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
    /// MySQL's, by one of its names.
    Constraint(Name, Vec<String>),
}

/// What a statement does, where that is plain.
#[derive(Debug, PartialEq, Eq)]
enum Act {
    Makes(Object),
    Removes(Object),
    /// All of that at once.
    Several(Vec<Act>),
    /// `IF [NOT] EXISTS`, or it only opens a transaction: running it again is what it is made for.
    Repeatable,
    /// It ended a transaction in which the note of the statement before it was written, and the note is there.
    Commits,
}

/// Finds out whether a statement that was interrupted took effect.
pub(crate) fn look(session: &mut dyn Session, sql: &str) -> Result<Effect, Error> {
    match understand(sql, session.dialect()) {
        Some(act) => effect_of(session, &act),
        None => Ok(Effect::Unknown),
    }
}

fn effect_of(session: &mut dyn Session, act: &Act) -> Result<Effect, Error> {
    let (object, wanted) = match act {
        Act::Makes(object) => (object, true),
        Act::Removes(object) => (object, false),
        Act::Several(acts) => {
            // What does no harm twice says nothing.
            let mut effects = Vec::new();
            for act in acts.iter().filter(|act| **act != Act::Repeatable) {
                effects.push(effect_of(session, act)?);
            }
            let first = effects.first().copied().unwrap_or(Effect::Absent);
            let is_plain = effects.iter().all(|effect| *effect == first);
            return Ok(if is_plain { first } else { Effect::Unknown });
        }
        Act::Repeatable => return Ok(Effect::Absent),
        Act::Commits => return Ok(Effect::Present),
    };
    let Some(query) = query(object, session.dialect()) else { return Ok(Effect::Unknown) };
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
        self.next_comma() >= self.tokens.len()
    }

    /// The place of the next comma outside parentheses, or the end.
    fn next_comma(&self) -> usize {
        let mut depth = 0_i32;
        let rest = &self.tokens[self.next.min(self.tokens.len())..];
        let found = rest.iter().position(|token| {
            depth += i32::from(*token == "(") - i32::from(*token == ")");
            depth <= 0 && *token == ","
        });
        self.next + found.unwrap_or(rest.len())
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
    let mut acts = Vec::new();
    loop {
        let end = w.next_comma();
        acts.extend(alteration(w, table.clone(), end)?);
        if w.at_end() {
            break;
        }
        w.next += 1;
    }
    if acts.len() == 1 { acts.pop() } else { Some(Act::Several(acts)) }
}

/// What one action of an `ALTER TABLE` does, which ends before that place.
fn alteration(w: &mut Words<'_>, table: Name, end: usize) -> Option<Vec<Act>> {
    let adds = w.eat("add");
    let renames = !adds && w.dialect == Dialect::Mysql && w.eat("rename");
    if !adds && !renames && !w.eat("drop") {
        return None;
    }
    let is_column = w.eat("column");
    if w.eat_all(&["if", "not", "exists"]) || w.eat_all(&["if", "exists"]) {
        w.next = end;
        return Some(vec![Act::Repeatable]);
    }
    if renames {
        let object: fn(Name, String) -> Object = match is_column {
            true => Object::Column,
            false if w.eat("index") || w.eat("key") => index_on,
            false => return None,
        };
        let old = w.identifier()?;
        let new = w.eat("to").then(|| w.identifier())??;
        let acts = vec![Act::Removes(object(table.clone(), old)), Act::Makes(object(table, new))];
        return (w.next == end).then_some(acts);
    }
    let (object, is_whole) = match part(w, is_column, adds)? {
        Part::Column => {
            let column = w.identifier()?;
            (Object::Column(table, column), !adds || w.next < end)
        }
        Part::Index => (index_on(table, w.identifier()?), true),
        Part::PrimaryKey => (index_on(table, "PRIMARY".to_owned()), true),
        Part::Constraint => (Object::Constraint(table, names_of_servers(w)?), true),
    };
    if adds {
        w.next = end;
        return is_whole.then(|| vec![Act::Makes(object)]);
    }
    let _ = w.eat("cascade") || w.eat("restrict");
    (w.next == end).then(|| vec![Act::Removes(object)])
}

/// What an action of an `ALTER TABLE` is about.
enum Part {
    Column,
    Index,
    PrimaryKey,
    Constraint,
}

/// What follows `ADD` or `DROP`, up to its name; of what is not a column, MySQL's alone.
fn part(w: &mut Words<'_>, is_column: bool, adds: bool) -> Option<Part> {
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
    if is_column || !w.peek().is_some_and(|token| OTHERS.iter().any(|word| token.eq_ignore_ascii_case(word)))
    {
        return Some(Part::Column);
    }
    if w.dialect != Dialect::Mysql {
        return None;
    }
    if w.eat_all(&["primary", "key"]) {
        return Some(Part::PrimaryKey);
    }
    let part = if w.eat("constraint") || !adds && (w.eat_all(&["foreign", "key"]) || w.eat("check")) {
        Part::Constraint
    } else {
        let is_kind = w.eat("unique") || w.eat("fulltext") || w.eat("spatial");
        let is_index = w.eat("index") || w.eat("key");
        (is_kind || is_index).then_some(Part::Index)?
    };
    // It may have no name.
    let goes_on = ["check", "foreign", "primary", "unique", "using"];
    (!goes_on.iter().any(|word| w.peek().is_some_and(|token| token.eq_ignore_ascii_case(word))))
        .then_some(part)
}

fn index_on(table: Name, index: String) -> Object {
    Object::Index(Name { schema: None, name: index }, Some(table))
}

/// The name of a constraint, or two of which each is that of one kind of server.
fn names_of_servers(w: &mut Words<'_>) -> Option<Vec<String>> {
    if !w.eat("/*M!") {
        return Some(vec![w.identifier()?]);
    }
    let of_mariadb = w.identifier()?;
    let of_mysql = w.eat_all(&["*/", "/*!80016"]).then(|| w.identifier())??;
    w.eat("*/").then(|| vec![of_mariadb, of_mysql])
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
        (Dialect::Mysql, Object::Constraint(table, names)) => format!(
            "SELECT CAST(COUNT(*) AS CHAR) FROM information_schema.table_constraints WHERE table_schema = {} \
             AND table_name = {} AND constraint_name IN ({})",
            schema(table),
            literal(&table.name),
            names.iter().map(|name| literal(name)).collect::<Vec<_>>().join(", ")
        ),
        (_, Object::Constraint(..)) => return None,
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
        check("ALTER TABLE t ADD c INT, MODIFY d INT", Mysql, "None");
        check("ALTER TABLE t ADD c INT, ADD", Mysql, "None");
        check("ALTER TABLE t ADD c, ADD d INT", Mysql, "None");
        check("ALTER TABLE t ADD c INT, ADD INDEX (c)", Mysql, "None");
        check("ALTER TABLE t ADD c INT, ADD CONSTRAINT CHECK (c > 0)", Mysql, "None");
        check("ALTER TABLE t ADD c INT, ADD FOREIGN KEY c (c) REFERENCES t (d)", Mysql, "None");
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
        check("ALTER TABLE t RENAME TO u", Mysql, "None");
        check("PRAGMA foreign_keys = OFF", Sqlite, "Some(Repeatable)");
    }

    #[test]
    fn several_actions_are_understood_where_each_is() {
        use Dialect::{Mysql, Postgres};
        let table = |name: &str| Name { schema: None, name: name.to_owned() };
        let several = |acts: Vec<Act>| format!("{:?}", Some(Act::Several(acts)));
        let column = |name: &str| Object::Column(table("t"), name.to_owned());
        let constraint = |names: &[&str]| {
            Object::Constraint(table("t"), names.iter().map(|&name| name.to_owned()).collect())
        };
        check(
            "ALTER TABLE t ADD c NUMERIC(10, 2), DROP COLUMN d, ADD COLUMN IF NOT EXISTS e INT",
            Postgres,
            &several(vec![Act::Makes(column("c")), Act::Removes(column("d")), Act::Repeatable]),
        );
        check(
            "ALTER TABLE t DROP PRIMARY KEY, ADD UNIQUE INDEX `i` (a, b DESC), RENAME COLUMN a TO b, DROP FOREIGN KEY f",
            Mysql,
            &several(vec![
                Act::Removes(index_on(table("t"), "PRIMARY".to_owned())),
                Act::Makes(index_on(table("t"), "i".to_owned())),
                Act::Removes(column("a")),
                Act::Makes(column("b")),
                Act::Removes(constraint(&["f"])),
            ]),
        );
        check(
            "ALTER TABLE t DROP CONSTRAINT /*M! CONSTRAINT_1 *//*!80016 t_chk_1 */, ADD CONSTRAINT c CHECK (a > 0)",
            Mysql,
            &several(vec![
                Act::Removes(constraint(&["CONSTRAINT_1", "t_chk_1"])),
                Act::Makes(constraint(&["c"])),
            ]),
        );
        check("ALTER TABLE t ADD COLUMN a INT, ADD CONSTRAINT c CHECK (a > 0)", Postgres, "None");
    }
}
