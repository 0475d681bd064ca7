//! The version table: one row per head that the database has reached, with the digest of its history.

use diesel::result::{DatabaseErrorKind, Error as DieselError};
use migrate_core::dialect::Dialect;

use crate::conditions;
use crate::error::{Error, ErrorKind};
use crate::journal;
use crate::lock;
use crate::names::{DEFAULT_VERSION_TABLE, Names};
use crate::session::{Session, TextRow};

mod lookup;

pub(crate) use lookup::postgres_schema;

/// Stands in place of the digest while a revision is being taken back outside a transaction, so that nobody takes the
/// database for current.
pub(crate) const UNFINISHED: &str = "unfinished";

/// One row of the version table.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct VersionRow {
    /// A revision that the database has reached.
    pub version_num: String,
    /// The digest of that revision and everything before it, as 64 hex digits; `None` where another tool wrote or moved
    /// the row, `unfinished` while the revision is being taken back outside a transaction.
    pub digest: Option<String>,
    /// Where this row was when its digest was written, if another tool, such as Alembic, moved it since.
    pub moved_from: Option<MovedFrom>,
}

/// What a row of the version table said before another tool moved it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct MovedFrom {
    /// The revision that the row was at.
    pub revision: String,
    /// The digest of that revision and everything before it, as 64 hex digits.
    pub digest: String,
}

impl VersionRow {
    /// Reads a row; `stored` is what [`stored_digest`] makes.
    fn read(version_num: String, stored: Option<&str>) -> Self {
        let mut row = Self { version_num, digest: None, moved_from: None };
        match stored.and_then(|stored| stored.split_once(':')) {
            Some((revision, digest)) if revision == row.version_num => row.digest = Some(digest.to_owned()),
            // Of a revision that is half taken back, the journal tells.
            None | Some((_, UNFINISHED)) => {}
            Some((revision, digest)) => {
                let (revision, digest) = (revision.to_owned(), digest.to_owned());
                row.moved_from = Some(MovedFrom { revision, digest });
            }
        }
        row
    }

    pub(crate) fn is_unfinished(&self) -> bool {
        self.digest.as_deref() == Some(UNFINISHED)
    }
}

/// What the digest's column holds: a digest says of which revision it is, because Alembic, which shares the table with us
/// where it is told to, moves a row by its `version_num` alone and leaves our column as it was.
fn stored_digest(revision: &str, digest: &str) -> String {
    format!("{revision}:{digest}")
}

/// The tables' full names and what of them exists.
#[derive(Clone, Debug)]
pub(crate) struct Tables {
    dialect: Dialect,
    /// The name of the schema, for the lock and for messages.
    pub(crate) schema: String,
    /// The name of the version table, unquoted.
    pub(crate) name: String,
    /// Qualified and quoted.
    pub(crate) version: String,
    /// Qualified and quoted.
    pub(crate) journal: String,
    journal_name: String,
    pub(crate) version_exists: bool,
    has_digest: bool,
    pub(crate) journal_exists: bool,
}

/// One change of our tables that must touch exactly one row, or be refused.
#[derive(Clone, Debug)]
pub(crate) struct Change(pub(crate) String);

/// Reads the version table with one query and no preparation; `None` where that did not work, for any reason.
pub(crate) fn quick_rows(session: &mut dyn Session, names: &Names) -> Option<Vec<VersionRow>> {
    let table = names.unresolved_version(session.dialect());
    // Asked at every start, and by some at every request for their health: worth a statement that stays prepared.
    let rows = session.query_prepared(&rows_query(session.dialect(), &table, true)).ok()?;
    Some(version_rows(rows))
}

impl Tables {
    /// Stands for the tables until they are looked up.
    pub(crate) fn unresolved(dialect: Dialect, names: &Names) -> Self {
        Self {
            dialect,
            schema: String::new(),
            name: names.version.clone(),
            version: String::new(),
            journal: String::new(),
            journal_name: names.journal(),
            version_exists: false,
            has_digest: false,
            journal_exists: false,
        }
    }

