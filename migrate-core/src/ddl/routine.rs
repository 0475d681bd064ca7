//! Functions, procedures and aggregates.

use super::body::Body;
use super::expr::Expr;
use super::name::{Extent, Ident, Path, TypeName};
use super::statement::{DropTarget, Kind};

/// What is said of a routine besides what it does, in the order in which it stands: `volatility`, `strict`, `security`,
/// `leakproof`, `parallel`, `cost`, `rows`, `support`, `window`, and `set` with the name of a setting. Without a value it is the
/// default again; `set` alone means all settings.
pub type RoutineOptions = Vec<(Box<str>, Option<Box<str>>)>;

/// `CREATE FUNCTION`, `PROCEDURE`, `AGGREGATE`
#[derive(Clone, Debug, PartialEq)]
pub struct CreateFunction {
    /// Its name.
    pub name: Path,
    /// Which of the three.
    pub kind: Kind,
    /// `OR REPLACE`
    pub or_replace: bool,
    /// `IF NOT EXISTS`
    pub if_not_exists: bool,
    /// What it is given.
    pub arguments: Vec<Argument>,
    /// What it gives back.
    pub returns: Option<TypeName>,
    /// The columns of `RETURNS TABLE`.
    pub returns_table: Vec<(Ident, TypeName)>,
    /// In which language it is written, in lower case.
    pub language: Option<Box<str>>,
    /// What is said of it besides; nothing where not all of that is known.
    pub options: Option<RoutineOptions>,
    /// What it does, where the front end reads that.
    pub body: Option<Body>,
    /// Its body as text, to tell one from another; where it stands.
    pub body_at: Option<Extent>,
    /// The body as the database keeps it, without quotes, where it keeps a text.
    pub body_text: Option<Box<str>>,
}

/// An argument of a function.
#[derive(Clone, Debug, PartialEq)]
pub struct Argument {
    /// Its name.
    pub name: Option<Ident>,
    /// Its type.
    pub data_type: TypeName,
    /// It comes in, so that it counts for which function is meant.
    pub is_input: bool,
    /// It goes out, so that it counts for what the function gives.
    pub is_output: bool,
    /// What it is if it is not given.
    pub default: Option<Expr>,
}

/// `ALTER FUNCTION` and its like, where something is set.
#[derive(Clone, Debug, PartialEq)]
pub struct AlterRoutine {
    /// Which.
    pub target: DropTarget,
    /// What is set; nothing where not all of that is known.
    pub options: Option<RoutineOptions>,
}
