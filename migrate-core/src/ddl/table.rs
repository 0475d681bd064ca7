//! Tables and what they consist of.

use super::expr::{Expr, Query};
use super::name::{Extent, Ident, Path, TypeName};

/// `CREATE TABLE`
#[derive(Clone, Debug, PartialEq)]
pub struct CreateTable {
    /// Its name.
    pub name: Path,
    /// It lasts as long as the session.
    pub is_temporary: bool,
    /// `IF NOT EXISTS`
    pub if_not_exists: bool,
    /// MariaDB's `OR REPLACE`.
    pub or_replace: bool,
    /// SQLite's virtual tables: the module, whose columns nobody knows.
    pub module: Option<Ident>,
    /// Columns, constraints and the rest, in order.
    pub elements: Vec<TableElement>,
    /// The tables it inherits from.
    pub inherits: Vec<Path>,
    /// The table of which it is a part.
    pub partition_of: Option<PartitionOf>,
    /// How it is divided, as written.
    pub partition_by: Option<Expr>,
    /// `OF type`
    pub of_type: Option<Path>,
    /// `AS SELECT`, with the columns' names if they are written, and whether the rows come along.
    pub query: Option<(Vec<Ident>, Box<Query>, bool)>,
    /// Storage and other options, keys in lower case: `engine`, `without rowid`, `strict`, `comment`, `default charset`; of
    /// SQLite's also `autoincrement` where its primary key says so, and each `argument` of a virtual table.
    pub options: Vec<(Box<str>, Box<str>)>,
}

/// `PARTITION OF parent FOR VALUES …`
#[derive(Clone, Debug, PartialEq)]
pub struct PartitionOf {
    /// The whole.
    pub parent: Path,
    /// Which part, as written.
    pub bounds: Extent,
}

/// An element of a table.
#[derive(Clone, Debug, PartialEq)]
pub enum TableElement {
    /// A column.
    Column(ColumnDef),
    /// A constraint or, for MySQL, an index.
    Constraint(TableConstraint),
    /// `LIKE other`
    Like(LikeSource),
}

/// `LIKE other INCLUDING …`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LikeSource {
    /// The table to be like.
    pub table: Path,
    /// What comes along besides names, types and NOT NULL: `defaults`, `constraints`, `indexes`, `identity`, `generated`,
    /// `comments`, `statistics`, `storage`, `compression`. MySQL's `LIKE` brings all.
    pub including: Vec<Box<str>>,
}

/// A column as it is written.
#[derive(Clone, Debug, PartialEq)]
pub struct ColumnDef {
    /// Its name.
    pub name: Ident,
    /// Its type; SQLite can do without, and PostgreSQL in a table of a type.
    pub data_type: Option<TypeName>,
    /// What is said about it, in order.
    pub constraints: Vec<ColumnConstraint>,
    /// MySQL's `FIRST` and `AFTER`.
    pub position: Option<PartPosition>,
    /// Where it stands.
    pub at: Extent,
}

/// Where MySQL puts a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PartPosition {
    /// Before all others.
    First,
    /// After this one.
    After(Ident),
}

/// Something said about a column.
#[derive(Clone, Debug, PartialEq)]
pub struct ColumnConstraint {
    /// Its name, if it is given one.
    pub name: Option<Ident>,
    /// What it is.
    pub kind: ColumnConstraintKind,
    /// SQLite's `ON CONFLICT`.
    pub on_conflict: Option<ConflictResolution>,
    /// Where it stands.
    pub at: Extent,
}