    /// The tables as a script calls them, which cannot look them up. `schema` is quoted already, or what the client puts
    /// in its place; without one the session finds the tables by itself.
    pub(crate) fn scripted(dialect: Dialect, names: &Names, schema: Option<&str>) -> Self {
        let qualified = |name: &str| {
            let name = dialect.quote_identifier(name);
            schema.map_or(name.clone(), |schema| format!("{schema}.{name}"))
        };
        let journal = names.journal();
        Self {
            version: qualified(&names.version),
            journal: qualified(&journal),
            ..Self::unresolved(dialect, names)
        }
    }

    /// The statements that make the version table and the journal unless they are there.
    pub(crate) fn create_if_absent(&self) -> [String; 2] {
        const ABSENT: &str = "IF NOT EXISTS ";
        [self.create_version(ABSENT), journal::create(self.dialect, &self.journal, ABSENT)]
    }

    /// Finds out where the tables are, or would be.
    pub(crate) fn resolve(session: &mut dyn Session, names: &Names) -> Result<Self, Error> {
        let dialect = session.dialect();
        let journal = names.journal();
        let rows = session.query(&lookup::query(dialect, names, &journal)).or_else(|error| {
            match (dialect, &names.schema) {
                // A database that is not attached has no catalog.
                (Dialect::Sqlite, Some(_)) if !lock::is_busy(&error) => Ok(vec![]),
                _ => Err(Error::database("look up the version table", error)),
            }
        })?;
        let mut schema = None;
        let (mut version_exists, mut has_digest, mut journal_exists) = (false, false, false);
        for mut row in rows {
            schema = schema.or(row.take(0));
            let (table, column) = (row.take(1), row.take(2));
            let is = |name: &str| match (&table, dialect) {
                (Some(table), Dialect::Postgres) => table == name,
                (Some(table), _) => table.to_lowercase() == name.to_lowercase(),
                (None, _) => false,
            };
            version_exists |= is(&names.version);
            journal_exists |= is(&journal);
            has_digest |=
                is(&names.version) && column.is_some_and(|column| column.eq_ignore_ascii_case("digest"));
        }
        let schema = schema.ok_or_else(|| {
            let refused = |message: &str| Error::new(ErrorKind::Configuration, message);
            match (&names.schema, dialect) {
                (Some(schema), _) => refused(&format!(
                    "the schema of the version table, `{}`, does not exist",
                    schema.escape_debug()
                ))
                .help("create it, or correct `version_schema`"),
                (None, Dialect::Mysql) => refused("no database is selected on this connection")
                    .help("name the schema of the version table: `version_schema`"),
                (None, _) => refused("the connection's `search_path` names no schema that exists")
                    .help("name the schema of the version table: `version_schema`"),
            }
        })?;
        let qualified =
            |name: &str| format!("{}.{}", dialect.quote_identifier(&schema), dialect.quote_identifier(name));
        Ok(Self {
            dialect,
            version: qualified(&names.version),
            journal: qualified(&journal),
            name: names.version.clone(),
            journal_name: journal,
            version_exists,
            has_digest,
            journal_exists,
            schema,
        })
    }

    /// The rows; none where there is no table.
    pub(crate) fn rows(&self, session: &mut dyn Session) -> Result<Vec<VersionRow>, Error> {
        if !self.version_exists && self.dialect != Dialect::Mysql {
            return Ok(vec![]);
        }
        let rows = session.query(&rows_query(self.dialect, &self.version, self.has_digest)).map(version_rows);
        if rows.is_err() && !self.version_exists {
            // MySQL's catalog hides what this user may not read, and then the error is not that the table or its
            // database is missing.
            let conditions = conditions::of_last_statement(session);
            if conditions.iter().any(|condition| matches!(condition.number.as_str(), "1146" | "1049")) {
                return Ok(vec![]);
            }
        }
        rows.map_err(|error| Error::database("read the version table", error))
    }

