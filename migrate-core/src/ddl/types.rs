//! Types that SQL makes, and sequences.

use super::expr::Expr;
use super::name::{Ident, Path, TypeName};
use super::table::ColumnConstraint;

/// `CREATE TYPE`
#[derive(Clone, Debug, PartialEq)]
pub struct CreateType {
    /// Its name.
    pub name: Path,
    /// What it is.
    pub kind: TypeKind,
}

/// What a type is.
#[derive(Clone, Debug, PartialEq)]
pub enum TypeKind {
    /// One of these labels.
    Enum(Vec<Box<str>>),
    /// These attributes.
    Composite(Vec<(Ident, TypeName)>),
    /// A range of a type, and the name of its multirange if one is written.
    Range(Option<TypeName>, Option<Path>),
    /// A type written in C, or one that is only announced.
    Base,
}

/// `ALTER TYPE`
#[derive(Clone, Debug, PartialEq)]
pub enum AlterType {
    /// `ADD VALUE`
    AddValue {
        /// The type.
        name: Path,
        /// The label and where it stands.
        value: Ident,
        /// `IF NOT EXISTS`
        if_not_exists: bool,
        /// `BEFORE` (`true`) or `AFTER` another.
        beside: Option<(bool, Ident)>,
    },
    /// `RENAME VALUE`
    RenameValue {
        /// The type.
        name: Path,
        /// The label.
        old: Ident,
        /// Its new text.
        new: Ident,
    },
    /// `ADD ATTRIBUTE`
    AddAttribute(Path, Ident, TypeName),
    /// `DROP ATTRIBUTE`; whether `IF EXISTS`.
    DropAttribute(Path, Ident, bool),
    /// `ALTER ATTRIBUTE … TYPE`
    AlterAttribute(Path, Ident, TypeName),
    /// `RENAME ATTRIBUTE`
    RenameAttribute(Path, Ident, Ident),
    /// Several changes of attributes, in order.
    Several(Vec<AlterType>),
    /// Properties of types written in C, owners.
    Other(Path),
}

/// `CREATE DOMAIN`
#[derive(Clone, Debug, PartialEq)]
pub struct CreateDomain {
    /// Its name.
    pub name: Path,
    /// The type under it.
    pub data_type: TypeName,
    /// What is said about its values: NOT NULL, a default, checks.
    pub constraints: Vec<ColumnConstraint>,
}

/// `ALTER DOMAIN`
#[derive(Clone, Debug, PartialEq)]
pub enum AlterDomain {
    /// `ADD CONSTRAINT`
    AddConstraint(Path, ColumnConstraint),
    /// `DROP CONSTRAINT`; whether `IF EXISTS`.
    DropConstraint(Path, Ident, bool),
    /// `RENAME CONSTRAINT`
    RenameConstraint(Path, Ident, Ident),
    /// `SET DEFAULT`, `DROP DEFAULT`
    Default(Path, Option<Expr>),
    /// `SET NOT NULL` (`true`), `DROP NOT NULL`
    NotNull(Path, bool),
    /// `VALIDATE CONSTRAINT`, owners.
    Other(Path),
}

/// `CREATE SEQUENCE`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreateSequence {
    /// Its name.
    pub name: Path,
    /// `IF NOT EXISTS`
    pub if_not_exists: bool,
    /// It lasts as long as the session.
    pub is_temporary: bool,
    /// `AS type`
    pub data_type: Option<TypeName>,
    /// `start`, `increment`, `minvalue`, `maxvalue`, `cache`, `cycle`, as written.
    pub options: Vec<(Box<str>, Box<str>)>,
    /// The column it belongs to.
    pub owned_by: Option<(Path, Ident)>,
}

/// `ALTER SEQUENCE`, other than a rename.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlterSequence {
    /// Its name.
    pub name: Path,
    /// `IF EXISTS`
    pub if_exists: bool,
    /// `AS type`
    pub data_type: Option<TypeName>,
    /// As for [`CreateSequence`].
    pub options: Vec<(Box<str>, Box<str>)>,
    /// The column it belongs to from now on; `Some(None)` for none.
    pub owned_by: Option<Option<(Path, Ident)>>,
}