/// What is said about a column.
#[derive(Clone, Debug, PartialEq)]
pub enum ColumnConstraintKind {
    /// `NOT NULL`
    NotNull,
    /// `NULL`
    Null,
    /// `DEFAULT`
    Default(Expr),
    /// `PRIMARY KEY`
    PrimaryKey {
        /// SQLite's `AUTOINCREMENT`.
        autoincrement: bool,
        /// `DESC`
        descending: bool,
        /// When it is checked.
        deferrable: Deferrable,
    },
    /// `UNIQUE`, MySQL's `UNIQUE KEY` too.
    Unique {
        /// NULLs are equal to each other.
        nulls_not_distinct: bool,
        /// When it is checked.
        deferrable: Deferrable,
    },
    /// `CHECK`
    Check {
        /// What has to hold.
        expr: Expr,
        /// Children do not get it.
        no_inherit: bool,
    },
    /// A check that MariaDB forgets where a column is said anew, and MySQL does not: it stands in a comment that MySQL skips.
    OwnCheck(Expr),
    /// `REFERENCES`
    References(References),
    /// `GENERATED ALWAYS AS (…)`
    Generated(Generated),
    /// `GENERATED … AS IDENTITY`
    Identity(Identity),
    /// MySQL's `AUTO_INCREMENT`.
    AutoIncrement,
    /// `COLLATE`
    Collate(Path),
    /// MySQL's `COMMENT`.
    Comment(Box<str>),
    /// MySQL's `ON UPDATE CURRENT_TIMESTAMP`.
    OnUpdate(Expr),
    /// What MySQL's `MODIFY` forgets and nobody compares, as written: `INVISIBLE`, `COMPRESSED`, `SRID 4326`.
    Attribute(Box<str>),
    /// What changes nothing that is compared: storage, compression, format, visibility.
    Other,
}

/// When a constraint is checked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Deferrable {
    /// It can wait until the end of the transaction.
    pub is_deferrable: bool,
    /// It does, unless told otherwise.
    pub is_initially_deferred: bool,
}

/// A column that the database computes.
#[derive(Clone, Debug, PartialEq)]
pub struct Generated {
    /// From what.
    pub expr: Expr,
    /// Whether the value is kept, as written or by default.
    pub is_stored: bool,
}

/// A column that counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// `ALWAYS`, not `BY DEFAULT`.
    pub is_always: bool,
    /// The options of its sequence, as written: `start`, `10`.
    pub options: Vec<(Box<str>, Box<str>)>,
}

/// What a foreign key refers to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct References {
    /// The table.
    pub table: Path,
    /// Its columns; none written means its primary key.
    pub columns: Vec<Ident>,
    /// What happens when a row there goes.
    pub on_delete: ReferentialAction,
    /// The columns that `SET NULL` and `SET DEFAULT` are limited to.
    pub on_delete_columns: Vec<Ident>,
    /// What happens when a key there changes.
    pub on_update: ReferentialAction,
    /// `MATCH FULL`
    pub match_full: bool,
    /// When it is checked.
    pub deferrable: Deferrable,
}

/// What a foreign key does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ReferentialAction {
    /// `NO ACTION`, also where nothing is written.
    #[default]
    NoAction,
    /// `RESTRICT`
    Restrict,
    /// `CASCADE`
    Cascade,
    /// `SET NULL`
    SetNull,
    /// `SET DEFAULT`
    SetDefault,
}

/// A constraint of a table or, for MySQL, an index.
#[derive(Clone, Debug, PartialEq)]
pub struct TableConstraint {
    /// Its name, if it is given one.
    pub name: Option<Ident>,
    /// What it is.
    pub kind: ConstraintKind,
    /// When it is checked.
    pub deferrable: Deferrable,
    /// Rows that are there are not checked.
    pub not_valid: bool,
    /// SQLite's `ON CONFLICT`.
    pub on_conflict: Option<ConflictResolution>,
    /// What MySQL's index is said to be for.
    pub comment: Option<Box<str>>,
    /// Where it stands.
    pub at: Extent,
}

/// What SQLite does with a row that breaks a constraint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ConflictResolution {
    /// Takes the transaction back.
    Rollback,
    /// Takes the statement back, as without a word.
    Abort,
    /// Stops, and keeps what the statement did so far.
    Fail,
    /// Leaves the row out.
    Ignore,
    /// Removes the rows that are in its way; takes the default for NULL.
    Replace,
}