    /// Creates what is missing. A table that appears meanwhile was made by someone else, which is as good.
    pub(crate) fn ensure(&mut self, session: &mut dyn Session, names: &Names) -> Result<(), Error> {
        let mut missing = self.missing();
        while let Some(statement) = missing.first() {
            let failure = session.batch(statement).err();
            let now = Self::resolve(session, names);
            match (failure, now) {
                (None, now) => *self = now?,
                (Some(_), Ok(now)) if now.missing().len() < missing.len() => *self = now,
                (Some(error), _) => {
                    return Err(Error::database("create the version table and the journal", error));
                }
            }
            missing = self.missing();
        }
        Ok(())
    }

    /// The statements that make what is missing.
    fn missing(&self) -> Vec<String> {
        let mut statements = vec![];
        if !self.version_exists {
            statements.push(self.create_version(""));
        } else if !self.has_digest {
            statements.push(self.add_digest());
        }
        if !self.journal_exists {
            statements.push(journal::create(self.dialect, &self.journal, ""));
        }
        statements
    }

    fn create_version(&self, if_absent: &str) -> String {
        let key = format!("{}_pkc", self.name);
        // A name that would be cut could clash with the table's own.
        let constraint = if key.len() <= 63 {
            format!("CONSTRAINT {} ", self.dialect.quote_identifier(&key))
        } else {
            String::new()
        };
        let ascii = match self.dialect {
            Dialect::Mysql => " CHARACTER SET ascii COLLATE ascii_bin",
            Dialect::Postgres | Dialect::Sqlite => "",
        };
        format!(
            "CREATE TABLE {if_absent}{} (version_num VARCHAR(100){ascii} NOT NULL, digest VARCHAR(165){ascii} NULL, \
             {constraint}PRIMARY KEY (version_num)){}",
            self.version,
            engine(self.dialect),
        )
    }

    /// Alembic's table has shorter ids and no digest.
    fn add_digest(&self) -> String {
        let table = &self.version;
        let add = format!("ALTER TABLE {table} ADD COLUMN digest VARCHAR(165) NULL");
        match self.dialect {
            Dialect::Postgres => format!("{add}, ALTER COLUMN version_num TYPE VARCHAR(100)"),
            Dialect::Mysql => format!("{add}, MODIFY version_num VARCHAR(100) NOT NULL"),
            Dialect::Sqlite => add,
        }
    }

    /// The changes that turn the rows `removed` into the rows `added`, each with its digest.
    pub(crate) fn replace(&self, removed: &[&str], added: &[(&str, String)]) -> Vec<Change> {
        let (table, literal) = (&self.version, |text: &str| self.dialect.quote_literal(text));
        let mut changes = vec![];
        for (from, (to, digest)) in removed.iter().zip(added) {
            changes.push(format!(
                "UPDATE {table} SET version_num = {}, digest = {} WHERE version_num = {}",
                literal(to),
                literal(&stored_digest(to, digest)),
                literal(from)
            ));
        }
        for from in removed.iter().skip(added.len()) {
            changes.push(format!("DELETE FROM {table} WHERE version_num = {}", literal(from)));
        }
        for (to, digest) in added.iter().skip(removed.len()) {
            changes.push(format!(
                "INSERT INTO {table} (version_num, digest) VALUES ({}, {})",
                literal(to),
                literal(&stored_digest(to, digest))
            ));
        }
        changes.into_iter().map(Change).collect()
    }

    /// The condition for a row to be this one: with this digest, or as another tool left it.
    pub(crate) fn row_is(&self, id: &str, digest: &str) -> String {
        let literal = |text: &str| self.dialect.quote_literal(text);
        let stored = literal(&stored_digest(id, digest));
        // Whoever chose the name may share the table with Alembic, which moves a row and leaves its digest.
        let moved = match self.name == DEFAULT_VERSION_TABLE {
            true => String::new(),
            false => format!(" OR substr(digest, 1, {}) <> {}", id.len() + 1, literal(&format!("{id}:"))),
        };
        format!("version_num = {} AND (digest IS NULL OR digest = {stored}{moved})", literal(id))
    }

