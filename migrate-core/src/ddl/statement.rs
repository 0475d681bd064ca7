//! Statements.

use super::body::Body;
use super::expr::{Expr, FromItem, Output, Query};
use super::name::{Ident, Path, TypeName};
use super::routine::{AlterRoutine, CreateFunction};
use super::rows::{Delete, Insert, Update};
use super::table::{AlterTable, CreateTable, IndexPart};
use super::types::{AlterDomain, AlterSequence, AlterType, CreateDomain, CreateSequence, CreateType};

/// What a statement does.
#[derive(Clone, Debug, PartialEq)]
pub enum Statement {
    /// Makes a table, also from a query.
    CreateTable(CreateTable),
    /// Changes a table.
    AlterTable(AlterTable),
    /// Makes an index.
    CreateIndex(CreateIndex),
    /// Changes an index.
    AlterIndex(AlterIndex),
    /// Makes a view.
    CreateView(CreateView),
    /// Makes a type other than a domain.
    CreateType(CreateType),
    /// Changes a type.
    AlterType(AlterType),
    /// Makes a domain.
    CreateDomain(CreateDomain),
    /// Changes a domain.
    AlterDomain(AlterDomain),
    /// Makes a sequence.
    CreateSequence(CreateSequence),
    /// Changes a sequence.
    AlterSequence(AlterSequence),
    /// Makes a function, a procedure or an aggregate.
    CreateFunction(CreateFunction),
    /// Makes a trigger.
    CreateTrigger(CreateTrigger),
    /// Makes an object that is only known by its name.
    CreateObject(CreateObject),
    /// Drops objects.
    Drop(Drop),
    /// Renames an object: not a column, not by `ALTER TABLE`.
    Rename {
        /// What it is.
        kind: Kind,
        /// Its name, and what it belongs to.
        target: DropTarget,
        /// `IF EXISTS`
        if_exists: bool,
        /// Its new name; MySQL's may be in another database.
        to: Path,
    },
    /// Moves an object into another schema, not by `ALTER TABLE`.
    SetSchema {
        /// What it is.
        kind: Kind,
        /// Its name, and what it belongs to.
        target: DropTarget,
        /// `IF EXISTS`
        if_exists: bool,
        /// The schema.
        schema: Ident,
    },
    /// `ALTER FUNCTION` and its like, where something is set otherwise than the function's own statement says: who it runs as,
    /// whether it is volatile.
    AlterRoutine(AlterRoutine),
    /// Says what an object is for.
    Comment(CommentOn),
    /// Adds rows.
    Insert(Insert),
    /// Changes rows.
    Update(Update),
    /// Removes rows.
    Delete(Delete),
    /// `MERGE`: its target and source, its expressions, the columns that it writes.
    Merge {
        /// The table.
        table: FromItem,
        /// Where rows come from.
        source: FromItem,
        /// All its expressions.
        exprs: Vec<Expr>,
        /// The columns of the table that it writes.
        columns: Vec<Ident>,
        /// `RETURNING`
        returning: Vec<Output>,
        /// Table expressions before it.
        with: Vec<(Ident, Vec<Ident>, Statement)>,
    },
    /// Reads rows; a function that it calls may do more. `SELECT INTO` makes a table.
    Query(Query),
    /// Empties tables.
    Truncate(Vec<Path>),
    /// Copies rows from or to a table.
    Copy {
        /// The table.
        table: Path,
        /// Its columns.
        columns: Vec<Ident>,
        /// Conditions.
        rest: Vec<Expr>,
    },
    /// Changes a setting of the session: `SET`, `RESET`, `USE`, `PRAGMA`.
    Set(Setting),
    /// Begins, ends or marks a transaction.
    Transaction(Transaction),
    /// `DO`: runs a block of code; `None` where it is in a language that the front end does not read.
    Do(Option<Body>),
    /// `CALL`, `EXECUTE`: runs what is kept under a name.
    Call(Path),
    /// Something that changes no schema: grants, maintenance, `ANALYZE`, roles. Tables that it names must be there.
    Harmless {
        /// The tables.
        tables: Vec<Path>,
    },
    /// Something whose effect the front end does not know, on the objects that it names.
    Opaque {
        /// What it names; empty means that it may be anything.
        names: Vec<Path>,
    },
}

