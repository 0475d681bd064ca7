//! Tables and what belongs to them.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{ObjectId, ObjectName, SqlText, Type};
use crate::ddl::{ConflictResolution, Deferrable, ReferentialAction};

/// A table.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    /// What kind.
    pub kind: TableKind,
    /// Its columns, in order.
    pub columns: Vec<Column>,
    /// Its constraints, in the order in which they were made.
    pub constraints: Vec<Constraint>,
    /// Its indexes, those of constraints too.
    pub indexes: Vec<Index>,
    /// Its triggers.
    pub triggers: Vec<Trigger>,
    /// The tables it inherits from; its whole, for a part.
    pub inherits: Vec<ObjectName>,
    /// How it is divided, or of what it is a part.
    pub partition: Option<Partition>,
    /// Settings that are compared: `without rowid`, `strict`, `engine`, `charset`, `collation`, `row security`, `unlogged`.
    pub options: BTreeMap<Arc<str>, Arc<str>>,
}

impl Table {
    /// Whether it is a part of a divided table.
    pub fn is_part(&self) -> bool {
        self.partition.as_ref().is_some_and(|partition| partition.bounds.is_some())
    }

    /// The columns of the primary key.
    pub fn primary_key(&self) -> Option<&[Arc<str>]> {
        self.constraints.iter().find_map(|constraint| match &constraint.body {
            ConstraintBody::PrimaryKey(columns) => Some(columns.as_slice()),
            _ => None,
        })
    }
}

/// What kind of table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum TableKind {
    /// An ordinary one.
    #[default]
    Plain,
    /// It lasts as long as the session.
    Temporary,
    /// PostgreSQL's foreign table.
    Foreign,
    /// SQLite's virtual table, by its module.
    Virtual(Arc<str>),
}

/// A table that is divided, or a part of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Partition {
    /// By what it is divided.
    pub by: Option<SqlText>,
    /// Which part of its whole it is.
    pub bounds: Option<SqlText>,
}

/// A column.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    /// Its name.
    pub name: Arc<str>,
    /// Its type.
    pub data_type: Type,
    /// Whether NULL is refused.
    pub not_null: bool,
    /// What SQLite does with a row that has NULL there, where it is not as usual.
    pub on_null: Option<ConflictResolution>,
    /// What it is where nothing is given.
    pub default: Option<SqlText>,
    /// What it is computed from.
    pub generated: Option<Generated>,
    /// How it counts.
    pub identity: Option<Identity>,
    /// MySQL's `AUTO_INCREMENT`, SQLite's `AUTOINCREMENT`.
    pub auto_increment: bool,
    /// Its collation, where it is not that of the type or the table.
    pub collation: Option<Arc<str>>,
    /// MySQL's character set, where it is not the table's.
    pub charset: Option<Arc<str>>,
    /// MySQL's `ON UPDATE`.
    pub on_update: Option<SqlText>,
    /// What is said about it.
    pub comment: Option<Arc<str>>,
    /// What MySQL's `MODIFY` has to say again and nobody compares: `ZEROFILL`, `INVISIBLE`, `COMPRESSED`, `SRID 4326`.
    pub attributes: Vec<Arc<str>>,
    /// Whether the table says so itself, and not only a table it inherits from.
    pub is_local: bool,
    /// The sequences and functions that its default and its expression use.
    pub uses: Vec<ObjectId>,
}

impl Column {
    /// A column of which nothing else is said.
    pub fn new(name: Arc<str>, data_type: Type) -> Self {
        Self {
            name,
            data_type,
            not_null: false,
            on_null: None,
            default: None,
            generated: None,
            identity: None,
            auto_increment: false,
            collation: None,
            charset: None,
            on_update: None,
            comment: None,
            attributes: vec![],
            is_local: true,
            uses: vec![],
        }
    }
}

/// A computed column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Generated {
    /// From what.
    pub expr: SqlText,
    /// Whether the value is kept.
    pub is_stored: bool,
}

/// A column that counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// `ALWAYS`, not `BY DEFAULT`.
    pub is_always: bool,
    /// The options of its sequence that are not the default.
    pub options: Vec<(Arc<str>, Arc<str>)>,
}

/// A constraint.
#[derive(Clone, Debug, PartialEq)]
pub struct Constraint {
    /// Its name; SQLite's may have none.
    pub name: Option<Arc<str>>,
    /// Whether the database made up the name.
    pub is_name_made_up: bool,
    /// What MySQL calls a check that nobody gave a name; MariaDB calls it `name`.
    pub mysql_name: Option<Arc<str>>,
    /// What it is.
    pub body: ConstraintBody,
    /// When it is checked.
    pub deferrable: Deferrable,
    /// What SQLite does with a row that breaks it, if that is said.
    pub on_conflict: Option<ConflictResolution>,
    /// Whether the rows that were there have been checked.
    pub is_validated: bool,
    /// What is said about it.
    pub comment: Option<Arc<str>>,
    /// Whether the table says so itself, and not only a table it inherits from.
    pub is_local: bool,
    /// The column in whose definition it stands: SQLite's go with it, and so do MySQL's checks without a name.
    pub column: Option<Arc<str>>,
    /// The functions that a check uses.
    pub uses: Vec<ObjectId>,
    /// Whether only some of the servers that speak MySQL make it.
    pub may_be_missing: bool,
}