    /// The change that makes a row unlike every digest.
    pub(crate) fn mark_unfinished(&self, id: &str) -> Change {
        let literal = |text: &str| self.dialect.quote_literal(text);
        Change(format!(
            "UPDATE {} SET digest = {} WHERE version_num = {}",
            self.version,
            literal(&stored_digest(id, UNFINISHED)),
            literal(id)
        ))
    }

    /// Whether the database complains about one of our tables.
    pub(crate) fn is_ours(&self, table: Option<&str>) -> bool {
        table.is_some_and(|table| table == self.name || table == self.journal_name)
    }
}

/// What MySQL has to be told about a table that only makes sense with transactions.
pub(crate) fn engine(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Mysql => " ENGINE = InnoDB DEFAULT CHARSET = utf8mb4",
        Dialect::Postgres | Dialect::Sqlite => "",
    }
}

fn rows_query(dialect: Dialect, table: &str, digest: bool) -> String {
    let column = if digest { "digest" } else { "NULL" };
    let column = match dialect {
        Dialect::Postgres => format!("{column}::text"),
        Dialect::Mysql => format!("CAST({column} AS CHAR)"),
        Dialect::Sqlite => column.to_owned(),
    };
    format!("SELECT version_num, {column} FROM {table} ORDER BY version_num")
}

fn version_rows(rows: Vec<TextRow>) -> Vec<VersionRow> {
    rows.into_iter()
        .filter_map(|mut row| Some(VersionRow::read(row.take(0)?, row.take(1).as_deref())))
        .collect()
}

/// Why a message of changes was refused.
#[derive(Debug)]
pub(crate) enum Refused {
    /// A change did not find exactly its row: somebody else writes to our tables.
    Fenced,
    /// A change was refused for another reason.
    By(DieselError),
    /// What came last was refused or, on PostgreSQL, perhaps a change before it.
    AtLast(DieselError),
}

/// PostgreSQL's own error text for a change that did not find its row; the text is ours, so no locale changes it.
const FENCE: &str = "migrate: a row of the version table was changed by another process";

/// Makes the changes, each of which must touch one row, and then sends `last`, usually a COMMIT.
///
/// PostgreSQL gets everything in one message; there a change that finds no row turns into a failing cast.
pub(crate) fn apply(
    session: &mut dyn Session,
    tables: &Tables,
    first: &str,
    changes: &[Change],
    last: &str,
) -> Result<(), Refused> {
    if session.dialect() == Dialect::Postgres {
        let mut message = first.to_owned();
        for Change(sql) in changes {
            if sql.starts_with("INSERT") {
                message.push_str(&format!("{sql};\n"));
            } else {
                message.push_str(&format!(
                    "WITH changed AS ({sql} RETURNING 1) SELECT CAST(CASE count(*) WHEN 1 THEN '1' \
                     ELSE '{FENCE}' END AS integer) FROM changed;\n"
                ));
            }
        }
        message.push_str(last);
        return if message.is_empty() {
            Ok(())
        } else {
            session.batch(&message).map_err(|error| match refused(tables, error) {
                Refused::By(error) if !last.is_empty() => Refused::AtLast(error),
                other => other,
            })
        };
    }
    if !first.is_empty() {
        session.batch(first).map_err(Refused::By)?;
    }
    for Change(sql) in changes {
        if session.execute(sql).map_err(|error| refused(tables, error))? != 1 {
            return Err(Refused::Fenced);
        }
    }
    if last.is_empty() { Ok(()) } else { session.batch(last).map_err(Refused::AtLast) }
}

fn refused(tables: &Tables, error: DieselError) -> Refused {
    match &error {
        DieselError::DatabaseError(DatabaseErrorKind::UniqueViolation, information)
            if tables.dialect != Dialect::Postgres || tables.is_ours(information.table_name()) =>
        {
            Refused::Fenced
        }
        DieselError::DatabaseError(_, information) if information.message().contains(FENCE) => {
            Refused::Fenced
        }
        _ => Refused::By(error),
    }
}