/// What a constraint is.
#[derive(Clone, Debug, PartialEq)]
pub enum ConstraintKind {
    /// `PRIMARY KEY`
    PrimaryKey(Vec<IndexPart>),
    /// `UNIQUE`
    Unique {
        /// Of what.
        parts: Vec<IndexPart>,
        /// NULLs are equal to each other.
        nulls_not_distinct: bool,
        /// `INCLUDE`
        include: Vec<Ident>,
    },
    /// `PRIMARY KEY` or `UNIQUE`, by an index that is there: `USING INDEX`.
    UsingIndex {
        /// The index.
        index: Ident,
        /// Which of the two.
        is_primary: bool,
    },
    /// `FOREIGN KEY`
    ForeignKey {
        /// Its columns.
        columns: Vec<Ident>,
        /// Where they lead.
        references: References,
    },
    /// `CHECK`
    Check {
        /// What has to hold.
        expr: Expr,
        /// Children do not get it.
        no_inherit: bool,
    },
    /// `EXCLUDE`
    Exclude {
        /// The access method.
        method: Option<Box<str>>,
        /// What is compared.
        parts: Vec<IndexPart>,
        /// The operators, one for each part.
        operators: Vec<Box<str>>,
        /// For which rows.
        predicate: Option<Expr>,
    },
    /// PostgreSQL 18's `NOT NULL column`.
    NotNull(Ident),
    /// MySQL's `INDEX`, `KEY`, `FULLTEXT` and `SPATIAL`.
    Index {
        /// Which of them.
        kind: IndexKind,
        /// Of what.
        parts: Vec<IndexPart>,
    },
}

/// MySQL's kinds of indexes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IndexKind {
    /// `INDEX`, `KEY`
    Plain,
    /// `FULLTEXT`
    Fulltext,
    /// `SPATIAL`
    Spatial,
}

/// One key of an index.
#[derive(Clone, Debug, PartialEq)]
pub struct IndexPart {
    /// A column, or an expression in parentheses.
    pub expr: Expr,
    /// `DESC`
    pub descending: bool,
    /// `NULLS FIRST`, `NULLS LAST`
    pub nulls_first: Option<bool>,
    /// The operator class.
    pub opclass: Option<Path>,
    /// The collation.
    pub collation: Option<Path>,
    /// How many characters of it, in MySQL.
    pub length: Option<Box<str>>,
}

/// `ALTER TABLE`, also of a foreign table, a view or an index where a database allows that form.
#[derive(Clone, Debug, PartialEq)]
pub struct AlterTable {
    /// Its name.
    pub name: Path,
    /// `IF EXISTS`
    pub if_exists: bool,
    /// `ONLY`: children stay as they are.
    pub only: bool,
    /// What is done, in order.
    pub actions: Vec<AlterAction>,
}