impl Constraint {
    /// What MySQL calls it.
    pub fn name_in_mysql(&self) -> Option<&str> {
        self.mysql_name.as_deref().or(self.name.as_deref())
    }

    /// A constraint under a name that somebody gave it, of which nothing else is said.
    pub fn named(name: Arc<str>, body: ConstraintBody) -> Self {
        Self {
            name: Some(name),
            is_name_made_up: false,
            mysql_name: None,
            body,
            deferrable: Deferrable::default(),
            on_conflict: None,
            is_validated: true,
            comment: None,
            is_local: true,
            column: None,
            uses: vec![],
            may_be_missing: false,
        }
    }
}

/// What a constraint is.
#[derive(Clone, Debug, PartialEq)]
pub enum ConstraintBody {
    /// A primary key.
    PrimaryKey(Vec<Arc<str>>),
    /// A unique constraint.
    Unique {
        /// Its columns.
        columns: Vec<Arc<str>>,
        /// NULLs are equal to each other.
        nulls_not_distinct: bool,
    },
    /// A foreign key.
    ForeignKey(ForeignKey),
    /// A check.
    Check {
        /// What has to hold.
        expr: SqlText,
        /// The columns that it names.
        columns: Vec<Arc<str>>,
        /// Children do not get it.
        no_inherit: bool,
    },
    /// An exclusion.
    Exclude(SqlText),
    /// PostgreSQL 18's NOT NULL, which has a name there.
    NotNull(Arc<str>),
}

/// A foreign key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForeignKey {
    /// Its columns.
    pub columns: Vec<Arc<str>>,
    /// The table it leads to; SQLite's need not be there.
    pub table: ObjectName,
    /// The columns there; SQLite's are empty where its primary key is meant, whatever that is when rows come.
    pub referenced: Vec<Arc<str>>,
    /// What happens when a row there goes.
    pub on_delete: ReferentialAction,
    /// What happens when a key there changes.
    pub on_update: ReferentialAction,
    /// The columns that `SET NULL` and `SET DEFAULT` are limited to.
    pub on_delete_columns: Vec<Arc<str>>,
    /// `MATCH FULL`
    pub match_full: bool,
}

/// An index.
#[derive(Clone, Debug, PartialEq)]
pub struct Index {
    /// Its name.
    pub name: Arc<str>,
    /// Whether keys are unique.
    pub is_unique: bool,
    /// The access method, `btree` by default; MySQL's `fulltext` and `spatial` too.
    pub method: Arc<str>,
    /// Its keys.
    pub parts: Vec<IndexPart>,
    /// What it carries besides.
    pub include: Vec<Arc<str>>,
    /// For which rows.
    pub predicate: Option<SqlText>,
    /// NULLs are equal to each other.
    pub nulls_not_distinct: bool,
    /// The constraint it was made for.
    pub constraint: Option<Arc<str>>,
    /// Whether the database made it by itself, as MySQL does for foreign keys.
    pub is_implicit: bool,
    /// All columns that its keys, its predicate and what it carries name.
    pub columns: Vec<Arc<str>>,
    /// The functions that its keys and its predicate use.
    pub uses: Vec<ObjectId>,
    /// Whether only some of the servers that speak MySQL make it.
    pub may_be_missing: bool,
    /// What is said about it.
    pub comment: Option<Arc<str>>,
    /// How PostgreSQL keeps it, `lists` or `fillfactor`: said again where it is made again, and compared by nobody.
    pub options: BTreeMap<Arc<str>, Arc<str>>,
}

/// A key of an index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndexPart {
    /// The column's name, or the expression.
    pub expr: SqlText,
    /// Whether it is a column.
    pub is_column: bool,
    /// `DESC`
    pub descending: bool,
    /// Whether NULLs come first; PostgreSQL's default follows the order.
    pub nulls_first: bool,
    /// The operator class, where it is not the default.
    pub opclass: Option<Arc<str>>,
    /// The collation, where it is not the column's.
    pub collation: Option<Arc<str>>,
    /// How many characters of it, in MySQL.
    pub length: Option<Arc<str>>,
    /// Whether a server may take fewer of them by itself.
    pub may_be_cut: bool,
}

/// A trigger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trigger {
    /// Its name.
    pub name: Arc<str>,
    /// The function that it calls.
    pub function: Option<ObjectName>,
    /// Its text, from `CREATE` to its end.
    pub text: SqlText,
    /// What is said about it.
    pub comment: Option<Arc<str>>,
}