/// What happens to a transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Transaction {
    /// One begins.
    Begin,
    /// It ends, and what was done holds.
    Commit,
    /// It ends, and nothing was done.
    Rollback,
    /// A point to which it can be taken back; the name in lower case.
    Savepoint(Box<str>),
    /// The point is forgotten.
    Release(Box<str>),
    /// What was done since then was not done.
    RollbackTo(Box<str>),
    /// What changes nothing that is known: its settings, transactions of several databases.
    Other,
}

/// What kind of object a statement speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A table.
    Table,
    /// A foreign table.
    ForeignTable,
    /// A view.
    View,
    /// A materialized view.
    MaterializedView,
    /// An index.
    Index,
    /// A sequence.
    Sequence,
    /// A type.
    Type,
    /// A domain.
    Domain,
    /// A function.
    Function,
    /// A procedure.
    Procedure,
    /// A function or a procedure, where the statement says `ROUTINE`.
    Routine,
    /// An aggregate.
    Aggregate,
    /// A trigger.
    Trigger,
    /// A schema, MySQL's database.
    Schema,
    /// An extension.
    Extension,
    /// A column.
    Column,
    /// A constraint.
    Constraint,
    /// A primary key.
    PrimaryKey,
    /// A foreign key.
    ForeignKey,
    /// A check.
    Check,
    /// A rewrite rule.
    Rule,
    /// A row security policy.
    Policy,
    /// A collation.
    Collation,
    /// Extended statistics.
    Statistics,
    /// An operator.
    Operator,
    /// An operator class.
    OperatorClass,
    /// An operator family.
    OperatorFamily,
    /// A cast.
    Cast,
    /// A conversion.
    Conversion,
    /// A text search object.
    TextSearch,
    /// An event: MySQL's, or PostgreSQL's event trigger.
    Event,
    /// A publication.
    Publication,
    /// A subscription.
    Subscription,
    /// A foreign server, its wrapper, or a user mapping.
    Server,
    /// A role.
    Role,
    /// What is not in this list.
    Other,
}

/// `CREATE INDEX`
#[derive(Clone, Debug, PartialEq)]
pub struct CreateIndex {
    /// Its name; PostgreSQL finds one if there is none. With a schema in SQLite.
    pub name: Option<Path>,
    /// `UNIQUE`
    pub is_unique: bool,
    /// MySQL's `FULLTEXT` or `SPATIAL`, PostgreSQL's access method, in lower case.
    pub method: Option<Box<str>>,
    /// `CONCURRENTLY`
    pub concurrently: bool,
    /// `IF NOT EXISTS`
    pub if_not_exists: bool,
    /// MariaDB's `OR REPLACE`.
    pub or_replace: bool,
    /// The table.
    pub table: Path,
    /// `ONLY`
    pub only: bool,
    /// Its keys.
    pub parts: Vec<IndexPart>,
    /// `INCLUDE`
    pub include: Vec<Ident>,
    /// For which rows.
    pub predicate: Option<Expr>,
    /// NULLs are equal to each other.
    pub nulls_not_distinct: bool,
    /// `WITH (…)`, as written; MySQL's `COMMENT`.
    pub options: Vec<(Box<str>, Box<str>)>,
}

/// `ALTER INDEX`, other than a rename.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AlterIndex {
    /// `ATTACH PARTITION`
    AttachPartition {
        /// The whole.
        index: Path,
        /// The part.
        part: Path,
    },
    /// `SET (…)` and `RESET (…)`, which has no values.
    Parameters(Path, Vec<(Box<str>, Option<Box<str>>)>),
    /// Statistics, tablespaces: nothing that is kept.
    Other(Path),
}