/// One change of a table.
#[derive(Clone, Debug, PartialEq)]
pub enum AlterAction {
    /// `ADD COLUMN`
    AddColumn {
        /// What it is.
        column: ColumnDef,
        /// `IF NOT EXISTS`
        if_not_exists: bool,
    },
    /// `DROP COLUMN`
    DropColumn {
        /// Which.
        name: Ident,
        /// `IF EXISTS`
        if_exists: bool,
        /// What depends on it goes too.
        cascade: bool,
    },
    /// `ALTER COLUMN`
    AlterColumn {
        /// Which.
        name: Ident,
        /// `IF EXISTS`, in MariaDB.
        if_exists: bool,
        /// What is changed.
        change: ColumnChange,
    },
    /// MySQL's `MODIFY` and `CHANGE`, which replace all that is said of a column.
    ReplaceColumn {
        /// Its name until now.
        old: Ident,
        /// What it is from now on.
        column: ColumnDef,
        /// `IF EXISTS`, in MariaDB.
        if_exists: bool,
    },
    /// `ADD CONSTRAINT`, MySQL's `ADD INDEX` too.
    AddConstraint {
        /// What it is.
        constraint: TableConstraint,
        /// `IF NOT EXISTS`, in MariaDB.
        if_not_exists: bool,
    },
    /// `DROP CONSTRAINT`, MySQL's `DROP PRIMARY KEY`, `DROP FOREIGN KEY`, `DROP INDEX`.
    DropConstraint {
        /// Which; none for MySQL's `DROP PRIMARY KEY`.
        name: Option<Ident>,
        /// What MySQL calls it, where a comment that MariaDB skips says so.
        mysql_name: Option<Ident>,
        /// Which kind MySQL is told.
        kind: Option<super::Kind>,
        /// `IF EXISTS`
        if_exists: bool,
        /// What depends on it goes too.
        cascade: bool,
    },
    /// An index of a foreign key that MariaDB may have dropped, in a comment that MySQL skips.
    KeepIndex {
        /// Its name.
        name: Ident,
        /// On which columns it is.
        columns: Vec<Ident>,
    },
    /// A check that goes in MySQL, or comes back, in a comment that MariaDB skips.
    RemakeCheck {
        /// What MySQL calls it.
        name: Ident,
        /// What it is from then on; `None` if it goes.
        check: Option<Expr>,
    },
    /// `ALTER CONSTRAINT`
    AlterConstraint {
        /// Which.
        name: Ident,
        /// When it is checked from now on.
        deferrable: Deferrable,
    },
    /// `VALIDATE CONSTRAINT`
    ValidateConstraint(Ident),
    /// `RENAME COLUMN`
    RenameColumn {
        /// Which; for a composite type its attribute.
        old: Ident,
        /// How it is called from now on.
        new: Ident,
    },
    /// `RENAME CONSTRAINT`
    RenameConstraint {
        /// Which.
        old: Ident,
        /// How it is called from now on.
        new: Ident,
    },
    /// MySQL's `RENAME INDEX`.
    RenameIndex {
        /// Which.
        old: Ident,
        /// How it is called from now on.
        new: Ident,
    },
    /// `RENAME TO`
    RenameTo(Path),
    /// `SET SCHEMA`
    SetSchema(Ident),
    /// `ATTACH PARTITION`
    AttachPartition {
        /// Which.
        table: Path,
        /// As which part, as written.
        bounds: Extent,
    },
    /// `DETACH PARTITION`
    DetachPartition(Path),
    /// `INHERIT`
    Inherit(Path),
    /// `NO INHERIT`
    NoInherit(Path),
    /// `OF type`, `NOT OF`
    OfType(Option<Path>),
    /// A setting that the schema knows, key in lower case: `engine`, `comment`, `row security`, `default charset`,
    /// `convert charset`, `unlogged`, `replica identity`. MySQL's also `collate`, `convert collate`, `system versioning`,
    /// `partition by` with its text, empty where there is an end to it, and every other option by its words.
    Set(Box<str>, Box<str>),
    /// PostgreSQL's `SET (…)` and `RESET (…)`, which has no values.
    Parameters(Vec<(Box<str>, Option<Box<str>>)>),
    /// `ENABLE` and `DISABLE` of triggers and rules, owners, statistics, storage, clustering: nothing that is compared.
    Other,
    /// Something that the front end cannot look into: from here on the table is uncertain.
    Opaque,
}

/// What `ALTER COLUMN` changes.
#[derive(Clone, Debug, PartialEq)]
pub enum ColumnChange {
    /// `TYPE … USING …`
    Type {
        /// The new type.
        data_type: TypeName,
        /// The new collation.
        collation: Option<Path>,
        /// How values are converted.
        using: Option<Expr>,
    },
    /// `SET DEFAULT`
    SetDefault(Expr),
    /// `DROP DEFAULT`
    DropDefault,
    /// `SET NOT NULL`
    SetNotNull,
    /// `DROP NOT NULL`
    DropNotNull,
    /// `ADD GENERATED … AS IDENTITY`
    AddIdentity(Identity),
    /// `SET GENERATED …`, and the options of its sequence.
    SetIdentity {
        /// `ALWAYS`, or `BY DEFAULT`, if it is said.
        is_always: Option<bool>,
        /// The options, as written.
        options: Vec<(Box<str>, Box<str>)>,
    },
    /// `DROP IDENTITY`
    DropIdentity {
        /// `IF EXISTS`
        if_exists: bool,
    },
    /// `SET EXPRESSION`
    SetExpression(Expr),
    /// `DROP EXPRESSION`
    DropExpression {
        /// `IF EXISTS`
        if_exists: bool,
    },
    /// MySQL's `SET VISIBLE` and `SET INVISIBLE`; whether it is seen.
    SetVisible(bool),
    /// Statistics, storage, compression.
    Other,
}