/// `CREATE VIEW`
#[derive(Clone, Debug, PartialEq)]
pub struct CreateView {
    /// Its name.
    pub name: Path,
    /// `MATERIALIZED`
    pub is_materialized: bool,
    /// It lasts as long as the session.
    pub is_temporary: bool,
    /// `OR REPLACE`, MySQL's `ALTER VIEW` too.
    pub or_replace: bool,
    /// `IF NOT EXISTS`
    pub if_not_exists: bool,
    /// `RECURSIVE`
    pub is_recursive: bool,
    /// The names of its columns, if they are written.
    pub columns: Vec<Ident>,
    /// What it shows.
    pub query: Query,
    /// What it has besides, by its key: `security_barrier`, `check_option`; MySQL's `algorithm`, `sql security`, `definer`.
    pub options: Vec<(Box<str>, Box<str>)>,
    /// Whether what is not said of a view that is there stays as it is, as in MySQL's `ALTER VIEW`.
    pub keeps_options: bool,
}

/// `CREATE TRIGGER`
#[derive(Clone, Debug, PartialEq)]
pub struct CreateTrigger {
    /// Its name.
    pub name: Path,
    /// `OR REPLACE`
    pub or_replace: bool,
    /// `IF NOT EXISTS`
    pub if_not_exists: bool,
    /// It lasts as long as the session.
    pub is_temporary: bool,
    /// The table or view.
    pub table: Path,
    /// The columns of `UPDATE OF`.
    pub columns: Vec<Ident>,
    /// The function that it calls.
    pub function: Option<Path>,
    /// Its condition.
    pub condition: Option<Expr>,
    /// What it does, where that stands in the trigger.
    pub body: Option<Body>,
}

/// An object that is only known by its name and what it belongs to.
#[derive(Clone, Debug, PartialEq)]
pub struct CreateObject {
    /// What it is.
    pub kind: Kind,
    /// Its name, and what it belongs to.
    pub target: DropTarget,
    /// `OR REPLACE`
    pub or_replace: bool,
    /// `IF NOT EXISTS`
    pub if_not_exists: bool,
    /// What may be looked up in it: a policy's conditions, a rule's.
    pub exprs: Vec<Expr>,
    /// Tables that it names, besides the one that it belongs to: of a publication, of a property graph.
    pub tables: Vec<Path>,
    /// The schema that an extension is put into.
    pub schema: Option<Ident>,
    /// The statements of `CREATE SCHEMA`, and those of a rule, which is not run but read: `new` and `old` are its table's rows.
    pub elements: Vec<Statement>,
}

/// `DROP`
#[derive(Clone, Debug, PartialEq)]
pub struct Drop {
    /// What they are.
    pub kind: Kind,
    /// `IF EXISTS`
    pub if_exists: bool,
    /// Which.
    pub targets: Vec<DropTarget>,
    /// What depends on them goes too.
    pub cascade: bool,
    /// MySQL's `TEMPORARY`.
    pub is_temporary: bool,
    /// `CONCURRENTLY`
    pub concurrently: bool,
}

/// One object that is named.
#[derive(Clone, Debug, PartialEq)]
pub struct DropTarget {
    /// Its name.
    pub name: Path,
    /// The table of a trigger, a rule, a policy, a constraint; of MySQL's index.
    pub on: Option<Path>,
    /// The arguments of a function, if they are written.
    pub arguments: Option<Vec<TypeName>>,
}

/// `COMMENT ON`
#[derive(Clone, Debug, PartialEq)]
pub struct CommentOn {
    /// What it is.
    pub kind: Kind,
    /// Its name, and what it belongs to; a column's name with its table in `on`.
    pub target: DropTarget,
    /// What is said; `None` takes the comment away.
    pub text: Option<Box<str>>,
}

/// What stands before the name of one of MySQL's prepared statements where settings are kept: no setting is called so.
pub const PREPARED: &str = "prepare ";

/// A setting of the session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Setting {
    /// `SET name = value`, `PRAGMA name = value`; `None` is the default.
    Set {
        /// Which, in lower case.
        name: Box<str>,
        /// What it becomes, without quotes.
        values: Option<Vec<Box<str>>>,
        /// Only in this transaction.
        is_local: bool,
    },
    /// `RESET ALL`, `DISCARD ALL`
    ResetAll,
    /// `USE database`
    Use(Ident),
}
